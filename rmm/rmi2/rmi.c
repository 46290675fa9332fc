/* SPDX-License-Identifier: BSD-3-Clause */
/* The dispatch table of RMI 2.0. */
#include "abi/rmi_ext.h"
#include "rmm/core/life.h"
#include "rmm/rmi2/handlers.h"
#include "rmm/rmi2/rmi.h"

static uint64_t not_supported(const uint64_t *x, uint64_t *out)
{
	return RMI_ERROR_NOT_SUPPORTED;
}

#define FNUM(fid)	 ((fid)-RMI_FID(RMI_FNUM_BASE))
#define FNUM_COUNT	 (FNUM(RMI_EXT_DATA_MAP_INIT_RANGE) + 1)
#define CMD(fid, fn)	 [FNUM(fid)] = fn
#define NONE(fid)	 [FNUM(fid)] = not_supported
#define NONE_RANGE(a, b) [FNUM(a)... FNUM(b)] = not_supported

/* Commands of features this RMM does not have (devices, planes, VSMMU) are NOT_SUPPORTED. */
static const rmi_handler handlers[FNUM_COUNT] = {
	CMD(RMI_VERSION, rmi2_version),
	CMD(RMI_RTT_DATA_MAP_INIT, rmi2_data_map_init),
	CMD(RMI_REALM_ACTIVATE, rmi2_realm_activate),
	CMD(RMI_REALM_CREATE, rmi2_realm_create),
	CMD(RMI_REALM_DESTROY, rmi2_realm_destroy),
	CMD(RMI_REC_CREATE, rmi2_rec_create),
	CMD(RMI_REC_DESTROY, rmi2_rec_destroy),
	CMD(RMI_REC_ENTER, rmi2_rec_enter),
	CMD(RMI_RTT_CREATE, rmi_rtt_create),
	CMD(RMI_RTT_DESTROY, rmi_rtt_destroy),
	CMD(RMI_RTT_READ_ENTRY, rmi_rtt_read_entry),
	NONE(RMI_RTT_DEV_VALIDATE),
	CMD(RMI_PSCI_COMPLETE, rmi2_psci_complete),
	CMD(RMI_FEATURES, rmi2_features),
	CMD(RMI_RTT_FOLD, rmi_rtt_fold),
	CMD(RMI_RTT_INIT_RIPAS, rmi2_init_ripas),
	CMD(RMI_RTT_SET_RIPAS, rmi2_set_ripas),
	NONE_RANGE(RMI_VSMMU_CREATE, RMI_VSMMU_UNMAP),
	CMD(RMI_RMM_CONFIG_SET, rmi2_config_set),
	NONE(RMI_PSMMU_IRQ_NOTIFY),
	NONE(RMI_ATTEST_TOKEN_REFRESH),
	NONE_RANGE(RMI_PDEV_FIRST, RMI_PDEV_LAST),
	NONE_RANGE(RMI_RTT_AUX_CREATE, RMI_RTT_AUX_FOLD),
	/* RTT_AUX_MAP and UNMAP in their older numbering. */
	NONE_RANGE(RMI_FID(0x180), RMI_FID(0x181)),
	NONE_RANGE(RMI_FID(0x183), RMI_FID(0x184)),
	NONE_RANGE(RMI_VDEV_FIRST, RMI_VDEV_LAST),
	NONE(RMI_RTT_SET_S2AP),
	NONE(RMI_VDEV_COMPLETE),
	NONE_RANGE(RMI_VDEV2_FIRST, RMI_VDEV2_LAST),
	/* VDEV_P2P, VSMMU events, PSMMU. */
	NONE_RANGE(RMI_FID(0x1d4), RMI_PSMMU_DEACTIVATE),
	NONE_RANGE(RMI_PSMMU_ST_L2_CREATE, RMI_FID(0x1e0)),
	CMD(RMI_GRANULE_TRACKING_GET, rmi2_tracking_get),
	NONE(RMI_GRANULE_TRACKING_SET),
	CMD(RMI_RMM_CONFIG_GET, rmi2_config_get),
	CMD(RMI_RMM_STATE_GET, rmi2_state_get),
	NONE(RMI_FID(0x1f0)), /* PSMMU_EVENT_CONSUME */
	CMD(RMI_GRANULE_RANGE_DELEGATE, rmi2_range_delegate),
	CMD(RMI_GRANULE_RANGE_UNDELEGATE, rmi2_range_undelegate),
	CMD(RMI_GPT_L1_CREATE, rmi2_gpt_l1_create),
	CMD(RMI_GPT_L1_DESTROY, rmi2_gpt_l1_destroy),
	CMD(RMI_RTT_DATA_MAP, rmi2_data_map),
	CMD(RMI_RTT_DATA_UNMAP, rmi2_data_unmap),
	NONE_RANGE(RMI_RTT_DEV_MAP, RMI_FID(0x1fa)),
	CMD(RMI_RTT_UNPROT_MAP, rmi2_unprot_map),
	CMD(RMI_RTT_UNPROT_UNMAP, rmi2_unprot_unmap),
	NONE_RANGE(RMI_FID(0x1fd), RMI_FID(0x200)), /* RTT_AUX_MAP and UNMAP */
	CMD(RMI_REALM_TERMINATE, rmi2_realm_terminate),
	CMD(RMI_RMM_ACTIVATE, rmi2_activate),
	CMD(RMI_OP_CONTINUE, rmi2_op_continue),
	NONE_RANGE(RMI_PDEV_STREAM_FIRST, RMI_PDEV_STREAM_LAST),
	CMD(RMI_OP_MEM_DONATE, rmi2_op_mem_donate),
	CMD(RMI_OP_MEM_RECLAIM, rmi2_op_mem_reclaim),
	CMD(RMI_OP_CANCEL, rmi2_op_cancel),
	NONE_RANGE(RMI_FID(0x20b), RMI_FID(0x20e)), /* VSMMU, PSMMU_INFO */
	CMD(RMI_RMM_DEACTIVATE, rmi2_deactivate),
	NONE(RMI_FID(0x210)), /* PDEV_STREAM_INFO */
	CMD(RMI_GPT_INFO, rmi2_gpt_info),
	CMD(RMI_EXT_DATA_MAP_INIT_RANGE, rmi2_data_map_init_range),
};

/*
 * True for what the RMM answers in INIT. OP_* are among it: there is no operation then, so that
 * their handlers answer INPUT, where the dispatcher would say GLOBAL.
 */
static bool allowed_in_init(rmi_handler handler)
{
	static const rmi_handler list[] = {
		rmi2_version,	  rmi2_features,      rmi2_config_get,	   rmi2_config_set,
		rmi2_activate,	  rmi2_state_get,     rmi2_tracking_get,   rmi2_gpt_info,
		rmi2_op_continue, rmi2_op_mem_donate, rmi2_op_mem_reclaim, rmi2_op_cancel,
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (handler == list[i])
			return true;
	return false;
}

/* True if the command is allowed in the present state: docs/spec/rmi-2.0.md section 18. */
static bool allowed(rmi_handler handler)
{
	if (life_active())
		return handler != rmi2_config_set && handler != rmi2_activate;
	return allowed_in_init(handler);
}

void rmi2_handle(struct rmi_regs *r)
{
	/* Word by word, as a call of memcpy() would be a tenth of what RMI_VERSION may cost. */
	const struct rmi_regs in = {
		{r->x[0], r->x[1], r->x[2], r->x[3], r->x[4], r->x[5], r->x[6]}};
	uint32_t fnum = ((uint32_t)in.x[0] & ~(uint32_t)RMI_FID_SVE_HINT) - RMI_FID(RMI_FNUM_BASE);
	rmi_handler handler;

	r->x[1] = r->x[2] = r->x[3] = 0;
	handler = fnum < FNUM_COUNT ? handlers[index_nospec(fnum, FNUM_COUNT)] : NULL;
	if (!handler)
		r->x[0] = (uint64_t)RMI_UNKNOWN_FID;
	else
		r->x[0] = allowed(handler) ? handler(in.x, r->x) : RMI_ERROR_GLOBAL;
}
