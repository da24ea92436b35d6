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
	"  --no-hash-check    write a module that is not the one that the sigstruct signs\n"
	"  -J, --json         print one JSON document\n"
	"\n"
	"FILE - is standard input, OUT - is standard output.\n";
const char verb_convert_help[] =
	"  --container V      0x200 (default; Linux 7.2 and later) or 0x100\n"
	"  --force            replace OUT if OUT exists\n"
	"  --no-hash-check    write a module that is not the one that the sigstruct signs\n"
	"  -J, --json         print one JSON document\n"
	"\n"
	"IN - is standard input, OUT - is standard output. Sigstruct and module do not change, so signature and hash stay valid.\n";

#define SEAMHASH_OFFSET	900u	/* in a sigstruct, specification 4.4 */

enum { OPT_SIGSTRUCT = 256, OPT_MODULE, OPT_CONTAINER, OPT_FORCE, OPT_NO_HASH };

static const struct option options[] = { { "sigstruct", required_argument, NULL, OPT_SIGSTRUCT },
					 { "module", required_argument, NULL, OPT_MODULE },
					 { "container", required_argument, NULL, OPT_CONTAINER },
					 { "force", no_argument, NULL, OPT_FORCE },
					 { "no-hash-check", no_argument, NULL, OPT_NO_HASH },
					 { "json", no_argument, NULL, 'J' },
					 { NULL, 0, NULL, 0 } };

struct work {
	const char *verb, *sigstruct, *module, *out;
	uint16_t container;
	bool force, no_hash_check;
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
		case OPT_NO_HASH:
			w->no_hash_check = true;
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
	char *shown = text_escape(w->out), *container = text_format("0x%x", w->container), schema[32];
	json_t *doc;
	int rc = EXIT_OK;

	if (out_json_wanted()) {
		snprintf(schema, sizeof(schema), "seamstep.%s/1", w->verb);
		doc = out_json_doc(schema);
		json_object_set_new(doc, "file", json_string(shown));
		json_object_set_new(doc, "bytes", json_integer((json_int_t)bytes));
		json_object_set_new(doc, "container_version", json_string(container));
		rc = out_json_end(doc, EXIT_OK);
	} else {
		printf("%s: container %s, %zu bytes\n", shown, container, bytes);
	}
	free(container);
	free(shown);
	return rc;
}

static bool is_stdout(const struct work *w)
{
	return !strcmp(w->out, "-");
}

/* Main looks whether all of standard output could be written. */
static int write_out(const struct work *w, const uint8_t *out, size_t n)
{
	if (is_stdout(w)) {
		fwrite(out, 1, n, stdout);
		return EXIT_OK;
	}
	if (!w->force && !access(w->out, F_OK))
		return out_fail(EXIT_ERROR, "%s is there already; --force replaces the file", w->out);
	if (!file_write(w->out, out, n, 0644))
		return out_fail(EXIT_ERROR, "%s: %s", w->out, strerror(errno));
	return done(w, n);
}

/* A sigstruct names one module by its SHA-384. Every P-SEAMLDR refuses another module. */
static int check_parts(struct seamstep *lib, const struct work *w, struct ss_bytes sigstruct,
		       struct ss_bytes module)
{
	struct seamstep_image image = {
		.name = (char *)"the module", .file = (uint8_t *)module.p, .bytes = module.n,
	};
	uint8_t digest[SS_SHA384_BYTES];
	int rc;

	if (w->no_hash_check)
		return EXIT_OK;
	rc = exit_of(seamstep_image_digest(lib, &image, SEAMSTEP_IMAGE_FILE, digest));
	if (rc)
		return out_fail(rc, "nothing was written: %s", seamstep_error(lib));
	if (!memcmp(digest, sigstruct.p + SEAMHASH_OFFSET, sizeof(digest)))
		return EXIT_OK;
	return out_fail(EXIT_BAD_IMAGE, "nothing was written: sigstruct and module do not belong together: "
			"the module's SHA-384 is not the one that the sigstruct signs; '--no-hash-check' "
			"writes the image all the same");
}

static int build(struct seamstep *lib, const struct work *w, struct ss_bytes sigstruct,
		 struct ss_bytes module)
{
	uint8_t *out;
	size_t n;
	int rc;

	if (is_stdout(w) && out_json_wanted())
		return out_usage_error(w->verb, "--json and OUT -: both would go to standard output");
	rc = exit_of(seamstep_image_pack(lib, w->container, sigstruct, module, &out, &n));
	if (rc)
		return out_fail(rc, "nothing was written: %s", seamstep_error(lib));
	rc = check_parts(lib, w, sigstruct, module);
	if (!rc)
		rc = write_out(w, out, n);
	free(out);
	return rc;
}

static int unreadable(const char *path)
{
	char *shown = text_escape(path);
	int rc = out_fail(EXIT_ERROR, "%s: %s", shown, file_why(errno));

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
	sigstruct.p = file_read(file_name(w.sigstruct), SEAMSTEP_IMAGE_LIMIT, &sigstruct.n);
	if (!sigstruct.p)
		return unreadable(w.sigstruct);
	module.p = file_read(file_name(w.module), SEAMSTEP_IMAGE_LIMIT, &module.n);
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
	rc = exit_of(seamstep_image_read(lib, file_name(argv[optind]), false, &in));
	if (rc)
		rc = out_fail(rc, "%s", seamstep_error(lib));
	else
		rc = build(lib, &w, in->image.sig.raw, in->image.module);
	seamstep_image_free(in);
	seamstep_free(lib);
	return rc;
}
