// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The record of updates: appended, synced, readable after a crash at any moment. */
#include "journal.h"

#include "lib/base/file.h"
#include "lib/host/host.h"
#include "lock.h"
#include "lib/base/alloc.h"
#include "lib/base/json.h"
#include "state_dir.h"
#include "lib/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <jansson.h>

#define JOURNAL_LIMIT	((size_t)64 << 20)

static char *journal_path(const struct host *host)
{
	return base_text("%s/journal.jsonl", host->state_dir);
}

/* Where there are no random numbers, the time and the process tell the updates of a host apart. */
static void fill_from_time(uint8_t bytes[8])
{
	struct timespec now = { 0, 0 };
	uint64_t id;

	clock_gettime(CLOCK_REALTIME, &now);
	id = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	id ^= (uint64_t)getpid() << 40;
	memcpy(bytes, &id, sizeof(id));
}

char *journal_new_id(void)
{
	uint8_t bytes[8];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		fill_from_time(bytes);
	return base_hex(bytes, sizeof(bytes));
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Did a crash leave the last line without its end? */
static bool ends_torn(int fd, off_t size)
{
	char last;

	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

static void sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* Appends the whole line or nothing: a write that a full disk cut short is undone. */
static int append(int fd, const char *line)
{
	struct stat st;
	size_t n = strlen(line);
	ssize_t put;
	int err;

	if (fstat(fd, &st))
		return errno;
	if (ends_torn(fd, st.st_size) && write(fd, "\n", 1) != 1)
		return errno;
	put = write(fd, line, n);
	if (put == (ssize_t)n && fsync(fd) == 0)
		return 0;
	err = put >= 0 && put < (ssize_t)n ? ENOSPC : errno;
	if (ftruncate(fd, st.st_size))
		return err;
	return err;
}

static char *line_of(json_t *record)
{
	char *time = journal_time(), *text, *line = NULL;

	base_json_set(record, "schema", json_string("seamstep.journal/1"));
	base_json_set(record, "time", json_string(time));
	text = base_json_text(record, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (!base_lacks())
		line = base_text("%s\n", text);
	base_free(text);
	base_free(time);
	return line;
}

bool journal_append(const struct host *host, json_t *record, char **why)
{
	char *path, *line;
	int fd, err;

	if (!state_dir_make(host, why))
		return false;
	line = line_of(record);
	if (!line || base_lacks()) {
		base_free(line);
		*why = base_text("not enough memory");
		return false;
	}
	path = journal_path(host);
	fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	err = fd < 0 ? errno : append(fd, line);
	if (fd >= 0) {
		close(fd);
		sync_dir(host->state_dir);
	}
	if (err)
		*why = base_text("%s: %s", path, strerror(err));
	base_free(line);
	base_free(path);
	return !err;
}

/* ---- reading --------------------------------------------------------------------------------- */

static json_t *find_id(json_t *updates, const char *id)
{
	size_t i;

	for (i = json_array_size(updates); id && i-- > 0;) {
		json_t *update = json_array_get(updates, i);
		const char *other = json_string_value(json_object_get(update, "id"));

		if (other && !strcmp(other, id))
			return update;
	}
	return NULL;
}

/* The outcome of an update whose intent is damaged: all that is known of the update. */
static void take_orphan(json_t *updates, json_t *outcome, const char *id)
{
	json_t *update = json_object();

	base_json_set(update, "id", json_string(id));
	base_json_set(update, "time", json_incref(json_object_get(outcome, "time")));
	base_json_set(update, "boot_id", json_null());
	base_json_set(update, "state", json_string("done"));
	base_json_set(update, "outcome", json_incref(outcome));
	base_json_append(updates, update);
}

/* Returns false if the record is none of this program's. */
static bool take_record(json_t *updates, json_t *record)
{
	const char *event = json_string_value(json_object_get(record, "event"));
	const char *id = json_string_value(json_object_get(record, "id"));
	json_t *update;

	if (!event || !id)
		return false;
	if (!strcmp(event, "intent")) {
		base_json_set(record, "state", json_string("interrupted"));
		base_json_append(updates, json_incref(record));
		return true;
	}
	if (strcmp(event, "outcome"))
		return false;
	update = find_id(updates, id);
	if (!update) {
		take_orphan(updates, record, id);
		return true;
	}
	base_json_set(update, "outcome", json_incref(record));
	base_json_set(update, "state", json_string("done"));
	return true;
}

/* Only the last update can be running, and only while a process holds the lock. */
static void mark_running(const struct host *host, json_t *updates)
{
	json_t *last = json_array_get(updates, json_array_size(updates) - 1);

	if (last && !json_object_get(last, "outcome") && lock_is_held(host))
		base_json_set(last, "state", json_string("running"));
}

/* One line. A crash of the file system leaves NUL bytes where a record was about to be. */
static void read_line(const char *line, size_t n, json_t *updates, unsigned int *damaged)
{
	size_t holes = 0;
	json_t *record;

	while (holes < n && !line[holes])
		holes++;
	*damaged += holes > 0;
	if (holes == n)
		return;
	record = base_json_read(line + holes, n - holes, true, NULL);
	*damaged += !json_is_object(record) || !take_record(updates, record);
	json_decref(record);
}

static json_t *read_updates(const uint8_t *text, size_t bytes, unsigned int *damaged)
{
	const char *line = (const char *)text, *end = line + bytes;
	json_t *updates = json_array();
	size_t n;

	for (; line < end; line += n + 1) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		n = (size_t)((stop ? stop : end) - line);
		read_line(line, n, updates, damaged);
	}
	return updates;
}

char *journal_updates(const struct host *host, unsigned int *damaged, char **why)
{
	char *path = journal_path(host), *all = NULL;
	json_t *updates = NULL;
	size_t bytes;
	uint8_t *text = base_file_read_regular(path, JOURNAL_LIMIT, &bytes);

	*damaged = 0;
	if (text)
		updates = read_updates(text, bytes, damaged);
	else if (errno == ENOENT || errno == ENOTDIR)
		updates = json_array();
	else
		*why = base_text("%s: %s", path, base_file_why(errno));
	if (updates) {
		mark_running(host, updates);
		all = base_json_text(updates, JSON_COMPACT | JSON_ENSURE_ASCII);
	}
	json_decref(updates);
	base_free(text);
	base_free(path);
	return all;
}
