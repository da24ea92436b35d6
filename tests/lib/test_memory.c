// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * libseamstep where memory lacks. Each scenario runs once for each allocation that it makes, and
 * that allocation fails: alone, or with all later ones. Each run is a process of its own. It must
 * end by itself, print nothing, free what it allocated, and either return an error or tell exactly
 * what it tells with enough memory.
 *
 * usage: test_memory LAB IMAGE STRIDE SCENARIO
 *	STRIDE: every so many allocations; =N: only the N-th, with what it told on stdout
 */
#include "fail_malloc.h"

#include <seamstep/seamstep.h>

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TOLD_BYTES 65536

/* What a scenario learnt, without an allocation. In memory that the processes share. */
struct told {
	char text[TOLD_BYTES];
	size_t n;
	bool error;		/* an error was returned */
	char complaint[256];	/* what is wrong with the library */
	long count, leaked;
	bool crypto;		/* an allocation of libcrypto failed: what leaks is libcrypto's */
};

static struct told *told, expected;
static const char *lab, *image_path;
static bool check_leaks;

__attribute__((format(printf, 1, 2)))
static void tell(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	told->n += (size_t)vsnprintf(told->text + told->n, TOLD_BYTES - told->n, fmt, args);
	va_end(args);
	if (told->n >= TOLD_BYTES)
		snprintf(told->complaint, sizeof(told->complaint), "TOLD_BYTES is too small");
}

/* Notes a result. An error must have a text. */
static bool ok(struct seamstep *s, enum seamstep_end end, const char *call)
{
	tell("%s %d\n", call, (int)end);
	if (!end)
		return true;
	told->error = true;
	if (!*seamstep_error(s))
		snprintf(told->complaint, sizeof(told->complaint), "%s: %d without a text", call,
			 (int)end);
	return false;
}

/* A text that was asked for; NULL is the error. Frees it. */
static void text(char *text)
{
	if (text)
		tell("%s\n", text);
	else
		told->error = true;
	free(text);
}

/* ---- scenarios ------------------------------------------------------------------------------- */

static void look_at_image(struct seamstep *s)
{
	uint8_t digest[SS_SHA384_BYTES], *file = NULL;
	struct seamstep_image *image = NULL;
	struct ss_image_error err;
	size_t bytes;
	int i;

	if (!ok(s, seamstep_image_read(s, image_path, false, &image), "read") || !image)
		goto out;
	for (i = SEAMSTEP_IMAGE_CONTAINER; i <= SEAMSTEP_IMAGE_ELF; i++)
		ok(s, seamstep_image_check(s, image, (enum seamstep_image_check)i, NULL, &err), "check");
	if (ok(s, seamstep_image_digest(s, image, SEAMSTEP_IMAGE_KEY, digest), "digest"))
		text(seamstep_hex(digest, sizeof(digest)));
	if (ok(s, seamstep_image_pack(s, 0x200, image->image.sig.raw, image->image.module, &file,
				      &bytes), "pack"))
		tell("%zu bytes\n", bytes);
	text(seamstep_date_text(image->image.sig.date));
out:
	free(file);
	seamstep_image_free(image);
}

static void look_at_route(struct seamstep *s, struct seamstep_host *host)
{
	struct seamstep_route_request request = { .size = sizeof(request), .small_steps = true };
	struct seamstep_route *route = NULL;
	uint32_t i;

	if (ok(s, seamstep_route_find(host, &request, &route), "route"))
		for (i = 0; i < route->nr_hops; i++)
			tell("%s\n", route->hops[i]->image->name);
	seamstep_route_free(route);
}

/* What one document says of the running module. A refusal is an error: libcrypto hides some. */
static void look_at_doc(const struct seamstep_tcb *tcb, size_t i,
			const struct seamstep_tcb_module *module)
{
	const struct seamstep_tcb_doc *doc = seamstep_tcb_doc(tcb, i);
	struct seamstep_tcb_verdict v;

	if (!doc->usable) {
		told->error = true;
		return;
	}
	seamstep_tcb_judge(tcb, i, module, &v);
	tell("%s %u %s %zu\n", doc->name, doc->set, v.word, v.nr_advisories);
	/* Not the date of a lab that was made just now. */
	free(seamstep_tcb_time_text(doc->issued));
}

static void look_at_tcb(struct seamstep *s, struct seamstep_host *host)
{
	const char *path = seamstep_host_tcb_path(host);
	struct seamstep_tcb_request request = {
		.size = sizeof(request), .paths = &path, .nr_paths = 1, .at = time(NULL) + 60,
		.root = seamstep_host_tcb_root(host),
	};
	struct seamstep_route_request wanted = { .size = sizeof(wanted) };
	struct seamstep_route *route = NULL;
	struct seamstep_tcb_module module;
	struct seamstep_tcb *tcb = NULL;
	size_t i;

	if (ok(s, seamstep_tcb_open(s, &request, &tcb), "tcb") &&
	    seamstep_tcb_running(host, &module)) {
		for (i = 0; i < seamstep_tcb_size(tcb); i++)
			look_at_doc(tcb, i, &module);
		wanted.tcb = tcb;
		if (ok(s, seamstep_route_find(host, &wanted, &route), "route by tcb"))
			tell("%u %s\n", route->nr_hops, route->why ? route->why : "-");
	}
	seamstep_route_free(route);
	seamstep_tcb_close(tcb);
}

static void look_at_list(struct seamstep *s, struct seamstep_host *host)
{
	struct seamstep_listed **list = NULL;
	struct ss_version newest = { 0, 0, 0 };
	uint32_t updates;
	size_t i;

	if (ok(s, seamstep_list(host, &list), "list"))
		for (i = 0; list[i]; i++) {
			tell("%s %s\n", list[i]->image->name, seamstep_verdict_name(list[i]->verdict));
			if (list[i]->compat)
				text(seamstep_reasons_text(list[i]->compat,
							   list[i]->compat->refused));
		}
	seamstep_list_free(list);
	if (ok(s, seamstep_newest(host, &newest, &updates), "newest"))
		tell("%u.%u.%u %u\n", newest.major, newest.minor, newest.update, updates);
}

static void look_at_records(struct seamstep *s, struct seamstep_host *host)
{
	struct seamstep_inhibitors *by = NULL;
	struct seamstep_preflight ready;
	unsigned int damaged;
	char *json = NULL;
	size_t i;

	if (ok(s, seamstep_journal_read(host, &json, &damaged), "journal"))
		tell("%u %s\n", damaged, json);
	free(json);
	if (ok(s, seamstep_ready_check(host, 1u << SEAMSTEP_CHECK_INHIBITED, &ready), "ready"))
		tell("ready %d\n", ready.end);
	seamstep_ready_release(&ready);
	if (ok(s, seamstep_inhibitors_read(host, &by), "inhibitors"))
		for (i = 0; i < by->nr; i++)
			tell("%s: %s\n", by->list[i].who, by->list[i].reason);
	seamstep_inhibitors_free(by);
}

static void plan_and_check(struct seamstep *s, struct seamstep_host *host, bool go)
{
	struct seamstep_update_request request = {
		.size = sizeof(request), .route = { .size = sizeof(request.route) },
		.timeout_ms = 60000, .waived = 1u << SEAMSTEP_CHECK_INHIBITED,
	};
	struct seamstep_update *update = NULL;
	uint32_t i;

	if (!ok(s, seamstep_update_plan(host, &request, &update), "plan"))
		goto out;
	if (ok(s, seamstep_update_check(update, 0), "preflight"))
		for (i = 0; i < SEAMSTEP_CHECK_NR; i++)
			tell("%s\n", update->preflight->lines[i].text);
	if (go && ok(s, seamstep_update_step(update), "step"))
		tell("%s\n", update->hops[0]->outcome.verdict);
out:
	seamstep_update_free(update);
}

static void on_host(struct seamstep *s,
		    void (*work)(struct seamstep *s, struct seamstep_host *host))
{
	struct seamstep_host *host = NULL;
	struct seamstep_repo *repo = NULL;

	if (ok(s, seamstep_host_open(s, lab, &host), "host") &&
	    ok(s, seamstep_repo_open(s, seamstep_host_repository(host), &repo), "repo") &&
	    ok(s, seamstep_host_lock(host, "test", 0), "lock") &&
	    ok(s, seamstep_host_refresh(host, repo), "refresh"))
		work(s, host);
	seamstep_host_close(host);
	seamstep_repo_close(repo);
}

static void look_at_policy(struct seamstep *s, struct seamstep_host *host)
{
	static const uint8_t none[1][SS_SHA384_BYTES];
	struct seamstep_policy policy = {
		.size = sizeof(policy), .blocked = none, .nr_blocked = 1,
	};
	uint32_t bucket;

	ok(s, seamstep_host_set_policy(host, &policy), "policy");
	if (ok(s, seamstep_host_bucket(host, "1.5.16", 1000, &bucket), "bucket"))
		tell("%u\n", bucket);
}

/* The journal as a process leaves it that is killed before the host is asked. */
static void interrupt(void)
{
	static const char intent[] =
		"{\"event\":\"intent\",\"id\":\"0123456789abcdef\",\"boot_id\":\"boot-0\","
		"\"from\":\"1.5.09\",\"to\":\"1.5.16\",\"time\":\"2026-01-01T00:00:00Z\"}\n";
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/journal.jsonl", lab + strlen("lab:"));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, intent, strlen(intent)) != (ssize_t)strlen(intent))
		snprintf(told->complaint, sizeof(told->complaint), "the journal cannot be written");
	close(fd);
}

static void settle(struct seamstep *s, struct seamstep_host *host)
{
	char *settled = NULL;

	interrupt();
	if (ok(s, seamstep_reconcile(host, &settled), "reconcile"))
		tell("%s\n", settled);
	free(settled);
}

static void look(struct seamstep *s, struct seamstep_host *host)
{
	look_at_policy(s, host);
	ok(s, seamstep_host_rename(host, "another \033 name"), "rename");
	tell("%s\n", seamstep_host_name(host));
	look_at_list(s, host);
	look_at_route(s, host);
	look_at_records(s, host);
	plan_and_check(s, host, false);
}

static void update(struct seamstep *s, struct seamstep_host *host)
{
	plan_and_check(s, host, true);
}

static void change(struct seamstep *s, struct seamstep_host *host)
{
	size_t removed;

	if (ok(s, seamstep_inhibit(host, "somebody", "for a test"), "inhibit") &&
	    ok(s, seamstep_uninhibit(host, "somebody", &removed), "uninhibit"))
		/* An earlier run that failed in between has left its inhibitor. */
		tell("%s\n", removed ? "removed" : "nothing was there");
}

static void scenario_look(struct seamstep *s)
{
	on_host(s, look);
	look_at_image(s);
}

static void scenario_tcb(struct seamstep *s)
{
	on_host(s, look_at_tcb);
}

static void scenario_reconcile(struct seamstep *s)
{
	on_host(s, settle);
}

static void scenario_update(struct seamstep *s)
{
	on_host(s, update);
}

static void scenario_inhibit(struct seamstep *s)
{
	on_host(s, change);
}

static void hear(void *ctx, const struct seamstep_explain_answer *answer)
{
	(void)ctx;
	tell("%s: %s\n", answer->name, answer->meaning);
}

static void explain_log(void)
{
	static const char log[] = "SEAMCALL failed: CPU 94: leaf 33, error 0xc000092100000122\n";
	struct seamstep_explain *text = seamstep_explain_begin(hear, NULL);

	if (text) {
		seamstep_explain_feed(text, log, strlen(log));
		tell("%u\n", (unsigned int)seamstep_explain_end(text)->answers);
	} else {
		told->error = true;
	}
	seamstep_explain_free(text);
}

static void scenario_sysroot(struct seamstep *s)
{
	struct seamstep_host *host = NULL;
	char **lines = NULL;

	if (ok(s, seamstep_host_open(s, image_path, &host), "host") &&
	    ok(s, seamstep_host_refresh(host, NULL), "refresh")) {
		tell("%s %u\n", seamstep_host_facts(host)->kernel,
		     seamstep_host_facts(host)->compat.nr_fms);
		if (ok(s, seamstep_host_log(host, 0, &lines), "log"))
			tell("%s\n", lines && lines[0] ? lines[0] : "-");
	}
	seamstep_log_free(lines);
	seamstep_host_close(host);
	explain_log();
}

static const struct {
	const char *name;
	void (*run)(struct seamstep *s);
	bool leaks;	/* can be seen: no thread keeps memory behind */
} scenarios[] = {
	{ "look", scenario_look, true },
	{ "inhibit", scenario_inhibit, true },
	{ "reconcile", scenario_reconcile, true },
	{ "tcb", scenario_tcb, true },
	{ "sysroot", scenario_sysroot, true },
	{ "update", scenario_update, false },
};

/* ---- the lab's state ------------------------------------------------------------------------- */

static char state[65536];
static size_t state_bytes;

/* An update changes the lab. Each run begins with the same one. */
static void keep_state(bool restore)
{
	char path[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/lab.json", lab + strlen("lab:"));
	fd = open(path, restore ? O_WRONLY | O_TRUNC : O_RDONLY);
	n = restore ? write(fd, state, state_bytes) : read(fd, state, sizeof(state));
	if (n <= 0)
		exit(1);
	state_bytes = (size_t)n;
	close(fd);
}

/* ---- one run --------------------------------------------------------------------------------- */

static void run(void (*scenario)(struct seamstep *s), long n, bool forever)
{
	long before = fail_malloc_live();
	struct seamstep *s;

	keep_state(true);
	told->n = 0;
	fail_malloc(n, forever);
	s = seamstep_new();
	if (s)
		scenario(s);
	else
		told->error = true;
	seamstep_free(s);
	told->count = fail_malloc_count();
	told->crypto = fail_malloc_struck_crypto();
	fail_malloc(0, false);
	told->leaked = fail_malloc_live() - before;
}

/* In a process of its own, whose output goes to @output. Returns its wait status. */
static int run_apart(void (*scenario)(struct seamstep *s), long n, bool forever, int output)
{
	int status;
	pid_t pid;

	memset(told, 0, sizeof(*told));
	pid = fork();
	if (pid == 0) {
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		alarm(60);
		run(scenario, n, forever);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(1);
	return status;
}

static const char *judge(int status, int output)
{
	if (WIFSIGNALED(status))
		return strsignal(WTERMSIG(status));
	if (WEXITSTATUS(status))
		return "the process ended";
	if (lseek(output, 0, SEEK_END) > 0)
		return "something was printed";
	if (*told->complaint)
		return told->complaint;
	if (check_leaks && told->leaked && !told->crypto)
		return "memory was not freed";
	if (!told->error && strcmp(told->text, expected.text))
		return "another answer, and no error";
	return NULL;
}

/* Returns the number of failures. */
static int sweep(void (*scenario)(struct seamstep *s), const char *which, bool forever)
{
	int output = memfd_create("output", 0), bad = 0;
	long n = *which == '=' ? atol(which + 1) : 1;
	long stride = *which == '=' ? expected.count : atol(which), runs = 0, errors = 0;

	for (; n <= expected.count; n += stride, runs++) {
		const char *wrong;

		if (ftruncate(output, 0) || lseek(output, 0, SEEK_SET))
			return 1;
		wrong = judge(run_apart(scenario, n, forever, output), output);
		errors += told->error;
		if (*which == '=')
			printf("%s", told->text);
		if (wrong && bad++ < 10)
			printf("allocation %ld of %ld%s: %s (leaked %ld)\n", n, expected.count,
			       forever ? " and later" : "", wrong, told->leaked);
	}
	close(output);
	printf("%s: %ld of %ld allocations, %ld errors, %d wrong\n",
	       forever ? "from one on" : "one alone", runs, expected.count, errors, bad);
	/* An allocator that never failed would prove nothing. */
	return bad + (errors == 0);
}

int main(int argc, char **argv)
{
	size_t i;
	int bad;

	if (argc != 5)
		return 2;
	lab = argv[1];
	image_path = argv[2];
	keep_state(false);
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (strcmp(argv[4], scenarios[i].name))
			continue;
		check_leaks = scenarios[i].leaks;
		/* libcrypto keeps what its first use allocates. */
		run(scenarios[i].run, 0, false);
		if (told->error || run_apart(scenarios[i].run, 0, false, STDOUT_FILENO) ||
		    told->error) {
			printf("with enough memory:\n%s", told->text);
			return 1;
		}
		expected = *told;
		fflush(stdout);
		bad = sweep(scenarios[i].run, argv[3], false);
		bad += sweep(scenarios[i].run, argv[3], true);
		return bad != 0;
	}
	return 2;
}
