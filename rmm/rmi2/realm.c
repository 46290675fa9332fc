/* SPDX-License-Identifier: BSD-3-Clause */
/* Life of a Realm: docs/spec/rmi-2.0.md section 6. */
#include <string.h>

#include "rmm/rmi2/handlers.h"

/* The parts of rmi_realm_params that mean something, copied from the host once. */
struct realm_params {
	struct {
		uint64_t flags0;
		uint32_t s2sz, pad0;
		uint32_t sve_vl, pad1;
		uint32_t num_bps, pad2;
		uint32_t num_wps, pad3;
		uint32_t pmu_num_ctrs, pad4;
		uint8_t algorithm, pad5[7];
		uint32_t num_aux_planes, pad6;
	} head;
	struct {
		uint8_t rpv[RMI_RPV_SIZE];
		uint64_t ats_plane;
	} id;
	struct {
		uint64_t rtt_base;
		int64_t rtt_level_start;
		uint32_t rtt_num_start, pad0;
		uint64_t flags1;
	} rtt;
};

#define AT(field) offsetof(struct rmi_realm_params, field)

_Static_assert(sizeof(((struct realm_params *)0)->head) == AT(num_aux_planes) + 8, "head");

static bool read_params(uint64_t pa, struct realm_params *p)
{
	return rmi2_ns_page(pa) && arch_ns_read(&p->head, pa_of(pa), sizeof(p->head)) &&
	       arch_ns_read(&p->id, pa_of(pa + AT(rpv)), sizeof(p->id)) &&
	       arch_ns_read(&p->rtt, pa_of(pa + AT(rtt_base)), sizeof(p->rtt));
}

/* 0 is what hosts of draft bet3 leave there: no limit asked for. */
static bool debug_valid(const struct realm_params *p)
{
	return p->head.num_bps <= arch_features.num_bps && p->head.num_wps <= arch_features.num_wps;
}

static bool sve_valid(const struct realm_params *p)
{
	return !(p->head.flags0 & RMI_REALM_SVE) ||
	       (arch_features.sve && p->head.sve_vl <= arch_features.sve_vl_max);
}

static bool pmu_valid(const struct realm_params *p)
{
	uint32_t ctrs = p->head.pmu_num_ctrs;

	return !(p->head.flags0 & RMI_REALM_PMU) ||
	       (arch_features.pmu && ctrs <= arch_features.pmu_num_ctrs &&
		(ctrs != 0 || arch_features.hpmn0));
}

static unsigned int mec_policy(const struct realm_params *p)
{
	return (p->head.flags0 >> RMI_REALM_MEC_POLICY_SHIFT) & 3;
}

/*
 * Draft bet3 has no flag for LPA2: an IPA space of more than 48 bits asks for it. Nor can a host of
 * that draft know that memory of more than 48 bits needs it whatever the Realm's IPA space.
 */
static bool uses_lpa2(const struct realm_params *p)
{
	return (p->head.flags0 & RMI_REALM_LPA2) || p->head.s2sz > 48 ||
	       (arch_features.lpa2 && granule_end() > BIT(48));
}

static bool rtt_valid(const struct realm_params *p)
{
	bool lpa2 = uses_lpa2(p);
	uint64_t size = (uint64_t)p->rtt.rtt_num_start << GRANULE_SHIFT;

	return s2_params_valid(p->head.s2sz, p->rtt.rtt_level_start, p->rtt.rtt_num_start, lpa2) &&
	       is_aligned(p->rtt.rtt_base, size) && (lpa2 || p->rtt.rtt_base <= BIT(48) - size);
}

/*
 * A tree per plane is what every Realm of one plane has. On a machine without FEAT_MEC both
 * policies mean the same memory; as the policy is measured, it is not changed but taken as the
 * reference does.
 */
static bool params_valid(const struct realm_params *p)
{
	if (uses_lpa2(p) && !arch_features.lpa2)
		return false;
	return debug_valid(p) && sve_valid(p) && pmu_valid(p) && !(p->head.flags0 & RMI_REALM_DA) &&
	       mec_policy(p) <= 1 && rtt_valid(p) && p->head.num_aux_planes == 0 &&
	       p->id.ats_plane == 0 && !(p->rtt.flags1 & ~(uint64_t)RMI_REALM_RTT_TREE_PP) &&
	       hash_alg_valid(p->head.algorithm);
}

static struct realm_config make_config(const struct realm_params *p, uint16_t vmid)
{
	return (struct realm_config){
		.s2 = {.root = pa_of(p->rtt.rtt_base),
		       .vmid = vmid,
		       .ipa_bits = (uint8_t)p->head.s2sz,
		       .start_level = (int8_t)p->rtt.rtt_level_start,
		       .num_root = (uint8_t)p->rtt.rtt_num_start,
		       .lpa2 = uses_lpa2(p)},
		.algorithm = (enum hash_alg)p->head.algorithm,
		.sve = p->head.flags0 & RMI_REALM_SVE,
		.pmu = p->head.flags0 & RMI_REALM_PMU,
		.sve_vl = (uint8_t)p->head.sve_vl,
		.num_bps = p->head.num_bps ? (uint8_t)p->head.num_bps : arch_features.num_bps,
		.num_wps = p->head.num_wps ? (uint8_t)p->head.num_wps : arch_features.num_wps,
		.pmu_num_ctrs = (uint8_t)p->head.pmu_num_ctrs,
	};
}

/* Takes the root tables and the RD, or nothing. */
static enum granule_try claim_realm(pa_t rd, pa_t root, size_t num_root,
				    struct granule_lock *rd_lock)
{
	enum granule_try result = GRANULE_TAKEN;
	size_t claimed = granule_claim(root, num_root, GRANULE_DELEGATED, &result);

	if (claimed == num_root) {
		result = granule_trylock(rd, GRANULE_DELEGATED, rd_lock);
		/* The RD being one of its own tables is not another CPU's doing. */
		if (rd.v - root.v < num_root << GRANULE_SHIFT)
			result = GRANULE_OTHER_STATE;
	}
	if (result != GRANULE_TAKEN)
		granule_release(root, claimed);
	return result;
}

static void commit_roots(const struct s2 *s2)
{
	for (unsigned int i = 0; i < s2->num_root; i++) {
		pa_t pa = pa_add(s2->root, (uint64_t)i << GRANULE_SHIFT);

		rtt_init_root(s2, i, arch_realm_ptr(pa));
	}
	granule_publish(s2->root, s2->num_root, GRANULE_RTT);
}

static void commit_realm(struct granule_lock *lock, const struct realm_params *p,
			 const struct realm_config *config, const uint8_t *id)
{
	struct rd *rd = granule_mem(lock);
	const struct measure_realm measured = {
		.flags0 = p->head.flags0,
		.s2sz = p->head.s2sz,
		.sve_vl = p->head.sve_vl,
		.num_bps = p->head.num_bps,
		.num_wps = p->head.num_wps,
		.pmu_num_ctrs = p->head.pmu_num_ctrs,
	};

	arch_zero(rd, GRANULE_SIZE);
	rd->state = REALM_NEW;
	rd->config = *config;
	memcpy(rd->rpv, p->id.rpv, sizeof(rd->rpv));
	rd->id[0] = 1;
	memcpy(&rd->id[1], id, REALM_ID_SIZE - 1);
	arch_simd_begin();
	measure_realm_create(&rd->measurements, config->algorithm, &measured);
	arch_simd_end();
	commit_roots(&config->s2);
	granule_unlock_to(lock, GRANULE_RD);
}

uint64_t rmi2_realm_create(const uint64_t *x, uint64_t *out)
{
	struct realm_params params;
	struct realm_config config;
	struct granule_lock lock;
	uint8_t id[REALM_ID_SIZE - 1];
	uint16_t vmid;
	enum granule_try result;

	if (!read_params(x[2], &params) || !params_valid(&params))
		return RMI_ERROR_INPUT;
	if (!arch_random(id, sizeof(id)) || !vmid_alloc(&vmid))
		return RMI_ERROR_GLOBAL;
	config = make_config(&params, vmid);
	result = claim_realm(pa_of(x[1]), config.s2.root, config.s2.num_root, &lock);
	if (result != GRANULE_TAKEN) {
		vmid_free(vmid);
		return rmi2_claim_error(result);
	}
	commit_realm(&lock, &params, &config, id);
	return RMI_SUCCESS;
}

uint64_t rmi2_realm_activate(const uint64_t *x, uint64_t *out)
{
	struct realm_lock realm;
	bool legal;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	legal = realm.rd->state == REALM_NEW;
	if (legal)
		realm.rd->state = REALM_ACTIVE;
	realm_unlock(&realm);
	return legal ? RMI_SUCCESS : RMI_ERROR_REALM;
}

uint64_t rmi2_realm_terminate(const uint64_t *x, uint64_t *out)
{
	struct realm_lock realm;
	bool legal;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	legal = realm.rd->recs_running == 0;
	if (legal)
		realm.rd->state = REALM_ZOMBIE;
	realm_unlock(&realm);
	return legal ? RMI_SUCCESS : RMI_ERROR_REALM;
}

/* Locks all root tables; false, with none locked, when one has live entries. */
static bool lock_empty_roots(const struct s2 *s2, struct granule_lock *locks)
{
	bool empty = true;
	unsigned int n = 0;

	while (n < s2->num_root && empty) {
		pa_t pa = pa_add(s2->root, (uint64_t)n << GRANULE_SHIFT);
		bool locked = granule_lock(pa, GRANULE_RTT, &locks[n]);

		RMM_ASSERT(locked);
		empty = granule_refs(&locks[n++]) == 0;
	}
	while (!empty && n > 0)
		granule_unlock(&locks[--n]);
	return empty;
}

uint64_t rmi2_realm_destroy(const uint64_t *x, uint64_t *out)
{
	struct granule_lock roots[RTT_ROOT_MAX];
	struct realm_lock realm;
	struct s2 s2;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	s2 = realm.rd->config.s2;
	if (realm.rd->recs_live != 0 || realm.rd->state != REALM_ZOMBIE ||
	    !lock_empty_roots(&s2, roots)) {
		realm_unlock(&realm);
		return RMI_ERROR_REALM;
	}
	arch_tlbi_all(&s2);
	for (unsigned int i = 0; i < s2.num_root; i++)
		granule_unlock_to(&roots[i], GRANULE_DELEGATED);
	granule_unlock_to(&realm.granule, GRANULE_DELEGATED);
	vmid_free(s2.vmid);
	return RMI_SUCCESS;
}
