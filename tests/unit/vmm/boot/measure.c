/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm/boot/measure.c: the plan that is hashed is the plan that is loaded. The tests record what
 * plan_load() gives to the VM, make of it what the RMM would, and compare.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#include "abi/rmi.h"
#include "tests/unit/vmm/unit.h"
#include "vmm/boot/measure.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vcpu.h"
#include "vmm/vm/vm.h"

#define PAGES_MAX 4096

static struct plan plan;
static char kernel[32], initrd[32];
static struct plan_config config;
static struct vm_config shape;

/* What was loaded, in its order. */
static struct {
	uint64_t gpa;
	const uint8_t *data;
} pages[PAGES_MAX];
static size_t page_count;
static uint64_t entry, entry_x0;

int memory_load(struct vm *vm, const char *what, uint64_t gpa, const void *source, uint64_t size)
{
	uint64_t at;

	for (at = 0; at < size; at += GRANULE_SIZE) {
		assert_true(page_count < PAGES_MAX);
		pages[page_count].gpa = gpa + at;
		pages[page_count++].data = (const uint8_t *)source + at;
	}
	return 0;
}

int vcpu_set_entry(struct vm *vm, uint64_t pc, uint64_t tree)
{
	entry = pc;
	entry_x0 = tree;
	return 0;
}

/* An Image that is no Linux, and an initrd, neither of whole pages. */
static int make_files(void **state)
{
	static uint8_t head[9000], tail[5001];
	size_t i;

	error_clear();
	for (i = 64; i < sizeof(head); i++)
		head[i] = (uint8_t)(i * 7);
	head[18] = 0x30;
	memcpy(head + 56, "ARM\x64", 4);
	make_file(kernel, head, sizeof(head));
	memset(tail, 0x33, sizeof(tail));
	make_file(initrd, tail, sizeof(tail));
	config = (struct plan_config){.kernel = kernel, .initrd = initrd, .append = "quiet"};
	shape = (struct vm_config){
		.mem = MIB(64), .cpus = 2, .realm = true, .breakpoints = 2, .watchpoints = 2};
	return 0;
}

static int remove_files(void **state)
{
	plan_free(&plan);
	return unlink(kernel) | unlink(initrd);
}

/* The RIM of what plan_load() loads, with these parameters. */
static void measure_loaded(const struct measure_realm *realm, struct measurements *m)
{
	const uint64_t gprs[8] = {entry_x0};
	size_t i;

	measure_realm_create(m, shape.hash, realm);
	for (i = 0; i < page_count; i++)
		measure_data(m, pages[i].gpa, MEASURE_DATA_CONTENT, pages[i].data);
	measure_rec(m, RMI_REC_RUNNABLE, entry, gprs);
}

static void expect_equal(const struct measure_realm *realm)
{
	struct measurements loaded, hashed;

	plan_free(&plan);
	assert_no_error(plan_make(&plan, &config, &shape));
	page_count = 0;
	assert_no_error(plan_load(&plan, NULL));
	measure_loaded(realm, &loaded);
	plan_measure(&plan, &shape, MEASURE_2_0, &hashed);
	assert_memory_equal(&loaded, &hashed, sizeof(loaded));
}

static void what_is_hashed_is_what_is_loaded(void **state)
{
	const struct measure_realm realm = {.s2sz = 33, .num_bps = 1, .num_wps = 1};

	expect_equal(&realm);
	assert_int_equal(page_count, 3 + 2 + 1);
	shape.hash = HASH_SHA512;
	expect_equal(&realm);
	shape.hash = HASH_SHA384;
	config.initrd = NULL;
	shape.cpus = 8;
	expect_equal(&realm);
	assert_int_equal(page_count, 3 + 1);
	config.devices.disk_count = 1;
	expect_equal(&realm);
}

static void the_shape_makes_the_parameters(void **state)
{
	struct measure_realm realm;

	shape.mem = GIB(8);
	shape.sve = 512;
	shape.breakpoints = 6;
	shape.watchpoints = 4;
	plan_parameters(&shape, &realm);
	assert_int_equal(realm.flags0, RMI_REALM_SVE);
	assert_int_equal(realm.s2sz, 35);
	assert_int_equal(realm.sve_vl, 3);
	assert_int_equal(realm.num_bps, 5);
	assert_int_equal(realm.num_wps, 3);
	assert_int_equal(realm.pmu_num_ctrs, 0);
	shape.sve = 0;
	shape.lpa2 = true;
	plan_parameters(&shape, &realm);
	assert_int_equal(realm.flags0, RMI_REALM_LPA2);
	assert_int_equal(realm.sve_vl, 0);
	shape.lpa2 = false;
	shape.pmu = 6;
	plan_parameters(&shape, &realm);
	assert_int_equal(realm.flags0, RMI_REALM_PMU);
	assert_int_equal(realm.pmu_num_ctrs, 6);
}

/* What says something of the Realm changes its RIM; what does not, does not. */
static void what_changes_the_rim(void **state)
{
	struct measurements first, other;
	struct vm_config before = shape;

	assert_no_error(plan_make(&plan, &config, &shape));
	plan_measure(&plan, &shape, MEASURE_2_0, &first);
	shape.rpv_given = true;
	shape.rpv[0] = 1;
	shape.kvm = "/dev/other";
	plan_measure(&plan, &shape, MEASURE_2_0, &other);
	assert_memory_equal(&first, &other, sizeof(first));
	shape = before;
	shape.watchpoints = 3;
	plan_measure(&plan, &shape, MEASURE_2_0, &other);
	assert_memory_not_equal(&first, &other, sizeof(first));
	shape = before;
	shape.pmu = 1;
	plan_measure(&plan, &shape, MEASURE_2_0, &other);
	assert_memory_not_equal(&first, &other, sizeof(first));
	shape = before;
	plan_measure(&plan, &shape, MEASURE_2_0_BETA, &other);
	assert_memory_not_equal(&first, &other, sizeof(first));
	shape.watchpoints = 3; /* of which the beta measures nothing */
	plan_measure(&plan, &shape, MEASURE_2_0_BETA, &first);
	assert_memory_equal(&first, &other, sizeof(first));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_hashed_is_what_is_loaded, make_files,
						remove_files),
		cmocka_unit_test_setup_teardown(the_shape_makes_the_parameters, make_files,
						remove_files),
		cmocka_unit_test_setup_teardown(what_changes_the_rim, make_files, remove_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
