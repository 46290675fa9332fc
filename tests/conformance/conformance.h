/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Conformance payload: a bare-metal host at NS-EL2 that drives the RMM's real calls, and through
 * the Realm agent (guest/) those of Realms. What its files share. CPU 0 reports; other CPUs run
 * jobs (tests/lib/bare/cpu.c). Every check's text is a statement of the rule.
 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <hash.h>
#include <sysreg.h>

#include "abi/rmi.h"
#include "abi/rsi.h"
#include "tests/realm/agent/agent.h"
#include "tests/realm/agent/sve.h"
#include "tests/lib/bare/el2.h"

/* One SMC; registers not given are 0. The value is a struct smc_regs with the results. */
#define RMI(...)                                                                                   \
	({                                                                                         \
		struct smc_regs regs_ = {{__VA_ARGS__}};                                           \
		rmi_call(&regs_);                                                                  \
		regs_;                                                                             \
	})
#define RMI_STATUS_OF(...) (RMI(__VA_ARGS__).x[0])

/* smc_call(), repeated while the answer is BUSY or BLOCKED (up to a deadline). */
void rmi_call(struct smc_regs *regs);

#define ERROR_RTT(level) RMI_STATUS_INDEX((uint64_t)RMI_ERROR_RTT, (uint64_t)(int64_t)(level))

/*
 * pool.c: granules the tests use. Memory comes from one region of free DRAM; what was taken must
 * be given back in the Non-secure PAS.
 */
void pool_init(void);
uint64_t pool_take(uint64_t granules); /* Non-secure, aligned to a granule */
uint64_t pool_take_aligned(uint64_t granules, uint64_t align); /* align in bytes */
void pool_give(uint64_t pa, uint64_t granules);
uint64_t pool_in_use(void); /* granules */
/* Remembers what is taken, and goes back to that: for tests that lose track of their granules. */
void pool_mark(uint64_t *base, uint64_t *end);
void pool_rewind(void);

/* Delegation of whole ranges, for tests that are about something else; false if it failed. */
bool delegate(uint64_t pa, uint64_t granules);
bool undelegate(uint64_t pa, uint64_t granules);
uint64_t take_delegated(uint64_t granules); /* taken and delegated */
bool give_delegated(uint64_t pa, uint64_t granules);
bool host_can_read(uint64_t pa);
bool host_faults(uint64_t pa); /* by a granule protection fault on the access itself */

/* expect.c: measurements computed here, from the rules of section 12 alone. */
struct expected {
	enum hash_alg alg;
	uint8_t slot[5][HASH_SIZE_MAX];
};

void expect_realm(struct expected *e, const struct rmi_realm_params *params);
void expect_data(struct expected *e, uint64_t ipa, uint64_t flags, const void *page);
void expect_rec(struct expected *e, const struct rmi_rec_params *params);
void expect_extend(struct expected *e, unsigned int index, const void *value, uint64_t size);

/* realm.c: Realms and their memory. */
#define MAX_RECS  GUEST_MAX_RECS
#define REALM_RAM MIB(16) /* RIPAS RAM from GUEST_IPA on */

struct realm;

struct rec {
	struct realm *realm;
	struct rmi_rec_run *run; /* Non-secure page */
	uint64_t pa;
	uint64_t status; /* X0 of the last REC_ENTER */
	uint32_t index;
	bool made;
};

struct realm {
	uint64_t rd;
	uint64_t root;
	struct rmi_realm_params *params; /* Non-secure page */
	uint64_t base;			 /* of the image and RAM: GUEST_IPA if not said otherwise */
	struct rec rec[MAX_RECS];
	uint32_t nr_recs;
	struct expected expected;
};

/* REALM_CREATE with these fields taken from params: the rest is filled in (40-bit IPA). */
struct realm_options {
	uint64_t flags0;
	uint32_t s2sz;	     /* 0: 40 */
	int64_t start_level; /* with s2sz */
	uint32_t num_start;
	uint32_t sve_vl;
	uint32_t pmu_num_ctrs;
	uint32_t num_bps, num_wps; /* minus one; 0: 1 */
	uint8_t algorithm;
	uint32_t nr_recs;  /* 0: 1 */
	uint32_t runnable; /* mask of RECs that may run at once; 0: REC 0 */
};

/* Steps; each reports nothing and returns the status of the call that failed, 0 if none. */
void realm_params_default(struct realm *realm, const struct realm_options *options);
uint64_t realm_create(struct realm *realm, const struct realm_options *options);
uint64_t realm_load_agent(struct realm *realm, uint64_t flags);
uint64_t realm_init_ripas(struct realm *realm, uint64_t base, uint64_t top);
uint64_t rec_create(struct realm *realm, uint32_t index, uint64_t flags, uint64_t pc,
		    const uint64_t *gprs);
uint64_t rec_destroy(struct rec *rec);
uint64_t realm_data_init(struct realm *realm, uint64_t ipa, const void *source, uint64_t flags);

/* Tables above and at `level` for ipa; existing ones are fine. */
uint64_t realm_tables(struct realm *realm, uint64_t ipa, int64_t level);

/* Delegates and maps fresh granules at level 3, with tables. */
uint64_t realm_map(struct realm *realm, uint64_t ipa, uint64_t granules);
/* Maps Non-secure memory, Normal write-back, read and write. */
uint64_t realm_map_ns(struct realm *realm, uint64_t ipa, uint64_t pa, uint64_t granules);
/* Takes pages out again and gives them back. */
bool realm_unmap(struct realm *realm, uint64_t ipa, uint64_t granules);

/* All of it: an active Realm whose RECs' agents have reported. One check. */
bool realm_start(struct realm *realm, const struct realm_options *options, const char *what);
/* Ends the Realm and gives everything back. One check: granule for granule. */
bool realm_end(struct realm *realm);
/* The same without a check; false if anything stayed behind. */
bool realm_destroy(struct realm *realm);

/*
 * sro.c: sees a stateful operation to its end, donating fresh granules and giving back what comes
 * out. Takes the first reply; returns the final status.
 */
uint64_t sro_finish(const struct smc_regs *first);

/* Range descriptor of `count` blocks of a level. */
static inline uint64_t range_of(uint64_t pa, uint64_t count, unsigned int level)
{
	return pa | count << RMI_DESC_COUNT_SHIFT | (3 - level);
}

static inline uint64_t block_size(int64_t level)
{
	return UINT64_C(1) << (12 + 9 * (3 - level));
}

uint64_t realm_unprotected(const struct realm *realm); /* first IPA of the upper half */
struct smc_regs read_entry(const struct realm *realm, uint64_t ipa, uint64_t level);

/* rec.c: running RECs on this CPU. */
uint64_t rec_enter(struct rec *rec); /* one REC_ENTER: X0 */
/* Repeats it while the exit is an IRQ; true if the call succeeded. */
bool rec_run(struct rec *rec);
bool rec_exited(const struct rec *rec, uint64_t reason); /* and the call succeeded */
bool rec_reported(const struct rec *rec);		 /* the agent waits for a command */

/* Gives the agent a command and runs until the first exit that is not an IRQ. */
#define guest_start(rec, ...) guest_command((rec), (const uint64_t[RMI_REC_GPRS]){__VA_ARGS__})
bool guest_command(struct rec *rec, const uint64_t gprs[RMI_REC_GPRS]);
/* The same, and the command must have come to its end; returns exit.gprs, or rubbish. */
#define guest_call(rec, ...) guest_finish((rec), guest_start((rec), __VA_ARGS__))
const uint64_t *guest_finish(struct rec *rec, bool started);

/* Results of GUEST_SMC: X0 to X8 of the Realm's call. */
#define guest_smc(rec, ...) guest_call((rec), GUEST_SMC, __VA_ARGS__)

/* GUEST_EXEC: X1 to X4 before and after, instructions behind them. */
struct guest_result {
	uint64_t esr, far, x[4];
	bool done;
};

#define guest_exec(rec, x1, x2, ...)                                                               \
	guest_exec_words((rec), (x1), (x2), (const uint32_t[]){__VA_ARGS__},                       \
			 sizeof((const uint32_t[]){__VA_ARGS__}) / 4)
#define guest_exec_start(rec, x1, x2, ...)                                                         \
	guest_exec_start_words((rec), (x1), (x2), (const uint32_t[]){__VA_ARGS__},                 \
			       sizeof((const uint32_t[]){__VA_ARGS__}) / 4)
bool guest_exec_start_words(struct rec *rec, uint64_t x1, uint64_t x2, const uint32_t *words,
			    size_t count);
struct guest_result guest_exec_words(struct rec *rec, uint64_t x1, uint64_t x2,
				     const uint32_t *words, size_t count);
struct guest_result guest_exec_result(const struct rec *rec);
uint64_t guest_info(struct rec *rec, enum guest_info what);
uint64_t guest_read_reg(struct rec *rec, uint32_t mrs_x1);

/* Instructions for GUEST_EXEC. */
#define SYSREG(op0, op1, crn, crm, op2)                                                            \
	((uint32_t)((op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5))
#define INSN_MRS(reg, rt)   (0xd5200000u | (reg) | (rt))
#define INSN_MSR(reg, rt)   (0xd5000000u | (reg) | (rt))
#define INSN_NOP	    0xd503201fu
#define INSN_ISB	    0xd5033fdfu
#define INSN_WFE	    0xd503205fu
#define INSN_WFI	    0xd503207fu
#define INSN_HVC	    0xd4000002u
#define INSN_SMC	    0xd4000003u
#define INSN_MSR_DAIFSET(m) (0xd50340dfu | (m) << 8)
#define INSN_MSR_DAIFCLR(m) (0xd50340ffu | (m) << 8)
#define INSN_LDR_X1_X2	    0xf9400041u
#define INSN_STR_X1_X2	    0xf9000041u
#define INSN_LDP_X1_X3_X2   0xa9400c41u
#define INSN_DC_CIVAC_X2    0xd50b7e22u

/* gic.c */
void gic_init_cpu(void); /* this CPU's redistributor, timers' PPIs and virtual interface */
void gic_inject(unsigned int lr, uint64_t value);
uint64_t gic_lr(unsigned int lr);
void gic_clear(void); /* all list registers */
void gic_enable_virtual(void);
#define LR_PENDING(intid) (BIT(62) | BIT(60) | UINT64_C(0x80) << 48 | (uint64_t)(intid))
#define LR_HW		  BIT(61)
#define LR_EOI		  BIT(41)
#define LR_STATE(lr)	  FIELD(lr, 63, 62)
#define PPI_CNTV	  27
#define PPI_CNTP	  30
#define PPI_CNTHP	  26
#define PPI_MAINTENANCE	  25
#define PPI_PMU		  23
void timer_el2_after(uint64_t ticks); /* CNTHP */
void timer_el2_off(void);

/* The tests, by file. Those of activate.c run first on every boot. */
void test_activate(bool report);
void test_features(void);
void test_ranges(void);
void test_granules(void);
void test_realm_create(void);
void test_realm_life(void);
void test_rtt(void);
void test_data(void);
void test_unprotected(void);
void test_rec_create(void);
void test_rec_enter(void);
void test_entry_state(void);
void test_measurement(void);
void test_rsi(void);
void test_ripas(void);
void test_host_call(void);
void test_aborts(void);
void test_mmio(void);
void test_traps(void);
void test_id_registers(void);
void test_timers(void);
void test_interrupts(void);
void test_psci(void);
void test_psci_smp(void);
void test_sve(void);
void test_pauth(void);
void test_debug(void);
void test_pmu(void);
void test_isolation(void);
void test_migration(void);
void test_parallel(void);
void test_token(void);
void test_shapes(void);
void test_blocks(void);
void test_gib_block(void);
void test_registers(void);
void test_hostile(void);
void test_linux(void);
void test_invalidation(void);
void bench(void);

#endif
