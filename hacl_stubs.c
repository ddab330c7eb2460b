/* Stand-ins for HACL* functions that a distribution's libpython archives use and that none of its packages ships.
 *
 * Linked only where the archive leaves them undefined. Each ends the program and names itself: a wrong digest
 * would be worse than none. They are weak, so that a real implementation on the same link line wins.
 * CPython reaches them through its own _md5, _sha1, _sha2, _sha3 and _blake2 modules; hashlib prefers OpenSSL's.
 *
 * surtax reads the list below: one STUB(symbol) a line.
 */

#include <stdio.h>
#include <stdlib.h>

/* `verify` knows a runner with stand-ins by this name. */
__attribute__((noinline)) static void surtax_hacl_stand_in(const char *function)
{
    fprintf(stderr,
            "surtax: %s is a stand-in: the libpython does not contain this HACL function. "
            "Build the runner with --hacl real, or use hashlib with OpenSSL's _hashlib module.\n",
            function);
    abort();
}

#define STUB(symbol) \
    __attribute__((weak, noreturn)) void symbol(void) { surtax_hacl_stand_in(#symbol); abort(); }

/* CPython 3.12 and 3.13 */
STUB(python_hashlib_Hacl_Hash_SHA2_copy_256)
STUB(python_hashlib_Hacl_Hash_SHA2_copy_512)
STUB(python_hashlib_Hacl_Hash_SHA2_digest_256)
STUB(python_hashlib_Hacl_Hash_SHA2_digest_512)
STUB(python_hashlib_Hacl_Hash_SHA2_free_256)
STUB(python_hashlib_Hacl_Hash_SHA2_free_512)
STUB(python_hashlib_Hacl_Hash_SHA2_malloc_224)
STUB(python_hashlib_Hacl_Hash_SHA2_malloc_256)
STUB(python_hashlib_Hacl_Hash_SHA2_malloc_384)
STUB(python_hashlib_Hacl_Hash_SHA2_malloc_512)
STUB(python_hashlib_Hacl_Hash_SHA2_update_256)
STUB(python_hashlib_Hacl_Hash_SHA2_update_512)

/* CPython 3.14 and later */
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_Simd256_copy)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_Simd256_digest)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_Simd256_free)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_Simd256_info)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_Simd256_malloc_with_params_and_key)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_Simd256_update)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_copy)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_digest)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_free)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_info)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_malloc_with_params_and_key)
STUB(_Py_LibHacl_Hacl_Hash_Blake2b_update)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_Simd128_copy)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_Simd128_digest)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_Simd128_free)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_Simd128_info)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_Simd128_malloc_with_params_and_key)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_Simd128_update)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_copy)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_digest)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_free)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_info)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_malloc_with_params_and_key)
STUB(_Py_LibHacl_Hacl_Hash_Blake2s_update)
STUB(_Py_LibHacl_Hacl_Hash_MD5_copy)
STUB(_Py_LibHacl_Hacl_Hash_MD5_digest)
STUB(_Py_LibHacl_Hacl_Hash_MD5_free)
STUB(_Py_LibHacl_Hacl_Hash_MD5_malloc)
STUB(_Py_LibHacl_Hacl_Hash_MD5_update)
STUB(_Py_LibHacl_Hacl_Hash_SHA1_copy)
STUB(_Py_LibHacl_Hacl_Hash_SHA1_digest)
STUB(_Py_LibHacl_Hacl_Hash_SHA1_free)
STUB(_Py_LibHacl_Hacl_Hash_SHA1_malloc)
STUB(_Py_LibHacl_Hacl_Hash_SHA1_update)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_copy_256)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_copy_512)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_digest_256)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_digest_512)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_free_256)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_free_512)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_malloc_224)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_malloc_256)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_malloc_384)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_malloc_512)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_update_256)
STUB(_Py_LibHacl_Hacl_Hash_SHA2_update_512)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_block_len)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_copy)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_digest)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_free)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_hash_len)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_is_shake)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_malloc)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_squeeze)
STUB(_Py_LibHacl_Hacl_Hash_SHA3_update)
