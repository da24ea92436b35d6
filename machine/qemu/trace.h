/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's build makes this header from trace-events. */
#include "trace/trace-target_i386_tcg_sysemu_seam.h"
