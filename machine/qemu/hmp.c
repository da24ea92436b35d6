/* SPDX-License-Identifier: GPL-2.0-only */
/* For people at the monitor: "info seam" and "seam_faults". Programs use the object's properties. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qlist.h"
#include "monitor/hmp.h"
#include "monitor/hmp-target.h"
#include "monitor/monitor.h"
#include "qom/object.h"
#include "qom/qom-qobject.h"

static Object *seam(Monitor *mon)
{
	Object *obj = object_resolve_path_type("", "seam", NULL);

	if (!obj)
		monitor_printf(mon, "This machine has no SEAM: start it with -object seam,id=seam0\n");
	return obj;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A dictionary has no order of its own. */
static void show(Monitor *mon, const QDict *values, const char *between, const char *end)
{
	g_autofree const char **keys = g_new(const char *, qdict_size(values));
	const QDictEntry *e;
	size_t i = 0, n = 0;

	for (e = qdict_first(values); e; e = qdict_next(values, e))
		keys[n++] = qdict_entry_key(e);
	qsort(keys, n, sizeof(*keys), by_name);
	for (i = 0; i < n; i++) {
		g_autoptr(GString) value = qobject_to_json(qdict_get(values, keys[i]));

		monitor_printf(mon, "%s%s %s", i ? between : "", keys[i], value->str);
	}
	monitor_printf(mon, "%s", end);
}

void hmp_info_seam(Monitor *mon, const QDict *qdict)
{
	Object *obj = seam(mon);
	QObject *status, *tds;
	const QListEntry *e;
	Error *err = NULL;

	if (!obj)
		return;
	status = object_property_get_qobject(obj, "status", &err);
	if (hmp_handle_error(mon, err))
		return;
	show(mon, qobject_to(QDict, status), "\n", "\n");
	tds = object_property_get_qobject(obj, "tds", &error_abort);
	QLIST_FOREACH_ENTRY(qobject_to(QList, tds), e)
		show(mon, qobject_to(QDict, qlist_entry_obj(e)), ", ", "\n");
	qobject_unref(status);
	qobject_unref(tds);
}

void hmp_seam_faults(Monitor *mon, const QDict *qdict)
{
	const char *faults = qdict_get_try_str(qdict, "faults");
	Object *obj = seam(mon);
	Error *err = NULL;

	if (!obj)
		return;
	object_property_set_str(obj, "faults", faults ? faults : "", &err);
	hmp_handle_error(mon, err);
}
