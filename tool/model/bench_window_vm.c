// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * "seamstep bench window --vm": windows of updates in a real kernel under emulation, by the driver
 * and by a step machine like Linux 7.3's. A source tree's tests/vm/bench-window runs the machines;
 * this file reads their output and computes medians and quartiles.
 */
#include "bench.h"

#include "core/platform.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HARNESS		"tests/vm/bench-window"
#define MAX_MACHINES	16
#define MAX_SAMPLES	1024u

enum way { OURS, THEIRS, WAYS };
static const char *const way_names[WAYS] = { "ours", "theirs" };

enum what { WINDOW, WAITING, STEP, WHATS };	/* STEP: in picoseconds, an average over many */

struct samples {
	uint64_t values[MAX_SAMPLES];
	size_t n;
};

struct machine {
	unsigned int cpus;
	char clock[32], kernel[64], source[32];
	struct samples samples[WAYS][WHATS];
};

/* ---- the machines' output -------------------------------------------------------------------- */

static bool add(struct samples *s, uint64_t value)
{
	if (s->n == MAX_SAMPLES)
		return false;
	s->values[s->n++] = value;
	return true;
}

/* Reads a line of one way. Lines of other forms are for other readers. */
static bool read_way(struct machine *m, enum way way, const char *line)
{
	struct samples *s = m->samples[way];
	uint64_t a, b;

	if (sscanf(line, "window_ns=%" SCNu64 " waiting_ns=%" SCNu64, &a, &b) == 2)
		return a && b <= a && add(&s[WINDOW], a) && add(&s[WAITING], b);
	if (sscanf(line, "empty steps=%" SCNu64 " ns=%" SCNu64, &a, &b) == 2)
		return a && add(&s[STEP], b * 1000 / a);
	return true;
}

/* A line "machine" begins the lines about the next machine. False if a line makes no sense. */
static bool read_line(struct machine *machines, size_t *nr, const char *line)
{
	struct machine *m = *nr ? &machines[*nr - 1] : NULL;

	if (!strncmp(line, "machine ", 8)) {
		if (*nr == MAX_MACHINES)
			return false;
		m = &machines[(*nr)++];
		return sscanf(line, "machine cpus=%u clock=%31s kernel=%63s", &m->cpus, m->clock,
			      m->kernel) == 3;
	}
	if (!m)
		return true;
	if (!strncmp(line, "ours ", 5))
		return read_way(m, OURS, line + 5);
	if (!strncmp(line, "theirs ", 7))
		return read_way(m, THEIRS, line + 7);
	sscanf(line, "clocksource %31s", m->source);
	return true;
}

static bool is_complete(const struct machine *m)
{
	size_t way, what;

	for (way = 0; way < WAYS; way++)
		for (what = 0; what < WHATS; what++)
			if (!m->samples[way][what].n)
				return false;
	return true;
}

/* ---- running the machines -------------------------------------------------------------------- */

/* In @source; without @source, in the current directory or the build's tree. NULL: none. */
static char *find_harness(const char *source)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *paths[3], *found = NULL;
	size_t i;

	exe[n < 0 ? 0 : n] = '\0';
	paths[0] = source ? text_format("%s/" HARNESS, source) : text_format("./" HARNESS);
	paths[1] = source ? NULL : text_format("%s/../../" HARNESS, dirname(exe));
	paths[2] = NULL;
	for (i = 0; paths[i]; i++) {
		if (!found && !access(paths[i], X_OK))
			found = paths[i];
		else
			free(paths[i]);
	}
	return found;
}

static FILE *start(char **argv, pid_t *pid)
{
	int fds[2];

	if (pipe(fds))
		return NULL;
	fflush(NULL);
	*pid = fork();
	if (*pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execv(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	if (*pid > 0)
		return fdopen(fds[0], "r");
	close(fds[0]);
	return NULL;
}

/* The harness prints its messages on stderr. */
static int run_harness(char **argv, struct machine *machines, size_t *nr)
{
	bool sound = true;
	char line[256];
	int status = 0;
	pid_t pid;
	FILE *in = start(argv, &pid);

	if (!in)
		return out_fail(EXIT_ERROR, "%s cannot be run: %s", argv[0], strerror(errno));
	while (fgets(line, sizeof(line), in))
		sound = sound && read_line(machines, nr, line);
	fclose(in);
	waitpid(pid, &status, 0);
	if (status)
		return out_fail(EXIT_ERROR, "%s failed; the reason is above", argv[0]);
	if (!sound || !*nr || !is_complete(&machines[*nr - 1]))
		return out_fail(EXIT_ERROR, "%s printed a line that seamstep cannot read", argv[0]);
	return EXIT_OK;
}

/* ---- medians and quartiles ------------------------------------------------------------------- */

struct summary {
	uint64_t median, low, high;	/* the quartiles */
};

static struct summary sum_up(struct samples *s)
{
	struct summary q = { .median = bench_median(s->values, s->n) };	/* sorts */

	q.low = s->values[s->n / 4];
	q.high = s->values[(3 * s->n) / 4];
	return q;
}

static json_t *summary_json(struct summary q, uint64_t unit)
{
	return json_pack("{s:I, s:I, s:I}", "median", (json_int_t)(q.median / unit), "quartile_low",
			 (json_int_t)(q.low / unit), "quartile_high", (json_int_t)(q.high / unit));
}

static double ratio(uint64_t a, uint64_t b)
{
	return b ? (double)a / (double)b : 0;
}

static json_t *row_json(struct machine *m)
{
	json_t *row = json_pack("{s:i, s:s, s:s, s:s}", "vcpus", (int)m->cpus, "clock", m->clock,
				"kernel", m->kernel, "clocksource", m->source), *o;
	struct summary q[WAYS][WHATS];
	enum way way;

	for (way = 0; way < WAYS; way++) {
		q[way][WINDOW] = sum_up(&m->samples[way][WINDOW]);
		q[way][WAITING] = sum_up(&m->samples[way][WAITING]);
		q[way][STEP] = sum_up(&m->samples[way][STEP]);
		o = json_pack("{s:i, s:o, s:o, s:f, s:o}", "windows",
			      (int)m->samples[way][WINDOW].n,
			      "window_ns", summary_json(q[way][WINDOW], 1),
			      "waiting_ns", summary_json(q[way][WAITING], 1),
			      "waiting_share", ratio(q[way][WAITING].median, q[way][WINDOW].median),
			      "empty_step_ns", summary_json(q[way][STEP], 1000));
		json_object_set_new(row, way_names[way], o);
	}
	json_object_set_new(row, "window_ratio", json_real(ratio(q[OURS][WINDOW].median,
								   q[THEIRS][WINDOW].median)));
	json_object_set_new(row, "empty_step_ratio",
			    json_real(ratio(q[OURS][STEP].median, q[THEIRS][STEP].median)));
	return row;
}

static int64_t median_of(const json_t *row, const char *way, const char *what)
{
	const json_t *o = json_object_get(json_object_get(row, way), what);

	return json_integer_value(json_object_get(o, "median"));
}

static char *window_text(const json_t *row, const char *way)
{
	const json_t *o = json_object_get(json_object_get(row, way), "window_ns");
	char *median = text_duration((uint64_t)median_of(row, way, "window_ns")), *text;

	text = text_format("%s (%.1f-%.1f)", median,
			   (double)json_integer_value(json_object_get(o, "quartile_low")) / 1e6,
			   (double)json_integer_value(json_object_get(o, "quartile_high")) / 1e6);
	free(median);
	return text;
}

static char *share_text(const json_t *row, const char *way)
{
	return text_format("%.2f %%", 100 * json_real_value(json_object_get(
					     json_object_get(row, way), "waiting_share")));
}

static void print_row(struct out_table *table, const json_t *row)
{
	char *cells[9] = {
		text_format("%lld", (long long)json_integer_value(json_object_get(row, "vcpus"))),
		window_text(row, "ours"), share_text(row, "ours"),
		window_text(row, "theirs"), share_text(row, "theirs"),
		text_format("%.2f", json_real_value(json_object_get(row, "window_ratio"))),
		text_duration((uint64_t)median_of(row, "ours", "empty_step_ns")),
		text_duration((uint64_t)median_of(row, "theirs", "empty_step_ns")),
		text_format("%.2f", json_real_value(json_object_get(row, "empty_step_ratio"))),
	};
	size_t i;

	out_table_row(table, (const char *const *)cells);
	for (i = 0; i < SS_ARRAY_SIZE(cells); i++)
		free(cells[i]);
}

static void print_report(const json_t *rows, const struct machine *m)
{
	static const struct out_column columns[] = {
		{ "VCPUS", true }, { "OUR WINDOW", true }, { "WAITING", true },
		{ "LIKE 7.3", true }, { "WAITING", true }, { "RATIO", true },
		{ "OUR EMPTY STEP", true }, { "LIKE 7.3", true }, { "RATIO", true },
	};
	struct out_table *table = out_table_new(columns, SS_ARRAY_SIZE(columns));
	char *machine = bench_machine_text();
	const json_t *row;
	size_t i;

	printf("Model in a kernel, Linux %s, QEMU without KVM on %s\n"
	       "Medians of %zu windows, quartiles in ms\n\n",
	       m->kernel, machine, m->samples[OURS][WINDOW].n);
	json_array_foreach(rows, i, row)
		print_row(table, row);
	out_table_end(table, stdout);
	printf("\nWAITING: the part of a window in which no CPU is at work. ");
	if (strcmp(m->clock, "turns"))
		printf("The CPUs are threads, which the host\nmay preempt");
	else
		printf("Time is counted in instructions,\n8 ns each, of all CPUs together");
	printf("; nothing here says what caches cost, or how long a real machine takes.\n");
	free(machine);
}

static int report(struct machine *machines, size_t nr)
{
	json_t *rows = json_array(), *doc;
	size_t i;

	for (i = 0; i < nr; i++)
		json_array_append_new(rows, row_json(&machines[i]));
	if (out_json_wanted()) {
		doc = out_json_doc("seamstep.bench.window.vm/1");
		json_object_set_new(doc, "machine", bench_machine_json());
		json_object_set_new(doc, "backend", json_string("model in a kernel"));
		json_object_set_new(doc, "rows", rows);
		return out_json_end(doc, EXIT_OK);
	}
	print_report(rows, machines);
	json_decref(rows);
	return EXIT_OK;
}

int bench_window_vm(const char *source, const uint64_t *vcpus, size_t nr, uint64_t runs)
{
	struct machine *machines;
	char *argv[4] = { find_harness(source), text_format("%" PRIu64, runs) };
	size_t i, done = 0;
	int rc = EXIT_OK;

	if (!argv[0]) {
		free(argv[1]);
		return out_fail(EXIT_ERROR, "expected " HARNESS " %s%s, found no such file; run "
				"the command in a source tree of seamstep, or name a tree with "
				"--source",
				source ? "below " : "here", source ? source : "");
	}
	machines = memory_alloc(MAX_MACHINES * sizeof(*machines));
	for (i = 0; i < nr && rc == EXIT_OK; i++) {
		argv[2] = text_format("%" PRIu64, vcpus[i]);
		rc = run_harness(argv, machines, &done);
		free(argv[2]);
	}
	if (rc == EXIT_OK)
		rc = report(machines, done);
	free(machines);
	free(argv[0]);
	free(argv[1]);
	return rc;
}
