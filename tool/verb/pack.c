// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep pack" and "convert": make an image from its parts, change a container's version. */
#include "table.h"
#include "tool/session/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char verb_pack_help[] =
	"  --sigstruct FILE   the signed manifest\n"
	"  --module FILE      the module, a whole number of 4 KiB pages\n"
	"  --container V      0x200 (default; Linux 7.2 and later) or 0x100\n"
	"  --force            replace OUT if OUT exists\n"
	"  -J, --json         print one JSON document\n";
const char verb_convert_help[] =
	"  --container V      0x200 (default; Linux 7.2 and later) or 0x100\n"
	"  --force            replace OUT if OUT exists\n"
	"  -J, --json         print one JSON document\n"
	"\n"
	"Sigstruct and module do not change, so signature and hash stay valid.\n";

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
			if (!words_number(optarg, 0x100, 0x200, &v) || (v != 0x100 && v != 0x200))
				return out_usage_error(w->verb, "--container: expected 0x100 or "
						       "0x200, found '%.24s'", optarg);
			w->container = (uint16_t)v;
			break;
		case 'J':
			out_json_mode(w->verb);
			break;
		default:
			return out_bad_option(w->verb, argv, c, options);
		}
	}
	return EXIT_OK;
}

static int done(const struct work *w, size_t bytes)
{
	char *shown = text_escape(w->out), schema[32];
	json_t *doc;
	int rc = EXIT_OK;

	if (out_json_wanted()) {
		snprintf(schema, sizeof(schema), "seamstep.%s/1", w->verb);
		doc = out_json_doc(schema);
		json_object_set_new(doc, "file", json_string(shown));
		json_object_set_new(doc, "bytes", json_integer((json_int_t)bytes));
		json_object_set_new(doc, "container_version", json_integer(w->container));
		rc = out_json_end(doc, EXIT_OK);
	} else {
		printf("%s: container 0x%x, %zu bytes\n", shown, w->container, bytes);
	}
	free(shown);
	return rc;
}

static int build(struct seamstep *lib, const struct work *w, struct ss_bytes sigstruct,
		 struct ss_bytes module)
{
	uint8_t *out;
	size_t n;
	int rc = exit_of(seamstep_image_pack(lib, w->container, sigstruct, module, &out, &n));

	if (rc)
		return out_fail(rc, "nothing was written: %s", seamstep_error(lib));
	if (!w->force && !access(w->out, F_OK))
		rc = out_fail(EXIT_ERROR, "%s is there already; --force replaces the file", w->out);
	else if (!file_write(w->out, out, n, 0644))
		rc = out_fail(EXIT_ERROR, "%s: %s", w->out, strerror(errno));
	else
		rc = done(w, n);
	free(out);
	return rc;
}

static int unreadable(const char *path)
{
	char *shown = text_escape(path);
	int rc = out_fail(EXIT_ERROR, "%s: %s", shown, strerror(errno));

	free(shown);
	return rc;
}

int verb_pack(int argc, char **argv)
{
	struct work w = { .verb = "pack" };
	struct ss_bytes sigstruct = { NULL, 0 }, module = { NULL, 0 };
	struct seamstep *lib;
	int rc = parse(&w, argc, argv);

	if (rc)
		return rc;
	if (!w.sigstruct || !w.module || argc - optind != 1)
		return out_usage_error("pack",
				       "expected --sigstruct FILE, --module FILE and one file OUT");
	w.out = argv[optind];
	sigstruct.p = file_read(w.sigstruct, SEAMSTEP_IMAGE_LIMIT, &sigstruct.n);
	if (!sigstruct.p)
		return unreadable(w.sigstruct);
	module.p = file_read(w.module, SEAMSTEP_IMAGE_LIMIT, &module.n);
	lib = session_library();
	rc = module.p ? build(lib, &w, sigstruct, module) : unreadable(w.module);
	seamstep_free(lib);
	free((void *)sigstruct.p);
	free((void *)module.p);
	return rc;
}

int verb_convert(int argc, char **argv)
{
	struct work w = { .verb = "convert" };
	struct seamstep_image *in;
	struct seamstep *lib;
	int rc = parse(&w, argc, argv);

	if (rc)
		return rc;
	if (w.sigstruct || w.module || argc - optind != 2)
		return out_usage_error("convert", "expected two files, IN and OUT, and no parts");
	w.out = argv[optind + 1];
	lib = session_library();
	rc = exit_of(seamstep_image_read(lib, argv[optind], false, &in));
	if (rc)
		rc = out_fail(rc, "%s", seamstep_error(lib));
	else
		rc = build(lib, &w, in->image.sig.raw, in->image.module);
	seamstep_image_free(in);
	seamstep_free(lib);
	return rc;
}
