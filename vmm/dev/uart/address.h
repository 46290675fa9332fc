/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the guest finds its console's UART, in the lower half of the IPA space; a Realm uses the
 * alias in the upper half. For payloads that write to it without a device tree, too.
 */
#ifndef VMM_DEV_UART_ADDRESS_H
#define VMM_DEV_UART_ADDRESS_H

#define UART_BASE 0x09000000ULL
#define UART_SIZE 0x1000ULL
#define UART_SPI  1

#endif
