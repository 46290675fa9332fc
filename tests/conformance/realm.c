/* SPDX-License-Identifier: BSD-3-Clause */
/* Realms as the tests use them: from REALM_CREATE to the last granule given back. */
#include <string.h>
#include "tests/conformance/conformance.h"

#define NO_PROGRESS (~UINT64_C(0))

extern const uint8_t agent_image[];
extern const uint8_t agent_image_end[];

void realm_params_default(struct realm *realm, const struct realm_options *o)
{
	struct rmi_realm_params *p = realm->params;
	uint32_t s2sz = o->s2sz ? o->s2sz : 40;

	memset(p, 0, sizeof(*p));
	p->flags0 = o->flags0;
	p->s2sz = s2sz;
	p->sve_vl = o->sve_vl;
	p->num_bps = o->num_bps ? o->num_bps : 1;
	p->num_wps = o->num_wps ? o->num_wps : 1;
	p->pmu_num_ctrs = o->pmu_num_ctrs;
	p->algorithm = o->algorithm;
	for (unsigned int i = 0; i < RMI_RPV_SIZE; i++)
		p->rpv[i] = (uint8_t)(i * 3 + 1);
	p->rtt_level_start = o->s2sz ? o->start_level : 1;
	p->rtt_num_start = o->s2sz ? o->num_start : 2;
	p->rtt_base = realm->root;
}

uint64_t realm_create(struct realm *realm, const struct realm_options *o)
{
	uint32_t roots = o->s2sz ? o->num_start : 2;
	uint64_t status;

	memset(realm, 0, sizeof(*realm));
	realm->base = GUEST_IPA;
	realm->nr_recs = o->nr_recs ? o->nr_recs : 1;
	realm->params = (struct rmi_realm_params *)pool_take(1);
	realm->rd = take_delegated(1);
	realm->root = pool_take_aligned(roots, roots * GRANULE_SIZE);
	delegate(realm->root, roots);
	realm_params_default(realm, o);
	expect_realm(&realm->expected, realm->params);
	status = RMI_STATUS_OF(RMI_REALM_CREATE, realm->rd, (uint64_t)realm->params);
	if (status != RMI_SUCCESS) {
		give_delegated(realm->rd, 1);
		give_delegated(realm->root, roots);
		pool_give((uint64_t)realm->params, 1);
	}
	return status;
}

struct smc_regs read_entry(const struct realm *realm, uint64_t ipa, uint64_t level)
{
	return RMI(RMI_RTT_READ_ENTRY, realm->rd, ipa, level);
}

uint64_t realm_unprotected(const struct realm *realm)
{
	return BIT(realm->params->s2sz - 1);
}

uint64_t realm_tables(struct realm *realm, uint64_t ipa, int64_t level)
{
	for (int64_t l = realm->params->rtt_level_start + 1; l <= level; l++) {
		uint64_t at = align_down(ipa, block_size(l - 1));
		struct smc_regs entry = read_entry(realm, at, (uint64_t)(l - 1));
		uint64_t table, status;

		if (entry.x[0] != RMI_SUCCESS)
			return entry.x[0];
		if (entry.x[2] == RMI_TABLE)
			continue;
		table = take_delegated(1);
		status = RMI_STATUS_OF(RMI_RTT_CREATE, realm->rd, table, at, (uint64_t)l);
		if (status != RMI_SUCCESS) {
			give_delegated(table, 1);
			return status;
		}
	}
	return RMI_SUCCESS;
}

uint64_t realm_data_init(struct realm *realm, uint64_t ipa, const void *source, uint64_t flags)
{
	uint64_t data = take_delegated(1);
	uint64_t status = realm_tables(realm, ipa, 3);

	if (status == RMI_SUCCESS)
		status = RMI_STATUS_OF(RMI_RTT_DATA_MAP_INIT, realm->rd, data, ipa,
				       (uint64_t)source, flags);
	if (status == RMI_SUCCESS)
		expect_data(&realm->expected, ipa, flags, source);
	else
		give_delegated(data, 1);
	return status;
}

static bool is_zero(const uint8_t *p)
{
	for (unsigned int i = 0; i < GRANULE_SIZE; i += 8) {
		if (*(const uint64_t *)(p + i))
			return false;
	}
	return true;
}

/* Pages with content are loaded; the zero ones are mapped (they must come out zero). */
uint64_t realm_load_agent(struct realm *realm, uint64_t flags)
{
	uint64_t status = RMI_SUCCESS, ipa = realm->base;

	for (const uint8_t *at = agent_image; at < agent_image_end && status == RMI_SUCCESS;
	     at += GRANULE_SIZE, ipa += GRANULE_SIZE) {
		status = is_zero(at) ? realm_map(realm, ipa, 1)
				     : realm_data_init(realm, ipa, at, flags);
	}
	return status;
}

uint64_t realm_init_ripas(struct realm *realm, uint64_t base, uint64_t top)
{
	while (base < top) {
		struct smc_regs r = RMI(RMI_RTT_INIT_RIPAS, realm->rd, base, top);

		if (RMI_STATUS(r.x[0]) == RMI_ERROR_RTT && (int8_t)RMI_INDEX(r.x[0]) < 3) {
			r.x[0] = realm_tables(realm, base, (int8_t)RMI_INDEX(r.x[0]) + 1);
			r.x[1] = base;
		} else if (r.x[0] == RMI_SUCCESS && r.x[1] <= base) {
			return NO_PROGRESS;
		}
		if (r.x[0] != RMI_SUCCESS)
			return r.x[0];
		base = r.x[1];
	}
	return RMI_SUCCESS;
}

static uint64_t map(const struct realm *realm, uint64_t fid, uint64_t flags, uint64_t ipa,
		    uint64_t pa, uint64_t granules, uint64_t state)
{
	uint64_t top = ipa + granules * GRANULE_SIZE;

	while (ipa < top) {
		uint64_t count = (top - ipa) / GRANULE_SIZE;
		struct smc_regs r = RMI(fid, realm->rd, ipa, top, flags | RMI_MAP_OADDR_SINGLE,
					range_of(pa, count < 512 ? count : 512, 3) | state << 62);

		if (r.x[0] != RMI_SUCCESS)
			return r.x[0];
		if (r.x[1] <= ipa || r.x[1] > top)
			return NO_PROGRESS;
		pa += r.x[1] - ipa;
		ipa = r.x[1];
	}
	return RMI_SUCCESS;
}

static uint64_t tables_for(struct realm *realm, uint64_t ipa, uint64_t granules)
{
	uint64_t top = ipa + granules * GRANULE_SIZE, status = RMI_SUCCESS;

	for (uint64_t at = align_down(ipa, MIB(2)); at < top && status == RMI_SUCCESS; at += MIB(2))
		status = realm_tables(realm, at, 3);
	return status;
}

uint64_t realm_map(struct realm *realm, uint64_t ipa, uint64_t granules)
{
	uint64_t status = tables_for(realm, ipa, granules), pa;

	if (status != RMI_SUCCESS)
		return status;
	pa = take_delegated(granules);
	status = map(realm, RMI_RTT_DATA_MAP, 0, ipa, pa, granules, RMI_DESC_DELEGATED);
	if (status != RMI_SUCCESS)
		give_delegated(pa, granules);
	return status;
}

uint64_t realm_map_ns(struct realm *realm, uint64_t ipa, uint64_t pa, uint64_t granules)
{
	uint64_t status = tables_for(realm, ipa, granules);
	uint64_t flags = RMI_MEMATTR_NORMAL_WB << RMI_MAP_MEMATTR_SHIFT |
			 (RMI_S2AP_R | RMI_S2AP_W) << RMI_MAP_S2AP_SHIFT;

	if (status != RMI_SUCCESS)
		return status;
	return map(realm, RMI_RTT_UNPROT_MAP, flags, ipa, pa, granules, RMI_DESC_UNDELEGATED);
}

static bool unmap_range(const struct realm *realm, uint64_t ipa, uint64_t top)
{
	while (ipa < top) {
		struct smc_regs r =
			RMI(RMI_RTT_DATA_UNMAP, realm->rd, ipa, top, RMI_MAP_OADDR_SINGLE, 0);
		uint64_t granules = RMI_DESC_COUNT(r.x[2]) << 9 * RMI_DESC_SIZE(r.x[2]);

		if (r.x[0] != RMI_SUCCESS || r.x[1] <= ipa) {
			note("DATA_UNMAP at 0x%lx: 0x%lx, top 0x%lx", ipa, r.x[0], r.x[1]);
			return false;
		}
		if (granules && !give_delegated(r.x[2] & RMI_DESC_ADDR_MASK, granules))
			return false;
		ipa = r.x[1];
	}
	return true;
}

bool realm_unmap(struct realm *realm, uint64_t ipa, uint64_t granules)
{
	return unmap_range(realm, ipa, ipa + granules * GRANULE_SIZE);
}

uint64_t rec_create(struct realm *realm, uint32_t index, uint64_t flags, uint64_t pc,
		    const uint64_t *gprs)
{
	struct rmi_rec_params *params = (struct rmi_rec_params *)pool_take(1);
	struct rec *rec = &realm->rec[index];
	struct smc_regs r;
	uint64_t status;

	memset(params, 0, sizeof(*params));
	params->flags = flags;
	params->mpidr = index % 16 | (index / 16) << 8;
	params->pc = pc;
	if (gprs)
		memcpy(params->gprs, gprs, sizeof(params->gprs));
	rec->pa = take_delegated(1);
	r = RMI(RMI_REC_CREATE, realm->rd, rec->pa, (uint64_t)params);
	status = sro_finish(&r);
	if (status == RMI_SUCCESS) {
		rec->realm = realm;
		rec->index = index;
		rec->made = true;
		rec->status = NO_PROGRESS;
		rec->run = (struct rmi_rec_run *)pool_take(1);
		memset(rec->run, 0, sizeof(*rec->run));
		expect_rec(&realm->expected, params);
	} else {
		give_delegated(rec->pa, 1);
	}
	pool_give((uint64_t)params, 1);
	return status;
}

uint64_t rec_destroy(struct rec *rec)
{
	struct smc_regs r = RMI(RMI_REC_DESTROY, rec->pa);
	uint64_t status = sro_finish(&r);

	if (status != RMI_SUCCESS)
		return status;
	give_delegated(rec->pa, 1);
	pool_give((uint64_t)rec->run, 1);
	rec->made = false;
	return RMI_SUCCESS;
}

/* Everything but the first enter. */
static uint64_t start(struct realm *realm, const struct realm_options *o, const char **step)
{
	uint64_t status;

	*step = "REALM_CREATE";
	status = realm_create(realm, o);
	if (status != RMI_SUCCESS) {
		realm->rd = 0;
		return status;
	}
	*step = "INIT_RIPAS";
	status = realm_init_ripas(realm, realm->base, realm->base + REALM_RAM);
	if (status == RMI_SUCCESS) {
		*step = "loading the image";
		status = realm_load_agent(realm, RMI_MEASURE_CONTENT);
	}
	for (uint32_t i = 0; i < realm->nr_recs && status == RMI_SUCCESS; i++) {
		*step = "REC_CREATE";
		status = rec_create(realm, i, ((o->runnable | 1) >> i) & 1, realm->base, NULL);
	}
	if (status == RMI_SUCCESS) {
		*step = "REALM_ACTIVATE";
		status = RMI_STATUS_OF(RMI_REALM_ACTIVATE, realm->rd);
	}
	return status;
}

bool realm_start(struct realm *realm, const struct realm_options *o, const char *what)
{
	const char *step;
	uint64_t status = start(realm, o, &step);

	if (status != RMI_SUCCESS) {
		note("%s: 0x%lx", step, status);
		return check(false, "%s starts", what);
	}
	rec_run(&realm->rec[0]);
	if (!rec_reported(&realm->rec[0]))
		guest_finish(&realm->rec[0], false);
	return check(rec_reported(&realm->rec[0]), "%s starts", what);
}

/* Every table below the root, leaves first, by the skip that RTT_DESTROY reports. */
static bool destroy_tables(const struct realm *realm)
{
	uint64_t end = BIT(realm->params->s2sz);

	for (int64_t level = 3; level > realm->params->rtt_level_start; level--) {
		for (uint64_t ipa = 0; ipa < end;) {
			struct smc_regs r = RMI(RMI_RTT_DESTROY, realm->rd, ipa, (uint64_t)level);

			if (r.x[0] == RMI_SUCCESS)
				give_delegated(r.x[1], 1);
			if (r.x[2] <= ipa ||
			    (r.x[0] != RMI_SUCCESS && RMI_STATUS(r.x[0]) != RMI_ERROR_RTT)) {
				note("RTT_DESTROY at 0x%lx level %ld: 0x%lx, top 0x%lx", ipa, level,
				     r.x[0], r.x[2]);
				return false;
			}
			ipa = r.x[2];
		}
	}
	return true;
}

bool realm_destroy(struct realm *realm)
{
	uint32_t roots = realm->params->rtt_num_start;
	bool ok = true;

	for (uint32_t i = 0; i < MAX_RECS; i++) {
		if (realm->rec[i].made)
			ok = rec_destroy(&realm->rec[i]) == RMI_SUCCESS && ok;
	}
	ok = RMI_STATUS_OF(RMI_REALM_TERMINATE, realm->rd) == RMI_SUCCESS && ok;
	ok = unmap_range(realm, 0, realm_unprotected(realm)) && ok;
	ok = destroy_tables(realm) && ok;
	ok = RMI_STATUS_OF(RMI_REALM_DESTROY, realm->rd) == RMI_SUCCESS && ok;
	ok = give_delegated(realm->rd, 1) && ok;
	ok = give_delegated(realm->root, roots) && ok;
	pool_give((uint64_t)realm->params, 1);
	return ok;
}

bool realm_end(struct realm *realm)
{
	return check(realm->rd && realm_destroy(realm), "the Realm's memory all comes back");
}
