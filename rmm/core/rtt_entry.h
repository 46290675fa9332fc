/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage-2 descriptors: the hardware's form of valid ones, the RMM's own form of invalid ones.
 * Internal to the RTT code. docs/spec/rmi-2.0.md section 17.
 */
#ifndef RMM_CORE_RTT_ENTRY_H
#define RMM_CORE_RTT_ENTRY_H

#include "rmm/core/rtt.h"

#define RTTE_VALID	BIT(0)
#define RTTE_TABLE_PAGE BIT(1) /* a table above level 3, a page at level 3 */
#define RTTE_AF		BIT(10)
#define RTTE_SH_INNER	(UINT64_C(3) << 8)
#define RTTE_XN		BIT(54) /* XN[1:0] = 2: never executable */
#define RTTE_NS		BIT(55)
#define RTTE_MEMATTR	MASK(4, 2)
#define RTTE_S2AP	MASK(7, 6)
#define RTTE_NORMAL_WB	(UINT64_C(6) << 2)
#define RTTE_NS_ATTR	(RTTE_MEMATTR | RTTE_S2AP)

/* Invalid descriptors; 0 is UNASSIGNED EMPTY. RTTE_NS: the entry lies in the unprotected half. */
#define RTTE_RIPAS_SHIFT 1
#define RTTE_SW_ASSIGNED BIT(3)

uint64_t rtte_table(const struct s2 *s2, pa_t pa);
uint64_t rtte_data(const struct s2 *s2, int level, enum ripas ripas, pa_t pa);
uint64_t rtte_ns(const struct s2 *s2, int level, pa_t pa, uint64_t attr);
uint64_t rtte_unassigned(enum ripas ripas);
#define RTTE_EMPTY_NS RTTE_NS

struct rtte rtte_decode(const struct s2 *s2, int level, uint64_t raw);

/* Output address of a descriptor: with LPA2 its bits [51:50] are in [9:8]. */
static inline pa_t rtte_pa(const struct s2 *s2, uint64_t raw)
{
	if (!s2->lpa2)
		return pa_of(raw & MASK(47, 12));
	return pa_of((raw & MASK(49, 12)) | FIELD(raw, 9, 8) << 50);
}

/*
 * TABLE, ASSIGNED or ASSIGNED_NS. True as well for several descriptors combined by OR when one of
 * them is.
 */
static inline bool rtte_is_live(uint64_t raw)
{
	return raw & (RTTE_VALID | RTTE_SW_ASSIGNED);
}

/* For a descriptor of a table above level 3. */
static inline bool rtte_is_table(uint64_t raw)
{
	return (raw & (RTTE_VALID | RTTE_TABLE_PAGE)) == (RTTE_VALID | RTTE_TABLE_PAGE);
}

#endif
