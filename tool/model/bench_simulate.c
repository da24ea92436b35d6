// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep bench simulate": the time of whole simulations by number of LPs. */
#include "bench.h"
#include "model.h"

#include "lab/simulate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_SIZES	16
#define MAX_RUNS	99
#define LPS_A_TD	4	/* 512 LPs have 128 TDs */

struct bench_options {
	uint32_t lps[MAX_SIZES];
	uint32_t nr_sizes, runs;
	bool json;
};

/* The figures of one run. A child process sends them to its parent. */
struct sample {
	int exit;
	uint64_t window_ns, stop_ns, wall_ns, seamcalls, peak_bytes;
};

/* The medians for one number of LPs. */
struct figures {
	uint32_t lps, tds;
	uint64_t window_ns, stop_ns, wall_ns, seamcalls_per_s, peak_bytes;
};

static uint32_t tds_of(uint32_t lps)
{
	return lps >= LPS_A_TD ? lps / LPS_A_TD : 1;
}

static void simulate_once(uint32_t lps, uint64_t seed, struct sample *out)
{
	struct simulation s = { .options = NULL };
	struct simulate_options o;
	uint64_t start = ss_now_ns();
	bool done;

	simulate_options_init(&o);
	o.lps = lps;
	o.tds = tds_of(lps);
	o.seed = seed;
	o.progress = model_progress;
	done = simulate_run(&s, &o);
	out_progress_end();
	if (!done)
		fprintf(stderr, "seamstep: %u LPs: %s\n", lps, s.error);
	out->exit = exit_of(s.ended);
	if (s.ran) {
		out->window_ns = simulate_window_ns(&s);
		out->stop_ns = s.update.window.open_ns - s.update.window.asked_ns;
		out->seamcalls = s.sim_end.calls;
	}
	simulate_release(&s);
	out->wall_ns = ss_now_ns() - start;
}

/* Runs in a child process to measure the peak memory of this run alone. False with errno set. */
static bool run_child(uint32_t lps, uint64_t seed, struct sample *out)
{
	struct rusage usage;
	int fds[2], status;
	ssize_t got;
	pid_t pid;

	if (pipe(fds))
		return false;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		simulate_once(lps, seed, out);
		_exit(write(fds[1], out, sizeof(*out)) != sizeof(*out));
	}
	close(fds[1]);
	got = pid > 0 ? read(fds[0], out, sizeof(*out)) : -1;
	close(fds[0]);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return false;
	out->peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
	errno = EIO;
	return got == sizeof(*out);
}

static int measure(uint32_t lps, uint32_t runs, struct figures *out)
{
	uint64_t window[MAX_RUNS], stop[MAX_RUNS], wall[MAX_RUNS], rate[MAX_RUNS], peak[MAX_RUNS];
	struct sample sample = { .exit = EXIT_ERROR };
	uint32_t i;

	for (i = 0; i < runs; i++) {
		if (!run_child(lps, i + 1, &sample))
			return out_fail(EXIT_ERROR, "%u LPs: the process of the run ended without a result: %s", lps,
					strerror(errno));
		if (sample.exit != EXIT_OK)
			return out_fail(sample.exit, "%u LPs: the simulation ended as %s", lps,
					exit_name(sample.exit));
		window[i] = sample.window_ns;
		stop[i] = sample.stop_ns;
		wall[i] = sample.wall_ns;
		rate[i] = sample.seamcalls * 1000000000ULL / sample.wall_ns;
		peak[i] = sample.peak_bytes;
	}
	*out = (struct figures){
		.lps = lps, .tds = tds_of(lps), .window_ns = bench_median(window, runs),
		.stop_ns = bench_median(stop, runs), .wall_ns = bench_median(wall, runs),
		.seamcalls_per_s = bench_median(rate, runs),
		.peak_bytes = bench_median(peak, runs),
	};
	return EXIT_OK;
}

static void print_row(struct out_table *table, const struct figures *f)
{
	char *lps = text_format("%u", f->lps), *tds = text_format("%u", f->tds);
	char *stop = text_duration(f->stop_ns), *window = text_duration(f->window_ns);
	char *rate = text_format("%" PRIu64, f->seamcalls_per_s), *wall = text_duration(f->wall_ns);
	char *peak = text_format("%" PRIu64 " MiB", f->peak_bytes >> 20);
	const char *cells[] = { lps, tds, stop, window, rate, wall, peak };

	out_table_row(table, cells);
	free(peak);
	free(wall);
	free(rate);
	free(window);
	free(stop);
	free(tds);
	free(lps);
}

static void print_table(const struct bench_options *o, const struct figures *figures)
{
	static const struct out_column columns[] = {
		{ "LPS", true }, { "TDS", true }, { "STOP", true }, { "WINDOW", true },
		{ "SEAMCALLS/S", true }, { "WALL", true }, { "PEAK RSS", true },
	};
	struct out_table *table = out_table_new(columns, SS_ARRAY_SIZE(columns));
	char *machine = bench_machine_text();
	uint32_t i;

	for (i = 0; i < o->nr_sizes; i++)
		print_row(table, &figures[i]);
	printf("Whole simulations on the software model, medians of %u; %s\n", o->runs, machine);
	out_table_end(table, stdout);
	free(machine);
}

static int print_json(const struct bench_options *o, const struct figures *figures)
{
	json_t *doc = out_json_doc("seamstep.bench.simulate/1"), *list = json_array();
	uint32_t i;

	for (i = 0; i < o->nr_sizes; i++) {
		const struct figures *f = &figures[i];

		json_array_append_new(
			list, json_pack("{s:i, s:i, s:I, s:I, s:I, s:I, s:I}", "lps", (int)f->lps,
					"tds", (int)f->tds, "stop_ns", (json_int_t)f->stop_ns,
					"window_ns", (json_int_t)f->window_ns, "seamcalls_per_s",
					(json_int_t)f->seamcalls_per_s, "wall_ns",
					(json_int_t)f->wall_ns, "peak_rss_bytes",
					(json_int_t)f->peak_bytes));
	}
	json_object_set_new(doc, "backend", json_string("software model"));
	json_object_set_new(doc, "machine", bench_machine_json());
	json_object_set_new(doc, "runs", json_integer(o->runs));
	json_object_set_new(doc, "sizes", list);
	return out_json_end(doc, EXIT_OK);
}

/* ---- the command line ------------------------------------------------------------------------ */

enum { OPT_LPS = 256, OPT_RUNS, OPT_JSON };

static const struct option options[] = {
	{ "lps", required_argument, NULL, OPT_LPS },
	{ "runs", required_argument, NULL, OPT_RUNS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ NULL, 0, NULL, 0 }
};

static int set_option(struct bench_options *o, int c, char **argv)
{
	static const char verb[] = "bench simulate";

	switch (c) {
	case OPT_LPS:
		if (o->nr_sizes == MAX_SIZES)
			return out_usage_error(verb, "--lps: at most %d times", MAX_SIZES);
		return out_number32_option(verb, "lps", optarg, 1, SIMULATE_MAX_LPS,
					   &o->lps[o->nr_sizes++]);
	case OPT_RUNS:
		return out_number32_option(verb, "runs", optarg, 1, MAX_RUNS, &o->runs);
	case OPT_JSON:
		o->json = true;
		return EXIT_OK;
	default:
		return out_bad_option(verb, argv, c, options);
	}
}

static int parse(struct bench_options *o, int argc, char **argv)
{
	static const uint32_t sizes[] = { 8, 64, 256, 512, 1024 };
	int c, rc;

	*o = (struct bench_options){ .runs = 3 };
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		rc = set_option(o, c, argv);
		if (rc)
			return rc;
	}
	rc = out_no_argument("bench simulate", argc, argv);
	if (rc)
		return rc;
	if (!o->nr_sizes) {
		memcpy(o->lps, sizes, sizeof(sizes));
		o->nr_sizes = SS_ARRAY_SIZE(sizes);
	}
	return EXIT_OK;
}

int bench_simulate(int argc, char **argv)
{
	struct figures figures[MAX_SIZES];
	struct bench_options o;
	uint32_t i;
	int rc = parse(&o, argc, argv);

	for (i = 0; !rc && i < o.nr_sizes; i++) {
		out_progress("simulating", i, o.nr_sizes);
		rc = measure(o.lps[i], o.runs, &figures[i]);
	}
	out_progress_end();
	if (rc)
		return rc;
	if (o.json)
		return print_json(&o, figures);
	print_table(&o, figures);
	return EXIT_OK;
}
