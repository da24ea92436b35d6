// SPDX-License-Identifier: GPL-2.0-only
/* Before an update: may this image replace the running module, and what may follow it? */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "step_preflight.h"

#include "../../core/seamldr.h"

#include <linux/cpumask.h>

struct step_policy step_policy = {
	.td_build = STEP_TD_BUILD_REFUSE, .arrival_ms = 1000, .td_build_wait_ms = 10000,
};

struct step_policy step_policy_now;

/* Reasons that exclude a target but not a fallback: it is the running module, or an older one. */
static const u32 fallback_may = 1u << SS_COMPAT_SAME | 1u << SS_COMPAT_OLDER |
				1u << SS_COMPAT_MIN_RUNNING | 1u << SS_COMPAT_EXHAUSTED;

/* Reasons that "ignore" in the attribute memory waives for the target. */
static const u32 memory_reasons = 1u << SS_COMPAT_MEMORY | 1u << SS_COMPAT_MEMORY_MARGIN;

static int refusal_errno(u32 refused)
{
	if (refused == 1u << SS_COMPAT_EXHAUSTED)
		return -ENOSPC;
	return refused == 1u << SS_COMPAT_LPS ? -EBUSY : -EINVAL;
}

/* The text names every reason, not only the first. Some reasons come with numbers. */
static void refuse(const struct step_image *image, const struct ss_compat *compat, u32 refused)
{
	const u32 with_numbers = memory_reasons | 1u << SS_COMPAT_LPS;
	static char text[STEP_TEXT_MAX];	/* under step_lock */
	int n = 0;
	u32 i;

	lockdep_assert_held(&step_lock);
	for (i = 0; i < SS_COMPAT_NR; i++) {
		if (!(refused & 1u << i))
			continue;
		n += scnprintf(text + n, sizeof(text) - n, "%s%s", n ? "; " : "",
			       ss_compat_text(i));
		if (with_numbers & 1u << i)
			n += scnprintf(text + n, sizeof(text) - n, " (expected %llu, found %llu)",
				       compat->want[i], compat->have[i]);
	}
	step_report_refusal("image %s: %s", image->name, text);
}

static bool is_running(const struct step_preflight *p, const struct step_image *image)
{
	return !memcmp(image->image.sig.seamhash, p->host.compat.mrseam, SS_SHA384_BYTES);
}

/* The running module's image is usually a fallback. The image tells the memory of the module. */
static void describe_running(struct step_preflight *p)
{
	struct ss_compat_host *c = &p->host.compat;
	struct step_image *image;

	for (image = step_fallback_next(NULL); image; image = step_fallback_next(image)) {
		if (!is_running(p, image))
			continue;
		c->has_room = true;
		c->room = ss_room_of(&image->image.sig);
	}
}

void step_preflight_warn(const struct step_preflight *p)
{
	const struct ss_compat *compat = &p->target;
	const char *name = p->step_images[0]->name;
	u32 noted = (compat->refused & memory_reasons) |
		    (compat->warned & 1u << SS_COMPAT_MEMORY_GROWS);
	u32 i;

	for (i = 0; i < SS_COMPAT_NR; i++)
		if (noted & 1u << i)
			pr_warn("image %s: %s (needs %llu bytes for %u addressable LPs; known: %llu)\n",
				name, ss_compat_text(i), compat->want[i], compat->lps,
				compat->have[i]);
}

static int check_target(struct step_preflight *p, struct step_image *target)
{
	u32 refused;

	ss_compat_check(&target->image, &p->host.compat, NULL, &p->target);
	refused = p->target.refused & ~(step_policy_now.ignore_memory ? memory_reasons : 0);
	if (!refused)
		return 0;
	refuse(target, &p->target, refused);
	return refusal_errno(refused);
}

/* A fallback that does not fit does not stop the update. It may fit the next time. */
static void add_fallback(struct step_preflight *p, struct step_image *image)
{
	ss_compat_check(&image->image, &p->host.compat, NULL, &p->fallback);
	if (p->nr_images == SS_UPDATE_MAX_IMAGES || p->fallback.refused & ~fallback_may)
		return;
	p->step_images[p->nr_images] = image;
	p->images[p->nr_images++] = &image->image;
}

/* The image of the running module comes first: a recovery changes nothing then. */
static void add_fallbacks(struct step_preflight *p)
{
	struct step_image *image;

	for (image = step_fallback_next(NULL); image; image = step_fallback_next(image))
		if (is_running(p, image))
			add_fallback(p, image);
	for (image = step_fallback_next(NULL); image; image = step_fallback_next(image))
		if (!is_running(p, image))
			add_fallback(p, image);
}

/* Choose one handoff version for all images. Fallbacks that cannot read it are left out. */
static bool agree_on_handoff(struct step_preflight *p)
{
	u32 i, usable, nr = 0;

	if (!ss_compat_handoff(&p->host.compat, p->images, p->nr_images, &p->hv, &usable))
		return false;
	for (i = 0; i < p->nr_images; i++)
		if (usable & 1u << i)
			p->step_images[nr++] = p->step_images[i];
	p->nr_images = nr;
	return true;
}

static int look_at_host(struct step_preflight *p)
{
	u64 leaf, status;

	if (step_module_is_lost()) {
		step_report_refusal("an earlier update lost the TDX Module; a reboot brings TDX back");
		return -EIO;
	}
	status = step_host_read(&p->host, &leaf);
	if (!status && p->host.info.vendor_id == SS_SEAMLDR_VENDOR)
		return 0;
	if (!status) {
		step_report_refusal("SEAMLDR.INFO returned success without information: expected vendor %#x, found %#x",
				    SS_SEAMLDR_VENDOR, p->host.info.vendor_id);
		return -EIO;
	}
	step_report_refusal("%s: %s (%#llx): %s", ss_leaf_name(leaf), ss_status_name(leaf, status),
			    status, ss_status_text(leaf, status));
	return -EIO;
}

void step_preflight_policy(void)
{
	lockdep_assert_held(&step_lock);
	step_policy_now.td_build = READ_ONCE(step_policy.td_build);
	step_policy_now.rehearse = READ_ONCE(step_policy.rehearse);
	step_policy_now.ignore_memory = READ_ONCE(step_policy.ignore_memory);
	step_policy_now.arrival_ms = READ_ONCE(step_policy.arrival_ms);
	step_policy_now.td_build_wait_ms = READ_ONCE(step_policy.td_build_wait_ms);
}

bool step_preflight_module_tells(const struct step_preflight *p)
{
	return p->host.compat.features0 & STEP_FEATURE_UPDATE_COMPATIBILITY;
}

/* A spoilt measurement stays unnoticed. If TD builds cannot be seen, the operator must decide. */
int step_preflight_builds(const struct step_preflight *p)
{
	const char *why_not = step_probes_blind();

	if (!why_not || step_preflight_module_tells(p) ||
	    step_policy_now.td_build == STEP_TD_BUILD_IGNORE)
		return 0;
	step_report_refusal("neither the running TDX Module nor the probes can tell whether a TD is being built: %s; if no TD is being built, write ignore to td_build",
			    why_not);
	return -EBUSY;
}

int step_preflight(struct step_preflight *p, struct step_image *target)
{
	int err;

	lockdep_assert_held(&step_lock);
	err = look_at_host(p);
	if (!err && num_online_cpus() != num_present_cpus()) {
		step_report_refusal("%u of %u CPUs are online; an update needs all of them: bring every CPU online first",
				    num_online_cpus(), num_present_cpus());
		err = -EBUSY;
	}
	if (!err) {
		describe_running(p);
		err = check_target(p, target);
	}
	if (!err)
		err = step_preflight_builds(p);
	if (err)
		return err;
	p->step_images[0] = target;
	p->images[0] = &target->image;
	p->nr_images = 1;
	add_fallbacks(p);
	if (!agree_on_handoff(p)) {
		step_report_refusal("image %s: %s", target->name,
				    ss_compat_text(SS_COMPAT_HANDOFF));
		return -EINVAL;
	}
	return 0;
}
