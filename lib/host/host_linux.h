/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A Linux host: the names of its files, by kind of kernel. */
#ifndef SS_CLI_HOST_LINUX_H
#define SS_CLI_HOST_LINUX_H

#include <stdbool.h>
#include <stdint.h>

#include "host.h"
#include "sysio.h"

/**
 * struct linux_layout - where a kind of kernel keeps its files
 * @device: directory of the device; the next three are names in it
 * @upload: directory of the firmware upload node
 * @own:    directory of seamstep.ko's additions, or NULL
 * @fallback: directory of seamstep.ko's node for fallback images, or NULL
 */
struct linux_layout {
	enum seamstep_host_kind kind;
	const char *device, *version, *seamldr_version, *remaining;
	const char *upload;
	const char *own, *fallback;
};

struct linux_host {
	struct host host;
	struct sysio io;
	char *root;
	bool recorded;
	const struct linux_layout *layout;	/* NULL: none found */
};

/* The live kernel, or a recorded tree. NULL where memory lacks. */
struct host *host_linux_open(const char *sysroot);

/* ---- host_linux_read.c ----------------------------------------------------------------------- */

/* The first line of a file in a directory, malloc'd. NULL with *@err set. */
char *linux_line(const struct sysio *io, const char *dir, const char *name, int *err);
bool linux_exists(const struct sysio *io, const char *dir, const char *name);

/* The version in a file of the device. *@err: 0, or a positive errno (ENXIO: lost). */
bool linux_version_in(const struct linux_host *h, const char *name, struct ss_version *version,
		      int *err);
/* The module's version as the kernel tells it now. */
bool linux_read_version(struct linux_host *h, struct ss_version *version, int *err);

/*
 * Did reading the version end with @err because an update lost the module? seamstep.ko also answers
 * ENXIO where the module did not tell its version: then its verdict decides.
 */
bool linux_is_lost(const struct linux_host *h, int err);

/* seamstep.ko's text about the last failure, joined to one line; malloc'd. NULL: cannot be read. */
char *linux_last_error(struct linux_host *h);

/* Why a fact is missing: @err of reading its file; 0 where the file was read but made no sense. */
enum seamstep_missing linux_missing(int err);

/* ---- host_linux_cpus.c ----------------------------------------------------------------------- */

void linux_read_cpus(struct linux_host *h, struct seamstep_facts *facts);
void linux_read_cpuinfo(struct linux_host *h, struct seamstep_facts *facts);
/* Counts the CPUs of a list like "0-3,5". False if the list is malformed. */
bool linux_count_cpus(const char *list, uint32_t *count);

/* host_linux_update.c: the whole conversation with the upload node. */
void linux_update(struct host *host, const struct host_request *request,
		  struct seamstep_outcome *outcome);

/* host_linux_log.c: lines about TDX, and warnings of any kind. */
char **linux_log(struct host *host, uint64_t since_us);

#endif
