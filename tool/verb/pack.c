// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep pack" and "convert": make an image from its parts, change a container's version. */
#include "lib/image/image_file.h"
#include "lib/image/image_text.h"
#include "operator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char cli_pack_help[] =
	"  --sigstruct FILE   the signed manifest\n"
	"  --module FILE      the module, a whole number of 4 KiB pages\n"
	"  --container V      0x200 (default; Linux 7.2 and later) or 0x100\n"
	"  --force            replace OUT if it is there\n"
	"  -J, --json         one JSON document\n";
const char cli_convert_help[] =
	"  --container V      0x200 (default; Linux 7.2 and later) or 0x100\n"
	"  --force            replace OUT if it is there\n"
	"  -J, --json         one JSON document\n"
	"\n"
	"Sigstruct and module stay as they are, so signature and hash stay good.\n";

enum { OPT_SIGSTRUCT = 256, OPT_MODULE, OPT_CONTAINER, OPT_FORCE };

static const struct option options[] = { { "sigstruct", required_argument, NULL, OPT_SIGSTRUCT },
					 { "module", required_argument, NULL, OPT_MODULE },
					 { "container", required_argument, NULL, OPT_CONTAINER },
					 { "force", no_argument, NULL, OPT_FORCE },
					 { "json", no_argument, NULL, 'J' },
					 { NULL, 0, NULL, 0 } };

struct work {
	const char *verb, *sigstruct, *module, *out;
	uint16_t container;
	bool force;
};

static int parse(struct work *w, int argc, char **argv)
{
	uint64_t v;
	int c;

	w->container = 0x200;
	while ((c = getopt_long(argc, argv, ":J", options, NULL)) != -1) {
		switch (c) {
		case OPT_SIGSTRUCT:
			w->sigstruct = optarg;
			break;
		case OPT_MODULE:
			w->module = optarg;
			break;
		case OPT_FORCE:
			w->force = true;
			break;
		case OPT_CONTAINER:
			if (!cli_number(optarg, 0x100, 0x200, &v) || (v != 0x100 && v != 0x200))
				return cli_usage_error(w->verb,
						       "--container: expected 0x100 or 0x200");
			w->container = (uint16_t)v;
			break;
		case 'J':
			if (!cli_json_wanted())
				cli_json_mode(w->verb);
			break;
		default:
			return cli_bad_option(w->verb, argv, c, options);
		}
	}
	return CLI_OK;
}

static int done(const struct work *w, size_t bytes)
{
	char *shown = cli_escape(w->out), schema[32];
	json_t *doc;
	int rc = CLI_OK;

	if (cli_json_wanted()) {
		snprintf(schema, sizeof(schema), "seamstep.%s/1", w->verb);
		doc = cli_json_doc(schema);
		json_object_set_new(doc, "file", json_string(shown));
		json_object_set_new(doc, "bytes", json_integer((json_int_t)bytes));
		json_object_set_new(doc, "container_version", json_integer(w->container));
		rc = cli_json_end(doc, CLI_OK);
	} else {
		printf("%s: container 0x%x, %zu bytes\n", shown, w->container, bytes);
	}
	free(shown);
	return rc;
}

/* Parses the packed image before writing, so that no malformed file is written. */
static int build(const struct work *w, struct ss_bytes sigstruct, struct ss_bytes module)
{
	size_t n = ss_image_pack(w->container, sigstruct, module, NULL, 0);
	uint8_t *out = cli_alloc(n);
	struct ss_bytes file = { out, n };
	struct ss_image_error err;
	struct ss_image image;
	char *text;
	int rc;

	if (!n || !ss_image_pack(w->container, sigstruct, module, out, n)) {
		rc = cli_fail(CLI_BAD_IMAGE,
			      "expected a sigstruct of 2048 to 4096 bytes and a module of 1 to "
			      "%u whole pages; found %zu and %zu bytes",
			      SS_MODULE_MAX_PAGES, sigstruct.n, module.n);
	} else if (!ss_image_parse(file, &image, &err)) {
		text = cli_image_error_text(&err);
		rc = cli_fail(CLI_BAD_IMAGE, "nothing was written: %s", text);
		free(text);
	} else if (!w->force && !access(w->out, F_OK)) {
		rc = cli_fail(CLI_ERROR, "%s is there already; --force replaces it", w->out);
	} else if (!cli_write_file(w->out, out, n, 0644)) {
		rc = cli_fail(CLI_ERROR, "%s: %s", w->out, strerror(errno));
	} else {
		rc = done(w, n);
	}
	free(out);
	return rc;
}

static int unreadable(const char *path)
{
	char *shown = cli_escape(path);
	int rc = cli_fail(CLI_ERROR, "%s: %s", shown, strerror(errno));

	free(shown);
	return rc;
}

int cli_pack(int argc, char **argv)
{
	struct work w = { .verb = "pack" };
	struct ss_bytes sigstruct = { NULL, 0 }, module = { NULL, 0 };
	int rc = parse(&w, argc, argv);

	if (rc)
		return rc;
	if (!w.sigstruct || !w.module || argc - optind != 1)
		return cli_usage_error("pack",
				       "expected --sigstruct FILE, --module FILE and one OUT");
	w.out = argv[optind];
	sigstruct.p = cli_read_file(w.sigstruct, CLI_IMAGE_LIMIT, &sigstruct.n);
	if (!sigstruct.p)
		return unreadable(w.sigstruct);
	module.p = cli_read_file(w.module, CLI_IMAGE_LIMIT, &module.n);
	rc = module.p ? build(&w, sigstruct, module) : unreadable(w.module);
	free((void *)sigstruct.p);
	free((void *)module.p);
	return rc;
}

int cli_convert(int argc, char **argv)
{
	struct work w = { .verb = "convert" };
	struct cli_image_file in;
	int rc = parse(&w, argc, argv);
	char *text;

	if (rc)
		return rc;
	if (w.sigstruct || w.module || argc - optind != 2)
		return cli_usage_error("convert", "expected IN and OUT");
	w.out = argv[optind + 1];
	cli_image_file_read(&in, argv[optind], false);
	if (in.unreadable) {
		rc = cli_fail(CLI_ERROR, "%s: %s", in.shown, in.unreadable);
	} else if (!in.good) {
		text = cli_image_error_text(&in.err);
		rc = cli_fail(CLI_BAD_IMAGE, "%s: %s", in.shown, text);
		free(text);
	} else {
		rc = build(&w, in.image.sig.raw, in.image.module);
	}
	cli_image_file_release(&in);
	return rc;
}
