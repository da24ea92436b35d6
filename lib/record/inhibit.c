// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Inhibits hold updates of a host off, each with a reason that others can read. */
#include "inhibit.h"

#include "lib/base/file.h"
#include "lib/host/host.h"
#include "lib/base/alloc.h"
#include "lib/base/json.h"
#include "state_dir.h"
#include "lib/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>

#define INHIBIT_LIMIT	((size_t)1 << 20)

static char *inhibit_path(const struct host *host)
{
	return base_text("%s/inhibit.json", host->state_dir);
}

/* The array in the file; empty if there is no file. */
static json_t *load(const struct host *host, char **why)
{
	char *path = inhibit_path(host);
	size_t bytes;
	uint8_t *text = base_file_read_regular(path, INHIBIT_LIMIT, &bytes);
	json_t *list = NULL;
	int err = errno;

	if (text)
		list = base_json_read((const char *)text, bytes, false, NULL);
	else if (err == ENOENT || err == ENOTDIR)
		list = json_array();
	if (!json_is_array(list)) {
		*why = base_text("%s: %s", path, text ? "expected a JSON array" : base_file_why(err));
		json_decref(list);
		list = NULL;
	}
	base_free(text);
	base_free(path);
	return list;
}

static char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return base_text("%s", text ? text : "?");
}

bool inhibit_read(const struct host *host, struct seamstep_inhibitors *inhibitors, char **why)
{
	json_t *list = load(host, why);
	size_t i;

	*inhibitors = (struct seamstep_inhibitors){ .nr = json_array_size(list) };
	if (!list)
		return false;
	inhibitors->list = base_alloc((inhibitors->nr + 1) * sizeof(inhibitors->list[0]));
	if (!inhibitors->list)
		inhibitors->nr = 0;
	for (i = 0; i < inhibitors->nr; i++) {
		const json_t *one = json_array_get(list, i);

		inhibitors->list[i].who = member(one, "who");
		inhibitors->list[i].reason = member(one, "reason");
		inhibitors->list[i].since = member(one, "since");
	}
	json_decref(list);
	return true;
}

void inhibit_release(struct seamstep_inhibitors *inhibitors)
{
	size_t i;

	for (i = 0; i < inhibitors->nr; i++) {
		base_free(inhibitors->list[i].who);
		base_free(inhibitors->list[i].reason);
		base_free(inhibitors->list[i].since);
	}
	base_free(inhibitors->list);
	*inhibitors = (struct seamstep_inhibitors){ .nr = 0 };
}

static bool save(const struct host *host, json_t *list, char **why)
{
	char *path = inhibit_path(host),
	     *text = base_json_text(list, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	bool ok = !base_lacks() &&
		  (json_array_size(list) ? base_file_write(path, text, strlen(text), 0644) :
		   unlink(path) == 0 || errno == ENOENT);

	if (!ok)
		*why = base_text("%s: %s", path, strerror(errno));
	base_free(text);
	base_free(path);
	return ok;
}

/* NULL: memory lacks, which is noted, or a text is no UTF-8. */
static json_t *inhibitor(const char *who, const char *reason, char **why)
{
	char *since = journal_time();
	json_t *one;

	errno = 0;
	one = json_pack("{s:s, s:s, s:s}", "who", who, "reason", reason, "since", since);
	base_lack_if(errno);
	if (!one && !base_lacks())
		*why = base_text("expected UTF-8 for who and for the reason, found other bytes; "
				 "write ASCII");
	base_free(since);
	return one;
}

bool inhibit_add(const struct host *host, const char *who, const char *reason, char **why)
{
	json_t *list = NULL, *one = inhibitor(who, reason, why);
	bool ok = false;

	if (one && state_dir_make(host, why))
		list = load(host, why);
	if (list) {
		base_json_append(list, json_incref(one));
		ok = save(host, list, why);
	}
	json_decref(list);
	json_decref(one);
	return ok;
}

bool inhibit_remove(const struct host *host, const char *who, size_t *removed, char **why)
{
	json_t *list = load(host, why);
	const char *name;
	size_t i;
	bool ok;

	*removed = 0;
	if (!list)
		return false;
	for (i = json_array_size(list); i-- > 0;) {
		name = json_string_value(json_object_get(json_array_get(list, i), "who"));
		if (!who || (name && !strcmp(name, who))) {
			json_array_remove(list, i);
			++*removed;
		}
	}
	ok = !*removed || save(host, list, why);
	json_decref(list);
	return ok;
}
