// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A TD's report, as its kernel gets it from the module. Prints a line like that of guest.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/tdx-guest.h>
#include "tdreport.h"

int main(void)
{
	struct tdx_report_req request = { .reportdata = { 0 } };
	const uint8_t *r = request.tdreport;
	int fd = open("/dev/tdx_guest", O_RDWR | O_CLOEXEC);
	unsigned i;

	if (fd < 0 || ioctl(fd, TDX_CMD_GET_REPORT0, &request)) {
		fprintf(stderr, "report: /dev/tdx_guest: %s\n", strerror(errno));
		return 1;
	}
	printf("report: MRTD ");
	for (i = 0; i < 8; i++)
		printf("%02x", r[REPORT_MRTD + i]);
	printf("..., TEE_TCB_SVN %u.%u, TEE_TCB_SVN_2 %u.%u\n", r[REPORT_SVN + 1], r[REPORT_SVN],
	       r[REPORT_SVN_2 + 1], r[REPORT_SVN_2]);
	return 0;
}
