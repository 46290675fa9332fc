/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm Management Interface 2.0 (DEN0137): the calls of the host to the RMM. Function
 * identifiers, status word, structures in host memory. The RMM answers, the host module and the
 * bare-metal test host call. Drafts of 2.0 differ; where they do, the comment says which is meant.
 */
#ifndef ABI_RMI_H
#define ABI_RMI_H

#define RMI_VERSION_2_0 0x20000 /* (major << 16) | minor */

/* Function identifiers: SMC64 fast standard calls. */
#define RMI_FID(fnum)  (0xc4000000 + (fnum))
#define RMI_FNUM_BASE  0x150
#define RMI_FNUM_COUNT (0x212 - RMI_FNUM_BASE)

#define RMI_VERSION		     RMI_FID(0x150)
#define RMI_RTT_DATA_MAP_INIT	     RMI_FID(0x153)
#define RMI_REALM_ACTIVATE	     RMI_FID(0x157)
#define RMI_REALM_CREATE	     RMI_FID(0x158)
#define RMI_REALM_DESTROY	     RMI_FID(0x159)
#define RMI_REC_CREATE		     RMI_FID(0x15a)
#define RMI_REC_DESTROY		     RMI_FID(0x15b)
#define RMI_REC_ENTER		     RMI_FID(0x15c)
#define RMI_RTT_CREATE		     RMI_FID(0x15d)
#define RMI_RTT_DESTROY		     RMI_FID(0x15e)
#define RMI_RTT_READ_ENTRY	     RMI_FID(0x161)
#define RMI_RTT_DEV_VALIDATE	     RMI_FID(0x163)
#define RMI_PSCI_COMPLETE	     RMI_FID(0x164)
#define RMI_FEATURES		     RMI_FID(0x165)
#define RMI_RTT_FOLD		     RMI_FID(0x166)
#define RMI_RTT_INIT_RIPAS	     RMI_FID(0x168)
#define RMI_RTT_SET_RIPAS	     RMI_FID(0x169)
#define RMI_VSMMU_CREATE	     RMI_FID(0x16a)
#define RMI_VSMMU_UNMAP		     RMI_FID(0x16d)
#define RMI_RMM_CONFIG_SET	     RMI_FID(0x16e)
#define RMI_PSMMU_IRQ_NOTIFY	     RMI_FID(0x16f)
#define RMI_ATTEST_TOKEN_REFRESH     RMI_FID(0x170)
#define RMI_PDEV_FIRST		     RMI_FID(0x174)
#define RMI_PDEV_LAST		     RMI_FID(0x17c)
#define RMI_RTT_AUX_CREATE	     RMI_FID(0x17d)
#define RMI_RTT_AUX_DESTROY	     RMI_FID(0x17e)
#define RMI_RTT_AUX_FOLD	     RMI_FID(0x17f)
#define RMI_VDEV_FIRST		     RMI_FID(0x185)
#define RMI_VDEV_LAST		     RMI_FID(0x18a)
#define RMI_RTT_SET_S2AP	     RMI_FID(0x18b)
#define RMI_VDEV_COMPLETE	     RMI_FID(0x18e)
#define RMI_VDEV2_FIRST		     RMI_FID(0x1d0)
#define RMI_VDEV2_LAST		     RMI_FID(0x1d3)
#define RMI_PSMMU_ACTIVATE	     RMI_FID(0x1d7)
#define RMI_PSMMU_DEACTIVATE	     RMI_FID(0x1d8)
#define RMI_PSMMU_ST_L2_CREATE	     RMI_FID(0x1db)
#define RMI_PSMMU_ST_L2_DESTROY	     RMI_FID(0x1dc)
#define RMI_GRANULE_TRACKING_GET     RMI_FID(0x1e1)
#define RMI_GRANULE_TRACKING_SET     RMI_FID(0x1e3)
#define RMI_RMM_CONFIG_GET	     RMI_FID(0x1ec)
#define RMI_RMM_STATE_GET	     RMI_FID(0x1ee) /* bet3 */
#define RMI_GRANULE_RANGE_DELEGATE   RMI_FID(0x1f1)
#define RMI_GRANULE_RANGE_UNDELEGATE RMI_FID(0x1f2)
#define RMI_GPT_L1_CREATE	     RMI_FID(0x1f3)
#define RMI_GPT_L1_DESTROY	     RMI_FID(0x1f4)
#define RMI_RTT_DATA_MAP	     RMI_FID(0x1f5)
#define RMI_RTT_DATA_UNMAP	     RMI_FID(0x1f6)
#define RMI_RTT_DEV_MAP		     RMI_FID(0x1f7)
#define RMI_RTT_DEV_UNMAP	     RMI_FID(0x1f8)
#define RMI_RTT_UNPROT_MAP	     RMI_FID(0x1fb)
#define RMI_RTT_UNPROT_UNMAP	     RMI_FID(0x1fc)
#define RMI_REALM_TERMINATE	     RMI_FID(0x201)
#define RMI_RMM_ACTIVATE	     RMI_FID(0x202)
#define RMI_OP_CONTINUE		     RMI_FID(0x203)
#define RMI_PDEV_STREAM_FIRST	     RMI_FID(0x204)
#define RMI_PDEV_STREAM_LAST	     RMI_FID(0x207)
#define RMI_OP_MEM_DONATE	     RMI_FID(0x208)
#define RMI_OP_MEM_RECLAIM	     RMI_FID(0x209)
#define RMI_OP_CANCEL		     RMI_FID(0x20a)
#define RMI_RMM_DEACTIVATE	     RMI_FID(0x20f) /* bet3 */
#define RMI_GPT_INFO		     RMI_FID(0x211) /* bet3 */

/* Bit 16 of a FID: the caller has no live SVE state beyond the Q registers. */
#define RMI_FID_SVE_HINT 0x10000

/* Status word X0: status [7:0], index [15:8]. */
#define RMI_SUCCESS		0
#define RMI_ERROR_INPUT		1
#define RMI_ERROR_REALM		2
#define RMI_ERROR_REC		3
#define RMI_ERROR_RTT		4 /* index: RTT level reached, level -1 is 0xff */
#define RMI_ERROR_NOT_SUPPORTED 5
#define RMI_ERROR_DEVICE	6
#define RMI_ERROR_RTT_AUX	7
#define RMI_ERROR_PSMMU_ST	8
#define RMI_ERROR_DPT		9
#define RMI_BUSY		10
#define RMI_ERROR_GLOBAL	11
#define RMI_ERROR_TRACKING	12
#define RMI_INCOMPLETE		13
#define RMI_BLOCKED		14
#define RMI_ERROR_GPT		15
#define RMI_ERROR_GRANULE	16
#define RMI_UNKNOWN_FID		(-1)

#define RMI_STATUS(x0)	       ((x0)&0xff)
#define RMI_INDEX(x0)	       (((x0) >> 8) & 0xff)
#define RMI_STATUS_INDEX(s, i) ((s) | (((i)&0xff) << 8))

/* Status word of RMI_INCOMPLETE: what the operation wants next. */
#define RMI_OP_MEM(x0)		 (((x0) >> 8) & 3)
#define RMI_OP_MEM_NONE		 0
#define RMI_OP_MEM_WANTS_DONATE	 1
#define RMI_OP_MEM_WANTS_RECLAIM 2
#define RMI_OP_CAN_CANCEL	 (1 << 10)

/* OP_CONTINUE X2. */
#define RMI_OP_CONTINUE_STOP 1

/* Donate request, X2 of an INCOMPLETE result that wants memory. */
#define RMI_DONATE_SIZE_SHIFT  0 /* as the SZ field of a range descriptor */
#define RMI_DONATE_COUNT_SHIFT 2
#define RMI_DONATE_COUNT_MASK  0x3fff
#define RMI_DONATE_CONTIGUOUS  (1 << 16)
#define RMI_DONATE_STATE_SHIFT 17

/* Range descriptor (4K granules): SZ [1:0], count [11:2], address [51:12], state [63:62]. */
#define RMI_DESC_SIZE_L3     0
#define RMI_DESC_SIZE_L2     1
#define RMI_DESC_SIZE_L1     2
#define RMI_DESC_SIZE_L0     3
#define RMI_DESC_SIZE(d)     ((d)&3)
#define RMI_DESC_COUNT_SHIFT 2
#define RMI_DESC_COUNT_MAX   1023
#define RMI_DESC_COUNT(d)    (((d) >> 2) & 0x3ff)
#define RMI_DESC_ADDR_MASK   0x000ffffffffff000
#define RMI_DESC_STATE_SHIFT 62
#define RMI_DESC_STATE(d)    (((d) >> 62) & 3)
#define RMI_DESC_DELEGATED   0
#define RMI_DESC_UNDELEGATED 1 /* bet3; bet1 hosts set bit 63 alone, which bet3 calls */
#define RMI_DESC_CONDITIONAL 2 /* conditional */
#define RMI_LIST_ENTRIES_MAX 512

/* Flags word of the map and unmap commands. */
#define RMI_MAP_OADDR_NONE	 0
#define RMI_MAP_OADDR_SINGLE	 1
#define RMI_MAP_OADDR_LIST	 2
#define RMI_MAP_OADDR_TYPE(f)	 ((f)&3)
#define RMI_MAP_LIST_COUNT(f)	 (((f) >> 2) & 0x3fff)
#define RMI_MAP_LIST_COUNT_SHIFT 2
#define RMI_MAP_MEMATTR(f)	 (((f) >> 16) & 7)
#define RMI_MAP_MEMATTR_SHIFT	 16
#define RMI_MAP_S2AP(f)		 (((f) >> 19) & 0xf)
#define RMI_MAP_S2AP_SHIFT	 19
#define RMI_MEMATTR_DEVICE_NGNRE 1
#define RMI_MEMATTR_RESERVED	 4
#define RMI_MEMATTR_NORMAL_NC	 5
#define RMI_MEMATTR_NORMAL_WB	 6
#define RMI_MEMATTR_STAGE1	 7
#define RMI_S2AP_W		 1
#define RMI_S2AP_R		 2

/* DATA_MAP_INIT X5. */
#define RMI_MEASURE_CONTENT 1

/* Feature register 0. */
#define RMI_FEATURE0_S2SZ_SHIFT		  0
#define RMI_FEATURE0_LPA2		  (1 << 8)
#define RMI_FEATURE0_SVE		  (1 << 9)
#define RMI_FEATURE0_SVE_VL_SHIFT	  10
#define RMI_FEATURE0_NUM_BPS_SHIFT	  14
#define RMI_FEATURE0_NUM_WPS_SHIFT	  20
#define RMI_FEATURE0_PMU		  (1 << 26)
#define RMI_FEATURE0_PMU_NUM_CTRS_SHIFT	  27
#define RMI_FEATURE0_S2OASZ_SHIFT	  33 /* bet3 */
/* Feature register 1. */
#define RMI_FEATURE1_GRAN_SZ_4K		  (1 << 0)
#define RMI_FEATURE1_HASH_SHA_256	  (1 << 3)
#define RMI_FEATURE1_HASH_SHA_384	  (1 << 4)
#define RMI_FEATURE1_HASH_SHA_512	  (1 << 5)
#define RMI_FEATURE1_MAX_RECS_ORDER_SHIFT 6
#define RMI_FEATURE1_L0GPTSZ_SHIFT	  10
#define RMI_FEATURE1_PPS_SHIFT		  14

/* GRANULE_TRACKING_GET. */
#define RMI_TRACKING_CONVENTIONAL 0
#define RMI_TRACKING_DEV_NCOH	  1
#define RMI_TRACKING_DEV_COH	  2
#define RMI_TRACKING_NO_CATEGORY  3 /* bet3: nothing is there */
#define RMI_TRACKING_RESERVED	  0
#define RMI_TRACKING_NONE	  1
#define RMI_TRACKING_FINE	  2
#define RMI_TRACKING_COARSE	  3

/* RMM_STATE_GET X1. */
#define RMI_RMM_INIT   0
#define RMI_RMM_ACTIVE 1

/* GPT_INFO X2, of regions of the size that feature register 1 tells. */
#define RMI_GPT_RESERVED	 0
#define RMI_GPT_PLAT		 1
#define RMI_GPT_HOST_NOT_CREATED 2
#define RMI_GPT_HOST_CREATED	 3
#define RMI_L0GPT_BITS_MIN	 30 /* with L0GPTSZ 0 */

/* RTT_READ_ENTRY X2 and X4. */
#define RMI_UNASSIGNED	 0
#define RMI_ASSIGNED	 1
#define RMI_TABLE	 2
#define RMI_ASSIGNED_DEV 3

#define RMI_RIPAS_EMPTY	    0
#define RMI_RIPAS_RAM	    1
#define RMI_RIPAS_DESTROYED 2
#define RMI_RIPAS_DEV	    3

/* rmi_realm_params.flags0 */
#define RMI_REALM_LPA2		   (1 << 0) /* not in bet3: there s2sz above 48 asks for it */
#define RMI_REALM_SVE		   (1 << 1)
#define RMI_REALM_PMU		   (1 << 2)
#define RMI_REALM_DA		   (1 << 3)
#define RMI_REALM_MEC_POLICY_SHIFT 7
/* rmi_realm_params.flags1 */
#define RMI_REALM_RTT_TREE_PP	   (1 << 0)
#define RMI_REALM_S2AP_INDIRECT	   (1 << 1)

#define RMI_HASH_SHA_256 0
#define RMI_HASH_SHA_512 1
#define RMI_HASH_SHA_384 2

#define RMI_RPV_SIZE 64

/* rmi_rec_params.flags */
#define RMI_REC_RUNNABLE 1

/* rec_enter.flags */
#define RMI_ENTER_EMUL_MMIO	 (1 << 0)
#define RMI_ENTER_INJECT_SEA	 (1 << 1)
#define RMI_ENTER_TRAP_WFI	 (1 << 2)
#define RMI_ENTER_TRAP_WFE	 (1 << 3)
#define RMI_ENTER_RIPAS_REJECT	 (1 << 4)
#define RMI_ENTER_S2AP_REJECT	 (1 << 5)
#define RMI_ENTER_DEV_MEM_REJECT (1 << 6)
#define RMI_ENTER_FORCE_P0	 (1 << 7)

#define RMI_EXIT_SYNC	      0
#define RMI_EXIT_IRQ	      1
#define RMI_EXIT_FIQ	      2
#define RMI_EXIT_PSCI	      3
#define RMI_EXIT_RIPAS_CHANGE 4
#define RMI_EXIT_HOST_CALL    5
#define RMI_EXIT_SERROR	      6
#define RMI_EXIT_S2AP_CHANGE  7

#define RMI_REC_GPRS	    31
#define RMI_REC_CREATE_GPRS 8

#ifndef __ASSEMBLER__
#ifdef __KERNEL__
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <stddef.h>
#include <stdint.h>
#endif

/* RMM_CONFIG_GET, RMM_CONFIG_SET: one 4K page. */
struct rmi_rmm_config {
	uint64_t tracking_region_size; /* 0: 1 GiB with 4K granules */
	uint64_t rmi_granule_size;     /* 0: 4K, 1: 16K, 2: 64K */
	uint8_t pad10[0x1000 - 0x10];
};

/* REALM_CREATE. */
struct rmi_realm_params {
	uint64_t flags0;
	uint32_t s2sz;
	uint32_t pad0c;
	uint32_t sve_vl; /* vq - 1 */
	uint32_t pad14;
	uint32_t num_bps; /* minus one */
	uint32_t pad1c;
	uint32_t num_wps; /* minus one */
	uint32_t pad24;
	uint32_t pmu_num_ctrs;
	uint32_t pad2c;
	uint8_t algorithm;
	uint8_t pad31[7];
	uint32_t num_aux_planes;
	uint8_t pad3c[0x400 - 0x3c];
	uint8_t rpv[RMI_RPV_SIZE];
	uint64_t ats_plane;
	uint8_t pad448[0x808 - 0x448];
	uint64_t rtt_base;
	int64_t rtt_level_start;
	uint32_t rtt_num_start;
	uint32_t pad81c;
	uint64_t flags1;
	uint64_t max_num_vdevs; /* bet3 */
	uint8_t pad830[0xf80 - 0x830];
	uint64_t aux_rtt_base[3]; /* bet1: at 0x828 */
	uint8_t padf98[0x1000 - 0xf98];
};

/* REC_CREATE. */
struct rmi_rec_params {
	uint64_t flags;
	uint8_t pad008[0x100 - 0x8];
	uint64_t mpidr; /* Aff0 [3:0], Aff1 [15:8], Aff2 [23:16], Aff3 [31:24] */
	uint8_t pad108[0x200 - 0x108];
	uint64_t pc;
	uint8_t pad208[0x300 - 0x208];
	uint64_t gprs[RMI_REC_CREATE_GPRS];
	uint8_t pad340[0x1000 - 0x340];
};

/* REC_ENTER: lower half of the run page. */
struct rmi_rec_enter {
	uint64_t flags;
	uint8_t pad008[0x200 - 0x8];
	uint64_t gprs[RMI_REC_GPRS];
	uint8_t pad2f8[0x800 - 0x2f8];
};

/* REC_ENTER: upper half of the run page. */
struct rmi_rec_exit {
	uint64_t exit_reason;
	uint8_t pad008[0x100 - 0x8];
	uint64_t esr;
	uint64_t far;
	uint64_t hpfar;
	uint64_t rtt_tree;
	uint8_t pad120[0x200 - 0x120];
	uint64_t gprs[RMI_REC_GPRS];
	uint8_t pad2f8[0x400 - 0x2f8];
	uint64_t cntp_ctl;
	uint64_t cntp_cval;
	uint64_t cntv_ctl;
	uint64_t cntv_cval;
	uint8_t pad420[0x500 - 0x420];
	uint64_t ripas_base;
	uint64_t ripas_top;
	uint64_t ripas_value;
	uint8_t pad518[0x520 - 0x518];
	uint64_t s2ap_base;
	uint64_t s2ap_top;
	uint64_t vdev_id_1;
	uint64_t vdev_id_2;
	uint64_t dev_mem_base;
	uint64_t dev_mem_top;
	uint64_t dev_mem_pa;
	uint8_t pad558[0x600 - 0x558];
	uint32_t imm;
	uint32_t pad604;
	uint64_t plane;
	uint8_t pad610[0x700 - 0x610];
	uint64_t pmu_ovf_status;
	uint8_t pad708[0x710 - 0x708];
	uint64_t vsmmu;
	uint8_t pad718[0x800 - 0x718];
};

struct rmi_rec_run {
	struct rmi_rec_enter enter;
	struct rmi_rec_exit exit;
};

#define RMI_ASSERT_OFFSET(type, field, off)                                                        \
	_Static_assert(offsetof(struct type, field) == (off), #type "." #field)

RMI_ASSERT_OFFSET(rmi_rmm_config, tracking_region_size, 0x0);
RMI_ASSERT_OFFSET(rmi_rmm_config, rmi_granule_size, 0x8);
_Static_assert(sizeof(struct rmi_rmm_config) == 0x1000, "rmi_rmm_config");

RMI_ASSERT_OFFSET(rmi_realm_params, flags0, 0x0);
RMI_ASSERT_OFFSET(rmi_realm_params, s2sz, 0x8);
RMI_ASSERT_OFFSET(rmi_realm_params, sve_vl, 0x10);
RMI_ASSERT_OFFSET(rmi_realm_params, num_bps, 0x18);
RMI_ASSERT_OFFSET(rmi_realm_params, num_wps, 0x20);
RMI_ASSERT_OFFSET(rmi_realm_params, pmu_num_ctrs, 0x28);
RMI_ASSERT_OFFSET(rmi_realm_params, algorithm, 0x30);
RMI_ASSERT_OFFSET(rmi_realm_params, num_aux_planes, 0x38);
RMI_ASSERT_OFFSET(rmi_realm_params, rpv, 0x400);
RMI_ASSERT_OFFSET(rmi_realm_params, ats_plane, 0x440);
RMI_ASSERT_OFFSET(rmi_realm_params, rtt_base, 0x808);
RMI_ASSERT_OFFSET(rmi_realm_params, rtt_level_start, 0x810);
RMI_ASSERT_OFFSET(rmi_realm_params, rtt_num_start, 0x818);
RMI_ASSERT_OFFSET(rmi_realm_params, flags1, 0x820);
RMI_ASSERT_OFFSET(rmi_realm_params, max_num_vdevs, 0x828);
RMI_ASSERT_OFFSET(rmi_realm_params, aux_rtt_base, 0xf80);
_Static_assert(sizeof(struct rmi_realm_params) == 0x1000, "rmi_realm_params");

RMI_ASSERT_OFFSET(rmi_rec_params, flags, 0x0);
RMI_ASSERT_OFFSET(rmi_rec_params, mpidr, 0x100);
RMI_ASSERT_OFFSET(rmi_rec_params, pc, 0x200);
RMI_ASSERT_OFFSET(rmi_rec_params, gprs, 0x300);
_Static_assert(sizeof(struct rmi_rec_params) == 0x1000, "rmi_rec_params");

RMI_ASSERT_OFFSET(rmi_rec_enter, flags, 0x0);
RMI_ASSERT_OFFSET(rmi_rec_enter, gprs, 0x200);
RMI_ASSERT_OFFSET(rmi_rec_exit, exit_reason, 0x0);
RMI_ASSERT_OFFSET(rmi_rec_exit, esr, 0x100);
RMI_ASSERT_OFFSET(rmi_rec_exit, far, 0x108);
RMI_ASSERT_OFFSET(rmi_rec_exit, hpfar, 0x110);
RMI_ASSERT_OFFSET(rmi_rec_exit, rtt_tree, 0x118);
RMI_ASSERT_OFFSET(rmi_rec_exit, gprs, 0x200);
RMI_ASSERT_OFFSET(rmi_rec_exit, cntp_ctl, 0x400);
RMI_ASSERT_OFFSET(rmi_rec_exit, cntp_cval, 0x408);
RMI_ASSERT_OFFSET(rmi_rec_exit, cntv_ctl, 0x410);
RMI_ASSERT_OFFSET(rmi_rec_exit, cntv_cval, 0x418);
RMI_ASSERT_OFFSET(rmi_rec_exit, ripas_base, 0x500);
RMI_ASSERT_OFFSET(rmi_rec_exit, ripas_top, 0x508);
RMI_ASSERT_OFFSET(rmi_rec_exit, ripas_value, 0x510);
RMI_ASSERT_OFFSET(rmi_rec_exit, s2ap_base, 0x520);
RMI_ASSERT_OFFSET(rmi_rec_exit, dev_mem_pa, 0x550);
RMI_ASSERT_OFFSET(rmi_rec_exit, imm, 0x600);
RMI_ASSERT_OFFSET(rmi_rec_exit, plane, 0x608);
RMI_ASSERT_OFFSET(rmi_rec_exit, pmu_ovf_status, 0x700);
RMI_ASSERT_OFFSET(rmi_rec_exit, vsmmu, 0x710);
RMI_ASSERT_OFFSET(rmi_rec_run, exit, 0x800);
_Static_assert(sizeof(struct rmi_rec_run) == 0x1000, "rmi_rec_run");

#endif /* __ASSEMBLER__ */
#endif
