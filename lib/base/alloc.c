// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Allocation that notes a lack of memory instead of ending the program. */
#include "alloc.h"

#include <errno.h>
#include <stdlib.h>

/* initial-exec: the first access on a thread must not need memory itself. */
static __thread bool lacks __attribute__((tls_model("initial-exec")));

char base_no_text[1];

void base_begin(void)
{
	lacks = false;
}

void base_lack(void)
{
	lacks = true;
}

bool base_lacks(void)
{
	return lacks;
}

void base_lack_if(int err)
{
	if (err == ENOMEM)
		lacks = true;
}

void *base_alloc(size_t bytes)
{
	void *p = calloc(1, bytes ? bytes : 1);

	if (!p)
		base_lack();
	return p;
}

void base_free(void *p)
{
	if (p != base_no_text)
		free(p);
}

char *base_result(char *text)
{
	if (!lacks && text != base_no_text)
		return text;
	base_free(text);
	return NULL;
}
