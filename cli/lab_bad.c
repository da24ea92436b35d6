// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Images for a lab that are wrong in one way each, and right in all others. */
#include "lab.h"


#define SIGNATURE_OFFSET	516	/* in the sigstruct, specification 4.4 */
#define CPU_OF_NOBODY		0x50650	/* a CPU without TDX */
#define HANDOFF_OF_NOBODY	9	/* a version that no module writes */

struct bad {
	const char *name;
	/* Each may be NULL: change the version's constants, the signed parts, the packed file. */
	void (*info)(struct sim_module_info *info, const struct sim_module_info *running);
	void (*parts)(struct model_parts *parts);
	void (*file)(size_t *bytes);
	bool stranger;		/* signed by another key */
};

/* In the last page: the parts that the ELF rules look at stay as they are. */
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

static void truncated(size_t *bytes)
{
	*bytes -= SS_PAGE;
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
};

const uint32_t lab_bad_nr = SS_ARRAY_SIZE(bads);

const char *lab_bad_name(uint32_t i)
{
	return bads[i].name;
}

const struct sim_module_info *lab_bad_base(const struct sim_module_info *running)
{
	const struct sim_module_info *info = running + 1;

	/* The ladder is in order; the last of a line has none after it and stands in itself. */
	if (info < sim_ladder + sim_ladder_nr && info->svn_major == running->svn_major)
		return info;
	return running;
}

uint8_t *lab_bad_build(uint32_t i, const struct sim_module_info *good,
		       const struct sim_module_info *running, const struct cli_key *key,
		       const struct cli_key *stranger, size_t *bytes)
{
	const struct bad *bad = &bads[i];
	struct sim_module_info info = *good;
	struct model_parts parts;
	uint8_t *file;

	if (bad->info)
		bad->info(&info, running);
	if (!model_parts_build(&info, bad->stranger ? stranger : key, &parts))
		return NULL;
	if (bad->parts)
		bad->parts(&parts);
	file = model_parts_pack(&parts, 0x100, bytes);
	if (bad->file)
		bad->file(bytes);
	model_parts_release(&parts);
	return file;
}
