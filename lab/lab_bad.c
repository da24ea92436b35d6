// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Bad images for a lab: each has one fault and is otherwise right. */
#include "lab.h"

#include <string.h>

#define SIGNATURE_OFFSET	516	/* in the sigstruct, specification 4.4 */
#define DATA_PAGES_OFFSET	966
#define MORE_DATA_PAGES		8	/* above the margin of the P-SEAMLDR's early check */
#define CPU_OF_NOBODY		0x50650	/* a CPU without TDX */
#define HANDOFF_OF_NOBODY	9	/* a version that no module writes */

struct bad {
	const char *name;
	/*
	 * Each may be NULL. The order: constants, parts before signing, parts after, container.
	 */
	void (*info)(struct sim_module_info *info, const struct sim_module_info *running);
	void (*unsigned_parts)(struct model_parts *parts);
	void (*parts)(struct model_parts *parts);
	void (*file)(uint8_t *file, size_t *bytes);
	bool stranger;		/* signed by another key */
};

/* The change is in the last page: the parts that the ELF rules check stay unchanged. */
static void bad_hash(struct model_parts *parts)
{
	parts->module[parts->module_bytes - 1] ^= 1;
}

static void bad_signature(struct model_parts *parts)
{
	parts->sigstruct[SIGNATURE_OFFSET] ^= 1;
}

static void low_svn(struct sim_module_info *info, const struct sim_module_info *running)
{
	info->svn_minor = (uint8_t)(running->svn_minor - 1);
}

static void handoff_window(struct sim_module_info *info, const struct sim_module_info *running)
{
	(void)running;
	info->module_hv = info->min_update_hv = HANDOFF_OF_NOBODY;
	info->built_hv = info->built_min_hv = HANDOFF_OF_NOBODY;
}

static void wrong_cpu(struct sim_module_info *info, const struct sim_module_info *running)
{
	(void)running;
	info->nr_fms = 1;
	info->fms[0] = CPU_OF_NOBODY;
}

static void debug_signed(struct sim_module_info *info, const struct sim_module_info *running)
{
	(void)running;
	info->debug_signed = true;
}

static void more_memory(struct model_parts *parts)
{
	parts->sigstruct[DATA_PAGES_OFFSET] += MORE_DATA_PAGES;
}

static void truncated(uint8_t *file, size_t *bytes)
{
	(void)file;
	*bytes -= SS_PAGE;
}

/* The file is right, but no module follows the sigstruct. */
static void no_pages(uint8_t *file, size_t *bytes)
{
	uint32_t length = 2 * SS_PAGE, sum = 0, i;

	*bytes = length;
	memset(file + 2, 0, 2);
	for (i = 0; i < 4; i++)
		file[16 + i] = (uint8_t)(length >> 8 * i);
	for (i = 0; i < length; i += 2)
		sum -= (uint32_t)(file[i] | file[i + 1] << 8);
	file[2] = (uint8_t)sum;
	file[3] = (uint8_t)(sum >> 8);
}

static const struct bad bads[] = {
	{ "bad-hash", .parts = bad_hash },
	{ "bad-signature", .parts = bad_signature },
	{ "wrong-signer", .stranger = true },
	{ "low-svn", .info = low_svn },
	{ "handoff-window", .info = handoff_window },
	{ "wrong-cpu", .info = wrong_cpu },
	{ "truncated", .file = truncated },
	{ "debug-signed", .info = debug_signed },
	{ "no-pages", .file = no_pages },
	{ "more-memory", .unsigned_parts = more_memory },
};

const uint32_t lab_bad_nr = SS_ARRAY_SIZE(bads);

const char *lab_bad_name(uint32_t i)
{
	return bads[i].name;
}

const struct sim_module_info *lab_bad_base(const struct sim_module_info *running)
{
	const struct sim_module_info *info = running + 1;

	/* The ladder is in order. The last version of a line is its own base. */
	if (info < sim_ladder + sim_ladder_nr && info->svn_major == running->svn_major)
		return info;
	return running;
}

static bool build_parts(const struct bad *bad, const struct sim_module_info *info,
			const struct key *key, struct model_parts *parts)
{
	if (!model_parts_build(info, key, parts))
		return false;
	if (bad->unsigned_parts) {
		bad->unsigned_parts(parts);
		if (!model_parts_sign(parts, key)) {
			model_parts_release(parts);
			return false;
		}
	}
	if (bad->parts)
		bad->parts(parts);
	return true;
}

uint8_t *lab_bad_build(uint32_t i, const struct sim_module_info *good,
		       const struct sim_module_info *running, const struct key *key,
		       const struct key *stranger, size_t *bytes)
{
	const struct bad *bad = &bads[i];
	struct sim_module_info info = *good;
	struct model_parts parts;
	uint8_t *file;

	if (bad->info)
		bad->info(&info, running);
	if (!build_parts(bad, &info, bad->stranger ? stranger : key, &parts))
		return NULL;
	file = model_parts_pack(&parts, 0x100, bytes);
	if (bad->file)
		bad->file(file, bytes);
	model_parts_release(&parts);
	return file;
}
