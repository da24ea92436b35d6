// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The TD's memory: slots with private pages (guest_memfd) and shared ones, and changes from one to
 * the other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "vmm.h"

static void set_attributes(struct td *td, uint64_t gpa, uint64_t bytes, bool private)
{
	struct kvm_memory_attributes a = {
		.address = gpa, .size = bytes,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	if (ioctl(td->fd, KVM_SET_MEMORY_ATTRIBUTES, &a))
		vmm_fail(td, "KVM_SET_MEMORY_ATTRIBUTES of %#lx, %#lx bytes: %s", gpa, bytes, strerror(errno));
}

static int make_gmem(struct td *td, uint64_t bytes)
{
	struct kvm_create_guest_memfd g = { .size = bytes };
	int fd = ioctl(td->fd, KVM_CREATE_GUEST_MEMFD, &g);

	if (fd < 0)
		vmm_fail(td, "KVM_CREATE_GUEST_MEMFD of %#lx bytes: %s", bytes, strerror(errno));
	return fd;
}

struct slot *vmm_memory_add(struct td *td, uint64_t gpa, uint64_t bytes, bool private)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = td->nr_slots, .guest_phys_addr = gpa, .memory_size = bytes,
	};
	struct slot *s;

	if (td->nr_slots == MAX_SLOTS)
		vmm_fail(td, "more than %u memory slots", MAX_SLOTS);
	s = &td->slot[td->nr_slots++];
	*s = (struct slot){ .gpa = gpa, .bytes = bytes, .gmem = -1 };
	s->host = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (s->host == MAP_FAILED)
		vmm_fail(td, "no %#lx bytes of memory: %s", bytes, strerror(errno));
	region.userspace_addr = (uintptr_t)s->host;
	if (private) {
		s->gmem = make_gmem(td, bytes);
		region.flags = KVM_MEM_GUEST_MEMFD;
		region.guest_memfd = s->gmem;
	}
	if (ioctl(td->fd, KVM_SET_USER_MEMORY_REGION2, &region))
		vmm_fail(td, "KVM_SET_USER_MEMORY_REGION2 at %#lx: %s", gpa, strerror(errno));
	if (private)
		set_attributes(td, gpa, bytes, true);
	return s;
}

static struct slot *slot_of(struct td *td, uint64_t gpa, uint64_t bytes)
{
	unsigned i;

	for (i = 0; i < td->nr_slots; i++) {
		struct slot *s = &td->slot[i];

		if (gpa >= s->gpa && gpa - s->gpa < s->bytes && bytes <= s->bytes - (gpa - s->gpa))
			return s;
	}
	return NULL;
}

/* A page goes back to the host. */
static void punch(struct td *td, const struct slot *s, uint64_t offset)
{
	if (fallocate(s->gmem, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, PAGE))
		vmm_fail(td, "no hole can be punched at %#lx: %s", s->gpa + offset, strerror(errno));
	__atomic_add_fetch(&td->punched, 1, __ATOMIC_RELAXED);
}

/* The guest asked for it, so the range is checked. Returns whether there is such memory. */
bool vmm_memory_convert(struct td *td, uint64_t gpa, uint64_t bytes, bool private)
{
	struct slot *s = slot_of(td, gpa, bytes);
	uint64_t offset;

	if (!s || s->gmem < 0 || (gpa | bytes) % PAGE) {
		vmm_say(td, "the guest asked for %s memory at %#lx, %#lx bytes, where there is none",
		    private ? "private" : "shared", gpa, bytes);
		return false;
	}
	set_attributes(td, gpa, bytes, private);
	for (offset = 0; !private && offset < bytes; offset += PAGE)
		punch(td, s, gpa - s->gpa + offset);
	return true;
}
