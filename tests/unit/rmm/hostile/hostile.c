/* SPDX-License-Identifier: BSD-3-Clause */
/* Random steps, see hostile.h. */
#include "step.h"

uint64_t hostile_done[HOSTILE_KIND_COUNT];

#define NAME(name, one_in)   #name,
#define STEP(name, one_in)   hostile_##name,
#define ONE_IN(name, one_in) one_in,
const char *const hostile_name[] = {HOSTILE_KINDS(NAME)};
static void (*const steps[])(struct hostile *h) = {HOSTILE_KINDS(STEP)};
static const uint32_t one_in[] = {HOSTILE_KINDS(ONE_IN)};

static bool skipped(struct hostile *h, unsigned int kind)
{
	return !h->data && one_in[kind] > 1 && rnd(h, one_in[kind]) != 0;
}

/* Any call that there is, with any arguments. */
static void any_call(struct hostile *h)
{
	struct rmi_regs r;

	rmi_call(&r, RMI_FID(RMI_FNUM_BASE + rnd(h, RMI_FNUM_COUNT)), any_page(h), any_page(h),
		 any_ipa(h), rnd(h, 256), rnd(h, 256));
}

bool hostile_step(struct hostile *h)
{
	unsigned int kind;

	if (h->data && h->pos >= h->size)
		return false;
	machine_cpu = h->cpu;
	kind = rnd(h, HOSTILE_KIND_COUNT + 1);
	if (kind == HOSTILE_KIND_COUNT)
		any_call(h);
	else if (!skipped(h, kind))
		steps[kind](h);
	return true;
}

void hostile_init(void)
{
	machine_run = realm_plays;
}
