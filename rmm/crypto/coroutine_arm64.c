/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of the arm64 coroutine that is not register moves. Contract in coroutine.h. */
#include <mbedtls_port.h>
#include <sysreg.h>

#include "rmm/crypto/coroutine.h"

#define PSTATE_EL2T	      0x8
#define PSTATE_DEBUG_SERROR   (UINT64_C(1) << 9 | UINT64_C(1) << 8) /* masked */
#define PSTATE_DIT	      (UINT64_C(1) << 24)		    /* timing independent of data */
#define ID_AA64PFR0_DIT(pfr0) (((pfr0) >> 48) & 0xf)
#define PSTATE_IRQ_FIQ	      (UINT64_C(1) << 7 | UINT64_C(1) << 6) /* masked */
#define STACK_GUARD	      UINT64_C(0x5ac0f5e77a11f00d)

bool coroutine_switch(struct coroutine *co);
void coroutine_start(void);

struct coroutine *coroutine_init(void *granule, void (*fn)(void *arg), void *arg)
{
	struct coroutine *co = granule;

	*co = (struct coroutine){.arg = arg, .guard = STACK_GUARD};
	co->x[0] = (uint64_t)arg;
	co->x[19] = (uint64_t)fn;
	co->sp = (uint64_t)granule + COROUTINE_SIZE;
	co->pc = (uint64_t)coroutine_start;
	co->pstate = PSTATE_EL2T | PSTATE_DEBUG_SERROR;
	if (ID_AA64PFR0_DIT(read_sysreg(id_aa64pfr0_el1)))
		co->pstate |= PSTATE_DIT;
	return co;
}

bool coroutine_run(struct coroutine *co)
{
	bool done = coroutine_switch(co);

	if (co->guard != STACK_GUARD)
		crypto_port_panic("coroutine stack overflow");
	return done;
}

void coroutine_finish(struct coroutine *co)
{
	co->pstate |= PSTATE_IRQ_FIQ;
	coroutine_run(co);
}

void coroutine_cancel(struct coroutine *co)
{
}

/* Only computations use SP_EL0 as their stack, and their granules are aligned. */
void *coroutine_self(void)
{
	uint64_t sp;

	if (read_sysreg(spsel) & 1)
		return NULL;
	__asm__ volatile("mov %0, sp" : "=r"(sp));
	return ((struct coroutine *)((sp - 1) & ~(uint64_t)(COROUTINE_SIZE - 1)))->arg;
}
