#include "Python.h"

long object_count;
int object_kinds[64];

long __attribute__((noinline)) object_hash(long n) {
    long hash = 5381;
    for (int i = 0; i < (n & 15); i++) hash = hash * 33 ^ i;
    object_count++;
    return hash;
}

long object_compare(long a, long b) {
    long left = object_hash(a), right = object_hash(b);
    return left < right ? -1 : left > right;
}

long object_never_called(long n) {
    for (long i = 0; i < n; i++) object_count += object_hash(i);
    return object_count;
}
