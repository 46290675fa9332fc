/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 payload: SMCCC 1.2 (DEN0028) and calls nobody answers. */
#include "abi/firme.h"
#include "abi/psci.h"
#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include "abi/trng.h"
#include "tests/firmware/el2/firmware.h"

#define MARK UINT64_C(0x4e53000000000000)

/* One call with marked registers: all but X0..X(nr_results - 1) come back as they were. */
static uint64_t preserves(uint64_t fid, uint64_t x1, unsigned int nr_results, const char *name)
{
	struct smc_all all = {.nzcv = 0x90000000};
	bool same = true;

	for (unsigned int i = 1; i < 31; i++)
		all.x[i] = MARK + i;
	all.x[0] = fid;
	all.x[1] = x1;
	smc_all(&all);
	for (unsigned int i = nr_results; i < 31; i++)
		same = same && all.x[i] == (i == 1 ? x1 : MARK + i);
	check(same, "%s leaves all registers but its results as they were", name);
	check(all.sp_before == all.sp_after && all.nzcv == 0x90000000 &&
		      (all.daif & 0x3c0) == 0x3c0,
	      "%s leaves SP, NZCV and DAIF as they were", name);
	return all.x[0];
}

static void check_unknown(void)
{
	static const uint64_t unknown[] = {
		0x00000000, 0x04000000, 0x44000001, 0x7fffffff, 0x80000002, 0x80000004, 0x8000ffff,
		0xc0000000, 0xc0000001, 0x81000000, 0x82000000, 0xc2000000, 0x83000000, 0x85000000,
		0x86000000, 0xb2000000, 0xbf00ff01, 0xffffffff, 0x84000005, 0x84000007, 0x8400000b,
		0x8400000c, 0x8400000d, 0x8400000e, 0xc400000e, 0x8400000f, 0x84000010, 0x84000011,
		0x84000013, 0x84000014, 0x8400001f, 0xc4000000, 0xc4000002, 0xc4000006, 0xc4000008,
		0xc4000009, 0x8400004f, 0xc4000050, 0xc4000051, 0xc4000052, 0x84000054, 0xc4000054,
		0x8400ff00, 0x8400ff01, 0x8400ff03, 0x84020000, 0x84800050, 0xc4100003, 0xc40002d0,
		0xc40003ff, 0xc4000413, 0x84000400, 0x84000401, 0x84000402};

	for (unsigned int i = 0; i < ARRAY_SIZE(unknown); i++)
		check_eq(smc(unknown[i], 0, 0, 0), SMCCC_NOT_SUPPORTED, "0x%lx is not supported",
			 unknown[i]);
	check_eq(preserves(0x8000ffff, 7, 1, "an unknown call"), SMCCC_NOT_SUPPORTED,
		 "an unknown call gives -1");
}

static void check_firme(void)
{
	struct smc_regs set = {{FIRME_GM_GPI_SET, 0x80000000, 1, GPI_REALM}};

	check_eq(smc(FIRME_SERVICE_VERSION, FIRME_SERVICE_BASE, 0, 0), FIRME_VERSION_1_0,
		 "FIRME answers the host: base service 1.0");
	smc_call(&set);
	check_eq(set.x[0], FIRME_DENIED, "GM_GPI_SET from the host is DENIED");
	check_eq(set.x[1], 0, "GM_GPI_SET from the host moves nothing");
	set = (struct smc_regs){{FIRME_GM_GPI_SET, 0x80000000, 1, GPI_ROOT}};
	smc_call(&set);
	check_eq(set.x[0], FIRME_DENIED, "GM_GPI_SET to Root from the host is DENIED");
	for (uint64_t fid = FIRME_GM_GPI_SET + 1; fid <= FIRME_FID_LAST; fid++)
		check_eq(smc(fid, 0, 0, 0), FIRME_NOT_SUPPORTED, "FIRME 0x%lx is not supported",
			 fid);
}

void suite_smccc(void)
{
	check_eq(preserves(SMCCC_VERSION, 1, 1, "SMCCC_VERSION"), SMCCC_VERSION_1_2,
		 "SMCCC_VERSION is 1.2");
	check_eq(smc(SMCCC_VERSION | 0xfeedface00000000, 0, 0, 0), SMCCC_VERSION_1_2,
		 "bits 63:32 of X0 are not part of the function identifier");
	check_eq(preserves(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 1, "SMCCC_ARCH_FEATURES"), 0,
		 "SMCCC_ARCH_FEATURES: SMCCC_VERSION is there");
	check_eq(smc(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0, 0), 0,
		 "SMCCC_ARCH_FEATURES: itself is there");
	check_eq(smc(SMCCC_ARCH_FEATURES, 0x80007fff, 0, 0), SMCCC_NOT_SUPPORTED,
		 "SMCCC_ARCH_FEATURES: ARCH_WORKAROUND_2 is not there");
	check_eq(smc(SMCCC_ARCH_FEATURES, 0x8000ffff, 0, 0), SMCCC_NOT_SUPPORTED,
		 "SMCCC_ARCH_FEATURES: an unknown function is not there");
	check_unknown();
	check_firme();
}
