/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A host: this machine, a recorded one, or a lab. Its facts. */
#ifndef SEAMSTEP_HOST_H
#define SEAMSTEP_HOST_H

#include <seamstep/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define SEAMSTEP_MAX_PACKAGES	64u

/* The driver of the update. */
enum seamstep_host_kind {
	SEAMSTEP_HOST_NONE,		/* no interface for updates */
	SEAMSTEP_HOST_MAINLINE,		/* Linux 7.2 or later: tdx_host and tdx_module */
	SEAMSTEP_HOST_OLD,		/* out of tree: tdx_host/seamldr and seamldr_upload */
	SEAMSTEP_HOST_SEAMSTEP,		/* seamstep.ko: as 7.2, with fallbacks and a verdict */
	SEAMSTEP_HOST_LAB,		/* a simulated host */
	SEAMSTEP_HOST_KIND_NR
};

/* Why a fact is missing. */
enum seamstep_missing {
	SEAMSTEP_FACT_KNOWN,
	SEAMSTEP_FACT_NEEDS_ROOT,
	SEAMSTEP_FACT_NOT_OFFERED,	/* by this kernel */
	SEAMSTEP_FACT_NOT_ONE,		/* no module runs */
	SEAMSTEP_FACT_NOT_RECORDED,
	SEAMSTEP_FACT_MALFORMED,
	SEAMSTEP_FACT_NO_IMAGE,		/* the repository has no image of the running version */
	SEAMSTEP_FACT_UNANSWERED,	/* the module did not tell; nothing says that it is lost */
	SEAMSTEP_FACT_NR
};

/*
 * The facts of a host. @compat has the facts that decide about images; the missing_ members say
 * why a has_ flag of @compat is false. A text is NULL where the host does not tell it, and comes
 * from the host as it is: seamstep_escape() before printing.
 */
struct seamstep_facts {
	enum seamstep_host_kind kind;
	bool recorded;			/* a recorded tree: can be read, not updated */
	struct ss_compat_host compat;
	uint32_t fms[SEAMSTEP_MAX_PACKAGES];	/* compat.fms points here */
	enum seamstep_missing missing_module, missing_seamldr, missing_remaining, missing_fms;
	enum seamstep_missing missing_svn, missing_features, missing_lps;
	bool module_lost;		/* the interface is there, and says that no module runs */
	bool from_image;		/* SVN and handoff are those of the repository's image */
	bool erratum;	/* seamret_invd_vmcs: P-SEAMLDR calls drop the current VMCS */
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
	bool built_in;	/* the driver is built into the kernel: no other can take its place */
};

/**
 * seamstep_host_open - open a host
 * @name: "linux", this machine; "lab:DIR", a lab; "sysroot:DIR", the recorded tree in DIR
 * @host: set on success; seamstep_host_close() after use
 *
 * Returns SEAMSTEP_OK; SEAMSTEP_BAD_REQUEST if @name is none of these; SEAMSTEP_UNSUPPORTED if DIR
 * holds no lab. A machine without TDX opens: its facts say so. Call seamstep_host_refresh() before
 * anything that needs facts.
 */
enum seamstep_end seamstep_host_open(struct seamstep *s, const char *name,
				     struct seamstep_host **host);

/**
 * seamstep_host_close - close a host, and give its lock back if it holds the lock
 * @host: may be NULL. A repository that it uses stays open.
 */
void seamstep_host_close(struct seamstep_host *host);

/**
 * seamstep_host_refresh - read the facts, for the first time or again
 * @repo: the repository for this host, or NULL; must stay open as long as the host uses it
 *
 * An image of the running version in @repo tells what the host itself does not: SVN, handoff
 * versions, memory. Pointers of seamstep_host_facts() and seamstep_host_running() from before end.
 * Returns SEAMSTEP_OK; SEAMSTEP_UNSUPPORTED if nothing can be read any more.
 */
enum seamstep_end seamstep_host_refresh(struct seamstep_host *host,
					const struct seamstep_repo *repo);

/*
 * The images that the operator allows to be installed on a host, by the SHA-384 of each module as
 * it is signed: the SEAMHASH of an image, the MRSEAM in a TD's report. Zero it, set @size to
 * sizeof(struct seamstep_policy).
 */
struct seamstep_policy {
	size_t size;
	const uint8_t (*approved)[SS_SHA384_BYTES];
	size_t nr_approved;		/* 0: each image that is not blocked */
	const uint8_t (*blocked)[SS_SHA384_BYTES];
	size_t nr_blocked;
};

/**
 * seamstep_host_set_policy - say which images may be installed on a host
 * @policy: copied; NULL: each image may be
 *
 * Binds routes, lists and updates of the host from then on, their fallbacks included. An image that
 * is approved and blocked is blocked. Returns SEAMSTEP_OK.
 */
enum seamstep_end seamstep_host_set_policy(struct seamstep_host *host,
					   const struct seamstep_policy *policy);

/**
 * seamstep_host_facts - the facts as last read
 * Never NULL; all zero before seamstep_host_refresh(). Valid until the next refresh, or an update.
 */
const struct seamstep_facts *seamstep_host_facts(const struct seamstep_host *host);

/**
 * seamstep_host_running - the image of the running module in the host's repository, or NULL
 */
const struct seamstep_image *seamstep_host_running(const struct seamstep_host *host);

/**
 * seamstep_host_name - "linux", "lab:DIR", "sysroot:DIR"; escaped
 */
const char *seamstep_host_name(const struct seamstep_host *host);

/**
 * seamstep_host_rename - what messages call the host: for a host that is known by another name
 * @name: "sysroot:FILE"; stored escaped
 * Returns SEAMSTEP_OK or SEAMSTEP_NO_MEMORY; then the name stays.
 */
enum seamstep_end seamstep_host_rename(struct seamstep_host *host, const char *name);

/**
 * seamstep_host_repository - the directory of the host's own repository, or NULL
 */
const char *seamstep_host_repository(const struct seamstep_host *host);

/**
 * seamstep_host_bucket - the share of a phased rollout that a host belongs to
 * @release: names the rollout; another name deals the hosts anew
 * @of:      number of buckets, from 1
 * @bucket:  set to a number below @of
 *
 * The first 8 bytes, big-endian, of the SHA-384 of "MACHINE-ID RELEASE", modulo @of. It stays the
 * same as long as the machine-id and the release do. A lab's name stands for its machine-id.
 * Returns SEAMSTEP_OK; SEAMSTEP_UNSUPPORTED if the host has no machine-id; SEAMSTEP_BAD_REQUEST if
 * @of is 0; SEAMSTEP_ERROR if libcrypto is missing or fails. Then @bucket is 0 and means nothing.
 */
enum seamstep_end seamstep_host_bucket(struct seamstep_host *host, const char *release, uint32_t of,
				       uint32_t *bucket);

/**
 * seamstep_host_log - lines of the kernel's log about TDX, and warnings
 * @since_us: microseconds after boot: only lines from then on
 * @lines:    set to texts as the kernel wrote them, NULL at the end; NULL where this host has no
 *            log or does not show it. seamstep_log_free() after use
 * Returns SEAMSTEP_OK. A log that cannot be read is no error.
 */
enum seamstep_end seamstep_host_log(struct seamstep_host *host, uint64_t since_us, char ***lines);

/**
 * seamstep_log_free - free lines of seamstep_host_log(), or do nothing if @lines is NULL
 */
void seamstep_log_free(char **lines);

/**
 * seamstep_host_lock - become the only process that changes this host
 * @command: what this process does, for the messages of others
 * @wait_s:  seconds to wait for another holder
 *
 * The lock ends with seamstep_host_unlock(), with the host, or with the process.
 * Returns SEAMSTEP_OK, also if this host object holds the lock already; SEAMSTEP_NOT_NOW if
 * another process holds it (the text names the process); SEAMSTEP_ERROR if it cannot be taken.
 */
enum seamstep_end seamstep_host_lock(struct seamstep_host *host, const char *command,
				     unsigned int wait_s);

/**
 * seamstep_host_unlock - give the lock back; nothing if it is not held
 */
void seamstep_host_unlock(struct seamstep_host *host);

/**
 * seamstep_host_is_locked - does any process hold the lock
 * The query does not disturb another process that takes the lock at the same time.
 */
bool seamstep_host_is_locked(const struct seamstep_host *host);

/**
 * seamstep_host_kind_name - "tdx-host"
 */
const char *seamstep_host_kind_name(enum seamstep_host_kind kind);

/**
 * seamstep_host_kind_text - "Linux 7.2 or later: tdx_host and tdx_module"
 */
const char *seamstep_host_kind_text(enum seamstep_host_kind kind);

/**
 * seamstep_missing_name - "needs root"
 */
const char *seamstep_missing_name(enum seamstep_missing missing);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
