// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The tasks of an LP, and the doorbell that asks for its attention.
 *
 * An LP keeps its tasks in its own run queue. A task moves to another LP through that LP's inbox:
 * senders push, and the owner takes the whole list at once. So a compare-and-swap is enough. A
 * task's plain members belong to the LP that has the task; the swap that takes a list acquires what
 * the pushes released.
 */
#include "internal.h"

static uint32_t task_number(const struct rig *h, const struct rig_task *task)
{
	return (uint32_t)(task - h->tasks);
}

void rig_lp_ring(struct rig_lp *lp)
{
	ss_add(&lp->doorbell, 1);
	ss_wake(&lp->doorbell);
}

void rig_lp_send(struct rig_lp *lp, struct rig_task *task)
{
	uint32_t head;

	do {
		head = ss_load(&lp->inbox);
		task->next = head;
	} while (!ss_cas(&lp->inbox, head, task_number(lp->host, task) + 1));
	rig_lp_ring(lp);
}

void rig_queue_push(struct rig_lp *lp, struct rig_task *task)
{
	uint32_t link = task_number(lp->host, task) + 1;

	task->next = 0;
	if (lp->last)
		lp->host->tasks[lp->last - 1].next = link;
	else
		lp->first = link;
	lp->last = link;
	lp->nr_tasks++;
}

struct rig_task *rig_queue_pop(struct rig_lp *lp)
{
	struct rig_task *task = &lp->host->tasks[lp->first - 1];

	lp->first = task->next;
	if (!lp->first)
		lp->last = 0;
	lp->nr_tasks--;
	return task;
}

void rig_queue_take_inbox(struct rig_lp *lp)
{
	struct rig_task *task;
	uint32_t link;

	do {
		link = ss_load(&lp->inbox);
	} while (link && !ss_cas(&lp->inbox, link, 0));
	while (link) {
		task = &lp->host->tasks[link - 1];
		link = task->next;
		rig_queue_push(lp, task);
	}
}
