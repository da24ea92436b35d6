// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads a directory of images, and compares file names and mapping file with the images. */
#include "repo.h"

#include "lib/base/alloc.h"
#include "lib/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_LIMIT	((off_t)4 << 20)	/* a container has 2 MiB at most */
#define MAPPING_LIMIT	((off_t)4 << 20)

__attribute__((format(printf, 2, 3)))
static void finding(struct repo *repo, const char *fmt, ...)
{
	va_list args;
	char *text;

	if (repo->nr_findings == REPO_MAX_FINDINGS)
		return;
	va_start(args, fmt);
	text = base_vtext(fmt, args);
	va_end(args);
	repo->findings[repo->nr_findings++] = text;
}

char *repo_version_text(bool known, struct ss_version v)
{
	return known ? base_text("%u.%u.%02u", v.major, v.minor, v.update) : base_text("?");
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A regular file of a sane size, whole. NULL with errno set. */
static uint8_t *read_regular(const char *path, off_t limit, size_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), saved = 0;
	uint8_t *data = NULL;
	struct stat st;
	ssize_t got = 1;
	size_t n = 0;

	if (fd < 0) {
		base_lack_if(errno);
		return NULL;
	}
	if (fstat(fd, &st))
		saved = errno;
	else if (!S_ISREG(st.st_mode))
		saved = EINVAL;
	else if (st.st_size > limit)
		saved = EFBIG;
	if (!saved) {
		data = base_alloc((size_t)st.st_size + 1);
		while (data && got > 0 && n < (size_t)st.st_size) {
			got = read(fd, data + n, (size_t)st.st_size - n);
			n += got > 0 ? (size_t)got : 0;
		}
		saved = !data ? ENOMEM : got < 0 ? errno : 0;
	}
	close(fd);
	if (saved) {
		base_free(data);
		errno = saved;
		return NULL;
	}
	*bytes = n;
	return data;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && !strcmp(name + n - m, end);
}

/* "tdx_module_1.5.16.blob", "..._1.5.16_anything.bin": the first X.Y.Z in the base name. */
static bool version_in_name(const char *path, struct ss_version *version)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char text[32];
	size_t n;

	for (; *base; base += n ? n : 1) {
		n = strspn(base, "0123456789.");
		while (n && base[n - 1] == '.')
			n--;
		if (n < 5 || n >= sizeof(text))
			continue;
		memcpy(text, base, n);
		text[n] = '\0';
		if (ss_version_parse(text, version))
			return true;
	}
	return false;
}

static void parse_image(struct seamstep_image *image)
{
	struct ss_bytes file = { image->file, image->bytes };

	image->good = ss_image_parse(file, &image->image, &image->err);
}

bool repo_load_file(const char *path, const struct mapping *mapping, struct seamstep_image *image,
		    char **why)
{
	char *shown = base_escape(path);

	memset(image, 0, sizeof(*image));
	image->file = read_regular(path, IMAGE_LIMIT, &image->bytes);
	if (!image->file) {
		*why = base_text("%s: %s", shown,
				   errno == EINVAL ? "not a regular file" : strerror(errno));
		base_free(shown);
		return false;
	}
	image->path = base_text("%s", path);
	image->name = shown;
	image->has_version = version_in_name(path, &image->version);
	if (image->has_version)
		image->rule = mapping_find(mapping, image->version);
	parse_image(image);
	return true;
}

void repo_image_release(struct seamstep_image *image)
{
	base_free(image->path);
	base_free(image->name);
	base_free(image->file);
	memset(image, 0, sizeof(*image));
}

/* ---- directories ----------------------------------------------------------------------------- */

static char *relative(const struct repo *repo, const char *path)
{
	size_t n = strlen(repo->dir);

	return base_escape(!strncmp(path, repo->dir, n) && path[n] == '/' ? path + n + 1 : path);
}

static struct seamstep_image *next_slot(struct repo *repo, const char *path)
{
	char *shown;

	if (repo->nr < REPO_MAX_IMAGES)
		return &repo->images[repo->nr];
	shown = relative(repo, path);
	finding(repo, "%s and what follows is left out: more than %u images", shown,
		REPO_MAX_IMAGES);
	base_free(shown);
	return NULL;
}

static void add_blob(struct repo *repo, const char *path)
{
	struct seamstep_image *image = next_slot(repo, path);
	char *why;

	if (!image)
		return;
	if (!repo_load_file(path, repo->mapping, image, &why)) {
		finding(repo, "%s", why);
		base_free(why);
		return;
	}
	base_free(image->name);
	image->name = relative(repo, path);
	repo->nr++;
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
	uint8_t *sig = read_regular(sig_path, SS_PAGE, &sigstruct.n);
	uint8_t *mod = read_regular(path, IMAGE_LIMIT, &module.n);
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
	struct seamstep_image *image = next_slot(repo, path);
	char *shown = relative(repo, path);
	struct ss_version version = { 0 };
	bool known = version_in_name(path, &version);

	if (image && !(known && have_version(repo, version))) {
		memset(image, 0, sizeof(*image));
		if (join(image, path, sig_path)) {
			image->path = base_text("%s", path);
			image->name = base_text("%s", shown);
			image->has_version = known;
			image->version = version;
			image->rule = mapping_find(repo->mapping, version);
			parse_image(image);
			repo->nr++;
		} else {
			finding(repo, "%s: cannot be joined with a .sigstruct beside it", shown);
		}
	}
	base_free(shown);
	base_free(sig_path);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
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
			} else if (level && nr < REPO_MAX_IMAGES && !stat(path, &st) &&
				   S_ISDIR(st.st_mode)) {
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
	size_t bytes;
	uint8_t *text = read_regular(path, MAPPING_LIMIT, &bytes);

	if (text) {
		repo->mapping = mapping_load(path, &why);
	} else if (errno != ENOENT) {
		why = base_text("mapping_file.json: %s", errno == EFBIG ? "larger than 4 MiB" :
				  errno == EINVAL ? "not a regular file" : strerror(errno));
	}
	if (why) {
		shown = base_escape(why);
		finding(repo, "the mapping file is not used: %s", shown);
		base_free(shown);
		base_free(why);
	}
	base_free(text);
	base_free(path);
}

/* ---- contradictions -------------------------------------------------------------------------- */

/* Modules 2.0.x keep their version in reserved3: update, 0, minor, major. */
static void check_own_version(struct repo *repo, const struct seamstep_image *image)
{
	const uint8_t *r = image->image.sig.reserved3;

	if (!(r[0] || r[2] || r[3]) || !image->has_version)
		return;
	if (r[3] != image->version.major || r[2] != image->version.minor ||
	    r[0] != image->version.update)
		finding(repo, "%s: called %u.%u.%02u, but its sigstruct says %u.%u.%02u",
			image->name, image->version.major, image->version.minor,
			image->version.update, r[3], r[2], r[0]);
}

static void check_folder(struct repo *repo, const struct seamstep_image *image)
{
	char *folder = base_text("/%u.%u/", image->version.major, image->version.minor);

	if (image->has_version && (!strncmp(image->name, "joined_files/", 13)) &&
	    !strstr(image->name, folder))
		finding(repo, "%s: its version is not of the line that its folder names",
			image->name);
	base_free(folder);
}

static void check_rule(struct repo *repo, const struct seamstep_image *image)
{
	const struct ss_compat_rule *rule = &image->rule;
	uint32_t i;

	if (!repo->mapping || !image->has_version)
		return;
	if (!rule->known) {
		finding(repo, "%s: the mapping file does not know version %u.%u.%02u", image->name,
			image->version.major, image->version.minor, image->version.update);
		return;
	}
	if (ss_version_cmp(rule->min_running, rule->version) > 0 ||
	    rule->min_running.major != rule->version.major ||
	    rule->min_running.minor != rule->version.minor)
		finding(repo,
			"%s: the mapping file says it follows %u.%u.%02u or newer, which is %s",
			image->name, rule->min_running.major, rule->min_running.minor,
			rule->min_running.update, "no version before it in its line");
	for (i = 0; i < rule->nr_min_seamldr; i++)
		if (rule->min_seamldr[i].major == 1 && image->image.sig.svn_major > 1)
			finding(repo,
				"%s: the mapping file allows P-SEAMLDR %u.%u, but its major SVN is "
				"%u",
				image->name, rule->min_seamldr[i].major, rule->min_seamldr[i].minor,
				image->image.sig.svn_major);
}

/* Within a line of versions, a newer version never has a lower SVN. */
static void check_order(struct repo *repo)
{
	uint32_t i;

	for (i = 1; i < repo->nr; i++) {
		const struct seamstep_image *a = &repo->images[i - 1], *b = &repo->images[i];

		if (!a->good || !b->good || !a->has_version || !b->has_version ||
		    a->version.major != b->version.major || a->version.minor != b->version.minor)
			continue;
		if (!ss_version_cmp(a->version, b->version) &&
		    memcmp(a->image.sig.seamhash, b->image.sig.seamhash, SS_SHA384_BYTES))
			finding(repo, "%s and %s have one version, but are different modules",
				a->name, b->name);
		else if (b->image.sig.svn_major != a->image.sig.svn_major ||
			 b->image.sig.svn_minor < a->image.sig.svn_minor)
			finding(repo,
				"%s is newer than %s, but its SVN %u.%u is not as high as %u.%u",
				b->name, a->name, b->image.sig.svn_major, b->image.sig.svn_minor,
				a->image.sig.svn_major, a->image.sig.svn_minor);
	}
}

static int by_version(const void *a, const void *b)
{
	const struct seamstep_image *x = a, *y = b;
	int order;

	if (x->has_version != y->has_version)
		return x->has_version ? -1 : 1;
	order = ss_version_cmp(x->version, y->version);
	return order ? order : strcmp(x->name, y->name);
}

static void look_for_contradictions(struct repo *repo)
{
	uint32_t i;

	for (i = 0; i < repo->nr; i++) {
		if (!repo->images[i].good)
			continue;
		check_own_version(repo, &repo->images[i]);
		check_folder(repo, &repo->images[i]);
		check_rule(repo, &repo->images[i]);
	}
	check_order(repo);
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
	qsort(repo->images, repo->nr, sizeof(repo->images[0]), by_version);
	look_for_contradictions(repo);
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
