/* Writes a frozen module: `_freeze_module NAME HEADER`. Runs what it is linked of, as the real one does. */
#include <stdio.h>

#include "Python.h"

int main(int count, char **words) {
    FILE *header = count == 3 ? fopen(words[2], "w") : 0;
    if (!header) return 2;
    eval(10);
    fprintf(header, "\"%s \"\n", words[1]);
    return fclose(header) ? 2 : 0;
}
