#include "Python.h"

static long stack[16];

long __attribute__((noinline)) eval_step(long n) {
    switch (n & 3) {
    case 0: return dict_insert(n);
    case 1: return dict_lookup(n);
    case 2: return object_compare(n, n + 1);
    default: return object_kinds[n & 63];
    }
}

long eval(long rounds) {
    for (long n = 0; n < rounds; n++) stack[n & 15] += eval_step(n);
    return stack[object_count & 15];
}
