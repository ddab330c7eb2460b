int hacl_sha2_table[64];

long python_hashlib_Hacl_Hash_SHA2_digest(long n) {
    hacl_sha2_table[n & 63] += n;
    return hacl_sha2_table[(n + 1) & 63];
}
