/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Power State Coordination Interface 1.1 (DEN0022): function identifiers and return codes.
 * The monitor answers them for the host, the RMM for Realms.
 */
#ifndef ABI_PSCI_H
#define ABI_PSCI_H

#define PSCI_VERSION	       0x84000000
#define PSCI_CPU_SUSPEND32     0x84000001
#define PSCI_CPU_SUSPEND64     0xc4000001
#define PSCI_CPU_OFF	       0x84000002
#define PSCI_CPU_ON32	       0x84000003
#define PSCI_CPU_ON64	       0xc4000003
#define PSCI_AFFINITY_INFO32   0x84000004
#define PSCI_AFFINITY_INFO64   0xc4000004
#define PSCI_MIGRATE_INFO_TYPE 0x84000006
#define PSCI_SYSTEM_OFF	       0x84000008
#define PSCI_SYSTEM_RESET      0x84000009
#define PSCI_FEATURES	       0x8400000a
#define PSCI_SYSTEM_RESET2_32  0x84000012
#define PSCI_SYSTEM_RESET2_64  0xc4000012

#define PSCI_VERSION_1_1 0x10001

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INTERNAL_FAILURE	(-6)
#define PSCI_NOT_PRESENT	(-7)
#define PSCI_DISABLED		(-8)
#define PSCI_INVALID_ADDRESS	(-9)

/* AFFINITY_INFO results. */
#define PSCI_AFFINITY_ON	 0
#define PSCI_AFFINITY_OFF	 1
#define PSCI_AFFINITY_ON_PENDING 2

/* MIGRATE_INFO_TYPE: no Trusted OS that would have to migrate. */
#define PSCI_MIGRATE_NOT_REQUIRED 2

/* CPU_SUSPEND power_state, original format. */
#define PSCI_POWER_STATE_TYPE_POWERDOWN (1 << 16)
#define PSCI_POWER_STATE_RES0		0xfcfe0000

#endif
