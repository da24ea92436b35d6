/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A host as the verbs see a host: facts to read, an update to ask for. Linux's or a lab's. */
#ifndef SS_CLI_HOST_H
#define SS_CLI_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/compat.h"
#include "core/update.h"
#include "lib/base/end.h"

#define HOST_MAX_PACKAGES	64u
#define HOST_MAX_FALLBACKS	(SS_UPDATE_MAX_IMAGES - 1u)

struct host;

/* The driver of the update. X(NAME, name, text) */
#define HOST_KINDS(X) \
	X(NONE, "none", "no interface for updates") \
	X(MAINLINE, "tdx-host", "Linux 7.2 or later: tdx_host and tdx_module") \
	X(OLD, "seamldr-upload", "out-of-tree kernel: tdx_host/seamldr and seamldr_upload") \
	X(SEAMSTEP, "seamstep.ko", "seamstep.ko: as Linux 7.2, with fallbacks and a verdict") \
	X(LAB, "lab", "a simulated host")
#define HOST_KIND_ENUM(NAME, name, text) HOST_##NAME,
enum host_kind { HOST_KINDS(HOST_KIND_ENUM) HOST_KIND_NR };
#undef HOST_KIND_ENUM

/* Why a fact is missing. X(NAME, name) */
#define HOST_MISSINGS(X) \
	X(KNOWN, "known") \
	X(NEEDS_ROOT, "needs root") \
	X(NOT_OFFERED, "not offered by this kernel") \
	X(NOT_ONE, "no module runs") \
	X(NOT_RECORDED, "not recorded") \
	X(MALFORMED, "malformed") \
	X(NO_IMAGE, "the repository has no image of the running version")
#define HOST_MISSING_ENUM(NAME, name) HOST_FACT_##NAME,
enum host_missing { HOST_MISSINGS(HOST_MISSING_ENUM) HOST_FACT_NR };
#undef HOST_MISSING_ENUM

/*
 * The facts of a host. compat has the facts that decide about images; the missing_ members say why
 * a has_ flag of compat is false. Strings are malloc'd or NULL and come from the host as they are:
 * escape them before printing.
 */
struct host_facts {
	enum host_kind kind;
	bool recorded;			/* a recorded tree: can be read, not updated */
	struct ss_compat_host compat;
	uint32_t fms[HOST_MAX_PACKAGES];
	enum host_missing missing_module, missing_seamldr, missing_remaining, missing_fms;
	enum host_missing missing_svn, missing_features, missing_lps;
	bool module_lost;		/* the interface is there, and says that no module runs */
	bool from_image; /* SVN, handoff and mrseam are those of the repository's image */
	bool erratum; /* seamret_invd_vmcs: P-SEAMLDR calls drop the current VMCS */
	bool has_fallback;		/* the interface takes fallback images */
	char *cpus_online, *cpus_offline;	/* lists as the kernel prints them */
	char *kvm_tdx;			/* "Y", "N" */
	char *upload_status;		/* "idle" */
	char *kernel, *boot_id, *machine_id;
	char *last_verdict, *last_error;	/* as seamstep.ko tells them */
	bool has_tds, has_builds;
	uint32_t tds, tds_total, builds;
	bool has_taint;
	uint64_t taint;
};

void host_facts_release(struct host_facts *facts);

/* Adds the facts that @image tells, where version or mrseam says that @image is the running one. */
void host_facts_add_image(struct host_facts *facts, const struct ss_image *image,
			  const struct ss_compat_rule *rule);

/* An image to install. */
struct host_image {
	const char *name, *path;
	const uint8_t *file;		/* container as in the repository */
	size_t bytes;
	const struct ss_image *image;
	struct ss_version version;
	const struct ss_compat_rule *rule;
};

/**
 * struct host_request - an update that passed preflight
 * @fallbacks: in the order to be tried; where facts->has_fallback
 * @timeout_ms: how long to wait for an outcome
 * @td_build:  what to do where TDs are being built
 * @progress: may be NULL; gets the phase, and @done of @total where the host knows them (else 0)
 * @cancelled: asked just before the point of no return
 */
struct host_request {
	struct host_image target;
	struct host_image fallbacks[HOST_MAX_FALLBACKS];
	uint32_t nr_fallbacks;
	uint32_t timeout_ms;
	bool rehearse;
	uint32_t waived;	/* reasons of compat that the operator has waived */
	enum { HOST_TD_BUILD_WAIT, HOST_TD_BUILD_REFUSE, HOST_TD_BUILD_IGNORE } td_build;
	void (*progress)(const char *phase, uint64_t done, uint64_t total);
	bool (*cancelled)(void);
	void (*committed)(void);	/* called at the point of no return */
};

/* The first failure of an update, and what the update did about it. */
struct host_failure {
	enum ss_update_reason reason;
	struct ss_update_event event;		/* step, LP, SEAMCALL and its status */
	uint8_t recovery[SS_UPDATE_MAX_EVENTS];	/* enum ss_update_action, in the order of time */
	uint32_t nr_recovery;
};

/* The outcome of an update. */
struct host_outcome {
	enum lib_end end;
	bool tried;			/* the point of no return was passed */
	char *verdict;			/* "updated", ..., "unknown" */
	char *detail;			/* a sentence: the failure and its place; NULL if none */
	bool has_failure;		/* the host tells the SEAMCALL that failed */
	struct host_failure failure;
	uint64_t window_ns;		/* 0: not told */
	uint64_t duration_ns;
	/* Did a look at the firmware, before the LPs left, confirm the verdict? */
	bool has_confirmed, confirmed;
	bool has_tds;
	uint32_t tds_alive, tds_total;
};
void host_outcome_doubt(struct host_outcome *outcome);
void host_outcome_release(struct host_outcome *outcome);

struct host_ops {
	/* LIB_OK; or the kind of error, with *@why set (malloc'd), if nothing can be read. */
	enum lib_end (*facts)(struct host *host, struct host_facts *facts, char **why);
	void (*update)(struct host *host, const struct host_request *request,
		       struct host_outcome *outcome);
	/*
	 * Kernel log lines since @since_us after boot: warnings, TDX's first of all. NULL-ended,
	 * malloc'd; NULL if the log cannot be read. May be missing.
	 */
	char **(*log)(struct host *host, uint64_t since_us);
	void (*close)(struct host *host);
};

struct host {
	const struct host_ops *ops;
	char *name;			/* "linux", "lab:DIR": escaped, for messages */
	char *state_dir;		/* journal, inhibition */
	char *lock_path;
	char *repo;			/* the host's own repository; or NULL */
	char *signer_path;		/* the key of the host's own signer; NULL: Intel's */
	bool needs_root;		/* to be updated */
};

void host_close(struct host *host);

const char *host_kind_name(enum host_kind kind);
const char *host_kind_text(enum host_kind kind);
const char *host_missing_name(enum host_missing missing);

#endif
