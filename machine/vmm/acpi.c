// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The ACPI tables of a Linux guest, in one page: RSDP, XSDT, FADT (hardware reduced), an empty
 * DSDT, and a MADT with the vCPUs and the mailbox that wakes them. Offsets are those of the ACPI
 * specification 6.5, chapter 5.
 */
#include <string.h>
#include "layout.h"
#include "vmm.h"

#define HEADER		36u
#define XSDT		0x040u		/* offsets in the page */
#define FADT		0x080u
#define DSDT		0x1c0u
#define MADT		0x200u
#define FADT_BYTES	276u
#define FADT_HW_REDUCED	(1u << 20)
#define NO_VGA		(1u << 2)
#define MADT_X2APIC	9u
#define MADT_WAKEUP	16u
#define X2APIC_BYTES	16u
#define WAKEUP_BYTES	16u

static void put32(uint8_t *at, uint32_t v)
{
	memcpy(at, &v, sizeof(v));
}

static void put64(uint8_t *at, uint64_t v)
{
	memcpy(at, &v, sizeof(v));
}

/* All bytes of a table add up to 0. */
static void checksum(uint8_t *table, uint32_t bytes, uint8_t *at)
{
	uint8_t sum = 0;
	uint32_t i;

	*at = 0;
	for (i = 0; i < bytes; i++)
		sum += table[i];
	*at = -sum;
}

static void table(uint8_t *t, const char *signature, uint8_t revision, uint32_t bytes)
{
	memcpy(t, signature, 4);
	put32(t + 4, bytes);
	t[8] = revision;
	memcpy(t + 10, "SEAM  MACHINE ", 14);
	checksum(t, bytes, t + 9);
}

static void rsdp(uint8_t *t)
{
	memcpy(t, "RSD PTR ", 8);
	memcpy(t + 9, "SEAM  ", 6);
	t[15] = 2;
	put32(t + 20, HEADER);
	put64(t + 24, ACPI_TABLES + XSDT);
	checksum(t, 20, t + 8);
	checksum(t, HEADER, t + 32);
}

static void fadt(uint8_t *t)
{
	t[109] = NO_VGA;
	put32(t + 112, FADT_HW_REDUCED);
	t[131] = 5;		/* minor version */
	put64(t + 140, ACPI_TABLES + DSDT);
	table(t, "FACP", 6, FADT_BYTES);
}

static void madt(uint8_t *t, unsigned vcpus)
{
	uint8_t *entry = t + HEADER + 8;
	unsigned i;

	for (i = 0; i < vcpus; i++, entry += X2APIC_BYTES) {
		entry[0] = MADT_X2APIC;
		entry[1] = X2APIC_BYTES;
		put32(entry + 4, i);
		put32(entry + 8, 1);	/* enabled */
		put32(entry + 12, i);
	}
	entry[0] = MADT_WAKEUP;
	entry[1] = WAKEUP_BYTES;
	put64(entry + 8, MAILBOX);
	entry += WAKEUP_BYTES;
	table(t, "APIC", 5, entry - t);
}

void vmm_acpi_write(uint8_t *page, unsigned vcpus)
{
	rsdp(page);
	put64(page + XSDT + HEADER, ACPI_TABLES + FADT);
	put64(page + XSDT + HEADER + 8, ACPI_TABLES + MADT);
	table(page + XSDT, "XSDT", 1, HEADER + 16);
	fadt(page + FADT);
	table(page + DSDT, "DSDT", 2, HEADER);
	madt(page + MADT, vcpus);
}
