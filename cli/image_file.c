// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Image files as the verbs meet them: read as untrusted input, judged, and reported on. */
#include "image_file.h"

#include "file.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- reading ------------------------------------------------------------------------------- */

static void too_large(struct cli_image_file *f, uint64_t found)
{
	f->err = (struct ss_image_error){
		.code = SS_IMAGE_LENGTH, .part = "container", .field = "file",
		.expected = "no more than 2052096 bytes", .found = found,
	};
}

/* Sets f->bytes, or f->unreadable, or f->err for a file that can't be an image. */
static void read_bytes(struct cli_image_file *f)
{
	struct stat st;

	if (stat(f->path, &st)) {
		f->unreadable = strerror(errno);
		return;
	}
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		f->unreadable = "neither a regular file nor a pipe";
		return;
	}
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > CLI_IMAGE_LIMIT) {
		too_large(f, (uint64_t)st.st_size);
		return;
	}
	f->bytes = cli_read_file(f->path, CLI_IMAGE_LIMIT, &f->file.n);
	f->file.p = f->bytes;
	if (!f->bytes && errno == EFBIG)	/* a pipe that has more to give */
		too_large(f, CLI_IMAGE_LIMIT + 1);
	else if (!f->bytes)
		f->unreadable = strerror(errno);
}

/* Short, and no container by its first field. */
static bool looks_bare(struct ss_bytes file)
{
	return file.n >= SS_SIGSTRUCT_BYTES && file.n <= SS_PAGE &&
	       !(file.p[0] == 0 && (file.p[1] == 1 || file.p[1] == 2));
}

static bool parse_bare(struct cli_image_file *f)
{
	size_t i;

	f->image.file = f->file;
	f->image.sig.raw = (struct ss_bytes){ f->bytes, SS_SIGSTRUCT_BYTES };
	if (!ss_sigstruct_parse(f->image.sig.raw, 0, 0, &f->image.sig, &f->err))
		return false;
	for (i = SS_SIGSTRUCT_BYTES; i < f->file.n; i++) {
		if (f->bytes[i]) {
			f->err = (struct ss_image_error){
				.code = SS_IMAGE_NOT_ZERO, .part = "sigstruct", .field = "padding",
				.offset = i, .found = f->bytes[i],
			};
			return false;
		}
	}
	return true;
}

void cli_image_file_read(struct cli_image_file *f, const char *path, bool bare_too)
{
	memset(f, 0, sizeof(*f));
	f->path = path;
	f->shown = cli_escape(path);
	read_bytes(f);
	if (!f->bytes)
		return;
	f->bare = bare_too && looks_bare(f->file);
	f->good = f->bare ? parse_bare(f) : ss_image_parse(f->file, &f->image, &f->err);
}

void cli_image_file_release(struct cli_image_file *f)
{
	free(f->bytes);
	free(f->shown);
	memset(f, 0, sizeof(*f));
}

enum cli_exit cli_image_file_exit(const struct cli_image_file *f)
{
	if (f->unreadable)
		return CLI_ERROR;
	return f->good ? CLI_OK : CLI_BAD_IMAGE;
}

/* ---- reporting ----------------------------------------------------------------------------- */

static const char *const error_names[SS_IMAGE_NR] = {
	[SS_IMAGE_OK] = "ok",
	[SS_IMAGE_TRUNCATED] = "truncated",
	[SS_IMAGE_VALUE] = "value",
	[SS_IMAGE_NOT_ZERO] = "not-zero",
	[SS_IMAGE_LENGTH] = "length",
	[SS_IMAGE_CHECKSUM] = "checksum",
	[SS_IMAGE_SIGNER] = "signer",
	[SS_IMAGE_SIGNATURE] = "signature",
	[SS_IMAGE_HASH] = "hash",
	[SS_IMAGE_ELF] = "elf",
	[SS_IMAGE_CRYPTO] = "crypto",
};

static const char *const advice[SS_IMAGE_NR] = {
	[SS_IMAGE_OK] = "",
	[SS_IMAGE_TRUNCATED] = "copy the file again",
	[SS_IMAGE_VALUE] = "the file is damaged, or no TDX Module image",
	[SS_IMAGE_NOT_ZERO] = "the file is damaged, or newer than this program",
	[SS_IMAGE_LENGTH] = "copy the file again",
	[SS_IMAGE_CHECKSUM] = "copy the file again",
	[SS_IMAGE_SIGNER] = "say who else may sign with --signer, or get it from its publisher",
	[SS_IMAGE_SIGNATURE] = "do not use it; get the image from its publisher",
	[SS_IMAGE_HASH] = "do not use it; get the image from its publisher",
	[SS_IMAGE_ELF] = "do not use it: it would be refused when the old module is gone",
	[SS_IMAGE_CRYPTO] = "check the installation of OpenSSL",
};

const char *cli_image_error_name(enum ss_image_error_code code)
{
	return (unsigned int)code < SS_IMAGE_NR ? error_names[code] : "unknown";
}

/* Is there a number to show for what was found? */
static bool has_found(enum ss_image_error_code code)
{
	return code != SS_IMAGE_SIGNATURE && code != SS_IMAGE_CRYPTO;
}

static char *number(const struct ss_image_error *err, uint64_t value)
{
	if (err->code == SS_IMAGE_SIGNER || err->code == SS_IMAGE_HASH)
		return cli_format("%016" PRIx64 "...", value);
	if (value < 10)
		return cli_format("%" PRIu64, value);
	return cli_format("%" PRIu64 " (0x%" PRIx64 ")", value, value);
}

char *cli_image_error_text(const struct ss_image_error *err)
{
	char *want = err->expected ? cli_format("%s", err->expected) : number(err, err->want);
	char *found = has_found(err->code) ? number(err, err->found) : NULL;
	char *text;

	text = cli_format("%s: %s at offset %" PRIu64 " (0x%" PRIx64 "): %s; expected %s%s%s; %s",
			  err->part, err->field, err->offset, err->offset,
			  ss_image_error_text(err->code), want, found ? ", found " : "",
			  found ? found : "", advice[err->code]);
	free(want);
	free(found);
	return text;
}

/* An integer where JSON's readers can hold it, else text. */
static json_t *json_number(const struct ss_image_error *err, uint64_t value)
{
	char *text;
	json_t *json;

	if (value <= INT64_MAX && err->code != SS_IMAGE_SIGNER && err->code != SS_IMAGE_HASH)
		return json_integer((json_int_t)value);
	text = number(err, value);
	json = json_string(text);
	free(text);
	return json;
}

json_t *cli_image_error_json(const struct ss_image_error *err)
{
	char *text = cli_image_error_text(err);
	json_t *json;

	json = json_pack("{s:i, s:s, s:s, s:s, s:I, s:o, s:o, s:s, s:s}",
			 "code", (int)err->code, "name", cli_image_error_name(err->code),
			 "part", err->part, "field", err->field, "offset", (json_int_t)err->offset,
			 "expected", err->expected ? json_string(err->expected)
						   : json_number(err, err->want),
			 "found", has_found(err->code) ? json_number(err, err->found) : json_null(),
			 "message", text, "advice", advice[err->code]);
	free(text);
	return json;
}

json_t *cli_image_file_json(const struct cli_image_file *f)
{
	json_t *json = json_object(), *name = json_string(f->path);

	/* A name that is no UTF-8 can't be a JSON string as it is. */
	json_object_set_new(json, "file", name ? name : json_string(f->shown));
	if (f->unreadable)
		json_object_set_new(json, "error", json_pack("{s:s, s:s}", "name", "unreadable",
							     "message", f->unreadable));
	else if (!f->good)
		json_object_set_new(json, "error", cli_image_error_json(&f->err));
	return json;
}

char *cli_image_date(uint32_t date)
{
	return cli_format("%04x-%02x-%02x", date >> 16, date >> 8 & 0xff, date & 0xff);
}
