// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep explain": what a value, a name or a log about TDX means. */
#include "explain_report.h"

#include "table.h"
#include "tool/base/memory.h"
#include "tool/base/text.h"
#include "tool/out/json.h"
#include "tool/out/message.h"
#include "tool/session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK		(64u << 10)
#define INPUT_MAX	(1ull << 30)	/* bytes of one input that are read */
#define ANSWERS_MAX	1024u		/* different answers of one input */
#define SLOTS		(4 * ANSWERS_MAX)

const char verb_explain_help[] =
	"  --repo DIR         images to look for a hash or an SVN in\n"
	"  -J, --json         one JSON document\n"
	"\n"
	"A status of a SEAMCALL (0xc000092100000122 or TDX_SYS_BUSY), a SEAMCALL (34, TDH.SYS.RD), a\n"
	"metadata field, an operand, an MSR, an MRSEAM, a TEE_TCB_SVN, an error of a firmware upload,\n"
	"an exit status of seamstep, a line of a log, or a file of such lines; - is standard input:\n"
	"  dmesg | seamstep explain\n";

/* One answer that an input gave, maybe many times. */
struct seen {
	uint64_t key, first_line, last_line, count;
	json_t *json;			/* not owned; NULL: printed */
};

struct input {
	struct explain_images *images;
	struct seamstep_explain *text;
	struct seamstep_explain_counts counts;
	json_t *answers;		/* NULL: print */
	struct seen seen[ANSWERS_MAX];
	uint16_t slot[SLOTS];		/* index in @seen, plus 1 */
	uint32_t nr;
	uint64_t left_out;
	bool cut;			/* longer than INPUT_MAX */
};

/* ---- answers of a text: each once ------------------------------------------------------------ */

static uint64_t mix(uint64_t key, uint64_t value)
{
	key = (key ^ value) * 0x9e3779b97f4a7c15ULL;
	return key ^ key >> 29;
}

static uint64_t key_of(const struct seamstep_explain_answer *a)
{
	uint64_t key = mix(a->kind, a->value);
	uint32_t i;

	key = mix(key, a->has_leaf ? a->leaf : UINT64_MAX);
	key = mix(key, (uintptr_t)a->meaning);
	for (i = 0; i < a->nr_details; i++)
		key = mix(mix(key, (uintptr_t)a->detail[i].what), a->detail[i].value);
	for (i = 0; a->kind == SEAMSTEP_EXPLAIN_MRSEAM && i < SEAMSTEP_EXPLAIN_HASH_DIGITS; i++)
		key = mix(key, (uint8_t)a->hash[i]);
	return key;
}

/* The entry of the key: an old one, or a new one with a count of 0; NULL if there is no room. */
static struct seen *find(struct input *in, uint64_t key)
{
	uint32_t i = (uint32_t)(key % SLOTS);

	while (in->slot[i] && in->seen[in->slot[i] - 1].key != key)
		i = (i + 1) % SLOTS;
	if (in->slot[i])
		return &in->seen[in->slot[i] - 1];
	if (in->nr == ANSWERS_MAX)
		return NULL;
	in->seen[in->nr].key = key;
	in->slot[i] = (uint16_t)++in->nr;
	return &in->seen[in->nr - 1];
}

static void hear_text(void *ctx, const struct seamstep_explain_answer *a)
{
	struct input *in = ctx;
	struct seen *seen = find(in, key_of(a));

	if (!seen) {
		in->left_out++;
		return;
	}
	seen->last_line = a->line;
	if (seen->count++)
		return;
	seen->first_line = a->line;
	if (in->answers) {
		seen->json = explain_json(a, in->images);
		json_array_append_new(in->answers, seen->json);
	} else {
		if (in->nr > 1)
			putchar('\n');
		explain_print(a, in->images, false);
		fflush(stdout);
	}
}

static void count_json(struct input *in)
{
	uint32_t i;

	for (i = 0; i < in->nr; i++) {
		json_object_set_new(in->seen[i].json, "count",
				    json_integer((json_int_t)in->seen[i].count));
		json_object_set_new(in->seen[i].json, "last_line",
				    json_integer((json_int_t)in->seen[i].last_line));
	}
}

static void count_text(const struct input *in)
{
	const struct seen *seen;
	bool first = true;

	for (seen = in->seen; seen < in->seen + in->nr; seen++) {
		if (seen->count == 1)
			continue;
		printf("%sLine %llu: %llu more like it, the last in line %llu.\n", first ? "\n" : "",
		       (unsigned long long)seen->first_line, (unsigned long long)seen->count - 1,
		       (unsigned long long)seen->last_line);
		first = false;
	}
	if (!in->nr)
		printf("%llu lines; none names a SEAMCALL's failure or another thing that seamstep "
		       "explains.\n", (unsigned long long)in->counts.lines);
}

/* ---- reading a text -------------------------------------------------------------------------- */

#define PIPE_WAIT_MS	10000

/* Waits for the writer of a pipe, not without end. A device without more bytes has ended. */
static bool wait_for(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	struct stat st;

	if (fstat(fd, &st) || !S_ISFIFO(st.st_mode))
		return false;
	if (poll(&wait, 1, PIPE_WAIT_MS) > 0)
		return true;
	errno = ETIMEDOUT;
	return false;
}

/* A device such as /dev/kmsg ends where a read would wait, and skips what is gone (EPIPE). */
static int read_all(int fd, struct input *in)
{
	static char chunk[CHUNK];
	uint64_t total = 0;
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && (errno == EINTR || errno == EPIPE))
			continue;
		if (n < 0 && errno == EAGAIN && wait_for(fd))
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : errno;
		seamstep_explain_feed(in->text, chunk, (size_t)n);
		total += (size_t)n;
		if (total >= INPUT_MAX) {
			in->cut = true;
			return 0;
		}
	}
	return 0;
}

static int open_input(const char *path)
{
	if (!strcmp(path, "-"))
		return dup(STDIN_FILENO);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static void note(const struct input *in, const char *shown)
{
	if (in->counts.cut_lines)
		fprintf(stderr, "seamstep: note: %s: %llu lines are longer than %u bytes; the rest "
			"of them was not read\n", shown, (unsigned long long)in->counts.cut_lines,
			SEAMSTEP_EXPLAIN_LINE_MAX);
	if (in->cut)
		fprintf(stderr, "seamstep: note: %s: only the first GiB was read\n", shown);
	if (in->left_out)
		fprintf(stderr, "seamstep: note: %s: %llu answers beyond the first %u different ones "
			"are left out\n", shown, (unsigned long long)in->left_out, ANSWERS_MAX);
}

static json_t *input_json(const struct input *in, const char *shown)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:b, s:I, s:O}", "input", shown, "kind", "text",
			 "lines", (json_int_t)in->counts.lines, "cut_lines",
			 (json_int_t)in->counts.cut_lines, "cut", in->cut, "left_out",
			 (json_int_t)in->left_out, "answers", in->answers);
}

static enum exit_status explain_input(const char *path, struct explain_images *images,
				      json_t *inputs)
{
	struct input *in = memory_alloc(sizeof(*in));
	char *shown = text_escape(strcmp(path, "-") ? path : "standard input");
	enum exit_status exit = EXIT_OK;
	int fd = open_input(path), err = fd < 0 ? errno : 0;

	in->images = images;
	in->answers = inputs ? json_array() : NULL;
	in->text = memory_checked(seamstep_explain_begin(hear_text, in));
	if (!err)
		err = read_all(fd, in);
	in->counts = *seamstep_explain_end(in->text);
	seamstep_explain_free(in->text);
	if (err) {
		exit = out_fail(EXIT_ERROR, "%s: %s", shown, file_why(err));
	} else if (inputs) {
		count_json(in);
		json_array_append_new(inputs, input_json(in, shown));
	} else {
		count_text(in);
		note(in, shown);
	}
	if (fd >= 0)
		close(fd);
	json_decref(in->answers);
	free(shown);
	free(in);
	return exit;
}

/* ---- one value ------------------------------------------------------------------------------- */

struct value {
	struct explain_images *images;
	json_t *answers;		/* NULL: print */
	uint32_t nr;
};

static void hear_value(void *ctx, const struct seamstep_explain_answer *a)
{
	struct value *v = ctx;

	if (v->answers)
		json_array_append_new(v->answers, explain_json(a, v->images));
	else
		explain_print(a, v->images, v->nr > 0);
	v->nr++;
}

/* "lost": the name of an exit status. */
static bool hear_exit_name(const char *word, struct value *v)
{
	struct seamstep_explain_answer a = {
		.kind = SEAMSTEP_EXPLAIN_EXIT_STATUS, .whose = SEAMSTEP_EXPLAIN_BY_SEAMSTEP,
		.has_value = true,
	};

	for (a.value = 0; a.value < EXIT_NR; a.value++) {
		if (strcmp(word, exit_name((int)a.value)))
			continue;
		snprintf(a.shown, sizeof(a.shown), "%s", word);
		hear_value(v, &a);
		return true;
	}
	return false;
}

/* Returns false if the word means nothing. */
static bool explain_word(const char *word, struct explain_images *images, json_t *inputs)
{
	struct value v = { images, inputs ? json_array() : NULL, 0 };
	char *shown = text_escape(word);
	bool known = seamstep_explain_value(word, hear_value, &v) || hear_exit_name(word, &v);

	if (known && inputs)
		json_array_append_new(inputs, json_pack("{s:s, s:s, s:O}", "input", shown, "kind",
							"value", "answers", v.answers));
	json_decref(v.answers);
	free(shown);
	return known;
}

static bool is_file(const char *word)
{
	struct stat st;

	return !stat(word, &st);
}

/* A path with a slash is a file first; any other word is a value first. */
static enum exit_status explain_one(const char *word, struct explain_images *images, json_t *inputs)
{
	enum exit_status exit;
	char *shown;

	if (!strcmp(word, "-") || (strchr(word, '/') && is_file(word)))
		return explain_input(word, images, inputs);
	if (explain_word(word, images, inputs))
		return EXIT_OK;
	if (is_file(word))
		return explain_input(word, images, inputs);
	shown = text_escape(word);
	exit = out_fail(EXIT_ERROR, "%s: not known: no file has this name, and it is in no table of "
			"statuses, calls, fields, operands, MSRs, upload errors and exit statuses",
			shown);
	free(shown);
	return exit;
}

static enum exit_status explain_all(int nr, char **words, struct explain_images *images)
{
	json_t *inputs = out_json_wanted() ? json_array() : NULL, *doc;
	enum exit_status exit = EXIT_OK, one;
	int i;

	for (i = 0; i < nr; i++) {
		if (i && !inputs)
			putchar('\n');
		one = explain_one(words[i], images, inputs);
		exit = one > exit ? one : exit;
	}
	/* On an error the message's document has been printed, and there is one document only. */
	if (!inputs || exit) {
		json_decref(inputs);
		return exit;
	}
	doc = out_json_doc("seamstep.explain/1");
	json_object_set_new(doc, "inputs", inputs);
	return out_json_end(doc, EXIT_OK);
}

int verb_explain(int argc, char **argv)
{
	static const struct option options[] = {
		{ "repo", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'J' },
		{ NULL, 0, NULL, 0 }
	};
	static char standard_input[] = "-", *const none[] = { standard_input, NULL };
	struct explain_images images = { 0 };
	const char *repo = NULL;
	enum exit_status exit;
	int c;

	while ((c = getopt_long(argc, argv, ":J", options, NULL)) != -1) {
		if (c == 'J')
			out_json_mode("explain");
		else if (c == 'r')
			repo = optarg;
		else
			return out_bad_option("explain", argv, c, options);
	}
	if (optind == argc && isatty(STDIN_FILENO))
		return out_usage_error("explain", "name a value, a file, or - for standard input");
	images.lib = session_library();
	images.path = session_repo(repo, NULL);
	exit = optind == argc ? explain_all(1, (char **)none, &images) :
				explain_all(argc - optind, argv + optind, &images);
	explain_images_release(&images);
	seamstep_free(images.lib);
	return exit;
}
