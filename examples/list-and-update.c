// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Lists the images of a host's repository with their verdicts, then updates the host to the newest
 * version that can be reached.
 *
 *	cc list-and-update.c $(pkg-config --cflags --libs seamstep) -o list-and-update
 *	seamstep lab create mylab && ./list-and-update lab:mylab
 */
#include <seamstep/seamstep.h>

#include <stdio.h>
#include <stdlib.h>

static void print_image(const struct seamstep_listed *e)
{
	char *version = seamstep_version_text(e->image->has_version, e->image->version);
	char *why = NULL;

	if (e->verdict == SEAMSTEP_VERDICT_NO || e->verdict == SEAMSTEP_VERDICT_ROUTE)
		why = seamstep_first_reason_text(e->compat, e->compat->refused);
	printf("%-8s %-9s %s\n", version ? version : "?", seamstep_verdict_name(e->verdict),
	       why ? why : "");
	free(why);
	free(version);
}

static enum seamstep_end print_list(struct seamstep_host *host)
{
	struct seamstep_listed **list;
	enum seamstep_end end = seamstep_list(host, &list);
	size_t i;

	for (i = 0; !end && list[i]; i++)
		print_image(list[i]);
	seamstep_list_free(list);
	return end;
}

static void progress(void *arg, const char *phase, uint64_t done, uint64_t total)
{
	(void)arg;
	if (total)
		printf("  %llu/%llu %s\n", (unsigned long long)done + 1,
		       (unsigned long long)total, phase);
	else
		printf("  %s\n", phase);
}

static void print_hop(const struct seamstep_update_hop *hop)
{
	char *from = seamstep_version_text(true, hop->from);
	char *to = seamstep_version_text(true, hop->to);

	printf("%s %s -> %s: %u of %u TDs alive\n", hop->outcome.verdict, from ? from : "?",
	       to ? to : "?", hop->outcome.tds_alive, hop->outcome.tds_total);
	free(to);
	free(from);
}

static enum seamstep_end update(struct seamstep_host *host)
{
	struct seamstep_update_request request = {
		.size = sizeof(request),
		.route = { .size = sizeof(request.route) },
		.timeout_ms = 60000,
		.progress = progress,
	};
	struct seamstep_update *update;
	enum seamstep_end end = seamstep_update_plan(host, &request, &update);

	if (!end && update->nothing)
		printf("nothing to do: %s\n", update->nothing);
	while (!end && update->next < update->nr_hops) {
		end = seamstep_update_step(update);
		if (!end)
			print_hop(update->hops[update->next - 1]);
	}
	seamstep_update_free(update);
	return end;
}

int main(int argc, char **argv)
{
	struct seamstep *s = seamstep_new();
	struct seamstep_host *host = NULL;
	struct seamstep_repo *repo = NULL;
	enum seamstep_end end = SEAMSTEP_BAD_REQUEST;
	const char *dir = argc > 2 ? argv[2] : NULL;

	if (!s || argc < 2) {
		fprintf(stderr, "Usage: list-and-update HOST [REPOSITORY]\n");
		seamstep_free(s);
		return end;
	}
	end = seamstep_host_open(s, argv[1], &host);
	if (!end && !dir)
		dir = seamstep_host_repository(host);
	if (!end && dir)
		end = seamstep_repo_open(s, dir, &repo);
	/* The lock first: what is read from here on stays true until the update. */
	if (!end)
		end = seamstep_host_lock(host, "list-and-update", 10);
	if (!end)
		end = seamstep_host_refresh(host, repo);
	if (!end)
		end = print_list(host);
	if (!end)
		end = update(host);
	if (end)
		fprintf(stderr, "%s: %s\n", seamstep_end_name(end), seamstep_error(s));
	seamstep_host_close(host);
	seamstep_repo_close(repo);
	seamstep_free(s);
	return end;
}
