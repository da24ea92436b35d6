// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The guest's serial port: as much of a 16450 as Linux looks for. It never receives. */
#include <string.h>
#include "vmm.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };

#define NO_INTERRUPT	0x01u	/* IIR */
#define DIVISOR		0x80u	/* LCR: registers 0 and 1 are the divisor */
#define LOOP		0x10u	/* MCR */
#define READY		0x60u	/* LSR: all was sent */
#define ONLINE		0xb0u	/* MSR: carrier, data set ready, clear to send */

/* With the loop closed the outputs DTR, RTS, OUT1, OUT2 are the inputs DSR, CTS, RI, DCD. */
static uint8_t looped(uint8_t mcr)
{
	return (mcr & 1) << 5 | (mcr & 2) << 3 | (mcr & 4) << 4 | (mcr & 8) << 4;
}

static uint8_t get(const struct uart *u, unsigned reg)
{
	switch (reg) {
	case DATA: return 0;
	case IIR: return NO_INTERRUPT;
	case LSR: return READY;
	case MSR: return u->reg[MCR] & LOOP ? looped(u->reg[MCR]) : ONLINE;
	default: return u->reg[reg];
	}
}

static void put(struct td *td, struct uart *u, unsigned reg, uint8_t value)
{
	if (reg > IER || !(u->reg[LCR] & DIVISOR)) {
		if (reg == DATA)
			vmm_console_byte(td, value);
		else
			u->reg[reg] = reg == IER ? value & 0x0f : value;
	}
}

/* Ports that nobody has read as ones. */
void vmm_io(struct td *td, bool in, uint16_t port, uint8_t *data, uint32_t bytes)
{
	unsigned reg = port - COM1;
	uint32_t i;

	if (port < COM1 || reg > SCR) {
		if (in)
			memset(data, 0xff, bytes);
		return;
	}
	pthread_mutex_lock(&td->uart.lock);
	for (i = 0; i < bytes; i++) {
		if (in)
			data[i] = get(&td->uart, reg);
		else
			put(td, &td->uart, reg, data[i]);
	}
	pthread_mutex_unlock(&td->uart.lock);
}
