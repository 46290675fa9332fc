/* SPDX-License-Identifier: BSD-3-Clause */
/* FIRME (DEN0149): base service and granule management. docs/spec/rmm-el3.md section 4. */
#include <sysreg.h>
#include <util.h>

#include "abi/firme.h"
#include "monitor/resident/monitor.h"

static void service_version(uint64_t *x)
{
	uint64_t service = x[1] & 0xff;

	x[0] = service <= FIRME_SERVICE_GM ? FIRME_VERSION_1_0 : (uint64_t)FIRME_NOT_SUPPORTED;
}

static bool feature_register(uint64_t service, uint64_t index, uint64_t *value)
{
	switch (service << 8 | index) {
	case FIRME_SERVICE_BASE << 8 | 0:
		*value = FIRME_BASE_0_SERVICE_VERSION | FIRME_BASE_0_SERVICE_FEATURES;
		return true;
	case FIRME_SERVICE_BASE << 8 | 1:
		*value = FIRME_BASE_1_SERVICE(FIRME_SERVICE_GM);
		return true;
	case FIRME_SERVICE_GM << 8 | 0:
		*value = FIRME_GM_0_GPI_SET;
		return true;
	case FIRME_SERVICE_GM << 8 | 1:
		*value = (uint64_t)(handoff.gpt.l0_shift - 30) << FIRME_GM_1_L0GPTSZ_SHIFT |
			 (uint64_t)handoff.gpt.pps << FIRME_GM_1_PPS_SHIFT;
		return true;
	default:
		return false;
	}
}

static void service_features(uint64_t *x)
{
	uint64_t value;

	if (!feature_register(x[1] & 0xff, x[2] & 0xff, &value)) {
		x[0] = (uint64_t)FIRME_NOT_SUPPORTED;
		return;
	}
	x[0] = FIRME_SUCCESS;
	x[1] = value;
}

/*
 * Only the Realm world may move granules, between Non-secure and Realm. X1 returns how many
 * granules from X1 on have the target GPI; INCOMPLETE means an interrupt cut the call short and
 * the caller asks again for the rest.
 */
static void gpi_set(uint64_t *x, bool from_realm)
{
	uint32_t target = x[3] & 0xf;
	uint64_t done = 0;
	int64_t result = FIRME_DENIED;

	if (!x[2] || x[3] & ~UINT64_C(0xf)) {
		result = FIRME_INVALID;
	} else if (from_realm && (target == GPI_NS || target == GPI_REALM)) {
		switch (gpt_transition(&handoff.gpt, x[1], x[2],
				       target == GPI_NS ? GPI_REALM : GPI_NS, target, &done)) {
		case GPT_OK:
			result = FIRME_SUCCESS;
			break;
		case GPT_BAD_ADDRESS:
			result = FIRME_INVALID;
			break;
		case GPT_BAD_PAS:
			result = FIRME_DENIED;
			break;
		case GPT_INTERRUPTED:
			result = FIRME_INCOMPLETE;
			break;
		}
	}
	x[0] = (uint64_t)result;
	x[1] = done;
}

bool firme_call(uint64_t *x, bool from_realm)
{
	uint32_t fid = (uint32_t)x[0];

	switch (fid) {
	case FIRME_SERVICE_VERSION:
		service_version(x);
		return true;
	case FIRME_SERVICE_FEATURES:
		service_features(x);
		return true;
	case FIRME_GM_GPI_SET:
		gpi_set(x, from_realm);
		return true;
	default:
		return false;
	}
}
