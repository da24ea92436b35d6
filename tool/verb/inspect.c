// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* seamstep inspect: all facts that an image has about itself. */
#include "tool/out/image_report.h"

#include "tool/out/json.h"
#include "tool/out/message.h"
#include "tool/out/terminal.h"
#include "tool/base/text.h"
#include "table.h"
#include "tool/out/json_values.h"
#include "tool/session/session.h"

#include <seamstep/seamstep.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char verb_inspect_help[] =
	"  --json             print one JSON document\n";

#define DEBUG_SIGNED	(1u << 31)

/* The results of cryptographic checks. A bare sigstruct has no module to hash. */
struct identity {
	bool has_module;
	bool has_signer, has_module_hash;	/* libcrypto may be missing */
	uint8_t signer[SS_SHA384_BYTES], module_hash[SS_SHA384_BYTES];
	bool intel, signature_valid, hash_valid, elf_valid;
};

/* A failed check makes the file bad. The first error is kept. */
static bool judge(struct seamstep *lib, struct seamstep_image *f, enum seamstep_image_check check)
{
	struct ss_image_error err;
	enum seamstep_end end = seamstep_image_check(lib, f, check, NULL, &err);

	if (end == SEAMSTEP_BAD_IMAGE && f->good) {
		f->good = false;
		f->err = err;
	}
	return end == SEAMSTEP_OK;
}

static void identify(struct seamstep *lib, struct seamstep_image *f, struct identity *id)
{
	memset(id, 0, sizeof(*id));
	id->has_module = f->image.module.n;
	id->has_signer = !seamstep_image_digest(lib, f, SEAMSTEP_IMAGE_KEY, id->signer);
	id->intel = id->has_signer && !memcmp(id->signer, seamstep_signer_intel(),
						 sizeof(id->signer));
	id->signature_valid = judge(lib, f, SEAMSTEP_IMAGE_SIGNATURE);
	if (!id->has_module)
		return;
	id->has_module_hash = !seamstep_image_digest(lib, f, SEAMSTEP_IMAGE_MODULE,
						     id->module_hash);
	id->hash_valid = judge(lib, f, SEAMSTEP_IMAGE_HASH);
	id->elf_valid = judge(lib, f, SEAMSTEP_IMAGE_ELF);
}

/* ---- for people ------------------------------------------------------------------------------ */

__attribute__((format(printf, 2, 3)))
static void row(const char *key, const char *fmt, ...)
{
	va_list args;

	printf("  %-22s ", key);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void row_hex(const char *key, const uint8_t *bytes, size_t n, const char *remark)
{
	char *hex = text_hex(bytes, n);

	row(key, "%s%s", hex, remark);
	free(hex);
}

static uint32_t family(uint32_t fms)
{
	uint32_t base = fms >> 8 & 0xf;

	return base == 0xf ? base + (fms >> 20 & 0xff) : base;
}

static uint32_t model(uint32_t fms)
{
	uint32_t base = fms >> 8 & 0xf, low = fms >> 4 & 0xf;

	return base == 6 || base == 0xf ? low | (fms >> 12 & 0xf0) : low;
}

static void print_cpus(const struct ss_sigstruct *sig)
{
	uint32_t i, fms;

	if (!sig->nr_fms)
		row("CPUs", "any");
	for (i = 0; i < sig->nr_fms; i++) {
		fms = sig->fms[i];
		row(i ? "" : "CPUs", "%05X (family %u, model 0x%02X, any stepping)", fms,
		    family(fms), model(fms));
	}
}

static void print_reserved3(const struct ss_sigstruct *sig)
{
	static const uint8_t zero[sizeof(sig->reserved3)];
	struct ss_version v;

	if (!memcmp(sig->reserved3, zero, sizeof(zero)))
		row("reserved3", "zero");
	else
		row_hex("reserved3", sig->reserved3, sizeof(sig->reserved3),
			" (P-SEAMLDR 1.5 expects zero and refuses the image)");
	if (seamstep_image_version(sig, &v))
		row("version", "%u.%u.%02u (a guess from reserved3)", v.major, v.minor,
		    v.update);
}

static void print_container(const struct seamstep_image *f)
{
	const struct ss_image *image = &f->image;

	if (f->bare) {
		row("container", "none: a bare sigstruct of %zu bytes", f->bytes);
		return;
	}
	row("container", "TDX-BLOB version 0x%x, %zu bytes, checksum field 0x%04x",
	    image->container_version, f->bytes, image->checksum);
	if (!image->sig.raw.p)	/* its layout was not understood */
		return;
	row("sigstruct", "at offset %" PRIu64 ", %u page%s", image->sigstruct_offset,
	    image->sigstruct_pages, image->sigstruct_pages == 1 ? "" : "s");
	row("module", "at offset %" PRIu64 ", %u pages, %zu bytes", image->module_offset,
	    image->module_pages, image->module.n);
}

static void print_sigstruct(const struct ss_sigstruct *sig)
{
	char *date = text_date(sig->date);

	row("date", "%s", date);
	row("SVN", "%u.%u", sig->svn_major, sig->svn_minor);
	row("debug-signed", "%s", sig->module_type & DEBUG_SIGNED ? "yes" : "no");
	row("attributes", "0x%" PRIx64, sig->attributes);
	row("module_hv", "%u", sig->module_hv);
	row("min_update_hv", "%u", sig->min_update_hv);
	row("no_downgrade", "%u", sig->no_downgrade);
	row("handoff pages", "%u", sig->handoff_pages);
	row("stack pages", "%u", sig->stack_pages);
	row("TLS pages", "%u", sig->tls_pages);
	row("keyhole pages", "%u", sig->keyhole_pages);
	row("global data pages", "%u", sig->global_data_pages);
	row("entry offset", "0x%x", sig->rip_offset);
	row("GDT and IDT offset", "0x%x", sig->gdt_idt_offset);
	row("fault wrapper offset", "0x%x", sig->fault_wrapper_offset);
	print_cpus(sig);
	print_reserved3(sig);
	free(date);
}

static void print_identity(const struct seamstep_image *f, const struct identity *id)
{
	row_hex("seamhash", f->image.sig.seamhash, SS_SHA384_BYTES, "");
	if (id->has_module_hash && !id->hash_valid)
		row_hex("SHA-384 of the module", id->module_hash, SS_SHA384_BYTES, "");
	if (id->has_module)
		row("module hash", "%s", id->hash_valid ? "valid" : "NOT VALID");
	if (id->has_signer)
		row_hex("signer", id->signer, SS_SHA384_BYTES,
			id->intel ? " (Intel production key)" : "");
	else
		row("signer", "unknown");
	row("signature", "%s", id->signature_valid ? "valid" : "NOT VALID");
}

static uint64_t le(const struct ss_bytes b, size_t offset, unsigned int width)
{
	uint64_t value = 0;

	while (width--)
		value = value << 8 | b.p[offset + width];
	return value;
}

/* The fields of the ELF header, which is in the module's first page. */
static void print_elf(const struct ss_image *image, const struct identity *id)
{
	struct ss_bytes m = image->module;

	if (!id->has_module)
		return;
	row("ELF", "%s", id->elf_valid ? "keeps the rules of the P-SEAMLDR" : "NOT VALID");
	if (id->elf_valid)
		row("", "type %u, machine %u, entry 0x%" PRIx64 ", %u program headers, "
		    "%u section headers", (unsigned int)le(m, 16, 2), (unsigned int)le(m, 18, 2),
		    le(m, 24, 8), (unsigned int)le(m, 56, 2), (unsigned int)le(m, 60, 2));
}

static void print_error(const struct seamstep_image *f)
{
	char *text = f->unreadable ? NULL : out_image_error_text(&f->err);

	if (f->unreadable)
		fprintf(stderr, "seamstep: %s: %s\n", f->name, f->unreadable);
	else
		fprintf(stderr, "seamstep: %s: %s\n", f->name, text);
	free(text);
}

static void print(const struct seamstep_image *f, const struct identity *id)
{
	bool bad = f->unreadable || !f->good;

	if (!f->unreadable)
		printf("%s%s%s\n", out_style(stdout, OUT_BOLD), f->name,
		       out_style(stdout, OUT_PLAIN));
	if (f->file)
		print_container(f);
	if (id) {
		print_sigstruct(&f->image.sig);
		print_identity(f, id);
		print_elf(&f->image, id);
	}
	fflush(stdout);
	if (bad)
		print_error(f);
}

/* ---- for machines ---------------------------------------------------------------------------- */

static void set_hex(json_t *json, const char *key, const uint8_t *bytes, size_t n)
{
	char *hex = bytes ? text_hex(bytes, n) : NULL;

	json_object_set_new(json, key, json_text(hex));
	free(hex);
}

static json_t *container_json(const struct ss_image *image)
{
	json_t *json = json_pack("{s:I, s:o, s:i}", "bytes", (json_int_t)image->file.n,
				 "version", json_hex(image->container_version), "checksum",
				 image->checksum);

	if (!image->sig.raw.p)	/* its layout was not understood */
		return json;
	json_object_set_new(json, "sigstruct_pages", json_integer(image->sigstruct_pages));
	json_object_set_new(json, "module_pages", json_integer(image->module_pages));
	json_object_set_new(json, "module_offset",
			    json_integer((json_int_t)image->module_offset));
	return json;
}

static json_t *cpus_json(const struct ss_sigstruct *sig)
{
	json_t *list = json_array();
	char *name;
	uint32_t i;

	for (i = 0; i < sig->nr_fms; i++) {
		name = text_format("0x%x", sig->fms[i]);
		json_array_append_new(list, json_pack("{s:s, s:i, s:i}", "fms", name,
						      "family", (int)family(sig->fms[i]),
						      "model", (int)model(sig->fms[i])));
		free(name);
	}
	return list;
}

static json_t *version_json(const struct ss_sigstruct *sig)
{
	struct ss_version v;
	json_t *json;
	char *text;

	if (!seamstep_image_version(sig, &v))
		return json_null();
	text = text_format("%u.%u.%02u", v.major, v.minor, v.update);
	json = json_string(text);
	free(text);
	return json;
}

static json_t *sigstruct_json(const struct ss_sigstruct *sig)
{
	char *date = text_date(sig->date);
	char *svn = text_format("%u.%u", sig->svn_major, sig->svn_minor);
	json_t *json = json_pack(
		"{s:s, s:s, s:i, s:i, s:b, s:o, s:i, s:i, s:b, s:i, s:i, s:i, s:i, s:i,"
		" s:I, s:I, s:I, s:o, s:o}",
		"date", date, "svn", svn,
		"svn_major", sig->svn_major, "svn_minor", sig->svn_minor,
		"debug_signed", !!(sig->module_type & DEBUG_SIGNED),
		"attributes", json_hex(sig->attributes),
		"module_hv", sig->module_hv, "min_update_hv", sig->min_update_hv,
		"no_downgrade", !!sig->no_downgrade,
		"handoff_pages", (int)sig->handoff_pages, "stack_pages", (int)sig->stack_pages,
		"tls_pages", (int)sig->tls_pages, "keyhole_pages", (int)sig->keyhole_pages,
		"global_data_pages", (int)sig->global_data_pages,
		"entry_offset", (json_int_t)sig->rip_offset,
		"gdt_idt_offset", (json_int_t)sig->gdt_idt_offset,
		"fault_wrapper_offset", (json_int_t)sig->fault_wrapper_offset,
		"cpus", cpus_json(sig), "version", version_json(sig));

	set_hex(json, "reserved3", sig->reserved3, sizeof(sig->reserved3));
	set_hex(json, "seamhash", sig->seamhash, SS_SHA384_BYTES);
	free(date);
	free(svn);
	return json;
}

static json_t *elf_json(struct ss_bytes m, bool valid)
{
	if (!valid)
		return json_pack("{s:b}", "valid", 0);
	return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I}", "valid", 1,
			 "type", (json_int_t)le(m, 16, 2), "machine", (json_int_t)le(m, 18, 2),
			 "entry", (json_int_t)le(m, 24, 8),
			 "program_headers", (json_int_t)le(m, 56, 2),
			 "section_headers", (json_int_t)le(m, 60, 2));
}

static void set_identity(json_t *json, const struct ss_image *image, const struct identity *id)
{
	json_t *signer = json_pack("{s:b}", "intel", id->intel);

	set_hex(signer, "sha384", id->has_signer ? id->signer : NULL, sizeof(id->signer));
	json_object_set_new(json, "signer", signer);
	json_object_set_new(json, "signature_valid", json_boolean(id->signature_valid));
	if (!id->has_module)
		return;
	set_hex(json, "module_sha384", id->has_module_hash ? id->module_hash : NULL,
		sizeof(id->module_hash));
	json_object_set_new(json, "hash_valid", json_boolean(id->hash_valid));
	json_object_set_new(json, "elf", elf_json(image->module, id->elf_valid));
}

static json_t *to_json(const struct seamstep_image *f, const struct identity *id)
{
	json_t *json = out_image_file_json(f);

	if (f->file)
		json_object_set_new(json, "format",
				    json_string(f->bare ? "sigstruct" : "container"));
	if (f->file && !f->bare)
		json_object_set_new(json, "container", container_json(&f->image));
	if (id) {
		json_object_set_new(json, "sigstruct", sigstruct_json(&f->image.sig));
		set_identity(json, &f->image, id);
	}
	return json;
}

/* ---- the verb -------------------------------------------------------------------------------- */

static enum exit_status inspect(struct seamstep *lib, const char *path, json_t *images)
{
	struct seamstep_image *f;
	struct identity id;
	enum exit_status code = exit_of(seamstep_image_read(lib, file_name(path), true, &f));
	bool described;

	if (!f)
		return out_fail(code, "%s", seamstep_error(lib));
	/* A malformed file that is no container may be anything: describe nothing. */
	described = f->image.sig.raw.p && (f->good || !f->bare);
	if (described)
		identify(lib, f, &id);
	if (images)
		json_array_append_new(images, to_json(f, described ? &id : NULL));
	else
		print(f, described ? &id : NULL);
	code = out_image_file_exit(f);
	seamstep_image_free(f);
	return code;
}

int verb_inspect(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL }
	};
	enum exit_status worst = EXIT_OK, code;
	json_t *images, *doc;
	struct seamstep *lib;
	int c;

	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c != 'j')
			return out_bad_option("inspect", argv, c, options);
		out_json_mode("inspect");
	}
	if (optind == argc)
		return out_usage_error("inspect", "name at least one image file");
	images = out_json_wanted() ? json_array() : NULL;
	lib = session_library();
	for (; optind < argc; optind++) {
		code = inspect(lib, argv[optind], images);
		worst = code > worst ? code : worst;
		if (!images && optind + 1 < argc)
			putchar('\n');
	}
	seamstep_free(lib);
	if (!images)
		return worst;
	doc = out_json_doc("seamstep.inspect/1");
	json_object_set_new(doc, "images", images);
	return out_json_end(doc, worst);
}
