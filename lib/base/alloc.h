/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Memory of a library that must not end the program: a lack is noted, and the call goes on to its
 * end. An entry point of the library calls base_begin(), works, and asks base_lacks(): if memory
 * lacked anywhere on the way, the result is thrown away and the caller is told.
 *
 * A text that could not be made is base_no_text, an empty text that nobody owns: it can be read,
 * printed and given to base_free(). Structures that could not be made are NULL.
 */
#ifndef SS_LIB_BASE_ALLOC_H
#define SS_LIB_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

extern char base_no_text[];

void *base_alloc(size_t bytes);		/* zeroed; NULL, with the lack noted */
void base_free(void *p);		/* free(), for texts too */

/* The lack of memory is noted for each thread by itself. */
void base_begin(void);			/* forgets an old lack */
void base_lack(void);			/* notes a lack that another library reported */
bool base_lacks(void);
/* Notes a lack if @err, an errno, says so. */
void base_lack_if(int err);

/* Ends the entry point of a library that returns a text: NULL where memory lacked. */
char *base_result(char *text);

#endif
