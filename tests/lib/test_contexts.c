// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Contexts in several threads do not disturb each other: each thread hears what one thread hears.
 *
 * usage: test_contexts LAB OTHER-LAB
 */
#include <seamstep/seamstep.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS	4
#define ROUNDS	8
#define BYTES	16384

struct thread {
	pthread_t id;
	const char *lab, *want;		/* @want: what one thread hears */
	char text[BYTES];
	size_t n;
	enum seamstep_end end;
	char error[256];
};

__attribute__((format(printf, 2, 3)))
static void tell(struct thread *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	t->n += (size_t)vsnprintf(t->text + t->n, BYTES - t->n, fmt, args);
	va_end(args);
}

static void list(struct thread *t, struct seamstep_host *host)
{
	struct seamstep_listed **images;
	char *why;
	size_t i;

	t->end = seamstep_list(host, &images);
	for (i = 0; !t->end && images[i]; i++) {
		why = images[i]->compat ?
			seamstep_reasons_text(images[i]->compat, images[i]->compat->refused) : NULL;
		tell(t, "%s %s %s\n", images[i]->image->name,
		     seamstep_verdict_name(images[i]->verdict), why ? why : "-");
		free(why);
	}
	seamstep_list_free(images);
}

static void plan(struct thread *t, struct seamstep_host *host, bool go)
{
	struct seamstep_update_request request = {
		.size = sizeof(request), .route = { .size = sizeof(request.route) },
		.timeout_ms = 60000,
	};
	struct seamstep_update *update;

	t->end = seamstep_update_plan(host, &request, &update);
	if (!t->end)
		t->end = go ? seamstep_update_step(update) : seamstep_update_check(update, 0);
	if (!go && !t->end)
		tell(t, "%s\n", update->preflight->lines[SEAMSTEP_CHECK_SIGNATURE].text);
	seamstep_update_free(update);
}

static void work(struct thread *t, bool go)
{
	struct seamstep *s = seamstep_new();
	struct seamstep_host *host = NULL, *none;
	struct seamstep_repo *repo = NULL;

	t->n = 0;
	/* An error of one context is not an error of another. */
	if (seamstep_host_open(s, "lab:/nowhere", &none) != SEAMSTEP_UNSUPPORTED)
		tell(t, "a host that is not there opens\n");
	t->end = seamstep_host_open(s, t->lab, &host);
	if (!t->end)
		t->end = seamstep_repo_open(s, seamstep_host_repository(host), &repo);
	if (!t->end && go)
		t->end = seamstep_host_lock(host, "test", 0);
	if (!t->end)
		t->end = seamstep_host_refresh(host, repo);
	if (!t->end && !go)
		list(t, host);
	if (!t->end)
		plan(t, host, go);
	snprintf(t->error, sizeof(t->error), "%s", seamstep_error(s));
	seamstep_host_close(host);
	seamstep_repo_close(repo);
	seamstep_free(s);
}

static bool is_right(const struct thread *t)
{
	return !t->end && !strcmp(t->text, t->want);
}

/* Stops at the first round that went wrong: main() reads the last one. */
static void *look_often(void *arg)
{
	struct thread *t = arg;
	int i;

	for (i = 0; i < ROUNDS && (!i || is_right(t)); i++)
		work(t, false);
	return NULL;
}

static void *update_once(void *arg)
{
	work(arg, true);
	return NULL;
}

static struct thread threads[THREADS];

static void run(int nr, void *(*function)(void *arg))
{
	int i;

	for (i = 0; i < nr; i++)
		if (pthread_create(&threads[i].id, NULL, function, &threads[i]))
			exit(1);
	for (i = 0; i < nr; i++)
		pthread_join(threads[i].id, NULL);
}

static int complain(const char *what, const struct thread *t)
{
	printf("%s: %d %s\n%s", what, (int)t->end, t->error, t->text);
	return 1;
}

int main(int argc, char **argv)
{
	struct thread alone = { .lab = argv[1] };
	int i, bad = 0, updated = 0;

	if (argc != 3)
		return 2;
	work(&alone, false);
	if (alone.end || !alone.n)
		return complain("one thread", &alone);
	for (i = 0; i < THREADS; i++)
		threads[i] = (struct thread){ .lab = argv[1], .want = alone.text };
	run(THREADS, look_often);
	for (i = 0; i < THREADS; i++)
		if (!is_right(&threads[i]))
			bad |= complain("one of several threads", &threads[i]);
	/* A process updates one lab at a time. Another update is told so, or comes later. */
	threads[1].lab = argv[2];
	run(2, update_once);
	for (i = 0; i < 2; i++) {
		updated += threads[i].end == SEAMSTEP_OK;
		if (threads[i].end == SEAMSTEP_NOT_NOW &&
		    strstr(threads[i].error, "another thread of this process updates a lab"))
			continue;
		if (threads[i].end)
			bad |= complain("update", &threads[i]);
	}
	if (!updated)
		bad |= complain("no update", &threads[0]);
	return bad;
}
