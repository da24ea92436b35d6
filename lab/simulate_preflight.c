// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Before the stop: the host's facts, the compatibility of the images, the plan. */
#include "simulate.h"

#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Global metadata, specification 7. */
#define FIELD_MINOR		0x0800000100000003ULL
#define FIELD_MAJOR		0x0800000100000004ULL
#define FIELD_UPDATE		0x0800000100000005ULL
#define FIELD_FEATURES0		0x0a00000300000008ULL
#define UPDATE_COMPATIBILITY	(1ULL << 47)	/* of TDX_FEATURES0 */

#define ARRIVAL_NS		10000000000ULL	/* threads of a busy machine may arrive late */
#define BUILDS_LIMIT_NS		60000000000ULL

static bool seamcall_failed(struct simulation *s, uint64_t leaf, uint64_t status)
{
	return simulate_refuse(s, SEAMSTEP_ERROR, "%s before the update: %s (0x%016llx)",
			       ss_leaf_name(leaf), ss_status_name(leaf, status),
			       (unsigned long long)status);
}

static bool seamldr_call(struct simulation *s, uint64_t leaf, uint64_t pa)
{
	struct ss_regs regs = { .rax = leaf, .rcx = pa };
	uint64_t status = rig_seamcall(s->host, 0, &regs);

	return !status || seamcall_failed(s, leaf, status);
}

static bool read_field(struct simulation *s, uint64_t field, uint64_t *value)
{
	struct ss_regs regs = { .rax = SS_LEAF_TDH_SYS_RD, .rdx = field };
	uint64_t status = rig_seamcall(s->host, 0, &regs);

	*value = regs.r8;
	return !status || seamcall_failed(s, SS_LEAF_TDH_SYS_RD, status);
}

static bool read_version(struct simulation *s, struct ss_version *version)
{
	uint64_t major, minor, update;

	if (!read_field(s, FIELD_MAJOR, &major) || !read_field(s, FIELD_MINOR, &minor) ||
	    !read_field(s, FIELD_UPDATE, &update))
		return false;
	version->major = (uint16_t)major;
	version->minor = (uint16_t)minor;
	version->update = (uint16_t)update;
	return true;
}

/* Linux also gets these facts from SEAMLDR.INFO and .SEAMINFO, and shows them in sysfs. */
static bool read_seamldr(struct simulation *s)
{
	struct ss_buffer info = rig_alloc(s->host, SS_SEAMLDR_INFO_BYTES);
	struct ss_buffer seaminfo = rig_alloc(s->host, SS_SEAMLDR_SEAMINFO_BYTES);
	struct ss_seamldr_platform platform;

	if (!info.va || !seaminfo.va)
		return simulate_refuse(s, SEAMSTEP_ERROR,
				       "no shared memory is left on the simulated machine");
	s->plan.info = info;
	if (!seamldr_call(s, SS_LEAF_SEAMLDR_INFO, info.pa) ||
	    !seamldr_call(s, SS_LEAF_SEAMLDR_SEAMINFO, seaminfo.pa))
		return false;
	ss_seamldr_info_parse(info.va, &s->info);
	ss_seamldr_platform_parse(seaminfo.va, &platform);
	s->lps_platform = platform.nr_lps;
	return true;
}

/*
 * The running module's sigstruct has the window for handoff data. MRSEAM proves that the sigstruct
 * of s->running is the running module's.
 */
static void describe_module(const struct simulation *s, struct ss_compat_host *host)
{
	const struct ss_sigstruct *sig = &s->running.image.sig;

	host->has_mrseam = true;
	memcpy(host->mrseam, s->info.mrseam, sizeof(host->mrseam));
	if (!memcmp(sig->seamhash, s->info.mrseam, sizeof(s->info.mrseam)))
		ss_compat_host_runs(host, sig);
}

static bool describe_host(struct simulation *s, struct ss_compat_host *host)
{
	*host = (struct ss_compat_host){
		.has_fms = true, .fms = &s->config.fms, .nr_fms = 1,
		.has_seamldr_version = true,
		.seamldr = { s->info.major, s->info.minor, s->info.update },
		.has_module = s->info.seam_ready,
		.has_module_svn = true,
		.svn_minor = s->info.svn_minor, .svn_major = s->info.svn_major,
		.has_features0 = true,
		.has_remaining = true, .remaining_updates = s->info.num_remaining_updates,
		.has_lps = true, .lps_platform = s->lps_platform, .lps_online = s->config.nr_lps,
		.module_range = s->config.seam_bytes,
		.debug_unlocked = s->config.debug_unlocked,
	};
	describe_module(s, host);
	if (!read_field(s, FIELD_FEATURES0, &s->features0) || !read_version(s, &host->module))
		return false;
	host->features0 = s->features0;
	host->has_module_version = true;
	return true;
}

static uint32_t bit(enum ss_compat_reason reason)
{
	return 1u << reason;
}

/* The first reason in words, and the number of further reasons. */
static bool incompatible(struct simulation *s, uint32_t index, uint32_t refused)
{
	uint32_t reason = (uint32_t)__builtin_ctz(refused);
	uint32_t more = (uint32_t)__builtin_popcount(refused) - 1;
	enum seamstep_end end = refused == bit(SS_COMPAT_EXHAUSTED) ? SEAMSTEP_EXHAUSTED :
				SEAMSTEP_INCOMPATIBLE;
	char *rest = more ? base_text(", and %u more reason%s", more, more > 1 ? "s" : "") :
		     base_text("%s", "");

	s->refused_image = index;
	s->images[index].compat.refused = refused;
	simulate_refuse(s, end, "%s cannot follow %s: %s%s", s->images[index].name,
			s->running.name, ss_compat_text((enum ss_compat_reason)reason), rest);
	base_free(rest);
	return false;
}

/* A fallback may be older than the running module, or the same version. */
static const uint32_t fallback_ignores = 1u << SS_COMPAT_SAME | 1u << SS_COMPAT_OLDER |
					 1u << SS_COMPAT_MIN_RUNNING | 1u << SS_COMPAT_EXHAUSTED;

static void drop_image(struct simulation *s, uint32_t index, enum ss_compat_reason reason)
{
	s->notes[s->nr_notes++] = base_text("%s is no fallback here: %s", s->images[index].name,
					      ss_compat_text(reason));
	base_free(s->images[index].name);
	base_free(s->images[index].file);
	s->nr_images--;
	for (; index < s->nr_images; index++) {
		s->images[index] = s->images[index + 1];
		s->names[index] = s->names[index + 1];
	}
	memset(&s->images[s->nr_images], 0, sizeof(s->images[0]));
}

/* Requested fallbacks must fit. Default fallbacks need not. */
static bool refuse_image(struct simulation *s, uint32_t index, uint32_t refused)
{
	if (!index || !s->options->default_fallbacks)
		return incompatible(s, index, refused);
	drop_image(s, index, (enum ss_compat_reason)__builtin_ctz(refused));
	return true;
}

static bool check_images(struct simulation *s, const struct ss_compat_host *host)
{
	uint32_t i, refused;

	for (i = s->nr_images; i-- > 0;) {
		struct simulate_image *image = &s->images[i];

		ss_compat_check(&image->image, host, image->rule.known ? &image->rule : NULL,
				&image->compat);
		refused = image->compat.refused & (i ? ~fallback_ignores : ~s->options->waived);
		if (refused && !refuse_image(s, i, refused))
			return false;
	}
	return true;
}

/* Finds one handoff version for all images. */
static bool agree_on_handoff(struct simulation *s, const struct ss_compat_host *host)
{
	const struct ss_image *images[SS_UPDATE_MAX_IMAGES];
	uint32_t i, usable;

	for (i = 0; i < s->nr_images; i++)
		images[i] = &s->images[i].image;
	if (!ss_compat_handoff(host, images, s->nr_images, &s->plan.hv, &usable))
		return incompatible(s, 0, bit(SS_COMPAT_HANDOFF));
	for (i = s->nr_images; i-- > 1;)
		if (!(usable & 1u << i) && !refuse_image(s, i, bit(SS_COMPAT_HANDOFF)))
			return false;
	return true;
}

static bool check_builds(struct simulation *s)
{
	if (s->options->td_build == TD_BUILD_REFUSE && rig_builds(s->host))
		return simulate_refuse(s, SEAMSTEP_NOT_NOW,
				       "%u TD builds are under way; an update could spoil their measurements",
				       rig_builds(s->host));
	if (s->options->td_build != TD_BUILD_WAIT)
		return true;
	rig_hold_builds(s->host, true);
	if (rig_wait_builds(s->host, BUILDS_LIMIT_NS))
		return true;
	return simulate_refuse(s, SEAMSTEP_NOT_NOW, "TD builds have not ended within %llu s",
			       BUILDS_LIMIT_NS / 1000000000ULL);
}

bool simulate_preflight(struct simulation *s)
{
	struct ss_compat_host host;

	return read_seamldr(s) && describe_host(s, &host) && check_images(s, &host) &&
	       agree_on_handoff(s, &host) && check_builds(s);
}

/* Asks the leaves that would go wrong after the update to fail, where all images can do that. */
static uint64_t enable_mask(const struct simulation *s)
{
	uint64_t mask = UPDATE_COMPATIBILITY;
	uint32_t i;

	for (i = 0; i < s->nr_images; i++)
		mask &= s->images[i].rule.features0_known ? s->images[i].rule.features0 : 0;
	return mask;
}

bool simulate_make_plan(struct simulation *s)
{
	struct ss_update_plan *plan = &s->plan;
	struct rig_error err;
	uint32_t i;

	for (i = 0; i < s->nr_images; i++)
		if (!rig_image(s->host, &s->images[i].image, s->images[i].name,
			       RIG_UPDATE, &plan->images[i], &err))
			return simulate_refuse(s, SEAMSTEP_ERROR, "%s: %s", s->images[i].name, err.text);
	plan->machine = rig_machine(s->host);
	plan->nr_images = s->nr_images;
	plan->svn_minor = s->info.svn_minor;
	plan->svn_major = s->info.svn_major;
	plan->avoid_td_build = s->options->td_build != TD_BUILD_IGNORE &&
			       (s->features0 & UPDATE_COMPATIBILITY);
	plan->enable = enable_mask(s);
	plan->rehearse = s->options->rehearse;
	plan->arrival_ns = ARRIVAL_NS;
	return true;
}
