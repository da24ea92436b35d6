// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Answers of "seamstep explain": for people, and as JSON. */
#include "explain_report.h"

#include "tool/base/text.h"
#include "tool/out/exits.h"
#include "tool/out/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL	10		/* columns of a label */
#define COLUMNS	96

/* ---- images ---------------------------------------------------------------------------------- */

static const struct seamstep_repo *images_of(struct explain_images *images)
{
	if (!images->tried && images->path &&
	    seamstep_repo_open(images->lib, images->path, &images->repo))
		images->why = text_format("%s", seamstep_error(images->lib));
	images->tried = true;
	return images->repo;
}

void explain_images_release(struct explain_images *images)
{
	seamstep_repo_close(images->repo);
	free(images->why);
}

static bool has_hash(const struct seamstep_image *image, const struct seamstep_explain_answer *a)
{
	char *hex = text_hex(image->image.sig.seamhash, SS_SHA384_BYTES);
	size_t tail = SEAMSTEP_EXPLAIN_HASH_DIGITS - a->hash_tail;
	bool same = !strncmp(hex, a->hash, a->hash_head) && !strcmp(hex + tail, a->hash + tail);

	free(hex);
	return same;
}

static bool is_meant(const struct seamstep_image *image, const struct seamstep_explain_answer *a)
{
	const struct ss_sigstruct *sig = &image->image.sig;

	if (!image->good)
		return false;
	if (a->kind == SEAMSTEP_EXPLAIN_MRSEAM)
		return has_hash(image, a);
	return a->value == ((uint64_t)sig->svn_major << 8 | sig->svn_minor);
}

/* The image's version, or its file's name: malloc'd. */
static char *name_of(const struct seamstep_image *image)
{
	return image->has_version ? text_version(true, image->version) :
				    text_format("%s", image->name);
}

static json_t *meant(const struct seamstep_explain_answer *a, const struct seamstep_repo *repo)
{
	uint32_t i, nr = repo ? seamstep_repo_size(repo) : 0;
	json_t *names = json_array();
	char *name;

	for (i = 0; i < nr; i++) {
		const struct seamstep_image *image = seamstep_repo_image(repo, i);

		if (!is_meant(image, a))
			continue;
		name = name_of(image);
		json_array_append_new(names, json_string(name));
		free(name);
	}
	return names;
}

static bool asks_for_images(const struct seamstep_explain_answer *a)
{
	return a->kind == SEAMSTEP_EXPLAIN_MRSEAM || a->kind == SEAMSTEP_EXPLAIN_TCB_SVN;
}

/* ---- words of an answer ---------------------------------------------------------------------- */

static const char *name_of_answer(const struct seamstep_explain_answer *a)
{
	if (a->kind == SEAMSTEP_EXPLAIN_EXIT_STATUS && a->value < EXIT_NR)
		return exit_name((int)a->value);
	return a->name;
}

static const char *meaning_of_answer(const struct seamstep_explain_answer *a)
{
	if (a->kind == SEAMSTEP_EXPLAIN_EXIT_STATUS)
		return a->value < EXIT_NR ? exit_meaning((int)a->value) :
					    "no exit status that this seamstep has";
	return a->meaning;
}

static char *detail_text(const struct seamstep_explain_detail *d)
{
	const char *gap = d->name ? ": " : "", *name = d->name ? d->name : "";
	unsigned long long value = d->value;

	return value < 10 ? text_format("%s %llu%s%s", d->what, value, gap, name) :
			    text_format("%s 0x%llx%s%s", d->what, value, gap, name);
}

/* ---- for people ------------------------------------------------------------------------------ */

/* "  Label     text", continued below the text. */
static void print_field(const char *label, const char *text)
{
	size_t column = 2 + LABEL, n;

	if (!text)
		return;
	printf("  %-*s", LABEL, label);
	while (*text) {
		n = strcspn(text, " ");
		if (column + n > COLUMNS && column > 2 + LABEL) {
			printf("\n%*s", 2 + LABEL, "");
			column = 2 + LABEL;
		}
		printf("%.*s", (int)n, text);
		column += n;
		text += n;
		if (*text) {
			text++;
			column++;
			if (*text && column + strcspn(text, " ") <= COLUMNS)
				putchar(' ');
		}
	}
	putchar('\n');
}

static void print_images(const struct seamstep_explain_answer *a, struct explain_images *images)
{
	const struct seamstep_repo *repo = images_of(images);
	json_t *names = meant(a, repo);
	char *text = NULL;
	size_t i;

	if (!images->path)
		text = text_format("not known: no repository of images; name one with --repo DIR");
	else if (!repo)
		text = text_format("not known: the repository cannot be read: %s", images->why);
	else if (!json_array_size(names))
		text = text_format("none of the %u images in %s", seamstep_repo_size(repo),
				   seamstep_repo_name(repo));
	if (text)
		print_field("Images", text);
	for (i = 0; i < json_array_size(names); i++)
		print_field(i ? "" : "Images", json_string_value(json_array_get(names, i)));
	free(text);
	json_decref(names);
}

static void print_leaf(const struct seamstep_explain_answer *a)
{
	uint64_t number = a->leaf & 0xffff;
	char *text = text_format("%s (%sleaf %llu)", a->leaf_name ? a->leaf_name : "not known",
				 a->leaf & SEAMSTEP_EXPLAIN_TO_PSEAMLDR ? "P-SEAMLDR, " : "",
				 (unsigned long long)number);

	print_field("Call", text);
	free(text);
}

static void print_name(const struct seamstep_explain_answer *a)
{
	const char *name = name_of_answer(a);
	char value[24] = "";

	if (a->has_value && a->value > UINT32_MAX)
		snprintf(value, sizeof(value), "0x%016llx", (unsigned long long)a->value);
	else if (a->has_value && a->kind != SEAMSTEP_EXPLAIN_TCB_SVN)
		snprintf(value, sizeof(value), a->kind == SEAMSTEP_EXPLAIN_EXIT_REASON ? "0x%llx" : "%llu",
			 (unsigned long long)a->value);
	printf("%s%s%s", out_style(stdout, OUT_BOLD), name ? name : "not known",
	       out_style(stdout, OUT_PLAIN));
	if (*value)
		printf(" (%s %s)", seamstep_explain_kind_name(a->kind), value);
	else
		printf(" (%s)", seamstep_explain_kind_name(a->kind));
	putchar('\n');
}

void explain_print(const struct seamstep_explain_answer *a, struct explain_images *images,
		   bool again)
{
	char *class = a->class_name ? text_format("%s: %s", a->class_name, a->class_text) : NULL;
	uint32_t i;

	if (a->line)
		printf("%s%llu: %s%s\n", out_style(stdout, OUT_DIM), (unsigned long long)a->line,
		       a->shown, out_style(stdout, OUT_PLAIN));
	else if (again)
		puts("or");
	print_name(a);
	if (a->has_leaf)
		print_leaf(a);
	for (i = 0; i < a->nr_details; i++) {
		char *text = detail_text(&a->detail[i]);

		print_field(i ? "" : "Names", text);
		free(text);
	}
	print_field("Whose", seamstep_explain_whose_name(a->whose));
	print_field("Class", class);
	print_field("Meaning", meaning_of_answer(a));
	if (asks_for_images(a))
		print_images(a, images);
	print_field("TDs", a->tds);
	print_field("Do", a->action);
	free(class);
}

/* ---- for machines ---------------------------------------------------------------------------- */

static json_t *hex_json(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%016llx", (unsigned long long)value);
	return json_string(text);
}

static json_t *text_json(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *leaf_json(const struct seamstep_explain_answer *a)
{
	if (!a->has_leaf)
		return json_null();
	return json_pack("{s:o, s:o}", "value", hex_json(a->leaf), "name", text_json(a->leaf_name));
}

static json_t *details_json(const struct seamstep_explain_answer *a)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < a->nr_details; i++)
		json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "what", a->detail[i].what,
						      "value", hex_json(a->detail[i].value), "name",
						      text_json(a->detail[i].name)));
	return list;
}

static json_t *registers_json(const struct seamstep_explain_answer *a)
{
	json_t *all = json_object();
	uint32_t i;

	for (i = 0; i < SEAMSTEP_EXPLAIN_REGISTERS; i++)
		if (a->has_register >> i & 1)
			json_object_set_new(all, seamstep_explain_register_name(i),
					    hex_json(a->reg[i]));
	return all;
}

json_t *explain_json(const struct seamstep_explain_answer *a, struct explain_images *images)
{
	json_t *json = json_object();

	json_object_set_new(json, "kind", json_string(seamstep_explain_kind_name(a->kind)));
	json_object_set_new(json, "line", a->line ? json_integer((json_int_t)a->line) : json_null());
	json_object_set_new(json, "text", json_string(a->shown));
	json_object_set_new(json, "known",
			    json_boolean(a->known || (a->kind == SEAMSTEP_EXPLAIN_EXIT_STATUS &&
						      a->value < EXIT_NR)));
	json_object_set_new(json, "name", text_json(name_of_answer(a)));
	json_object_set_new(json, "value", a->has_value ? hex_json(a->value) : json_null());
	json_object_set_new(json, "leaf", leaf_json(a));
	json_object_set_new(json, "details", details_json(a));
	json_object_set_new(json, "registers", registers_json(a));
	json_object_set_new(json, "whose", json_string(seamstep_explain_whose_name(a->whose)));
	json_object_set_new(json, "class", text_json(a->class_name));
	json_object_set_new(json, "meaning", text_json(meaning_of_answer(a)));
	json_object_set_new(json, "tds", text_json(a->tds));
	json_object_set_new(json, "action", text_json(a->action));
	if (asks_for_images(a))
		json_object_set_new(json, "images",
				    images_of(images) ? meant(a, images->repo) : json_null());
	return json;
}
