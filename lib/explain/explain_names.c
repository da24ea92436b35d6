// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Names of operands, MSRs, metadata fields and leaves, both ways. */
#include "explain_internal.h"

#include "core/names.h"

#include <string.h>
#include <strings.h>

struct row {
	const char *name;
	uint64_t id;
	uint32_t elements;
};

#define ROW(name, id) { (name), (id), 1 },
#define FIELD(name, id, elements) { (name), (id), (elements) },
#define SUBJECT(byte, text) { (text), (byte), 1 },
static const struct row operands[] = { SS_OPERANDS(ROW) };
static const struct row msrs[] = { SS_MSRS(ROW) };
static const struct row fields[] = { SS_FIELDS(FIELD) };
static const struct row subjects[] = { SS_STATUS_SUBJECTS(SUBJECT) };

/*
 * What tells fields apart: class, context, code. The size, and whether the host may write (bit 63),
 * are ignored by a module, but a TD's field must not get a system field's name.
 */
#define FIELD_KEY	0x3f70000000ffffffULL
#define FIELD_ZERO	0x408bfffcff000000ULL	/* bits that must be 0 */

bool explain_same(const char *a, const char *b)
{
	return !strcasecmp(a, b);
}

static const struct row *by_id(const struct row *rows, size_t nr, uint64_t id)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

static bool by_name(const struct row *rows, size_t nr, const char *name, uint64_t *id)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (explain_same(rows[i].name, name)) {
			*id = rows[i].id;
			return true;
		}
	}
	return false;
}

static const char *name_of(const struct row *row)
{
	return row ? row->name : NULL;
}

const char *explain_operand_name(uint64_t id)
{
	return name_of(by_id(operands, SS_ARRAY_SIZE(operands), id));
}

const char *explain_msr_name(uint64_t number)
{
	return name_of(by_id(msrs, SS_ARRAY_SIZE(msrs), number));
}

const char *explain_subject(uint64_t status)
{
	return name_of(by_id(subjects, SS_ARRAY_SIZE(subjects), status >> 40 & 0xff));
}

bool explain_is_field(uint64_t id)
{
	return !(id & FIELD_ZERO);
}

const char *explain_field_name(uint64_t id, uint32_t *element)
{
	uint64_t distance;
	size_t i;

	if (!explain_is_field(id))
		return NULL;
	for (i = 0; i < SS_ARRAY_SIZE(fields); i++) {
		distance = (id & FIELD_KEY) - (fields[i].id & FIELD_KEY);
		if (distance < fields[i].elements) {
			*element = (uint32_t)distance;
			return fields[i].name;
		}
	}
	return NULL;
}

/* "R08" is how Linux spells R8. */
bool explain_operand_by_name(const char *name, uint64_t *id)
{
	const char brief[] = { 'R', name[0] && name[1] == '0' ? name[2] : '\0', '\0' };

	if ((name[0] == 'R' || name[0] == 'r') && brief[1] && !name[3])
		name = brief;
	return by_name(operands, SS_ARRAY_SIZE(operands), name, id);
}

/* With or without the MSR_ of Linux's names. */
bool explain_msr_by_name(const char *name, uint64_t *number)
{
	return by_name(msrs, SS_ARRAY_SIZE(msrs), strncasecmp(name, "MSR_", 4) ? name : name + 4,
		       number);
}

bool explain_field_by_name(const char *name, uint64_t *id)
{
	return by_name(fields, SS_ARRAY_SIZE(fields), name, id);
}

bool explain_leaf_by_name(const char *name, uint64_t *leaf)
{
	char dotted[64];
	size_t i;

	if (strncasecmp(name, "tdh", 3) && strncasecmp(name, "seamldr", 7))
		return false;
	for (i = 0; name[i]; i++) {
		if (i == sizeof(dotted) - 1)
			return false;
		dotted[i] = name[i] == '_' ? '.' : name[i];
	}
	dotted[i] = '\0';
	return ss_leaf_by_name(dotted, leaf);
}

bool explain_leaf_is_known(uint64_t leaf)
{
	uint64_t found;

	return ss_leaf_by_name(ss_leaf_name(leaf), &found);
}

const char *seamstep_explain_register_name(uint32_t id)
{
	return id < SEAMSTEP_EXPLAIN_REGISTERS ? explain_operand_name(id) : NULL;
}
