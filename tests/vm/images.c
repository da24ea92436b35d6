// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Make the images that the tests in virtual machines need, and the key that signs these images.
 *
 *	images FOLDER
 * writes VERSION.bin (container 0x200) and VERSION.0100.bin for some versions of the model's
 * ladder, every bad image of "seamstep lab", the signer's public key "signer.pub.pem", and its
 * SHA-384 "signer", 96 hexadecimal digits.
 */
#include "lib/image/crypto.h"
#include "lab/lab.h"
#include "lab/model_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const versions[] = {
	"1.5.08", "1.5.09", "1.5.13", "1.5.16", "1.5.17", "1.5.24", "1.5.25", "2.0.08",
};
#define RUNNING	"1.5.09"	/* the version that bad images do not fit */

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "images: %s\n", what);
	exit(1);
}

static void write_file(const char *folder, const char *name, const void *data, size_t bytes)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, bytes, f) != bytes || fclose(f))
		fail(path);
}

static void write_container(const char *folder, const char *name, const struct model_parts *parts,
			    uint16_t container)
{
	size_t bytes;
	uint8_t *file = model_parts_pack(parts, container, &bytes);

	write_file(folder, name, file, bytes);
	free(file);
}

static void write_version(const char *folder, const char *version, const struct key *key)
{
	const struct sim_module_info *info = sim_ladder_find(version);
	struct model_parts parts;
	char name[64];

	if (!info || !model_parts_build(info, key, &parts))
		fail(version);
	snprintf(name, sizeof(name), "%s.bin", version);
	write_container(folder, name, &parts, 0x200);
	snprintf(name, sizeof(name), "%s.0100.bin", version);
	write_container(folder, name, &parts, 0x100);
	model_parts_release(&parts);
}

/* A bad image gets container version 0x200, if it has a container: the version is not the fault. */
static void write_converted(const char *folder, const char *name, const uint8_t *file, size_t bytes)
{
	static uint8_t out[(SS_MODULE_MAX_PAGES + 2) * SS_PAGE];
	static struct ss_image image;
	struct ss_image_error err;
	size_t converted = 0;

	memset(&image, 0, sizeof(image));
	if (ss_image_parse((struct ss_bytes){ file, bytes }, &image, &err) ||
	    (image.sig.raw.p && image.module.p))
		converted = ss_image_pack(0x200, image.sig.raw, image.module, out, sizeof(out));
	if (converted)
		write_file(folder, name, out, converted);
	else
		write_file(folder, name, file, bytes);
}

static void write_bad(const char *folder, const struct key *key)
{
	const struct sim_module_info *running = sim_ladder_find(RUNNING);
	const struct sim_module_info *good = lab_bad_base(running);
	struct key *stranger = key_generate();
	char name[96];
	uint8_t *file;
	size_t bytes;
	uint32_t i;

	for (i = 0; i < lab_bad_nr; i++) {
		file = lab_bad_build(i, good, running, key, stranger, &bytes);
		if (!file)
			fail(lab_bad_name(i));
		snprintf(name, sizeof(name), "%s.bin", lab_bad_name(i));
		write_converted(folder, name, file, bytes);
		free(file);
	}
	key_free(stranger);
}

int main(int argc, char **argv)
{
	struct key *key = key_parse(model_key_pem);
	uint8_t signer[SS_SHA384_BYTES];
	char text[2 * SS_SHA384_BYTES + 1], path[512];
	uint32_t i;

	if (argc != 2 || !key || !key_signer(key, signer))
		fail("usage: images FOLDER");
	for (i = 0; i < SS_ARRAY_SIZE(versions); i++)
		write_version(argv[1], versions[i], key);
	write_bad(argv[1], key);
	for (i = 0; i < sizeof(signer); i++)
		snprintf(text + 2 * i, 3, "%02x", signer[i]);
	write_file(argv[1], "signer", text, strlen(text));
	snprintf(path, sizeof(path), "%s/signer.pub.pem", argv[1]);
	if (!key_save(key, false, path))
		fail(path);
	key_free(key);
	return 0;
}
