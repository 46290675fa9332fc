/* SPDX-License-Identifier: BSD-3-Clause */
/* Discovery, the INIT and ACTIVE states, configuration, granule tracking. RMI 2.0 section 3. */
#include <string.h>
#include "abi/smccc.h"
#include "tests/conformance/conformance.h"

static struct rmi_rmm_config config __attribute__((aligned(4096)));

/* Commands that must wait for RMM_ACTIVATE; arguments are all 0. */
static const uint64_t later[] = {
	RMI_RTT_DATA_MAP_INIT,
	RMI_REALM_ACTIVATE,
	RMI_REALM_CREATE,
	RMI_REALM_DESTROY,
	RMI_REC_CREATE,
	RMI_REC_DESTROY,
	RMI_REC_ENTER,
	RMI_RTT_CREATE,
	RMI_RTT_DESTROY,
	RMI_RTT_READ_ENTRY,
	RMI_PSCI_COMPLETE,
	RMI_RTT_FOLD,
	RMI_RTT_INIT_RIPAS,
	RMI_RTT_SET_RIPAS,
	RMI_GRANULE_RANGE_DELEGATE,
	RMI_GRANULE_RANGE_UNDELEGATE,
	RMI_GPT_L1_CREATE,
	RMI_RTT_DATA_MAP,
	RMI_RTT_DATA_UNMAP,
	RMI_RTT_UNPROT_MAP,
	RMI_RTT_UNPROT_UNMAP,
	RMI_REALM_TERMINATE,
	RMI_RMM_DEACTIVATE,
	RMI_GPT_L1_DESTROY,
};

static void check_version(const char *state)
{
	static const uint64_t others[] = {0,	   0x10000, 0x10001,	0x1ffff,
					  0x20001, 0x30000, 0x100020000};
	struct smc_regs r = RMI(RMI_VERSION, RMI_VERSION_2_0);

	check(r.x[0] == RMI_SUCCESS && r.x[1] == RMI_VERSION_2_0 && r.x[2] == RMI_VERSION_2_0,
	      "%s: VERSION 2.0 is SUCCESS, with 2.0 as lower and higher revision", state);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		r = RMI(RMI_VERSION, others[i]);
		check(r.x[0] == RMI_ERROR_INPUT && r.x[1] == RMI_VERSION_2_0 &&
			      r.x[2] == RMI_VERSION_2_0,
		      "%s: VERSION 0x%lx is ERROR_INPUT and names the revisions", state, others[i]);
	}
}

static void check_config_get(const char *state)
{
	memset(&config, 0xff, sizeof(config));
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_GET, (uint64_t)&config), RMI_SUCCESS,
		 "%s: CONFIG_GET succeeds", state);
	check(config.tracking_region_size == 0 && config.rmi_granule_size == 0,
	      "%s: the configuration is 1 GiB tracking regions and 4K granules", state);
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_GET, 0), RMI_ERROR_INPUT,
		 "%s: CONFIG_GET to address 0 is ERROR_INPUT", state);
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_GET, (uint64_t)&config + 8), RMI_ERROR_INPUT,
		 "%s: CONFIG_GET to an unaligned address is ERROR_INPUT", state);
}

static void set_config(uint64_t region, uint64_t granule, uint64_t want, const char *what)
{
	memset(&config, 0, sizeof(config));
	config.tracking_region_size = region;
	config.rmi_granule_size = granule;
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_SET, (uint64_t)&config), want, "CONFIG_SET %s", what);
}

static void check_config_set(void)
{
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_SET, 0), RMI_ERROR_INPUT,
		 "CONFIG_SET from address 0 is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_SET, (uint64_t)&config + 0x100), RMI_ERROR_INPUT,
		 "CONFIG_SET from an unaligned address is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_SET, 0x09000000), RMI_ERROR_INPUT,
		 "CONFIG_SET from a device is ERROR_INPUT");
	set_config(1, 0, RMI_ERROR_INPUT, "of another tracking region size is ERROR_INPUT");
	set_config(0, 1, RMI_ERROR_INPUT, "of 16K granules is ERROR_INPUT");
	set_config(0, 2, RMI_ERROR_INPUT, "of 64K granules is ERROR_INPUT");
	set_config(0, 0, RMI_SUCCESS, "of 1 GiB and 4K succeeds");
	set_config(0, 0, RMI_SUCCESS, "may be repeated before activation");
}

static void check_init_state(void)
{
	unsigned int wrong = 0;

	check_version("INIT");
	check_config_get("INIT");
	for (size_t i = 0; i < ARRAY_SIZE(later); i++) {
		uint64_t status = RMI_STATUS_OF(later[i]);

		if (status != RMI_ERROR_GLOBAL)
			note("0x%lx gives 0x%lx", later[i], status);
		wrong += status != RMI_ERROR_GLOBAL;
	}
	check_eq(wrong, 0, "INIT: every command of a Realm and its memory is ERROR_GLOBAL");
	for (uint64_t fid = RMI_OP_CONTINUE; fid <= RMI_OP_CANCEL; fid++)
		if (fid < RMI_PDEV_STREAM_FIRST || fid > RMI_PDEV_STREAM_LAST)
			check_eq(RMI_STATUS_OF(fid), RMI_ERROR_INPUT,
				 "INIT: there is no operation to go on with (0x%lx)", fid);
	for (uint64_t i = 0; i <= 4; i++)
		check_eq(RMI_STATUS_OF(RMI_FEATURES, i), RMI_SUCCESS, "INIT: FEATURES %lu", i);
	check_eq(RMI_STATUS_OF(RMI_FID(0x160)), (uint64_t)RMI_UNKNOWN_FID,
		 "INIT: a number without a command is not supported");
	check_config_set();
}

static void check_active_state(void)
{
	check_eq(RMI_STATUS_OF(RMI_RMM_ACTIVATE), RMI_ERROR_GLOBAL,
		 "ACTIVE: RMM_ACTIVATE is ERROR_GLOBAL");
	memset(&config, 0, sizeof(config));
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_SET, (uint64_t)&config), RMI_ERROR_GLOBAL,
		 "ACTIVE: CONFIG_SET is ERROR_GLOBAL");
	check_version("ACTIVE");
	check_config_get("ACTIVE");
}

void test_activate(bool report)
{
	uint64_t status;

	if (report)
		check_init_state();
	status = RMI_STATUS_OF(RMI_RMM_ACTIVATE);
	if (!check_eq(status, RMI_SUCCESS, "RMM_ACTIVATE succeeds"))
		tap_finish();
	if (report)
		check_active_state();
}

static void check_feature0(uint64_t f)
{
	uint64_t mmfr0 = read_sysreg(id_aa64mmfr0_el1), pfr0 = read_sysreg(id_aa64pfr0_el1);
	uint64_t dfr0 = read_sysreg(id_aa64dfr0_el1);
	bool lpa2 = FIELD(mmfr0, 31, 28) == 1 && FIELD(mmfr0, 43, 40) == 3;

	check(FIELD(f, 7, 0) >= 32 && FIELD(f, 7, 0) <= 52, "feature 0: S2SZ is an IPA width");
	check(!(f & RMI_FEATURE0_LPA2) || lpa2, "feature 0: LPA2 only where the CPU has it");
	check((f & RMI_FEATURE0_LPA2) || FIELD(f, 7, 0) <= 48,
	      "feature 0: without LPA2 the IPA width is at most 48");
	check(!(f & RMI_FEATURE0_SVE) || FIELD(pfr0, 35, 32), "feature 0: SVE as the CPU has it");
	check_eq(FIELD(f, 19, 14), FIELD(dfr0, 15, 12), "feature 0: NUM_BPS as ID_AA64DFR0");
	check_eq(FIELD(f, 25, 20), FIELD(dfr0, 23, 20), "feature 0: NUM_WPS as ID_AA64DFR0");
	check((f & RMI_FEATURE0_PMU) || !FIELD(f, 31, 27),
	      "feature 0: no PMU, then no counters either");
}

static void check_feature1(uint64_t f)
{
	uint64_t pps = FIELD(f, 16, 14), pa_range = FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0);

	check_eq(f & 7, RMI_FEATURE1_GRAN_SZ_4K, "feature 1: 4K granules alone");
	check(f & RMI_FEATURE1_HASH_SHA_256, "feature 1: SHA-256");
	check(f & RMI_FEATURE1_HASH_SHA_512, "feature 1: SHA-512");
	check(FIELD(f, 9, 6) >= 3, "feature 1: a Realm may have 8 RECs or more");
	check(pps <= pa_range, "feature 1: protected PA space not larger than the PA space");
}

/* FIDs of commands that belong to features which the RMM does not have. */
static void check_absent(void)
{
	static const uint64_t fids[] = {0x16a, 0x174, 0x17d, 0x187, 0x18b, 0x1d0, 0x1d7, 0x204};
	unsigned int wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fids); i++) {
		uint64_t status = RMI_STATUS_OF(RMI_FID(fids[i]));

		wrong += status != RMI_ERROR_NOT_SUPPORTED && status != (uint64_t)RMI_UNKNOWN_FID;
	}
	check_eq(wrong, 0, "commands of devices, planes, SMMUs and MEC are not supported");
}

/* True if the device tree reserves all of the range, as it does for the memory of firmware. */
static bool is_reserved(uint64_t base, uint64_t top)
{
	for (uint64_t at = base; at < top; at += GRANULE_SIZE) {
		bool inside = false;

		for (uint32_t i = 0; i < fdt.nr_reserved; i++)
			inside = inside || at - fdt.reserved[i].base < fdt.reserved[i].size;
		if (!inside)
			return false;
	}
	return true;
}

static void check_tracking(void)
{
	uint64_t start = fdt.dram[0].base, end = start + fdt.dram[0].size, top = 0;
	struct smc_regs r;

	for (uint64_t at = start; at < end; at = top) {
		r = RMI(RMI_GRANULE_TRACKING_GET, at, end);
		top = r.x[3];
		if (r.x[0] != RMI_SUCCESS || top <= at || top > end ||
		    ((r.x[1] != RMI_TRACKING_CONVENTIONAL || r.x[2] != RMI_TRACKING_FINE) &&
		     !is_reserved(at, top))) {
			top = at;
			break;
		}
	}
	check_eq(top, end, "all DRAM the host was given is tracked, CONVENTIONAL and FINE");
	r = RMI(RMI_GRANULE_TRACKING_GET, 0, GRANULE_SIZE);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == RMI_TRACKING_NO_CATEGORY &&
		      r.x[2] == RMI_TRACKING_RESERVED,
	      "the flash has no category and is reserved");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_TRACKING_GET, end, start), RMI_ERROR_INPUT,
		 "GRANULE_TRACKING_GET from end to start is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_TRACKING_GET, start, start), RMI_ERROR_INPUT,
		 "GRANULE_TRACKING_GET of nothing is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_TRACKING_GET, start + 8, end), RMI_ERROR_INPUT,
		 "GRANULE_TRACKING_GET of an unaligned start is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_TRACKING_GET, start, end + 8), RMI_ERROR_INPUT,
		 "GRANULE_TRACKING_GET of an unaligned end is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_TRACKING_GET, start, BIT(52) + GRANULE_SIZE),
		 RMI_ERROR_INPUT, "GRANULE_TRACKING_GET past the PA space is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_GPT_L1_CREATE, start), RMI_ERROR_GPT,
		 "GPT_L1_CREATE of a region that has a table is ERROR_GPT");
	check_eq(RMI_STATUS_OF(RMI_GPT_L1_CREATE, start + GRANULE_SIZE), RMI_ERROR_INPUT,
		 "GPT_L1_CREATE of an unaligned region is ERROR_INPUT");
}

/* X1 to X7 of a command with no results beyond X0. */
static void check_registers(void)
{
	struct smc_regs r = {{RMI_RMM_ACTIVATE, 1, 2, 3, 0x44, 0x55, 0x66, 0x77}};

	smc_call(&r);
	check(!r.x[1] && !r.x[2] && !r.x[3], "X1 to X3 are 0 where a command does not use them");
	check(r.x[4] == 0x44 && r.x[5] == 0x55 && r.x[6] == 0x66 && r.x[7] == 0x77,
	      "X4 to X7 are the caller's where a command does not use them");
	check_eq(RMI_STATUS_OF(RMI_VERSION | RMI_FID_SVE_HINT, RMI_VERSION_2_0), RMI_SUCCESS,
		 "the SVE hint in a function identifier is not part of its number");
}

void test_features(void)
{
	struct smc_regs r = RMI(RMI_FEATURES, 0);

	check_feature0(r.x[1]);
	r = RMI(RMI_FEATURES, 1);
	check_feature1(r.x[1]);
	for (uint64_t i = 0; i <= 4; i++)
		check_eq(RMI_STATUS_OF(RMI_FEATURES, i), RMI_SUCCESS, "FEATURES %lu succeeds", i);
	r = RMI(RMI_FEATURES, 2);
	check_eq(r.x[1], 0, "feature 2: no devices");
	for (uint64_t i = 5; i < 64; i *= 2) {
		r = RMI(RMI_FEATURES, i);
		check(r.x[0] == RMI_SUCCESS && r.x[1] == 0, "FEATURES %lu: SUCCESS and 0", i);
	}
	check_absent();
	check_tracking();
	check_registers();
}
