/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What "seamstep driver" changes on this machine: files of modprobe, and loaded modules. */
#ifndef SS_TOOL_VERB_DRIVER_SWITCH_H
#define SS_TOOL_VERB_DRIVER_SWITCH_H

#include <stdbool.h>

#define DRIVER_OURS	"seamstep"
#define DRIVER_KERNELS	"tdx_host"

enum driver_module {
	DRIVER_NOT_LOADED,
	DRIVER_LOADED,
	DRIVER_BUILT_IN		/* or the kernel does not tell that it can be unloaded */
};

enum driver_module driver_module(const char *name);
/* Can modprobe find the module @name for this kernel? */
bool driver_available(const char *name);
/* Load, unload: false if it failed; modprobe or rmmod has then said why on stderr. */
bool driver_load(const char *name);
bool driver_unload(const char *name);

/* Does the configuration choose seamstep.ko at boot? */
bool driver_is_configured(void);
/* Choose seamstep.ko at boot, or the kernel's driver. Returns NULL, or why not (malloc'd). */
char *driver_configure(bool ours);

#endif
