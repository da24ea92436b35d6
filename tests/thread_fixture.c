// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A booted rig for tests, with TDs, images to update to, and a plan. */
#include "thread_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_fixture.h"

/* Long enough for an emulated machine or a sanitizer. No test waits that long. */
#define LIMIT_NS	120000000000ull

static void require(bool ok, const char *what, const struct rig_error *err)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", what, err ? err->text : "no memory");
	abort();
}

void thread_machine_config(struct thread_machine *m, uint32_t nr_lps, uint32_t nr_tds)
{
	memset(m, 0, sizeof(*m));
	rig_config_init(&m->config);
	m->config.nr_lps = nr_lps;
	m->config.nr_tds = nr_tds;
	fixture_signer(m->config.signer);
}

/* ---- images ---------------------------------------------------------------------------------- */

/* Builds a signed image of the ladder as a container file. The caller frees it. */
static struct ss_bytes build_file(const char *version)
{
	struct fixture_image image = { .info = *sim_ladder_find(version) };
	size_t bytes = (size_t)image.info.module_pages * SS_PAGE, n;
	struct ss_bytes sigstruct, module;
	uint8_t *file;

	image.module = calloc(1, bytes);
	image.sigstruct = calloc(1, SS_PAGE);
	require(image.module && image.sigstruct, "image", NULL);
	sim_module_build(&image.info, image.module);
	sim_sigstruct_build(&image.info, image.sigstruct, image.sigstruct);
	fixture_rehash(&image);
	fixture_sign(&image);
	sigstruct = (struct ss_bytes){ image.sigstruct, SS_SIGSTRUCT_BYTES };
	module = (struct ss_bytes){ image.module, bytes };
	n = ss_image_pack(0x200, sigstruct, module, NULL, 0);
	file = malloc(n);
	require(file && ss_image_pack(0x200, sigstruct, module, file, n) == n, "image", NULL);
	free(image.module);
	free(image.sigstruct);
	return (struct ss_bytes){ file, n };
}

struct ss_update_image thread_machine_image(struct thread_machine *m, const char *version,
					    enum rig_scenario scenario)
{
	struct ss_bytes file = build_file(version);
	struct rig_error err;
	struct ss_update_image out;
	struct ss_image_error bad;
	struct ss_image image;

	if (!ss_image_parse(file, &image, &bad)) {
		fprintf(stderr, "image %s: %s %s at %llu\n", version, bad.part, bad.field,
			(unsigned long long)bad.offset);
		abort();
	}
	require(rig_image(m->host, &image, version, scenario, &out, &err), "image", &err);
	free((void *)file.p);
	return out;
}

/* ---- machine --------------------------------------------------------------------------------- */

static void plan_update(struct thread_machine *m)
{
	m->target = thread_machine_image(m, THREAD_TO, RIG_UPDATE);
	m->same = thread_machine_image(m, THREAD_FROM, RIG_UPDATE);
	m->plan = (struct ss_update_plan){
		.machine = rig_machine(m->host),
		.images = { m->target, m->same }, .nr_images = 2,
		.svn_minor = m->same.svn_minor, .svn_major = m->same.svn_major,
		.hv = m->same.module_hv,
		.info = rig_alloc(m->host, SS_PAGE),
		.arrival_ns = LIMIT_NS,
	};
}

void thread_machine_create(struct thread_machine *m)
{
	struct rig_error err;
	struct ss_update_image from;

	m->host = rig_create(&m->config, &err);
	require(m->host, "create", &err);
	from = thread_machine_image(m, THREAD_FROM, RIG_LOAD);
	require(rig_boot(m->host, from.params_pa, &err), "boot", &err);
	require(rig_build_tds(m->host, &err), "build", &err);
	plan_update(m);
	m->before = calloc(m->config.nr_tds + 1, sizeof(*m->before));
	m->after = calloc(m->config.nr_tds + 1, sizeof(*m->after));
	require(m->before && m->after, "audits", NULL);
}

void thread_machine_destroy(struct thread_machine *m)
{
	rig_destroy(m->host);
	free(m->before);
	free(m->after);
}

void thread_machine_run_on(struct thread_machine *m, uint64_t entries)
{
	if (!rig_run_on(m->host, entries, LIMIT_NS)) {
		fprintf(stderr, "the workload makes no progress\n");
		abort();
	}
}

void thread_machine_start(struct thread_machine *m, uint64_t entries)
{
	struct rig_error err;

	require(rig_start(m->host, &err), "start", &err);
	thread_machine_run_on(m, entries);
}

void thread_machine_update(struct thread_machine *m, struct rig_update *update)
{
	struct rig_error err;

	*update = (struct rig_update){
		.plan = &m->plan, .before = m->before, .after = m->after,
	};
	require(rig_update(m->host, update, &err), "update", &err);
}
