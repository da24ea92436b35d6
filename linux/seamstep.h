/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of seamstep.ko: TD-preserving updates of the TDX Module. */
#ifndef SS_LINUX_SEAMSTEP_H
#define SS_LINUX_SEAMSTEP_H

#include "../core/compat.h"
#include "../core/update.h"

#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>

struct seam_stand_in;

#define STEP_FEATURE_UPDATE_COMPATIBILITY	(1ULL << 47)	/* of TDX_FEATURES0 */

/* ---- step_machine.c: SEAMCALLs, and the state of a CPU that they depend on ----------------- */

/* The software SEAM that answers here, or NULL. Constant while the module is loaded. */
extern const struct seam_stand_in *step_stand_in;

int step_machine_init(void);		/* 0, or -ENODEV where nothing answers */
void step_machine_exit(void);

/*
 * For ss_update_plan.machine; the functions may be called in the window only. With @guard_builds
 * the module is not shut down while a TD is known to be in the middle of its build.
 */
void step_machine_fill(struct ss_machine *machine, u32 nr_lps, bool guard_builds);
/* How many such TDs the last window found. */
u32 step_machine_builds_found(void);

/* The first CPU whose VMCS could not be made current again, or -1. After a window. */
int step_machine_vmcs_lost_on(void);
/* Does the processor take the current VMCS away in P-SEAMLDR calls (specification 10.6)? */
bool step_machine_has_vmcs_erratum(void);

/*
 * SEAMCALLs from process context; each returns the status. A P-SEAMLDR serves one CPU at a time, so
 * its calls are serialised here.
 */
u64 step_seamldr_call(u64 leaf, u64 pa);
u64 step_read_field(u64 field, u64 *value);
/* All three numbers of one module, never of two: no update can come in between. */
u64 step_read_version(struct ss_version *version);

/* ---- step_tds.c: TDs that may be in the middle of their build -------------------------------- */

struct step_tds {
	u32 noted;	/* now */
	u32 missed;	/* since the driver was loaded: there was no place, or no address */
};

/*
 * A TD takes a step of its build; one could not be told; its build is over. Context: any but NMI.
 */
void step_tds_note(u64 tdr);
void step_tds_miss(void);
void step_tds_forget(u64 tdr);
void step_tds_count(struct step_tds *out);
/*
 * Ask the module about each TD that was noted. Returns how many are in the middle of their build.
 * Process context, where it is true for a moment; or the lead in the window, where it stays true.
 */
u32 step_tds_building(bool in_window);

/* ---- step_probes.c: who builds TDs ----------------------------------------------------------- */

void step_probes_init(void);		/* a kernel without a place for probes is no error */
void step_probes_exit(void);
bool step_probes_placed(void);
/* Why TD builds may go unseen; NULL if none does. With step_lock held. */
const char *step_probes_blind(void);
/* From now on no TD is created: the kernel is told that there is no entropy at the moment. */
void step_probes_hold(bool on);
ssize_t step_probes_show(char *out);

/* ---- step_host.c: what the host says of itself --------------------------------------------- */

struct step_host {
	struct ss_compat_host compat;
	u32 fms[SS_SEAMLDR_MAX_SOCKETS];
	struct ss_seamldr_info info;
};

int step_host_init(void);		/* the buffers that the P-SEAMLDR writes to */
void step_host_exit(void);

/* For ss_update_plan.info. */
struct ss_buffer step_host_info_buffer(void);

/* Read SEAMLDR.INFO. Returns the status. Process context. */
u64 step_host_read_info(struct ss_seamldr_info *info);

/*
 * Read everything that compat wants. Process context; hotplug disabled by the caller, so that the
 * count of CPUs holds. On failure returns the status of the call that failed, and its leaf.
 */
u64 step_host_read(struct step_host *host, u64 *leaf);

/* ---- step_image.c: images in pages that nothing else writes --------------------------------- */

struct step_image {
	struct list_head list;
	u8 *file;			/* vmalloc'd: page-aligned, and every page is its own */
	u8 *params;			/* a page, for scenario UPDATE */
	struct ss_image image;
	char name[24];			/* date and the start of the hash: "20250301-1f2e3d4c" */
};

/**
 * step_image_load - copy an image and check all that it says of itself
 * @why: filled in on failure: one line that says what is wrong, where, and what would be right
 *
 * The copy is checked, not the original, so that nobody can change it between check and use.
 * Process context. Returns an ERR_PTR: -EINVAL for a bad image, -ENOMEM, -EIO (crypto).
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

/* What the operator decides, at any time; an update goes by what it finds when it begins. */
struct step_policy {
	enum step_td_build td_build;
	bool rehearse;
	bool ignore_memory;	/* go on where the target does not fit into MODULE_RANGE */
	u32 arrival_ms;
	u32 td_build_wait_ms;
};

extern struct mutex step_lock;		/* held by an update, so there is one at a time */
extern struct step_policy step_policy;

/* Where an update is: "idle", "preflight", "window". Racing: for display. */
const char *step_state(void);
/* An update ended "lost": what still answers, if anything does, is of no use. */
bool step_module_is_lost(void);

/* Both with step_lock held. They fill in what the attributes show. */
int step_update_preflight(struct step_image *target);	/* 0, -EINVAL, -EBUSY, -ENOSPC, ... */
int step_update_run(struct step_image *target, struct ss_update_result *result);
/*
 * Let the update that is under way not begin its window, and not wait for TD builds. Any context.
 */
void step_update_cancel(void);
bool step_update_is_cancelled(void);

/* ---- step_fallbacks.c: images that are kept, in the order to be tried ------------------------ */

/*
 * The image is kept, in place of one with the same hash or, if there are too many, of the oldest.
 */
void step_fallback_add(struct step_image *image);	/* with step_lock held */
void step_fallbacks_forget(void);			/* with step_lock held */
/* The first, or the one after @image; NULL at the end. With step_lock held. */
struct step_image *step_fallback_next(struct step_image *image);
ssize_t step_fallbacks_show(char *out);			/* does not wait for an update */

/* ---- step_stop.c ----------------------------------------------------------------------------- */

/*
 * Run @fn on every online CPU at once with interrupts off, and let nothing else run until it has
 * returned on all of them. Process context, hotplug disabled. @fn may spin for the other CPUs.
 */
void step_stop(int (*fn)(void *arg), void *arg);

/* ---- step_report.c: what happened, as text --------------------------------------------------- */

#define STEP_TEXT_MAX	512u

/* With step_lock held. */
void step_report_refusal(const char *fmt, ...) __printf(1, 2);
void step_report_result(const struct ss_update *u, u32 nr_lps);
void step_report_exit(void);

/* Take step_report_lock by themselves, so that reading does not wait for an update. */
ssize_t step_report_verdict(char *out);
ssize_t step_report_last_error(char *out);
ssize_t step_report_timeline(char *out, loff_t at, size_t bytes);

/* ---- step_device.c, step_upload.c ------------------------------------------------------------ */

extern const char *step_device_name;	/* "tdx_host", unless that is taken */
int step_device_init(struct device **dev);
void step_device_exit(void);
int step_upload_init(struct device *dev);
void step_upload_exit(void);

#endif
