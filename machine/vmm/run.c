// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Run a TD: a thread for each vCPU, and what a guest's exits ask for. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <linux/kvm_para.h>
#include "vmm.h"

#define NOT_SUPPORTED	0x8000000000000003ull	/* TDG.VP.VMCALL_SUBFUNC_UNSUPPORTED */
#define APIC_MSI	0xfee00000u
#define KICK		SIGUSR1
#define JOIN_US		10000

/* ---- exits ----------------------------------------------------------------------------------- */

static void io(struct td *td, struct kvm_run *run)
{
	uint8_t *data = (uint8_t *)run + run->io.data_offset;

	vmm_io(td, run->io.direction == KVM_EXIT_IO_IN, run->io.port, data,
	       run->io.size * run->io.count);
}

static void hypercall(struct td *td, struct kvm_run *run)
{
	if (run->hypercall.nr != KVM_HC_MAP_GPA_RANGE) {
		run->hypercall.ret = -KVM_ENOSYS;
		return;
	}
	run->hypercall.ret = -KVM_EINVAL;
	if (run->hypercall.args[1] <= UINT64_MAX / PAGE &&
	    vmm_memory_convert(td, run->hypercall.args[0], run->hypercall.args[1] * PAGE,
			   run->hypercall.args[2] & KVM_MAP_GPA_RANGE_ENCRYPTED))
		run->hypercall.ret = 0;
}

static void tdvmcall(struct kvm_run *run)
{
	if (run->tdx.nr == 0x10000) {		/* GetTdVmCallInfo */
		run->tdx.get_tdvmcall_info.ret = 0;
		run->tdx.get_tdvmcall_info.r11 = run->tdx.get_tdvmcall_info.r12 = 0;
		run->tdx.get_tdvmcall_info.r13 = run->tdx.get_tdvmcall_info.r14 = 0;
	} else {
		run->tdx.unknown.ret = NOT_SUPPORTED;
	}
}

/* Returns whether the vCPU goes on. */
static bool system_event(struct vcpu *v)
{
	struct kvm_run *run = v->run;

	if (run->system_event.type == KVM_SYSTEM_EVENT_TDX_FATAL) {
		vmm_say(v->td, "the guest reports a fatal error on vCPU %u: %#llx", v->index,
		    run->system_event.ndata ? run->system_event.data[0] : 0);
		v->td->died = true;
	} else {
		vmm_say(v->td, "the guest has ended");
	}
	return false;
}

/* What KVM says when it gives a TD up. */
static bool died(struct vcpu *v, int error)
{
	struct kvm_run *run = v->run;

	v->td->died = true;
	if (error)
		vmm_say(v->td, "vCPU %u died: KVM_RUN: %s", v->index, strerror(error));
	else if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
		vmm_say(v->td, "vCPU %u died: KVM internal error %u, data %#llx", v->index, run->internal.suberror,
		    run->internal.ndata ? run->internal.data[0] : 0);
	else if (run->exit_reason == KVM_EXIT_FAIL_ENTRY)
		vmm_say(v->td, "vCPU %u died: KVM cannot enter it: %#llx", v->index,
		    run->fail_entry.hardware_entry_failure_reason);
	else
		vmm_say(v->td, "vCPU %u died: KVM exit %u", v->index, run->exit_reason);
	return false;
}

static bool handle(struct vcpu *v)
{
	struct td *td = v->td;
	struct kvm_run *run = v->run;

	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		io(td, run);
		return true;
	case KVM_EXIT_MMIO:
		memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
		return true;
	case KVM_EXIT_HYPERCALL:
		hypercall(td, run);
		return true;
	case KVM_EXIT_TDX:
		tdvmcall(run);
		return true;
	case KVM_EXIT_SYSTEM_EVENT:
		return system_event(v);
	default:
		return died(v, 0);
	}
}

static bool enter(struct vcpu *v)
{
	struct kvm_run *run = v->run;

	if (!ioctl(v->fd, KVM_RUN, 0))
		return handle(v);
	if (errno == EINTR || errno == EAGAIN)
		return true;
	/* The guest touched a page as private or shared that it had not asked for as such. */
	if (errno == EFAULT && run->exit_reason == KVM_EXIT_MEMORY_FAULT &&
	    vmm_memory_convert(v->td, run->memory_fault.gpa & -PAGE, PAGE,
			   run->memory_fault.flags & KVM_MEMORY_EXIT_FLAG_PRIVATE))
		return true;
	return died(v, errno);
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *v = arg;
	uint64_t one = 1;

	while (!__atomic_load_n(&v->td->stop, __ATOMIC_ACQUIRE)) {
		v->exits++;
		if (!enter(v)) {
			if (write(v->td->over, &one, sizeof(one)) != sizeof(one))
				vmm_fail(v->td, "eventfd: %s", strerror(errno));
			break;
		}
	}
	return NULL;
}

/* ---- the main thread ------------------------------------------------------------------------- */

static void kicked(int signal)
{
	(void)signal;
}

void vmm_run_start(struct td *td)
{
	struct sigaction action = { .sa_handler = kicked };
	unsigned i;

	sigaction(KICK, &action, NULL);
	for (i = 0; i < td->options->vcpus; i++)
		if (pthread_create(&td->vcpu[i].thread, NULL, vcpu_thread, &td->vcpu[i]))
			vmm_fail(td, "no thread for vCPU %u", i);
}

static void tick(struct td *td)
{
	unsigned i;

	for (i = 0; i < td->options->vcpus; i++) {
		struct kvm_msi msi = { .address_lo = APIC_MSI | i << 12, .data = TICK_VECTOR };

		if (ioctl(td->fd, KVM_SIGNAL_MSI, &msi) < 0 && !td->died)
			vmm_say(td, "KVM_SIGNAL_MSI to vCPU %u: %s", i, strerror(errno));
	}
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* In so many ms; 0: never. */
static uint64_t end_after(uint64_t ms)
{
	return ms ? now_ms() + ms : UINT64_MAX;
}

/* Until the time is over, a signal comes, or the TD has ended by itself. */
void vmm_run_wait(struct td *td)
{
	unsigned tick_ms = td->options->tick_ms;
	uint64_t end = end_after(1000ull * td->options->seconds), next = end_after(tick_ms);
	struct pollfd fds[2] = { { .fd = td->over, .events = POLLIN }, { .events = POLLIN } };
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	fds[1].fd = signalfd(-1, &signals, SFD_CLOEXEC);
	while (now_ms() < end) {
		uint64_t now = now_ms(), until = next < end ? next : end;
		int wait = until == UINT64_MAX ? -1 : until > now ? (int)(until - now) : 0;

		if (poll(fds, 2, wait) > 0)
			break;
		if (now_ms() >= next) {
			tick(td);
			next += tick_ms;
		}
	}
	close(fds[1].fd);
}

/*
 * KVM returns from KVM_RUN at a signal. One that comes too early is lost, so it is sent until the
 * thread has ended.
 */
void vmm_run_stop(struct td *td)
{
	unsigned i;

	__atomic_store_n(&td->stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < td->options->vcpus; i++) {
		while (pthread_tryjoin_np(td->vcpu[i].thread, NULL) == EBUSY) {
			pthread_kill(td->vcpu[i].thread, KICK);
			usleep(JOIN_US);
		}
	}
}
