// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Part of libseamstep.so only. Each function of libcrypto that the library calls is a jump through
 * a pointer here, and libcrypto_load() sets the pointers. With a function that the list lacks the
 * library does not link.
 */
#include "libcrypto.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LIBCRYPTO	"libcrypto.so.3"

#define FUNCTIONS(X) \
	X(ASN1_INTEGER_set_uint64) \
	X(ASN1_OBJECT_free) \
	X(ASN1_STRING_get0_data) \
	X(ASN1_STRING_length) \
	X(ASN1_TIME_set) \
	X(ASN1_get_object) \
	X(BIO_ctrl) \
	X(BIO_free) \
	X(BIO_new) \
	X(BIO_new_mem_buf) \
	X(BIO_s_mem) \
	X(BIO_write) \
	X(BN_bin2bn) \
	X(BN_bn2binpad) \
	X(BN_bn2lebinpad) \
	X(BN_free) \
	X(BN_is_word) \
	X(CRYPTO_free) \
	X(ECDSA_SIG_free) \
	X(ECDSA_SIG_get0_r) \
	X(ECDSA_SIG_get0_s) \
	X(ECDSA_SIG_new) \
	X(ECDSA_SIG_set0) \
	X(ERR_clear_error) \
	X(ERR_get_error) \
	X(EVP_DigestFinal_ex) \
	X(EVP_DigestInit_ex) \
	X(EVP_DigestSign) \
	X(EVP_DigestSignInit) \
	X(EVP_DigestUpdate) \
	X(EVP_DigestVerify) \
	X(EVP_DigestVerifyInit) \
	X(EVP_MD_CTX_free) \
	X(EVP_MD_CTX_new) \
	X(EVP_PKEY_CTX_free) \
	X(EVP_PKEY_CTX_new) \
	X(EVP_PKEY_CTX_new_from_name) \
	X(EVP_PKEY_CTX_set_rsa_padding) \
	X(EVP_PKEY_CTX_set_signature_md) \
	X(EVP_PKEY_Q_keygen) \
	X(EVP_PKEY_free) \
	X(EVP_PKEY_fromdata) \
	X(EVP_PKEY_fromdata_init) \
	X(EVP_PKEY_get_bits) \
	X(EVP_PKEY_get_bn_param) \
	X(EVP_PKEY_get_group_name) \
	X(EVP_PKEY_is_a) \
	X(EVP_PKEY_sign) \
	X(EVP_PKEY_sign_init) \
	X(EVP_PKEY_verify) \
	X(EVP_PKEY_verify_init) \
	X(EVP_sha256) \
	X(EVP_sha384) \
	X(OBJ_txt2nid) \
	X(OBJ_txt2obj) \
	X(OSSL_PARAM_BLD_free) \
	X(OSSL_PARAM_BLD_new) \
	X(OSSL_PARAM_BLD_push_BN) \
	X(OSSL_PARAM_BLD_push_uint) \
	X(OSSL_PARAM_BLD_to_param) \
	X(OSSL_PARAM_free) \
	X(PEM_read_bio_PUBKEY) \
	X(PEM_read_bio_PrivateKey) \
	X(PEM_read_bio_X509) \
	X(PEM_write_bio_PKCS8PrivateKey) \
	X(PEM_write_bio_PUBKEY) \
	X(PEM_write_bio_X509) \
	X(RAND_bytes) \
	X(X509V3_EXT_conf_nid) \
	X(X509V3_set_ctx) \
	X(X509_EXTENSION_free) \
	X(X509_EXTENSION_get_data) \
	X(X509_NAME_add_entry_by_txt) \
	X(X509_NAME_get_text_by_NID) \
	X(X509_STORE_CTX_free) \
	X(X509_STORE_CTX_get0_param) \
	X(X509_STORE_CTX_get_error) \
	X(X509_STORE_CTX_init) \
	X(X509_STORE_CTX_new) \
	X(X509_STORE_add_cert) \
	X(X509_STORE_free) \
	X(X509_STORE_new) \
	X(X509_VERIFY_PARAM_set_flags) \
	X(X509_VERIFY_PARAM_set_time) \
	X(X509_add_ext) \
	X(X509_check_ca) \
	X(X509_cmp_time) \
	X(X509_digest) \
	X(X509_free) \
	X(X509_get0_notAfter) \
	X(X509_get0_notBefore) \
	X(X509_get0_pubkey) \
	X(X509_get_ext) \
	X(X509_get_ext_by_OBJ) \
	X(X509_get_key_usage) \
	X(X509_get_serialNumber) \
	X(X509_get_subject_name) \
	X(X509_getm_notAfter) \
	X(X509_getm_notBefore) \
	X(X509_new) \
	X(X509_set_issuer_name) \
	X(X509_set_pubkey) \
	X(X509_set_version) \
	X(X509_sign) \
	X(X509_verify_cert) \
	X(X509_verify_cert_error_string) \
	X(d2i_ECDSA_SIG) \
	X(i2d_ECDSA_SIG)

/* A pointer that libcrypto_load() has not set is a fault of this library. */
__attribute__((used)) static void not_loaded(void)
{
	abort();
}

#define POINTER(name) __attribute__((used)) static void *to_##name = (void *)not_loaded;
FUNCTIONS(POINTER)

/* Arguments stay where they are, their number does not matter. */
#define JUMP(name) \
	__asm__(".pushsection .text\n" \
		".globl " #name "\n.hidden " #name "\n.type " #name ", @function\n" \
		#name ":\n\tjmp *to_" #name "(%rip)\n" \
		".size " #name ", . - " #name "\n.popsection");
FUNCTIONS(JUMP)

static const struct {
	const char *name;
	void **pointer;
} functions[] = {
#define ROW(name) { #name, &to_##name },
	FUNCTIONS(ROW)
};

static void note_lack(void)
{
	const char *why = dlerror();

	errno = why && strstr(why, "memory") ? ENOMEM : ENOENT;
}

bool libcrypto_load(void)
{
	static bool loaded;
	void *library, *function;
	size_t i;

	if (__atomic_load_n(&loaded, __ATOMIC_ACQUIRE))
		return true;
	/* Never closed: libcrypto ends with the process. Two threads find the same pointers. */
	library = dlopen(LIBCRYPTO, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		note_lack();
	for (i = 0; library && i < sizeof(functions) / sizeof(functions[0]); i++) {
		function = dlsym(library, functions[i].name);
		if (!function) {
			note_lack();
			return false;
		}
		__atomic_store_n(functions[i].pointer, function, __ATOMIC_RELAXED);
	}
	if (library)
		__atomic_store_n(&loaded, true, __ATOMIC_RELEASE);
	return library != NULL;
}
