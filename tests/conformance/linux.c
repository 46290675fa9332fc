/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the newest firmware driver of Linux and KVM on top of it ask of an RMM, call by call, with
 * their own judgement of the answers: discovery at boot, what they repeat and what they do not,
 * Realms beyond 48 bits without a flag, and a second kernel after the first. RMI 2.0 section 18.
 */
#include <string.h>
#include "tests/conformance/conformance.h"

#define SECONDS 60
#define ENTERS	400

static struct rmi_rmm_config config __attribute__((aligned(4096)));
static struct realm realm;

/* Repeats a call that is BUSY for ever, one that is BLOCKED once, and no other. */
static struct smc_regs linux_call(struct smc_regs in)
{
	uint64_t end = timer_now() + timer_seconds(10);
	bool blocked = false;
	struct smc_regs r;

	for (;;) {
		r = in;
		smc_call(&r);
		if (r.x[0] == RMI_BLOCKED && !blocked)
			blocked = true;
		else if (r.x[0] != RMI_BUSY || timer_now() > end)
			return r;
	}
}

#define LINUX(...) linux_call((struct smc_regs){{__VA_ARGS__}})

/* A command that may ask for memory or give some back. */
static uint64_t linux_memory(uint64_t fid)
{
	struct smc_regs r = LINUX(fid);

	return sro_finish(&r);
}

/* Every byte of [at, end) is conventional memory, finely tracked; each answer is progress. */
static bool is_tracked(uint64_t at, uint64_t end)
{
	while (at < end) {
		struct smc_regs r = LINUX(RMI_GRANULE_TRACKING_GET, at, end);

		if (r.x[0] != RMI_SUCCESS || r.x[1] != RMI_TRACKING_CONVENTIONAL ||
		    r.x[2] != RMI_TRACKING_FINE || r.x[3] <= at)
			return false;
		at = r.x[3];
	}
	return true;
}

/* All regions of the GPT that the range touches are the platform's; each answer is progress. */
static bool is_plat(uint64_t at, uint64_t end)
{
	struct smc_regs r = LINUX(RMI_FEATURES, 1);
	uint64_t size = BIT(RMI_L0GPT_BITS_MIN + FIELD(r.x[1], 13, 10));

	at = align_down(at, size);
	end = align_up(end, size);
	while (at < end) {
		r = LINUX(RMI_GPT_INFO, at, end);
		if (r.x[0] != RMI_SUCCESS || r.x[2] != RMI_GPT_PLAT || r.x[1] <= at)
			return false;
		at = r.x[1];
	}
	return true;
}

/* The end of the stretch at `at` that the kernel leaves alone (*no_map true) or uses. */
static uint64_t stretch(uint64_t at, uint64_t end, bool *no_map)
{
	uint64_t next = end;

	for (uint32_t i = 0; i < fdt.nr_reserved; i++) {
		uint64_t base = fdt.reserved[i].base, top = base + fdt.reserved[i].size;

		if (base <= at && at < top) {
			*no_map = true;
			return top < end ? top : end;
		}
		if (base > at && base < next)
			next = base;
	}
	*no_map = false;
	return next;
}

static bool check_memory(void)
{
	for (uint32_t i = 0; i < fdt.nr_dram; i++) {
		uint64_t at = fdt.dram[i].base, end = at + fdt.dram[i].size;

		while (at < end) {
			bool no_map;
			uint64_t next = stretch(at, end, &no_map);

			if (!no_map && (!is_tracked(at, next) || !is_plat(at, next))) {
				note("[0x%lx, 0x%lx) is not for Realms", at, next);
				return false;
			}
			at = next;
		}
	}
	return true;
}

/* From INIT: as the driver does at boot. False: it would go without Realms. */
static bool discover(void)
{
	if (LINUX(RMI_VERSION, RMI_VERSION_2_0).x[0] != RMI_SUCCESS)
		return false;
	for (uint64_t i = 0; i <= 4; i++)
		if (LINUX(RMI_FEATURES, i).x[0] != RMI_SUCCESS)
			return false;
	memset(&config, 0, sizeof(config));
	return LINUX(RMI_RMM_CONFIG_SET, (uint64_t)&config).x[0] == RMI_SUCCESS &&
	       linux_memory(RMI_RMM_ACTIVATE) == RMI_SUCCESS && check_memory();
}

static void check_state(uint64_t wanted, const char *what)
{
	struct smc_regs r = RMI(RMI_RMM_STATE_GET);

	check(r.x[0] == RMI_SUCCESS && r.x[1] == wanted, "RMM_STATE_GET: %s", what);
}

/* Back to INIT, discovery again, and the way of a driver whose check of memory fails. */
static void check_discovery(void)
{
	struct smc_regs r = {{RMI_RMM_DEACTIVATE, 1, 2, 3}};

	check_state(RMI_RMM_ACTIVE, "ACTIVE");
	smc_call(&r);
	check(r.x[0] == RMI_SUCCESS && !r.x[1] && !r.x[2] && !r.x[3],
	      "RMM_DEACTIVATE while every granule is the host's: SUCCESS, X1 to X3 are 0");
	check_state(RMI_RMM_INIT, "INIT after RMM_DEACTIVATE");
	check_eq(RMI_STATUS_OF(RMI_RMM_DEACTIVATE), RMI_ERROR_GLOBAL,
		 "RMM_DEACTIVATE in INIT is ERROR_GLOBAL");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_RANGE_DELEGATE, fdt.dram[0].base,
			       fdt.dram[0].base + GRANULE_SIZE),
		 RMI_ERROR_GLOBAL, "delegation in INIT is ERROR_GLOBAL");
	r = RMI(RMI_GRANULE_TRACKING_GET, fdt.dram[0].base, fdt.dram[0].base + GRANULE_SIZE);
	check(r.x[0] == RMI_SUCCESS && r.x[2] == RMI_TRACKING_NONE,
	      "memory is not tracked before RMM_ACTIVATE");
	check(discover(), "Linux's driver finds an RMM it can use, and all of its memory in order");
	check_state(RMI_RMM_ACTIVE, "ACTIVE after discovery");
	check_eq(linux_memory(RMI_RMM_DEACTIVATE), RMI_SUCCESS,
		 "a driver whose check of memory failed can deactivate the RMM");
	check(discover(), "and the next one finds it as after a boot");
}

static void check_gpt_info(void)
{
	struct smc_regs f0 = RMI(RMI_FEATURES, 0), f1 = RMI(RMI_FEATURES, 1), r;
	uint64_t size = BIT(RMI_L0GPT_BITS_MIN + FIELD(f1.x[1], 13, 10));
	uint64_t ram = align_down(fdt.dram[0].base, size);
	const struct {
		uint64_t base, top;
		const char *what;
	} bad[] = {
		{ram + GRANULE_SIZE, ram + size, "an unaligned base"},
		{ram, ram + size - GRANULE_SIZE, "an unaligned top"},
		{ram, ram, "nothing"},
		{ram + size, ram, "a range that ends before its start"},
		{BIT(52), BIT(52) + size, "a base past the PA space"},
		{ram, BIT(52), "a top past the PA space"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check_eq(RMI_STATUS_OF(RMI_GPT_INFO, bad[i].base, bad[i].top), RMI_ERROR_INPUT,
			 "GPT_INFO of %s is ERROR_INPUT", bad[i].what);
	r = RMI(RMI_GPT_INFO, ram, ram + size);
	check(r.x[0] == RMI_SUCCESS && r.x[1] == ram + size && r.x[2] == RMI_GPT_PLAT,
	      "GPT_INFO: the region of RAM has a table of the platform's");
	r = RMI(RMI_GPT_INFO, BIT(39), BIT(39) + BIT(39));
	check(r.x[0] == RMI_SUCCESS && r.x[1] == BIT(40) && r.x[2] == RMI_GPT_RESERVED,
	      "GPT_INFO: where no memory is, regions are reserved, all in one answer");
	check_eq(FIELD(f0.x[1], 40, 33), FIELD(f0.x[1], 7, 0),
		 "S2OASZ: a Realm's stage 2 gives as many address bits as it takes");
	check_eq(RMI_STATUS_OF(RMI_GPT_L1_DESTROY, ram), RMI_ERROR_GLOBAL,
		 "GPT_L1_DESTROY of the platform's table is ERROR_GLOBAL");
}

/* KVM asks for more than 48 bits by s2sz alone, from level 0 with up to 16 root tables. */
static void check_wide(void)
{
	struct smc_regs features = RMI(RMI_FEATURES, 0);
	uint32_t max = (uint32_t)FIELD(features.x[1], 7, 0);

	if (max <= 48) {
		skip("Realms of more than 48 bits: not offered");
		return;
	}
	for (uint32_t bits = 49; bits <= max; bits++) {
		const struct realm_options options = {
			.s2sz = bits, .start_level = 0, .num_start = 1u << (bits - 48)};

		if (realm_start(&realm, &options, "a Realm beyond 48 bits, without a flag"))
			check(rec_reported(&realm.rec[0]), "it runs with %u bits", bits);
		realm_end(&realm);
	}
}

/* Other CPUs' calls about the same Realm, until told to stop. */
static uint64_t stop;

static void meddle(void *argument)
{
	uint64_t page = (uint64_t)argument, ipa = GUEST_IPA + MIB(8);
	struct smc_regs r;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		r = LINUX(RMI_GRANULE_RANGE_DELEGATE, page, page + GRANULE_SIZE);
		r = LINUX(RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + GRANULE_SIZE, RMI_MAP_OADDR_SINGLE,
			  range_of(page, 1, 3));
		r = LINUX(RMI_RTT_READ_ENTRY, realm.rd, ipa, 3);
		r = LINUX(RMI_PSCI_COMPLETE, realm.rec[0].pa, 0);
		r = LINUX(RMI_RTT_SET_RIPAS, realm.rd, realm.rec[0].pa, ipa, ipa + GRANULE_SIZE);
		r = LINUX(RMI_REALM_ACTIVATE, realm.rd);
		r = LINUX(RMI_REC_ENTER, realm.rec[0].pa, page);
		r = LINUX(RMI_RTT_DATA_UNMAP, realm.rd, ipa, ipa + GRANULE_SIZE, 0, 0);
		r = LINUX(RMI_GRANULE_RANGE_UNDELEGATE, page, page + GRANULE_SIZE);
		r = LINUX(RMI_RMM_DEACTIVATE);
	}
	(void)r;
}

/* As KVM does: one REC_ENTER. Errors other than ERROR_REALM and ERROR_REC end the VM. */
static uint64_t enter_once(struct rec *rec)
{
	const uint64_t command[] = {GUEST_SMC, RSI_VERSION, RSI_VERSION_1_0};
	struct smc_regs r = {{RMI_REC_ENTER, rec->pa, (uint64_t)rec->run}};

	rec->run->enter.flags = 0;
	memcpy(rec->run->enter.gprs, command, sizeof(command));
	gic_enable_virtual();
	smc_call(&r);
	return r.x[0];
}

static void check_enter_once(void)
{
	const struct realm_options options = {0};
	uint32_t cpus = cpu_start_all(2);
	uint64_t page = pool_take(1), bad = 0;

	if (realm_start(&realm, &options, "a Realm that is entered without a second try")) {
		realm_tables(&realm, GUEST_IPA + MIB(8), 3);
		stop = 0;
		if (cpus > 1)
			cpu_run(1, meddle, (void *)page);
		for (unsigned int i = 0; i < ENTERS; i++)
			bad += enter_once(&realm.rec[0]) != RMI_SUCCESS;
		__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
		check(cpus < 2 || cpu_wait(1, SECONDS), "the other CPU's calls all ended");
		check_eq(bad, 0, "REC_ENTER is neither BUSY nor BLOCKED, whatever others do");
		check_eq(RMI_STATUS_OF(RMI_RMM_DEACTIVATE), RMI_ERROR_GLOBAL,
			 "RMM_DEACTIVATE with a Realm alive is ERROR_GLOBAL");
	}
	realm_end(&realm);
	pool_give(page, 1);
}

static void clear_entry(uint64_t rd, uint64_t ipa, int64_t level)
{
	struct smc_regs r = RMI(RMI_RTT_READ_ENTRY, rd, ipa, (uint64_t)level);

	if (r.x[0] != RMI_SUCCESS)
		return;
	if (r.x[2] == RMI_ASSIGNED)
		RMI(RMI_RTT_DATA_UNMAP, rd, ipa, ipa + block_size(level), 0, 0);
	if (r.x[2] != RMI_TABLE)
		return;
	for (uint64_t i = 0; i < 512; i++)
		clear_entry(rd, ipa + i * block_size(level + 1), level + 1);
	RMI(RMI_RTT_DESTROY, rd, ipa, (uint64_t)level + 1);
}

static void clear_realm(uint64_t rd)
{
	int64_t level = -1;

	while (level < 3 && RMI_STATUS_OF(RMI_RTT_READ_ENTRY, rd, 0, (uint64_t)level))
		level++;
	for (uint64_t ipa = 0; !RMI_STATUS_OF(RMI_RTT_READ_ENTRY, rd, ipa, (uint64_t)level);
	     ipa += block_size(level))
		clear_entry(rd, ipa, level);
}

/* Ends an operation that a dead host has left, and takes back the memory it was given. */
static void end_operation(uint64_t handle)
{
	static uint64_t list[RMI_LIST_ENTRIES_MAX] __attribute__((aligned(4096)));
	uint64_t status = RMI_STATUS_OF(RMI_OP_CANCEL, handle);

	for (unsigned int i = 0; i < 64; i++) {
		status = RMI_STATUS_OF(RMI_OP_MEM_RECLAIM, handle, (uint64_t)list, 512);
		if (RMI_STATUS(status) != RMI_INCOMPLETE)
			status = RMI_STATUS_OF(RMI_OP_CONTINUE, handle, 0);
		if (RMI_STATUS(status) != RMI_INCOMPLETE)
			return;
	}
}

/*
 * A kernel that finds the Realms of another one ends them and gets its memory back, by RMI alone.
 * It knows nothing but which memory is its own.
 */
static void take_back(uint64_t base, uint64_t end)
{
	for (uint64_t handle = 0; handle < 16; handle++)
		end_operation(handle);
	for (uint64_t pa = base; pa < end; pa += GRANULE_SIZE) {
		struct smc_regs r = RMI(RMI_REC_DESTROY, pa);

		if (RMI_STATUS(r.x[0]) == RMI_INCOMPLETE)
			end_operation(r.x[1]);
	}
	for (uint64_t pa = base; pa < end; pa += GRANULE_SIZE) {
		if (RMI_STATUS_OF(RMI_REALM_TERMINATE, pa) != RMI_SUCCESS)
			continue;
		clear_realm(pa);
		RMI(RMI_REALM_DESTROY, pa);
	}
	undelegate(base, (end - base) / GRANULE_SIZE);
}

/* A kernel started by kexec finds the RMM active, because the kernel before did not end it. */
static void check_successor(void)
{
	const struct realm_options options = {0};
	uint64_t base, end, other = pool_take(1);

	pool_mark(&base, &end);
	if (!realm_start(&realm, &options, "a Realm whose kernel is about to die"))
		return;
	/* The dying kernel also leaves an operation half done. */
	delegate(other, 1);
	RMI(RMI_REC_CREATE, realm.rd, other, (uint64_t)realm.params);
	memset(&config, 0, sizeof(config));
	check_eq(RMI_STATUS_OF(RMI_RMM_CONFIG_SET, (uint64_t)&config), RMI_ERROR_GLOBAL,
		 "the next kernel's CONFIG_SET is ERROR_GLOBAL");
	check_eq(RMI_STATUS_OF(RMI_RMM_ACTIVATE), RMI_ERROR_GLOBAL,
		 "its RMM_ACTIVATE is ERROR_GLOBAL");
	check_eq(RMI_STATUS_OF(RMI_RMM_DEACTIVATE), RMI_ERROR_GLOBAL,
		 "its RMM_DEACTIVATE is ERROR_GLOBAL");
	take_back(base, end);
	check_eq(RMI_STATUS_OF(RMI_RMM_DEACTIVATE), RMI_SUCCESS,
		 "when it has taken the other's Realms apart, RMM_DEACTIVATE succeeds");
	pool_rewind();
	check(discover(), "and it finds the RMM as after a boot");
	check(host_can_read(other), "all memory is its own");
	if (realm_start(&realm, &options, "a Realm of the next kernel"))
		check(rec_reported(&realm.rec[0]), "the next kernel's Realm runs");
	realm_end(&realm);
	pool_give(other, 1);
}

void test_linux(void)
{
	check_discovery();
	check_gpt_info();
	check_wide();
	check_enter_once();
	check_successor();
}
