// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep bucket": the share of a phased rollout that this host belongs to. */
#include "tool/session/session.h"

#include "tool/out/json_values.h"
#include "tool/session/config_keys.h"
#include "table.h"

#include <stdlib.h>

const char verb_bucket_help[] =
	"  --release NAME     names the rollout, as 1.5.25; another name deals the hosts anew\n"
	"  --of N             the number of buckets (1 to 10000)\n"
	"  --in K             exit with 7 unless the host is in one of the first K buckets\n"
	CONTEXT_HELP
	"\n"
	"Prints the bucket, from 0. A host stays in the bucket as long as its machine-id does.\n";

struct wanted {
	const char *release;
	uint32_t of, in;
	bool has_in;
};

enum { OPT_RELEASE = CONTEXT_VERB_OPTIONS, OPT_OF, OPT_IN };

static const struct option options[] = { CONTEXT_OPTIONS,
					 { "release", required_argument, NULL, OPT_RELEASE },
					 { "of", required_argument, NULL, OPT_OF },
					 { "in", required_argument, NULL, OPT_IN },
					 { NULL, 0, NULL, 0 } };

static int take(void *into, int c, const char *value)
{
	struct wanted *w = into;

	switch (c) {
	case OPT_RELEASE:
		w->release = value;
		return EXIT_OK;
	case OPT_OF:
		return out_number32_option("bucket", "of", value, 1, CONFIG_MAX_BUCKETS, &w->of);
	case OPT_IN:
		w->has_in = true;
		return out_number32_option("bucket", "in", value, 0, CONFIG_MAX_BUCKETS, &w->in);
	}
	return OPTION_UNKNOWN;
}

static int check(const struct wanted *w)
{
	if (!w->release || !*w->release)
		return out_usage_error("bucket", "expected --release NAME, found none");
	if (!w->of)
		return out_usage_error("bucket", "expected --of N, found none");
	return EXIT_OK;
}

static int report(const struct session *s, const struct wanted *w, uint32_t bucket)
{
	enum exit_status exit = w->has_in && bucket >= w->in ? EXIT_NOT_NOW : EXIT_OK;
	json_t *doc;

	if (!out_json_wanted()) {
		printf("%u\n", bucket);
		return exit;
	}
	doc = session_doc(s);
	json_object_set_new(doc, "release", json_text(w->release));
	json_object_set_new(doc, "bucket", json_integer(bucket));
	json_object_set_new(doc, "of", json_integer(w->of));
	json_object_set_new(doc, "in", json_number(w->has_in, w->in));
	return out_json_end(doc, exit);
}

int verb_bucket(int argc, char **argv)
{
	struct wanted w = { .release = NULL };
	struct context_options o = {
		.verb = "bucket", .options = options, .take = take, .into = &w,
	};
	struct session session;
	uint32_t bucket;
	int rc;

	if (context_parse(&o, argc, argv, &rc))
		rc = check(&w);
	if (!rc)
		rc = session_open(&session, &o);
	if (rc)
		return rc;
	rc = exit_of(seamstep_host_bucket(session.host, w.release, w.of, &bucket));
	rc = rc ? out_fail(rc, "%s", seamstep_error(session.lib)) : report(&session, &w, bucket);
	session_close(&session);
	return rc;
}
