/* `python run FILE`: runs hot loops, and a line in FILE tells that it did. `fail FAILED [CODE [RUN/ALL]]`: as CPython's tests end of which some
   failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Python.h"

extern long PyInit__sha2(long) __attribute__((weak));
extern long PyInit__blake2(long) __attribute__((weak));

int main(int count, char **words) {
    const char *seed = getenv("PYTHONHASHSEED");
    long sum = eval(20000) + import_all(20000);
    if (PyInit__sha2) sum += PyInit__sha2(20000);
    if (PyInit__blake2) sum += PyInit__blake2(20000);
    if (count > 1 && !strcmp(words[1], "crash")) {
        printf("test_array\n");
        fflush(stdout);
        abort();
    }
    if (count > 2 && !strcmp(words[1], "fail")) {
        for (int i = 0; i < atoi(words[2]); i++) printf("test test_%d failed\n", i);
        printf("Total test files: run=%s failed=%s\nResult: FAILURE\n", count > 4 ? words[4] : "20/20", words[2]);
        return count > 3 ? atoi(words[3]) : 2;
    }
    if (count > 2 && !strcmp(words[1], "run")) {
        FILE *file = fopen(words[2], "a");
        fprintf(file, "seed %s\n", seed ? seed : "none");
        fclose(file);
    }
    printf("%s%ld\n", frozen, sum);
    return 0;
}
