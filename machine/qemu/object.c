/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * -object seam: SEAM on this machine. Its properties say how the machine starts; those that can be
 * read while it runs say how SEAM is:
 *
 *	qom-get /objects/seam0 status
 *	qom-get /objects/seam0 tds
 *	qom-set /objects/seam0 faults SEAMLDR.INSTALL@last=EBADSIG
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qom/object_interfaces.h"
#include "migration/blocker.h"
#include "sysemu/cpus.h"
#include "sysemu/runstate.h"
#include "parts.h"
#include "../../sim/sim.h"

#define TYPE_SEAM "seam"
OBJECT_DECLARE_SIMPLE_TYPE(SeamObject, SEAM)

struct SeamObject {
	Object parent;
	struct seam_options options;
	Error *blocker;
};

/* ---- how the machine starts ------------------------------------------------------------------ */

#define TEXT(name) \
static char *get_##name(Object *obj, Error **errp) \
{ \
	return g_strdup(SEAM(obj)->options.name); \
} \
static void set_##name(Object *obj, const char *value, Error **errp) \
{ \
	if (seam_options()) { \
		error_setg(errp, #name ": it can be chosen only at the start"); \
		return; \
	} \
	g_free(SEAM(obj)->options.name); \
	SEAM(obj)->options.name = g_strdup(value); \
}

TEXT(image)
TEXT(signer)

#define FLAG(name) \
static bool get_##name(Object *obj, Error **errp) \
{ \
	return SEAM(obj)->options.name; \
} \
static void set_##name(Object *obj, bool value, Error **errp) \
{ \
	SEAM(obj)->options.name = value; \
}

FLAG(script)
FLAG(guard)
FLAG(seamret_keeps_vmcs)
FLAG(debug_unlocked)

static char *get_faults(Object *obj, Error **errp)
{
	return g_strdup(SEAM(obj)->options.faults);
}

/* Also while the machine runs. The counts of calls begin anew. */
static void set_faults(Object *obj, const char *value, Error **errp)
{
	struct sim_fault faults[SIM_LP_FAULTS];
	uint32_t nr;

	if (!seam_faults_parse(value, faults, &nr, errp))
		return;
	g_free(SEAM(obj)->options.faults);
	SEAM(obj)->options.faults = g_strdup(value);
	if (seam_model())
		seam_faults_set(value, errp);
}

/* ---- how SEAM is ----------------------------------------------------------------------------- */

static void show_text(Visitor *v, const char *name, const char *value, Error **errp)
{
	char *text = (char *)value;

	visit_type_str(v, name, &text, errp);
}

static void show_number(Visitor *v, const char *name, uint64_t value, Error **errp)
{
	visit_type_uint64(v, name, &value, errp);
}

static void show_flag(Visitor *v, const char *name, bool value, Error **errp)
{
	visit_type_bool(v, name, &value, errp);
}

static const char *const states[] = {
	"sysinit-pending", "sysinit-done", "sysconfig-done", "ready", "shutdown",
};

static bool is_running(Error **errp)
{
	if (!seam_model())
		error_setg(errp, "the machine has not started yet");
	return seam_model();
}

static void get_status(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
	uint64_t reads, writes;
	struct sim_audit a;

	if (!is_running(errp) || !visit_start_struct(v, name, NULL, 0, errp))
		return;
	sim_audit(seam_model(), &a);
	seam_guard_counts(&reads, &writes);
	show_text(v, "version", a.version, errp);
	show_text(v, "state", a.state < ARRAY_SIZE(states) ? states[a.state] : "unknown", errp);
	show_flag(v, "ready", a.seam_ready, errp);
	show_flag(v, "session-open", a.session_open, errp);
	show_flag(v, "handoff-valid", a.handoff_valid, errp);
	show_flag(v, "lost", a.fatal, errp);
	show_number(v, "svn", a.svn_major << 8 | a.svn_minor, errp);
	show_number(v, "updates-left", a.remaining_updates, errp);
	show_number(v, "installs", a.installs, errp);
	show_number(v, "tds", a.tds, errp);
	show_number(v, "seamcalls", a.calls, errp);
	show_number(v, "foreign-calls", a.foreign, errp);
	show_text(v, "first-foreign-call", a.foreign ? ss_leaf_name(a.foreign_leaf) : "", errp);
	show_number(v, "erased-under-lps", a.erased_under_lp, errp);
	show_number(v, "faults-struck", sim_fault_hits(seam_model()), errp);
	show_number(v, "private-reads", reads, errp);
	show_number(v, "private-writes", writes, errp);
	visit_check_struct(v, errp);
	visit_end_struct(v, NULL);
}

static void show_td(Visitor *v, uint64_t tdr_pa, const struct sim_td_audit *a, Error **errp)
{
	char mrtd[2 * SS_SHA384_BYTES + 1];
	int i;

	for (i = 0; i < SS_SHA384_BYTES; i++)
		sprintf(mrtd + 2 * i, "%02x", a->mrtd[i]);
	if (!visit_start_struct(v, NULL, NULL, 0, errp))
		return;
	show_number(v, "tdr", tdr_pa, errp);
	show_flag(v, "alive", a->alive, errp);
	show_number(v, "op-state", a->op_state, errp);
	show_number(v, "vcpus", a->vcpus, errp);
	show_number(v, "pages", a->pages, errp);
	show_number(v, "entries", a->progress, errp);
	show_text(v, "mrtd", mrtd, errp);
	visit_check_struct(v, errp);
	visit_end_struct(v, NULL);
}

#define MAX_TDS	256u

static void get_tds(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
	uint64_t tdrs[MAX_TDS];
	struct sim_td_audit a;
	uint32_t i, n;

	if (!is_running(errp) || !visit_start_list(v, name, NULL, 0, errp))
		return;
	/* No vCPU may free a page of a table while it is read. */
	pause_all_vcpus();
	n = seam_tds(tdrs, MAX_TDS);
	for (i = 0; i < n; i++)
		if (sim_td_look(seam_model(), tdrs[i], &a))
			show_td(v, tdrs[i], &a, errp);
	if (runstate_is_running())
		resume_all_vcpus();
	visit_check_list(v, errp);
	visit_end_list(v, NULL);
}

/* ---- the object ------------------------------------------------------------------------------ */

static void complete(UserCreatable *uc, Error **errp)
{
	SeamObject *s = SEAM(uc);

	if (seam_options()) {
		error_setg(errp, "seam: a machine has one SEAM, and this is the second object");
		return;
	}
	if (!seam_check(&s->options, errp))
		return;
	error_setg(&s->blocker, "SEAM's own memory and TDs that run are not part of a snapshot");
	if (migrate_add_blocker(s->blocker, errp) < 0)
		return;
	seam_set_options(&s->options);
}

static bool can_be_deleted(UserCreatable *uc)
{
	return false;
}

static void init(Object *obj)
{
	struct seam_options *o = &SEAM(obj)->options;

	*o = (struct seam_options) {
		.updates = 16, .private_keyids = 64, .seamret_keeps_vmcs = true, .guard = true,
	};
	object_property_add_uint32_ptr(obj, "updates", &o->updates, OBJ_PROP_FLAG_READWRITE);
	object_property_add_uint32_ptr(obj, "private-keyids", &o->private_keyids,
				       OBJ_PROP_FLAG_READWRITE);
	object_property_add_uint8_ptr(obj, "seamldr-line", &o->seamldr_line, OBJ_PROP_FLAG_READWRITE);
}

static void class_init(ObjectClass *oc, void *data)
{
	UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);

	ucc->complete = complete;
	ucc->can_be_deleted = can_be_deleted;
	object_class_property_add_str(oc, "image", get_image, set_image);
	object_class_property_set_description(oc, "image", "the TDX Module that the BIOS loads");
	object_class_property_add_str(oc, "signer", get_signer, set_signer);
	object_class_property_set_description(oc, "signer", "who signs: SHA-384 of the modulus");
	object_class_property_add_str(oc, "faults", get_faults, set_faults);
	object_class_property_set_description(oc, "faults", "LEAF[@LP][#NTH][+|!]=STATUS[/RDX];...");
	object_class_property_add_bool(oc, "script", get_script, set_script);
	object_class_property_set_description(oc, "script", "a script plays all guests");
	object_class_property_add_bool(oc, "guard", get_guard, set_guard);
	object_class_property_set_description(oc, "guard", "keep the host out of private memory");
	object_class_property_add_bool(oc, "seamret-keeps-vmcs", get_seamret_keeps_vmcs,
				       set_seamret_keeps_vmcs);
	object_class_property_set_description(oc, "seamret-keeps-vmcs", "IA32_VMX_BASIC[60]");
	object_class_property_add_bool(oc, "debug-unlocked", get_debug_unlocked, set_debug_unlocked);
	object_class_property_set_description(oc, "debug-unlocked", "take debug-signed modules");
	object_class_property_add(oc, "status", "SeamStatus", get_status, NULL, NULL, NULL);
	object_class_property_add(oc, "tds", "SeamTds", get_tds, NULL, NULL, NULL);
}

static const TypeInfo seam_type = {
	.name = TYPE_SEAM,
	.parent = TYPE_OBJECT,
	.instance_size = sizeof(SeamObject),
	.instance_init = init,
	.class_init = class_init,
	.interfaces = (InterfaceInfo[]) { { TYPE_USER_CREATABLE }, { } },
};

static void register_types(void)
{
	type_register_static(&seam_type);
}

type_init(register_types)
