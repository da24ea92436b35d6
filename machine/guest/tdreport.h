/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Where a TDREPORT_STRUCT has what the guests show. An SVN's first byte is the minor one. */
#ifndef GUEST_TDREPORT_H
#define GUEST_TDREPORT_H

#include <stdint.h>

#define REPORT_BYTES	1024u
#define REPORT_SVN	264u		/* TEE_TCB_INFO.TEE_TCB_SVN */
#define REPORT_SVN_2	384u		/* TEE_TCB_INFO.TEE_TCB_SVN2 */
#define REPORT_MRTD	528u		/* TDINFO.MRTD */

#endif
