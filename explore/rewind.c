/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Memory that can be restored to an earlier state.
 *
 * At the mark the memory is copied and made read-only. The first write to a page causes a signal.
 * The handler makes the page writable for good and adds its number to a list. To restore the
 * memory, the pages on the list are copied back. A page that is not on the list cannot have
 * changed, because the processor would have caused a signal. An explored program writes the same
 * few pages in each execution, so the signals soon stop. (A debugger has to pass the signals on:
 * "handle SIGSEGV nostop noprint".)
 */
#define _DEFAULT_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "rewind.h"

#define PAGE	4096u

static struct rewind *marked;	/* all memories that have a mark */
static struct sigaction outer;	/* the handler of signals that are not ours */

static struct rewind *owner_of(const unsigned char *address)
{
	struct rewind *r = marked;

	while (r && (address < r->mem || address >= r->mem + r->bytes))
		r = r->next;
	return r;
}

/* The fault is not ours: the instruction runs again without our handler. */
static void pass_on(void)
{
	sigaction(SIGSEGV, &outer, NULL);
}

static void on_write(int signal, siginfo_t *info, void *context)
{
	struct rewind *r = owner_of(info->si_addr);
	size_t page;

	(void)signal;
	(void)context;
	if (!r) {
		pass_on();
		return;
	}
	page = (size_t)((unsigned char *)info->si_addr - r->mem) / PAGE;
	if (mprotect(r->mem + page * PAGE, PAGE, PROT_READ | PROT_WRITE))
		abort();
	r->written[r->nr_written++] = (uint32_t)page;
}

/* Called for each mark: a test framework takes the signal for itself when a test begins. */
static bool catch_writes(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO }, before;

	action.sa_sigaction = on_write;
	if (sigaction(SIGSEGV, &action, &before))
		return false;
	if (!(before.sa_flags & SA_SIGINFO) || before.sa_sigaction != on_write)
		outer = before;
	return true;
}

static void *map(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

bool rewind_init(struct rewind *r, size_t bytes)
{
	memset(r, 0, sizeof(*r));
	r->bytes = (bytes + PAGE - 1) / PAGE * PAGE;
	r->mem = bytes ? map(r->bytes) : NULL;
	return r->mem;
}

bool rewind_mark(struct rewind *r)
{
	r->saved = map(r->bytes);
	r->written = calloc(r->bytes / PAGE, sizeof(*r->written));
	if (!r->saved || !r->written || !catch_writes())
		return false;
	memcpy(r->saved, r->mem, r->bytes);
	r->next = marked;
	marked = r;
	return !mprotect(r->mem, r->bytes, PROT_READ);
}

void rewind_back(struct rewind *r)
{
	uint32_t i;

	if (!catch_writes())
		abort();
	for (i = 0; i < r->nr_written; i++)
		memcpy(r->mem + (size_t)r->written[i] * PAGE,
		       r->saved + (size_t)r->written[i] * PAGE, PAGE);
}

static void forget(struct rewind *r)
{
	struct rewind **at = &marked;

	while (*at && *at != r)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = r->next;
	if (!marked)
		sigaction(SIGSEGV, &outer, NULL);
}

void rewind_fini(struct rewind *r)
{
	forget(r);
	if (r->mem)
		munmap(r->mem, r->bytes);
	if (r->saved)
		munmap(r->saved, r->bytes);
	free(r->written);
	memset(r, 0, sizeof(*r));
}
