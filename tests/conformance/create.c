/* SPDX-License-Identifier: BSD-3-Clause */
/* REALM_CREATE's parameters and the Realm's states. RMI 2.0 section 6. */
#include <string.h>
#include "tests/conformance/conformance.h"

static struct realm realm;
static uint64_t feature0, feature1;

/* REALM_CREATE with the present params. */
static uint64_t create(void)
{
	return RMI_STATUS_OF(RMI_REALM_CREATE, realm.rd, (uint64_t)realm.params);
}

static void remove_realm(void)
{
	RMI(RMI_REALM_TERMINATE, realm.rd);
	check_eq(RMI_STATUS_OF(RMI_REALM_DESTROY, realm.rd), RMI_SUCCESS, "and is destroyed");
}

static void check_status(uint64_t want, const char *what)
{
	uint64_t status = create();

	check_eq(status, want, "REALM_CREATE: %s", what);
	if (status == RMI_SUCCESS)
		remove_realm();
}

/* One field changed, the rest good. */
#define WITH(status, what, ...)                                                                    \
	do {                                                                                       \
		const struct realm_options none_ = {0};                                            \
		struct rmi_realm_params *p = realm.params;                                         \
                                                                                                   \
		realm_params_default(&realm, &none_);                                              \
		__VA_ARGS__;                                                                       \
		check_status(status, what);                                                        \
	} while (0)

static void check_fields(void)
{
	uint32_t max_ipa = FIELD(feature0, 7, 0);

	WITH(RMI_ERROR_INPUT, "s2sz 31 is ERROR_INPUT", p->s2sz = 31);
	WITH(RMI_ERROR_INPUT, "s2sz above S2SZ is ERROR_INPUT", p->s2sz = max_ipa + 1;
	     p->rtt_level_start = 0; p->rtt_num_start = 1);
	if (max_ipa <= 48)
		WITH(RMI_ERROR_INPUT, "49 bits of IPA without LPA2 are ERROR_INPUT", p->s2sz = 49;
		     p->rtt_level_start = 0; p->rtt_num_start = 2);
	WITH(RMI_ERROR_INPUT, "too many breakpoints are ERROR_INPUT",
	     p->num_bps = FIELD(feature0, 19, 14) + 1);
	WITH(RMI_ERROR_INPUT, "too many watchpoints are ERROR_INPUT",
	     p->num_wps = FIELD(feature0, 25, 20) + 1);
	WITH(RMI_ERROR_INPUT, "an unknown hash is ERROR_INPUT", p->algorithm = 3);
	WITH(RMI_ERROR_INPUT, "device assignment is ERROR_INPUT where it is absent",
	     p->flags0 = RMI_REALM_DA);
	WITH(RMI_ERROR_INPUT, "MEC policy 2 is ERROR_INPUT",
	     p->flags0 = UINT64_C(2) << RMI_REALM_MEC_POLICY_SHIFT);
	WITH(RMI_SUCCESS, "a private MECID where there is no MEC is taken for what it is",
	     p->flags0 = UINT64_C(1) << RMI_REALM_MEC_POLICY_SHIFT);
	WITH(RMI_ERROR_INPUT, "an auxiliary plane is ERROR_INPUT where there is none",
	     p->num_aux_planes = 1);
	WITH(RMI_ERROR_INPUT, "an ATS plane above the planes is ERROR_INPUT", p->ats_plane = 1);
	WITH(RMI_SUCCESS, "a tree per plane is what a Realm of one plane has",
	     p->flags1 = RMI_REALM_RTT_TREE_PP);
	WITH(RMI_ERROR_INPUT, "indirect S2AP is ERROR_INPUT where it is absent",
	     p->flags1 = RMI_REALM_S2AP_INDIRECT);
	if (feature0 & RMI_FEATURE0_SVE)
		WITH(RMI_ERROR_INPUT, "an SVE vector too long is ERROR_INPUT",
		     p->flags0 = RMI_REALM_SVE;
		     p->sve_vl = FIELD(feature0, 13, 10) + 1);
	if (feature0 & RMI_FEATURE0_PMU)
		WITH(RMI_ERROR_INPUT, "too many PMU counters are ERROR_INPUT",
		     p->flags0 = RMI_REALM_PMU;
		     p->pmu_num_ctrs = FIELD(feature0, 31, 27) + 1);
	else
		WITH(RMI_ERROR_INPUT, "a PMU is ERROR_INPUT where it is absent",
		     p->flags0 = RMI_REALM_PMU;
		     p->pmu_num_ctrs = 1);
}

static void check_tables(void)
{
	WITH(RMI_ERROR_INPUT, "start level 4 is ERROR_INPUT", p->rtt_level_start = 4);
	WITH(RMI_ERROR_INPUT, "start level -1 without LPA2 is ERROR_INPUT", p->rtt_level_start = -1;
	     p->rtt_num_start = 1);
	WITH(RMI_ERROR_INPUT, "start level -2 is ERROR_INPUT", p->rtt_level_start = -2);
	WITH(RMI_ERROR_INPUT, "start level 2 for 40 bits is ERROR_INPUT", p->rtt_level_start = 2;
	     p->rtt_num_start = 16);
	WITH(RMI_ERROR_INPUT, "one root table where two are needed is ERROR_INPUT",
	     p->rtt_num_start = 1);
	WITH(RMI_ERROR_INPUT, "three root tables where two are needed are ERROR_INPUT",
	     p->rtt_num_start = 3);
	WITH(RMI_ERROR_INPUT, "no root tables are ERROR_INPUT", p->rtt_num_start = 0);
	WITH(RMI_ERROR_INPUT, "root tables not aligned to their number are ERROR_INPUT",
	     p->rtt_base += GRANULE_SIZE);
	WITH(RMI_ERROR_INPUT, "a root table not aligned to 4K is ERROR_INPUT", p->s2sz = 39;
	     p->rtt_num_start = 1; p->rtt_base += 8);
	WITH(RMI_ERROR_INPUT, "root tables that are not delegated are ERROR_INPUT",
	     p->rtt_base = pool_take_aligned(2, 2 * GRANULE_SIZE);
	     pool_give(p->rtt_base, 2));
	WITH(RMI_ERROR_INPUT, "root tables outside DRAM are ERROR_INPUT", p->rtt_base = 0);
}

/* Addresses of the call itself. */
static void check_addresses(void)
{
	const struct realm_options none = {0};
	uint64_t params = (uint64_t)realm.params, ns = pool_take(1);

	realm_params_default(&realm, &none);
	check_eq(RMI_STATUS_OF(RMI_REALM_CREATE, realm.rd, params + 8), RMI_ERROR_INPUT,
		 "REALM_CREATE: unaligned params are ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REALM_CREATE, realm.rd, realm.root), RMI_ERROR_INPUT,
		 "REALM_CREATE: params in a delegated granule are ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REALM_CREATE, realm.rd, 0x09000000), RMI_ERROR_INPUT,
		 "REALM_CREATE: params in a device are ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REALM_CREATE, ns, params), RMI_ERROR_INPUT,
		 "REALM_CREATE: an RD that is not delegated is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REALM_CREATE, realm.rd + 8, params), RMI_ERROR_INPUT,
		 "REALM_CREATE: an unaligned RD is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REALM_CREATE, realm.root, params), RMI_ERROR_INPUT,
		 "REALM_CREATE: an RD that is a root table is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_REALM_CREATE, realm.root + GRANULE_SIZE, params),
		 RMI_ERROR_INPUT, "REALM_CREATE: an RD that is the last root table is ERROR_INPUT");
	pool_give(ns, 1);
	check(undelegate(realm.rd, 1) && delegate(realm.rd, 1) && undelegate(realm.root, 2) &&
		      delegate(realm.root, 2),
	      "a refused REALM_CREATE leaves RD and root tables delegated");
	realm.params->num_bps = realm.params->num_wps = 0;
	check_eq(create(), RMI_SUCCESS,
		 "after all that the Realm can be created, with no word on breakpoints");
	check_eq(create(), RMI_ERROR_INPUT, "REALM_CREATE: an RD in use is ERROR_INPUT");
	remove_realm();
}

/* Shapes of the root that are legal. */
static void check_shape(uint32_t s2sz, int64_t level, uint32_t num, uint64_t flags0)
{
	uint64_t root = pool_take_aligned(num, num * GRANULE_SIZE);
	const struct realm_options none = {0};

	delegate(root, num);
	realm_params_default(&realm, &none);
	realm.params->flags0 = flags0;
	realm.params->s2sz = s2sz;
	realm.params->rtt_level_start = level;
	realm.params->rtt_num_start = num;
	realm.params->rtt_base = root;
	if (check_eq(create(), RMI_SUCCESS, "a Realm of %u bits from level %ld with %u tables",
		     s2sz, level, num)) {
		struct smc_regs low = RMI(RMI_RTT_READ_ENTRY, realm.rd, 0, (uint64_t)level);
		struct smc_regs high =
			RMI(RMI_RTT_READ_ENTRY, realm.rd, BIT(s2sz - 1), (uint64_t)level);

		check(low.x[0] == RMI_SUCCESS && low.x[2] == RMI_UNASSIGNED &&
			      low.x[4] == RMI_RIPAS_EMPTY && high.x[0] == RMI_SUCCESS &&
			      high.x[2] == RMI_UNASSIGNED,
		      "both halves of its root are unassigned");
		check_eq(RMI_STATUS_OF(RMI_RTT_READ_ENTRY, realm.rd, BIT(s2sz), (uint64_t)level),
			 RMI_ERROR_INPUT, "and its IPA space ends at 2^%u", s2sz);
		remove_realm();
	}
	give_delegated(root, num);
}

static void check_shapes(void)
{
	check_shape(32, 1, 1, 0);
	check_shape(34, 2, 16, 0);
	check_shape(39, 1, 1, 0);
	check_shape(43, 1, 16, 0);
	check_shape(40, 0, 1, 0);
	check_shape(48, 0, 1, 0);
	if (feature0 & RMI_FEATURE0_LPA2 && FIELD(feature0, 7, 0) >= 52) {
		check_shape(52, 0, 16, RMI_REALM_LPA2);
		check_shape(52, -1, 1, RMI_REALM_LPA2);
	} else {
		skip("Realms of 52 bits: no LPA2 here");
	}
}

static void check_hashes(void)
{
	const struct realm_options none = {0};

	for (unsigned int i = 0; i < 3; i++) {
		static const uint32_t bit[] = {RMI_FEATURE1_HASH_SHA_256, RMI_FEATURE1_HASH_SHA_512,
					       RMI_FEATURE1_HASH_SHA_384};

		realm_params_default(&realm, &none);
		realm.params->algorithm = (uint8_t)i;
		if (!(feature1 & bit[i])) {
			skip("hash %u is not offered", i);
			continue;
		}
		if (check_eq(create(), RMI_SUCCESS, "a Realm with hash %u", i))
			remove_realm();
	}
}

/* Takes and frees the granules the checks above use. */
void test_realm_create(void)
{
	struct smc_regs r = RMI(RMI_FEATURES, 0);

	feature0 = r.x[1];
	r = RMI(RMI_FEATURES, 1);
	feature1 = r.x[1];
	memset(&realm, 0, sizeof(realm));
	realm.params = (struct rmi_realm_params *)pool_take(1);
	realm.rd = take_delegated(1);
	realm.root = pool_take_aligned(4, 4 * GRANULE_SIZE);
	delegate(realm.root, 4);
	check_fields();
	check_tables();
	check_addresses();
	check_shapes();
	check_hashes();
	check(give_delegated(realm.rd, 1) && give_delegated(realm.root, 4),
	      "the granules come back");
	pool_give((uint64_t)realm.params, 1);
}

static uint64_t call_rd(uint64_t fid, const struct realm *r)
{
	return RMI_STATUS_OF(fid, r->rd);
}

static void check_bad_rd(uint64_t fid, const char *name)
{
	uint64_t ns = pool_take(1);

	check_eq(RMI_STATUS_OF(fid, ns), RMI_ERROR_INPUT, "%s: what is no RD is ERROR_INPUT", name);
	check_eq(RMI_STATUS_OF(fid, 8), RMI_ERROR_INPUT, "%s: a bad address is ERROR_INPUT", name);
	pool_give(ns, 1);
}

/* Commands that are for a NEW Realm only. */
static void check_new_only(struct realm *r, const char *state)
{
	uint64_t data = take_delegated(1), source = pool_take(1), ipa = r->base + MIB(14);

	check_eq(RMI_STATUS_OF(RMI_RTT_DATA_MAP_INIT, r->rd, data, ipa, source, 0), RMI_ERROR_REALM,
		 "%s: DATA_MAP_INIT is ERROR_REALM", state);
	check_eq(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, r->rd, ipa, ipa + GRANULE_SIZE), RMI_ERROR_REALM,
		 "%s: INIT_RIPAS is ERROR_REALM", state);
	check_eq(rec_create(r, r->nr_recs, 1, r->base, NULL), RMI_ERROR_REALM,
		 "%s: REC_CREATE ends with ERROR_REALM", state);
	check_eq(call_rd(RMI_REALM_ACTIVATE, r), RMI_ERROR_REALM,
		 "%s: REALM_ACTIVATE is ERROR_REALM", state);
	give_delegated(data, 1);
	pool_give(source, 1);
}

void test_realm_life(void)
{
	const struct realm_options options = {0};
	struct realm r;
	uint64_t data;

	check_bad_rd(RMI_REALM_ACTIVATE, "REALM_ACTIVATE");
	check_bad_rd(RMI_REALM_TERMINATE, "REALM_TERMINATE");
	check_bad_rd(RMI_REALM_DESTROY, "REALM_DESTROY");
	if (!check_eq(realm_create(&r, &options), RMI_SUCCESS, "a Realm is created"))
		return;
	check_eq(call_rd(RMI_REALM_DESTROY, &r), RMI_ERROR_REALM,
		 "NEW: REALM_DESTROY is ERROR_REALM");
	realm_init_ripas(&r, r.base, r.base + REALM_RAM);
	realm_load_agent(&r, 0);
	check_eq(rec_create(&r, 0, 1, r.base, NULL), RMI_SUCCESS, "NEW: a REC is created");
	check_eq(rec_enter(&r.rec[0]), RMI_ERROR_REALM, "NEW: REC_ENTER is ERROR_REALM");
	check_eq(call_rd(RMI_REALM_ACTIVATE, &r), RMI_SUCCESS, "NEW: REALM_ACTIVATE");
	check_new_only(&r, "ACTIVE");
	rec_run(&r.rec[0]);
	check(rec_reported(&r.rec[0]), "ACTIVE: the REC runs");
	check_eq(call_rd(RMI_REALM_DESTROY, &r), RMI_ERROR_REALM,
		 "ACTIVE: REALM_DESTROY is ERROR_REALM");
	check_eq(realm_map(&r, r.base + MIB(8), 1), RMI_SUCCESS, "ACTIVE: DATA_MAP succeeds");
	check_eq(call_rd(RMI_REALM_TERMINATE, &r), RMI_SUCCESS, "ACTIVE: REALM_TERMINATE");
	check_eq(call_rd(RMI_REALM_TERMINATE, &r), RMI_SUCCESS, "ZOMBIE: REALM_TERMINATE again");
	check_new_only(&r, "ZOMBIE");
	check_eq(rec_enter(&r.rec[0]), RMI_ERROR_REALM, "ZOMBIE: REC_ENTER is ERROR_REALM");
	data = take_delegated(1);
	check_eq(RMI_STATUS_OF(RMI_RTT_DATA_MAP, r.rd, r.base + MIB(9),
			       r.base + MIB(9) + GRANULE_SIZE, RMI_MAP_OADDR_SINGLE,
			       range_of(data, 1, 3)),
		 RMI_ERROR_REALM, "ZOMBIE: DATA_MAP is ERROR_REALM");
	give_delegated(data, 1);
	check_eq(call_rd(RMI_REALM_DESTROY, &r), RMI_ERROR_REALM,
		 "ZOMBIE: REALM_DESTROY with a REC is ERROR_REALM");
	rec_destroy(&r.rec[0]);
	check_eq(call_rd(RMI_REALM_DESTROY, &r), RMI_ERROR_REALM,
		 "ZOMBIE: REALM_DESTROY with live tables is ERROR_REALM");
	realm_end(&r);
}
