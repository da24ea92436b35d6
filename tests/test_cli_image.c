// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* seamstep inspect and verify on real files: good, spoilt, odd, hostile; for people and as JSON. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tool/session/cli.h"
#include "cli_runner.h"
#include "image_fixture.h"

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("no '%s' in:\n%s", what, text);
}

static void assert_silent(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("'%s' in:\n%s", what, text);
}

/* malloc'd path of a new file in the test's directory. */
static char *write_file(const char *name, const void *bytes, size_t n)
{
	char *path = cli_runner_path(name);
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
	return path;
}

static char *write_image(const char *name, const struct test_image *image)
{
	return write_file(name, image->bytes, image->n);
}

static char *write_spec(const char *name, const struct image_spec *spec)
{
	struct test_image image;
	char *path;

	test_image_build(&image, spec);
	path = write_image(name, &image);
	test_image_free(&image);
	return path;
}

static char *write_good(const char *name, uint16_t version)
{
	struct image_spec spec = image_spec_default();

	spec.container_version = version;
	return write_spec(name, &spec);
}

static const json_t *image_json(size_t index)
{
	return json_array_get(out_json("images"), index);
}

/* A member of images[index], by a dotted path. */
static const json_t *member(size_t index, const char *path)
{
	const json_t *at = image_json(index);
	char *copy = strdup(path), *rest = copy, *name;

	while (at && (name = strsep(&rest, ".")))
		at = json_object_get(at, name);
	free(copy);
	if (!at)
		fail_msg("images[%zu] has no %s", index, path);
	return at;
}

static void assert_text(size_t index, const char *path, const char *text)
{
	assert_string_equal(json_string_value(member(index, path)), text);
}

static void assert_number(size_t index, const char *path, long long number)
{
	assert_true(json_is_integer(member(index, path)));
	assert_int_equal(json_integer_value(member(index, path)), number);
}

/* The result of one of verify's checks: "ok", "bad", "skipped". */
static const char *result_of(size_t index, const char *check)
{
	const json_t *findings = member(index, "findings"), *finding;
	size_t i;

	for (i = 0; i < json_array_size(findings); i++) {
		finding = json_array_get(findings, i);
		if (!strcmp(json_string_value(json_object_get(finding, "check")), check))
			return json_string_value(json_object_get(finding, "result"));
	}
	fail_msg("no finding %s", check);
	return NULL;
}

/* ---- inspect --------------------------------------------------------------------------------- */

static void test_inspect(void **state)
{
	struct image_spec spec = release_spec(&releases[8]);	/* 2.0.04 */
	char *path = write_spec("inspect.blob", &spec);
	const struct cli_run *r = CLI_RUN("inspect", path);

	(void)state;
	assert_int_equal(r->exit, EXIT_OK);
	assert_string_equal(r->err, "");
	assert_says(r->out, "inspect.blob");
	assert_says(r->out, "version 0x100, 557056 bytes");
	assert_says(r->out, "2025-01-09");
	assert_says(r->out, "3.4\n");
	assert_says(r->out, "A06D0 (family 6, model 0xAD, any stepping)");
	assert_says(r->out, "A06E0");
	assert_says(r->out, "2.0.04");
	assert_says(r->out, "134 pages");
	assert_silent(r->out, "NOT VALID");
	assert_silent(r->out, "Intel production key");

	r = CLI_RUN("inspect", "--json", path);
	assert_int_equal(r->exit, EXIT_OK);
	assert_string_equal(out_json_text("schema"), "seamstep.inspect/1");
	assert_text(0, "file", path);
	assert_text(0, "format", "container");
	assert_text(0, "container.version", "0x100");
	assert_number(0, "container.bytes", 557056);
	assert_number(0, "container.module_pages", 134);
	assert_text(0, "sigstruct.date", "2025-01-09");
	assert_text(0, "sigstruct.svn", "3.4");
	assert_number(0, "sigstruct.svn_major", 3);
	assert_number(0, "sigstruct.handoff_pages", 25);
	assert_text(0, "sigstruct.version", "2.0.04");
	assert_text(0, "sigstruct.reserved3",
		    "040000025b030800" "0000000000000000" "0000000000000000");
	assert_int_equal(json_array_size(member(0, "sigstruct.cpus")), 2);
	assert_true(json_is_false(member(0, "signer.intel")));
	assert_true(json_is_true(member(0, "signature_valid")));
	assert_true(json_is_true(member(0, "hash_valid")));
	assert_true(json_is_true(member(0, "elf.valid")));
	assert_null(json_object_get(image_json(0), "error"));
	free(path);
}

/* Well-formed, but its claims are false: bad all the same, with the first reason. */
static void test_inspect_false(void **state)
{
	struct test_image image;
	const struct cli_run *r;
	char *path;

	(void)state;
	test_image_simple(&image, 0x200, 3);
	image.module[100] ^= 1;
	test_image_sum(&image);
	path = write_image("false.blob", &image);
	r = CLI_RUN("inspect", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->out, "module hash            NOT VALID");
	assert_says(r->out, "signature              valid");
	assert_says(r->err, "seamhash at offset 4996");
	CLI_RUN("inspect", "--json", path);
	assert_true(json_is_false(member(0, "hash_valid")));
	assert_text(0, "error.name", "hash");
	test_image_free(&image);
	free(path);
}

static void test_inspect_malformed(void **state)
{
	struct test_image image;
	const struct cli_run *r;
	char *path;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	put_le(image.bytes + 4, 0x2001, 4);
	path = write_image("malformed.blob", &image);
	r = CLI_RUN("inspect", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->err, "offset_of_module at offset 4");
	assert_says(r->err, "expected a multiple of 4096 from 8192 to 20480, found 8193");
	r = CLI_RUN("inspect", "--json", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_number(0, "error.code", SS_IMAGE_VALUE);
	assert_text(0, "error.name", "value");
	assert_text(0, "error.part", "container");
	assert_text(0, "error.field", "offset_of_module");
	assert_number(0, "error.offset", 4);
	assert_text(0, "error.expected", "a multiple of 4096 from 8192 to 20480");
	assert_number(0, "error.found", 8193);
	assert_string_equal(out_json_text("exit.name"), "bad-image");
	free(path);

	/* Parts behind the error are shown if they can be found. */
	put_le(image.bytes + 4, 0x2000, 4);
	image.bytes[30] = 1;
	path = write_image("reserved.blob", &image);
	r = CLI_RUN("inspect", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->err, "reserved1 at offset 30");
	assert_says(r->out, "2024-04-07");
	test_image_free(&image);
	free(path);
}

static void test_inspect_sigstruct(void **state)
{
	struct test_image image;
	const struct cli_run *r;
	char *path;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	path = write_file("bare.sigstruct", image.sigstruct, 2048);
	r = CLI_RUN("inspect", path);
	assert_int_equal(r->exit, EXIT_OK);
	assert_says(r->out, "bare sigstruct of 2048 bytes");
	assert_says(r->out, "signature              valid");
	assert_silent(r->out, "module hash");
	/* verify needs an image. */
	assert_int_equal(CLI_RUN("verify", "--signer", "any", path)->exit, EXIT_BAD_IMAGE);
	free(path);

	path = write_file("bare-page.sigstruct", image.sigstruct, 4096);
	assert_int_equal(CLI_RUN("inspect", "--json", path)->exit, EXIT_OK);
	assert_text(0, "format", "sigstruct");
	free(path);

	image.sigstruct[3000] = 1;
	path = write_file("bare-padding.sigstruct", image.sigstruct, 4096);
	r = CLI_RUN("inspect", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->err, "padding at offset 3000");
	free(path);

	/* Short files that are no sigstruct, and a container cut down to a sigstruct's size. */
	path = write_file("noise", image.module, 2048);
	r = CLI_RUN("inspect", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->err, "header_type at offset 0");
	free(path);
	path = write_file("cut.blob", image.bytes, 3000);
	r = CLI_RUN("inspect", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->err, "expected 4096 (0x1000), found 3000");
	free(path);
	test_image_free(&image);
}

/* ---- verify ---------------------------------------------------------------------------------- */

static void test_verify(void **state)
{
	char *path = write_good("verify.blob", 0x100);
	const struct cli_run *r = CLI_RUN("verify", "--signer", "any", path);
	const char *line;
	unsigned int lines = 0;

	(void)state;
	assert_int_equal(r->exit, EXIT_OK);
	assert_silent(r->out, "BAD");
	for (line = strstr(r->out, " OK "); line; line = strstr(line + 1, " OK "))
		lines++;
	assert_int_equal(lines, 7);

	r = CLI_RUN("verify", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->out, "signer       BAD  sigstruct: modulus at offset 4224");
	assert_says(r->out, "expected c8572f548869a0be...");

	r = CLI_RUN("verify", "--json", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_string_equal(out_json_text("schema"), "seamstep.verify/1");
	assert_true(json_is_false(member(0, "ok")));
	assert_string_equal(result_of(0, "signer"), "bad");
	assert_string_equal(result_of(0, "signature"), "ok");
	assert_string_equal(result_of(0, "module-hash"), "ok");
	assert_text(0, "error.name", "signer");
	assert_text(0, "error.field", "modulus");
	free(path);
}

static void test_signers(void **state)
{
	const struct key *key = test_image_key();
	char *path = write_good("signers.blob", 0x200), *private, *public, *hex, *host, *lab;
	char *pem = key_pem(key, true);
	uint8_t signer[SS_SHA384_BYTES];

	(void)state;
	assert_true(key_signer(key, signer));
	hex = calloc(1, 97);
	for (size_t i = 0; i < sizeof(signer); i++)
		sprintf(hex + 2 * i, "%02x", signer[i]);
	assert_int_equal(CLI_RUN("verify", "--signer", hex, path)->exit, EXIT_OK);
	hex[0] = hex[0] == 'a' ? 'b' : 'a';
	assert_int_equal(CLI_RUN("verify", "--signer", hex, path)->exit, EXIT_BAD_IMAGE);
	hex[95] = '\0';
	assert_int_equal(CLI_RUN("verify", "--signer", hex, path)->exit, EXIT_ERROR);

	private = write_file("key.pem", pem, strlen(pem));
	assert_int_equal(CLI_RUN("verify", "--signer", private, path)->exit, EXIT_OK);
	free(pem);
	pem = key_pem(key, false);
	public = write_file("key.pub.pem", pem, strlen(pem));
	assert_int_equal(CLI_RUN("verify", "--signer", public, path)->exit, EXIT_OK);
	assert_int_equal(CLI_RUN("verify", "--signer", path, path)->exit, EXIT_ERROR);
	assert_int_equal(CLI_RUN("verify", "--signer", "/nowhere", path)->exit, EXIT_ERROR);

	/* A lab: its public key, or its private key alone. */
	lab = cli_runner_path("lab");
	assert_int_equal(mkdir(lab, 0700), 0);
	assert_true(asprintf(&host, "lab:%s", lab) > 0);
	assert_int_equal(CLI_RUN("verify", "--host", host, path)->exit, EXIT_ERROR);
	free(write_file("lab/signer.pem", pem, strlen(pem)));
	assert_int_equal(CLI_RUN("verify", "--host", host, path)->exit, EXIT_OK);
	free(write_file("lab/signer.pub.pem", pem, strlen(pem)));
	assert_int_equal(CLI_RUN("verify", "--host", host, path)->exit, EXIT_OK);
	assert_int_equal(CLI_RUN("verify", "--host", host, "--signer", "intel", path)->exit,
			 EXIT_BAD_IMAGE);
	assert_int_equal(CLI_RUN("verify", "--host", "lab:", path)->exit, EXIT_USAGE);
	assert_int_equal(CLI_RUN("verify", "--host", "moon", path)->exit, EXIT_USAGE);
	free(path);
	free(private);
	free(public);
	free(hex);
	free(host);
	free(lab);
	free(pem);
}

static void test_verify_debug(void **state)
{
	struct image_spec spec = image_spec_default();
	const struct cli_run *r;
	char *path;

	(void)state;
	spec.debug_signed = true;
	path = write_spec("debug.blob", &spec);
	r = CLI_RUN("verify", "--signer", "any", path);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->out, "debug        BAD");
	assert_int_equal(CLI_RUN("verify", "--signer", "any", "--allow-debug", path)->exit, EXIT_OK);
	CLI_RUN("verify", "--signer", "any", "--json", path);
	assert_string_equal(result_of(0, "debug"), "bad");
	assert_text(0, "error.name", "debug");
	free(path);
}

/* Each error by itself; verify goes on with the checks that it can still make. */
static void test_verify_goes_on(void **state)
{
	struct test_image image;
	char *path;

	(void)state;
	test_image_simple(&image, 0x100, 3);
	image.sigstruct[40] = 1;	/* reserved: malformed, and no longer what was signed */
	image.module[50] = 1;
	put_le(image.module + TEST_ELF_RELA + 8, 1, 8);
	path = write_image("four.blob", &image);
	assert_int_equal(CLI_RUN("verify", "--signer", "any", "--json", path)->exit, EXIT_BAD_IMAGE);
	assert_string_equal(result_of(0, "container"), "bad");	/* the checksum */
	assert_string_equal(result_of(0, "sigstruct"), "bad");
	assert_string_equal(result_of(0, "signer"), "ok");
	assert_string_equal(result_of(0, "signature"), "bad");
	assert_string_equal(result_of(0, "module-hash"), "bad");
	assert_string_equal(result_of(0, "elf"), "bad");
	assert_string_equal(result_of(0, "debug"), "ok");
	free(path);

	put_le(image.bytes, 0x300, 2);
	path = write_image("unknown.blob", &image);
	assert_int_equal(CLI_RUN("verify", "--signer", "any", "--json", path)->exit, EXIT_BAD_IMAGE);
	assert_string_equal(result_of(0, "container"), "bad");
	assert_string_equal(result_of(0, "sigstruct"), "skipped");
	assert_string_equal(result_of(0, "elf"), "skipped");
	test_image_free(&image);
	free(path);
}

/* ---- files as such --------------------------------------------------------------------------- */

static void test_worst_of_all(void **state)
{
	char *good = write_good("worst-good.blob", 0x100), *bad;

	(void)state;
	bad = write_file("worst-bad.blob", "x", 1);
	assert_int_equal(CLI_RUN("inspect", good, good)->exit, EXIT_OK);
	assert_int_equal(CLI_RUN("inspect", good, "/nowhere", good)->exit, EXIT_ERROR);
	assert_int_equal(CLI_RUN("inspect", bad, "/nowhere", good)->exit, EXIT_BAD_IMAGE);
	assert_int_equal(CLI_RUN("verify", "--signer", "any", good, "/nowhere")->exit, EXIT_ERROR);
	assert_int_equal(CLI_RUN("verify", "--signer", "any", good, bad, good)->exit,
			 EXIT_BAD_IMAGE);
	CLI_RUN("inspect", "--json", bad, "/nowhere", good);
	assert_int_equal(json_array_size(out_json("images")), 3);
	assert_text(0, "error.name", "truncated");
	assert_text(1, "error.name", "unreadable");
	assert_text(2, "file", good);
	free(good);
	free(bad);
}

static void test_odd_files(void **state)
{
	char *large = cli_runner_path("large"), *empty = write_file("empty", "", 0);
	const struct cli_run *r;
	int fd = open(large, O_CREAT | O_WRONLY, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 1LL << 40), 0);	/* sparse: too long to read */
	close(fd);
	r = CLI_RUN("inspect", large);
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->err, "no more than 2052096 bytes");
	assert_int_equal(CLI_RUN("verify", "--signer", "any", large)->exit, EXIT_BAD_IMAGE);
	assert_int_equal(CLI_RUN("inspect", empty)->exit, EXIT_BAD_IMAGE);
	r = CLI_RUN("inspect", "/dev/zero");
	assert_int_equal(r->exit, EXIT_ERROR);
	assert_says(r->err, "neither a regular file nor a pipe");
	assert_int_equal(CLI_RUN("verify", cli_runner_dir())->exit, EXIT_ERROR);
	free(large);
	free(empty);
}

/* Names that a terminal would obey, or that are no text. */
static void test_hostile_names(void **state)
{
	char *path = write_file("\x1b]0;gotcha\x07\xff.blob", "x", 1);
	const struct cli_run *r = CLI_RUN("inspect", path);

	(void)state;
	assert_int_equal(r->exit, EXIT_BAD_IMAGE);
	assert_says(r->err, "\\x1b]0;gotcha\\x07\\xff.blob");
	assert_silent(r->err, "\x1b");
	assert_silent(r->out, "\x1b");
	r = CLI_RUN("verify", path);
	assert_silent(r->out, "\x1b");
	r = CLI_RUN("verify", "--json", path);
	assert_silent(r->out, "\x1b");
	assert_non_null(r->json);
	assert_says(json_string_value(member(0, "file")), "gotcha");
	free(path);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inspect),
		cmocka_unit_test(test_inspect_false),
		cmocka_unit_test(test_inspect_malformed),
		cmocka_unit_test(test_inspect_sigstruct),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_signers),
		cmocka_unit_test(test_verify_debug),
		cmocka_unit_test(test_verify_goes_on),
		cmocka_unit_test(test_worst_of_all),
		cmocka_unit_test(test_odd_files),
		cmocka_unit_test(test_hostile_names),
	};
	int failed;

	if (argc < 2) {
		fprintf(stderr, "Usage: %s SEAMSTEP\n", argv[0]);
		return 2;
	}
	cli_runner_begin(argv[1]);
	failed = cmocka_run_group_tests_name("cli-image", tests, NULL, NULL);
	cli_runner_end();
	return failed;
}
