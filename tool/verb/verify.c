// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* seamstep verify: is an image well-formed, signed by the right key, and unchanged since then. */

#include "tool/out/image_report.h"
#include "tool/out/json.h"
#include "tool/out/message.h"
#include "tool/out/terminal.h"
#include "tool/base/text.h"
#include "table.h"
#include "verify.h"
#include "tool/session/session.h"

#include <seamstep/seamstep.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char verb_verify_help[] =
	"  --signer WHO       who must have signed: intel (default), any, a file with a PEM\n"
	"                     public key, or the SHA-384 of the modulus in hexadecimal\n"
	"  --host lab:DIR     the signer of this lab must have signed\n"
	"  --allow-debug      accept images that are debug-signed\n"
	"  --json             print one JSON document\n";

#define DEBUG_SIGNED	(1u << 31)

static const char *const finding_names[VERIFY_NR] = {
	"container", "sigstruct", "signer", "signature", "module-hash", "elf", "debug",
};

static const char *const result_names[] = { "skipped", "ok", "bad" };

/* ---- the checks ------------------------------------------------------------------------------ */

static void settle(struct verify_finding *f, bool good, char *text)
{
	f->result = good ? VERIFY_GOOD : VERIFY_BAD;
	if (good)
		f->text = text;
	else
		free(text);
}

/* Makes one check of the library. @text: what a good image has. */
static void check_one(struct seamstep *lib, const struct seamstep_image *image,
		      enum seamstep_image_check check, const uint8_t *signer,
		      struct verify_finding *f, char *text)
{
	settle(f, seamstep_image_check(lib, image, check, signer, &f->err) == SEAMSTEP_OK, text);
}

/* Parsing stops at the first error; an error in the container does not hide the sigstruct. */
static void check_form(struct seamstep *lib, const struct seamstep_image *file,
		       struct verify_finding *all)
{
	const struct ss_image *image = &file->image;
	const struct ss_sigstruct *sig = &image->sig;
	char *date;

	check_one(lib, file, SEAMSTEP_IMAGE_CONTAINER, NULL, &all[VERIFY_CONTAINER],
		  text_format("version 0x%x, %u module pages", image->container_version,
			      image->module_pages));
	if (!sig->raw.p)
		return;
	date = text_date(sig->date);
	check_one(lib, file, SEAMSTEP_IMAGE_SIGSTRUCT, NULL, &all[VERIFY_SIGSTRUCT],
		  text_format("SVN %u.%u of %s, handoff versions %u to %u", sig->svn_major,
			      sig->svn_minor, date, sig->min_update_hv, sig->module_hv));
	free(date);
}

static void check_debug(const struct ss_image *image, const struct verify_wanted *wanted,
			struct verify_finding *f)
{
	bool debug = image->sig.module_type & DEBUG_SIGNED;

	f->result = debug && !wanted->allow_debug ? VERIFY_BAD : VERIFY_GOOD;
	if (!debug)
		f->text = text_format("not debug-signed");
	else if (wanted->allow_debug)
		f->text = text_format("debug-signed, which --allow-debug accepts");
	else
		f->text = text_format("debug-signed: only platforms unlocked for debugging take "
				      "the image; --allow-debug accepts the image here");
}

void verify_image(const struct seamstep_image *file, const struct verify_wanted *wanted,
		  struct verify_finding *all)
{
	struct seamstep *lib = wanted->lib;

	memset(all, 0, VERIFY_NR * sizeof(*all));
	if (!file->file) {	/* too long to be read */
		all[VERIFY_CONTAINER].err = file->err;
		settle(&all[VERIFY_CONTAINER], false, NULL);
		return;
	}
	check_form(lib, file, all);
	if (!file->image.sig.raw.p)	/* the layout is unknown: nothing can be checked */
		return;
	check_one(lib, file, SEAMSTEP_IMAGE_SIGNER, wanted->any_signer ? NULL : wanted->signer,
		  &all[VERIFY_SIGNER], text_format("%s", wanted->signer_name));
	check_one(lib, file, SEAMSTEP_IMAGE_SIGNATURE, NULL, &all[VERIFY_SIGNATURE],
		  text_format("RSA-3072 with SHA-384, by the key in the sigstruct"));
	check_one(lib, file, SEAMSTEP_IMAGE_HASH, NULL, &all[VERIFY_MODULE_HASH],
		  text_format("the SHA-384 of the module equals the signed hash"));
	check_one(lib, file, SEAMSTEP_IMAGE_ELF, NULL, &all[VERIFY_ELF],
		  text_format("keeps the rules of the P-SEAMLDR"));
	check_debug(&file->image, wanted, &all[VERIFY_DEBUG]);
}

bool verify_any_bad(const struct verify_finding *all)
{
	int i;

	for (i = 0; i < VERIFY_NR; i++)
		if (all[i].result == VERIFY_BAD)
			return true;
	return false;
}

void verify_release(struct verify_finding *all)
{
	int i;

	for (i = 0; i < VERIFY_NR; i++)
		free(all[i].text);
}

/* ---- for people ------------------------------------------------------------------------------ */

char *verify_finding_text(const struct verify_finding *f)
{
	if (f->result == VERIFY_SKIPPED)
		return text_format("not checked: the layout of the container is unknown");
	return f->text ? text_format("%s", f->text) : out_image_error_text(&f->err);
}

static void print(const struct seamstep_image *file, const struct verify_finding *all)
{
	static const char *const labels[] = { "-", "OK", "BAD" };
	static const enum out_style styles[] = { OUT_DIM, OUT_GOOD, OUT_BAD };
	const struct verify_finding *f;
	char *text;
	int i;

	for (i = 0; i < VERIFY_NR; i++) {
		f = &all[i];
		text = verify_finding_text(f);
		printf("%s: %-11s  %s%-3s%s  %s\n", file->name, finding_names[i],
		       out_style(stdout, styles[f->result]), labels[f->result],
		       out_style(stdout, OUT_PLAIN), text);
		free(text);
	}
}

/* ---- for machines ---------------------------------------------------------------------------- */

static json_t *finding_json(const struct verify_finding *f, const char *name)
{
	char *text = verify_finding_text(f);
	json_t *json = json_pack("{s:s, s:s, s:s}", "check", name, "result",
				 result_names[f->result], "message", text);

	if (f->result == VERIFY_BAD && f->text)
		json_object_set_new(json, "error", json_pack("{s:s, s:s}", "name", name,
							     "message", text));
	else if (f->result == VERIFY_BAD)
		json_object_set_new(json, "error", out_image_error_json(&f->err));
	free(text);
	return json;
}

/* The image's "error" is the error of reading the file, else the first bad finding. */
static json_t *to_json(const struct seamstep_image *file, const struct verify_finding *all)
{
	json_t *json = out_image_file_json(file), *findings = json_array(), *finding, *error;
	int i;

	json_object_set_new(json, "ok", json_boolean(all && !verify_any_bad(all)));
	for (i = 0; all && i < VERIFY_NR; i++) {
		finding = finding_json(&all[i], finding_names[i]);
		error = json_object_get(finding, "error");
		if (error && !json_object_get(json, "error"))
			json_object_set(json, "error", error);
		json_array_append_new(findings, finding);
	}
	json_object_set_new(json, "findings", findings);
	return json;
}

/* ---- the signer ------------------------------------------------------------------------------ */

static bool parse_digest(const char *text, uint8_t digest[SS_SHA384_BYTES])
{
	size_t i;

	if (strlen(text) != 2 * SS_SHA384_BYTES ||
	    strspn(text, "0123456789abcdefABCDEF") != 2 * SS_SHA384_BYTES)
		return false;
	for (i = 0; i < SS_SHA384_BYTES; i++) {
		char pair[3] = { text[2 * i], text[2 * i + 1], '\0' };

		digest[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return true;
}

static void name_signer(struct verify_wanted *wanted, char *name)
{
	free(wanted->signer_name);
	wanted->signer_name = name;
}

/* @why: set if the file holds no key. */
static bool signer_from_file(struct verify_wanted *wanted, const char *path, const char **why)
{
	char *shown;

	if (seamstep_key_signer(wanted->lib, path, wanted->signer)) {
		*why = seamstep_error(wanted->lib);
		return false;
	}
	shown = text_escape(path);
	name_signer(wanted, text_format("the key in %s", shown));
	free(shown);
	return true;
}

int verify_set_signer(struct verify_wanted *wanted, const char *who)
{
	const char *why = NULL;
	char *shown;
	int code;

	wanted->any_signer = !strcmp(who, "any");
	if (wanted->any_signer) {
		name_signer(wanted, text_format("not compared: any signer is accepted"));
		return EXIT_OK;
	}
	if (!strcmp(who, "intel")) {
		memcpy(wanted->signer, seamstep_signer_intel(), sizeof(wanted->signer));
		name_signer(wanted, text_format("Intel production key"));
		return EXIT_OK;
	}
	if (parse_digest(who, wanted->signer)) {
		name_signer(wanted, text_format("the key with this digest"));
		return EXIT_OK;
	}
	if (signer_from_file(wanted, who, &why))
		return EXIT_OK;
	shown = text_escape(who);
	code = out_fail(EXIT_ERROR, "--signer: expected intel, any, 96 hexadecimal digits or a PEM "
			"file, found %s: %s", shown, why);
	free(shown);
	return code;
}

/* Reads the public key: only the lab's owner can read the private one. */
int verify_set_lab_signer(struct verify_wanted *wanted, const char *host)
{
	const char *dir, *why;
	char *path, *shown;
	bool ok;
	int code;

	if (strncmp(host, "lab:", 4) || !host[4])
		return out_usage_error("verify", "--host: expected lab:DIR, found '%.99s'", host);
	dir = host + 4;
	path = text_format("%s/signer.pub.pem", dir);
	ok = signer_from_file(wanted, path, &why);
	free(path);
	if (ok)
		return EXIT_OK;
	path = text_format("%s/signer.pem", dir);
	ok = signer_from_file(wanted, path, &why);
	shown = text_escape(path);
	code = ok ? EXIT_OK : out_fail(EXIT_ERROR, "the signer of the lab cannot be read: %s: %s", shown,
				       why);
	free(shown);
	free(path);
	return code;
}

/* ---- the verb -------------------------------------------------------------------------------- */

static enum exit_status verify(const char *path, const struct verify_wanted *wanted, json_t *images)
{
	struct verify_finding all[VERIFY_NR];
	struct seamstep_image *file;
	enum exit_status code = exit_of(seamstep_image_read(wanted->lib, file_name(path),
							false, &file));

	if (!file)
		return out_fail(code, "%s", seamstep_error(wanted->lib));
	if (file->unreadable) {
		fprintf(stderr, "seamstep: %s: %s\n", file->name, file->unreadable);
		if (images)
			json_array_append_new(images, to_json(file, NULL));
	} else {
		verify_image(file, wanted, all);
		if (images)
			json_array_append_new(images, to_json(file, all));
		else
			print(file, all);
		code = verify_any_bad(all) ? EXIT_BAD_IMAGE : EXIT_OK;
		verify_release(all);
	}
	seamstep_image_free(file);
	return code;
}

static int verify_all(int nr, char **paths, const struct verify_wanted *wanted)
{
	json_t *images = out_json_wanted() ? json_array() : NULL, *doc;
	enum exit_status worst = EXIT_OK, code;
	int i;

	for (i = 0; i < nr; i++) {
		code = verify(paths[i], wanted, images);
		worst = code > worst ? code : worst;
	}
	if (!images)
		return worst;
	doc = out_json_doc("seamstep.verify/1");
	json_object_set_new(doc, "images", images);
	return out_json_end(doc, worst);
}

int verb_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "signer", required_argument, NULL, 's' },
		{ "host", required_argument, NULL, 'H' },
		{ "allow-debug", no_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL }
	};
	const char *signer = NULL, *host = NULL;
	struct verify_wanted wanted = { 0 };
	int c, code;

	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (c) {
		case 's':
			signer = optarg;
			break;
		case 'H':
			host = optarg;
			break;
		case 'd':
			wanted.allow_debug = true;
			break;
		case 'j':
			out_json_mode("verify");
			break;
		default:
			return out_bad_option("verify", argv, c, options);
		}
	}
	if (optind == argc)
		return out_usage_error("verify", "name at least one image file");
	wanted.lib = session_library();
	if (host && !signer)
		code = verify_set_lab_signer(&wanted, host);
	else
		code = verify_set_signer(&wanted, signer ? signer : "intel");
	if (code == EXIT_OK)
		code = verify_all(argc - optind, argv + optind, &wanted);
	free(wanted.signer_name);
	seamstep_free(wanted.lib);
	return code;
}
