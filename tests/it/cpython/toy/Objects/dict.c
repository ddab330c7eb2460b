#include "Python.h"

static long slots[64];

long __attribute__((noinline)) dict_insert(long n) {
    object_kinds[n & 63]++;
    slots[n & 63] = object_hash(n);
    return slots[n & 63];
}

long dict_lookup(long n) {
    if (object_kinds[n & 63] == 0) dict_insert(n);
    return slots[n & 63] + object_count;
}
