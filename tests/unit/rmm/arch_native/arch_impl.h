/* SPDX-License-Identifier: BSD-3-Clause */
/* Native half of rmm/arch/arch.h: a simulated machine, see machine.h. */
#ifndef ARCH_IMPL_H
#define ARCH_IMPL_H

#include <sched.h>
#include <string.h>

extern uint8_t *machine_realm_window; /* address of PA 0 in the Realm PAS window */
extern uint32_t machine_irq;	      /* 0: none; n: pending from the nth look on */
extern _Thread_local unsigned int machine_cpu;
extern void (*machine_spin)(void); /* what "another CPU" does while this one waits for a lock */

/* A bank of DRAM lies above 16 TiB; the windows have room for 4 GiB there, behind those at 0. */
#define MACHINE_HIGH	  BIT(44)
#define MACHINE_HALF_SIZE GIB(4)

static inline uint64_t machine_offset(uint64_t pa)
{
	return pa < MACHINE_HIGH ? pa : pa - MACHINE_HIGH + MACHINE_HALF_SIZE;
}

static inline void *arch_realm_ptr(pa_t pa)
{
	return machine_realm_window + machine_offset(pa.v);
}

static inline unsigned int arch_cpu(void)
{
	return machine_cpu;
}

static inline bool arch_irq_pending(void)
{
	uint32_t n = __atomic_load_n(&machine_irq, __ATOMIC_RELAXED);

	if (n > 1)
		__atomic_store_n(&machine_irq, n - 1, __ATOMIC_RELAXED);
	return n == 1;
}

static inline void arch_spin_hint(void)
{
	if (machine_spin)
		machine_spin();
	else
		sched_yield();
}

static inline void arch_s2_sync(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void arch_zero(void *p, size_t n)
{
	memset(p, 0, n);
}

static inline void arch_copy(void *d, const void *s, size_t n)
{
	memcpy(d, s, n);
}

#endif
