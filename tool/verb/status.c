// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* "seamstep status": the running module, the updates left, the last update. */
#include "tool/session/session.h"

#include "tool/out/json_values.h"
#include "tool/out/tcb_report.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

const char verb_status_help[] =
	CONTEXT_HELP COLUMNS_HELP TCB_HELP
	"  FIELD              print the value of one field only, as 'status TDs'\n"
	"  --detailed-exitcode  exit with 3 if an update is available\n"
	"\n"
	"A field that only root may read says so. The fields P-SEAMLDR and Updates left cost\n"
	"a slow call of the firmware: do not poll these fields.\n";

static const struct column columns[] = {
	{ "FIELD", "name of the field", true, false, false },
	{ "VALUE", "value of the field, for people", true, false, true },
	{ NULL }
};

/* TDX_FEATURES0, specification 7: the bits that concern updates. */
static const struct {
	unsigned int bit;
	const char *name;
} features[] = {
	{ 0, "TD_MIGRATION" },		{ 1, "TD_PRESERVING" }, { 2, "SERVICE_TD" },
	{ 7, "TD_PARTITIONING" },	{ 18, "NO_RBP_MOD" },	{ 36, "DYNAMIC_PAMT" },
	{ 47, "UPDATE_COMPATIBILITY" }, { 53, "SYS_DISABLE" },
};

/* The rows of a table; or, of these, one field's value alone. */
struct rows {
	struct columns *table;
	const char *only;	/* NULL: all */
	bool found;
};

static void row(struct rows *rows, const char *field, char *value)
{
	if (!rows->only) {
		columns_row(rows->table, (const char *[]){ field, value });
	} else if (!strcasecmp(rows->only, field)) {
		rows->found = true;
		printf("%s\n", value);
	}
	free(value);
}

static char *missing(enum seamstep_missing why)
{
	return text_format("unknown (%s)", seamstep_missing_name(why));
}

static char *module_text(const struct session *s)
{
	const struct ss_compat_host *h = &s->facts->compat;
	char *version, *text;

	if (s->facts->module_lost)
		return text_format("none; a reboot brings TDX back");
	if (!h->has_module_version)
		return missing(s->facts->missing_module);
	version = text_version(true, h->module);
	if (h->has_module_svn)
		text = text_format("%s, SVN %u.%u, handoff %u..%u%s", version, h->svn_major,
				   h->svn_minor, h->min_update_hv, h->module_hv,
				   s->facts->from_image ? " (from the repository's image of this version)" :
							"");
	else
		text = text_format("%s, SVN unknown (%s)", version,
				   seamstep_missing_name(s->facts->missing_svn));
	free(version);
	return text;
}

static char *features_text(const struct session *s)
{
	const struct ss_compat_host *h = &s->facts->compat;
	char *text;
	size_t i;

	if (!h->has_features0)
		return missing(s->facts->missing_features);
	text = text_format("0x%llx:", (unsigned long long)h->features0);
	for (i = 0; i < SS_ARRAY_SIZE(features); i++) {
		if (h->features0 >> features[i].bit & 1)
			text = text_append(text, " %s", features[i].name);
	}
	return text;
}

static char *cpus_text(const struct session *s)
{
	const struct ss_compat_host *h = &s->facts->compat;
	char *text;
	uint32_t i;

	if (!h->has_fms)
		return missing(s->facts->missing_fms);
	text = text_format("%u package%s:", h->nr_fms, h->nr_fms > 1 ? "s" : "");
	for (i = 0; i < h->nr_fms; i++)
		text = text_append(text, " 0x%x", h->fms[i]);
	if (s->facts->erratum)
		text = text_append(text, "; P-SEAMLDR calls drop the current VMCS "
					 "(seamret_invd_vmcs)");
	return text;
}

static char *lps_text(const struct session *s)
{
	const struct ss_compat_host *h = &s->facts->compat;
	char *shown, *text;

	if (!h->has_lps)
		return missing(s->facts->missing_lps);
	if (h->lps_online == h->lps_platform)
		return text_format("all %u online", h->lps_online);
	shown = text_escape(s->facts->cpus_offline ? s->facts->cpus_offline : "?");
	text = text_format("%u of %u online; offline: %s. An update now would lose every TD",
			   h->lps_online, h->lps_platform, shown);
	free(shown);
	return text;
}

static char *left_text(const struct session *s)
{
	const struct ss_compat_host *h = &s->facts->compat;

	if (!h->has_remaining)
		return missing(s->facts->missing_remaining);
	return text_format("%u%s", h->remaining_updates, h->remaining_updates == 0 ?
			   ": none before a reboot" : "");
}

static char *inhibited_text(const struct session *s)
{
	struct seamstep_inhibitors *by;
	char *text = text_format("%s", ""), *who, *reason;
	size_t i;

	if (seamstep_inhibitors_read(s->host, &by))
		return text_append(text, "unknown (%s)", seamstep_error(s->lib));
	for (i = 0; i < by->nr; i++) {
		who = text_escape(by->list[i].who);
		reason = text_escape(by->list[i].reason);
		text = text_append(text, "%sby %s: %s", i ? "; " : "", who, reason);
		free(reason);
		free(who);
	}
	if (!by->nr)
		text = text_append(text, "no");
	seamstep_inhibitors_free(by);
	return text;
}

static char *last_text(const struct session *s)
{
	json_t *last = session_last_update(s), *outcome;
	const char *time, *from, *to, *state, *verdict;
	char *text, *shown;

	if (s->journal_error)
		return text_format("unknown (%s)", s->journal_error);
	if (!last)
		return text_format("none in the journal");
	outcome = json_object_get(last, "outcome");
	time = json_string_value(json_object_get(outcome ? outcome : last, "time"));
	from = json_string_value(json_object_get(last, "from"));
	to = json_string_value(json_object_get(last, "to"));
	state = json_string_value(json_object_get(last, "state"));
	verdict = json_string_value(json_object_get(outcome, "verdict"));
	text = text_format("%s: %s -> %s: %s", time ? time : "?", from ? from : "?", to ? to : "?",
			   verdict ? verdict : state);
	shown = text_escape(text);
	free(text);
	return shown;
}

static char *text_or_missing(const char *text)
{
	return text ? text_escape(text) : text_format("unknown");
}

static char *tcb_text(const struct session *s)
{
	struct seamstep_tcb_module running;
	char *cell, *sets, *text, *why;

	if (session_need_tcb(s, &why) != EXIT_OK) {
		text = text_format("unknown (%s)", why);
		free(why);
		return text;
	}
	if (!seamstep_tcb_running(s->host, &running))
		return missing(s->facts->missing_svn);
	cell = out_tcb_cell(s->tcb, &running);
	sets = out_tcb_sets(s->tcb);
	text = text_format("%s: %s", sets, cell);
	free(sets);
	free(cell);
	return text;
}

/* Is an update under way: by another process of this host, or another user of the upload node? */
static bool is_receiving(const struct session *s)
{
	return s->facts->upload_status && strcmp(s->facts->upload_status, "idle");
}

static char *busy_text(const struct session *s)
{
	char *shown, *text;

	if (seamstep_host_is_locked(s->host))
		return text_format("yes: another process holds the lock");
	if (!is_receiving(s))
		return text_format("no");
	shown = text_escape(s->facts->upload_status);
	text = text_format("yes: the upload node is '%s'", shown);
	free(shown);
	return text;
}

/* What an update that fails after the shutdown of the module means. @word: of the JSON */
static const char *failure_text(const struct seamstep_facts *f, const char **word)
{
	*word = "impossible";
	if (f->kind == SEAMSTEP_HOST_NONE)
		return "no update is possible";
	if (f->kind != SEAMSTEP_HOST_SEAMSTEP && f->kind != SEAMSTEP_HOST_LAB && !f->upload_status)
		return "no update is possible (see seamstep driver)";
	if (f->kind == SEAMSTEP_HOST_MAINLINE || f->kind == SEAMSTEP_HOST_OLD) {
		*word = "loses-tds";
		return "loses the TDs (see seamstep driver)";
	}
	*word = "recovered";
	return "is recovered with a fallback";
}

static void print_rows(const struct session *s, struct rows *t, const char *available)
{
	const struct seamstep_facts *f = s->facts;
	const char *word;

	row(t, "Host", text_format("%s (%s)", seamstep_host_name(s->host), seamstep_host_kind_text(f->kind)));
	row(t, "Failed update", text_format("%s", failure_text(f, &word)));
	row(t, "TDX Module", module_text(s));
	row(t, "P-SEAMLDR", f->compat.has_seamldr_version ?
	    text_version(true, f->compat.seamldr) : missing(f->missing_seamldr));
	row(t, "Updates left", left_text(s));
	row(t, "LPs", lps_text(s));
	row(t, "CPUs", cpus_text(s));
	row(t, "Features", features_text(s));
	row(t, "TDs", f->has_tds ? text_format("%u of %u alive%s", f->tds, f->tds_total,
					       f->builds ? "; TD builds are under way" : "") :
	    text_format("unknown (%s)", seamstep_missing_name(SEAMSTEP_FACT_NOT_OFFERED)));
	row(t, "KVM tdx", text_or_missing(f->kvm_tdx));
	row(t, "Kernel", text_or_missing(f->kernel));
	row(t, "Inhibited", inhibited_text(s));
	row(t, "Under way", busy_text(s));
	row(t, "Last update", last_text(s));
	row(t, "Available", text_format("%s", available));
	if (s->tcb || s->tcb_error)
		row(t, "TCB", tcb_text(s));
}

static json_t *module_json(const struct session *s)
{
	const struct ss_compat_host *h = &s->facts->compat;
	json_t *m = json_object(), *value;
	char svn[16], hex[24];

	snprintf(svn, sizeof(svn), "%u.%u", h->svn_major, h->svn_minor);
	snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)h->features0);
	json_object_set_new(m, "version", json_version(h->has_module_version, h->module));
	json_object_set_new(m, "lost", json_boolean(s->facts->module_lost));
	value = h->has_module_svn ? json_string(svn) : json_null();
	json_object_set_new(m, "svn", value);
	json_object_set_new(m, "module_hv", json_number(h->has_handoff, h->module_hv));
	json_object_set_new(m, "min_update_hv", json_number(h->has_handoff, h->min_update_hv));
	value = h->has_features0 ? json_string(hex) : json_null();
	json_object_set_new(m, "features0", value);
	json_object_set_new(m, "from_image", json_boolean(s->facts->from_image));
	return m;
}

/* For each field that is null: its name and the reason. */
static json_t *missing_json(const struct seamstep_facts *f)
{
	const struct {
		const char *name;
		enum seamstep_missing why;
	} fields[] = {
		{ "module.version", f->missing_module },
		{ "module.svn", f->missing_svn },
		{ "module.features0",
		  f->compat.has_features0 ? SEAMSTEP_FACT_KNOWN : f->missing_features },
		{ "seamldr", f->missing_seamldr },
		{ "updates_left", f->missing_remaining },
		{ "cpus", f->missing_fms },
		{ "lps", f->missing_lps },
	};
	json_t *all = json_object();
	size_t i;

	for (i = 0; i < SS_ARRAY_SIZE(fields); i++)
		if (fields[i].why != SEAMSTEP_FACT_KNOWN)
			json_object_set_new(all, fields[i].name,
					    json_string(seamstep_missing_name(fields[i].why)));
	return all;
}

static json_t *available_json(const struct session_available *new)
{
	return new->updates ? json_pack("{s:o, s:i}", "version", json_version(true, new->version),
					"updates", (int)new->updates) : json_null();
}

static int print_json(const struct session *s, const struct session_available *new,
		      enum exit_status exit)
{
	const struct seamstep_facts *f = s->facts;
	const struct ss_compat_host *h = &f->compat;
	json_t *doc = session_doc(s), *last = session_last_update(s);
	struct seamstep_tcb_module running;
	const char *failed;

	failure_text(f, &failed);
	json_object_set_new(doc, "failed_update", json_string(failed));
	json_object_set_new(doc, "interface", json_string(seamstep_host_kind_name(f->kind)));
	json_object_set_new(doc, "recorded", json_boolean(f->recorded));
	json_object_set_new(doc, "module", module_json(s));
	json_object_set_new(doc, "seamldr", json_version(h->has_seamldr_version, h->seamldr));
	json_object_set_new(doc, "updates_left",
			    json_number(h->has_remaining, h->remaining_updates));
	json_object_set_new(doc, "lps", h->has_lps ? json_pack("{s:i, s:i}", "platform",
			    (int)h->lps_platform, "online", (int)h->lps_online) : json_null());
	json_object_set_new(doc, "cpus", json_fms(h->fms, h->nr_fms));
	json_object_set_new(doc, "erratum", json_boolean(f->erratum));
	json_object_set_new(doc, "tds",
			    f->has_tds ? json_pack("{s:i, s:i}", "total", (int)f->tds_total,
						   "alive", (int)f->tds) :
					 json_null());
	json_object_set_new(doc, "td_builds", json_number(f->has_builds, f->builds));
	json_object_set_new(doc, "kvm_tdx", json_text(f->kvm_tdx));
	json_object_set_new(doc, "kernel", json_text(f->kernel));
	json_object_set_new(doc, "boot_id", json_text(f->boot_id));
	json_object_set_new(doc, "machine_id", json_text(f->machine_id));
	json_object_set_new(doc, "tainted", json_number(f->has_taint, (json_int_t)f->taint));
	json_object_set_new(doc, "inhibited", json_inhibitors(s->host));
	json_object_set_new(doc, "busy", json_boolean(
			    seamstep_host_is_locked(s->host) || is_receiving(s)));
	json_object_set_new(doc, "upload", json_text(f->upload_status));
	json_object_set(doc, "last_update", last ? last : json_null());
	json_object_set_new(doc, "available", available_json(new));
	json_object_set_new(doc, "available_known", json_boolean(new->known));
	json_object_set_new(doc, "available_why", json_text(new->why));
	if (s->tcb)
		json_object_set_new(doc, "tcb", seamstep_tcb_running(s->host, &running) ?
				    out_tcb_json(s->tcb, &running) : json_array());
	json_object_set_new(doc, "missing", missing_json(f));
	return out_json_end(doc, exit);
}

static char *available_text(const struct session_available *new)
{
	char *version, *text;

	if (!new->updates)
		return text_format("%s%s%s", new->known ? "none: " : "unknown (", new->why,
				   new->known ? "" : ")");
	version = text_version(true, new->version);
	text = text_format("%s, %u update%s away", version, new->updates,
			   new->updates > 1 ? "s" : "");
	free(version);
	return text;
}

/* The rows of print_rows(). */
static const char *const fields[] = {
	"Host", "Failed update", "TDX Module", "P-SEAMLDR", "Updates left", "LPs", "CPUs", "Features",
	"TDs", "KVM tdx",
	"Kernel", "Inhibited", "Under way", "Last update", "Available", "TCB", NULL
};

static int check_field(const char *only)
{
	const char *const *field = fields;
	char *shown;
	int rc;

	while (*field && strcasecmp(*field, only))
		field++;
	if (*field && !out_json_wanted())
		return EXIT_OK;
	shown = text_escape(only);
	rc = *field ? out_usage_error("status", "a field and --json are both given; give one of them") :
	     out_usage_error("status", "there is no field '%s'; 'seamstep status' shows all", shown);
	free(shown);
	return rc;
}

static int show_table(const struct session *s, const struct session_available *new,
		      const char *only)
{
	struct rows rows = {
		.table = columns_new("status", columns, &s->options->style), .only = only,
	};
	char *available;

	if (!rows.table)
		return EXIT_USAGE;
	available = available_text(new);
	print_rows(s, &rows, available);
	if (!only)
		columns_print(rows.table, stdout);
	free(available);
	columns_free(rows.table);
	if (only && !rows.found)	/* TCB, where no document is configured */
		printf("unknown\n");
	return EXIT_OK;
}

static int show(const struct session *s, const char *only)
{
	struct session_available new;
	enum exit_status exit;
	int rc;

	session_available(s, &new);
	exit = s->facts->kind == SEAMSTEP_HOST_NONE ? EXIT_UNSUPPORTED :
	       s->options->detailed && new.updates ? EXIT_PENDING : EXIT_OK;
	rc = out_json_wanted() ? print_json(s, &new, exit) : show_table(s, &new, only);
	free(new.why);
	if (rc || out_json_wanted())
		return rc;
	if (exit == EXIT_UNSUPPORTED)
		out_fail(
			exit,
			"this machine has no interface for updates of the TDX Module: expected "
			"Linux 7.2 or later with TDX, or seamstep.ko; 'seamstep lab create DIR' "
			"makes a simulated host");
	return exit;
}

int verb_status(int argc, char **argv)
{
	const char *only = NULL;
	struct context_options o = {
		.verb = "status", .options = context_table_options, .columns = columns,
		.style = { .no_headings = true }, .use_tcb = true, .word = &only,
		.word_name = "field",
	};
	struct session session;
	int rc;

	if (!context_parse(&o, argc, argv, &rc))
		return rc;
	rc = only ? check_field(only) : EXIT_OK;
	if (!rc)
		rc = session_open(&session, &o);
	if (rc)
		return rc;
	rc = show(&session, only);
	session_close(&session);
	return rc;
}

/* Without a verb: prints the status of a host, or help if there is no host. */
int verb_bare(const struct verb *verbs)
{
	struct context_options o = {
		.verb = "status", .style = { .no_headings = true }, .use_tcb = true,
	};
	struct session session;
	int rc = session_open(&session, &o);
	bool none;

	if (rc)
		return rc;
	none = session.facts->kind == SEAMSTEP_HOST_NONE;
	rc = none ? verb_help_text(NULL, verbs, NULL, stdout) : show(&session, NULL);
	session_close(&session);
	return rc;
}
