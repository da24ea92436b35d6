// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * usage: vmm [OPTION...] IMAGE
 * Build a TD by KVM's ioctls, and run it. IMAGE is what the guest starts with, below 4 GiB; the
 * guest is entered 16 bytes before its end. Exit status: 0 the TD lived to its end, 1 it could not
 * be built, 2 it died.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "layout.h"
#include "vmm.h"

#define MAX_IMAGE	(16ul << 20)
#define MAX_MEMORY_MIB	3072u	/* ends below the image */

static const char usage[] =
	"usage: vmm [OPTION...] IMAGE\n"
	"  -n, --name NAME       of the TD, in front of each line (td)\n"
	"  -c, --vcpus N         (1)\n"
	"  -m, --memory MIB      private memory beside the image (4)\n"
	"  -s, --seconds N       end after so long (never)\n"
	"  -t, --tick MS         interrupt each vCPU so often, 0: never (1000)\n"
	"  -r, --rounds N        a vCPU halts after so many rounds of its work, until the next tick (64)\n"
	"  -p, --pause STEP      after this step of the build, wait for a line on standard input;\n"
	"                        steps: create init-vm memory vcpus first-page image finalize\n"
	"  -k, --kernel FILE     a Linux kernel (bzImage); IMAGE is then its loader\n"
	"  -i, --initrd FILE     its initial file system\n"
	"  -a, --append TEXT     its command line\n";

static void bad_usage(const char *what, const char *value)
{
	fprintf(stderr, "vmm: %s%s%s\n%s", what, value ? ": " : "", value ? value : "", usage);
	exit(1);
}

static unsigned number(const char *text, unsigned min, unsigned max, const char *what)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || end == text || *end || v < min || v > max)
		bad_usage(what, text);
	return v;
}

static void add_pause(struct options *o, const char *step)
{
	unsigned i;

	for (i = 0; vmm_build_step_name(i) && strcmp(vmm_build_step_name(i), step); i++)
		;
	if (!vmm_build_step_name(i) || o->nr_pauses == MAX_PAUSES)
		bad_usage("no such step, or too many", step);
	o->pause[o->nr_pauses++] = step;
}

static void set(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'n': o->name = value; break;
	case 'c': o->vcpus = number(value, 1, MAX_VCPUS, "number of vCPUs"); break;
	case 'm': o->memory_mib = number(value, 2, MAX_MEMORY_MIB, "MiB of memory"); break;
	case 's': o->seconds = number(value, 1, 1000000, "seconds"); break;
	case 't': o->tick_ms = number(value, 0, 1000000, "milliseconds"); break;
	case 'r': o->rounds = number(value, 1, PAGE - 1, "rounds"); break;
	case 'p': add_pause(o, value); break;
	case 'k': o->kernel = value; break;
	case 'i': o->initrd = value; break;
	case 'a': o->command_line = value; break;
	default: bad_usage("unknown option, or it lacks its value", NULL);
	}
}

static void parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "name", 1, NULL, 'n' }, { "vcpus", 1, NULL, 'c' }, { "memory", 1, NULL, 'm' },
		{ "seconds", 1, NULL, 's' }, { "tick", 1, NULL, 't' }, { "pause", 1, NULL, 'p' },
		{ "rounds", 1, NULL, 'r' },
		{ "kernel", 1, NULL, 'k' }, { "initrd", 1, NULL, 'i' }, { "append", 1, NULL, 'a' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "n:c:m:s:t:r:p:k:i:a:", longs, NULL)) != -1)
		set(o, c, optarg);
	if (optind != argc - 1)
		bad_usage("expected one image", NULL);
	o->image = argv[optind];
	if (!o->kernel && o->initrd)
		bad_usage("an initial file system needs a kernel", NULL);
}

static void read_image(struct td *td)
{
	const char *path = td->options->image;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		vmm_fail(td, "%s: %s", path, strerror(errno));
	if (st.st_size < 2 * (off_t)PAGE || st.st_size > (off_t)MAX_IMAGE || st.st_size % PAGE)
		vmm_fail(td, "%s: its size is %ld, expected whole pages, 2 to %lu of them", path, (long)st.st_size,
		     MAX_IMAGE / PAGE);
	td->image_bytes = st.st_size;
	td->image = mmap(NULL, td->image_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (td->image == MAP_FAILED)
		vmm_fail(td, "%s: %s", path, strerror(errno));
	close(fd);
}

/* Threads inherit the mask, so these signals reach the main thread alone. */
static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* KVM answers no ioctl of a VM that it has declared dead. */
static void look_at_fd(const struct td *td)
{
	if (ioctl(td->fd, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS) < 0)
		vmm_say(td, "the file descriptor of the VM is dead: %s", strerror(errno));
}

static void finish(struct td *td)
{
	uint64_t exits = 0, rounds;
	unsigned i;

	vmm_console_flush(td);
	look_at_fd(td);
	for (i = 0; i < td->options->vcpus; i++) {
		memcpy(&rounds, td->shared->host + i * SHARED_LINE, sizeof(rounds));
		if (rounds)
			vmm_say(td, "vCPU %u: %lu rounds, by its word in shared memory", i, rounds);
		exits += td->vcpu[i].exits;
	}
	if (td->punched)
		vmm_say(td, "the guest gave %lu pages back", td->punched);
	vmm_say(td, "%s after %lu exits to user space", td->died ? "dead" : "ended alive", exits);
}

int main(int argc, char **argv)
{
	struct options o = {
		.name = "td", .vcpus = 1, .memory_mib = 4, .tick_ms = 1000, .command_line = "",
	};
	static struct td td = {
		.lock = PTHREAD_MUTEX_INITIALIZER, .ports.lock = PTHREAD_MUTEX_INITIALIZER,
	};

	parse(&o, argc, argv);
	td.options = &o;
	if (o.kernel)
		o.tick_ms = o.rounds = 0;	/* Linux has timers and work of its own */
	block_signals();
	read_image(&td);
	td.over = eventfd(0, EFD_CLOEXEC);
	td.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (td.kvm < 0)
		vmm_fail(&td, "/dev/kvm: %s", strerror(errno));
	vmm_build(&td);
	vmm_say(&td, "built: %u vCPUs, %u MiB", o.vcpus, o.memory_mib);
	vmm_run_start(&td);
	vmm_run_wait(&td);
	vmm_run_stop(&td);
	finish(&td);
	return td.died ? 2 : 0;
}
