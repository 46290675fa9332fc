// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load and unload.
 */
#include <linux/module.h>

#include "gmem.h"
#include "mmu.h"
#include "realm.h"
#include "rmi.h"
#include "stats.h"
#include "vgic.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static int __init cca_init(void)
{
	cca_stats_init();
	return 0;
}

static void __exit cca_exit(void)
{
	cca_stats_exit();
}

module_init(cca_init);
module_exit(cca_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Arm CCA Realm VMs under KVM's API");
