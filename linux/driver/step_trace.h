/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints of an update: begin and end of every step and every SEAMCALL on every LP. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM seamstep

#if !defined(SS_LINUX_STEP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SS_LINUX_STEP_TRACE_H

#include "../../core/update.h"

#include <linux/tracepoint.h>

/* Begin and end have the same fields, so that trace viewers can pair them. */
DECLARE_EVENT_CLASS(seamstep_step,
	TP_PROTO(u32 lp, u32 step, u32 image),
	TP_ARGS(lp, step, image),
	TP_STRUCT__entry(
		__field(u32, lp)
		__field(u32, image)
		__string(step, ss_update_step_name(step))
	),
	TP_fast_assign(
		__entry->lp = lp;
		__entry->image = image;
		__assign_str(step);
	),
	TP_printk("lp=%u step=%s image=%u", __entry->lp, __get_str(step), __entry->image)
);

DEFINE_EVENT(seamstep_step, seamstep_step_begin,
	TP_PROTO(u32 lp, u32 step, u32 image), TP_ARGS(lp, step, image));
DEFINE_EVENT(seamstep_step, seamstep_step_end,
	TP_PROTO(u32 lp, u32 step, u32 image), TP_ARGS(lp, step, image));

TRACE_EVENT(seamstep_seamcall_begin,
	TP_PROTO(u32 lp, u64 leaf),
	TP_ARGS(lp, leaf),
	TP_STRUCT__entry(
		__field(u32, lp)
		__string(leaf, ss_leaf_name(leaf))
	),
	TP_fast_assign(
		__entry->lp = lp;
		__assign_str(leaf);
	),
	TP_printk("lp=%u leaf=%s", __entry->lp, __get_str(leaf))
);

TRACE_EVENT(seamstep_seamcall_end,
	TP_PROTO(u32 lp, u64 leaf, u64 status, u64 rdx),
	TP_ARGS(lp, leaf, status, rdx),
	TP_STRUCT__entry(
		__field(u32, lp)
		__field(u64, status)
		__field(u64, rdx)
		__string(leaf, ss_leaf_name(leaf))
	),
	TP_fast_assign(
		__entry->lp = lp;
		__entry->status = status;
		__entry->rdx = rdx;
		__assign_str(leaf);
	),
	TP_printk("lp=%u leaf=%s status=%#llx rdx=%#llx", __entry->lp, __get_str(leaf),
		  __entry->status, __entry->rdx)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE step_trace
#include <trace/define_trace.h>
