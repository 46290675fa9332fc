/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm run --dump-fdt`: the device tree that a guest would have, without a VM. */
#ifndef VMM_CMD_DUMP_H
#define VMM_CMD_DUMP_H

struct options;

/* Writes it to the file that the options name, "-" for standard output. Returns a status. */
int dump_fdt(const struct options *options);

#endif
