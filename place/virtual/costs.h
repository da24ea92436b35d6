/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Costs in virtual time: the only table of parameters, with the source of each number. */
#ifndef SS_VIRTUAL_COSTS_H
#define SS_VIRTUAL_COSTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * X(name, nanoseconds, source). All numbers are typical of a two-socket server of the Sapphire
 * Rapids generation. None was measured for this project on such a machine. "assumed" means that no
 * public number was found. "seamstep bench c2c" measures the first group on the current machine.
 */
#define VIRTUAL_COSTS(X) \
	X(hit_ns, 2, \
	  "L1 hit, 5 cycles at 2.5 GHz: Intel optimization reference manual") \
	X(same_core_ns, 2, \
	  "a line that the core's other thread wrote is in the same L1") \
	X(same_socket_ns, 60, \
	  "core to core inside a socket: public c2c measurements show 50 to 80 ns") \
	X(other_socket_ns, 140, \
	  "core to core across UPI: public c2c measurements show 110 to 170 ns") \
	X(line_busy_ns, 15, \
	  "assumed: a line's home serves one request in this time, others queue") \
	X(invalidate_ns, 1, \
	  "assumed: added per sharer that must give its copy up") \
	X(store_ns, 1, \
	  "a store retires into the store buffer") \
	X(relax_ns, 40, \
	  "PAUSE, about 140 cycles since Skylake: Intel optimization manual") \
	X(seamcall_ns, 1500, \
	  "assumed: SEAMCALL and SEAMRET with nothing in between") \
	X(install_ns, 500, \
	  "assumed: INSTALL on an LP that is not the last: bitmap and VMCLEAR") \
	X(install_last_ns, 4000000, \
	  "assumed: RSA-3072, SHA-384 and copy of 0.5 MiB, page tables") \
	X(install_last_lp_ns, 1000, \
	  "assumed: one SEAM VMCS set up for each LP by the last INSTALL") \
	X(shutdown_ns, 30000, \
	  "assumed: 53 KiB of handoff data written") \
	X(sys_init_ns, 100000, \
	  "assumed: platform checks by CPUID and RDMSR") \
	X(lp_init_ns, 50000, \
	  "assumed: CPUID and RDMSR compared, INVEPT") \
	X(update_ns, 30000, \
	  "assumed: 53 KiB of handoff data read")

struct virtual_costs {
#define VIRTUAL_COST_FIELD(name, ns, source) uint64_t name;
	VIRTUAL_COSTS(VIRTUAL_COST_FIELD)
#undef VIRTUAL_COST_FIELD
};

void virtual_costs_default(struct virtual_costs *c);
/* Changes one cost by name. Returns false if no cost has this name. */
bool virtual_costs_set(struct virtual_costs *c, const char *name, uint64_t ns);

#endif
