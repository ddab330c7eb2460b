#include "Python.h"

extern long python_hashlib_Hacl_Hash_SHA2_digest(long n);
extern long python_hashlib_Hacl_Hash_Blake2_digest(long n);

long PyInit__blake2(long n) {
    long sum = object_count;
    for (long i = 0; i < n; i++) sum += python_hashlib_Hacl_Hash_Blake2_digest(i) ^ python_hashlib_Hacl_Hash_SHA2_digest(i);
    return sum;
}
