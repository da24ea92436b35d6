/* SPDX-License-Identifier: GPL-2.0-only */
/* Power-on and reset: the software SEAM, and the module that the BIOS loads. */
#include "qemu/osdep.h"
#include "cpu.h"
#include "qemu/error-report.h"
#include "qemu/memalign.h"
#include "qapi/error.h"
#include "hw/boards.h"
#include "hw/i386/x86.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"
#include "sysemu/tcg.h"
#include "parts.h"
#include "../../core/seamldr.h"

static void find_ram(X86MachineState *x86ms)
{
	struct seam_ram *ram = seam_ram();

	ram->low = memory_region_get_ram_ptr(MACHINE(x86ms)->ram);
	ram->low_bytes = x86ms->below_4g_mem_size;
	ram->high = ram->low + ram->low_bytes;
	ram->high_bytes = x86ms->above_4g_mem_size;
}

/* What MCHECK finds convertible: all RAM but the first MiB. */
static void report_memory(struct sim *model)
{
	const struct seam_ram *ram = seam_ram();
	struct sim_cmr cmrs[2] = {
		{ 1 << 20, ram->low_bytes - (1 << 20) },
		{ SEAM_HIGH, ram->high_bytes },
	};

	sim_set_cmrs(model, cmrs, ram->high_bytes ? 2 : 1);
}

/* ---- the module that the BIOS loads ---------------------------------------------------------- */

static bool read_image(const char *path, gchar **data, gsize *bytes, struct ss_image *image,
		       Error **errp)
{
	g_autoptr(GError) error = NULL;
	struct ss_image_error bad;

	if (!g_file_get_contents(path, data, bytes, &error)) {
		error_setg(errp, "image: expected the file of a TDX Module: %s", error->message);
		return false;
	}
	if (ss_image_parse((struct ss_bytes){ (uint8_t *)*data, *bytes }, image, &bad))
		return true;
	error_setg(errp, "image: %s is no image of a TDX Module: %s, at offset %" PRIu64, path,
		   ss_image_error_text(bad.code), (uint64_t)bad.offset);
	g_free(*data);
	*data = NULL;
	return false;
}

/* Without a signer of its own, the machine accepts whoever signed the BIOS's module. */
static void signer_of(const struct ss_image *image, uint8_t out[SS_SHA384_BYTES])
{
	struct sim_sha384 sha;

	sim_sha384_init(&sha);
	sim_sha384_update(&sha, image->sig.raw.p + 128, SS_RSA3072_BYTES);
	sim_sha384_final(&sha, out);
}

static bool read_signer(const char *hex, uint8_t out[SS_SHA384_BYTES], Error **errp)
{
	int i;

	if (strlen(hex) != 2 * SS_SHA384_BYTES ||
	    strspn(hex, "0123456789abcdefABCDEF") != strlen(hex)) {
		error_setg(errp, "signer: expected the SHA-384 of a public key's modulus, %d "
			   "hexadecimal digits, found \"%s\"", 2 * SS_SHA384_BYTES, hex);
		return false;
	}
	for (i = 0; i < SS_SHA384_BYTES; i++, hex += 2)
		out[i] = g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]);
	return true;
}

/* One page of parameters, then the file. */
static uint64_t load(struct sim *model, const struct ss_image *image, const gchar *data,
		     gsize bytes)
{
	uint64_t pages[SS_MODULE_MAX_PAGES], status;
	struct seam_ram *ram = seam_ram();
	uint32_t i;

	ram->bios_bytes = SS_PAGE + ROUND_UP(bytes, SS_PAGE);
	ram->bios = g_malloc0(ram->bios_bytes);
	memcpy(ram->bios + SS_PAGE, data, bytes);
	for (i = 0; i < image->module_pages; i++)
		pages[i] = SEAM_BIOS + SS_PAGE + image->module_offset + (uint64_t)i * SS_PAGE;
	if (!ss_seamldr_params_build(ram->bios, SS_SCENARIO_LOAD,
				     SEAM_BIOS + SS_PAGE + image->sigstruct_offset, pages,
				     image->module_pages))
		g_assert_not_reached();
	status = sim_load(model, SEAM_BIOS);
	g_free(ram->bios);
	ram->bios = NULL;
	ram->bios_bytes = 0;
	return status;
}

/* ---- power-on -------------------------------------------------------------------------------- */

static bool configure(struct sim_config *config, const struct ss_image *image, Error **errp)
{
	const struct seam_options *options = seam_options();
	MachineState *ms = MACHINE(qdev_get_machine());
	uint32_t i;

	*config = (struct sim_config) {
		.nr_lps = ms->smp.cpus, .sockets = ms->smp.sockets, .updates = options->updates,
		.debug_unlocked = options->debug_unlocked, .seamldr_line = options->seamldr_line,
		.tds_in_ram = true, .private_hkids = options->private_keyids,
		.map = seam_map, .interrupted = seam_interrupted,
		.cpu_guests = !options->script, .cpuid = seam_native_cpuid,
		.taken = seam_memory_taken, .own = seam_own, .is_damaged = seam_is_damaged,
	};
	if (ms->smp.cpus > SEAM_MAX_LPS || ms->smp.sockets > SIM_MAX_SOCKETS) {
		error_setg(errp, "seam: expected up to %u CPUs in up to %u sockets, found %u in %u",
			   SEAM_MAX_LPS, SIM_MAX_SOCKETS, ms->smp.cpus, ms->smp.sockets);
		return false;
	}
	for (i = 0; i < ms->smp.sockets; i++)
		config->fms[i] = X86_CPU(first_cpu)->env.cpuid_version;
	if (options->signer)
		return read_signer(options->signer, config->signer, errp);
	if (image)
		signer_of(image, config->signer);
	return true;
}

static bool begin(const struct ss_image *image, const gchar *data, gsize bytes, Error **errp)
{
	struct sim_config config;
	struct sim *model;
	uint64_t status;
	size_t size;

	if (!configure(&config, image, errp))
		return false;
	size = sim_bytes(&config);
	if (!size) {
		error_setg(errp, "seam: the P-SEAMLDR cannot run on such a machine: see the properties "
			   "updates (0 to 255), private-keyids (1 to 2048) and seamldr-line (0 or 2)");
		return false;
	}
	model = sim_init(memset(qemu_memalign(64, size), 0, size), &config);
	seam_set_model(model);
	report_memory(model);
	status = image ? load(model, image, data, bytes) : 0;
	if (status)
		error_setg(errp, "image: the P-SEAMLDR of this machine refuses it: %s (%#" PRIx64
			   "). Is it for this signer, and debug-signed?",
			   ss_status_name(SS_LEAF_SEAMLDR_INSTALL, status), status);
	return !status;
}

static bool power_on(Error **errp)
{
	g_autofree gchar *data = NULL;
	g_autofree struct ss_image *image = g_new0(struct ss_image, 1);
	const struct seam_options *options = seam_options();
	gsize bytes = 0;

	seam_guard_reset(options->guard);
	if (options->image && !read_image(options->image, &data, &bytes, image, errp))
		return false;
	if (!begin(options->image ? image : NULL, data, bytes, errp))
		return false;
	seam_faults_set(options->faults, &error_abort);
	return true;
}

bool seam_check(const struct seam_options *o, Error **errp)
{
	g_autofree gchar *data = NULL;
	g_autofree struct ss_image *image = g_new0(struct ss_image, 1);
	struct sim_fault faults[SIM_LP_FAULTS];
	uint8_t signer[SS_SHA384_BYTES];
	uint32_t nr;
	gsize bytes;

	return (!o->image || read_image(o->image, &data, &bytes, image, errp)) &&
	       (!o->signer || read_signer(o->signer, signer, errp)) &&
	       seam_faults_parse(o->faults, faults, &nr, errp);
}

/* ---- the machine's events -------------------------------------------------------------------- */

/* A power cycle: SEAM forgets everything, and the BIOS loads its module again. */
static void machine_reset(void *opaque)
{
	seam_reset_lps();
	if (!seam_options())
		return;
	seam_watch_reset();
	qemu_vfree(seam_model());
	seam_set_model(NULL);
	power_on(&error_fatal);
}

/* VMX is there without SEAM too. */
static void machine_done(Notifier *n, void *data)
{
	bool possible = object_dynamic_cast(qdev_get_machine(), TYPE_X86_MACHINE) && tcg_enabled();

	if (possible) {
		find_ram(X86_MACHINE(qdev_get_machine()));
		qemu_register_reset(machine_reset, NULL);
	} else if (seam_options()) {
		error_report("seam: expected a PC with -accel tcg: SEAM is part of TCG's CPU");
		exit(1);
	}
}

static void begin_with_the_machine(void)
{
	static Notifier notifier = { .notify = machine_done };

	qemu_add_machine_init_done_notifier(&notifier);
}

type_init(begin_with_the_machine)
