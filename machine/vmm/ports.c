// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The guest's I/O ports: a serial port that never receives, as much of a 16450 as Linux looks for,
 * and a clock, as much of an MC146818 as tells the time. Other ports read as ones.
 */
#include <string.h>
#include <time.h>
#include "vmm.h"

/* ---- the serial port ------------------------------------------------------------------------- */

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

static uint8_t uart_get(const struct ports *p, unsigned reg)
{
	switch (reg) {
	case DATA: return 0;
	case IIR: return NO_INTERRUPT;
	case LSR: return READY;
	case MSR: return p->uart[MCR] & LOOP ? looped(p->uart[MCR]) : ONLINE;
	default: return p->uart[reg];
	}
}

static void uart_put(struct td *td, unsigned reg, uint8_t value)
{
	uint8_t *uart = td->ports.uart;

	if (reg <= IER && uart[LCR] & DIVISOR)
		return;
	if (reg == DATA)
		vmm_console_byte(td, value);
	else
		uart[reg] = reg == IER ? value & 0x0f : value;
}

/* ---- the clock ------------------------------------------------------------------------------- */

#define INDEX		0x70u
#define VALUE		0x71u

static uint8_t bcd(int v)
{
	return v / 10 % 10 << 4 | v % 10;
}

static uint8_t clock_get(unsigned reg)
{
	time_t now = time(NULL);
	struct tm t;

	gmtime_r(&now, &t);
	switch (reg) {
	case 0: return bcd(t.tm_sec);
	case 2: return bcd(t.tm_min);
	case 4: return bcd(t.tm_hour);
	case 6: return bcd(t.tm_wday + 1);
	case 7: return bcd(t.tm_mday);
	case 8: return bcd(t.tm_mon + 1);
	case 9: return bcd(t.tm_year);
	case 11: return 0x02;	/* BCD, 24 hours */
	case 13: return 0x80;	/* the time is valid */
	default: return 0;
	}
}

/* ---- all ports ------------------------------------------------------------------------------- */

static uint8_t get(struct ports *p, uint16_t port)
{
	if (port >= COM1 && port <= COM1 + SCR)
		return uart_get(p, port - COM1);
	return port == VALUE ? clock_get(p->clock) : 0xff;
}

static void put(struct td *td, uint16_t port, uint8_t value)
{
	if (port >= COM1 && port <= COM1 + SCR)
		uart_put(td, port - COM1, value);
	else if (port == INDEX)
		td->ports.clock = value & 0x7f;
}

void vmm_io(struct td *td, bool in, uint16_t port, uint8_t *data, uint32_t bytes)
{
	uint32_t i;

	pthread_mutex_lock(&td->ports.lock);
	for (i = 0; i < bytes; i++) {
		if (in)
			data[i] = get(&td->ports, port);
		else
			put(td, port, data[i]);
	}
	pthread_mutex_unlock(&td->ports.lock);
}
