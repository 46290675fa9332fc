/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The devices that a guest has, one a line: NAME stands for the NAME_device that the device's own
 * file defines. Their nodes stand in the device tree in this order, which is part of what is
 * measured.
 */
#ifndef VMM_DEV_LIST_H
#define VMM_DEV_LIST_H

/* clang-format off */
#define DEVICE_LIST(DEVICE)                                                                        \
	DEVICE(uart)                                                                               \
	DEVICE(rtc)                                                                                \
	DEVICE(key)                                                                                \
	DEVICE(pci)
/* clang-format on */

#endif
