// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * "seamstep bench cli": what the command costs, beside /bin/true, openssl and a plain Python
 * reader, and beside another build of itself. CPU time and page faults are those of the process
 * alone: other work on the machine disturbs them less than it disturbs the time on the wall.
 */
#include "bench.h"
#include "lib/decide/context.h"
#include "lib/image/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_RUNS	15
#define MAX_RUNS	101
#define MAX_IMAGES	11u	/* the number of public releases */

enum { OPT_RUNS = 256, OPT_BEFORE };

static const struct option options[] = {
	{ "runs", required_argument, NULL, OPT_RUNS },
	{ "before", required_argument, NULL, OPT_BEFORE },
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
	char *command;		/* beside this program, or on the path */
	const char *before;	/* another build of the command, or NULL */
};

#define MAX_ROWS	16u

struct cost {
	uint64_t cpu_min, cpu_median, wall;	/* nanoseconds; 0: the command fails */
	uint64_t faults;
};

struct row {
	const char *name;
	struct cost cost;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t ns_of(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_usec * 1000u;
}

/* Runs a command and discards its output. False if the command fails. */
static bool run(char *const *argv, struct cost *cost)
{
	posix_spawn_file_actions_t actions;
	uint64_t start = now();
	struct rusage use;
	int status = 1, fd;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	for (fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	/* Not fork(): the copy of this process's page tables would count as the command's work. */
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status))
		return false;
	cost->wall = now() - start;
	cost->cpu_median = ns_of(&use.ru_utime) + ns_of(&use.ru_stime);
	cost->faults = (uint64_t)use.ru_minflt;
	return true;
}

static struct cost cost_of(const struct bench *b, char *const *argv)
{
	uint64_t cpu[MAX_RUNS], wall[MAX_RUNS], faults[MAX_RUNS];
	struct cost one = { 0 };
	uint32_t i;

	for (i = 0; i < b->runs; i++) {
		if (!run(argv, &one))
			return (struct cost){ 0 };
		cpu[i] = one.cpu_median;
		wall[i] = one.wall;
		faults[i] = one.faults;
	}
	one.cpu_median = bench_median(cpu, b->runs);
	one.wall = bench_median(wall, b->runs);
	one.faults = bench_median(faults, b->runs);
	one.cpu_min = cpu[0];
	for (i = 1; i < b->runs; i++)
		one.cpu_min = cpu[i] < one.cpu_min ? cpu[i] : one.cpu_min;
	return one;
}

/* The words of @head, and the files. */
static struct cost with_files(const struct bench *b, const char *const *head)
{
	char *argv[16 + MAX_IMAGES];
	size_t i, n = 0;

	for (; *head; head++)
		argv[n++] = (char *)*head;
	for (i = 0; i < b->nr; i++)
		argv[n++] = b->files[i];
	argv[n] = NULL;
	return cost_of(b, argv);
}

/* As one file and as two. */
static void remove_version(const struct bench *b, struct ss_version v)
{
	static const char *const names[] = { "joined_files/%u.%u/tdx_module_%u.%u.%02u.blob",
					     "separate_files/%u.%u/tdx_module_%u.%u.%02u.bin",
					     "separate_files/%u.%u/tdx_module_%u.%u.%02u.sigstruct" };
	char name[128], *path;
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), names[i], v.major, v.minor, v.major, v.minor,
			 v.update);
		path = text_format("%s/%s", b->repo, name);
		unlink(path);
		free(path);
	}
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
			remove_version(b, image->version);
		} else if (b->nr < MAX_IMAGES) {
			b->files[b->nr++] = text_format("%s", image->path);
			b->bytes += image->bytes;
		}
	}
	free(why);
	repo_free(repo);
	return b->nr == MAX_IMAGES;
}

/* This program is seamstep-model. In a build the command lies beside it. */
static char *find_command(void)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *path;

	exe[n < 0 ? 0 : n] = '\0';
	path = text_format("%s/seamstep", dirname(exe));
	if (!access(path, X_OK))
		return path;
	free(path);
	return text_format("seamstep");
}

static bool make_lab(struct bench *b)
{
	const char *tmp = getenv("TMPDIR");
	struct cost cost;
	char *argv[] = { (char *)"/proc/self/exe", (char *)"lab", (char *)"create", NULL, NULL };

	b->lab = text_format("%s/seamstep-bench.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(b->lab))
		return false;
	argv[3] = b->lab;
	if (!run(argv, &cost))
		return false;
	b->repo = text_format("%s/repo", b->lab);
	b->host = text_format("lab:%s", b->lab);
	return find_files(b);
}

#define COST(b, ...) cost_of(b, (char *const[]){ __VA_ARGS__, NULL })

static size_t measure_command(const struct bench *b, struct row *rows, char *command, bool before)
{
	const char *const verify[] = { command, "verify", "--host", b->host, NULL };
	const struct row all[] = {
		{ before ? "before: --version" : "seamstep --version",
		  COST(b, command, (char *)"--version") },
		{ before ? "before: status" : "seamstep status, with a repository",
		  COST(b, command, (char *)"status", (char *)"--host", b->host) },
		{ before ? "before: list" : "seamstep list",
		  COST(b, command, (char *)"list", (char *)"--host", b->host) },
		{ before ? "before: verify" : "seamstep verify", with_files(b, verify) },
	};

	memcpy(rows, all, sizeof(all));
	return SS_ARRAY_SIZE(all);
}

static size_t measure(const struct bench *b, struct row *rows)
{
	const char *const python[] = { "python3", "-c", python_reader, NULL };
	const char *const openssl[] = { "openssl", "dgst", "-sha384", NULL };
	size_t n = 0;

	rows[n++] = (struct row){ "/bin/true (starting a process)", COST(b, (char *)"/bin/true") };
	if (b->before)
		n += measure_command(b, rows + n, (char *)b->before, true);
	n += measure_command(b, rows + n, b->command, false);
	rows[n++] = (struct row){ "python3: read the same headers", with_files(b, python) };
	rows[n++] = (struct row){ "openssl dgst -sha384", with_files(b, openssl) };
	return n;
}

static json_t *rows_json(const struct row *rows, size_t nr)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < nr; i++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:I}", "name",
			rows[i].name, "cpu_min_ns", (json_int_t)rows[i].cost.cpu_min,
			"cpu_median_ns", (json_int_t)rows[i].cost.cpu_median, "wall_median_ns",
			(json_int_t)rows[i].cost.wall, "page_faults",
			(json_int_t)rows[i].cost.faults));
	return list;
}

static void print_row(const struct row *row)
{
	char *min = text_duration(row->cost.cpu_min), *median = text_duration(row->cost.cpu_median);

	if (row->cost.wall)
		printf("%-38s %10s %10s %8llu\n", row->name, min, median,
		       (unsigned long long)row->cost.faults);
	else
		printf("%-38s it fails, or is not installed\n", row->name);
	free(median);
	free(min);
}

static int report(const struct bench *b, const struct row *rows, size_t nr)
{
	json_t *doc;
	char *machine;
	size_t i;

	if (out_json_wanted()) {
		doc = out_json_doc("seamstep.bench.cli/1");
		json_object_set_new(doc, "machine", bench_machine_json());
		json_object_set_new(doc, "images", json_integer((json_int_t)b->nr));
		json_object_set_new(doc, "bytes", json_integer((json_int_t)b->bytes));
		json_object_set_new(doc, "runs", json_integer(b->runs));
		json_object_set_new(doc, "rows", rows_json(rows, nr));
		return out_json_end(doc, EXIT_OK);
	}
	machine = bench_machine_text();
	printf("%s\n%zu images, %zu bytes, %u runs; CPU time is user and system\n\n"
	       "%-38s %10s %10s %8s\n", machine, b->nr, b->bytes, b->runs, "", "CPU, min", "median", "faults");
	for (i = 0; i < nr; i++)
		print_row(&rows[i]);
	free(machine);
	return EXIT_OK;
}

static void release(struct bench *b)
{
	char *argv[] = { (char *)"/proc/self/exe", (char *)"lab", (char *)"remove", b->lab, NULL };
	struct cost cost;
	size_t i;

	if (b->lab)
		run(argv, &cost);
	for (i = 0; i < b->nr; i++)
		free(b->files[i]);
	free(b->command);
	free(b->host);
	free(b->repo);
	free(b->lab);
}

int bench_cli(int argc, char **argv)
{
	struct bench b = { .runs = DEFAULT_RUNS };
	struct row rows[MAX_ROWS];
	int c, rc = EXIT_OK;

	while (!rc && (c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == OPT_RUNS)
			rc = out_number32_option("bench cli", "runs", optarg, 1, MAX_RUNS, &b.runs);
		else if (c == OPT_BEFORE)
			b.before = optarg;
		else if (c != 'J')
			rc = out_bad_option("bench cli", argv, c, options);
	}
	if (!rc)
		rc = out_no_argument("bench cli", argc, argv);
	if (rc)
		return rc;
	b.command = find_command();
	if (make_lab(&b)) {
		rc = report(&b, rows, measure(&b, rows));
	} else {
		rc = out_fail(EXIT_ERROR, "no lab can be made in $TMPDIR: %s", strerror(errno));
	}
	release(&b);
	return rc;
}
