// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Signals: before the point of no return a signal stops an update, afterwards a signal does not. */
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t caught, committed;

static void tell(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

static void handle(int number)
{
	(void)number;
	caught = 1;
	if (committed)
		tell("\nseamstep: the update is past the point of no return and will be "
		     "finished\n");
}

void signals_begin(void)
{
	/* Where SIGCHLD is ignored, a child's exit status is lost. */
	signal(SIGCHLD, SIG_DFL);
}

/* nohup, and a shell without job control, ignore signals for this process. */
static void catch_unless_ignored(int number, const struct sigaction *action)
{
	struct sigaction old;

	if (!sigaction(number, NULL, &old) && old.sa_handler != SIG_IGN)
		sigaction(number, action, NULL);
}

void signals_catch(void)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	catch_unless_ignored(SIGINT, &action);
	catch_unless_ignored(SIGTERM, &action);
	catch_unless_ignored(SIGHUP, &action);
	/* Neither a reader of the output that goes away nor a full journal must end an update. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

bool signals_wait_input(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	sigset_t ours, before;
	int ready = -1;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	/* A signal between the look and the wait must not be missed. */
	sigprocmask(SIG_BLOCK, &ours, &before);
	while (!caught && ready < 0) {
		ready = ppoll(&wait, 1, NULL, &before);
		if (ready < 0 && errno != EINTR)
			break;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !caught && ready > 0;
}

bool signals_cancelled(void)
{
	return caught;
}

void signals_commit(void)
{
	committed = 1;
}

void signals_done(void)
{
	committed = 0;
}
