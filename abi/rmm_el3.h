/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RMM-EL3 communication interface 2.0: boot protocol, boot manifest 0.5 and the SMCs between the
 * RMM and the monitor. Both sides include this header; TF-RMM and TF-A speak the same interface.
 */
#ifndef ABI_RMM_EL3_H
#define ABI_RMM_EL3_H

#define RMM_EL3_VERSION(major, minor) (((major) << 16) | (minor))
#define RMM_EL3_VERSION_2_0	      RMM_EL3_VERSION(2, 0)
#define RMM_EL3_MANIFEST_VERSION_0_5  RMM_EL3_VERSION(0, 5)

/* Function numbers the monitor forwards from the host to the RMM (RMI). */
#define RMI_FNUM_FIRST	0x150
#define RMI_FNUM_LAST	0x18f
#define RMI_FNUM2_FIRST 0x1d0
#define RMI_FNUM2_LAST	0x2cf

/* SMCs from the RMM. */
#define RMM_EL3_RMI_REQ_COMPLETE      0xc400018f /* X1..X8 = NS X0..X7 */
#define RMM_EL3_GTSI_DELEGATE	      0xc40001b0 /* X1 PA */
#define RMM_EL3_GTSI_UNDELEGATE	      0xc40001b1 /* X1 PA */
#define RMM_EL3_ATTEST_GET_REALM_KEY  0xc40001b2 /* X1 PA, X2 size, X3 curve -> X1 length */
#define RMM_EL3_ATTEST_GET_PLAT_TOKEN 0xc40001b3 /* X1 PA, X2 size, X3 challenge -> X1, X2 */
#define RMM_EL3_FEATURES	      0xc40001b4 /* X1 index -> X1 value */
#define RMM_EL3_TOKEN_SIGN	      0xc40001b5
#define RMM_EL3_MEC_REFRESH	      0xc40001b6
#define RMM_EL3_RESERVE_MEMORY	      0xc40001bb /* X1 size, X2 alignment, flags -> X1 PA */
#define RMM_EL3_BOOT_COMPLETE	      0xc40001cf /* X1 code, X2 activation token */
#define RMM_EL3_FNUM_FIRST	      0x1b0
#define RMM_EL3_FNUM_LAST	      0x1cf

#define RMM_EL3_CURVE_P384 0

#define RMM_EL3_RESERVE_ALIGN_SHIFT 56
#define RMM_EL3_RESERVE_LOCAL_CPU   1

/* Results of the SMCs above. */
#define RMM_EL3_OK	    0
#define RMM_EL3_UNKNOWN	    (-1)
#define RMM_EL3_BAD_ADDR    (-2)
#define RMM_EL3_BAD_PAS	    (-3)
#define RMM_EL3_NOMEM	    (-4)
#define RMM_EL3_INVAL	    (-5)
#define RMM_EL3_AGAIN	    (-6)
#define RMM_EL3_FAULT	    (-7)
#define RMM_EL3_IN_PROGRESS (-8)

/* Codes of BOOT_COMPLETE. */
#define RMM_BOOT_SUCCESS	     0
#define RMM_BOOT_UNKNOWN	     (-1)
#define RMM_BOOT_VERSION_MISMATCH    (-2)
#define RMM_BOOT_CPUS_OUT_OF_RANGE   (-3)
#define RMM_BOOT_CPU_ID_OUT_OF_RANGE (-4)
#define RMM_BOOT_BAD_SHARED_BUFFER   (-5)
#define RMM_BOOT_MANIFEST_VERSION    (-6)
#define RMM_BOOT_MANIFEST_DATA	     (-7)
#define RMM_BOOT_NO_MEMORY	     (-8)

#define RMM_EL3_SHARED_SIZE 4096

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

/* A counted list in the manifest: num + list + checksum + all its 64-bit words = 0 mod 2^64. */
struct rmm_manifest_list {
	uint64_t num;
	uint64_t list; /* PA */
	uint64_t checksum;
};

struct rmm_manifest_bank {
	uint64_t base;
	uint64_t size;
};

struct rmm_manifest_console {
	uint64_t base;
	uint64_t map_pages;
	char name[8];
	uint64_t clk_in_hz;
	uint64_t baud_rate;
	uint64_t flags;
};

struct rmm_manifest {
	uint32_t version;
	uint32_t padding;
	uint64_t plat_data;
	struct rmm_manifest_list dram;	      /* struct rmm_manifest_bank */
	struct rmm_manifest_list console;     /* struct rmm_manifest_console */
	struct rmm_manifest_list ncoh_region; /* struct rmm_manifest_bank */
	struct rmm_manifest_list coh_region;  /* struct rmm_manifest_bank */
	struct rmm_manifest_list smmu;
	uint64_t rc_num;
	uint32_t rc_info_version;
	uint32_t rc_padding;
	uint64_t rc_list;
	uint64_t rc_checksum;
};

_Static_assert(sizeof(struct rmm_manifest_bank) == 16, "manifest bank");
_Static_assert(sizeof(struct rmm_manifest_console) == 48, "manifest console");
_Static_assert(offsetof(struct rmm_manifest_console, clk_in_hz) == 24, "manifest console clock");
_Static_assert(offsetof(struct rmm_manifest, dram) == 16, "manifest dram");
_Static_assert(offsetof(struct rmm_manifest, console) == 40, "manifest console list");
_Static_assert(offsetof(struct rmm_manifest, ncoh_region) == 64, "manifest ncoh");
_Static_assert(offsetof(struct rmm_manifest, coh_region) == 88, "manifest coh");
_Static_assert(offsetof(struct rmm_manifest, smmu) == 112, "manifest smmu");
_Static_assert(offsetof(struct rmm_manifest, rc_num) == 136, "manifest root complex");
_Static_assert(offsetof(struct rmm_manifest, rc_list) == 152, "manifest root complex list");
_Static_assert(sizeof(struct rmm_manifest) == 168, "manifest size");

#endif /* __ASSEMBLER__ */
#endif
