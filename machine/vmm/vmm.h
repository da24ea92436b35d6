/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A small VMM for TDs. A process has one TD, which KVM's ioctls build and run. */
#ifndef VMM_H
#define VMM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/kvm.h>

#define PAGE		4096ul
#define MAX_VCPUS	16u
#define MAX_SLOTS	3u
#define MAX_PAUSES	8u
#define MAX_RANGES	8u
#define LINE_BYTES	240u

#define COM1		0x3f8u
#define TICK_VECTOR	0x40u		/* the interrupt that guests get at every tick */

/* What the user asked for. */
struct options {
	const char *name, *image, *kernel, *initrd, *command_line;
	const char *pause[MAX_PAUSES];
	unsigned nr_pauses, vcpus, memory_mib, seconds, tick_ms, rounds;
};

/*
 * A memory slot. @bytes at @host are what the VMM sees of it; @gmem is the guest's private memory,
 * or -1.
 */
struct slot {
	uint64_t gpa, bytes;
	char *host;
	int gmem;
};

/* Guest memory with contents that the guest finds, and that are measured. */
struct range {
	uint64_t gpa, bytes;
	const char *from;
};

struct ports {
	pthread_mutex_t lock;
	uint8_t uart[8];	/* registers */
	uint8_t clock;		/* index of a register */
};

struct vcpu {
	struct td *td;
	unsigned index;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	uint64_t exits;
};

struct td {
	const struct options *options;
	int kvm, fd;
	int over;			/* an eventfd, written when the TD has ended by itself */
	struct kvm_tdx_capabilities *caps;
	struct kvm_cpuid2 *cpuid;	/* of the vCPUs */
	struct slot slot[MAX_SLOTS];
	unsigned nr_slots;
	struct slot *shared;		/* with the guest */
	char *image;			/* the guest's first pages, below 4 GiB */
	uint64_t image_bytes;
	struct range range[MAX_RANGES];	/* added beside the image */
	unsigned nr_ranges;
	uint64_t punched;		/* pages that the guest gave back */
	uint64_t init_vm_again;		/* how often KVM_TDX_INIT_VM answered "try again" */
	struct vcpu vcpu[MAX_VCPUS];
	bool stop, died;
	struct ports ports;
	pthread_mutex_t lock;		/* of the console */
	char line[LINE_BYTES];
	unsigned line_bytes;
};

/* say.c: every line has the TD's name in front. */
void vmm_say(const struct td *td, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void vmm_fail(const struct td *td, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void vmm_console_byte(struct td *td, char c);
void vmm_console_flush(struct td *td);

/* ports.c */
void vmm_io(struct td *td, bool in, uint16_t port, uint8_t *data, uint32_t bytes);

/* memory.c */
struct slot *vmm_memory_add(struct td *td, uint64_t gpa, uint64_t bytes, bool private);
bool vmm_memory_convert(struct td *td, uint64_t gpa, uint64_t bytes, bool private);

/* build.c: the steps from nothing to a TD that can run. */
void vmm_build(struct td *td);
const char *vmm_build_step_name(unsigned i);	/* NULL: there is no further step */

/* linux.c: a Linux kernel and what it needs are put into @ram. */
void vmm_linux_load(struct td *td, struct slot *ram);

/* acpi.c */
void vmm_acpi_write(uint8_t *page, unsigned vcpus);

/* run.c */
void vmm_run_start(struct td *td);
void vmm_run_wait(struct td *td);
void vmm_run_stop(struct td *td);

#endif
