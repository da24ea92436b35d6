// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep lab": simulated hosts with a signer and a repository of their own. */
#include "lab/lab.h"

#include "lib/image/mapping.h"
#include "lab/lab_tcb.h"
#include "lab/model_mapping.h"
#include "model.h"
#include "tool/verb/lab_table.h"
#include "lab/simulate.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_LPS	64
#define DEFAULT_UPDATES	16
#define DEFAULT_RUNNING	"1.5.09"
#define MAX_LPS		1024

struct lab_options {
	uint32_t lps, sockets, updates, seam_bytes;
	uint64_t seed;
	const struct sim_module_info *running;
	const char *dir;
};

/* Keeps the first error. */
struct work {
	const char *root;	/* the directory under construction */
	char *error;
};

static bool failed(struct work *w, const char *what)
{
	if (!w->error)
		w->error = text_format("%s: %s", what, strerror(errno));
	return false;
}

static bool make_dir(struct work *w, const char *name)
{
	char *path = text_format("%s/%s", w->root, name);
	bool ok = mkdir(path, 0755) == 0 || errno == EEXIST;

	if (!ok)
		failed(w, name);
	free(path);
	return ok;
}

static bool write_file(struct work *w, const char *name, const void *bytes, size_t n)
{
	char *path = text_format("%s/%s", w->root, name);
	bool ok = file_write(path, bytes, n, 0644);

	if (!ok)
		failed(w, name);
	free(path);
	return ok;
}

/* ---- the repository of good images ----------------------------------------------------------- */

/* "1.5" of "1.5.16" */
static char *line_of(const struct sim_module_info *info)
{
	return text_format("%.*s", (int)(strrchr(info->version, '.') - info->version),
			   info->version);
}

static bool write_parts(struct work *w, const struct sim_module_info *info, const char *line,
			const struct model_parts *parts)
{
	char *joined = text_format("repo/joined_files/%s/tdx_module_%s.blob", line, info->version);
	char *module = text_format("repo/separate_files/%s/tdx_module_%s.bin", line, info->version);
	char *sigstruct = text_format("repo/separate_files/%s/tdx_module_%s.sigstruct", line,
				      info->version);
	size_t bytes;
	uint8_t *blob = model_parts_pack(parts, 0x100, &bytes);
	bool ok = write_file(w, joined, blob, bytes) &&
		  write_file(w, module, parts->module, parts->module_bytes) &&
		  write_file(w, sigstruct, parts->sigstruct, sizeof(parts->sigstruct));

	free(blob);
	free(sigstruct);
	free(module);
	free(joined);
	return ok;
}

static bool write_version(struct work *w, const struct sim_module_info *info,
			  const struct key *key)
{
	char *line = line_of(info);
	char *joined = text_format("repo/joined_files/%s", line);
	char *separate = text_format("repo/separate_files/%s", line);
	struct model_parts parts;
	bool ok = make_dir(w, joined) && make_dir(w, separate);

	if (ok && !model_parts_build(info, key, &parts)) {
		w->error = text_format("the crypto library cannot sign %s", info->version);
		ok = false;
	} else if (ok) {
		ok = write_parts(w, info, line, &parts);
		model_parts_release(&parts);
	}
	free(separate);
	free(joined);
	free(line);
	return ok;
}

static bool write_repo(struct work *w, const struct key *key)
{
	char *mapping;
	uint32_t i;
	bool ok;

	if (!make_dir(w, "repo") || !make_dir(w, "repo/joined_files") ||
	    !make_dir(w, "repo/separate_files"))
		return false;
	for (i = 0; i < sim_ladder_nr; i++)
		if (!write_version(w, &sim_ladder[i], key))
			return false;
	mapping = mapping_text_of_ladder();
	ok = write_file(w, "repo/mapping_file.json", mapping, strlen(mapping));
	free(mapping);
	return ok;
}

static bool write_bad(struct work *w, const struct lab_options *o, const struct key *key)
{
	const struct sim_module_info *good = lab_bad_base(o->running);
	struct key *stranger = key_generate();
	bool ok = stranger && make_dir(w, "repo-bad");
	uint32_t i;

	for (i = 0; ok && i < lab_bad_nr; i++) {
		char *name = text_format("repo-bad/%s.blob", lab_bad_name(i));
		size_t bytes;
		uint8_t *blob = lab_bad_build(i, good, o->running, key, stranger, &bytes);

		ok = blob && write_file(w, name, blob, bytes);
		free(blob);
		free(name);
	}
	if (!ok && !w->error)
		w->error = text_format("the crypto library cannot make a key or a signature");
	key_free(stranger);
	return ok;
}

/* ---- signer and host ------------------------------------------------------------------------- */

static bool write_keys(struct work *w, const struct key *key)
{
	char *secret = text_format("%s/signer.pem", w->root);
	char *open = text_format("%s/signer.pub.pem", w->root);
	bool ok = key_save(key, true, secret) && key_save(key, false, open);

	if (!ok)
		failed(w, "signer.pem");
	free(open);
	free(secret);
	return ok;
}

static json_t *host_json(const struct lab_options *o, const struct key *key)
{
	uint8_t signer[SS_SHA384_BYTES];
	char *hex, fms[16];
	json_t *doc = out_json_doc("seamstep.lab/1"), *list = json_array();
	uint32_t i;

	snprintf(fms, sizeof(fms), "0x%x", o->running->fms[0]);
	for (i = 0; i < o->sockets; i++)
		json_array_append_new(list, json_string(fms));
	json_object_set_new(doc, "lps", json_integer(o->lps));
	json_object_set_new(doc, "sockets", json_integer(o->sockets));
	json_object_set_new(doc, "fms", list);
	json_object_set_new(doc, "running", json_string(o->running->version));
	json_object_set_new(doc, "updates", json_integer(o->updates));
	json_object_set_new(doc, "updates_left", json_integer(o->updates - 1));
	json_object_set_new(doc, "seed", json_integer((json_int_t)o->seed));
	json_object_set_new(doc, "seam_bytes", json_integer(o->seam_bytes));
	if (key_signer(key, signer)) {
		hex = text_hex(signer, sizeof(signer));
		json_object_set_new(doc, "signer", json_string(hex));
		free(hex);
	}
	return doc;
}

static bool write_host(struct work *w, const struct lab_options *o, const struct key *key)
{
	json_t *doc = host_json(o, key);
	char *text = json_dumps(doc, JSON_INDENT(2));
	bool ok = text && write_file(w, "lab.json", text, strlen(text));

	free(text);
	json_decref(doc);
	return ok;
}

/* A root and a signer of TCB Info, a standard document and an early one. */
static bool write_tcb(struct work *w, const struct lab_options *o)
{
	char *dir = text_format("%s/tcb", w->root);
	struct tcb_signer signer;
	struct lab_tcb tcb;
	bool ok = make_dir(w, "tcb") && tcb_signer_make(&signer);

	if (ok) {
		lab_tcb_begin(&tcb, o->running, time(NULL));
		ok = tcb_signer_save(&signer, dir) || failed(w, "tcb");
		ok = ok && lab_tcb_save(w->root, &tcb, &signer, &w->error);
		tcb_signer_release(&signer);
	} else if (!w->error) {
		w->error = text_format("the crypto library cannot make a certificate");
	}
	free(dir);
	return ok;
}

static bool write_lab(struct work *w, const struct lab_options *o)
{
	struct key *key = key_generate();
	bool ok;

	if (!key) {
		w->error = text_format("the crypto library cannot make a key");
		return false;
	}
	out_progress("signing images", 1, 3);
	ok = write_keys(w, key) && write_repo(w, key);
	out_progress("signing images", 2, 3);
	ok = ok && write_bad(w, o, key) && write_tcb(w, o) && write_host(w, o, key);
	out_progress_end();
	key_free(key);
	return ok;
}

/* ---- the directory: complete or absent ------------------------------------------------------- */

/* True if the lab may be made at @dir: absent, or an empty directory. */
static bool may_be_made(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool empty = true;

	if (!d)
		return errno == ENOENT;
	while (empty && (entry = readdir(d)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	closedir(d);
	if (!empty)
		errno = ENOTEMPTY;
	return empty;
}

static int build_and_rename(const struct lab_options *o, const char *dir, const char *temporary)
{
	struct work w = { .root = temporary };
	int rc = EXIT_OK;

	if (!write_lab(&w, o) || (chmod(temporary, 0755) && !failed(&w, temporary)) ||
	    (rename(temporary, dir) && !failed(&w, dir))) {
		verb_lab_remove_tree(temporary);
		rc = out_fail(EXIT_ERROR, "no lab was made: %s", w.error);
	}
	free(w.error);
	return rc;
}

static int make_lab(const struct lab_options *o)
{
	char *dir, *temporary, *shown = text_escape(o->dir);
	size_t n = strlen(o->dir);
	int rc;

	while (n > 1 && o->dir[n - 1] == '/')
		n--;
	dir = text_format("%.*s", (int)n, o->dir);
	temporary = text_format("%s.XXXXXX", dir);
	if (!may_be_made(dir))
		rc = out_fail(EXIT_ERROR, "%s: %s; expected a new or an empty directory", shown,
			      strerror(errno));
	else if (!mkdtemp(temporary))
		rc = out_fail(EXIT_ERROR, "%s: %s", shown, strerror(errno));
	else
		rc = build_and_rename(o, dir, temporary);
	free(shown);
	free(temporary);
	free(dir);
	return rc;
}

/* ---- the command line ------------------------------------------------------------------------ */

enum { OPT_LPS = 256, OPT_SOCKETS, OPT_FROM, OPT_UPDATES, OPT_SEED, OPT_SEAM_BYTES, OPT_JSON };

static const struct option create_options[] = {
	{ "lps", required_argument, NULL, OPT_LPS },
	{ "sockets", required_argument, NULL, OPT_SOCKETS },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "updates", required_argument, NULL, OPT_UPDATES },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "seam-bytes", required_argument, NULL, OPT_SEAM_BYTES },
	{ "json", no_argument, NULL, OPT_JSON },
	{ NULL, 0, NULL, 0 }
};

static int set_option(struct lab_options *o, int c, char **argv)
{
	static const char verb[] = "lab create";

	switch (c) {
	case OPT_LPS:
		return out_number32_option(verb, "lps", optarg, 1, MAX_LPS, &o->lps);
	case OPT_SOCKETS:
		return out_number32_option(verb, "sockets", optarg, 1, SIM_MAX_SOCKETS, &o->sockets);
	case OPT_FROM:
		o->running = sim_ladder_find(optarg);
		return o->running ? EXIT_OK
				  : out_usage_error(verb, "--from: the model knows no version "
						    "'%.24s'", optarg);
	case OPT_UPDATES:
		return out_number32_option(verb, "updates", optarg, 1, 255, &o->updates);
	case OPT_SEED:
		return out_number_option(verb, "seed", optarg, 0, INT64_MAX, &o->seed);
	case OPT_SEAM_BYTES:
		return out_number32_option(verb, "seam-bytes", optarg, 1,
					   SIMULATE_MAX_SEAM_BYTES, &o->seam_bytes);
	case OPT_JSON:
		return EXIT_OK;
	default:
		return out_bad_option(verb, argv, c, create_options);
	}
}

int verb_lab_create(int argc, char **argv)
{
	struct lab_options o = {
		.lps = DEFAULT_LPS, .sockets = 1, .updates = DEFAULT_UPDATES, .seed = 1,
		.running = sim_ladder_find(DEFAULT_RUNNING),
	};
	char *shown;
	int c, rc;

	while ((c = getopt_long(argc, argv, ":", create_options, NULL)) != -1) {
		rc = set_option(&o, c, argv);
		if (rc)
			return rc;
	}
	if (argc - optind != 1)
		return out_usage_error("lab create", "expected one directory, found %d",
				       argc - optind);
	if (o.lps % o.sockets)
		return out_usage_error("lab create",
				       "--sockets: expected a divisor of the %u LPs, found %u",
				       o.lps, o.sockets);
	o.dir = argv[optind];
	rc = make_lab(&o);
	if (rc)
		return rc;
	shown = text_escape(o.dir);
	if (out_json_wanted()) {
		json_t *doc = out_json_doc("seamstep.lab.create/1");

		json_object_set_new(doc, "dir", json_string(shown));
		rc = out_json_end(doc, EXIT_OK);
	} else {
		printf("%s: a lab with %u LPs, TDX Module %s, %u good images and %u bad images\n", shown,
		       o.lps, o.running->version, sim_ladder_nr, lab_bad_nr);
	}
	free(shown);
	return rc;
}

#define ROW(name, args, help) { #name, verb_lab_##name, args, help, verb_lab_##name##_help },
static const struct verb lab_verbs[] = { LAB_VERBS(ROW) { NULL } };

int model_lab(int argc, char **argv)
{
	return verb_dispatch("lab", lab_verbs, argc, argv);
}
