/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Layouts of bytes that the firmware sees: each field's offset and size, held against each other.
 *
 * A layout is a list X(NAME, offset, bytes) of all fields in order, reserved ones included. Then
 *
 *	SS_LAYOUT(LIST, TOTAL, bytes);
 *
 * makes each NAME a constant, its offset. It does not build where a field begins elsewhere than
 * behind the one before it, or where the last one ends elsewhere than at @bytes. TOTAL is a name
 * for the end.
 */
#ifndef SS_CORE_LAYOUT_H
#define SS_CORE_LAYOUT_H

/* An enumerator without a value is one more than the one before it: one behind the last byte. */
#define SS_LAYOUT_FIELD(NAME, offset, bytes)	NAME, NAME##_LAST = NAME + (bytes) - 1,
#define SS_LAYOUT_CHECK(NAME, offset, bytes) \
	_Static_assert(NAME == (offset) && (bytes) > 0, #NAME " is where the firmware sees it");
#define SS_LAYOUT(LIST, TOTAL, bytes) \
	enum { LIST(SS_LAYOUT_FIELD) TOTAL }; \
	LIST(SS_LAYOUT_CHECK) \
	_Static_assert(TOTAL == (bytes), "the fields fill the structure")

#endif
