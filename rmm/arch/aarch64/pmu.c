/* SPDX-License-Identifier: BSD-3-Clause */
/* Switching the PMU between host and Realm. See pmu.h. */
#include <sysreg.h>

#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/aarch64/pmu.h"
#include "rmm/arch/aarch64/regs.h"
#include "rmm/arch/arch.h"

#define CYCLE_COUNTER BIT(31)

/* The bits of the counters a Realm with n event counters owns, in the *SET and *CLR registers. */
static uint64_t counter_bits(unsigned int n)
{
	return CYCLE_COUNTER | (n ? MASK(n - 1, 0) : 0);
}

static void save(struct rec_pmu *p, unsigned int n)
{
	uint64_t bits = counter_bits(n);

	p->pmselr = read_sysreg(pmselr_el0);
	p->pmuserenr = read_sysreg(pmuserenr_el0);
	p->pmccfiltr = read_sysreg(pmccfiltr_el0);
	p->pmccntr = read_sysreg(pmccntr_el0);
	p->pmcntenset = read_sysreg(pmcntenset_el0) & bits;
	p->pmintenset = read_sysreg(pmintenset_el1) & bits;
	p->pmovsset = read_sysreg(pmovsset_el0) & bits;
	for (unsigned int i = 0; i < n; i++) {
		write_sysreg(pmselr_el0, i);
		isb();
		p->evcntr[i] = read_sysreg(pmxevcntr_el0);
		p->evtyper[i] = read_sysreg(pmxevtyper_el0);
	}
}

/* Counting is off (PMCR_EL0.E = 0). *SET registers only set bits: the old ones go first. */
static void load(const struct rec_pmu *p, unsigned int n)
{
	uint64_t bits = counter_bits(n);

	write_sysreg(pmcntenclr_el0, bits);
	write_sysreg(pmintenclr_el1, bits);
	write_sysreg(pmovsclr_el0, bits);
	for (unsigned int i = 0; i < n; i++) {
		write_sysreg(pmselr_el0, i);
		isb();
		write_sysreg(pmxevcntr_el0, p->evcntr[i]);
		write_sysreg(pmxevtyper_el0, p->evtyper[i]);
	}
	write_sysreg(pmccfiltr_el0, p->pmccfiltr);
	write_sysreg(pmccntr_el0, p->pmccntr);
	write_sysreg(pmselr_el0, p->pmselr);
	write_sysreg(pmuserenr_el0, p->pmuserenr);
	write_sysreg(pmovsset_el0, p->pmovsset & bits);
	write_sysreg(pmintenset_el1, p->pmintenset & bits);
	write_sysreg(pmcntenset_el0, p->pmcntenset & bits);
}

static uint64_t stopped(uint64_t pmcr)
{
	return pmcr & ~(PMCR_E | PMCR_P | PMCR_C);
}

void pmu_to_rec(struct cpu *cpu, const struct rec *rec)
{
	unsigned int n = rec->config.pmu_num_ctrs;

	save(&cpu->host_pmu, n);
	load(&rec->regs.pmu, n);
	write_sysreg(mdcr_el2, (MDCR_REALM & ~(MDCR_TPM | MDCR_TPMCR)) | n);
	write_sysreg(pmcr_el0, rec->regs.pmu.pmcr & ~(PMCR_P | PMCR_C));
}

void pmu_to_host(struct cpu *cpu, struct rec *rec)
{
	unsigned int n = rec->config.pmu_num_ctrs;

	rec->regs.pmu.pmcr = read_sysreg(pmcr_el0);
	write_sysreg(pmcr_el0, stopped(rec->regs.pmu.pmcr));
	isb();
	save(&rec->regs.pmu, n);
	load(&cpu->host_pmu, n);
	write_sysreg(mdcr_el2, MDCR_REALM | machine.pmu_counters);
}

bool pmu_overflow(const struct rec *rec)
{
	const struct rec_pmu *p = &rec->regs.pmu;

	return (p->pmcr & PMCR_E) && (p->pmovsset & p->pmintenset);
}
