/* SPDX-License-Identifier: BSD-3-Clause */
/* Life of a Realm: docs/spec/rmi-2.0.md section 6. */
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
	return rmi_ns_page(pa) && arch_ns_read(&p->head, pa_of(pa), sizeof(p->head)) &&
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

static void describe_measured(const struct realm_params *p, struct measure_realm *measured)
{
	*measured = (struct measure_realm){
		.flags0 = p->head.flags0,
		.s2sz = p->head.s2sz,
		.sve_vl = p->head.sve_vl,
		.num_bps = p->head.num_bps,
		.num_wps = p->head.num_wps,
		.pmu_num_ctrs = p->head.pmu_num_ctrs,
	};
}

uint64_t rmi2_realm_create(const uint64_t *x, uint64_t *out)
{
	struct realm_params params;
	struct realm_new new;
	struct granule_lock lock;
	uint16_t vmid;
	enum granule_try result;

	if (!read_params(x[2], &params) || !params_valid(&params))
		return RMI_ERROR_INPUT;
	if (!arch_random(new.random, sizeof(new.random)) || !vmid_alloc(&vmid))
		return RMI_ERROR_GLOBAL;
	new.config = make_config(&params, vmid);
	new.rpv = params.id.rpv;
	describe_measured(&params, &new.measured);
	result = realm_claim(pa_of(x[1]), &new.config.s2, &lock);
	if (result != GRANULE_TAKEN) {
		vmid_free(vmid);
		return rmi_claim_error(result);
	}
	realm_make(&lock, &new);
	return RMI_SUCCESS;
}

uint64_t rmi2_realm_activate(const uint64_t *x, uint64_t *out)
{
	struct realm_lock realm;
	bool legal;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	legal = realm_set_active(&realm);
	realm_unlock(&realm);
	return legal ? RMI_SUCCESS : RMI_ERROR_REALM;
}

uint64_t rmi2_realm_terminate(const uint64_t *x, uint64_t *out)
{
	struct realm_lock realm;
	bool legal;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	legal = realm_set_zombie(&realm);
	realm_unlock(&realm);
	return legal ? RMI_SUCCESS : RMI_ERROR_REALM;
}

uint64_t rmi2_realm_destroy(const uint64_t *x, uint64_t *out)
{
	struct realm_lock realm;

	if (!realm_lock(pa_of(x[1]), &realm))
		return RMI_ERROR_INPUT;
	if (realm_unmake(&realm))
		return RMI_SUCCESS;
	realm_unlock(&realm);
	return RMI_ERROR_REALM;
}
