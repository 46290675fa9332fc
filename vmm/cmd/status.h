/* SPDX-License-Identifier: BSD-3-Clause */
/* The process's exit statuses, which realm.1 and `realm help` promise; a signal N gives 128 + N. */
#ifndef VMM_CMD_STATUS_H
#define VMM_CMD_STATUS_H

enum status {
	STATUS_OK,
	STATUS_NOT_STARTED,
	STATUS_USAGE,
	STATUS_RESET,
	STATUS_CRASH,
	STATUS_KVM,
	STATUS_CONSOLE,
	STATUS_DEADLINE,     /* of `realm stop`: the VM still runs */
	STATUS_VERDICT = 10, /* of `realm verify`: this and the next ones, see realm-verify.1 */
	STATUS_SIGNAL = 128,
};

#endif
