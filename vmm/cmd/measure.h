/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommand `realm measure` (realm-measure.1): what a Realm's measurements will be. */
#ifndef VMM_CMD_MEASURE_H
#define VMM_CMD_MEASURE_H

struct options;

/* Returns the process's status. */
int measure(const struct options *options);

#endif
