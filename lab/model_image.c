// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Signed images of the versions that the software model can run. */
#include "model_image.h"

#include "lib/base/alloc.h"

#include <stdlib.h>

bool model_parts_sign(struct model_parts *parts, const struct key *key)
{
	return key_sign_sigstruct(key, parts->sigstruct);
}

bool model_parts_build(const struct sim_module_info *info, const struct key *key,
		       struct model_parts *parts)
{
	uint8_t hash[SS_SHA384_BYTES];
	struct ss_bytes module;

	parts->module_bytes = (size_t)info->module_pages * SS_PAGE;
	parts->module = base_alloc(parts->module_bytes);
	if (!parts->module)
		return false;
	sim_module_build(info, parts->module);
	module = (struct ss_bytes){ parts->module, parts->module_bytes };
	if (crypto_openssl.sha384(crypto_openssl.ctx, &module, 1, hash)) {
		sim_sigstruct_build(info, hash, parts->sigstruct);
		if (model_parts_sign(parts, key))
			return true;
	}
	model_parts_release(parts);
	return false;
}

void model_parts_release(struct model_parts *parts)
{
	base_free(parts->module);
	parts->module = NULL;
}

uint8_t *model_parts_pack(const struct model_parts *parts, uint16_t container, size_t *bytes)
{
	struct ss_bytes sigstruct = { parts->sigstruct, sizeof(parts->sigstruct) };
	struct ss_bytes module = { parts->module, parts->module_bytes };
	uint8_t *file;

	*bytes = ss_image_pack(container, sigstruct, module, NULL, 0);
	file = *bytes ? base_alloc(*bytes) : NULL;
	if (file && ss_image_pack(container, sigstruct, module, file, *bytes) == *bytes)
		return file;
	base_free(file);
	return NULL;
}
