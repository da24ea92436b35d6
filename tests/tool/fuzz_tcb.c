// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Fuzz target: TCB Info, its chain, and quotes. The bytes are read as each of them, and as the text
 * of a tcbInfo object too: no fuzzer finds a signature, so the parser is also met without one.
 */
#include "../fuzz.h"

#include "lib/tcb/tcb_json.h"
#include "lib/tcb/tcb_parse.h"
#include "lib/tcb/tcb_quote.h"
#include "lib/tcb/tcb_trust.h"

static char why[TCB_WHY];

static void check_why(enum tcb_answer answer)
{
	const char *p;

	FUZZ_CHECK(answer < TCB_DOC_NR);
	FUZZ_CHECK(answer == TCB_DOC_OK || *why);
	for (p = why; *p; p++)
		FUZZ_CHECK(*p >= 0x20 && *p <= 0x7e);
	why[0] = '\0';
}

static void check_level(const struct tcb_level *level)
{
	size_t i;

	FUZZ_CHECK(level->status <= TCB_REVOKED || level->status == TCB_UNKNOWN);
	FUZZ_CHECK((level->unknown != NULL) == (level->status == TCB_UNKNOWN));
	for (i = 0; i < level->nr_advisories; i++)
		FUZZ_CHECK(level->advisories[i]);
}

/* Nothing below the bar clears, and the bar does. */
static void check_info(const struct tcb_info *info)
{
	struct tcb_module module = { .major = 1 };
	char text[TCB_TIME];
	uint8_t minor;
	unsigned int i;

	tcb_time_format(info->issued, text);
	tcb_time_format(info->next_update, text);
	for (i = 0; i < info->nr_levels; i++)
		check_level(&info->levels[i].level);
	for (i = 0; i < 256; i++) {
		struct tcb_verdict v;

		module.minor = (uint8_t)i;
		v = tcb_judge_module(info, &module);
		FUZZ_CHECK((v.level != NULL) == (v.reason == TCB_REASON_LEVEL));
		if (v.level)
			check_level(v.level);
	}
	if (tcb_bar(info, 1, TCB_UP_TO_DATE, &minor)) {
		module.minor = minor;
		FUZZ_CHECK(tcb_judge_module(info, &module).status == TCB_UP_TO_DATE);
	}
}

static void check_text(struct ss_bytes text)
{
	struct tcb_info *info = NULL;
	struct tcb_object object;
	enum tcb_answer answer = tcb_json_object(text, &object, why);

	check_why(answer);
	if (answer != TCB_DOC_OK)
		return;
	answer = tcb_parse(text, &info, why);
	check_why(answer);
	FUZZ_CHECK((info != NULL) == (answer == TCB_DOC_OK));
	if (info)
		check_info(info);
	tcb_free(info);
}

static void check_quote(struct ss_bytes bytes)
{
	struct tcb_quote quote;
	enum tcb_answer answer = tcb_quote_parse(bytes, &quote, why);

	check_why(answer);
	FUZZ_CHECK(answer != TCB_DOC_OK || bytes.n >= 48 + 584);
	/* A certificate does not fit into less. */
	FUZZ_CHECK(!quote.has_pck || (answer == TCB_DOC_OK && bytes.n > 48 + 584 + 4 + 128 + 448));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t signature[TCB_SIGNATURE_BYTES];
	uint8_t *copy = fuzz_copy(data, size);
	struct ss_bytes bytes = { copy, size };
	struct tcb_info *info;
	struct tcb_anchor root;
	enum tcb_answer answer;

	answer = tcb_read(bytes, bytes, &tcb_anchor_intel, 1, 1757462400, &info, why);
	check_why(answer);
	FUZZ_CHECK((info != NULL) == tcb_answer_usable(answer));
	tcb_free(info);
	answer = tcb_trust_check(bytes, signature, bytes, &tcb_anchor_intel, 1, 1757462400, &root,
				 why);
	check_why(answer);
	FUZZ_CHECK(answer != TCB_DOC_OK);
	check_text(bytes);
	check_quote(bytes);
	free(copy);
	return 0;
}
