/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps of a hostile host with granules, Realms, RECs and the operations on them. */
#include <string.h>

#include "rmm/core/rtt.h"
#include "rmm/rmi2/sro.h"
#include "step.h"

static void range(struct hostile *h, enum hostile_kind kind, uint64_t fid)
{
	uint64_t base = any_page(h), n = 1 + rnd(h, 8);

	if (rnd(h, 8) == 0) {
		base = BLOCK_BASE;
		n = 512;
	}
	counted_call(kind, fid, base, base + n * GRANULE_SIZE, 0, 0, 0);
}

void hostile_delegate(struct hostile *h)
{
	range(h, KIND_delegate, RMI_GRANULE_RANGE_DELEGATE);
}

void hostile_undelegate(struct hostile *h)
{
	range(h, KIND_undelegate, RMI_GRANULE_RANGE_UNDELEGATE);
}

/* Ends every operation: cancelled, given its memory back, or continued. */
static void ops_end(struct hostile *h)
{
	uint64_t list = h->scratch + GRANULE_SIZE;
	struct rmi_regs r;

	for (uint64_t handle = 0; handle < SRO_MAX; handle++)
		if (rmi_call(&r, RMI_OP_CANCEL, handle, 0, 0, 0, 0) == RMI_INCOMPLETE ||
		    rmi_call(&r, RMI_OP_MEM_RECLAIM, handle, list, 512, 0, 0) == RMI_INCOMPLETE ||
		    rmi_call(&r, RMI_OP_CONTINUE, handle, 0, 0, 0, 0) == RMI_INCOMPLETE)
			drive_op(h, handle, r);
}

/* Gets back whatever is not in use. */
static void undelegate_all(void)
{
	uint64_t at = BLOCK_BASE, top = BLOCK_BASE + MIB(12);
	struct rmi_regs r;

	while (at < top)
		at = rmi_call(&r, RMI_GRANULE_RANGE_UNDELEGATE, at, top, 0, 0, 0) == RMI_SUCCESS
			     ? r.x[1]
			     : at + GRANULE_SIZE;
}

/* Empties what a table entry of the level leads to, as RTT_READ_ENTRY tells it. */
static void entry_clear(uint64_t rd, uint64_t ipa, int level)
{
	uint64_t size = rtt_block_size(level);
	struct rmi_regs r, res;

	if (rmi_call(&r, RMI_RTT_READ_ENTRY, rd, ipa, (uint64_t)level, 0, 0) != RMI_SUCCESS)
		return;
	if (r.x[2] == RMI_ASSIGNED)
		rmi_call(&res, RMI_RTT_DATA_UNMAP, rd, ipa, ipa + size, 0, 0);
	if (r.x[2] != RMI_TABLE)
		return;
	for (uint64_t i = 0; i < RTT_ENTRIES; i++)
		entry_clear(rd, ipa + i * rtt_block_size(level + 1), level + 1);
	rmi_call(&res, RMI_RTT_DESTROY, rd, ipa, (uint64_t)level + 1, 0, 0);
}

/* The host need not know the Realm's shape: READ_ENTRY refuses what lies outside of it. */
static void realm_clear(uint64_t rd)
{
	int level = -1;
	struct rmi_regs r;

	while (level < 3 &&
	       rmi_call(&r, RMI_RTT_READ_ENTRY, rd, 0, (uint64_t)level, 0, 0) != RMI_SUCCESS)
		level++;
	for (uint64_t ipa = 0;
	     rmi_call(&r, RMI_RTT_READ_ENTRY, rd, ipa, (uint64_t)level, 0, 0) == RMI_SUCCESS;
	     ipa += rtt_block_size(level))
		entry_clear(rd, ipa, level);
}

bool hostile_take_back(struct hostile *h)
{
	uint64_t top = BLOCK_BASE + MIB(12);
	struct rmi_regs r;
	bool ended;

	ops_end(h);
	for (uint64_t pa = BLOCK_BASE; pa < top; pa += GRANULE_SIZE)
		if (rmi_call(&r, RMI_REC_DESTROY, pa, 0, 0, 0, 0) == RMI_INCOMPLETE)
			drive_op(h, r.x[1], r);
	for (uint64_t pa = BLOCK_BASE; pa < top; pa += GRANULE_SIZE) {
		if (rmi_call(&r, RMI_REALM_TERMINATE, pa, 0, 0, 0, 0) != RMI_SUCCESS)
			continue;
		realm_clear(pa);
		rmi_call(&r, RMI_REALM_DESTROY, pa, 0, 0, 0, 0);
	}
	undelegate_all();
	ended = counted_call(KIND_deactivate, RMI_RMM_DEACTIVATE, 0, 0, 0, 0, 0);
	rmi_call(&r, RMI_RMM_ACTIVATE, 0, 0, 0, 0, 0);
	return ended;
}

/* Mostly refused. A host whose deactivation succeeds activates the RMM again for the others. */
void hostile_deactivate(struct hostile *h)
{
	struct rmi_regs r;

	if (rnd(h, 2)) {
		hostile_take_back(h);
		return;
	}
	counted_call(KIND_deactivate, RMI_RMM_DEACTIVATE, 0, 0, 0, 0, 0);
	rmi_call(&r, RMI_RMM_ACTIVATE, 0, 0, 0, 0, 0);
}

void realm_create_at(struct hostile *h, uint64_t r)
{
	struct rmi_realm_params *p = host_ptr(h->scratch);

	memset(p, 0, sizeof(*p));
	p->s2sz = 32 + (rarely(h) ? rnd(h, 20) : 0);
	p->rtt_level_start = rarely(h) ? (int64_t)rnd(h, 6) - 2 : 1;
	p->rtt_num_start = rarely(h) ? rnd(h, 18) : 1;
	p->rtt_base = fresh_page_at(h, rarely(h) ? any_page(h) : r + POOL_RDS * GRANULE_SIZE);
	fresh_page_at(h, r);
	p->algorithm = rarely(h) ? (uint8_t)rnd(h, 5) : 0;
	counted_call(KIND_realm_create, RMI_REALM_CREATE, r, h->scratch, 0, 0, 0);
}

void hostile_realm_create(struct hostile *h)
{
	realm_create_at(h, any_rd(h));
}

void hostile_realm_activate(struct hostile *h)
{
	counted_call(KIND_realm_activate, RMI_REALM_ACTIVATE, any_rd(h), 0, 0, 0, 0);
}

void hostile_realm_terminate(struct hostile *h)
{
	counted_call(KIND_realm_terminate, RMI_REALM_TERMINATE, any_rd(h), 0, 0, 0, 0);
}

bool rec_create_one(struct hostile *h, uint64_t realm, uint64_t rec, uint64_t mpidr, bool runnable)
{
	struct rmi_rec_params *p = host_ptr(h->scratch);
	struct rmi_regs r;

	memset(p, 0, sizeof(*p));
	p->mpidr = mpidr;
	p->flags = runnable;
	rmi_call(&r, RMI_REC_CREATE, realm, fresh_page_at(h, rec), h->scratch, 0, 0);
	if (drive_op(h, r.x[1], r) != RMI_SUCCESS)
		return false;
	count_success(KIND_rec_create);
	return true;
}

/* One, or several; then the Realm may begin to run. */
void hostile_rec_create(struct hostile *h)
{
	uint64_t realm = any_rd(h), mpidr = rnd(h, 2);
	bool made = false;

	while (mpidr < 3 && rec_create_one(h, realm, any_rec(h), mpidr, rnd(h, 4) != 0)) {
		made = true;
		mpidr++;
	}
	if (made && rnd(h, 2))
		counted_call(KIND_realm_activate, RMI_REALM_ACTIVATE, realm, 0, 0, 0, 0);
}

void hostile_rec_destroy(struct hostile *h)
{
	struct rmi_regs r;

	rmi_call(&r, RMI_REC_DESTROY, any_rec(h), 0, 0, 0, 0);
	if (drive_op(h, r.x[1], r) == RMI_SUCCESS)
		count_success(KIND_rec_destroy);
}

/* Starts an operation and leaves it to whoever comes. */
void hostile_rec_leave(struct hostile *h)
{
	if (rnd(h, 2))
		counted_call(KIND_rec_leave, RMI_REC_CREATE, any_rd(h),
			     fresh_page_at(h, any_rec(h)), h->scratch, 0, 0);
	else
		counted_call(KIND_rec_leave, RMI_REC_DESTROY, any_rec(h), 0, 0, 0, 0);
}

/* Somebody's operation: one call more, or all that it takes. */
void hostile_op_continue(struct hostile *h)
{
	uint64_t handle = rnd(h, rarely(h) ? SRO_MAX : 12), list = h->scratch + GRANULE_SIZE;
	struct rmi_regs r;

	if (counted_call(KIND_op_continue, RMI_OP_CONTINUE, handle, 0, 0, 0, 0) || rnd(h, 2))
		return;
	if (rmi_call(&r, RMI_OP_MEM_RECLAIM, handle, list, 4, 0, 0) != RMI_INCOMPLETE) {
		*(uint64_t *)host_ptr(list) = addr_desc(3, fresh_page(h), 1);
		rmi_call(&r, RMI_OP_MEM_DONATE, handle, list, 1, 0, 0);
	}
	drive_op(h, handle, r);
}

void hostile_op_donate(struct hostile *h)
{
	uint64_t *list = host_ptr(h->scratch + GRANULE_SIZE);

	list[0] = addr_desc(rarely(h) ? 2 : 3, any_page(h), 1 + rnd(h, 2));
	list[1] = addr_desc(3, fresh_page(h), 1);
	counted_call(KIND_op_donate, RMI_OP_MEM_DONATE, rnd(h, 4), h->scratch + GRANULE_SIZE,
		     rnd(h, 3), 0, 0);
}

void hostile_op_reclaim(struct hostile *h)
{
	counted_call(KIND_op_reclaim, RMI_OP_MEM_RECLAIM, rnd(h, 4), h->scratch + GRANULE_SIZE,
		     rnd(h, 4), 0, 0);
}

void hostile_op_cancel(struct hostile *h)
{
	counted_call(KIND_op_cancel, RMI_OP_CANCEL, rnd(h, 4), 0, 0, 0, 0);
}

static void unmap_all(uint64_t r, uint64_t base, uint64_t top)
{
	struct rmi_regs res;

	while (base < top && rmi_call(&res, RMI_RTT_DATA_UNMAP, r, base, top, 0, 0) == RMI_SUCCESS)
		base = res.x[1];
}

static void recs_destroy(struct hostile *h, uint64_t first, uint64_t n)
{
	struct rmi_regs res;

	for (uint64_t i = first; i < first + n; i++) {
		rmi_call(&res, RMI_REC_DESTROY, POOL_PAGE(i), 0, 0, 0, 0);
		drive_op(h, res.x[1], res);
	}
}

/* Empties the Realm and ends it, as far as its RECs and others let it. */
static void take_apart(uint64_t r)
{
	struct rmi_regs res;

	for (uint64_t level = 3; level >= 1; level--) {
		for (uint64_t i = 0; i < HOSTILE_BASES; i++) {
			uint64_t size = rtt_block_size((int)level - 1);

			unmap_all(r, hostile_bases[i], hostile_bases[i] + MIB(2));
			rmi_call(&res, RMI_RTT_DESTROY, r, align_down(hostile_bases[i], size),
				 level, 0, 0);
		}
	}
	rmi_call(&res, RMI_REALM_TERMINATE, r, 0, 0, 0, 0);
}

void hostile_realm_destroy(struct hostile *h)
{
	uint64_t r = any_rd(h);

	if (rnd(h, 4)) {
		recs_destroy(h, 2 * POOL_RDS, POOL_RECS);
		take_apart(r);
	}
	counted_call(KIND_realm_destroy, RMI_REALM_DESTROY, r, 0, 0, 0, 0);
}

void sweep(struct hostile *h)
{
	struct rmi_regs res;

	ops_end(h);
	recs_destroy(h, 0, POOL_PAGES);
	for (uint64_t i = 0; i < POOL_PAGES; i++)
		if (rmi_call(&res, RMI_REALM_TERMINATE, POOL_PAGE(i), 0, 0, 0, 0) !=
		    RMI_ERROR_INPUT) {
			take_apart(POOL_PAGE(i));
			counted_call(KIND_realm_destroy, RMI_REALM_DESTROY, POOL_PAGE(i), 0, 0, 0,
				     0);
		}
}
