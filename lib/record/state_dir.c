// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The directory of a host's state, and the time format of its files. */
#include "state_dir.h"

#include "lib/host/host.h"
#include "lib/base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

bool state_dir_make(const struct host *host, char **why)
{
	struct stat st;
	int err;

	if (!mkdir(host->state_dir, 0755) || errno == EEXIST)
		return true;
	err = errno;
	if (!stat(host->state_dir, &st) && S_ISDIR(st.st_mode))
		return true;
	*why = base_text("%s: %s; the journal and the lock belong there", host->state_dir,
			   strerror(err));
	return false;
}

char *journal_time(void)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return base_text("%s", text);
}
