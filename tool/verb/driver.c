// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep driver": which driver updates this machine's TDX Module, and changing that. */
#include "tool/session/session.h"

#include "driver_switch.h"
#include "table.h"
#include "tool/base/text.h"
#include "tool/session/signals.h"

#include <stdlib.h>
#include <string.h>

const char verb_driver_help[] =
	CONTEXT_HELP
	"\n"
	"'driver' says which driver updates the TDX Module. 'driver use seamstep' writes two\n"
	"files, so that seamstep.ko drives after each boot, unloads the kernel's driver and\n"
	"loads seamstep.ko. A kernel's driver that can update cannot be unloaded: then\n"
	"seamstep.ko drives after the next reboot. 'driver use kernel' does the opposite. Both\n"
	"say what they did.\n";

static const struct option options[] = { CONTEXT_OPTIONS, { NULL, 0, NULL, 0 } };

/* No update is possible with a driver of the kernel's that has no upload node. */
static const char *meaning(const struct seamstep_facts *f)
{
	switch (f->kind) {
	case SEAMSTEP_HOST_SEAMSTEP:
		return "a failure after the shutdown of the running module is recovered, with a fallback";
	case SEAMSTEP_HOST_MAINLINE:
	case SEAMSTEP_HOST_OLD:
		return f->upload_status ?
		       "a failure after the shutdown of the running module loses the TDs" :
		       "no update is possible: this driver has no upload node on this machine";
	case SEAMSTEP_HOST_LAB:
		return "a simulated host updates itself, without a driver";
	default:
		return "no driver updates the TDX Module";
	}
}

/* ---- the next boot --------------------------------------------------------------------------- */

enum at_boot {
	BOOT_NOT_KNOWN,			/* of a record, and of a lab's host */
	BOOT_OURS,
	BOOT_KERNELS,
	BOOT_KERNELS_WITHOUT_OURS,	/* ours is chosen, but there is no such module */
	BOOT_NONE
};

static enum at_boot find_at_boot(const struct seamstep_facts *f)
{
	bool chosen;

	if (f->kind == SEAMSTEP_HOST_LAB || f->recorded)
		return BOOT_NOT_KNOWN;
	chosen = driver_is_chosen();
	if (chosen && driver_find(DRIVER_OURS) == DRIVER_FOUND)
		return BOOT_OURS;
	if (!f->built_in && !driver_is_loaded(DRIVER_KERNELS) &&
	    driver_find(DRIVER_KERNELS) == DRIVER_MISSING)
		return BOOT_NONE;
	return chosen ? BOOT_KERNELS_WITHOUT_OURS : BOOT_KERNELS;
}

static json_t *at_boot_json(enum at_boot at_boot)
{
	switch (at_boot) {
	case BOOT_OURS:
		return json_string("seamstep.ko");
	case BOOT_KERNELS:
	case BOOT_KERNELS_WITHOUT_OURS:
		return json_string("kernel");
	case BOOT_NONE:
		return json_string("none");
	default:
		return json_null();
	}
}

static const char *at_boot_text(enum at_boot at_boot)
{
	switch (at_boot) {
	case BOOT_OURS:
		return "seamstep.ko, where it loads";
	case BOOT_KERNELS:
		return "the kernel's own driver";
	case BOOT_KERNELS_WITHOUT_OURS:
		return "the kernel's own driver; seamstep.ko is chosen, but there is no module seamstep "
		       "for this kernel";
	case BOOT_NONE:
		return "no driver: this kernel has none of its own, and seamstep.ko is not chosen, or "
		       "there is no such module for this kernel";
	default:
		return "not known of a host that is not this machine";
	}
}

/* ---- what the command says ------------------------------------------------------------------- */

/* @did: sentences. */
static int report_json(const struct session *s, bool changed, json_t *did, enum exit_status rc)
{
	json_t *doc = session_doc(s);

	json_object_set_new(doc, "driver", json_string(seamstep_host_kind_name(s->facts->kind)));
	json_object_set_new(doc, "meaning", json_string(meaning(s->facts)));
	json_object_set_new(doc, "at_boot", at_boot_json(find_at_boot(s->facts)));
	json_object_set_new(doc, "changed", json_boolean(changed));
	json_object_set(doc, "did", did);
	return out_json_end(doc, rc);
}

static int report(const struct session *s, bool changed, json_t *did)
{
	const struct seamstep_facts *f = s->facts;
	enum exit_status rc = f->kind == SEAMSTEP_HOST_NONE ? EXIT_UNSUPPORTED : EXIT_OK;

	if (out_json_wanted())
		return report_json(s, changed, did, rc);
	if (f->kind == SEAMSTEP_HOST_LAB) {
		printf("%s\n", meaning(f));
		return rc;
	}
	printf("%s (%s): %s\n", seamstep_host_kind_name(f->kind), seamstep_host_kind_text(f->kind),
	       meaning(f));
	if (f->kind == SEAMSTEP_HOST_MAINLINE && !f->upload_status && f->erratum && !f->built_in)
		printf("'seamstep driver use seamstep' loads a driver that has one\n");
	printf("after a reboot: %s\n", at_boot_text(find_at_boot(f)));
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

static int check_uploads(const struct seamstep_facts *f)
{
	char *open = driver_open_upload();
	int rc = EXIT_OK;

	if (f->upload_status && strcmp(f->upload_status, "idle"))
		rc = out_fail(EXIT_NOT_NOW,
			      "an upload is under way (%s); nothing was touched; try again later",
			      f->upload_status);
	else if (open)
		rc = out_fail(EXIT_NOT_NOW,
			      "an upload is under way (%s), or a program left one unfinished; nothing "
			      "was touched; try again later, or end the unfinished upload: write -1 to "
			      "the file loading", open);
	free(open);
	return rc;
}

static int check_use_ours(const struct seamstep_facts *f)
{
	if (f->built_in || driver_find(DRIVER_KERNELS) == DRIVER_BUILT_IN)
		return out_fail(EXIT_UNSUPPORTED,
				"tdx_host is built into this kernel and cannot be replaced; what remains: "
				"%s", f->kind == SEAMSTEP_HOST_MAINLINE && !f->upload_status ?
				"seamstep.ko beside it, as tdx_host has no upload node here: "
				"modprobe seamstep beside_tdx_host=1" :
				"every check before an update, but no fallback");
	if (driver_find(DRIVER_OURS) != DRIVER_FOUND)
		return out_fail(EXIT_UNSUPPORTED,
				"there is no module seamstep for this kernel; install seamstep-dkms");
	return EXIT_OK;
}

static bool has_kernels(const struct seamstep_facts *f)
{
	return f->built_in || driver_is_loaded(DRIVER_KERNELS) ||
	       driver_find(DRIVER_KERNELS) != DRIVER_MISSING;
}

/* A choice can come from a kernel that has such a driver. It can be taken back. */
static int check_use_kernels(const struct seamstep_facts *f)
{
	if (has_kernels(f) || driver_is_chosen() || driver_is_replaced())
		return EXIT_OK;
	return out_fail(EXIT_UNSUPPORTED,
			"this kernel has no driver of its own for updates (Linux 7.2 brought it); "
			"nothing was touched");
}

/* ---- the change ------------------------------------------------------------------------------ */

struct change {
	bool ours;			/* is wanted */
	const struct seamstep_facts *facts;
	struct driver_files before, wanted;
	json_t *known;			/* members of a document about an error */
	json_t *did;			/* one of them: sentences */
};

static void note(struct change *c, const char *what, const char *name)
{
	char *text = text_format("%s %s", what, name);

	json_array_append_new(c->did, json_string(text));
	if (!out_json_wanted())
		printf("%s\n", text);
	free(text);
}

/* @now: what the files are, @written: the word for it */
static void note_files(struct change *c, const struct driver_files *now, const char *written)
{
	unsigned int i;

	for (i = 0; i < DRIVER_NR_FILES; i++)
		if (driver_files_differ(&c->before, &c->wanted, i))
			note(c, now->text[i] ? written : "removed", driver_files[i]);
}

/* What a document about an error says of the drivers. */
static void know_drivers(struct change *c)
{
	enum seamstep_host_kind kind = c->facts->kind;

	if (driver_is_loaded(DRIVER_OURS))
		kind = SEAMSTEP_HOST_SEAMSTEP;
	else if (driver_is_loaded(DRIVER_KERNELS))
		kind = kind == SEAMSTEP_HOST_OLD ? kind : SEAMSTEP_HOST_MAINLINE;
	else if (!c->facts->built_in)
		kind = SEAMSTEP_HOST_NONE;
	json_object_set_new(c->known, "driver", json_string(seamstep_host_kind_name(kind)));
	json_object_set_new(c->known, "at_boot", at_boot_json(find_at_boot(c->facts)));
}

static bool load(struct change *c, const char *name)
{
	bool loaded = driver_load(name) && driver_is_loaded(name);

	if (loaded)
		note(c, "loaded", name);
	return loaded;
}

static bool unload(struct change *c, const char *name)
{
	bool unloaded = !driver_is_used(name) && driver_unload(name);

	if (unloaded)
		note(c, "unloaded", name);
	return unloaded;
}

static int configure(struct change *c)
{
	char *why = driver_files_read(&c->before);
	int rc;

	driver_files_choose(&c->wanted, c->ours);
	if (!why)
		why = driver_files_change(&c->before, &c->wanted);
	if (!why)
		note_files(c, &c->wanted, "wrote");
	rc = why ? out_fail(EXIT_ERROR, "%s; no driver was changed", why) : EXIT_OK;
	free(why);
	return rc;
}

static const char *now(const struct change *c)
{
	if (driver_is_loaded(DRIVER_OURS))
		return "seamstep.ko stays";
	return driver_is_loaded(DRIVER_KERNELS) || c->facts->built_in ? "the kernel's driver stays" :
								       "no driver is loaded, as before";
}

/* The loaded drivers did not change as wanted: nor does the configuration. @again: or NULL */
static int undo(struct change *c, enum exit_status exit, const char *text, const char *again)
{
	char *why = driver_files_change(&c->wanted, &c->before), *drives;
	int rc;

	if (!why)
		note_files(c, &c->before, "put back");
	drives = !again ? text_format("%s", now(c)) :
		 load(c, again) ? text_format("%s was loaded again", again) :
		 text_format("nor does %s load again: no driver is loaded now", again);
	know_drivers(c);
	rc = out_fail(exit, "%s; %s; %s%s", text, drives, why ?
		      "the configuration cannot be put back: " : "the configuration is as it was",
		      why ? why : "");
	free(drives);
	free(why);
	return rc;
}

/* Only the files were changed. */
static int pending(struct change *c, const char *text)
{
	know_drivers(c);
	return out_fail(EXIT_PENDING, "%s; %s", text, c->ours ?
			"seamstep.ko drives after the next reboot, or the kernel's driver where "
			"seamstep.ko does not load: " DRIVER_FILES " are in place" :
			"where a kernel has a driver of its own, that driver drives after the next reboot: "
			DRIVER_FILES " are gone");
}

/*
 * The kernel's driver holds a reference to itself as long as it has its upload node, which is until
 * it is unloaded. So on most processors it cannot be unloaded.
 */
static int use_ours(struct change *c)
{
	bool had_kernels = driver_is_loaded(DRIVER_KERNELS);

	if (driver_is_loaded(DRIVER_OURS)) {
		if (had_kernels)
			note(c, "left beside seamstep.ko until the next boot:", DRIVER_KERNELS);
		return EXIT_OK;
	}
	if (had_kernels && !unload(c, DRIVER_KERNELS))
		return pending(c, !driver_is_used(DRIVER_KERNELS) ?
			       "the kernel's driver cannot be unloaded, rmmod says why" :
			       c->facts->upload_status ?
			       "the kernel's driver cannot be unloaded: it holds itself while it has its "
			       "upload node" :
			       "the kernel's driver cannot be unloaded: it is in use");
	if (load(c, DRIVER_OURS))
		return EXIT_OK;
	return undo(c, EXIT_ERROR, "seamstep.ko does not load, see the kernel log",
		    had_kernels ? DRIVER_KERNELS : NULL);
}

static int use_kernels(struct change *c)
{
	bool had_ours = driver_is_loaded(DRIVER_OURS);

	if (!has_kernels(c->facts))
		return pending(c, "this kernel has no driver of its own (Linux 7.2 brought it), so no "
			       "driver was loaded or unloaded");
	if (driver_find(DRIVER_KERNELS) == DRIVER_FOUND && driver_is_replaced())
		return undo(c, EXIT_ERROR, "another file below /etc/modprobe.d, /run/modprobe.d or "
			    "/lib/modprobe.d puts seamstep.ko in the place of tdx_host; remove it first",
			    NULL);
	if (had_ours && !unload(c, DRIVER_OURS))
		return driver_is_used(DRIVER_OURS) ?
		       undo(c, EXIT_NOT_NOW, "seamstep.ko is in use; try again later", NULL) :
		       undo(c, EXIT_ERROR, "seamstep.ko cannot be unloaded, rmmod says why", NULL);
	if (driver_is_loaded(DRIVER_KERNELS) || c->facts->built_in ||
	    driver_find(DRIVER_KERNELS) == DRIVER_BUILT_IN || load(c, DRIVER_KERNELS))
		return EXIT_OK;
	return undo(c, EXIT_ERROR, "the kernel's driver tdx_host does not load, see the kernel log",
		    had_ours ? DRIVER_OURS : NULL);
}

/* A lost module leaves the choice for the reboot that must come. */
static int change_drivers(struct change *c)
{
	if (c->facts->module_lost)
		return pending(c, "no TDX Module runs, so no driver was loaded or unloaded");
	return c->ours ? use_ours(c) : use_kernels(c);
}

/* No signal leaves a machine without a driver, or with half a choice. */
static int change(struct session *s, bool ours, json_t *known)
{
	struct change c = { .ours = ours, .known = known, .did = json_object_get(known, "did") };
	int rc = check_host(s);

	if (rc)
		return rc;
	rc = exit_of(seamstep_host_lock(s->host, "driver", 0));
	if (rc)
		return out_fail(rc, "%s", seamstep_error(s->lib));
	rc = session_refresh(s);
	c.facts = s->facts;
	if (!rc)
		know_drivers(&c);
	if (!rc)
		rc = check_uploads(s->facts);
	if (!rc)
		rc = ours ? check_use_ours(s->facts) : check_use_kernels(s->facts);
	if (!rc) {
		signals_catch();
		rc = configure(&c);
	}
	if (!rc)
		rc = change_drivers(&c);
	seamstep_host_unlock(s->host);
	driver_files_release(&c.before);
	driver_files_release(&c.wanted);
	return rc;
}

/* The layout of the kernel's files is found when a host is opened. */
static int change_and_report(struct session *s, bool ours)
{
	enum seamstep_host_kind before = s->facts->kind;
	const struct context_options *again = s->options;
	json_t *known = json_pack("{s:[]}", "did"), *did = json_object_get(known, "did");
	int rc;

	out_json_known(known);
	rc = change(s, ours, known);
	session_close(s);
	if (!rc)
		rc = session_open(s, again);
	if (!rc) {
		if (json_array_size(did))
			out_exit_stands();
		rc = report(s, s->facts->kind != before, did);
		session_close(s);
	}
	out_json_known(NULL);
	json_decref(known);
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
	rc = report(&s, false, NULL);
	session_close(&s);
	return rc;
}
