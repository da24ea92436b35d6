/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A repository of images, and the verdict on each image for a host. */
#ifndef SEAMSTEP_REPO_H
#define SEAMSTEP_REPO_H

#include <seamstep/types.h>

struct seamstep_image;

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* More images of a repository are left out; a finding says so. */
#define SEAMSTEP_MAX_IMAGES	64u

/**
 * seamstep_repo_open - read a repository
 * @dir:  with mapping_file.json, joined_files/X.Y/, separate_files/; or any directory
 * @repo: set on success; seamstep_repo_close() after use
 *
 * The whole directory is untrusted: only regular files of a sane size are read. No signature is
 * checked here. Returns SEAMSTEP_OK; SEAMSTEP_ERROR if the directory cannot be read.
 */
enum seamstep_end seamstep_repo_open(struct seamstep *s, const char *dir,
				     struct seamstep_repo **repo);

/**
 * seamstep_repo_close - free a repository and its images, or do nothing if it is NULL
 */
void seamstep_repo_close(struct seamstep_repo *repo);

/**
 * seamstep_repo_name - the directory; escaped
 */
const char *seamstep_repo_name(const struct seamstep_repo *repo);

/**
 * seamstep_repo_size - the number of images, at most SEAMSTEP_MAX_IMAGES
 */
uint32_t seamstep_repo_size(const struct seamstep_repo *repo);

/**
 * seamstep_repo_image - one image: by version, oldest first, those without a version last
 * Returns NULL if @i is not below seamstep_repo_size(). The image is the repository's.
 */
const struct seamstep_image *seamstep_repo_image(const struct seamstep_repo *repo, uint32_t i);

/**
 * seamstep_repo_find - the first well-formed image of a version, or NULL
 */
const struct seamstep_image *seamstep_repo_find(const struct seamstep_repo *repo,
						struct ss_version version);

/**
 * seamstep_repo_finding - a sentence on a contradiction in the repository
 * Mapping file against images, file names against images. Escaped.
 * Returns NULL if @i is not below the number of findings.
 */
const char *seamstep_repo_finding(const struct seamstep_repo *repo, uint32_t i);

/* The verdict on an image, against a host. */
enum seamstep_verdict {
	SEAMSTEP_VERDICT_RUNNING,	/* it is the running module */
	SEAMSTEP_VERDICT_OK,		/* it can be installed now */
	SEAMSTEP_VERDICT_ROUTE,		/* more than one update leads to it */
	/* It does not fit, see @compat, or must not be used, see @forbidden. */
	SEAMSTEP_VERDICT_NO,
	SEAMSTEP_VERDICT_MALFORMED	/* see image->err */
};

/**
 * seamstep_verdict_name - "ok"
 */
const char *seamstep_verdict_name(enum seamstep_verdict verdict);

/* An image with its verdict. @compat is NULL where the image is malformed. */
struct seamstep_listed {
	const struct seamstep_image *image;
	enum seamstep_verdict verdict;
	uint32_t updates;		/* that lead to it; 0: it is running, or out of reach */
	const struct ss_compat *compat;	/* refused, warned, and the numbers behind them */
	const char *forbidden;		/* why the policy forbids it: a clause. NULL: it does not */
};

/**
 * seamstep_list - the images of the host's repository, each with its verdict
 * @host: after seamstep_host_refresh() with a repository
 * @list: set to an array of pointers, one an image, in the order of seamstep_repo_image(), NULL
 *        at the end. seamstep_list_free() after use; valid until the next refresh
 *
 * Signatures are not checked: an update does that. Returns SEAMSTEP_OK; SEAMSTEP_BAD_REQUEST if
 * the host uses no repository.
 */
enum seamstep_end seamstep_list(struct seamstep_host *host, struct seamstep_listed ***list);

/**
 * seamstep_list_free - free a list, or do nothing if it is NULL
 */
void seamstep_list_free(struct seamstep_listed **list);

/**
 * seamstep_newest - the newest version that updates can reach now
 * @updates: set to the number of updates that it takes; 0: there is nothing newer
 * Returns SEAMSTEP_OK, also where there is nothing newer or the host uses no repository.
 */
enum seamstep_end seamstep_newest(struct seamstep_host *host, struct ss_version *version,
				  uint32_t *updates);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
