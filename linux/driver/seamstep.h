/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal interfaces of seamstep.ko: TD-preserving updates of the TDX Module. */
#ifndef SS_LINUX_SEAMSTEP_H
#define SS_LINUX_SEAMSTEP_H

#include "../../core/compat.h"
#include "../../core/update.h"

#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>

struct seq_file;

#define STEP_FEATURE_UPDATE_COMPATIBILITY	BIT_ULL(47)	/* of TDX_FEATURES0 */

/* ---- step_machine.c: SEAMCALLs, and the CPU state that SEAMCALLs depend on ------------------- */

int step_machine_init(void);		/* 0, or -ENODEV: no TDX Module is ready */
void step_machine_exit(void);

enum step_guard {
	STEP_GUARD_NONE,
	STEP_GUARD_KNOWN,	/* builds that the probes have noted; the module knows of others */
	STEP_GUARD_ALL,		/* likewise; and the probes must have seen all builds */
};

/*
 * Fill in @machine for ss_update_plan. Its functions may be called in the window only. With
 * @guard the module is not shut down while a TD may be in the middle of its build. With step_lock
 * held.
 */
void step_machine_fill(struct ss_machine *machine, u32 nr_lps, enum step_guard guard);
/* How many TDs in the middle of their build the last window found. */
u32 step_machine_builds_found(void);
/*
 * Did the driver itself keep the last window from shutting the module down, without a SEAMCALL? And
 * why, if not because of builds that it found: TD builds may go unseen.
 */
bool step_machine_withheld_shutdown(void);
const char *step_machine_blind(void);

/*
 * What windows have done since the same question was asked last: the first CPU whose current VMCS
 * could not be restored, or -1; whether anything was called that writes to memory; on how many CPUs
 * the limit of CPUID in IA32_MISC_ENABLE was cleared.
 */
int step_machine_vmcs_lost_on(void);
bool step_machine_was_written(void);
u32 step_machine_repaired(void);
void step_say_vmcs_lost(int cpu);
/* Does a P-SEAMLDR call clear the processor's current VMCS (specification 10.6)? */
bool step_machine_has_vmcs_erratum(void);

/*
 * SEAMCALLs from process context. Each returns the status. The P-SEAMLDR serves one CPU at a time,
 * so step_seamldr_call() serialises its callers.
 */
u64 step_seamldr_call(u64 leaf, u64 pa);
u64 step_read_field(u64 field, u64 *value);
/* Read all three numbers from one module: no update can come in between. */
u64 step_read_version(struct ss_version *version);
/* Likewise, and keep the version, or that the module did not tell. */
u64 step_version_refresh(struct ss_version *version);
void step_version_keep(const struct ss_version *version);	/* NULL: unknown */
/* The kept version, without a SEAMCALL; false if the module did not tell. Context: any. */
bool step_version(struct ss_version *version);

/* ---- step_tds.c: TDs that may be in the middle of their build -------------------------------- */

struct step_tds {
	u32 noted;	/* TDs that are noted now */
	u32 missed;	/* notes lost: table full, TD unknown, or a probe did not run */
	u32 forgotten;	/* how many builds have ended; wraps around */
};

/*
 * Note a TD that takes a step of its build; count a step whose TD is unknown; forget a TD whose
 * build is over. Context: any, NMI included.
 */
void step_tds_note(u64 tdr);
void step_tds_miss(void);
void step_tds_forget(u64 tdr);
void step_tds_count(struct step_tds *out);
void step_tds_forget_missed(void);	/* an operator says that no TD is being built */
/*
 * Ask the module about each noted TD. Returns the number of TDs in the middle of their build.
 * Context: the lead in the window. Elsewhere the question can make a step of a build fail.
 */
u32 step_tds_building(void);

/* ---- step_probes.c: probes that see TD builds ------------------------------------------------ */

void step_probes_init(void);		/* probes that cannot be placed are no error */
void step_probes_exit(void);
bool step_probes_placed(void);
/* Why TD builds may go unseen; NULL if the probes see all. With step_lock held. */
const char *step_probes_blind(void);
const char *step_probes_blind_in_window(void);	/* the same question, on the lead */
/* Steps of builds that the probes missed; and an operator's word that no TD is being built. */
u32 step_probes_missed(void);
void step_probes_forget_missed(void);		/* with step_lock held */
void step_probes_show(struct seq_file *m);

/* ---- step_host.c: facts about the host ------------------------------------------------------- */

struct step_host {
	struct ss_compat_host compat;
	u32 fms[SS_SEAMLDR_MAX_SOCKETS];
	struct ss_seamldr_info info;
};

/*
 * Allocate what the P-SEAMLDR writes; on a processor with the VMCS erratum call it, which endangers
 * ordinary VMs. Returns 0, or -ENOMEM.
 */
int step_host_init(void);
void step_host_exit(void);

/* For ss_update_plan.info. */
struct ss_buffer step_host_info_buffer(void);

/*
 * What SEAMLDR.INFO says, or on a processor with the VMCS erratum, what it has said last. False if
 * there is no valid answer. Process context.
 */
bool step_host_info(struct ss_seamldr_info *info);
/* Note what a window has changed: @has_info: its last SEAMLDR.INFO succeeded. Process context. */
void step_host_after_window(bool has_info);

/*
 * Read everything that ss_compat_check() needs. Context: process, CPU hotplug disabled, so that the
 * count of CPUs holds. On failure returns the status of the failed call, and its leaf in @leaf.
 */
u64 step_host_read(struct step_host *host, u64 *leaf);

/* ---- step_image.c: private copies of images -------------------------------------------------- */

#define STEP_NAME_MAX	24u

struct step_image {
	struct list_head list;
	u8 *file;			/* vmalloc'd: page-aligned, shares no page */
	u8 *params;			/* one page: INSTALL parameters, scenario UPDATE */
	struct ss_image image;
	char name[STEP_NAME_MAX];	/* date and the start of the hash: "20250301-1f2e3d4c" */
};

/**
 * step_image_load - copy an image and check the copy
 * @data: the file
 * @bytes: its size
 * @why: on failure, one line: what is wrong, where, and the expected value
 * @why_bytes: the room in @why
 *
 * The checks use the copy, so the data cannot change between check and use.
 *
 * Context: process.
 * Return: the copy, or an ERR_PTR: -EINVAL for a bad image, -ENOMEM, -EIO (crypto).
 */
struct step_image *step_image_load(const u8 *data, size_t bytes, char *why, size_t why_bytes);
void step_image_free(struct step_image *image);

/* ---- step_crypto.c --------------------------------------------------------------------------- */

extern const struct ss_crypto step_crypto;

/* ---- step_update.c: one update, from preflight to verdict ------------------------------------ */

enum step_td_build {
	STEP_TD_BUILD_REFUSE,
	STEP_TD_BUILD_WAIT,
	STEP_TD_BUILD_IGNORE,
	STEP_TD_BUILD_NR,
};

#define STEP_WAIT_MAX_MS	600000u
/* Interrupts are off while CPUs wait. Hardware watchdogs allow half a minute or more. */
#define STEP_ARRIVAL_MAX_MS	10000u

/* The operator's settings. An update uses the values that it finds when it begins. */
struct step_policy {
	enum step_td_build td_build;
	bool rehearse;
	bool ignore_memory;	/* update even if the target does not fit into MODULE_RANGE */
	u32 arrival_ms;
	u32 td_build_wait_ms;
};

extern struct mutex step_lock;		/* held throughout an update: one update at a time */
extern struct step_policy step_policy;	/* of step_preflight.c */

/* The phase of the update: "idle", "preflight", "window". Racy, for display only. */
const char *step_state(void);

int step_update_init(void);	/* 0, or a negative errno */
void step_update_exit(void);
/*
 * All with step_lock held. Between begin and over come the checks of the image, the preflight and
 * the run. The last two fill in the report that the attributes show.
 */
void step_update_begin(void);	/* takes the settings, and forgets a cancel that came before */
void step_update_over(void);
int step_update_preflight(struct step_image *target);	/* 0, -EINVAL, -EBUSY, -ENOSPC, ... */
int step_update_run(struct step_image *target, struct ss_update_result *result);
/*
 * Cancel the current update: it opens no window and stops waiting for TD builds. The next
 * step_update_begin() forgets that. Context: any.
 */
void step_update_cancel(void);
bool step_update_is_cancelled(void);

/* ---- step_fallbacks.c: fallback images, in the order of use ---------------------------------- */

/*
 * Keep @image. An image with the same hash is freed; if the list is full, the oldest image is
 * freed.
 */
void step_fallback_add(struct step_image *image);	/* with step_lock held */
void step_fallbacks_forget(void);			/* with step_lock held */
/* The image after @image, or the first one for NULL; NULL at the end. With step_lock held. */
struct step_image *step_fallback_next(struct step_image *image);
ssize_t step_fallbacks_show(char *out);			/* does not wait for an update */

/* ---- step_stop.c ----------------------------------------------------------------------------- */

/*
 * Run @fn on every online CPU at once with interrupts off. Nothing else runs until @fn has returned
 * on all CPUs. Context: process, CPU hotplug disabled. @fn may spin for the other CPUs. Returns 0,
 * or an error if @fn did not run.
 */
int step_stop(int (*fn)(void *arg), void *arg);

/* ---- step_report.c: the result of the last update, as text ----------------------------------- */

#define STEP_TEXT_MAX	1280u	/* every reason against an image; too large for a stack */

void step_report_init(void);
void step_report_exit(void);
/* With step_lock held: an update to @image begins; NULL: the file is no image. */
void step_report_begin(const struct step_image *image);
void step_report_window(const struct ss_update *u, u32 nr_lps);	/* one of its windows is over */
/* How the update ended: refused, also after a window; or as its last window did. */
void step_report_refusal(const char *fmt, ...) __printf(1, 2);
void step_report_result(const struct ss_update *u);
/* Why the last window failed, as a sentence. With step_lock held. */
const char *step_report_why(const struct ss_update_result *r);
/* An upload of a fallback ended: @why is empty if the image is kept. */
void step_report_fallback(const char *why);

/* An update ended "lost". A module that still answers is of no use. Context: any. */
bool step_module_is_lost(void);

/* These take only a lock of the report, so that reading does not wait for an update. */
ssize_t step_report_verdict(char *out);
ssize_t step_report_confirmed(char *out);
ssize_t step_report_image(char *out);
ssize_t step_report_last_error(char *out);
ssize_t step_report_fallback_error(char *out);

/* ---- step_device.c, step_upload.c ------------------------------------------------------------ */

extern const char *step_device_name;	/* "tdx_host", or "tdx_host_seamstep" beside another */
bool step_device_name_is_taken(void);
int step_device_init(struct device **dev);
void step_device_exit(void);
int step_upload_init(struct device *dev);
void step_upload_exit(void);

#endif
