// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * usage: vm
 * An ordinary VM with a vCPU for each CPU. Enters each vCPU on its CPU, at once and for each line
 * of standard input, and prints what KVM says of it. This machine refuses each entry, but KVM takes
 * the VMCS of the vCPU that a CPU had last for the current one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_CPUS	64

struct vcpu {
	int fd;
	struct kvm_run *run;
};

static int must(int result, const char *what)
{
	if (result < 0) {
		printf("vm: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return result;
}

static void enter(int cpu, struct vcpu *v)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	must(sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity");
	must(ioctl(v->fd, KVM_RUN, 0), "KVM_RUN");
	printf("CPU %d: exit %u, reason %llu\n", cpu, v->run->exit_reason,
	       v->run->fail_entry.hardware_entry_failure_reason);
}

int main(void)
{
	struct vcpu vcpus[MAX_CPUS];
	int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN), kvm, vm, bytes, i;

	kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	bytes = must(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	for (i = 0; i < cpus && i < MAX_CPUS; i++) {
		vcpus[i].fd = must(ioctl(vm, KVM_CREATE_VCPU, i), "KVM_CREATE_VCPU");
		vcpus[i].run = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpus[i].fd,
				    0);
		must(vcpus[i].run == MAP_FAILED ? -1 : 0, "mmap");
	}
	do {
		for (i = 0; i < cpus && i < MAX_CPUS; i++)
			enter(i, &vcpus[i]);
		fflush(stdout);
		while ((i = getchar()) != '\n' && i != EOF)
			;
	} while (i != EOF);
	return 0;
}
