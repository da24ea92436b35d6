// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep driver": which driver updates this machine's TDX Module, and changing that. */
#include "tool/session/session.h"

#include "driver_switch.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

const char verb_driver_help[] =
	CONTEXT_HELP
	"\n"
	"'driver' says which driver updates the TDX Module. 'driver use seamstep' unloads the\n"
	"kernel's driver, loads seamstep.ko and writes two files, so that it stays so after a\n"
	"reboot. 'driver use kernel' does the opposite.\n";

static const struct option options[] = { CONTEXT_OPTIONS, { NULL, 0, NULL, 0 } };

static const char *meaning(enum seamstep_host_kind kind)
{
	switch (kind) {
	case SEAMSTEP_HOST_SEAMSTEP:
		return "a failure after the shutdown of the running module is recovered, with a fallback";
	case SEAMSTEP_HOST_MAINLINE:
	case SEAMSTEP_HOST_OLD:
		return "a failure after the shutdown of the running module loses the TDs";
	case SEAMSTEP_HOST_LAB:
		return "a simulated host updates itself, without a driver";
	default:
		return "no driver updates the TDX Module";
	}
}

static int report(const struct session *s, bool changed)
{
	const struct seamstep_facts *f = s->facts;
	enum exit_status rc = f->kind == SEAMSTEP_HOST_NONE ? EXIT_UNSUPPORTED : EXIT_OK;
	bool at_boot = f->kind != SEAMSTEP_HOST_LAB && !f->recorded && driver_is_configured();
	json_t *doc;

	if (out_json_wanted()) {
		doc = session_doc(s);
		json_object_set_new(doc, "driver", json_string(seamstep_host_kind_name(f->kind)));
		json_object_set_new(doc, "meaning", json_string(meaning(f->kind)));
		json_object_set_new(doc, "at_boot", json_string(at_boot ? "seamstep.ko" : "kernel"));
		json_object_set_new(doc, "changed", json_boolean(changed));
		return out_json_end(doc, rc);
	}
	if (f->kind == SEAMSTEP_HOST_LAB) {
		printf("%s\n", meaning(f->kind));
		return rc;
	}
	printf("%s (%s): %s\n", seamstep_host_kind_name(f->kind), seamstep_host_kind_text(f->kind),
	       meaning(f->kind));
	printf("after a reboot: %s\n", at_boot ? "seamstep.ko" : "the kernel's own driver, if it has one");
	return rc;
}

/* ---- what forbids a change ------------------------------------------------------------------- */

static int check_host(const struct session *s)
{
	if (s->facts->kind != SEAMSTEP_HOST_LAB && !s->facts->recorded)
		return EXIT_OK;
	return out_fail(EXIT_UNSUPPORTED, "the driver can be changed on this machine only, not on %s",
			seamstep_host_name(s->host));
}

static int check_machine(const struct session *s)
{
	const struct seamstep_facts *f = s->facts;

	if (f->module_lost)
		return out_fail(EXIT_LOST,
				"no TDX Module runs, so no driver can be loaded; reboot first");
	if (f->upload_status && strcmp(f->upload_status, "idle"))
		return out_fail(EXIT_NOT_NOW,
				"an upload is under way (%s); nothing was touched; try again later",
				f->upload_status);
	return EXIT_OK;
}

static int check_use_ours(void)
{
	if (driver_module(DRIVER_KERNELS) == DRIVER_BUILT_IN)
		return out_fail(EXIT_UNSUPPORTED,
				"tdx_host is built into this kernel and cannot be replaced; what remains: "
				"every check before an update, but no fallback");
	if (!driver_available(DRIVER_OURS))
		return out_fail(EXIT_UNSUPPORTED,
				"there is no module seamstep for this kernel; install seamstep-dkms");
	return EXIT_OK;
}

static int check_use_kernels(void)
{
	if (driver_module(DRIVER_KERNELS) != DRIVER_NOT_LOADED || driver_available(DRIVER_KERNELS))
		return EXIT_OK;
	return out_fail(EXIT_UNSUPPORTED,
			"this kernel has no driver of its own for updates (Linux 7.2 brought it); "
			"nothing was touched");
}

/* ---- the change ------------------------------------------------------------------------------ */

static int configure(bool ours)
{
	char *why = driver_configure(ours);
	int rc = why ? out_fail(EXIT_ERROR, "%s; no driver was changed", why) : EXIT_OK;

	free(why);
	return rc;
}

/* The loaded drivers did not change as wanted: nor does the configuration. */
static int undo(bool ours, enum exit_status exit, const char *text)
{
	char *why = driver_configure(ours);
	int rc = out_fail(exit, "%s%s%s", text, why ? "; the configuration cannot be put back: " : "",
			  why ? why : "");

	free(why);
	return rc;
}

/*
 * The kernel's driver holds a reference to itself as long as it has its upload node, which is until
 * it is unloaded. So on most processors it cannot be unloaded.
 */
static int use_ours(void)
{
	if (driver_module(DRIVER_OURS) != DRIVER_NOT_LOADED)
		return EXIT_OK;
	if (driver_module(DRIVER_KERNELS) == DRIVER_LOADED && !driver_unload(DRIVER_KERNELS))
		return out_fail(EXIT_PENDING,
				"the kernel's driver cannot be unloaded: it holds itself while it has "
				"its upload node; seamstep.ko drives after the next reboot");
	if (driver_load(DRIVER_OURS))
		return EXIT_OK;
	if (driver_available(DRIVER_KERNELS))
		driver_load(DRIVER_KERNELS);
	return undo(false, EXIT_ERROR, "seamstep.ko does not load, see the kernel log; the kernel's "
		    "driver stays");
}

static int use_kernels(void)
{
	if (driver_module(DRIVER_OURS) == DRIVER_LOADED && !driver_unload(DRIVER_OURS))
		return undo(true, EXIT_NOT_NOW, "seamstep.ko is in use; nothing was changed; try again "
			    "later");
	if (driver_module(DRIVER_KERNELS) != DRIVER_NOT_LOADED || driver_load(DRIVER_KERNELS))
		return EXIT_OK;
	return out_fail(EXIT_ERROR, "the kernel's driver tdx_host does not load, see the kernel log; "
			"no driver is loaded now");
}

static int change(struct session *s, bool ours)
{
	int rc = check_host(s);

	if (rc)
		return rc;
	rc = exit_of(seamstep_host_lock(s->host, "driver", 0));
	if (rc)
		return out_fail(rc, "%s", seamstep_error(s->lib));
	rc = session_refresh(s);
	if (!rc)
		rc = check_machine(s);
	if (!rc)
		rc = ours ? check_use_ours() : check_use_kernels();
	if (!rc)
		rc = configure(ours);
	if (!rc)
		rc = ours ? use_ours() : use_kernels();
	seamstep_host_unlock(s->host);
	return rc;
}

/* The layout of the kernel's files is found when a host is opened. */
static int change_and_report(struct session *s, bool ours)
{
	enum seamstep_host_kind before = s->facts->kind;
	const struct context_options *again = s->options;
	int rc = change(s, ours);

	session_close(s);
	if (rc)
		return rc;
	rc = session_open(s, again);
	if (rc)
		return rc;
	if (s->facts->kind != before)
		out_exit_stands();
	rc = report(s, s->facts->kind != before);
	session_close(s);
	return rc;
}

int verb_driver(int argc, char **argv)
{
	bool use = argc > 1 && !strcmp(argv[1], "use");
	const char *which = NULL;
	struct context_options o = {
		.verb = "driver", .options = options, .word = use ? &which : NULL,
		.word_name = "driver",
	};
	struct session s;
	int rc;

	if (!context_parse(&o, argc - use, argv + use, &rc))
		return rc;
	if (use && (!which || (strcmp(which, "seamstep") && strcmp(which, "kernel"))))
		return out_usage_error("driver", "use: expected seamstep or kernel, found %s",
				       which ? which : "nothing");
	rc = session_open(&s, &o);
	if (rc)
		return rc;
	if (use)
		return change_and_report(&s, !strcmp(which, "seamstep"));
	rc = report(&s, false);
	session_close(&s);
	return rc;
}
