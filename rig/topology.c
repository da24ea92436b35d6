// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The topology of the machine that this program runs on, as hwloc sees it. */
#include "topology.h"

#include <hwloc.h>
#include <stdlib.h>

/* The number of @pu's ancestor of @type. Without such objects all LPs share one number. */
static uint32_t ancestor(hwloc_topology_t topology, hwloc_obj_type_t type, hwloc_obj_t pu)
{
	hwloc_obj_t obj = hwloc_get_ancestor_obj_by_type(topology, type, pu);

	return obj ? obj->logical_index : 0;
}

/* hwloc numbers PUs logically in the order of the tree: socket by socket, core by core. */
static bool read_pus(hwloc_topology_t topology, struct rig_topology *t)
{
	int nr = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU);
	hwloc_obj_t pu;
	uint32_t i;

	if (nr <= 0)
		return false;
	t->nr_lps = (uint32_t)nr;
	t->cpu = calloc(t->nr_lps, sizeof(*t->cpu));
	t->core = calloc(t->nr_lps, sizeof(*t->core));
	t->socket = calloc(t->nr_lps, sizeof(*t->socket));
	if (!t->cpu || !t->core || !t->socket)
		return false;
	for (i = 0; i < t->nr_lps; i++) {
		pu = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PU, i);
		t->cpu[i] = pu->os_index;
		t->core[i] = ancestor(topology, HWLOC_OBJ_CORE, pu);
		t->socket[i] = ancestor(topology, HWLOC_OBJ_PACKAGE, pu);
	}
	return true;
}

bool rig_topology_read(struct rig_topology *t)
{
	hwloc_topology_t topology;
	bool ok;

	*t = (struct rig_topology){ 0 };
	if (hwloc_topology_init(&topology))
		return false;
	/* By default hwloc shows only the CPUs that this process may run on. */
	ok = !hwloc_topology_load(topology) && read_pus(topology, t);
	hwloc_topology_destroy(topology);
	if (!ok)
		rig_topology_free(t);
	return ok;
}

void rig_topology_free(struct rig_topology *t)
{
	free(t->cpu);
	free(t->core);
	free(t->socket);
	*t = (struct rig_topology){ 0 };
}
