/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the platform token says was measured: the same code makes it in the boot stage, and
 * beforehand on the build host (monitor/reference/). Portable.
 *
 * Measured are the monitor and the RMM, byte by byte, and of the device tree what the monitor takes
 * from it: where the devices are that its and the RMM's security rests on. The rest of the tree is
 * the host's, holds random seeds, and is not acted on. What the platform is signed and named by
 * (struct platform_identity) is in none of it, so that reference values are those of a source tree,
 * whoever builds it.
 */
#ifndef MONITOR_BOOT_EVIDENCE_H
#define MONITOR_BOOT_EVIDENCE_H

#include <hash.h>

#include "monitor/include/machine.h"

/*
 * A software component is measured into a register of its own, which starts at zero and is extended
 * once: SHA-256(zeros || SHA-256(image)), docs/spec/attestation.md section 1, "Platform claims".
 */
void evidence_component(const void *image, size_t size, uint8_t measurement[SHA256_SIZE]);

/*
 * The configuration, claim 2401. Numbers are big-endian.
 *
 *	 0	EVIDENCE_CONFIG_NAME, the form of what follows
 *	16	SHA-256 of the map of devices: secure flash, secure SRAM, secure UART, secure GPIO,
 *GIC distributor and redistributors, UART, each as base and size; the UART's clock in Hz, how many
 *DMA-coherent windows there are, and each of them; all as 64-bit numbers 48	number of banks of
 *DRAM 56	base of the first bank 64	CPUs 72	bytes of DRAM in all banks
 */
#define EVIDENCE_CONFIG_NAME   "kvm-cca config 1" /* without its NUL */
#define EVIDENCE_CONFIG_SIZE   80
/* From here on it is what whoever starts the machine chooses: reference values mask it out. */
#define EVIDENCE_CONFIG_CHOSEN 64

void evidence_config(const struct machine *machine, uint8_t config[EVIDENCE_CONFIG_SIZE]);

/* Names of the components in tokens and reference values. */
#define EVIDENCE_MONITOR "BL31/monitor"
#define EVIDENCE_RMM	 "RMM"

/*
 * The version that a token gives the monitor. An RMM's image does not say which version it is, so
 * that its component has none.
 */
#define EVIDENCE_MONITOR_VERSION "kvm-cca " KVM_CCA_VERSION

/*
 * No signature is checked before the monitor or the RMM is started: flash, which only EL3 can reach
 * once the monitor runs, is trusted as it is. So no signer can be named, and the claim is zeros.
 */
extern const uint8_t evidence_no_signer[SHA256_SIZE];

#endif
