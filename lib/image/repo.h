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
	/* By version, oldest first; unknown ones last. */
	struct seamstep_image images[REPO_MAX_IMAGES];
	uint32_t nr;
	char *findings[REPO_MAX_FINDINGS];
	uint32_t nr_findings;
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

/**
 * repo_load_file - read one image from a file of its own
 * Returns false with *@why set if the file cannot be read. A malformed image is no failure: its
 * @good is false.
 */
bool repo_load_file(const char *path, const struct mapping *mapping, struct seamstep_image *image,
		    char **why);
void repo_image_release(struct seamstep_image *image);

/* "1.5.06", malloc'd; "?" if not known. */
char *repo_version_text(bool known, struct ss_version version);

#endif
