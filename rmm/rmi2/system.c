/* SPDX-License-Identifier: BSD-3-Clause */
/* Discovery, configuration, activation and its end: docs/spec/rmi-2.0.md sections 3 and 18. */
#include "abi/rmi_ext.h"
#include "rmm/core/life.h"
#include "rmm/rmi2/handlers.h"

uint64_t rmi2_version(const uint64_t *x, uint64_t *out)
{
	out[1] = out[2] = RMI_VERSION_2_0;
	return x[1] == RMI_VERSION_2_0 ? RMI_SUCCESS : RMI_ERROR_INPUT;
}

/* S2SZ and S2OASZ are the same: a stage 2 gives as many address bits as it takes. */
static uint64_t feature0(const struct arch_features *f)
{
	uint64_t bits = f->pa_bits < 48 || f->lpa2 ? f->pa_bits : 48;
	uint64_t v = bits | bits << RMI_FEATURE0_S2OASZ_SHIFT;

	v |= f->lpa2 ? RMI_FEATURE0_LPA2 : 0;
	v |= f->sve ? RMI_FEATURE0_SVE | (uint64_t)f->sve_vl_max << RMI_FEATURE0_SVE_VL_SHIFT : 0;
	v |= (uint64_t)f->num_bps << RMI_FEATURE0_NUM_BPS_SHIFT;
	v |= (uint64_t)f->num_wps << RMI_FEATURE0_NUM_WPS_SHIFT;
	if (f->pmu)
		v |= RMI_FEATURE0_PMU | (uint64_t)f->pmu_num_ctrs
						<< RMI_FEATURE0_PMU_NUM_CTRS_SHIFT;
	return v;
}

static uint64_t feature1(const struct arch_features *f)
{
	return RMI_FEATURE1_GRAN_SZ_4K | RMI_FEATURE1_HASH_SHA_256 | RMI_FEATURE1_HASH_SHA_384 |
	       RMI_FEATURE1_HASH_SHA_512 |
	       REALM_MAX_RECS_ORDER << RMI_FEATURE1_MAX_RECS_ORDER_SHIFT |
	       (uint64_t)f->l0gptsz << RMI_FEATURE1_L0GPTSZ_SHIFT |
	       (uint64_t)f->pps << RMI_FEATURE1_PPS_SHIFT;
}

/* Registers 2 (devices), 3 (planes), 4 (MEC) are 0: none of these is there. */
uint64_t rmi2_features(const uint64_t *x, uint64_t *out)
{
	if (x[1] == 0)
		out[1] = feature0(&arch_features);
	else if (x[1] == 1)
		out[1] = feature1(&arch_features);
	else if (x[1] == RMI_FEATURES_EXT)
		out[1] = RMI_FEATURE_EXT_DATA_MAP_INIT_RANGE | RMI_FEATURE_EXT_TIMER_LR |
			 RMI_FEATURE_EXT_WFI;
	return RMI_SUCCESS;
}

/* tracking_region_size 0 (1 GiB), rmi_granule_size 0 (4K): the only configuration there is. */
uint64_t rmi2_config_get(const uint64_t *x, uint64_t *out)
{
	const uint64_t config[2] = {0, 0};

	if (!rmi_ns_page(x[1]) || !arch_ns_write(pa_of(x[1]), config, sizeof(config)))
		return RMI_ERROR_INPUT;
	return RMI_SUCCESS;
}

uint64_t rmi2_config_set(const uint64_t *x, uint64_t *out)
{
	uint64_t config[2];

	if (!rmi_ns_page(x[1]) || !arch_ns_read(config, pa_of(x[1]), sizeof(config)))
		return RMI_ERROR_INPUT;
	return config[0] == 0 && config[1] == 0 ? RMI_SUCCESS : RMI_ERROR_INPUT;
}

/* Of two CPUs that call at once, the second is answered as if it had called after the first. */
uint64_t rmi2_activate(const uint64_t *x, uint64_t *out)
{
	return life_start() ? RMI_SUCCESS : RMI_ERROR_GLOBAL;
}

/*
 * Realms, RECs, tables and open operations are made of granules, so none of them is left when the
 * RMM has no granule. RMM_ACTIVATE took nothing from the host, so there is nothing to give back.
 */
uint64_t rmi2_deactivate(const uint64_t *x, uint64_t *out)
{
	return life_stop() ? RMI_SUCCESS : RMI_ERROR_GLOBAL;
}

uint64_t rmi2_state_get(const uint64_t *x, uint64_t *out)
{
	out[1] = life_active() ? RMI_RMM_ACTIVE : RMI_RMM_INIT;
	return RMI_SUCCESS;
}
