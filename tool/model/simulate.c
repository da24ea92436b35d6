// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep simulate": the command line. */
#include "simulate_report.h"

#include "model.h"

#include "lab/fault_spec.h"
#include "tool/base/file.h"
#include "tool/out/json.h"
#include "tool/out/message.h"
#include "tool/out/option_value.h"
#include "tool/out/terminal.h"
#include "tool/base/text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char verb[] = "simulate";

enum {
	OPT_LPS = 256, OPT_TDS, OPT_VCPUS, OPT_FROM, OPT_TO, OPT_FALLBACK, OPT_FAULT, OPT_SEED,
	OPT_UPDATES, OPT_TD_BUILD, OPT_REHEARSE, OPT_NO_STOP, OPT_VERBOSE, OPT_JSON, OPT_SVG,
	OPT_PERFETTO, OPT_REPO, OPT_SEAM_BYTES, OPT_SWEEP,
};

static const struct option options[] = {
	{ "lps", required_argument, NULL, OPT_LPS },
	{ "tds", required_argument, NULL, OPT_TDS },
	{ "vcpus", required_argument, NULL, OPT_VCPUS },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "fallback", required_argument, NULL, OPT_FALLBACK },
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "updates", required_argument, NULL, OPT_UPDATES },
	{ "seam-bytes", required_argument, NULL, OPT_SEAM_BYTES },
	{ "td-build", required_argument, NULL, OPT_TD_BUILD },
	{ "rehearse", no_argument, NULL, OPT_REHEARSE },
	{ "no-stop", no_argument, NULL, OPT_NO_STOP },	/* for tests; not in --help */
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "svg", required_argument, NULL, OPT_SVG },
	{ "perfetto", required_argument, NULL, OPT_PERFETTO },
	{ "repo", required_argument, NULL, OPT_REPO },
	{ "sweep", no_argument, NULL, OPT_SWEEP },
	{ NULL, 0, NULL, 0 }
};

static int set_fallback(struct simulate_options *o)
{
	if (!strcmp(optarg, "none")) {
		if (o->nr_fallbacks)
			return out_usage_error(verb, "--fallback none contradicts --fallback %s",
					       o->fallbacks[0]);
		o->default_fallbacks = false;
		return EXIT_OK;
	}
	if (o->nr_fallbacks == SIMULATE_MAX_FALLBACKS)
		return out_usage_error(verb, "--fallback: at most %u times",
				       SIMULATE_MAX_FALLBACKS);
	if (!o->default_fallbacks && !o->nr_fallbacks)
		return out_usage_error(verb, "--fallback none contradicts a second --fallback");
	o->default_fallbacks = false;
	o->fallbacks[o->nr_fallbacks++] = optarg;
	return EXIT_OK;
}

/* Texts of faults, kept until the number of LPs is known. */
struct specs {
	const char *text[SIM_LP_FAULTS];
	uint32_t nr;
};

static int add_spec(struct specs *specs)
{
	if (specs->nr == SIM_LP_FAULTS)
		return out_usage_error(verb, "--fault: at most %u times", SIM_LP_FAULTS);
	specs->text[specs->nr++] = optarg;
	return EXIT_OK;
}

static int set_option(struct simulate_options *o, struct simulate_view *v, struct specs *specs,
		      int c, char **argv)
{
	switch (c) {
	case OPT_LPS:
		return out_number32_option(verb, "lps", optarg, 1, SIMULATE_MAX_LPS, &o->lps);
	case OPT_TDS:
		return out_number32_option(verb, "tds", optarg, 0, SIMULATE_MAX_TDS, &o->tds);
	case OPT_VCPUS:
		return out_number32_option(verb, "vcpus", optarg, 1, 64, &o->vcpus);
	case OPT_UPDATES:
		return out_number32_option(verb, "updates", optarg, 1, 255, &o->updates);
	case OPT_SEAM_BYTES:
		return out_number32_option(verb, "seam-bytes", optarg, 0, SIMULATE_MAX_SEAM_BYTES,
					   &o->seam_bytes);
	case OPT_SEED:
		return out_number_option(verb, "seed", optarg, 0, INT64_MAX, &o->seed);
	case OPT_FALLBACK:
		return set_fallback(o);
	case OPT_FAULT:
		return add_spec(specs);
	case OPT_TD_BUILD:
		return out_td_build_option(verb, optarg, &o->td_build);
	case OPT_FROM:
		o->from = optarg;
		return EXIT_OK;
	case OPT_TO:
		o->to = optarg;
		return EXIT_OK;
	case OPT_SVG:
		v->svg = optarg;
		return EXIT_OK;
	case OPT_PERFETTO:
		v->perfetto = optarg;
		return EXIT_OK;
	case OPT_REPO:
		o->repo = optarg;
		return EXIT_OK;
	case OPT_REHEARSE:
		o->rehearse = true;
		return EXIT_OK;
	case OPT_NO_STOP:
		o->no_stop = true;
		return EXIT_OK;
	case OPT_SWEEP:
		v->sweep = true;
		return EXIT_OK;
	case OPT_VERBOSE:
		v->verbose = true;
		return EXIT_OK;
	case OPT_JSON:
		v->json = true;
		return EXIT_OK;
	default:
		return out_bad_option(verb, argv, c, options);
	}
}

/* Prints the text, and below it a mark at the wrong character. */
static int bad_spec(const char *text, const struct fault_spec_error *err)
{
	char *shown = text_escape(text), *head = text_format("%.*s", (int)err->at, text);
	char *head_shown = text_escape(head);
	int rc;

	fprintf(stderr, "  --fault %s\n", shown);
	fprintf(stderr, "          %*s^\n", (int)strlen(head_shown), "");
	rc = out_usage_error(verb, "--fault: at character %zu: %s", err->at + 1, err->text);
	free(head_shown);
	free(head);
	free(shown);
	return rc;
}

static int parse_specs(struct simulate_options *o, const struct specs *specs)
{
	struct fault_spec_error err;

	for (o->nr_faults = 0; o->nr_faults < specs->nr; o->nr_faults++)
		if (!fault_spec_parse(specs->text[o->nr_faults], o->lps, &o->faults[o->nr_faults],
				      &err))
			return bad_spec(specs->text[o->nr_faults], &err);
	return EXIT_OK;
}

/* The bit of an option in the set of given options: bit c - OPT_LPS. */
static uint32_t bit_of(int c)
{
	return c >= OPT_LPS && c <= OPT_SWEEP ? 1u << (c - OPT_LPS) : 0;
}

/* A sweep takes a small machine, and no options but --lps, --seed and --json. */
static int check_sweep(struct simulate_options *o, uint32_t given)
{
	uint32_t fit = bit_of(OPT_LPS) | bit_of(OPT_SEED) | bit_of(OPT_JSON) | bit_of(OPT_SWEEP), i;

	for (i = 0; options[i].name; i++)
		if (given & ~fit & bit_of(options[i].val))
			return out_usage_error(verb, "--sweep goes with --lps, --seed and --json, "
					       "not with --%s", options[i].name);
	if (!(given & bit_of(OPT_LPS)))
		o->lps = SIMULATE_SWEEP_LPS;
	if (o->lps > SIMULATE_SWEEP_MAX_LPS)
		return out_usage_error(verb, "--sweep: expected at most %u LPs, found %u",
				       SIMULATE_SWEEP_MAX_LPS, o->lps);
	return EXIT_OK;
}

static int parse(struct simulate_options *o, struct simulate_view *v, int argc, char **argv)
{
	struct specs specs = { .nr = 0 };
	uint32_t given = 0;
	int c, rc;

	simulate_options_init(o);
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		given |= bit_of(c);
		rc = set_option(o, v, &specs, c, argv);
		if (rc)
			return rc;
	}
	rc = out_no_argument(verb, argc, argv);
	if (rc)
		return rc;
	return v->sweep ? check_sweep(o, given) : parse_specs(o, &specs);
}

typedef void picture_fn(const struct timeline *t, FILE *out);

static bool write_picture(const struct timeline *t, picture_fn *draw, const char *path,
			  char **error)
{
	char *text = NULL;
	size_t n = 0;
	FILE *memory = open_memstream(&text, &n);
	bool ok = false;

	if (memory) {
		draw(t, memory);
		ok = fclose(memory) == 0 && file_write(path, text, n, 0644);
	}
	if (!ok) {
		char *reason = text_format("%s", strerror(errno)), *shown = text_escape(path);

		*error = text_format("%s: %s", shown, reason);
		free(shown);
		free(reason);
	}
	free(text);
	return ok;
}

static bool write_pictures(const struct simulation *s, const struct simulate_view *v, char **error)
{
	char *title, *subtitle;
	struct timeline t;
	bool ok = true;

	if (!s->ran)
		return true;
	t = simulate_timeline(s, &title, &subtitle);
	if (v->svg)
		ok = write_picture(&t, timeline_svg, v->svg, error);
	if (ok && v->perfetto)
		ok = write_picture(&t, timeline_perfetto, v->perfetto, error);
	free(subtitle);
	free(title);
	return ok;
}

/* A failed update's exit status wins over the status of a picture that could not be written. */
static int finish(struct simulation *s, const struct simulate_view *v)
{
	char *error = NULL;
	enum exit_status exit;
	int rc;

	if (!write_pictures(s, v, &error) && s->ended == SEAMSTEP_OK)
		s->ended = SEAMSTEP_ERROR;
	exit = exit_of(s->ended);
	if (!v->json)
		simulate_report(s, v, stdout);
	if (s->error)
		error = text_format("%s", s->error);
	if (v->json && error)
		rc = out_json_fail(simulate_json(s), exit, "%s", error);
	else if (v->json)
		rc = out_json_end(simulate_json(s), exit);
	else if (error)
		rc = out_fail(exit, "%s", error);
	else
		rc = exit;
	free(error);
	return rc;
}

static void ready(const struct simulation *s)
{
	out_progress_end();
	simulate_report_before(s, stdout);
	fflush(stdout);
}

int model_simulate(int argc, char **argv)
{
	struct simulation s = { .options = NULL };
	struct simulate_view view = { .verbose = false };
	struct simulate_options o;
	int rc = parse(&o, &view, argc, argv);

	if (rc)
		return rc;
	if (view.sweep)
		return simulate_sweep(&o, view.json);
	if (!view.json)
		o.ready = ready;
	o.progress = model_progress;
	simulate_run(&s, &o);
	out_progress_end();
	rc = finish(&s, &view);
	simulate_release(&s);
	return rc;
}
