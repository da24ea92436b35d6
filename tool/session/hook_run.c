// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Runs one hook. The hook cannot hold the update up: its time is bounded, its output is read as it
 * comes and bounded too, its input lies in memory, and nothing waits for processes that the hook
 * left behind.
 */
#include "hooks.h"

#include "tool/base/memory.h"
#include "tool/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_LINES	50u
#define LINE_ROOM	200u
#define GRACE_MS	2000u	/* between SIGTERM and SIGKILL */

struct running {
	const struct hook_call *call;
	pid_t pid;
	int pidfd, out;
	char line[LINE_ROOM + 1];
	size_t n, lines;
	uint64_t deadline_ms;
	const char *stopped;		/* what else than an exit status is told; or NULL */
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- its output ------------------------------------------------------------------------------ */

static void end_line(struct running *r)
{
	char *shown;

	r->line[r->n] = '\0';
	r->n = 0;
	if (r->lines++ > MAX_LINES)
		return;
	shown = text_escape(r->line);
	if (r->lines > MAX_LINES)
		fprintf(stderr, "hook %s: more output is left out\n", r->call->name);
	else
		fprintf(stderr, "hook %s: %s\n", r->call->name, shown);
	free(shown);
}

static void take_output(struct running *r, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (bytes[i] != '\n')
			r->line[r->n++] = bytes[i] ? bytes[i] : ' ';
		if (bytes[i] == '\n' || r->n == LINE_ROOM)
			end_line(r);
	}
}

/* False at the end of the output. */
static bool read_output(struct running *r)
{
	char bytes[4096];
	ssize_t got = read(r->out, bytes, sizeof(bytes));

	if (got > 0)
		take_output(r, bytes, (size_t)got);
	return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* What is in the pipe when the hook has ended. A process that the hook left may hold the pipe. */
static void drain(struct running *r)
{
	struct pollfd p = { .fd = r->out, .events = POLLIN };
	int i;

	for (i = 0; i < 64 && poll(&p, 1, 0) > 0 && read_output(r); i++)
		;
	if (r->n)
		end_line(r);
}

/* ---- its process ----------------------------------------------------------------------------- */

static int input_of(const char *text)
{
	int fd = memfd_create("hook", MFD_CLOEXEC);
	size_t n = strlen(text);

	if (fd >= 0 && (write(fd, text, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* @told: takes the errno if the hook cannot be started, and is closed when it is. */
static void become(const struct hook_call *call, int in, int out, int told)
{
	char *const argv[] = { (char *)call->path, NULL };
	sigset_t none;
	size_t i;

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	for (i = 0; call->environment[i]; i++)
		putenv(call->environment[i]);
	if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(out, 2) >= 0 &&
	    !close_range(3, ~0u, CLOSE_RANGE_CLOEXEC))
		execv(call->path, argv);
	_exit(write(told, &errno, sizeof(errno)) == sizeof(errno) ? 127 : 126);
}

/* Zero, or the errno of a start that failed. */
static int start(struct running *r)
{
	int in = input_of(r->call->input), out[2] = { -1, -1 }, told[2] = { -1, -1 }, err = 0;

	r->pid = -1;
	if (in >= 0 && !pipe2(out, O_CLOEXEC) && !pipe2(told, O_CLOEXEC)) {
		fflush(NULL);
		r->pid = fork();
	}
	if (r->pid == 0)
		become(r->call, in, out[1], told[1]);
	if (r->pid < 0)
		err = errno;
	else
		setpgid(r->pid, r->pid);
	close(in);
	close(out[1]);
	close(told[1]);
	r->out = out[0];
	while (r->pid > 0 && read(told[0], &err, sizeof(err)) < 0 && errno == EINTR)
		;
	close(told[0]);
	if (r->pid > 0 && fcntl(r->out, F_SETFL, O_NONBLOCK) == 0)
		r->pidfd = pidfd_open(r->pid, 0);
	return err;
}

/* A file that is there and is not found is a script. */
static char *start_text(const struct hook_call *call, int err)
{
	bool script = err == ENOENT && !access(call->path, F_OK);

	return text_format("it cannot be started: %s%s", strerror(err), script ?
			   " (the interpreter that its first line names)" : "");
}

/* True when the hook's process has ended; its number is still taken. */
static bool has_ended(const struct running *r)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

static void wait_some(struct running *r, uint64_t until_ms)
{
	struct pollfd p[2] = { { .fd = r->pidfd, .events = POLLIN },
			       { .fd = r->out, .events = POLLIN } };
	uint64_t now = now_ms(), left = until_ms > now ? until_ms - now : 0;

	/* A signal may come just before poll(): look at it after half a second at the latest. */
	if (poll(p, 2, left > 500 ? 500 : (int)left) > 0 && p[1].revents && !read_output(r)) {
		close(r->out);
		r->out = -1;
	}
}

static void wait_until(struct running *r, uint64_t until_ms, bool (*cancelled)(void))
{
	while (!has_ended(r) && now_ms() < until_ms && !(cancelled && cancelled()))
		wait_some(r, until_ms);
}

static char *ending(const struct running *r, int status)
{
	if (r->stopped)
		return text_format("%s", r->stopped);
	if (WIFSIGNALED(status))
		return text_format("ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status) ? text_format("exit status %d", WEXITSTATUS(status)) : NULL;
}

static void stop(struct running *r)
{
	bool late = now_ms() >= r->deadline_ms;

	r->stopped = late ? "its time was over, and it was killed" :
		     "it was killed, since this command was told to end";
	kill(-r->pid, SIGTERM);
	wait_until(r, now_ms() + GRACE_MS, NULL);
}

char *hook_run(const struct hook_call *call)
{
	struct running r = { .call = call, .pidfd = -1, .out = -1,
			     .deadline_ms = now_ms() + 1000ull * call->timeout_s };
	int status = 0, ended, err = start(&r);

	if (r.pid < 0) {
		close(r.out);
		return start_text(call, err);
	}
	wait_until(&r, r.deadline_ms, call->cancelled);
	if (!has_ended(&r))
		stop(&r);
	/* What the hook left in its group ends with it. */
	kill(-r.pid, SIGKILL);
	do {
		ended = waitpid(r.pid, &status, 0);
	} while (ended < 0 && errno == EINTR);
	if (ended < 0)
		r.stopped = "nobody knows how it ended";
	drain(&r);
	if (r.out >= 0)
		close(r.out);
	if (r.pidfd >= 0)
		close(r.pidfd);
	return err ? start_text(call, err) : ending(&r, status);
}
