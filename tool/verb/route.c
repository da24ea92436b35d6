// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep route": the updates that lead from the running version to a wanted one. */
#include "tool/session/session.h"

#include "lib/base/compat_text.h"
#include "tool/out/json_values.h"
#include "table.h"
#include "tool/session/plan_options.h"

#include <stdlib.h>
#include <string.h>

const char verb_route_help[] =
	"  --to V             the version to reach (default: the newest reachable version)\n"
	"  --small-steps      make as many updates as are left, each as small as possible\n"
	"  --require-fallback demand a fallback for every update, and an update to spare\n"
	"  --left N           plan for N updates left (for a fleet: the smallest number)\n"
	"  --detailed-exitcode  exit with 3 if there is an update to make\n"
	CONTEXT_HELP COLUMNS_HELP;

static const struct option options[] = {
	CONTEXT_OPTIONS, COLUMNS_OPTIONS, PLAN_OPTIONS, DETAILED_OPTION, { NULL, 0, NULL, 0 }
};

static const struct column columns[] = {
	{ "STEP", "number of the update", true, true, false },
	{ "FROM", "version before the update", true, false, false },
	{ "TO", "version after the update", true, false, false },
	{ "SVN", "major.minor after the update", true, true, false },
	{ "FALLBACK", "fallback while the new module is not in place", true, false, false },
	{ "AFTER", "fallback once the new module is in place", true, false, false },
	{ "WARNINGS", "facts that an operator should know", true, false, true },
	{ "FILE", "file in the repository", false, false, true },
	{ NULL }
};

static char *version_of(const struct plan *p, uint32_t i)
{
	if (i == SS_ROUTE_NONE)
		return text_format("-");
	return repo_version_text(true, plan_image(p, i)->version);
}

static void print_hop(const struct plan *p, uint32_t n, struct columns *table)
{
	const struct ss_route_hop *hop = &p->route->hops[n];
	const struct repo_image *image = plan_image(p, hop->image);
	char *cells[8];
	size_t i;

	cells[0] = text_format("%u", n + 1);
	cells[1] = n ? version_of(p, p->route->hops[n - 1].image) :
		   repo_version_text(true, p->context->facts.compat.module);
	cells[2] = version_of(p, hop->image);
	cells[3] = text_format("%u.%u", image->image.sig.svn_major, image->image.sig.svn_minor);
	cells[4] = version_of(p, hop->before);
	cells[5] = version_of(p, hop->after);
	cells[6] = context_reasons(&hop->compat, hop->compat.warned);
	cells[7] = text_format("%s", image->name);
	columns_row(table, (const char *const *)cells);
	for (i = 0; i < 8; i++)
		free(cells[i]);
}

static bool on_the_way(const struct plan *p, uint32_t index)
{
	uint32_t n;

	for (n = 0; n < p->route->nr_hops; n++)
		if (p->map[p->route->hops[n].image] == index)
			return true;
	return false;
}

/* Why an image is not on the route; malloc'd. NULL if it is, runs, or could be. */
static char *excluded(const struct plan *p, uint32_t index, bool all)
{
	const struct repo_image *image = &p->context->repo->images[index];
	struct ss_compat compat;
	uint32_t i;

	if (on_the_way(p, index) || image == p->context->running)
		return NULL;
	if (!image->good)
		return text_format("malformed");
	if (!image->has_version)
		return text_format("the version of this file is unknown");
	for (i = 0; i < SS_ROUTE_MAX_IMAGES; i++)
		if (p->map[i] == index && p->route->shortest[i])
			return NULL;
	ss_compat_check(&image->image, &p->context->facts.compat,
			image->rule.known ? &image->rule : NULL, &compat);
	if (!compat.refused)
		return text_format("newer than the wanted version, or on no route to the wanted version");
	return all ? context_reasons(&compat, compat.refused) :
	       context_first_reason(&compat, compat.refused);
}

static void print_excluded(const struct plan *p)
{
	uint32_t i;

	for (i = 0; i < p->context->repo->nr; i++) {
		const struct repo_image *image = &p->context->repo->images[i];
		char *why = excluded(p, i, false);
		char *version = repo_version_text(image->has_version, image->version);

		if (why)
			printf("not by %s: %s\n", image->has_version ? version : image->name, why);
		free(version);
		free(why);
	}
}

static json_t *hop_json(const struct plan *p, uint32_t n)
{
	const struct ss_route_hop *hop = &p->route->hops[n];
	const struct repo_image *image = plan_image(p, hop->image);
	struct ss_version none = { 0 }, from = p->context->facts.compat.module;
	bool before = hop->before != SS_ROUTE_NONE, after = hop->after != SS_ROUTE_NONE;

	if (n)
		from = plan_image(p, p->route->hops[n - 1].image)->version;
	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "from", json_version(true, from), "to",
			 json_version(true, image->version), "file", image->name, "fallback",
			 json_version(before, before ? plan_image(p, hop->before)->version : none),
			 "fallback_after",
			 json_version(after, after ? plan_image(p, hop->after)->version : none),
			 "warned", context_reasons_json(&hop->compat, hop->compat.warned));
}

static int print_json(const struct session *s, const struct plan *p, enum exit_status exit)
{
	json_t *doc = session_doc(s), *hops = json_array(), *out = json_array();
	const struct ss_compat_host *h = &p->context->facts.compat;
	uint32_t i;

	for (i = 0; i < p->route->nr_hops; i++)
		json_array_append_new(hops, hop_json(p, i));
	for (i = 0; i < p->context->repo->nr; i++) {
		const struct repo_image *image = &p->context->repo->images[i];
		char *why = excluded(p, i, true);

		if (why)
			json_array_append_new(
				out, json_pack("{s:s, s:o, s:s}", "file", image->name, "version",
					       json_version(image->has_version, image->version),
					       "why", why));
		free(why);
	}
	json_object_set_new(doc, "from", json_version(h->has_module_version, h->module));
	json_object_set_new(doc, "to", json_version(p->has_to, p->to));
	json_object_set_new(doc, "result", json_string(ss_route_name(p->route->failure)));
	json_object_set_new(doc, "updates", json_integer(p->route->nr_hops));
	json_object_set_new(doc, "updates_needed", json_integer(p->route->needed));
	json_object_set_new(doc, "hops", hops);
	json_object_set_new(doc, "excluded", out);
	if (p->route->failure > SS_ROUTE_UP_TO_DATE)
		return out_json_fail(doc, exit, "%s", p->why);
	return out_json_end(doc, exit);
}

static int print_table(const struct session *s, const struct plan *p, enum exit_status exit)
{
	struct columns *table = columns_new("route", columns, &s->options->style);
	uint32_t i;

	if (!table)
		return EXIT_USAGE;
	if (p->route->failure == SS_ROUTE_FOUND) {
		for (i = 0; i < p->route->nr_hops; i++)
			print_hop(p, i, table);
		columns_print(table, stdout);
	}
	columns_free(table);
	if (p->route->failure == SS_ROUTE_THERE || p->route->failure == SS_ROUTE_UP_TO_DATE)
		printf("nothing to do: %s\n", p->why);
	else if (p->route->failure != SS_ROUTE_FOUND)
		out_fail(exit, "%s", p->why);
	print_excluded(p);
	return exit;
}

static int take(void *into, int c, const char *value)
{
	return plan_option("route", into, c, value);
}

int verb_route(int argc, char **argv)
{
	struct plan_options po = { .request = { NULL } };
	struct context_options o = {
		.verb = "route", .options = options, .columns = columns, .take = take, .into = &po,
		.word = &po.request.to, .word_name = "version", .need_repo = true,
	};
	struct session session;
	struct plan plan;
	enum exit_status exit;
	int rc;

	if (!session_begin(&session, &o, argc, argv, &rc))
		return rc;
	exit = exit_of(plan_make(&plan, &session.context, &po.request));
	if (plan.route) {
		if (exit == EXIT_OK && o.detailed && plan.route->nr_hops)
			exit = EXIT_PENDING;
		rc = out_json_wanted() ? print_json(&session, &plan, exit) :
		     print_table(&session, &plan, exit);
	} else {
		rc = out_fail(exit, "%s", plan.why);
	}
	plan_release(&plan);
	session_close(&session);
	return rc;
}
