// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What the journal says of an update. */
#include "update.h"

#include "lib/base/json.h"
#include "lib/base/text.h"
#include "lib/image/crypto.h"

#include <unistd.h>

/* json_pack() of its own parts fails where memory lacks; so does NULL for a value. */
static json_t *version_json(bool known, struct ss_version v)
{
	char *text = base_text("%u.%u.%02u", v.major, v.minor, v.update);
	json_t *value = known ? json_string(text) : json_null();

	base_free(text);
	return value;
}

/* As it is, or null: whoever prints a text escapes it. Escaped only where it is no UTF-8. */
static json_t *text_json(const char *text)
{
	json_t *value = text ? json_string(text) : json_null();
	char *shown;

	if (value || base_lacks())
		return value;
	shown = base_escape(text);
	value = json_string(shown);
	base_free(shown);
	return value;
}

static json_t *image_json(const struct seamstep_image *image)
{
	struct ss_bytes file = { image->file, image->bytes };
	uint8_t digest[SS_SHA384_BYTES];
	bool known = crypto_openssl.sha384(crypto_openssl.ctx, &file, 1, digest);
	char *hex = known ? base_hex(digest, sizeof(digest)) : NULL, *seamhash;
	json_t *j = json_object();

	seamhash = base_hex(image->image.sig.seamhash, SS_SHA384_BYTES);
	base_json_set(j, "file", json_string(image->name));
	base_json_set(j, "version", version_json(image->has_version, image->version));
	base_json_set(j, "sha384", known ? json_string(hex) : json_null());
	base_json_set(j, "seamhash", json_string(seamhash));
	base_free(seamhash);
	base_free(hex);
	return j;
}

static json_t *waived_json(const struct seamstep_update_request *r)
{
	const struct {
		const char *name;
		bool set;
	} flags[] = {
		{ "reinstall", r->reinstall }, { "allow-older", r->allow_older },
		{ "allow-debug", r->allow_debug }, { "no-fallback", r->no_fallback },
		{ "signer", r->signer },
	};
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < SEAMSTEP_CHECK_NR; i++)
		if (r->waived >> i & 1)
			base_json_append(list, json_string(seamstep_check_name(i)));
	for (i = 0; i < SS_ARRAY_SIZE(flags); i++)
		if (flags[i].set)
			base_json_append(list, json_string(flags[i].name));
	return list;
}

json_t *update_intent(const struct update *u, const struct update_hop *hop, const char *id)
{
	const struct seamstep_facts *f = &u->context->facts;
	json_t *record = json_object(), *fallbacks = json_array();
	uint32_t i;

	for (i = 0; i < hop->target.nr_fallbacks; i++)
		base_json_append(fallbacks, image_json(hop->target.fallbacks[i]));
	base_json_set(record, "event", json_string("intent"));
	base_json_set(record, "id", json_string(id));
	base_json_set(record, "host", json_string(u->context->host->name));
	base_json_set(record, "interface", json_string(seamstep_host_kind_name(f->kind)));
	base_json_set(record, "machine_id", text_json(f->machine_id));
	base_json_set(record, "boot_id", text_json(f->boot_id));
	base_json_set(record, "kernel", text_json(f->kernel));
	base_json_set(record, "user", json_integer(getuid()));
	base_json_set(record, "from", version_json(true, hop->shown.from));
	base_json_set(record, "to", version_json(true, hop->shown.to));
	base_json_set(record, "image", image_json(hop->target.image));
	base_json_set(record, "fallbacks", fallbacks);
	base_json_set(record, "waived", waived_json(&u->request));
	base_json_set(record, "updates_left", f->compat.has_remaining ?
		      json_integer(f->compat.remaining_updates) : json_null());
	return record;
}

static json_t *failure_json(const struct seamstep_outcome *o)
{
	const struct seamstep_failure *f = &o->failure;
	json_t *j, *recovery = json_array();
	char *status = base_text("0x%016llx", (unsigned long long)f->status);
	char *rdx = base_text("0x%llx", (unsigned long long)f->rdx);
	uint32_t i;

	for (i = 0; i < f->nr_recovery; i++)
		base_json_append(recovery, json_string(f->recovery[i]));
	j = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:o}", "reason", f->reason, "step",
		      f->step, "lp", (int)f->lp, "leaf", f->leaf_name, "status", status,
		      "status_name", f->status_name, "rdx", rdx, "recovery", recovery);
	base_free(rdx);
	base_free(status);
	return j;
}

json_t *update_outcome(const struct update *u, const struct update_hop *hop, const char *id)
{
	const struct seamstep_outcome *o = &hop->shown.outcome;
	const struct ss_compat_host *h = &u->context->facts.compat;
	json_t *record = json_object();

	base_json_set(record, "event", json_string("outcome"));
	base_json_set(record, "id", json_string(id));
	base_json_set(record, "verdict", json_string(o->verdict));
	base_json_set(record, "confirmed", o->has_confirmed ? json_boolean(o->confirmed) :
		      json_null());
	base_json_set(record, "tried", json_boolean(o->tried));
	base_json_set(record, "exit", json_pack("{s:i, s:s}", "code", (int)o->end, "name",
						seamstep_end_name(o->end)));
	base_json_set(record, "detail", text_json(o->detail));
	base_json_set(record, "failure", o->has_failure ? failure_json(o) : json_null());
	base_json_set(record, "running", version_json(h->has_module_version, h->module));
	base_json_set(record, "updates_left", h->has_remaining ?
		      json_integer(h->remaining_updates) : json_null());
	base_json_set(record, "window_ns", json_integer((json_int_t)o->window_ns));
	base_json_set(record, "duration_ns", json_integer((json_int_t)o->duration_ns));
	return record;
}
