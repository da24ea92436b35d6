/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fields of a VMCS, in the VMCS region itself. A field's encoding has its width in bits 14:13, its
 * type (control, exit information, guest, host) in bits 11:10, its index in bits 9:1, and in bit 0
 * whether the access is to the upper half of a 64-bit field.
 */
#include "qemu/osdep.h"
#include "parts.h"
#include "vmcs.h"

#define HEADER_BYTES	16u
#define LAUNCHED	8u	/* offset; 0 and 4 belong to revision and abort indicator */
#define TYPES		4u
#define RESERVED	0xffffffffffff9000ULL

static const struct {
	uint32_t indices, bytes;	/* fields of each type; bytes of one */
} widths[] = { { 16, 2 }, { 48, 8 }, { 32, 4 }, { 32, 8 } };

#define WIDTH_64	1u

_Static_assert(HEADER_BYTES + TYPES * (16 * 2 + 48 * 8 + 32 * 4 + 32 * 8) <= VMCS_BYTES, "they fit");

/* Where a field lies; 0: there is none. */
static uint32_t place(uint64_t field, uint32_t *bytes)
{
	uint32_t width = field >> 13 & 3, type = field >> 10 & 3, index = field >> 1 & 0x1ff, i;
	uint32_t at = HEADER_BYTES;

	if (field & RESERVED || index >= widths[width].indices || (field & 1 && width != WIDTH_64))
		return 0;
	for (i = 0; i < width; i++)
		at += TYPES * widths[i].indices * widths[i].bytes;
	*bytes = widths[width].bytes;
	return at + (type * widths[width].indices + index) * *bytes;
}

bool vmcs_is_ours(const uint8_t *vmcs)
{
	return ldl_le_p(vmcs) == SEAM_VMCS_REVISION;
}

bool vmcs_read(const uint8_t *vmcs, uint64_t field, uint64_t *value)
{
	uint32_t bytes, at = place(field, &bytes);

	if (!at)
		return false;
	*value = 0;
	memcpy(value, vmcs + at, bytes);
	if (field & 1)
		*value >>= 32;
	return true;
}

bool vmcs_write(uint8_t *vmcs, uint64_t field, uint64_t value)
{
	uint32_t bytes, at = place(field, &bytes);

	if (!at)
		return false;
	if (field & 1)
		memcpy(vmcs + at + 4, &value, 4);
	else
		memcpy(vmcs + at, &value, bytes);
	return true;
}

bool vmcs_launched(const uint8_t *vmcs)
{
	return vmcs[LAUNCHED];
}

void vmcs_set_launched(uint8_t *vmcs, bool launched)
{
	vmcs[LAUNCHED] = launched;
}
