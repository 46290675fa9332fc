/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommand `realm verify` (realm-verify.1): what a token says, and whether to believe it. */
#ifndef VMM_CMD_VERIFY_H
#define VMM_CMD_VERIFY_H

/* words: those behind "verify". Returns a status of status.h, or STATUS_VERDICT and above. */
int verify(int count, char **words);

#endif
