/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What "seamstep driver" changes on this machine: files of modprobe, and loaded modules. */
#ifndef SS_TOOL_VERB_DRIVER_SWITCH_H
#define SS_TOOL_VERB_DRIVER_SWITCH_H

#include <stdbool.h>

#define DRIVER_OURS	"seamstep"
#define DRIVER_KERNELS	"tdx_host"

/* What modprobe says of a module for this kernel. */
enum driver_found {
	DRIVER_MISSING,
	DRIVER_FOUND,
	DRIVER_BUILT_IN
};

enum driver_found driver_find(const char *name);
bool driver_is_loaded(const char *name);
/* Is the loaded module in use? */
bool driver_is_used(const char *name);
/* Load, unload: false if it failed; modprobe or rmmod has then said why on stderr. */
bool driver_load(const char *name);
bool driver_unload(const char *name);

/* The upload that is under way at a node of the TDX Module, as text (malloc'd); NULL: none. */
char *driver_open_upload(void);

/* The files that choose the driver of the next boot. */
#define DRIVER_NR_FILES	2
#define DRIVER_FILES	"/etc/modprobe.d/seamstep-driver.conf and " \
			"/etc/modules-load.d/seamstep-driver.conf"
extern const char *const driver_files[DRIVER_NR_FILES];

struct driver_files {
	char *text[DRIVER_NR_FILES];	/* NULL: no such file */
};

/* Does modprobe load seamstep.ko for who asks for the kernel's driver? */
bool driver_is_replaced(void);
/* Is seamstep.ko chosen for the next boot? */
bool driver_is_chosen(void);
/* Reads the files. Returns NULL, or why not (malloc'd). */
char *driver_files_read(struct driver_files *files);
/* The files that choose seamstep.ko, or the kernel's driver. */
void driver_files_choose(struct driver_files *files, bool ours);
bool driver_files_differ(const struct driver_files *a, const struct driver_files *b,
			 unsigned int file);
/* Changes the files from @from to @to, or none. Returns NULL, or why not (malloc'd). */
char *driver_files_change(const struct driver_files *from, const struct driver_files *to);
void driver_files_release(struct driver_files *files);

#endif
