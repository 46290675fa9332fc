/* SPDX-License-Identifier: BSD-3-Clause */
/* Random calls, see hostile.h. */
#include <string.h>

#include "abi/psci.h"
#include "abi/rmi_ext.h"
#include "abi/rsi.h"
#include "hostile.h"
#include "machine.h"
#include "pool.h"
#include "rmm/core/sro.h"
#include "rmm/rmi2/rmi.h"
#include "rmm/rsi/rsi.h"

uint64_t hostile_done[HOSTILE_OPS];

static uint32_t rnd(struct hostile *h, uint32_t below)
{
	if (h->data)
		return h->pos < h->size ? h->data[h->pos++] % below : 0;
	h->seed ^= h->seed << 13;
	h->seed ^= h->seed >> 7;
	h->seed ^= h->seed << 17;
	return (uint32_t)(h->seed >> 20) % below;
}

static bool rarely(struct hostile *h)
{
	return rnd(h, 16) == 0;
}

static uint64_t page(struct hostile *h)
{
	if (rarely(h))
		return rnd(h, 2) ? 0 : BLOCK_BASE + rnd(h, 512) * GRANULE_SIZE;
	if (rnd(h, 256) == 0)
		return POOL_PAGE(rnd(h, POOL_PAGES));
	return POOL_PAGE(POOL_FIRST_FREE + rnd(h, POOL_PAGES - POOL_FIRST_FREE));
}

static uint64_t rd(struct hostile *h)
{
	return rarely(h) ? page(h) : POOL_PAGE(rnd(h, POOL_RDS));
}

static uint64_t root(uint64_t rd)
{
	return rd + POOL_RDS * GRANULE_SIZE;
}

static uint64_t rec(struct hostile *h)
{
	return rnd(h, 64) == 0 ? page(h) : POOL_PAGE(2 * POOL_RDS + rnd(h, POOL_RECS));
}

/* A few places in both halves of a 32-bit IPA space, some of them in the same tables. */
static const uint64_t bases[] = {0, MIB(2), GIB(1), GIB(2), GIB(2) + MIB(2)};

static uint64_t ipa(struct hostile *h)
{
	uint64_t v = bases[rnd(h, ARRAY_SIZE(bases))];

	v += rnd(h, 3) ? 0 : rnd(h, 5) * GRANULE_SIZE;
	return rarely(h) ? v + 8 : v;
}

static uint64_t block(struct hostile *h, uint64_t addr, int level)
{
	return rarely(h) ? addr : align_down(addr, rtt_block_size(level));
}

static uint64_t call(struct rmi_regs *r, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
		     uint64_t x4, uint64_t x5)
{
	*r = (struct rmi_regs){{fid, x1, x2, x3, x4, x5}};
	rmi2_handle(r);
	return RMI_STATUS(r->x[0]);
}

static bool op(unsigned int kind, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
	       uint64_t x5)
{
	struct rmi_regs r;
	uint64_t status = call(&r, fid, x1, x2, x3, x4, x5);
	bool ok = status == RMI_SUCCESS || status == RMI_INCOMPLETE;

	if (ok)
		__atomic_fetch_add(&hostile_done[kind], 1, __ATOMIC_RELAXED);
	return ok;
}

static uint64_t desc(int level, uint64_t pa, uint64_t n)
{
	return (uint64_t)(3 - level) | n << RMI_DESC_COUNT_SHIFT | pa;
}

/* A page for an object: usually one the host takes care to delegate before. */
static uint64_t fresh_at(struct hostile *h, uint64_t pa)
{
	struct rmi_regs r;

	if (!rarely(h))
		call(&r, RMI_GRANULE_RANGE_DELEGATE, pa, pa + GRANULE_SIZE, 0, 0, 0);
	return pa;
}

static uint64_t fresh(struct hostile *h)
{
	return fresh_at(h, page(h));
}

static void range(struct hostile *h, unsigned int kind, uint64_t fid)
{
	uint64_t base = page(h), n = 1 + rnd(h, 8);

	if (rnd(h, 8) == 0) {
		base = BLOCK_BASE;
		n = 512;
	}
	op(kind, fid, base, base + n * GRANULE_SIZE, 0, 0, 0);
}

static void delegate(struct hostile *h)
{
	range(h, 0, RMI_GRANULE_RANGE_DELEGATE);
}

static void undelegate(struct hostile *h)
{
	range(h, 1, RMI_GRANULE_RANGE_UNDELEGATE);
}

static void realm_create_at(struct hostile *h, uint64_t r)
{
	struct rmi_realm_params *p = host_ptr(h->scratch);

	memset(p, 0, sizeof(*p));
	p->s2sz = 32 + (rarely(h) ? rnd(h, 20) : 0);
	p->rtt_level_start = rarely(h) ? (int64_t)rnd(h, 6) - 2 : 1;
	p->rtt_num_start = rarely(h) ? rnd(h, 18) : 1;
	p->rtt_base = fresh_at(h, rarely(h) ? page(h) : root(r));
	fresh_at(h, r);
	p->algorithm = rarely(h) ? (uint8_t)rnd(h, 5) : 0;
	op(2, RMI_REALM_CREATE, r, h->scratch, 0, 0, 0);
}

static void realm_create(struct hostile *h)
{
	realm_create_at(h, rd(h));
}

static void realm_activate(struct hostile *h)
{
	op(3, RMI_REALM_ACTIVATE, rd(h), 0, 0, 0, 0);
}

static void realm_terminate(struct hostile *h)
{
	op(4, RMI_REALM_TERMINATE, rd(h), 0, 0, 0, 0);
}

/* Gives an operation what it asks for, until it ends or does not want it. */
static uint64_t drive(struct hostile *h, uint64_t handle, struct rmi_regs r)
{
	uint64_t *list = host_ptr(h->scratch + GRANULE_SIZE);

	for (int i = 0; i < 12 && RMI_STATUS(r.x[0]) == RMI_INCOMPLETE; i++) {
		switch (RMI_OP_MEM(r.x[0])) {
		case RMI_OP_MEM_WANTS_DONATE:
			list[0] = desc(3, fresh(h), 1);
			call(&r, RMI_OP_MEM_DONATE, handle, h->scratch + GRANULE_SIZE, 1, 0, 0);
			break;
		case RMI_OP_MEM_WANTS_RECLAIM:
			call(&r, RMI_OP_MEM_RECLAIM, handle, h->scratch + GRANULE_SIZE, 512, 0, 0);
			break;
		default:
			call(&r, RMI_OP_CONTINUE, handle, 0, 0, 0, 0);
		}
	}
	return r.x[0];
}

static bool rec_create_one(struct hostile *h, uint64_t realm, uint64_t rec, uint64_t mpidr,
			   bool runnable)
{
	struct rmi_rec_params *p = host_ptr(h->scratch);
	struct rmi_regs r;

	memset(p, 0, sizeof(*p));
	p->mpidr = mpidr;
	p->flags = runnable;
	call(&r, RMI_REC_CREATE, realm, fresh_at(h, rec), h->scratch, 0, 0);
	if (drive(h, r.x[1], r) != RMI_SUCCESS)
		return false;
	__atomic_fetch_add(&hostile_done[6], 1, __ATOMIC_RELAXED);
	return true;
}

/* One, or several; then the Realm may begin to run. */
static void rec_create(struct hostile *h)
{
	uint64_t realm = rd(h), mpidr = rnd(h, 2);
	bool made = false;

	while (mpidr < 3 && rec_create_one(h, realm, rec(h), mpidr, rnd(h, 4) != 0)) {
		made = true;
		mpidr++;
	}
	if (made && rnd(h, 2))
		op(3, RMI_REALM_ACTIVATE, realm, 0, 0, 0, 0);
}

static void rec_destroy(struct hostile *h)
{
	struct rmi_regs r;

	call(&r, RMI_REC_DESTROY, rec(h), 0, 0, 0, 0);
	if (drive(h, r.x[1], r) == RMI_SUCCESS)
		__atomic_fetch_add(&hostile_done[7], 1, __ATOMIC_RELAXED);
}

/* Starts an operation and leaves it to whoever comes. */
static void rec_leave(struct hostile *h)
{
	if (rnd(h, 2))
		op(8, RMI_REC_CREATE, rd(h), fresh_at(h, rec(h)), h->scratch, 0, 0);
	else
		op(8, RMI_REC_DESTROY, rec(h), 0, 0, 0, 0);
}

/* Somebody's operation: one call more, or all that it takes. */
static void op_continue(struct hostile *h)
{
	uint64_t handle = rnd(h, rarely(h) ? SRO_MAX : 12), list = h->scratch + GRANULE_SIZE;
	struct rmi_regs r;

	if (op(9, RMI_OP_CONTINUE, handle, 0, 0, 0, 0) || rnd(h, 2))
		return;
	if (call(&r, RMI_OP_MEM_RECLAIM, handle, list, 4, 0, 0) != RMI_INCOMPLETE) {
		*(uint64_t *)host_ptr(list) = desc(3, fresh(h), 1);
		call(&r, RMI_OP_MEM_DONATE, handle, list, 1, 0, 0);
	}
	drive(h, handle, r);
}

static void op_donate(struct hostile *h)
{
	uint64_t *list = host_ptr(h->scratch + GRANULE_SIZE);

	list[0] = desc(rarely(h) ? 2 : 3, page(h), 1 + rnd(h, 2));
	list[1] = desc(3, fresh(h), 1);
	op(10, RMI_OP_MEM_DONATE, rnd(h, 4), h->scratch + GRANULE_SIZE, rnd(h, 3), 0, 0);
}

static void op_reclaim(struct hostile *h)
{
	op(11, RMI_OP_MEM_RECLAIM, rnd(h, 4), h->scratch + GRANULE_SIZE, rnd(h, 4), 0, 0);
}

static void op_cancel(struct hostile *h)
{
	op(12, RMI_OP_CANCEL, rnd(h, 4), 0, 0, 0, 0);
}

static void table_create(struct hostile *h)
{
	int level = 2 + (int)rnd(h, 2);

	op(13, RMI_RTT_CREATE, rd(h), fresh(h), block(h, ipa(h), level - 1), (uint64_t)level, 0);
}

static void table_destroy(struct hostile *h)
{
	int level = 2 + (int)rnd(h, 2);

	op(14, RMI_RTT_DESTROY, rd(h), block(h, ipa(h), level - 1), (uint64_t)level, 0, 0);
}

static void fold(struct hostile *h)
{
	int level = 2 + (int)rnd(h, 2);

	op(15, RMI_RTT_FOLD, rd(h), block(h, ipa(h), level - 1), (uint64_t)level, 0, 0);
}

static void read_entry(struct hostile *h)
{
	int level = 1 + (int)rnd(h, 3);

	op(16, RMI_RTT_READ_ENTRY, rd(h), block(h, ipa(h), level), (uint64_t)level, 0, 0);
}

/* The tables for a page at ipa, unless they are there. */
static void tables(struct hostile *h, uint64_t rd, uint64_t ipa)
{
	struct rmi_regs r;

	if (rnd(h, 4) == 0)
		return;
	for (int level = 2; level <= 3; level++)
		call(&r, RMI_RTT_CREATE, rd, fresh(h), align_down(ipa, rtt_block_size(level - 1)),
		     (uint64_t)level, 0);
}

static void data_map_init(struct hostile *h)
{
	uint64_t r = rd(h), at = block(h, ipa(h), 3);

	tables(h, r, at);
	op(17, RMI_RTT_DATA_MAP_INIT, r, fresh(h), at, rarely(h) ? page(h) : h->scratch, rnd(h, 2));
}

static void data_map_init_range(struct hostile *h)
{
	uint64_t r = rd(h), at = block(h, ipa(h), 3), list = h->scratch + GRANULE_SIZE;
	uint64_t n = 1 + rnd(h, 4), *source = host_ptr(list);
	struct rmi_regs regs;

	tables(h, r, at);
	for (uint64_t i = 0; i < n; i++)
		source[i] = rarely(h) ? page(h) : h->scratch;
	regs = (struct rmi_regs){{RMI_EXT_DATA_MAP_INIT_RANGE, r, at, at + n * GRANULE_SIZE,
				  rnd(h, 2), fresh(h), list}};
	rmi2_handle(&regs);
	if (regs.x[0] == RMI_SUCCESS)
		__atomic_fetch_add(&hostile_done[26], 1, __ATOMIC_RELAXED);
}

/* The range and descriptor of a map command: pages, by a list or not, or a block. */
static void map(struct hostile *h, unsigned int kind, uint64_t fid, uint64_t flags)
{
	uint64_t base = ipa(h), size = (1 + rnd(h, 4)) * GRANULE_SIZE, r = rd(h), *list;
	uint64_t d = desc(3, fresh(h), 1 + rnd(h, 4));

	tables(h, r, base);
	if (rnd(h, 4) == 0) {
		base = block(h, base, 2);
		size = MIB(2);
		d = rnd(h, 2) ? desc(2, BLOCK_BASE, 1) : desc(3, BLOCK_BASE, 512);
	}
	if (rnd(h, 3) == 0) {
		list = host_ptr(h->scratch + GRANULE_SIZE);
		list[0] = d;
		list[1] = desc(3, page(h), 1);
		flags |= RMI_MAP_OADDR_LIST | 2 << RMI_MAP_LIST_COUNT_SHIFT;
		d = h->scratch + GRANULE_SIZE;
	} else {
		flags |= RMI_MAP_OADDR_SINGLE;
	}
	op(kind, fid, r, base, base + size, flags, d);
}

static void data_map(struct hostile *h)
{
	map(h, 18, RMI_RTT_DATA_MAP, 0);
}

static void unprot_map(struct hostile *h)
{
	map(h, 20, RMI_RTT_UNPROT_MAP,
	    (uint64_t)rnd(h, 8) << RMI_MAP_MEMATTR_SHIFT | 3u << RMI_MAP_S2AP_SHIFT);
}

static void unmap(struct hostile *h, unsigned int kind, uint64_t fid)
{
	uint64_t base = ipa(h), size = rnd(h, 2) ? MIB(2) : (1 + rnd(h, 8)) * GRANULE_SIZE;
	bool list = rnd(h, 2);

	op(kind, fid, rd(h), base, base + size,
	   list ? RMI_MAP_OADDR_LIST | rnd(h, 8) << RMI_MAP_LIST_COUNT_SHIFT : rnd(h, 2),
	   list ? h->scratch + GRANULE_SIZE : 0);
}

static void data_unmap(struct hostile *h)
{
	unmap(h, 19, RMI_RTT_DATA_UNMAP);
}

static void unprot_unmap(struct hostile *h)
{
	unmap(h, 21, RMI_RTT_UNPROT_UNMAP);
}

static void unmap_all(uint64_t r, uint64_t base, uint64_t top)
{
	struct rmi_regs res;

	while (base < top && call(&res, RMI_RTT_DATA_UNMAP, r, base, top, 0, 0) == RMI_SUCCESS)
		base = res.x[1];
}

static void recs_destroy(struct hostile *h, uint64_t first, uint64_t n)
{
	struct rmi_regs res;

	for (uint64_t i = first; i < first + n; i++) {
		call(&res, RMI_REC_DESTROY, POOL_PAGE(i), 0, 0, 0, 0);
		drive(h, res.x[1], res);
	}
}

/* Empties the Realm and ends it, as far as its RECs and others let it. */
static void take_apart(uint64_t r)
{
	struct rmi_regs res;

	for (uint64_t level = 3; level >= 1; level--) {
		for (uint64_t i = 0; i < ARRAY_SIZE(bases); i++) {
			uint64_t size = rtt_block_size((int)level - 1);

			unmap_all(r, bases[i], bases[i] + MIB(2));
			call(&res, RMI_RTT_DESTROY, r, align_down(bases[i], size), level, 0, 0);
		}
	}
	call(&res, RMI_REALM_TERMINATE, r, 0, 0, 0, 0);
}

static void realm_destroy(struct hostile *h)
{
	uint64_t r = rd(h);

	if (rnd(h, 4)) {
		recs_destroy(h, 2 * POOL_RDS, POOL_RECS);
		take_apart(r);
	}
	op(5, RMI_REALM_DESTROY, r, 0, 0, 0, 0);
}

static void init_ripas(struct hostile *h)
{
	uint64_t base = ipa(h);

	op(22, RMI_RTT_INIT_RIPAS, rd(h), base, base + (rnd(h, 2) ? MIB(2) : 4 * GRANULE_SIZE), 0,
	   0);
}

static void set_ripas(struct hostile *h)
{
	uint64_t base = ipa(h);

	op(23, RMI_RTT_SET_RIPAS, rd(h), rec(h), base, base + rnd(h, 5) * GRANULE_SIZE, 0);
}

static _Thread_local struct hostile *realm_side;

#define PLAY_CPU_ON 1 /* places in play()'s list; IPA_STATE_SET comes first */

/* The Realm makes a random call; it is no friend of the RMM either. */
static void play(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit)
{
	static const uint64_t fids[] = {
		RSI_IPA_STATE_SET,    PSCI_CPU_ON64,	RSI_IPA_STATE_GET,
		RSI_HOST_CALL,	      RSI_REALM_CONFIG, RSI_MEASUREMENT_EXTEND,
		RSI_MEASUREMENT_READ, PSCI_CPU_OFF,	PSCI_AFFINITY_INFO64,
		PSCI_SYSTEM_OFF,      RSI_VERSION,	RSI_ATTESTATION_TOKEN_INIT,
	};
	struct hostile *h = realm_side;
	uint64_t *x = rec->regs.gprs;

	for (int i = 0; i < 4; i++) {
		/* Calls that wait for the host's answer come more often. */
		x[0] = fids[rnd(h, 4) ? rnd(h, ARRAY_SIZE(fids)) : rnd(h, 2) * PLAY_CPU_ON];
		x[1] = x[0] == PSCI_CPU_ON64 || x[0] == PSCI_AFFINITY_INFO64 ? rnd(h, 3) : ipa(h);
		x[2] = x[1] + rnd(h, 4) * GRANULE_SIZE;
		x[3] = rnd(h, 2);
		x[4] = rnd(h, 2);
		if (x[0] == PSCI_SYSTEM_OFF && !rarely(h))
			continue;
		if (x[0] == RSI_MEASUREMENT_EXTEND || x[0] == PSCI_AFFINITY_INFO64)
			x[2] = 0;
		if (rsi_smc(rec, exit) == REC_EXIT)
			return;
	}
}

/* What the exit asks the host for. */
static void answer(struct hostile *h, uint64_t rec, const struct rmi_rec_exit *exit)
{
	uint64_t rd = POOL_PAGE(rnd(h, POOL_RDS));

	if (rarely(h))
		return;
	if (exit->exit_reason == RMI_EXIT_RIPAS_CHANGE)
		op(23, RMI_RTT_SET_RIPAS, rd, rec, exit->ripas_base, exit->ripas_top, 0);
	else if (exit->exit_reason == RMI_EXIT_PSCI)
		op(25, RMI_PSCI_COMPLETE, rec, rnd(h, 4) ? 0 : (uint64_t)PSCI_DENIED, 0, 0, 0);
}

static void run(struct hostile *h, uint64_t target, int times)
{
	struct rmi_rec_run *run = host_ptr(h->scratch + 2 * GRANULE_SIZE);

	for (int i = 0; i < times; i++) {
		memset(&run->enter, 0, sizeof(run->enter));
		run->enter.flags = rnd(h, 8) ? 0 : rnd(h, 256);
		realm_side = h;
		if (!op(24, RMI_REC_ENTER, target, h->scratch + 2 * GRANULE_SIZE, 0, 0, 0))
			return;
		answer(h, target, &run->exit);
	}
}

static void rec_enter(struct hostile *h)
{
	run(h, rec(h), 3);
}

/* All that is left over of operations, RECs and Realms, wherever it lies. */
static void sweep(struct hostile *h)
{
	uint64_t list = h->scratch + GRANULE_SIZE;
	struct rmi_regs res;

	for (uint64_t handle = 0; handle < SRO_MAX; handle++)
		if (call(&res, RMI_OP_CANCEL, handle, 0, 0, 0, 0) != RMI_ERROR_INPUT ||
		    call(&res, RMI_OP_MEM_RECLAIM, handle, list, 512, 0, 0) == RMI_INCOMPLETE)
			drive(h, handle, res);
	recs_destroy(h, 0, POOL_PAGES);
	for (uint64_t i = 0; i < POOL_PAGES; i++)
		if (call(&res, RMI_REALM_TERMINATE, POOL_PAGE(i), 0, 0, 0, 0) != RMI_ERROR_INPUT) {
			take_apart(POOL_PAGE(i));
			op(5, RMI_REALM_DESTROY, POOL_PAGE(i), 0, 0, 0, 0);
		}
}

/*
 * A Realm with two RECs, made in one go and run, as far as others let it: they hardly come about
 * by single calls. The second is off, for the first to turn it on.
 */
static void realm_run(struct hostile *h)
{
	uint32_t i = rnd(h, POOL_RDS);
	uint64_t r = POOL_PAGE(i), recs = POOL_PAGE(2 * POOL_RDS + i * 2);

	if (rnd(h, 2))
		sweep(h);
	realm_create_at(h, r);
	if (rec_create_one(h, r, recs, 0, true) &&
	    rec_create_one(h, r, recs + GRANULE_SIZE, 1, false))
		op(27, RMI_REALM_ACTIVATE, r, 0, 0, 0, 0);
	run(h, recs, 8);
	run(h, recs + GRANULE_SIZE, 2);
}

static void psci_complete(struct hostile *h)
{
	uint64_t status = rnd(h, 2) ? 0 : (uint64_t)(int64_t)PSCI_DENIED;

	if (rnd(h, 2))
		op(25, RMI_PSCI_COMPLETE, rec(h), status, 0, 0, 0);
	else
		op(25, RMI_PSCI_COMPLETE, rec(h), rec(h), status, 0, 0);
}

#define OPS(X)                                                                                     \
	X(delegate)                                                                                \
	X(undelegate)                                                                              \
	X(realm_create)                                                                            \
	X(realm_activate)                                                                          \
	X(realm_terminate)                                                                         \
	X(realm_destroy)                                                                           \
	X(rec_create)                                                                              \
	X(rec_destroy)                                                                             \
	X(rec_leave)                                                                               \
	X(op_continue)                                                                             \
	X(op_donate)                                                                               \
	X(op_reclaim)                                                                              \
	X(op_cancel)                                                                               \
	X(table_create)                                                                            \
	X(table_destroy)                                                                           \
	X(fold)                                                                                    \
	X(read_entry)                                                                              \
	X(data_map_init)                                                                           \
	X(data_map)                                                                                \
	X(data_unmap)                                                                              \
	X(unprot_map)                                                                              \
	X(unprot_unmap)                                                                            \
	X(init_ripas)                                                                              \
	X(set_ripas)                                                                               \
	X(rec_enter)                                                                               \
	X(psci_complete)                                                                           \
	X(data_map_init_range)                                                                     \
	X(realm_run)

#define NAME(op) #op,
#define FUNC(op) op,
const char *const hostile_name[HOSTILE_OPS] = {OPS(NAME)};
static void (*const ops[HOSTILE_OPS])(struct hostile *h) = {OPS(FUNC)};

/*
 * What ends a Realm, an operation or a table is less frequent, or there would be little to attack:
 * out of how many such calls one is made.
 */
static const uint8_t one_in[HOSTILE_OPS] = {
	[1] = 4,  [3] = 255, [4] = 255, [5] = 32, [7] = 8,
	[8] = 16, [12] = 16, [14] = 8,	[15] = 4, [HOSTILE_OPS - 1] = 16,
};

static bool skipped(struct hostile *h, unsigned int kind)
{
	return !h->data && one_in[kind] != 0 && rnd(h, one_in[kind]) != 0;
}

bool hostile_step(struct hostile *h)
{
	struct rmi_regs r;
	unsigned int kind;

	if (h->data && h->pos >= h->size)
		return false;
	machine_cpu = h->cpu;
	kind = rnd(h, HOSTILE_OPS + 1);
	if (kind == HOSTILE_OPS)
		call(&r, RMI_FID(RMI_FNUM_BASE + rnd(h, RMI_FNUM_COUNT)), page(h), page(h), ipa(h),
		     rnd(h, 256), rnd(h, 256));
	else if (!skipped(h, kind))
		ops[kind](h);
	return true;
}

void hostile_init(void)
{
	machine_run = play;
}
