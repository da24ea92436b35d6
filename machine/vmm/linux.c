// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A Linux kernel for a TD, as the kernel's Documentation/arch/x86/boot.rst asks for: its image, the
 * boot parameters, a command line and an initial file system are put into the guest's first memory,
 * and measured with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <asm/bootparam.h>
#include "layout.h"
#include "vmm.h"

#define SECTOR		512u
#define HIGH		(1ul << 20)
#define RAM		1u		/* E820 types */
#define RESERVED	2u
#define ACPI_DATA	3u
#define ACPI_NVS	4u

struct file {
	const char *path, *data;
	uint64_t bytes;
};

/* The loader accepts all other pages. */
static void add_range(struct td *td, const struct slot *ram, uint64_t gpa, uint64_t bytes)
{
	if (td->nr_ranges == MAX_RANGES)
		vmm_fail(td, "more than %u ranges of memory", MAX_RANGES);
	td->range[td->nr_ranges++] = (struct range){
		.gpa = gpa, .bytes = (bytes + PAGE - 1) & -PAGE, .from = ram->host + gpa,
	};
}

static struct file map_file(struct td *td, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct file f = { .path = path };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || st.st_size <= 0)
		vmm_fail(td, "%s: %s", path, fd < 0 ? strerror(errno) : "it is empty");
	f.bytes = st.st_size;
	f.data = mmap(NULL, f.bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (f.data == MAP_FAILED)
		vmm_fail(td, "%s: %s", path, strerror(errno));
	close(fd);
	return f;
}

static void add_e820(struct boot_params *p, uint64_t begin, uint64_t end, uint32_t type)
{
	p->e820_table[p->e820_entries++] = (struct boot_e820_entry){
		.addr = begin, .size = end - begin, .type = type,
	};
}

static void describe_memory(const struct td *td, const struct slot *ram, struct boot_params *p)
{
	add_e820(p, 0, MAILBOX, RAM);
	add_e820(p, MAILBOX, ACPI_TABLES, ACPI_NVS);
	add_e820(p, ACPI_TABLES, ACPI_TABLES + PAGE, ACPI_DATA);
	add_e820(p, ACPI_TABLES + PAGE, LOW_END, RAM);
	add_e820(p, HIGH, ram->bytes, RAM);
	add_e820(p, (1ul << 32) - td->image_bytes, 1ul << 32, RESERVED);
}

static void put_kernel(struct td *td, struct slot *ram, struct boot_params *p)
{
	struct file f = map_file(td, td->options->kernel);
	const struct setup_header *h = (const void *)(f.data + offsetof(struct boot_params, hdr));
	uint64_t setup;

	if (f.bytes < sizeof(*p) || memcmp(&h->header, "HdrS", 4) || h->version < 0x20c ||
	    !(h->xloadflags & XLF_KERNEL_64))
		vmm_fail(td, "%s is no 64-bit bzImage of boot protocol 2.12 or later", f.path);
	setup = ((h->setup_sects ? h->setup_sects : 4) + 1) * SECTOR;
	if (setup >= f.bytes || h->pref_address % PAGE || h->pref_address < HIGH ||
	    h->pref_address >= ram->bytes || h->init_size > ram->bytes - h->pref_address ||
	    f.bytes - setup > h->init_size)
		vmm_fail(td, "%s needs %u bytes at %#llx: give the TD more memory", f.path, h->init_size,
		     h->pref_address);
	memcpy(&p->hdr, h, sizeof(p->hdr));
	p->hdr.type_of_loader = 0xff;
	p->hdr.code32_start = h->pref_address;
	memcpy(ram->host + h->pref_address, f.data + setup, f.bytes - setup);
	add_range(td, ram, h->pref_address, f.bytes - setup);
}

/* At the end of the memory. */
static void put_initrd(struct td *td, struct slot *ram, struct boot_params *p)
{
	uint64_t kernel_end = p->hdr.code32_start + p->hdr.init_size, at;
	struct file f;

	if (!td->options->initrd)
		return;
	f = map_file(td, td->options->initrd);
	if (f.bytes > ram->bytes - kernel_end - PAGE)
		vmm_fail(td, "%s has %lu bytes: give the TD more memory", f.path, f.bytes);
	at = (ram->bytes - f.bytes) & -PAGE;
	memcpy(ram->host + at, f.data, f.bytes);
	p->hdr.ramdisk_image = at;
	p->hdr.ramdisk_size = f.bytes;
	add_range(td, ram, at, f.bytes);
}

void vmm_linux_load(struct td *td, struct slot *ram)
{
	struct boot_params *p = (void *)(ram->host + BOOT_PARAMS);
	const char *text = td->options->command_line;

	if (ram->bytes <= HIGH)
		vmm_fail(td, "a Linux guest needs more than 1 MiB");
	put_kernel(td, ram, p);
	put_initrd(td, ram, p);
	if (strlen(text) >= PAGE || strlen(text) > p->hdr.cmdline_size)
		vmm_fail(td, "the command line is too long");
	strcpy(ram->host + COMMAND_LINE, text);
	p->hdr.cmd_line_ptr = COMMAND_LINE;
	p->acpi_rsdp_addr = ACPI_TABLES;
	vmm_acpi_write((uint8_t *)ram->host + ACPI_TABLES, td->options->vcpus);
	describe_memory(td, ram, p);
	add_range(td, ram, BOOT_PARAMS, PAGE);
	add_range(td, ram, COMMAND_LINE, PAGE);
	add_range(td, ram, ACPI_TABLES, PAGE);
}
