/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A repository of images: the published layout, or any directory with images in it. */
#ifndef SS_CLI_REPO_H
#define SS_CLI_REPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <seamstep/image.h>
#include <seamstep/repo.h>

#include "core/route.h"
#include "mapping.h"

#define REPO_MAX_IMAGES		SEAMSTEP_MAX_IMAGES
#define REPO_MAX_FINDINGS	64u

/*
 * Findings are sentences about contradictions: mapping file against images, file names against
 * images. No signature of an image here has been verified.
 */
struct repo {
	char *dir;
	char *shown;			/* escaped */
	struct mapping *mapping;	/* NULL: none, or unusable */
	bool mapping_broken;		/* there is a mapping file, and it cannot be used */
	/* By version, oldest first; unknown ones last. */
	struct seamstep_image images[REPO_MAX_IMAGES];
	uint32_t nr;
	char *findings[REPO_MAX_FINDINGS];
	uint32_t nr_findings;
	uint32_t left_out;		/* images beyond REPO_MAX_IMAGES, the oldest ones */
	bool folders_left_out;
};

/**
 * repo_open - read a repository
 * @dir: with mapping_file.json, joined_files/X.Y/, separate_files/; or any directory
 * @why: malloc'd sentence on failure
 *
 * The whole directory is untrusted: only regular files of a sane size are read, and an image that
 * contradicts the directory is believed. Returns NULL if the directory cannot be read.
 */
struct repo *repo_open(const char *dir, char **why);
void repo_free(struct repo *repo);

/* The image of a version, or NULL: the first well-formed one. */
const struct seamstep_image *repo_find(const struct repo *repo, struct ss_version version);
/* By SHA-384 of the module's pages (the MRSEAM of a running module); or NULL. */
const struct seamstep_image *repo_find_hash(const struct repo *repo,
					const uint8_t hash[SS_SHA384_BYTES]);

/* The rules of the repository's mapping file for a version; @repo may be NULL. */
struct ss_compat_rule repo_rule_of(const struct repo *repo, struct ss_version version);

/* Adds a finding. */
__attribute__((format(printf, 2, 3)))
void repo_find_fault(struct repo *repo, const char *fmt, ...);

/* ---- repo_check.c ---------------------------------------------------------------------------- */

/* Takes the version from an image whose module another image has, under another version. */
void repo_check_names(struct repo *repo);
/* Adds findings about contradictions. The images are in the order of their versions. */
void repo_check(struct repo *repo);

/* ---- repo_file.c ----------------------------------------------------------------------------- */

/**
 * repo_load_file - read one image from a file of its own
 * @repo: for the rules; or NULL
 * Returns false with *@why set if the file cannot be read. A malformed image is no failure: its
 * @good is false. Of a good one the head is in memory: repo_image_whole() reads the module.
 */
bool repo_load_file(const char *path, const struct repo *repo, struct seamstep_image *image,
		    char **why);
/* Reads the rest of a good image. False with *@why set if the file is gone, bad, or another one. */
bool repo_image_whole(struct seamstep_image *image, char **why);
void repo_image_release(struct seamstep_image *image);
/* "tdx_module_1.5.16.blob", "..._1.5.16_anything.bin": the first X.Y.Z in the base name. */
bool repo_name_version(const char *path, struct ss_version *version);

/* The image's rules, or NULL: the mapping file has none, and can be read. */
static inline const struct ss_compat_rule *repo_rule(const struct seamstep_image *image)
{
	return image->rule.known || image->rule.broken ? &image->rule : NULL;
}

/* "1.5.06", malloc'd; "?" if not known. */
char *repo_version_text(bool known, struct ss_version version);

#endif
