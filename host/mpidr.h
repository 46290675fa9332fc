/* SPDX-License-Identifier: GPL-2.0-only */
/* The affinity of a CPU in its two layouts. For everybody. */
#ifndef HOST_MPIDR_H
#define HOST_MPIDR_H

#include <linux/types.h>

/* Aff3 and Aff2 to Aff0 as in MPIDR_EL1. */
#define MPIDR_AFFINITY 0xff00ffffffULL

/* The same in 32 bits, Aff3 beside Aff2: GICR_TYPER, rmi_rec_params.mpidr. */
static inline u32 mpidr_packed(u64 mpidr)
{
	return (mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24;
}

#endif
