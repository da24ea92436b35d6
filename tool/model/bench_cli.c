// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * "seamstep bench cli": list and verify on a repository, compared with openssl and a plain Python
 * reader.
 */
#include "bench.h"
#include "lib/decide/context.h"
#include "lib/image/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_RUNS	15
#define MAX_RUNS	101
#define MAX_IMAGES	11u	/* the number of public releases */

enum { OPT_RUNS = 256 };

static const struct option options[] = {
	{ "runs", required_argument, NULL, OPT_RUNS },
	{ "json", no_argument, NULL, 'J' }, { NULL, 0, NULL, 0 }
};

/* Reads container headers and sigstructs, as a script would. */
static const char python_reader[] =
	"import struct, sys\n"
	"for p in sys.argv[1:]:\n"
	"    b = open(p, 'rb').read()\n"
	"    version, checksum, offset = struct.unpack_from('<HHI', b, 0)\n"
	"    total = sum(struct.unpack('<%dH' % (len(b) // 2), b)) & 0xffff\n"
	"    sig = 4096\n"
	"    minor, major = struct.unpack_from('<BB', b, sig + 948)\n"
	"    n, = struct.unpack_from('<I', b, sig + 1024)\n"
	"    fms = struct.unpack_from('<%dI' % n, b, sig + 1028)\n"
	"    assert total == 0\n";

struct bench {
	char *lab;		/* directory of a lab */
	char *repo, *host;
	char *files[MAX_IMAGES + 1];
	size_t nr, bytes;
	uint32_t runs;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Runs a command and discards its output. Returns nanoseconds; 0 if the command fails. */
static uint64_t time_of(char *const *argv)
{
	uint64_t start = now();
	pid_t pid = fork();
	int status, null;

	if (pid == 0) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
		return 0;
	return now() - start;
}

static uint64_t median_of(const struct bench *b, char *const *argv)
{
	uint64_t times[MAX_RUNS];
	unsigned int i;

	for (i = 0; i < b->runs; i++) {
		times[i] = time_of(argv);
		if (!times[i])
			return 0;
	}
	return bench_median(times, b->runs);
}

static uint64_t with_files(const struct bench *b, const char *const *head)
{
	char *argv[16 + MAX_IMAGES];
	size_t i, n = 0;

	for (; *head; head++)
		argv[n++] = (char *)*head;
	for (i = 0; i < b->nr; i++)
		argv[n++] = b->files[i];
	argv[n] = NULL;
	return median_of(b, argv);
}

/* Finds the eleven public versions in a lab's repository, and removes the other images. */
static bool find_files(struct bench *b)
{
	char *why = NULL;
	struct repo *repo = repo_open(b->repo, &why);
	uint32_t i;

	for (i = 0; repo && i < repo->nr; i++) {
		const struct seamstep_image *image = &repo->images[i];

		if (image->version.major == 1 && image->version.update > 16) {
			unlink(image->path);
		} else if (b->nr < MAX_IMAGES) {
			b->files[b->nr++] = text_format("%s", image->path);
			b->bytes += image->bytes;
		}
	}
	free(why);
	repo_free(repo);
	return b->nr == MAX_IMAGES;
}

static bool make_lab(struct bench *b)
{
	const char *tmp = getenv("TMPDIR");
	char *argv[] = { (char *)"/proc/self/exe", (char *)"lab", (char *)"create", NULL, NULL };

	b->lab = text_format("%s/seamstep-bench.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(b->lab))
		return false;
	argv[3] = b->lab;
	if (!time_of(argv))
		return false;
	b->repo = text_format("%s/repo", b->lab);
	b->host = text_format("lab:%s", b->lab);
	return find_files(b);
}

struct row {
	const char *name;
	uint64_t ns;
};

static void measure(const struct bench *b, struct row *rows)
{
	char *list[] = { (char *)"/proc/self/exe", (char *)"list", (char *)"--host", b->host,
			 NULL };
	char *start[] = { (char *)"/proc/self/exe", (char *)"--version", NULL };

	rows[0] = (struct row){ "seamstep --version (starting a process)", median_of(b, start) };
	rows[1] = (struct row){ "seamstep list", median_of(b, list) };
	rows[2] = (struct row){ "python3: read the same headers",
		with_files(b, (const char *[]){ "python3", "-c", python_reader, NULL }) };
	rows[3] = (struct row){ "seamstep verify",
				with_files(b, (const char *[]){ "/proc/self/exe", "verify",
								"--host", b->host, NULL }) };
	rows[4] = (struct row){ "openssl dgst -sha384",
				with_files(b, (const char *[]){ "openssl", "dgst", "-sha384",
								NULL }) };
}

static int report(const struct bench *b, const struct row *rows)
{
	json_t *doc, *list;
	char *machine, *text;
	size_t i;

	if (out_json_wanted()) {
		doc = out_json_doc("seamstep.bench.cli/1");
		list = json_array();
		for (i = 0; i < 5; i++)
			json_array_append_new(list, json_pack("{s:s, s:I}", "name", rows[i].name,
							      "median_ns", (json_int_t)rows[i].ns));
		json_object_set_new(doc, "machine", bench_machine_json());
		json_object_set_new(doc, "images", json_integer((json_int_t)b->nr));
		json_object_set_new(doc, "bytes", json_integer((json_int_t)b->bytes));
		json_object_set_new(doc, "runs", json_integer(b->runs));
		json_object_set_new(doc, "rows", list);
		return out_json_end(doc, EXIT_OK);
	}
	machine = bench_machine_text();
	printf("%s\n%zu images, %zu bytes, median of %u runs\n\n", machine, b->nr, b->bytes,
	       b->runs);
	for (i = 0; i < 5; i++) {
		text = rows[i].ns ? text_duration(rows[i].ns) : text_format("not installed");
		printf("%-42s %s\n", rows[i].name, text);
		free(text);
	}
	if (rows[3].ns && rows[4].ns)
		printf("\nverify / openssl: %.2f\n", (double)rows[3].ns / (double)rows[4].ns);
	if (rows[1].ns && rows[2].ns)
		printf("python / list:    %.1f\n", (double)rows[2].ns / (double)rows[1].ns);
	free(machine);
	return EXIT_OK;
}

static void release(struct bench *b)
{
	char *argv[] = { (char *)"/proc/self/exe", (char *)"lab", (char *)"remove", b->lab, NULL };
	size_t i;

	if (b->lab)
		time_of(argv);
	for (i = 0; i < b->nr; i++)
		free(b->files[i]);
	free(b->host);
	free(b->repo);
	free(b->lab);
}

int bench_cli(int argc, char **argv)
{
	struct bench b = { .runs = DEFAULT_RUNS };
	struct row rows[5];
	int c, rc = EXIT_OK;

	while (!rc && (c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == OPT_RUNS)
			rc = out_number32_option("bench cli", "runs", optarg, 1, MAX_RUNS, &b.runs);
		else if (c != 'J')
			rc = out_bad_option("bench cli", argv, c, options);
	}
	if (!rc)
		rc = out_no_argument("bench cli", argc, argv);
	if (rc)
		return rc;
	if (make_lab(&b)) {
		measure(&b, rows);
		rc = report(&b, rows);
	} else {
		rc = out_fail(EXIT_ERROR, "no lab can be made in $TMPDIR: %s", strerror(errno));
	}
	release(&b);
	return rc;
}
