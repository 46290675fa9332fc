/* SPDX-License-Identifier: BSD-3-Clause */
/* See fixture.h. Stands in for rmm/core/rtt.c. */
#include "fixture.h"

struct rec rec;
struct rec_exit exit_;
enum rtt_page page;
int walks_held;

enum rtt_page rtt_page_get(const struct s2 *s2, ipa_t ipa, struct rtt_walk *walk, void **mem,
			   int *level)
{
	assert_true(s2_ipa_protected(s2, ipa));
	walks_held += page == RTT_PAGE_RAM;
	*level = 3;
	return page;
}

void rtt_walk_end(struct rtt_walk *walk)
{
	walks_held--;
}

int fixture_reset(void **state)
{
	memset(&rec, 0, sizeof(rec));
	memset(&exit_, 0, sizeof(exit_));
	memset(run_id_regs, 0, sizeof(run_id_regs));
	walks_held = 0;
	page = RTT_PAGE_MISSING;
	rec.config.s2.ipa_bits = IPA_BITS;
	rec.config.num_bps = 5;
	rec.config.num_wps = 3;
	rec.mpidr = 0;
	rec_reset_regs(&rec);
	rec.regs.pc = PC;
	rec.regs.pstate = EL1H;
	rec.regs.sys.vbar_el1 = VBAR;
	for (unsigned int i = 0; i < REC_GPRS; i++)
		rec.regs.gprs[i] = UINT64_C(0x1111111111111111) * (i % 15) + i;
	return 0;
}

enum run_next trap(unsigned int ec, uint64_t iss, uint64_t far, uint64_t ipa)
{
	const struct run_trap t = {
		.esr = (uint64_t)ec << ESR_EC_SHIFT | ESR_IL | iss,
		.far = far,
		.hpfar = (ipa >> GRANULE_SHIFT) << 4,
	};
	enum run_next next;

	memset(&exit_, 0, sizeof(exit_));
	next = run_sync(&rec, &t, &exit_);
	assert_int_equal(walks_held, 0);
	return next;
}
