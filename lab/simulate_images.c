// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The images of a simulation: built from the ladder or read from files, then checked. */
#include "simulate.h"

#include "lib/base/file.h"
#include "lib/image/image_file.h"
#include "lib/image/image_text.h"
#include "lib/image/mapping.h"
#include "model_image.h"
#include "model_mapping.h"
#include "lib/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULUS_OFFSET	128			/* in the sigstruct, specification 4.4 */

/* The sources of images. */
struct source {
	struct simulation *s;
	struct key *key;		/* signs the ladder's images */
	struct mapping *mapping;	/* of the repository, if one was given */
};

static bool is_file_name(const char *name)
{
	size_t n = strlen(name);

	return strchr(name, '/') || (n > 5 && !strcmp(name + n - 5, ".blob"));
}

/* "joined_files/1.5/tdx_module_1.5.16.blob" in the repository. */
static char *repo_path(const char *repo, const char *version)
{
	const char *dot = strrchr(version, '.');

	return base_text("%s/joined_files/%.*s/tdx_module_%s.blob", repo, (int)(dot - version),
			   version, version);
}

/* Names an image by the version in ".../tdx_module_1.5.16.blob", or else by its base name. */
static void name_after_file(struct simulate_image *image, const char *path)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const char *prefix = "tdx_module_";
	size_t n = strlen(base);

	if (!strncmp(base, prefix, strlen(prefix)) && n > 5 && !strcmp(base + n - 5, ".blob")) {
		char *version =
			base_text("%.*s", (int)(n - strlen(prefix) - 5), base + strlen(prefix));

		if (ss_version_parse(version, &image->version)) {
			image->has_version = true;
			image->name = version;
			return;
		}
		base_free(version);
	}
	image->name = base_escape(base);
}

static bool read_file(struct source *from, const char *path, struct simulate_image *image)
{
	char *shown;

	name_after_file(image, path);
	image->file = base_file_read(path, SEAMSTEP_IMAGE_LIMIT, &image->bytes);
	if (image->file)
		return true;
	shown = base_escape(path);
	simulate_refuse(from->s, SEAMSTEP_ERROR, "%s: %s", shown, strerror(errno));
	base_free(shown);
	return false;
}

static char *known_versions(void)
{
	char *list = base_text("%s", sim_ladder[0].version), *longer;
	uint32_t i;

	for (i = 1; i < sim_ladder_nr; i++) {
		longer = base_text("%s, %s", list, sim_ladder[i].version);
		base_free(list);
		list = longer;
	}
	return list;
}

static bool unknown_version(struct source *from, const char *version)
{
	char *known = known_versions(), *shown = base_escape(version);

	simulate_refuse(from->s, SEAMSTEP_BAD_REQUEST, "the model knows no version '%s', but %s", shown,
			known);
	base_free(known);
	base_free(shown);
	return false;
}

static bool build_image(struct source *from, const char *version, struct simulate_image *image)
{
	const struct sim_module_info *info = sim_ladder_find(version);
	struct model_parts parts;

	if (!info)
		return unknown_version(from, version);
	if (!model_parts_build(info, from->key, &parts))
		return simulate_refuse(from->s, SEAMSTEP_ERROR,
				       "the crypto library cannot sign an image");
	image->file = model_parts_pack(&parts, 0x200, &image->bytes);
	model_parts_release(&parts);
	image->name = base_text("%s", version);
	image->has_version = ss_version_parse(version, &image->version);
	image->rule = mapping_of_model(info);
	return true;
}

static bool read_repo(struct source *from, const char *version, struct simulate_image *image)
{
	char *path;
	bool ok;

	if (!ss_version_parse(version, &image->version))
		return unknown_version(from, version);
	path = repo_path(from->s->options->repo, version);
	ok = read_file(from, path, image);
	base_free(path);
	return ok;
}

static bool check_image(struct source *from, struct simulate_image *image, const uint8_t *signer)
{
	struct ss_bytes file = { image->file, image->bytes };
	struct ss_image_error err;
	char *text;

	if (ss_image_parse(file, &image->image, &err) &&
	    ss_image_check_signer(&image->image, &crypto_openssl, signer, &err) &&
	    ss_image_check_signature(&image->image, &crypto_openssl, &err) &&
	    ss_image_check_hash(&image->image, &crypto_openssl, &err) &&
	    ss_image_check_elf(&image->image, &err))
		return true;
	text = image_error_text(&err);
	simulate_refuse(from->s, SEAMSTEP_BAD_IMAGE, "%s: %s", image->name, text);
	base_free(text);
	return false;
}

static bool load(struct source *from, const char *what, struct simulate_image *image,
		 const uint8_t *signer)
{
	bool ok;

	if (is_file_name(what))
		ok = read_file(from, what, image);
	else if (from->s->options->repo)
		ok = read_repo(from, what, image);
	else
		ok = build_image(from, what, image);
	if (!ok)
		return false;
	if (image->has_version && !image->rule.known)
		image->rule = mapping_find(from->mapping, image->version);
	return check_image(from, image, signer);
}

static bool add_image(struct source *from, const char *what)
{
	struct simulation *s = from->s;
	struct simulate_image *image = &s->images[s->nr_images];

	if (!load(from, what, image, s->config.signer))
		return false;
	s->names[s->nr_images++] = image->name;
	return true;
}

/* The machine trusts the signer of its running module. */
static bool learn_signer(struct simulation *s)
{
	struct ss_bytes modulus = { s->running.image.sig.raw.p + MODULUS_OFFSET, SS_RSA3072_BYTES };

	if (!crypto_openssl.sha384(crypto_openssl.ctx, &modulus, 1, s->config.signer))
		return simulate_refuse(s, SEAMSTEP_ERROR, "the crypto library cannot compute SHA-384");
	return true;
}

static bool available(const struct simulation *s, const char *version)
{
	char *path;
	bool there;

	if (!s->options->repo)
		return true;
	path = repo_path(s->options->repo, version);
	there = access(path, R_OK) == 0;
	base_free(path);
	return there;
}

/* A version that can be installed after the target, because both have the same SVN. */
static const char *sibling_of_target(const struct simulation *s)
{
	const struct ss_sigstruct *target = &s->images[0].image.sig;
	uint32_t i;

	for (i = sim_ladder_nr; i-- > 0;) {
		const struct sim_module_info *info = &sim_ladder[i];

		if (info->svn_minor == target->svn_minor && info->svn_major == target->svn_major &&
		    strcmp(info->version, s->images[0].name) &&
		    strcmp(info->version, s->running.name) && available(s, info->version))
			return info->version;
	}
	return NULL;
}

static bool add_default_fallbacks(struct source *from)
{
	struct simulation *s = from->s;
	const char *sibling = sibling_of_target(s);

	return add_image(from, s->options->from) && (!sibling || add_image(from, sibling));
}

static bool add_fallbacks(struct source *from)
{
	const struct simulate_options *o = from->s->options;
	uint32_t i;

	if (o->default_fallbacks)
		return add_default_fallbacks(from);
	for (i = 0; i < o->nr_fallbacks; i++)
		if (!add_image(from, o->fallbacks[i]))
			return false;
	return true;
}

static bool open_source(struct source *from)
{
	const char *repo = from->s->options->repo;
	char *path, *why;

	if (!repo) {
		from->key = key_parse(model_key_pem);
		return from->key || simulate_refuse(from->s, SEAMSTEP_ERROR,
						    "the crypto library refuses the model's key");
	}
	path = base_text("%s/mapping_file.json", repo);
	from->mapping = mapping_load(path, &why);
	base_free(path);
	if (from->mapping)
		return true;
	simulate_refuse(from->s, SEAMSTEP_ERROR, "%s", why);
	base_free(why);
	return false;
}

bool simulate_load_images(struct simulation *s)
{
	struct source from = { .s = s };
	bool ok = open_source(&from) && load(&from, s->options->from, &s->running, NULL) &&
		  learn_signer(s) && add_image(&from, s->options->to) && add_fallbacks(&from);

	key_free(from.key);
	mapping_free(from.mapping);
	return ok;
}
