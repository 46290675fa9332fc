/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The headers that every file of the module starts from. Beside it, compat/ has one file for each
 * difference between the kernels that the module is built for; only those ask for
 * LINUX_VERSION_CODE.
 */
#ifndef HOST_COMPAT_KERNEL_H
#define HOST_COMPAT_KERNEL_H

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/types.h>

#include "abi/kvm_cca.h"
#include "abi/rmi.h"

#endif
