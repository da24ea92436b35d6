// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads a directory of images, and compares file names and mapping file with the images. */
#include "repo.h"

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ----------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && !strcmp(name + n - m, end);
}

/* ---- directories ----------------------------------------------------------------------------- */

static char *relative(const struct repo *repo, const char *path)
{
	size_t n = strlen(repo->dir);

	return base_escape(!strncmp(path, repo->dir, n) && path[n] == '/' ? path + n + 1 : path);
}

/* Is @a the one to leave out: without a version, or older? */
static bool matters_less(const struct seamstep_image *a, const struct seamstep_image *b)
{
	if (a->has_version != b->has_version)
		return !a->has_version;
	return ss_version_cmp(a->version, b->version) < 0;
}

/* Keeps the newest images, whatever the order of the files. Takes @image. */
static void keep(struct repo *repo, struct seamstep_image *image)
{
	struct seamstep_image *least = &repo->images[0], drop;
	uint32_t i;

	if (repo->nr < REPO_MAX_IMAGES) {
		repo->images[repo->nr++] = *image;
		return;
	}
	for (i = 1; i < repo->nr; i++)
		if (matters_less(&repo->images[i], least))
			least = &repo->images[i];
	drop = *image;
	if (matters_less(least, image)) {
		drop = *least;
		*least = *image;
	}
	repo_image_release(&drop);
	repo->left_out++;
}

static void add_blob(struct repo *repo, const char *path)
{
	struct seamstep_image image;
	char *why;

	if (!repo_load_file(path, repo, &image, &why)) {
		repo_find_fault(repo, "%s", why);
		base_free(why);
		return;
	}
	base_free(image.name);
	image.name = relative(repo, path);
	keep(repo, &image);
}

static bool have_version(const struct repo *repo, struct ss_version version)
{
	uint32_t i;

	for (i = 0; i < repo->nr; i++)
		if (repo->images[i].has_version && repo->images[i].good &&
		    !ss_version_cmp(repo->images[i].version, version))
			return true;
	return false;
}

/* Joins sigstruct and module in a container of our own. Only those two parts are judged. */
static bool join(struct seamstep_image *image, const char *path, const char *sig_path)
{
	struct ss_bytes sigstruct = { NULL, 0 }, module = { NULL, 0 };
	uint8_t *sig = base_file_read_regular(sig_path, SS_PAGE, &sigstruct.n);
	uint8_t *mod = base_file_read_regular(path, SEAMSTEP_IMAGE_LIMIT, &module.n);
	size_t need = 0;

	sigstruct.p = sig;
	module.p = mod;
	if (sig && mod)
		need = ss_image_pack(0x200, sigstruct, module, NULL, 0);
	if (need) {
		image->file = base_alloc(need);
		if (image->file)
			image->bytes = ss_image_pack(0x200, sigstruct, module, image->file, need);
	}
	base_free(sig);
	base_free(mod);
	return image->bytes > 0;
}

/* Adds X.bin with X.sigstruct, unless the repository has that version as one file already. */
static void add_pair(struct repo *repo, const char *path)
{
	char *sig_path = base_text("%.*s.sigstruct", (int)(strlen(path) - strlen(".bin")), path);
	struct seamstep_image image = { .path = NULL };
	char *shown = relative(repo, path);
	bool known = repo_name_version(path, &image.version);

	if (known && have_version(repo, image.version)) {
		base_free(shown);
	} else if (join(&image, path, sig_path)) {
		image.path = base_text("%s", path);
		image.name = shown;
		image.has_version = known;
		image.rule = repo_rule_of(repo, image.version);
		image.good = ss_image_parse((struct ss_bytes){ image.file, image.bytes },
					    &image.image, &image.err);
		keep(repo, &image);
	} else {
		repo_find_fault(repo, "%s: cannot be joined with a .sigstruct beside it", shown);
		base_free(shown);
	}
	base_free(sig_path);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* For one more folder to be looked into? */
static bool has_room(struct repo *repo, size_t nr)
{
	if (nr < REPO_MAX_IMAGES)
		return true;
	if (!repo->folders_left_out)
		repo_find_fault(repo, "folders are left out: more than %u are side by side",
				REPO_MAX_IMAGES);
	repo->folders_left_out = true;
	return false;
}

/*
 * Calls @add for the files in @dir whose names end in @end, down to @depth levels of directories.
 */
static void walk(struct repo *repo, const char *dir, const char *end, unsigned int depth,
		 void (*add)(struct repo *repo, const char *path))
{
	char *pending[REPO_MAX_IMAGES];
	unsigned int levels[REPO_MAX_IMAGES];
	size_t nr = 1;

	pending[0] = base_text("%s", dir);
	levels[0] = depth;
	while (nr) {
		char *here = pending[--nr];
		unsigned int level = levels[nr];
		struct dirent **list;
		int i, n = scandir(here, &list, not_hidden, alphasort);

		if (n < 0)
			base_lack_if(errno);
		for (i = 0; i < n; i++) {
			char *path = base_text("%s/%s", here, list[i]->d_name);
			struct stat st;

			if (ends_with(list[i]->d_name, end)) {
				add(repo, path);
				base_free(path);
			} else if (level && !stat(path, &st) && S_ISDIR(st.st_mode) &&
				   has_room(repo, nr)) {
				levels[nr] = level - 1;
				pending[nr++] = path;
			} else {
				base_free(path);
			}
			base_free(list[i]);
		}
		if (n >= 0)
			base_free(list);
		base_free(here);
	}
}

static bool is_dir(const char *base, const char *name)
{
	char *path = base_text("%s/%s", base, name);
	struct stat st;
	bool yes = !stat(path, &st) && S_ISDIR(st.st_mode);

	base_free(path);
	return yes;
}

static void walk_below(struct repo *repo, const char *name, const char *end, unsigned int depth,
		       void (*add)(struct repo *repo, const char *path))
{
	char *dir = base_text("%s/%s", repo->dir, name);

	walk(repo, dir, end, depth, add);
	base_free(dir);
}

static void read_mapping(struct repo *repo)
{
	char *path = base_text("%s/mapping_file.json", repo->dir), *why = NULL, *shown;

	if (access(path, F_OK) && errno == ENOENT) {
		base_free(path);
		return;
	}
	repo->mapping = mapping_load(path, &why);
	if (why) {
		repo->mapping_broken = true;
		shown = base_escape(why);
		repo_find_fault(repo, "the mapping file is damaged: %s; no image is chosen "
				"until the file is repaired, or 'update --waive mapping' "
				"goes without its rules", shown);
		base_free(shown);
		base_free(why);
	}
	base_free(path);
}

/* ---- the repository -------------------------------------------------------------------------- */

static int by_version(const void *a, const void *b)
{
	const struct seamstep_image *x = a, *y = b;
	int order;

	if (x->has_version != y->has_version)
		return x->has_version ? -1 : 1;
	order = ss_version_cmp(x->version, y->version);
	return order ? order : strcmp(x->name, y->name);
}

struct repo *repo_open(const char *dir, char **why)
{
	struct repo *repo = base_alloc(sizeof(*repo));
	size_t n = strlen(dir);
	DIR *probe;

	if (!repo)
		return NULL;
	probe = opendir(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	repo->dir = base_text("%.*s", (int)n, dir);
	repo->shown = base_escape(repo->dir);
	if (!probe) {
		base_lack_if(errno);
		*why = base_text("%s: %s", repo->shown, strerror(errno));
		repo_free(repo);
		return NULL;
	}
	closedir(probe);
	read_mapping(repo);
	if (is_dir(repo->dir, "joined_files") || is_dir(repo->dir, "separate_files")) {
		walk_below(repo, "joined_files", ".blob", 2, add_blob);
		walk_below(repo, "separate_files", ".bin", 3, add_pair);
	} else {
		walk(repo, repo->dir, ".blob", 1, add_blob);
		walk(repo, repo->dir, ".bin", 1, add_pair);
	}
	if (repo->left_out)
		repo_find_fault(repo, "%u images are left out: a repository has at most %u, the newest",
				repo->left_out, REPO_MAX_IMAGES);
	repo_check_names(repo);
	qsort(repo->images, repo->nr, sizeof(repo->images[0]), by_version);
	repo_check(repo);
	return repo;
}

void repo_free(struct repo *repo)
{
	uint32_t i;

	if (!repo)
		return;
	for (i = 0; i < repo->nr; i++)
		repo_image_release(&repo->images[i]);
	for (i = 0; i < repo->nr_findings; i++)
		base_free(repo->findings[i]);
	mapping_free(repo->mapping);
	base_free(repo->dir);
	base_free(repo->shown);
	base_free(repo);
}

const struct seamstep_image *repo_find(const struct repo *repo, struct ss_version version)
{
	uint32_t i;

	for (i = 0; repo && i < repo->nr; i++)
		if (repo->images[i].good && repo->images[i].has_version &&
		    !ss_version_cmp(repo->images[i].version, version))
			return &repo->images[i];
	return NULL;
}

const struct seamstep_image *repo_find_hash(const struct repo *repo,
					const uint8_t hash[SS_SHA384_BYTES])
{
	uint32_t i;

	for (i = 0; repo && i < repo->nr; i++)
		if (repo->images[i].good &&
		    !memcmp(repo->images[i].image.sig.seamhash, hash, SS_SHA384_BYTES))
			return &repo->images[i];
	return NULL;
}
