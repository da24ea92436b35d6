// SPDX-License-Identifier: GPL-2.0-only
/* Facts about the host, read from the firmware at each call where that is harmless. */
#include "seamstep.h"

#include "../../core/seamldr.h"

#include <asm/msr.h>
#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/io.h>

#define FIELD_FEATURES0		0x0a00000300000008ULL	/* specification 7 */
#define FIELD_MODULE_HV		0x8900000100000000ULL
#define FIELD_MIN_UPDATE_HV	0x8900000100000001ULL
#define FIELD_NO_DOWNGRADE	0x8900000000000002ULL
#define FIELD_HANDOFF_PAGES	0x8900000100000003ULL	/* the number of pages, minus 1 */

/* The base of SEAMRR, which is also the base of MODULE_RANGE. */
#define MSR_SEAMRR_BASE		0x1400
#define SEAMRR_CONFIGURED	BIT_ULL(3)
#define SEAMRR_BASE		GENMASK_ULL(51, 25)

/* One page for all buffers: INFO at 0, the window's INFO behind it, SEAMINFO at 2048. */
#define SEAMINFO_AT		2048u

static u8 *page;
static DEFINE_MUTEX(page_lock);

/*
 * On a processor with the VMCS erratum each call of the P-SEAMLDR is a danger to an ordinary VM
 * whose VMCS is current there. So the driver calls when it is loaded and in windows, and between
 * them it answers from here. Only the driver's own windows change these facts. Facts that are not
 * known then are asked for by the next preflight, and by nobody else.
 */
static struct {
	bool has_info, has_platform;
	struct ss_seamldr_info info;
	struct ss_seamldr_platform platform;
} kept;		/* under page_lock */

struct ss_buffer step_host_info_buffer(void)
{
	/* A second INFO buffer: a window must not overwrite the result of a stopped reader. */
	u8 *info = page + SS_SEAMLDR_INFO_BYTES;

	return (struct ss_buffer){ info, virt_to_phys(info), SS_SEAMLDR_INFO_BYTES };
}

static u64 read_info(struct ss_seamldr_info *info)
{
	u64 status = 0;

	lockdep_assert_held(&page_lock);
	if (!kept.has_info) {
		memset(page, 0, SS_SEAMLDR_INFO_BYTES);
		status = step_seamldr_call(SS_LEAF_SEAMLDR_INFO, virt_to_phys(page));
		if (!status)
			ss_seamldr_info_parse(page, &kept.info);
		kept.has_info = !status && kept.info.vendor_id == SS_SEAMLDR_VENDOR &&
				step_machine_has_vmcs_erratum();
	}
	if (!status)
		*info = kept.info;
	return status;
}

bool step_host_info(struct ss_seamldr_info *info)
{
	bool known;

	mutex_lock(&page_lock);
	known = (kept.has_info || !step_machine_has_vmcs_erratum()) && !read_info(info) &&
		info->vendor_id == SS_SEAMLDR_VENDOR;
	mutex_unlock(&page_lock);
	return known;
}

static u64 read_platform(struct ss_seamldr_platform *platform)
{
	u8 *p = page + SEAMINFO_AT;
	u64 status = 0;

	lockdep_assert_held(&page_lock);
	if (!kept.has_platform) {
		memset(p, 0, PAGE_SIZE - SEAMINFO_AT);
		status = step_seamldr_call(SS_LEAF_SEAMLDR_SEAMINFO, virt_to_phys(p));
		if (!status)
			ss_seamldr_platform_parse(p, &kept.platform);
		kept.has_platform = !status && kept.platform.nr_lps &&
				    step_machine_has_vmcs_erratum();
	}
	if (!status)
		*platform = kept.platform;
	return status;
}

void step_host_after_window(bool has_info)
{
	mutex_lock(&page_lock);
	kept.has_info = has_info && step_machine_has_vmcs_erratum();
	if (has_info)
		ss_seamldr_info_parse(step_host_info_buffer().va, &kept.info);
	mutex_unlock(&page_lock);
}

/* What does not answer now may answer when it is needed. */
int step_host_init(void)
{
	struct ss_seamldr_platform platform;
	struct ss_seamldr_info info;

	page = (u8 *)get_zeroed_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	kept.has_info = false;
	kept.has_platform = false;
	if (step_machine_has_vmcs_erratum()) {
		mutex_lock(&page_lock);
		read_info(&info);
		read_platform(&platform);
		mutex_unlock(&page_lock);
	}
	return 0;
}

void step_host_exit(void)
{
	free_page((unsigned long)page);
}

/* Bytes for a module: the part of SEAMRR below the P-SEAMLDR's range. 0: unknown. */
static u64 module_range(const struct ss_seamldr_platform *platform)
{
	u64 base;
	u32 low, high;

	/* Emulated CPUs lack this MSR, or the MSR is zero. */
	if (rdmsr_safe(MSR_SEAMRR_BASE, &low, &high))
		return 0;
	base = (u64)high << 32 | low;
	if (!(base & SEAMRR_CONFIGURED) || platform->range_base <= (base & SEAMRR_BASE))
		return 0;
	return platform->range_base - (base & SEAMRR_BASE);
}

/*
 * SEAMINFO is the only witness of LPs that the kernel does not use. An INSTALL session without them
 * would never end.
 */
static u64 describe_platform(struct step_host *host)
{
	struct ss_seamldr_platform platform = { };
	struct ss_compat_host *c = &host->compat;
	u64 status;

	mutex_lock(&page_lock);
	status = read_platform(&platform);
	mutex_unlock(&page_lock);
	if (status)
		return status;
	c->module_range = module_range(&platform);
	memcpy(host->fms, platform.fms, sizeof(host->fms));
	c->lps_platform = platform.nr_lps;
	c->has_fms = true;
	c->fms = host->fms;
	c->nr_fms = min_t(u32, platform.nr_sockets, ARRAY_SIZE(host->fms));
	c->has_lps = true;
	c->lps_online = num_online_cpus();
	return 0;
}

static void describe_seamldr(struct step_host *host)
{
	const struct ss_seamldr_info *info = &host->info;
	struct ss_compat_host *c = &host->compat;

	c->has_seamldr_version = true;
	c->seamldr = (struct ss_version){ info->major, info->minor, info->update };
	c->has_module = info->seam_ready;
	c->has_module_svn = true;
	c->svn_minor = info->svn_minor;
	c->svn_major = info->svn_major;
	c->has_mrseam = true;
	memcpy(c->mrseam, info->mrseam, sizeof(c->mrseam));
	c->has_remaining = true;
	c->remaining_updates = info->num_remaining_updates;
}

static u64 read_module(struct ss_compat_host *c)
{
	u64 hv = 0, min_hv = 0, no_downgrade = 0, pages = 0, status;

	status = step_read_version(&c->module);
	if (!status)
		step_version_keep(&c->module);
	if (!status)
		status = step_read_field(FIELD_FEATURES0, &c->features0);
	if (!status)
		status = step_read_field(FIELD_MODULE_HV, &hv);
	if (!status)
		status = step_read_field(FIELD_MIN_UPDATE_HV, &min_hv);
	if (!status)
		status = step_read_field(FIELD_NO_DOWNGRADE, &no_downgrade);
	if (!status)
		status = step_read_field(FIELD_HANDOFF_PAGES, &pages);
	if (status)
		return status;
	c->has_module_version = true;
	c->has_features0 = true;
	c->has_handoff = true;
	c->module_hv = (u16)hv;
	c->min_update_hv = (u16)min_hv;
	c->no_downgrade = (u8)no_downgrade;
	c->handoff_pages = (u32)pages + 1;
	return 0;
}

u64 step_host_read(struct step_host *host, u64 *leaf)
{
	u64 status;

	memset(host, 0, sizeof(*host));
	*leaf = SS_LEAF_SEAMLDR_INFO;
	mutex_lock(&page_lock);
	status = read_info(&host->info);
	mutex_unlock(&page_lock);
	if (status)
		return status;
	describe_seamldr(host);
	*leaf = SS_LEAF_SEAMLDR_SEAMINFO;
	status = describe_platform(host);
	if (status)
		return status;
	*leaf = SS_LEAF_TDH_SYS_RD;
	return host->compat.has_module ? read_module(&host->compat) : 0;
}
