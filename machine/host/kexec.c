// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * usage: kexec KERNEL INITRD COMMAND-LINE
 * Starts another kernel in place of the one that runs, without a reset of the machine. Processes
 * are not ended, and file systems are not unmounted. Does not return if it succeeds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "kexec: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	int kernel, initrd;

	if (argc != 4) {
		fprintf(stderr, "usage: kexec KERNEL INITRD COMMAND-LINE\n");
		return 1;
	}
	kernel = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (kernel < 0)
		return fail(argv[1]);
	initrd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (initrd < 0)
		return fail(argv[2]);
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(argv[3]) + 1, argv[3], 0ul))
		return fail("kexec_file_load");
	sync();
	reboot(RB_KEXEC);
	return fail("reboot");
}
