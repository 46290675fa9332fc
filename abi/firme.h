/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Firmware interfaces for A-profile RME (FIRME, DEN0149 1.0 alp2): granule management by EL3.
 * The monitor answers, the RMM calls. See abi/rmm_el3.h for the calls FIRME does not cover.
 */
#ifndef ABI_FIRME_H
#define ABI_FIRME_H

#define FIRME_SERVICE_VERSION	 0xc4000400 /* X1[7:0] service -> X0 version word or -1 */
#define FIRME_SERVICE_FEATURES	 0xc4000401 /* X1[7:0] service, X2[7:0] index -> X0, X1 */
#define FIRME_GM_GPI_SET	 0xc4000402 /* X1 PA, X2 granules, X3[3:0] GPI -> X0, X1 done */
#define FIRME_GM_GPI_OP_CONTINUE 0xc4000412
#define FIRME_FID_FIRST		 0xc4000400
#define FIRME_FID_LAST		 0xc4000412

#define FIRME_SERVICE_BASE 0
#define FIRME_SERVICE_GM   1

#define FIRME_VERSION_1_0 0x10000

/* Feature registers. */
#define FIRME_BASE_0_SERVICE_VERSION  (1 << 0)
#define FIRME_BASE_0_SERVICE_FEATURES (1 << 1)
#define FIRME_BASE_1_SERVICE(id)      (1 << (15 + (id)))
#define FIRME_GM_0_GPI_SET	      (1 << 0)
#define FIRME_GM_1_PGS_SHIFT	      0
#define FIRME_GM_1_L0GPTSZ_SHIFT      2
#define FIRME_GM_1_PPS_SHIFT	      6

#define FIRME_SUCCESS	    0
#define FIRME_NOT_SUPPORTED (-1)
#define FIRME_INVALID	    (-2)
#define FIRME_ABORTED	    (-3)
#define FIRME_INCOMPLETE    (-4)
#define FIRME_DENIED	    (-5)
#define FIRME_BUSY	    (-6)

/* Granule Protection Information: the physical address space a granule belongs to. */
#define GPI_NO_ACCESS 0x0
#define GPI_SECURE    0x8
#define GPI_NS	      0x9
#define GPI_ROOT      0xa
#define GPI_REALM     0xb
#define GPI_ANY	      0xf

#endif
