// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Fuzz target: a lab's state. An accepted state has its numbers in range and survives a write. */
#include "../fuzz.h"

#include "lab/lab_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lab_state s;
	char *why = NULL, number[16];

	if (!lab_state_parse((const char *)data, size, &s, &why)) {
		FUZZ_CHECK(why);
		free(why);
		return 0;
	}
	FUZZ_CHECK(s.lps >= 1 && s.lps <= 1024 && s.offline < s.lps && s.nr_fms >= 1);
	FUZZ_CHECK(s.nr_fms <= LAB_MAX_SOCKETS && s.nr_faults <= LAB_MAX_FAULTS);
	FUZZ_CHECK(s.tds_alive <= s.tds && s.updates_left <= 254);
	snprintf(number, sizeof(number), "%u", s.tds);
	FUZZ_CHECK(lab_state_set(&s, "tds", number, &why));
	FUZZ_CHECK(!lab_state_set(&s, "lps", "99999", &why));
	free(why);
	lab_state_release(&s);
	return 0;
}
