/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Metadata fields of TDs and vCPUs, and how an ID names a field. Private to sim/. */
#ifndef SS_SIM_TD_FIELDS_H
#define SS_SIM_TD_FIELDS_H

#include "td.h"

/*
 * A field, or @count fields with consecutive IDs. Each set of fields gives @from its own meaning; 0
 * always is a field that exists and that a host cannot read.
 */
#define SIM_FIELD_HIDDEN	0u

struct sim_field {
	uint64_t id;		/* of the first field */
	uint16_t count;
	uint8_t from;
	uint8_t needs;		/* bit of TDX_FEATURES0 that the field needs; 0: none */
	uint16_t offset;	/* of a member of a control page */
	uint16_t bytes;		/* of the member, or of an element of it */
	uint64_t value;		/* a constant's */
	uint64_t readable;	/* bits that a host can read; 0: all of them */
	uint64_t writable;	/* bits that TDH.VP.WR can write */
};

struct sim_field_set {
	const struct sim_field *field;	/* in the order of class and code */
	uint32_t nr;
};

/* A field of a set, and its element of @count. */
struct sim_field_at {
	const struct sim_field *field;
	uint32_t element;
};

/* An ID that names no field. */
#define SIM_NO_FIELD	UINT64_MAX

/* Returns false if the module has no field of this ID. */
bool sim_field_find(const struct sim *s, const struct sim_field_set *set, uint64_t id,
		    struct sim_field_at *at);
/* The ID of the first field that a host can read, or of the next one, or SIM_NO_FIELD. */
uint64_t sim_field_first(const struct sim *s, const struct sim_field_set *set);
uint64_t sim_field_next(const struct sim *s, const struct sim_field_set *set,
			const struct sim_field_at *at);
/* A mask of all bits of an element. */
uint64_t sim_field_mask(const struct sim_field *field);

#endif
