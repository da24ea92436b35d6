// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The numbers of a TD's quote. Offsets as in Intel's quote verification library. */
#include "tcb_quote.h"

#include "tcb_text.h"

#include <string.h>

#define HEADER_BYTES	48u	/* version at 0, kind of TEE at 4 */
#define DESCRIPTOR_BYTES 6u	/* version 5: type and size of the body */
#define TEE_TDX		0x81u
#define BODY_TD10	2u
#define BODY_TD15	3u
#define TD10_BYTES	584u
#define TD15_BYTES	648u

/* Offsets in a TD's report body. */
#define MRSEAM		16u
#define MRSIGNERSEAM	64u
#define SEAMATTRIBUTES	112u
#define SVN_2		TD10_BYTES

static uint32_t le(const uint8_t *p, size_t n)
{
	uint32_t value = 0;

	while (n--)
		value = value << 8 | p[n];
	return value;
}

/*
 * Behind the body: the size of what follows, the quote's signature and key, then certification
 * data: its type and size, and for a TD's quote the report of the quoting enclave, signature, data
 * of the enclave, and certification data once more, with the platform's certificate in it.
 */
#define KEY_BYTES	128u	/* signature and key */
#define ENCLAVE_BYTES	(384u + 64u)
#define CERTIFIED_BY_ENCLAVE 6u
#define CERTIFIED_BY_CHAIN 5u

/* Takes @n bytes from the front. */
static bool take(struct ss_bytes *in, size_t n, struct ss_bytes *part)
{
	if (in->n < n)
		return false;
	*part = (struct ss_bytes){ in->p, n };
	in->p += n;
	in->n -= n;
	return true;
}

/* Type, size, data. */
static bool take_typed(struct ss_bytes *in, uint32_t *type, struct ss_bytes *data)
{
	struct ss_bytes head;

	if (!take(in, 6, &head))
		return false;
	*type = le(head.p, 2);
	return take(in, le(head.p + 2, 4), data);
}

/* The certification data that has the certificate, or nothing where it is of another type. */
static bool find_chain(struct ss_bytes in, struct ss_bytes *chain)
{
	struct ss_bytes part, data;
	uint32_t type;

	*chain = (struct ss_bytes){ NULL, 0 };
	if (!take(&in, KEY_BYTES, &part) || !take_typed(&in, &type, &data))
		return false;
	if (type != CERTIFIED_BY_ENCLAVE)
		return true;
	if (!take(&data, ENCLAVE_BYTES, &part) || !take(&data, 2, &part) ||
	    !take(&data, le(part.p, 2), &part) || !take_typed(&data, &type, &part))
		return false;
	if (type == CERTIFIED_BY_CHAIN)
		*chain = part;
	return true;
}

/* @rest is what follows the body. A body alone says less, and is a quote all the same. */
static enum tcb_answer take_rest(struct ss_bytes rest, struct tcb_quote *quote, char *why)
{
	struct ss_bytes size, data, chain;
	enum tcb_answer answer;

	if (!take(&rest, 4, &size) || !le(size.p, 4))
		return TCB_DOC_OK;
	if (!take(&rest, le(size.p, 4), &data) || !find_chain(data, &chain))
		return tcb_say(why, TCB_DOC_MALFORMED,
			       "the quote ends within its signature and certificates, or their sizes "
			       "do not fit");
	if (!chain.n)
		return TCB_DOC_OK;
	answer = tcb_pck_read(chain, &quote->pck, why);
	quote->has_pck = answer == TCB_DOC_OK;
	return answer;
}

static enum tcb_answer take_body(struct ss_bytes bytes, bool is_15, struct tcb_quote *quote,
				 char *why)
{
	const uint8_t *body = bytes.p;
	size_t n = is_15 ? TD15_BYTES : TD10_BYTES;

	memcpy(quote->svn, body, sizeof(quote->svn));
	memcpy(quote->mrseam, body + MRSEAM, sizeof(quote->mrseam));
	memcpy(quote->signer, body + MRSIGNERSEAM, sizeof(quote->signer));
	memcpy(quote->attributes, body + SEAMATTRIBUTES, sizeof(quote->attributes));
	quote->has_module = true;
	quote->has_current = is_15;
	if (is_15)
		memcpy(quote->current, body + SVN_2, sizeof(quote->current));
	return take_rest((struct ss_bytes){ body + n, bytes.n - n }, quote, why);
}

static enum tcb_answer take_version_5(struct ss_bytes bytes, struct tcb_quote *quote, char *why)
{
	uint32_t type, size, expected;

	if (bytes.n < HEADER_BYTES + DESCRIPTOR_BYTES)
		return tcb_say(why, TCB_DOC_MALFORMED, "the quote ends within its header");
	type = le(bytes.p + HEADER_BYTES, 2);
	size = le(bytes.p + HEADER_BYTES + 2, 4);
	if (type != BODY_TD10 && type != BODY_TD15)
		return tcb_say(why, TCB_DOC_MALFORMED,
			       "the quote's body: expected type 2 or 3 (a TD), found %u", type);
	expected = type == BODY_TD15 ? TD15_BYTES : TD10_BYTES;
	if (size != expected || bytes.n - HEADER_BYTES - DESCRIPTOR_BYTES < expected)
		return tcb_say(why, TCB_DOC_MALFORMED,
			       "the quote's body: expected %u bytes, found %u in a file of %zu",
			       expected, size, bytes.n);
	bytes.p += HEADER_BYTES + DESCRIPTOR_BYTES;
	bytes.n -= HEADER_BYTES + DESCRIPTOR_BYTES;
	return take_body(bytes, type == BODY_TD15, quote, why);
}

enum tcb_answer tcb_quote_parse(struct ss_bytes bytes, struct tcb_quote *quote, char why[TCB_WHY])
{
	uint32_t version, tee;

	memset(quote, 0, sizeof(*quote));
	if (bytes.n < HEADER_BYTES + TD10_BYTES)
		return tcb_say(why, TCB_DOC_MALFORMED,
			       "expected a quote of %u bytes or more, found %zu bytes",
			       HEADER_BYTES + TD10_BYTES, bytes.n);
	version = le(bytes.p, 2);
	tee = le(bytes.p + 4, 4);
	if (version != 4 && version != 5)
		return tcb_say(why, TCB_DOC_MALFORMED,
			       "expected a quote of version 4 or 5 in binary form, found %u",
			       version);
	if (tee != TEE_TDX)
		return tcb_say(why, TCB_DOC_MALFORMED,
			       "expected a TD's quote (0x81), found one of kind 0x%x", tee);
	if (version == 5)
		return take_version_5(bytes, quote, why);
	bytes.p += HEADER_BYTES;
	bytes.n -= HEADER_BYTES;
	return take_body(bytes, false, quote, why);
}

enum tcb_answer tcb_quote_svn(const char *text, struct tcb_quote *quote, char why[TCB_WHY])
{
	memset(quote, 0, sizeof(*quote));
	if (!strncmp(text, "0x", 2) || !strncmp(text, "0X", 2))
		text += 2;
	if (tcb_hex(text, strlen(text), quote->svn, sizeof(quote->svn)))
		return TCB_DOC_OK;
	return tcb_say(why, TCB_DOC_MALFORMED,
		       "expected 32 hexadecimal digits as 06010300000000000000000000000000");
}

/* ---- judging --------------------------------------------------------------------------------- */

/* A document is for one kind of platform. */
static bool is_for(const struct tcb_info *info, const struct tcb_quote *quote)
{
	return !quote->has_pck ||
	       (!memcmp(info->fmspc, quote->pck.fmspc, sizeof(info->fmspc)) &&
		!memcmp(info->pce_id, quote->pck.pce_id, sizeof(info->pce_id)));
}

static struct tcb_quote_side judge_side(const struct tcb_info *info, const struct tcb_quote *quote,
					const uint8_t svn[TCB_COMPONENTS])
{
	struct tcb_platform platform = { .has_sgx = quote->has_pck, .pcesvn = quote->pck.pcesvn };
	struct tcb_module module = {
		.major = svn[1], .minor = svn[0], .has_signer = quote->has_module,
		.has_attributes = quote->has_module,
	};
	struct tcb_quote_side side;

	memcpy(platform.tdx, svn, sizeof(platform.tdx));
	memcpy(platform.sgx, quote->pck.sgx, sizeof(platform.sgx));
	memcpy(module.signer, quote->signer, sizeof(module.signer));
	memcpy(module.attributes, quote->attributes, sizeof(module.attributes));
	side.platform = is_for(info, quote) ? tcb_judge_platform(info, &platform) :
			(struct tcb_verdict){ TCB_NONE, TCB_REASON_FMSPC, NULL };
	side.module = tcb_judge_module(info, &module);
	/* With major SVN 0 the platform's components say all. */
	side.merged = side.module.reason == TCB_REASON_PLATFORM ? side.platform.status :
		      tcb_merge(side.platform.status, side.module.status);
	return side;
}

struct tcb_quote_verdict tcb_quote_judge(const struct tcb_info *info,
					 const struct tcb_quote *quote)
{
	struct tcb_quote_verdict v = { .launch = judge_side(info, quote, quote->svn) };

	v.status = v.launch.merged;
	if (quote->has_current) {
		v.current = judge_side(info, quote, quote->current);
		v.status = tcb_relaunch(v.launch.merged, v.current.merged);
	}
	return v;
}
