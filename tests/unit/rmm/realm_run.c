/* SPDX-License-Identifier: BSD-3-Clause */
/* A Realm that runs, see realm_run.h. */
#include "realm_run.h"

bool smc_returned;
static uint64_t smc_args[11];
static size_t smc_count;

static void play_smc(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit)
{
	enum rec_next next;

	rec->regs.pc = CODE;
	memcpy(rec->regs.gprs, smc_args, smc_count * sizeof(uint64_t));
	next = rsi_smc(rec, exit);
	smc_returned = next == REC_RESUME;
	if (smc_returned) {
		assert_int_equal(rec->regs.pc, CODE + 4);
		exit->reason = RMI_EXIT_IRQ;
	}
}

static void begin(struct running *t, uint64_t flags0, uint64_t rec1)
{
	memset(t, 0, sizeof(*t));
	realm_init(&t->r);
	t->r.params->flags0 |= flags0;
	realm_create(&t->r);
	realm_add_rec(&t->r, true);
	realm_add_rec_at(&t->r, rec1 ? rec1 : host_delegated(1), false);
	for (uint64_t i = 0; i < 3; i++)
		t->ram[i] = realm_map(&t->r, 0x4000 + i * GRANULE_SIZE);
	realm_ripas_ram(&t->r, 0x4000, 0x8000);
	realm_activate(&t->r);
	t->run = run_page(&t->run_pa);
	machine_run = NULL;
}

void running_begin(struct running *t)
{
	running_begin_flags(t, 0);
}

void running_begin_flags(struct running *t, uint64_t flags0)
{
	begin(t, flags0, 0);
}

void running_begin_rec1(struct running *t, uint64_t rec1)
{
	begin(t, 0, rec1);
}

void running_end(struct running *t)
{
	machine_run = NULL;
	realm_destroy(&t->r);
}

void *running_mem(const struct running *t, uint64_t ipa)
{
	return (char *)arch_realm_ptr(pa_of(t->ram[(ipa - 0x4000) / GRANULE_SIZE])) +
	       ipa % GRANULE_SIZE;
}

struct rmi_regs enter(const struct running *t, unsigned int i)
{
	return RMI(RMI_REC_ENTER, t->r.rec[i], t->run_pa);
}

struct rmi_regs enter_smc(const struct running *t, unsigned int i, const uint64_t *x, size_t n)
{
	struct rmi_regs r;

	memset(smc_args, 0, sizeof(smc_args));
	memcpy(smc_args, x, n * sizeof(*x));
	smc_count = ARRAY_SIZE(smc_args);
	machine_run = play_smc;
	r = enter(t, i);
	machine_run = NULL;
	assert_int_equal(r.x[0], RMI_SUCCESS);
	return r;
}

const uint64_t *gprs(const struct running *t, unsigned int i)
{
	return realm_rec(&t->r, i)->regs.gprs;
}

void assert_smc_rule(const char *rule, const struct running *t, unsigned int i, uint64_t x0,
		     uint64_t x1, uint64_t x2)
{
	const uint64_t *x = gprs(t, i);

	assert_rule(rule, smc_returned, true);
	assert_rule(rule, x[0], x0);
	assert_rule(rule, x[1], x1);
	assert_rule(rule, x[2], x2);
	assert_rule(rule, x[3], 0);
}

void assert_smc(const struct running *t, unsigned int i, uint64_t x0, uint64_t x1, uint64_t x2)
{
	assert_smc_rule("the call", t, i, x0, x1, x2);
}
