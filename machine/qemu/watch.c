/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine notes of SEAMCALLs: which TDs exist, and when an update is under way. */
#include "qemu/osdep.h"
#include "qemu/thread.h"
#include "parts.h"

static GHashTable *tds;		/* by address of the TDR */
static QemuMutex lock;

static void __attribute__((constructor)) begin(void)
{
	qemu_mutex_init(&lock);
	tds = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

void seam_watch_reset(void)
{
	qemu_mutex_lock(&lock);
	g_hash_table_remove_all(tds);
	qemu_mutex_unlock(&lock);
}

static void change_tds(uint64_t tdr_pa, bool exists)
{
	qemu_mutex_lock(&lock);
	if (exists)
		g_hash_table_add(tds, g_memdup2(&tdr_pa, sizeof(tdr_pa)));
	else
		g_hash_table_remove(tds, &tdr_pa);
	qemu_mutex_unlock(&lock);
}

void seam_watch(uint64_t leaf, uint64_t rcx, uint64_t status)
{
	if (status)
		return;
	switch (leaf) {
	case SS_LEAF_TDH_MNG_CREATE:
		change_tds(rcx, true);
		break;
	case SS_LEAF_TDH_MNG_KEY_FREEID:
		change_tds(rcx, false);
		break;
	/* From here on only the update's own calls belong on this machine. */
	case SS_LEAF_TDH_SYS_SHUTDOWN:
		sim_window_begin(seam_model());
		break;
	case SS_LEAF_TDH_SYS_UPDATE:
		sim_window_end(seam_model());
		break;
	}
}

uint32_t seam_tds(uint64_t *tdr_pa, uint32_t room)
{
	GHashTableIter iter;
	gpointer key;
	uint32_t n = 0;

	qemu_mutex_lock(&lock);
	g_hash_table_iter_init(&iter, tds);
	while (n < room && g_hash_table_iter_next(&iter, &key, NULL))
		tdr_pa[n++] = *(uint64_t *)key;
	qemu_mutex_unlock(&lock);
	return n;
}
