// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Reads a platform's PCK certificate. Its extension 1.2.840.113741.1.13.1 is a sequence of pairs of
 * a name and a value:
 *
 *	.2	sequence of pairs: .2.1 to .2.16 the components of SGX, .2.17 PCESVN
 *	.3	PCE-ID, 2 octets
 *	.4	FMSPC, 6 octets
 */
#include "tcb_pck.h"

#include "tcb_text.h"
#include "tcb_trust.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define PCESVN	(TCB_COMPONENTS + 1)

/* The object identifier of the extension, as DER has it. */
static const uint8_t root[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01 };

struct reading {
	struct tcb_pck *pck;
	uint32_t seen;		/* bit N: the pair .2.N */
	bool has_pce_id, has_fmspc;
};

/* Takes the next value from @in. False if there is none, or its length makes no sense. */
static bool next(struct ss_bytes *in, int tag, struct ss_bytes *value)
{
	const unsigned char *p = in->p;
	int found, class, kind;
	long n;

	kind = in->n ? ASN1_get_object(&p, &n, &found, &class, (long)in->n) : 0x80;
	/* 0x80: an error; 1: a length that is not told. */
	if (kind & 0x81 || class != V_ASN1_UNIVERSAL || found != tag ||
	    n > (long)in->n - (p - in->p))
		return false;
	*value = (struct ss_bytes){ p, (size_t)n };
	in->n -= (size_t)(p + n - in->p);
	in->p = p + n;
	return true;
}

/* A name below the extension's: its last @n numbers, each below 128, go to @numbers. */
static bool is_name(struct ss_bytes name, size_t n, uint8_t *numbers)
{
	if (name.n != sizeof(root) + n || memcmp(name.p, root, sizeof(root)))
		return false;
	memcpy(numbers, name.p + sizeof(root), n);
	return true;
}

/* INTEGER, from 0 to @max. */
static bool number(struct ss_bytes *in, uint32_t max, uint32_t *value)
{
	struct ss_bytes v;

	if (!next(in, V_ASN1_INTEGER, &v) || !v.n || v.n > 3 || v.p[0] & 0x80)
		return false;
	for (*value = 0; v.n; v.p++, v.n--)
		*value = *value << 8 | *v.p;
	return *value <= max;
}

static bool take_component(struct reading *r, struct ss_bytes pair)
{
	struct ss_bytes name;
	uint8_t at[2];
	uint32_t value;

	if (!next(&pair, V_ASN1_OBJECT, &name) || !is_name(name, 2, at) || at[0] != 2)
		return false;
	if (at[1] < 1 || at[1] > PCESVN)	/* CPUSVN says the same in another form */
		return true;
	if (r->seen >> at[1] & 1 ||
	    !number(&pair, at[1] == PCESVN ? UINT16_MAX : UINT8_MAX, &value))
		return false;
	r->seen |= 1u << at[1];
	if (at[1] == PCESVN)
		r->pck->pcesvn = (uint16_t)value;
	else
		r->pck->sgx[at[1] - 1] = (uint8_t)value;
	return true;
}

static bool take_octets(struct ss_bytes *in, uint8_t *to, size_t n, bool *has)
{
	struct ss_bytes value;

	if (*has || !next(in, V_ASN1_OCTET_STRING, &value) || value.n != n)
		return false;
	memcpy(to, value.p, n);
	return *has = true;
}

static bool take_pair(struct reading *r, struct ss_bytes pair)
{
	struct ss_bytes name, list, inner;
	uint8_t at;

	if (!next(&pair, V_ASN1_OBJECT, &name))
		return false;
	if (!is_name(name, 1, &at))
		return true;
	if (at == 3)
		return take_octets(&pair, r->pck->pce_id, sizeof(r->pck->pce_id), &r->has_pce_id);
	if (at == 4)
		return take_octets(&pair, r->pck->fmspc, sizeof(r->pck->fmspc), &r->has_fmspc);
	if (at != 2)
		return true;
	if (!next(&pair, V_ASN1_SEQUENCE, &list))
		return false;
	while (list.n)
		if (!next(&list, V_ASN1_SEQUENCE, &inner) || !take_component(r, inner))
			return false;
	return true;
}

static bool read_extension(struct ss_bytes der, struct tcb_pck *pck)
{
	struct reading r = { .pck = pck };
	struct ss_bytes list, pair;

	if (!next(&der, V_ASN1_SEQUENCE, &list) || der.n)
		return false;
	while (list.n)
		if (!next(&list, V_ASN1_SEQUENCE, &pair) || !take_pair(&r, pair))
			return false;
	/* Bits 1 to 17. */
	return r.has_fmspc && r.has_pce_id && r.seen == ((1u << (PCESVN + 1)) - 2);
}

static enum tcb_answer read_certificate(X509 *certificate, struct tcb_pck *pck, char *why)
{
	ASN1_OBJECT *name = OBJ_txt2obj("1.2.840.113741.1.13.1", 1);
	int at = name ? X509_get_ext_by_OBJ(certificate, name, -1) : -1;
	const ASN1_OCTET_STRING *value;

	ASN1_OBJECT_free(name);
	if (!name)
		return tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	if (at < 0)
		return tcb_say(why, TCB_DOC_MALFORMED, "the quote's certificate: expected one of a "
			       "platform (PCK), found none of SGX's extensions");
	value = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
	if (read_extension((struct ss_bytes){ ASN1_STRING_get0_data(value),
					      (size_t)ASN1_STRING_length(value) }, pck))
		return TCB_DOC_OK;
	return tcb_say(why, TCB_DOC_MALFORMED, "the quote's certificate: expected 16 components, "
		       "PCESVN, PCE-ID and FMSPC, each once and in range");
}

/* libcrypto would otherwise ask on the terminal. */
static int no_passphrase(char *buf, int size, int rwflag, void *ctx)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)ctx;
	return -1;
}

enum tcb_answer tcb_pck_read(struct ss_bytes pem, struct tcb_pck *pck, char why[TCB_WHY])
{
	enum tcb_answer answer = tcb_trust_ready(why);
	X509 *certificate;
	BIO *bio;

	memset(pck, 0, sizeof(*pck));
	if (answer != TCB_DOC_OK)
		return answer;
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	certificate = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
	if (!bio)
		answer = tcb_say(why, TCB_DOC_NO_MEMORY, "out of memory");
	else if (!certificate)
		answer = tcb_say(why, TCB_DOC_MALFORMED,
				 "the quote's certificate: expected PEM, found another text");
	else
		answer = read_certificate(certificate, pck, why);
	X509_free(certificate);
	BIO_free(bio);
	ERR_clear_error();
	return answer;
}
