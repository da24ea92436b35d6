// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The operator's choice of images, by the digests of their modules. */
#include "policy.h"

#include "lib/base/alloc.h"

#include <stdbool.h>
#include <string.h>

static bool has(const uint8_t (*digests)[SS_SHA384_BYTES], size_t nr, const uint8_t *digest)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!memcmp(digests[i], digest, SS_SHA384_BYTES))
			return true;
	return false;
}

/* What is blocked stays so if it is approved, too. */
const char *policy_forbids(const struct policy *policy, const struct ss_image *image)
{
	const uint8_t *digest = image->sig.seamhash;

	if (has((const uint8_t (*)[SS_SHA384_BYTES])policy->blocked, policy->nr_blocked, digest))
		return "the configuration blocks the image";
	if (policy->nr_approved && !has((const uint8_t (*)[SS_SHA384_BYTES])policy->approved,
					policy->nr_approved, digest))
		return "the image is not among those that the configuration approves";
	return NULL;
}

void policy_release(struct policy *policy)
{
	base_free(policy->approved);
	base_free(policy->blocked);
	memset(policy, 0, sizeof(*policy));
}
