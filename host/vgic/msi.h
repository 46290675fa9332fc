/* SPDX-License-Identifier: GPL-2.0-only */
/* A message of a device, as user space says it: SIGNAL_MSI and the routes of GSIs. */
#ifndef HOST_VGIC_MSI_H
#define HOST_VGIC_MSI_H

#include <linux/types.h>

struct cca_msi {
	u64 address; /* a doorbell: GITS_TRANSLATER of an ITS */
	u32 data;    /* the event */
	u32 device;
	bool has_device;
};

#endif
