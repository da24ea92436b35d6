/* SPDX-License-Identifier: GPL-2.0-only */
/* The contents of a VMCS region. The format is the processor's own affair: this one is ours. */
#ifndef SEAM_VMCS_H
#define SEAM_VMCS_H

#define VMCS_BYTES		4096u
#define VMCS_INSTRUCTION_ERROR	0x4400u

/* VM-instruction errors, Intel SDM. */
enum vmx_error {
	VMX_VMCALL_IN_ROOT = 1,
	VMX_VMCLEAR_ADDRESS = 2,
	VMX_VMCLEAR_VMXON = 3,
	VMX_VMLAUNCH_NOT_CLEAR = 4,
	VMX_VMRESUME_NOT_LAUNCHED = 5,
	VMX_ENTRY_CONTROLS = 7,
	VMX_VMPTRLD_ADDRESS = 9,
	VMX_VMPTRLD_VMXON = 10,
	VMX_VMPTRLD_REVISION = 11,
	VMX_NO_SUCH_FIELD = 12,
	VMX_VMXON_IN_ROOT = 15,
	VMX_INVALID_OPERAND = 28,
};

/* Does the region carry the revision of this processor? */
bool vmcs_is_ours(const uint8_t *vmcs);

/* By the field's encoding. Return false if there is no such field. */
bool vmcs_read(const uint8_t *vmcs, uint64_t field, uint64_t *value);
bool vmcs_write(uint8_t *vmcs, uint64_t field, uint64_t value);

bool vmcs_launched(const uint8_t *vmcs);
void vmcs_set_launched(uint8_t *vmcs, bool launched);

#endif
