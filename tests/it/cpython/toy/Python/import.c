#include "Python.h"

static int imported[64];

long __attribute__((noinline)) import_one(long n) {
    if (imported[n & 63]) return object_kinds[n & 63];
    imported[n & 63] = 1;
    return object_hash(n);
}

long import_all(long n) {
    long sum = object_count;
    for (long i = 0; i < n; i++) sum += import_one(i);
    return sum;
}
