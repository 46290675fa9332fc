/* SPDX-License-Identifier: BSD-3-Clause */
/* The tests' host, see host.h. */
#include "host.h"

/* The first gigabyte of the bank is left for tests of large blocks. */
#define POOL_BASE (BANK1_BASE + GIB(1))

static uint64_t next_page = POOL_BASE;

struct rmi_regs rmi_call(uint64_t fid, const uint64_t *args, size_t n)
{
	struct rmi_regs r = {{fid}};

	memcpy(&r.x[1], args, n * sizeof(*args));
	rmi2_handle(&r);
	assert_int_equal(machine_simd_depth, 0);
	return r;
}

int host_setup(void **state)
{
	machine_init();
	assert_ok(RMI_RMM_ACTIVATE);
	return 0;
}

uint64_t host_pages(size_t n)
{
	uint64_t align = 1, pa;

	while (align < n)
		align *= 2;
	pa = align_up(next_page, align << GRANULE_SHIFT);
	next_page = pa + (n << GRANULE_SHIFT);
	assert_true(next_page <= BANK1_BASE + BANK1_SIZE);
	return pa;
}

static void move(uint64_t fid, uint64_t pa, size_t n)
{
	struct rmi_regs r = RMI(fid, pa, pa + (n << GRANULE_SHIFT));

	assert_int_equal(r.x[0], RMI_SUCCESS);
	assert_int_equal(r.x[1], pa + (n << GRANULE_SHIFT));
}

void delegate(uint64_t pa, size_t n)
{
	move(RMI_GRANULE_RANGE_DELEGATE, pa, n);
}

void undelegate(uint64_t pa, size_t n)
{
	move(RMI_GRANULE_RANGE_UNDELEGATE, pa, n);
}

uint64_t host_delegated(size_t n)
{
	uint64_t pa = host_pages(n);

	delegate(pa, n);
	return pa;
}

void realm_init(struct realm *r)
{
	memset(r, 0, sizeof(*r));
	r->params_pa = host_pages(1);
	r->params = host_ptr(r->params_pa);
	memset(r->params, 0, sizeof(*r->params));
	r->params->s2sz = 40;
	r->params->rtt_level_start = 1;
	r->params->rtt_num_start = 2;
	r->params->rtt_base = host_delegated(2);
	r->rd = host_delegated(1);
}

void realm_create(struct realm *r)
{
	assert_ok(RMI_REALM_CREATE, r->rd, r->params_pa);
}

void realm_new(struct realm *r)
{
	realm_init(r);
	realm_create(r);
}

/* A list of single granules in a host page. */
static uint64_t donate_list(size_t n)
{
	uint64_t list = host_pages(1), *entry = host_ptr(list);

	for (size_t i = 0; i < n; i++)
		entry[i] = DESC(3, host_delegated(1), 1);
	return list;
}

struct rmi_regs op_finish(struct rmi_regs r)
{
	uint64_t handle = r.x[1], list = 0, count;

	while (RMI_STATUS(r.x[0]) == RMI_INCOMPLETE) {
		switch (RMI_OP_MEM(r.x[0])) {
		case RMI_OP_MEM_WANTS_DONATE:
			count = r.x[2] >> RMI_DONATE_COUNT_SHIFT & RMI_DONATE_COUNT_MASK;
			r = RMI(RMI_OP_MEM_DONATE, handle, donate_list(count), count);
			assert_int_equal(r.x[1], count);
			break;
		case RMI_OP_MEM_WANTS_RECLAIM:
			list = list ? list : host_pages(1);
			r = RMI(RMI_OP_MEM_RECLAIM, handle, list, 512);
			for (size_t i = 0; i < r.x[1]; i++)
				undelegate(((uint64_t *)host_ptr(list))[i] & RMI_DESC_ADDR_MASK,
					   RMI_DESC_COUNT(((uint64_t *)host_ptr(list))[i]));
			break;
		default:
			r = RMI(RMI_OP_CONTINUE, handle, 0);
		}
	}
	return r;
}

void realm_add_rec(struct realm *r, bool runnable)
{
	realm_add_rec_at(r, host_delegated(1), runnable);
}

void realm_add_rec_at(struct realm *r, uint64_t rec, bool runnable)
{
	uint64_t params_pa = host_pages(1);
	struct rmi_rec_params *params = host_ptr(params_pa);

	memset(params, 0, sizeof(*params));
	params->flags = runnable;
	params->mpidr = r->recs;
	params->pc = 0x1000;
	for (int i = 0; i < 8; i++)
		params->gprs[i] = 0x100 + (uint64_t)i;
	assert_int_equal(op_finish(RMI(RMI_REC_CREATE, r->rd, rec, params_pa)).x[0], RMI_SUCCESS);
	r->rec[r->recs++] = rec;
}

void realm_activate(struct realm *r)
{
	assert_ok(RMI_REALM_ACTIVATE, r->rd);
}

void realm_tables(struct realm *r, uint64_t ipa, int level)
{
	for (int l = (int)r->params->rtt_level_start + 1; l <= level; l++) {
		uint64_t base = align_down(ipa, rtt_block_size(l - 1));
		struct rmi_regs e = RMI(RMI_RTT_READ_ENTRY, r->rd, base, (uint64_t)(l - 1));
		uint64_t pa;

		assert_int_equal(e.x[0], RMI_SUCCESS);
		if (e.x[2] == RMI_TABLE)
			continue;
		pa = host_delegated(1);
		assert_ok(RMI_RTT_CREATE, r->rd, pa, base, (uint64_t)l);
		assert_true(r->tables < TEST_TABLES_MAX);
		r->table[r->tables].pa = pa;
		r->table[r->tables].ipa = base;
		r->table[r->tables++].level = l;
	}
}

static void note_page(struct realm *r, uint64_t pa, uint64_t ipa)
{
	assert_true(r->pages < TEST_PAGES_MAX);
	r->page[r->pages].pa = pa;
	r->page[r->pages++].ipa = ipa;
}

uint64_t realm_map(struct realm *r, uint64_t ipa)
{
	uint64_t pa = host_delegated(1);
	struct rmi_regs res;

	realm_tables(r, ipa, 3);
	res = RMI(RMI_RTT_DATA_MAP, r->rd, ipa, ipa + GRANULE_SIZE, RMI_MAP_OADDR_SINGLE,
		  DESC(3, pa, 1));
	assert_int_equal(res.x[0], RMI_SUCCESS);
	assert_int_equal(res.x[1], ipa + GRANULE_SIZE);
	note_page(r, pa, ipa);
	return pa;
}

uint64_t realm_map_init(struct realm *r, uint64_t ipa, const void *content)
{
	uint64_t pa = host_delegated(1), src = host_pages(1);

	memcpy(host_ptr(src), content, GRANULE_SIZE);
	realm_tables(r, ipa, 3);
	assert_ok(RMI_RTT_DATA_MAP_INIT, r->rd, pa, ipa, src, RMI_MEASURE_CONTENT);
	note_page(r, pa, ipa);
	return pa;
}

void realm_ripas_ram(struct realm *r, uint64_t base, uint64_t top)
{
	while (base < top) {
		struct rmi_regs res = RMI(RMI_RTT_INIT_RIPAS, r->rd, base, top);

		assert_int_equal(res.x[0], RMI_SUCCESS);
		assert_true(res.x[1] > base && res.x[1] <= top);
		base = res.x[1];
	}
}

static void destroy_tables(struct realm *r)
{
	for (int level = 3; level >= 0; level--) {
		for (unsigned int i = 0; i < r->tables; i++) {
			struct rmi_regs res;

			if (r->table[i].level != level)
				continue;
			res = RMI(RMI_RTT_DESTROY, r->rd, r->table[i].ipa, (uint64_t)level);
			assert_int_equal(res.x[0], RMI_SUCCESS);
			assert_int_equal(res.x[1], r->table[i].pa);
			undelegate(r->table[i].pa, 1);
		}
	}
}

void realm_destroy(struct realm *r)
{
	for (unsigned int i = 0; i < r->pages; i++) {
		assert_ok(RMI_RTT_DATA_UNMAP, r->rd, r->page[i].ipa, r->page[i].ipa + GRANULE_SIZE,
			  RMI_MAP_OADDR_NONE, 0);
		undelegate(r->page[i].pa, 1);
	}
	for (unsigned int i = 0; i < r->recs; i++) {
		assert_int_equal(op_finish(RMI(RMI_REC_DESTROY, r->rec[i])).x[0], RMI_SUCCESS);
		undelegate(r->rec[i], 1);
	}
	destroy_tables(r);
	assert_ok(RMI_REALM_TERMINATE, r->rd);
	assert_ok(RMI_REALM_DESTROY, r->rd);
	undelegate(r->rd, 1);
	undelegate(r->params->rtt_base, r->params->rtt_num_start);
}

struct rd *realm_rd(const struct realm *r)
{
	return arch_realm_ptr(pa_of(r->rd));
}

const struct s2 *realm_s2(const struct realm *r)
{
	return &realm_rd(r)->config.s2;
}

struct rec *realm_rec(const struct realm *r, unsigned int i)
{
	return arch_realm_ptr(pa_of(r->rec[i]));
}

struct rmi_rec_run *run_page(uint64_t *pa)
{
	*pa = host_pages(1);
	memset(host_ptr(*pa), 0, GRANULE_SIZE);
	return host_ptr(*pa);
}
