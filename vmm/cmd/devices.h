/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of `realm run` that give the guest devices. Pure; options.c is the only caller. */
#ifndef VMM_CMD_DEVICES_H
#define VMM_CMD_DEVICES_H

#include "vmm/dev/config.h"

/* FILE[,ro][,serial=TEXT]. -EINVAL with an error text. */
int devices_add_disk(struct device_config *c, const char *value);

/*
 * tap=NAME[,mac=ADDRESS], or user[,hostfwd=FORWARD][,mac=ADDRESS]. Without an address it is made
 * from the name. -EINVAL with an error text.
 */
int devices_add_net(struct device_config *c, const char *value);

/* DIR|SOCKET[,tag=TEXT]. -EINVAL with an error text. */
int devices_add_share(struct device_config *c, const char *value);

#endif
