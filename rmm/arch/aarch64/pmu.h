/* SPDX-License-Identifier: BSD-3-Clause */
/* The PMU of a Realm that has one. docs/spec/rmi-2.0.md section 10; DDI0487 D11. */
#ifndef RMM_AARCH64_PMU_H
#define RMM_AARCH64_PMU_H

#include "rmm/arch/aarch64/cpu.h"
#include "rmm/core/rec.h"

/* The cycle counter and the Realm's event counters change hands; the others stay stopped. */
void pmu_to_rec(struct cpu *cpu, const struct rec *rec);
void pmu_to_host(struct cpu *cpu, struct rec *rec);

/* Does the Realm's PMU, whose registers are saved, request an interrupt? */
bool pmu_overflow(const struct rec *rec);

#endif
