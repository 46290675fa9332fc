/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls to EL3, see el3.h, and the GPI functions of arch.h. Nothing in this file is of the
 * architecture but el3_call(), so that the native tests can play every EL3 there is.
 */
#include "abi/firme.h"
#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include "abi/trng.h"
#include "rmm/arch/aarch64/el3.h"
#include "rmm/arch/arch.h"

#define GRANULE_ALIGN_LOG2 12
#define TRNG_WORD_BITS	   64

/* SMCCC_ARCH_FEATURE_AVAILABILITY: EL3 registers by their MRS encoding, and the bits looked at. */
#define EL3_SCR	     0x1e1100
#define EL3_CPTR     0x1e1140
#define SCR_ENTP2    BIT(41)
#define CPTR_EL3_EZ  BIT(8)
#define CPTR_EL3_ESM BIT(12)

/* How granules change their PAS, best first. */
static enum {
	GPI_BY_RANGE,
	GPI_BY_GRANULE, /* FIRME that takes a count of 1 only */
	GPI_BY_GTSI,
} gpi_method = GPI_BY_GTSI;

int64_t el3_call3(uint32_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct el3_regs r = {{fid, x1, x2, x3}};

	el3_call(&r);
	return (int64_t)r.x[0];
}

/* Value of a FIRME feature register. */
static bool firme_feature(uint64_t service, uint64_t index, uint64_t *value)
{
	struct el3_regs r = {{FIRME_SERVICE_FEATURES, service, index, 0}};

	el3_call(&r);
	*value = r.x[1];
	return (int64_t)r.x[0] == FIRME_SUCCESS;
}

static bool firme_service(uint64_t service)
{
	int64_t version = el3_call3(FIRME_SERVICE_VERSION, service, 0, 0);

	return version > 0 && version >> 16 == FIRME_VERSION_1_0 >> 16;
}

static bool firme_granule_management(void)
{
	uint64_t services, features;

	return firme_service(FIRME_SERVICE_BASE) &&
	       firme_feature(FIRME_SERVICE_BASE, 1, &services) &&
	       (services & FIRME_BASE_1_SERVICE(FIRME_SERVICE_GM)) &&
	       firme_service(FIRME_SERVICE_GM) && firme_feature(FIRME_SERVICE_GM, 0, &features) &&
	       (features & FIRME_GM_0_GPI_SET);
}

void el3_probe(void)
{
	gpi_method = firme_granule_management() ? GPI_BY_RANGE : GPI_BY_GTSI;
}

bool el3_gpt_info(uint8_t *l0gptsz, uint8_t *pps)
{
	uint64_t value;

	if (gpi_method == GPI_BY_GTSI || !firme_feature(FIRME_SERVICE_GM, 1, &value))
		return false;
	*l0gptsz = FIELD(value, FIRME_GM_1_L0GPTSZ_SHIFT + 3, FIRME_GM_1_L0GPTSZ_SHIFT);
	*pps = FIELD(value, FIRME_GM_1_PPS_SHIFT + 2, FIRME_GM_1_PPS_SHIFT);
	return true;
}

/* Bits of an EL3 register that are enabled for the Realm world; all when EL3 does not say. */
static uint64_t feature_availability(uint64_t reg)
{
	struct el3_regs r = {{SMCCC_ARCH_FEATURE_AVAILABILITY, reg, 0, 0}};

	el3_call(&r);
	return (int64_t)r.x[0] == SMCCC_SUCCESS ? r.x[1] : ~UINT64_C(0);
}

static bool answers_feature_availability(void)
{
	return el3_call3(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURE_AVAILABILITY, 0, 0) ==
	       SMCCC_SUCCESS;
}

/*
 * A debug build of TF-A ends the machine when it is asked for CPTR_EL3 on a platform that was built
 * without trace or activity monitors, because it finds their trap bits set and does not know them.
 * So that register is the last resort. SCR_EL3.EnTP2 tells of SME, and no EL3 gives a world
 * streaming SVE without SVE: TF-A's build refuses that, and our monitor gives what the CPU has.
 */
struct el3_enabled el3_enabled(bool sve, bool sme)
{
	struct el3_enabled enabled = {~UINT64_C(0), sve, sme};
	uint64_t cptr;

	if (!answers_feature_availability())
		return enabled;
	enabled.scr = feature_availability(EL3_SCR);
	if ((sme && (enabled.scr & SCR_ENTP2)) || (!sve && !sme))
		return enabled;
	cptr = feature_availability(EL3_CPTR);
	enabled.sve = sve && (cptr & CPTR_EL3_EZ);
	enabled.sme = sme && (enabled.scr & SCR_ENTP2) && (cptr & CPTR_EL3_ESM);
	return enabled;
}

uint64_t el3_reserve(uint64_t size)
{
	struct el3_regs r = {{RMM_EL3_RESERVE_MEMORY, size,
			      (uint64_t)GRANULE_ALIGN_LOG2 << RMM_EL3_RESERVE_ALIGN_SHIFT, 0}};

	el3_call(&r);
	return (int64_t)r.x[0] == RMM_EL3_OK ? r.x[1] : 0;
}

/* Changes one granule, as any EL3 can. */
static bool gpi_set_one(pa_t pa, uint64_t gpi)
{
	if (gpi_method != GPI_BY_GTSI)
		return el3_call3(FIRME_GM_GPI_SET, pa.v, 1, gpi) == FIRME_SUCCESS;
	return el3_call3(gpi == GPI_REALM ? RMM_EL3_GTSI_DELEGATE : RMM_EL3_GTSI_UNDELEGATE, pa.v,
			 0, 0) == RMM_EL3_OK;
}

static size_t gpi_set_each(pa_t pa, size_t n, uint64_t gpi)
{
	size_t done = 0;

	while (done < n && gpi_set_one(pa_add(pa, done << GRANULE_SHIFT), gpi)) {
		done++;
		if (arch_irq_pending())
			break;
	}
	return done;
}

/*
 * How many of n granules EL3 has changed. X1 tells with success and with the errors of this call;
 * an EL3 that does not know the call leaves the caller's own X1, which is an address.
 */
static size_t gpi_processed(const struct el3_regs *r, size_t n)
{
	int64_t result = (int64_t)r->x[0];

	if (result == FIRME_NOT_SUPPORTED || r->x[1] > n)
		return 0;
	return r->x[1];
}

/*
 * EL3 ends a call early (INCOMPLETE) when an interrupt waits, and so does this function. An EL3
 * that takes one granule at a time (TF-A) calls a larger count INVALID; then it is not asked for
 * ranges again.
 */
static size_t gpi_set(pa_t pa, size_t n, uint64_t gpi)
{
	if (gpi_method == GPI_BY_RANGE && n > 0) {
		struct el3_regs r = {{FIRME_GM_GPI_SET, pa.v, n, gpi}};
		size_t done;

		el3_call(&r);
		done = gpi_processed(&r, n);
		if ((int64_t)r.x[0] != FIRME_INVALID || n == 1 || done != 0)
			return done;
		gpi_method = GPI_BY_GRANULE;
	}
	return gpi_set_each(pa, n, gpi);
}

size_t arch_gpi_to_realm(pa_t pa, size_t n)
{
	return gpi_set(pa, n, GPI_REALM);
}

size_t arch_gpi_to_ns(pa_t pa, size_t n)
{
	return gpi_set(pa, n, GPI_NS);
}

bool el3_random(uint64_t *word)
{
	struct el3_regs r = {{TRNG_RND64, TRNG_WORD_BITS, 0, 0}};

	el3_call(&r);
	*word = r.x[3];
	return (int64_t)r.x[0] == TRNG_SUCCESS;
}
