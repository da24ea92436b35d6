// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* seamstep repo check: is a repository in order as a whole, by exit status. */
#include "table.h"
#include "verify.h"

#include "tool/out/image_report.h"
#include "tool/session/host_open.h"
#include "tool/session/session.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const char verb_repo_help[] =
	"  --signer WHO       who must have signed the images: intel (default), any, a PEM file or\n"
	"                     96 hexadecimal digits\n"
	"  --host lab:DIR     the repository of this lab, and its signer\n"
	"  --repo DIR         the repository\n"
	"  --allow-debug      accept images that are debug-signed\n"
	"  -J, --json         print one JSON document\n";

static const struct option options[] = {
	{ "signer", required_argument, NULL, 's' }, { "host", required_argument, NULL, 'H' },
	{ "repo", required_argument, NULL, 'r' }, { "allow-debug", no_argument, NULL, 'd' },
	{ "json", no_argument, NULL, 'J' }, { NULL, 0, NULL, 0 }
};

struct request {
	const char *signer, *host, *repo;
	struct verify_wanted wanted;
};

struct result {
	json_t *images, *contradictions;
	size_t bad;
};

/* ---- the checks ------------------------------------------------------------------------------ */

/* The first bad finding of an image as a sentence, or NULL. */
static char *fault_of(const struct seamstep_image *image, const struct verify_wanted *wanted)
{
	struct verify_finding all[VERIFY_NR];
	char *text = NULL;
	int i;

	if (!image->good)
		return out_image_error_text(&image->err);
	verify_image(image, wanted, all);
	for (i = 0; i < VERIFY_NR && !text; i++)
		if (all[i].result == VERIFY_BAD)
			text = verify_finding_text(&all[i]);
	verify_release(all);
	return text;
}

static void check_image(const struct seamstep_image *image, const struct verify_wanted *wanted,
			struct result *result)
{
	char *fault = fault_of(image, wanted);
	json_t *entry = json_object();
	char *version = text_version(true, image->version);

	json_object_set_new(entry, "file", json_string(image->name));
	json_object_set_new(entry, "version", image->has_version ? json_string(version) :
			    json_null());
	json_object_set_new(entry, "fault", fault ? json_string(fault) : json_null());
	json_array_append_new(result->images, entry);
	result->bad += fault != NULL;
	free(version);
	free(fault);
}

static void check_all(const struct seamstep_repo *repo, const struct verify_wanted *wanted,
		      struct result *result)
{
	const char *finding;
	uint32_t i;

	for (i = 0; i < seamstep_repo_size(repo); i++)
		check_image(seamstep_repo_image(repo, i), wanted, result);
	for (i = 0; (finding = seamstep_repo_finding(repo, i)); i++)
		json_array_append_new(result->contradictions, json_string(finding));
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* A bad image counts more than files that contradict each other. */
static enum exit_status exit_for(const struct result *result)
{
	if (result->bad)
		return EXIT_BAD_IMAGE;
	return json_array_size(result->contradictions) || !json_array_size(result->images) ?
	       EXIT_ERROR : EXIT_OK;
}

static char *summary(const struct seamstep_repo *repo, const struct result *result)
{
	size_t nr = json_array_size(result->images), more = json_array_size(result->contradictions);

	if (!nr)
		return text_format("%s: there is no image", seamstep_repo_name(repo));
	if (!result->bad && !more)
		return text_format("%s: all %zu images are in order", seamstep_repo_name(repo), nr);
	return text_format("%s: %zu of %zu image%s bad, %zu contradiction%s", seamstep_repo_name(repo),
			   result->bad, nr, nr == 1 ? " is" : "s are", more, more == 1 ? "" : "s");
}

static int print(const struct result *result, const char *text)
{
	json_t *entry;
	const char *fault;
	size_t i;

	json_array_foreach(result->images, i, entry) {
		fault = json_string_value(json_object_get(entry, "fault"));
		if (fault)
			printf("%s: %s\n", json_string_value(json_object_get(entry, "file")), fault);
	}
	json_array_foreach(result->contradictions, i, entry)
		printf("%s\n", json_string_value(entry));
	printf("%s\n", text);
	return exit_for(result);
}

static int print_json(const struct seamstep_repo *repo, const struct result *result,
		      const char *text)
{
	json_t *doc = out_json_doc("seamstep.repo/1");

	json_object_set_new(doc, "repository", json_string(seamstep_repo_name(repo)));
	json_object_set_new(doc, "answer", json_string(text));
	json_object_set(doc, "images", result->images);
	json_object_set(doc, "contradictions", result->contradictions);
	return out_json_end(doc, exit_for(result));
}

static int check_repo(const struct seamstep_repo *repo, const struct verify_wanted *wanted)
{
	struct result result = { json_array(), json_array(), 0 };
	char *text;
	int rc;

	check_all(repo, wanted, &result);
	text = summary(repo, &result);
	rc = out_json_wanted() ? print_json(repo, &result, text) : print(&result, text);
	free(text);
	json_decref(result.images);
	json_decref(result.contradictions);
	return rc;
}

/* ---- the verb -------------------------------------------------------------------------------- */

static int open_and_check(struct request *r)
{
	struct seamstep *lib = r->wanted.lib;
	enum exit_status exit = EXIT_OK;
	struct seamstep_host *host = NULL;
	struct seamstep_repo *repo = NULL;
	const char *path;
	int rc;

	if (r->host)
		host = host_open(lib, r->host, NULL, &exit);
	if (exit)
		return (int)exit;
	path = session_repo(r->repo, host ? seamstep_host_repository(host) : NULL);
	if (!path)
		rc = out_usage_error("repo", "name a repository: repo check DIR");
	else if (seamstep_repo_open(lib, path, &repo))
		rc = out_fail(EXIT_ERROR, "the repository cannot be read: %s", seamstep_error(lib));
	else
		rc = check_repo(repo, &r->wanted);
	seamstep_repo_close(repo);
	seamstep_host_close(host);
	return rc;
}

static int run(struct request *r)
{
	int rc;

	r->wanted.lib = session_library();
	if (r->host && !r->signer && !strncmp(r->host, "lab:", 4))
		rc = verify_set_lab_signer(&r->wanted, r->host);
	else
		rc = verify_set_signer(&r->wanted, r->signer ? r->signer : "intel");
	if (!rc)
		rc = open_and_check(r);
	free(r->wanted.signer_name);
	seamstep_free(r->wanted.lib);
	return rc;
}

static int take(struct request *r, int c, char **argv)
{
	switch (c) {
	case 's':
		r->signer = optarg;
		return EXIT_OK;
	case 'H':
		r->host = optarg;
		return EXIT_OK;
	case 'r':
		r->repo = optarg;
		return EXIT_OK;
	case 'd':
		r->wanted.allow_debug = true;
		return EXIT_OK;
	case 'J':
		out_json_mode("repo");
		return EXIT_OK;
	default:
		return out_bad_option("repo", argv, c, options);
	}
}

int verb_repo(int argc, char **argv)
{
	struct request r = { NULL };
	int c, rc = EXIT_OK;

	while (!rc && (c = getopt_long(argc, argv, ":J", options, NULL)) != -1)
		rc = take(&r, c, argv);
	if (rc)
		return rc;
	if (optind == argc || strcmp(argv[optind], "check"))
		return out_usage_error("repo", "expected 'repo check', found %s",
				       optind == argc ? "no second word" : "another second word");
	if (++optind < argc && !r.repo)
		r.repo = argv[optind++];
	if (optind < argc)
		return out_usage_error("repo", "expected one repository at most");
	return run(&r);
}
