// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Judges modules, platforms and TDs by a document. */
#include "tcb.h"

#include <string.h>

static struct tcb_verdict no_level(enum tcb_reason reason)
{
	return (struct tcb_verdict){ TCB_NONE, reason, NULL };
}

static struct tcb_verdict has_level(const struct tcb_level *level)
{
	return (struct tcb_verdict){ level->status, TCB_REASON_LEVEL, level };
}

static const struct tcb_identity *find_identity(const struct tcb_info *info, uint8_t major)
{
	size_t i;

	if (!major)
		return &info->module;
	for (i = 0; i < info->nr_identities; i++)
		if (info->identities[i].major == major)
			return &info->identities[i];
	return NULL;
}

static bool attributes_fit(const struct tcb_identity *identity, const uint8_t attributes[8])
{
	size_t i;

	for (i = 0; i < 8; i++)
		if ((attributes[i] ^ identity->attributes[i]) & identity->mask[i])
			return false;
	return true;
}

/* The highest level at or below @svn, wherever it stands in the list. */
static const struct tcb_module_level *find_level(const struct tcb_identity *identity, uint32_t svn)
{
	const struct tcb_module_level *best = NULL;
	size_t i;

	for (i = 0; i < identity->nr_levels; i++) {
		const struct tcb_module_level *level = &identity->levels[i];

		if (level->isvsvn <= svn && (!best || level->isvsvn > best->isvsvn))
			best = level;
	}
	return best;
}

struct tcb_verdict tcb_judge_module(const struct tcb_info *info, const struct tcb_module *module)
{
	const struct tcb_identity *identity = find_identity(info, module->major);
	const struct tcb_module_level *level;

	if (!identity)
		return no_level(TCB_REASON_NO_IDENTITY);
	if (module->has_signer &&
	    memcmp(module->signer, identity->signer, sizeof(identity->signer)))
		return no_level(TCB_REASON_SIGNER);
	if (module->has_attributes && !attributes_fit(identity, module->attributes))
		return no_level(TCB_REASON_ATTRIBUTES);
	if (!module->major)
		return no_level(TCB_REASON_PLATFORM);
	level = find_level(identity, module->minor);
	return level ? has_level(&level->level) : no_level(TCB_REASON_BELOW);
}

bool tcb_status_clears(enum tcb_status status, enum tcb_status wanted)
{
	/* What the status needs beside a TCB of date: no more than what the operator accepts. */
	static const struct {
		bool dated, hardening, configuration;
	} needs[TCB_STATUS_NR] = {
		[TCB_SW_HARDENING] = { .hardening = true },
		[TCB_CONFIGURATION] = { .configuration = true },
		[TCB_CONFIGURATION_SW] = { .hardening = true, .configuration = true },
		[TCB_OUT_OF_DATE] = { .dated = true },
		[TCB_OUT_OF_DATE_CONFIGURATION] = { .dated = true, .configuration = true },
	};

	if (status >= TCB_REVOKED || wanted >= TCB_REVOKED)
		return false;
	if (needs[wanted].dated)
		return !needs[status].configuration || needs[wanted].configuration;
	return !needs[status].dated && needs[status].hardening <= needs[wanted].hardening &&
	       needs[status].configuration <= needs[wanted].configuration;
}

bool tcb_bar(const struct tcb_info *info, uint8_t major, enum tcb_status wanted, uint8_t *minor)
{
	struct tcb_module module = { .major = major };
	unsigned int svn;

	for (svn = 0; svn <= UINT8_MAX; svn++) {
		module.minor = (uint8_t)svn;
		if (tcb_status_clears(tcb_judge_module(info, &module).status, wanted)) {
			*minor = module.minor;
			return true;
		}
	}
	return false;
}

static bool reaches(const struct tcb_platform *platform, const struct tcb_platform_level *level)
{
	/* With a major SVN the module has an identity of its own. */
	size_t i = platform->tdx[1] ? 2 : 0;

	for (; i < TCB_COMPONENTS; i++)
		if (platform->tdx[i] < level->tdx[i])
			return false;
	if (!platform->has_sgx)
		return true;
	for (i = 0; i < TCB_COMPONENTS; i++)
		if (platform->sgx[i] < level->sgx[i])
			return false;
	return platform->pcesvn >= level->pcesvn;
}

struct tcb_verdict tcb_judge_platform(const struct tcb_info *info,
				      const struct tcb_platform *platform)
{
	size_t i;

	for (i = 0; i < info->nr_levels; i++)
		if (reaches(platform, &info->levels[i]))
			return has_level(&info->levels[i].level);
	return no_level(TCB_REASON_COMPONENTS);
}

static bool needs_configuration(enum tcb_status status)
{
	return status == TCB_CONFIGURATION || status == TCB_CONFIGURATION_SW ||
	       status == TCB_OUT_OF_DATE_CONFIGURATION;
}

enum tcb_status tcb_merge(enum tcb_status platform, enum tcb_status module)
{
	if (platform == TCB_REVOKED || module == TCB_REVOKED)
		return TCB_REVOKED;
	if (platform == TCB_NONE || module == TCB_NONE)
		return TCB_NONE;
	if (platform == TCB_UNKNOWN || module == TCB_UNKNOWN)
		return TCB_UNKNOWN;
	if (module != TCB_OUT_OF_DATE && module != TCB_OUT_OF_DATE_CONFIGURATION)
		return platform;
	return needs_configuration(platform) || needs_configuration(module) ?
	       TCB_OUT_OF_DATE_CONFIGURATION : TCB_OUT_OF_DATE;
}

enum tcb_status tcb_relaunch(enum tcb_status launch, enum tcb_status current)
{
	if (launch != TCB_OUT_OF_DATE && launch != TCB_OUT_OF_DATE_CONFIGURATION)
		return launch;
	if (current > TCB_CONFIGURATION_SW)
		return launch;
	if (needs_configuration(launch) || needs_configuration(current))
		return TCB_RELAUNCH_CONFIGURATION;
	return TCB_RELAUNCH;
}
