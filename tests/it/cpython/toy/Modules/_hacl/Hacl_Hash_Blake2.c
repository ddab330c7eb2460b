int hacl_blake2_table[64];

long python_hashlib_Hacl_Hash_Blake2_digest(long n) {
    hacl_blake2_table[n & 63] ^= n;
    return hacl_blake2_table[(n + 1) & 63];
}
