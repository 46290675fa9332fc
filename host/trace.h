/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints kvm_cca:* : every RMI call with its result, every exit of a REC.
 */
/* clang-format off: the layout of trace events is the kernel's */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm_cca

#if !defined(HOST_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define HOST_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(kvm_cca_rmi, TP_PROTO(u64 fid, u64 x1, u64 x2, u64 x3, u64 status, u64 out1),
	    TP_ARGS(fid, x1, x2, x3, status, out1),
	    TP_STRUCT__entry(__field(u64, fid) __field(u64, x1) __field(u64, x2) __field(u64, x3)
				     __field(u64, status) __field(u64, out1)),
	    TP_fast_assign(__entry->fid = fid; __entry->x1 = x1; __entry->x2 = x2; __entry->x3 = x3;
			   __entry->status = status; __entry->out1 = out1;),
	    TP_printk("fid=%llx args=%llx,%llx,%llx status=%llx out=%llx", __entry->fid,
		      __entry->x1, __entry->x2, __entry->x3, __entry->status, __entry->out1));

TRACE_EVENT(kvm_cca_exit,
	    TP_PROTO(unsigned int vcpu, u64 status, u64 reason, u64 esr, u64 far, u64 hpfar),
	    TP_ARGS(vcpu, status, reason, esr, far, hpfar),
	    TP_STRUCT__entry(__field(unsigned int, vcpu) __field(u64, status) __field(u64, reason)
				     __field(u64, esr) __field(u64, far) __field(u64, hpfar)),
	    TP_fast_assign(__entry->vcpu = vcpu; __entry->status = status; __entry->reason = reason;
			   __entry->esr = esr; __entry->far = far; __entry->hpfar = hpfar;),
	    TP_printk("vcpu=%u status=%llx reason=%llu esr=%llx far=%llx hpfar=%llx", __entry->vcpu,
		      __entry->status, __entry->reason, __entry->esr, __entry->far,
		      __entry->hpfar));

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH host
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
