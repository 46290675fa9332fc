/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls to EL3, see el3.h; the GPI and entropy functions of arch.h. */
#include "abi/firme.h"
#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include "abi/trng.h"
#include "rmm/arch/aarch64/el3.h"
#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/arch.h"

#define GRANULE_ALIGN_LOG2 12
#define RANDOM_TRIES	   16

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

void el3_probe(void)
{
	uint64_t services, features;

	if (firme_service(FIRME_SERVICE_BASE) && firme_feature(FIRME_SERVICE_BASE, 1, &services) &&
	    (services & FIRME_BASE_1_SERVICE(FIRME_SERVICE_GM)) &&
	    firme_service(FIRME_SERVICE_GM) && firme_feature(FIRME_SERVICE_GM, 0, &features) &&
	    (features & FIRME_GM_0_GPI_SET))
		gpi_method = GPI_BY_RANGE;
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

uint64_t el3_enabled(uint64_t reg)
{
	struct el3_regs r = {{SMCCC_ARCH_FEATURE_AVAILABILITY, reg, 0, 0}};

	el3_call(&r);
	return (int64_t)r.x[0] == SMCCC_SUCCESS ? r.x[1] : ~UINT64_C(0);
}

uint64_t el3_reserve(uint64_t size)
{
	struct el3_regs r = {{RMM_EL3_RESERVE_MEMORY, size,
			      (uint64_t)GRANULE_ALIGN_LOG2 << RMM_EL3_RESERVE_ALIGN_SHIFT, 0}};

	el3_call(&r);
	return (int64_t)r.x[0] == RMM_EL3_OK ? r.x[1] : 0;
}

/* One granule; any EL3 can do this. */
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
 * EL3 ends a call early (INCOMPLETE) when an interrupt is pending: so does this. An EL3 that takes
 * one granule at a time (TF-A) calls a larger count INVALID; then it is not asked again.
 */
static size_t gpi_set(pa_t pa, size_t n, uint64_t gpi)
{
	if (gpi_method == GPI_BY_RANGE && n > 0) {
		struct el3_regs r = {{FIRME_GM_GPI_SET, pa.v, n, gpi}};
		int64_t result;

		el3_call(&r);
		result = (int64_t)r.x[0];
		if (result != FIRME_INVALID || n == 1 || r.x[1] != 0)
			return result == FIRME_SUCCESS ? n : r.x[1];
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

static bool random_word(uint64_t *word)
{
	for (unsigned int i = 0; i < RANDOM_TRIES; i++) {
		uint32_t ok;

		if (!machine.rndr) {
			struct el3_regs r = {{TRNG_RND64, 64, 0, 0}};

			el3_call(&r);
			*word = r.x[3];
			ok = r.x[0] == 0;
		} else {
			__asm__ volatile("mrs %0, rndr\n\tcset %w1, ne"
					 : "=r"(*word), "=r"(ok)
					 :
					 : "cc");
		}
		if (ok)
			return true;
	}
	return false;
}

bool arch_random(void *buf, size_t n)
{
	uint8_t *p = buf;

	for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
		uint64_t word;

		if (!random_word(&word))
			return false;
		for (size_t k = i; k < n && k < i + sizeof(word); k++, word >>= 8)
			p[k] = (uint8_t)word;
	}
	return true;
}
