/* SPDX-License-Identifier: BSD-3-Clause */
/* monitor/boot/host_fdt.c: the tree the host gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>
#include <libfdt.h>
#include <util.h>

#include "monitor/boot/dt.h"
#include "monitor/boot/host_fdt.h"
#include "monitor/boot/layout.h"
#include "monitor/include/platform.h"
#include "tests/unit/monitor/boot/capture.h"
#include "tests/unit/monitor/boot/tree.h"

static struct machine m;
static struct layout l;

static void *load(void)
{
	void *fdt = tree_load();

	capture_clear();
	assert_int_equal(machine_from_fdt(fdt, &m), 0);
	assert_int_equal(layout_plan(&m, 0, MIB(1), MIB(30), MIB(10), &l), 0);
	return fdt;
}

static void assert_edits(void *fdt, const char *bootargs)
{
	if (host_fdt_edit(fdt, TREE_ROOM, &m, &l, bootargs))
		fail_msg("refused: %s", captured());
	assert_string_equal(captured(), "");
	assert_int_equal(fdt_check_full(fdt, TREE_ROOM), 0);
}

static void assert_property(const void *fdt, const char *path, const char *name, const void *value,
			    size_t size)
{
	int len;
	const void *p = fdt_getprop(fdt, tree_node(fdt, path), name, &len);

	if (!p)
		fail_msg("%s has no %s", path, name);
	assert_int_equal(len, size);
	assert_memory_equal(p, value, size);
}

static void assert_no_property(const void *fdt, const char *path, const char *name)
{
	assert_null(fdt_getprop(fdt, tree_node(fdt, path), name, NULL));
}

static void assert_u64(const void *fdt, const char *path, const char *name, uint64_t value)
{
	fdt64_t cells = cpu_to_fdt64(value);

	assert_property(fdt, path, name, &cells, sizeof(cells));
}

static void assert_reserved(const void *fdt, const char *path, struct region expected)
{
	struct region r;

	assert_property(fdt, path, "no-map", "", 0);
	assert_int_equal(dt_reg(fdt, tree_node(fdt, path), 0, &r), 0);
	assert_int_equal(r.base, expected.base);
	assert_int_equal(r.size, expected.size);
	assert_int_equal(dt_reg(fdt, tree_node(fdt, path), 1, &r), -ENOENT);
}

static int children(const void *fdt, const char *path)
{
	int n = 0, node;

	fdt_for_each_subnode(node, fdt, tree_node(fdt, path)) n++;
	return n;
}

static void psci_is_by_smc_for_every_cpu(void **state)
{
	void *fdt = load();

	assert_edits(fdt, NULL);
	assert_property(fdt, "/psci", "compatible", "arm,psci-1.0\0arm,psci-0.2", 26);
	assert_property(fdt, "/psci", "method", "smc", 4);
	assert_property(fdt, "/cpus/cpu@0", "enable-method", "psci", 5);
	assert_property(fdt, "/cpus/cpu@1", "enable-method", "psci", 5);
}

static void an_existing_psci_node_is_corrected(void **state)
{
	void *fdt = load();

	tree_add(fdt, "/", "firmware-psci");
	tree_set_string(fdt, "/firmware-psci", "compatible", "arm,psci-1.0");
	tree_set_string(fdt, "/firmware-psci", "method", "hvc");
	tree_set_string(fdt, "/cpus/cpu@1", "enable-method", "spin-table");
	assert_edits(fdt, NULL);
	assert_property(fdt, "/firmware-psci", "method", "smc", 4);
	assert_property(fdt, "/cpus/cpu@1", "enable-method", "psci", 5);
	assert_int_equal(fdt_path_offset(fdt, "/psci"), -FDT_ERR_NOTFOUND);
}

static void carve_outs_are_reserved(void **state)
{
	void *fdt = load();

	assert_int_equal(l.gpt.base, 0x7fe00000);
	assert_int_equal(l.rmm.base, 0x7e000000);
	assert_edits(fdt, NULL);
	assert_property(fdt, "/reserved-memory", "ranges", "", 0);
	assert_property(fdt, "/reserved-memory", "#address-cells", "\0\0\0\2", 4);
	assert_property(fdt, "/reserved-memory", "#size-cells", "\0\0\0\2", 4);
	assert_reserved(fdt, "/reserved-memory/root@7fe00000", l.gpt);
	assert_reserved(fdt, "/reserved-memory/realm@7e000000", l.rmm);
	assert_int_equal(children(fdt, "/reserved-memory"), 2);
}

static void names_hold_whole_addresses(void **state)
{
	void *fdt = load();

	l.gpt.base = 0x123456789abcde00;
	l.rmm.base = 0;
	assert_edits(fdt, NULL);
	assert_reserved(fdt, "/reserved-memory/root@123456789abcde00", l.gpt);
	assert_reserved(fdt, "/reserved-memory/realm@0", l.rmm);
}

static void without_an_rmm_only_the_gpt_is_reserved(void **state)
{
	void *fdt = load();

	assert_edits(fdt, NULL);
	l.rmm.size = 0;
	assert_edits(fdt, NULL);
	assert_int_equal(children(fdt, "/reserved-memory"), 1);
	assert_reserved(fdt, "/reserved-memory/root@7fe00000", l.gpt);
}

static void an_existing_reserved_memory_node_is_used(void **state)
{
	void *fdt = load();

	tree_add(fdt, "/", "reserved-memory");
	tree_set_cells(fdt, "/reserved-memory", "#address-cells", CELLS(1));
	tree_set_cells(fdt, "/reserved-memory", "#size-cells", CELLS(1));
	tree_set_cells(fdt, "/reserved-memory", "ranges", 0, NULL);
	tree_add(fdt, "/reserved-memory", "other@50000000");
	tree_set_cells(fdt, "/reserved-memory/other@50000000", "reg", CELLS(0x50000000, 0x1000));
	assert_edits(fdt, NULL);
	assert_reserved(fdt, "/reserved-memory/root@7fe00000", l.gpt);
	assert_property(fdt, "/reserved-memory/root@7fe00000", "reg", "\x7f\xe0\0\0\0\x20\0\0", 8);
	assert_property(fdt, "/reserved-memory/other@50000000", "reg", "\x50\0\0\0\0\0\x10\0", 8);
	assert_int_equal(children(fdt, "/reserved-memory"), 3);
}

static void an_address_that_does_not_fit_is_an_error(void **state)
{
	void *fdt = load();

	tree_add(fdt, "/", "reserved-memory");
	tree_set_cells(fdt, "/reserved-memory", "#address-cells", CELLS(1));
	tree_set_cells(fdt, "/reserved-memory", "#size-cells", CELLS(1));
	l.gpt.base = GIB(4);
	assert_int_equal(host_fdt_edit(fdt, TREE_ROOM, &m, &l, NULL), -EINVAL);
	assert_printed("reserved-memory: ");
}

static void chosen_tells_initrd_and_command_line(void **state)
{
	void *fdt = load();

	assert_edits(fdt, "console=ttyAMA0 quiet");
	assert_u64(fdt, "/chosen", "linux,initrd-start", l.initrd.base);
	assert_u64(fdt, "/chosen", "linux,initrd-end", l.initrd.base + MIB(10));
	assert_property(fdt, "/chosen", "bootargs", "console=ttyAMA0 quiet", 22);
	assert_property(fdt, "/chosen", "stdout-path", "/console-of-the-host", 21);
}

static void without_them_chosen_says_nothing(void **state)
{
	void *fdt = load();

	assert_edits(fdt, "a");
	l.initrd = (struct region){0, 0};
	assert_edits(fdt, NULL);
	assert_no_property(fdt, "/chosen", "linux,initrd-start");
	assert_no_property(fdt, "/chosen", "linux,initrd-end");
	assert_property(fdt, "/chosen", "bootargs", "a", 2);
	assert_edits(fdt, "");
	assert_property(fdt, "/chosen", "bootargs", "", 1);
}

static void chosen_is_made_if_it_is_missing(void **state)
{
	void *fdt = load();

	tree_delete(fdt, "/chosen");
	assert_edits(fdt, "quiet");
	assert_property(fdt, "/chosen", "bootargs", "quiet", 6);
}

static void editing_twice_changes_nothing(void **state)
{
	static char once[TREE_ROOM];
	void *fdt = load();
	uint32_t size;

	assert_edits(fdt, "quiet");
	size = fdt_totalsize(fdt);
	memcpy(once, fdt, size);
	assert_edits(fdt, "quiet");
	assert_int_equal(fdt_totalsize(fdt), size);
	assert_memory_equal(fdt, once, size);
}

/* The monitor reads the same machine from the tree it gives to the host. */
static void the_machine_stays_the_same(void **state)
{
	void *fdt = load();
	struct machine again;

	assert_edits(fdt, "quiet");
	assert_int_equal(machine_from_fdt(fdt, &again), 0);
	assert_memory_equal(&again, &m, sizeof(m));
	assert_int_equal(dt_world(fdt, tree_node(fdt, "/secure-ram")), DT_SECURE_ONLY);
}

/* Every room from the bare tree's size on: an error that says so, or a complete tree. */
static void too_little_room_is_reported(void **state)
{
	void *fdt = load();
	size_t bare, needed;

	assert_int_equal(fdt_pack(fdt), 0);
	bare = fdt_totalsize(fdt);
	assert_edits(fdt, "quiet");
	needed = fdt_totalsize(fdt);
	for (size_t room = bare - 4; room <= needed + 256; room += 4) {
		int err;

		fdt = load();
		assert_int_equal(fdt_pack(fdt), 0);
		err = host_fdt_edit(fdt, room, &m, &l, "quiet");
		if (!err) {
			assert_true(room >= needed);
			assert_int_equal(fdt_totalsize(fdt), needed);
			continue;
		}
		assert_true(room < needed + 64);
		assert_int_equal(err, -ENOSPC);
		assert_printed("host device tree: ");
	}
}

static void broken_trees_are_refused(void **state)
{
	void *fdt = load();

	assert_int_equal(host_fdt_edit(fdt, SIZE_MAX, &m, &l, NULL), -EINVAL);
	assert_printed("opening: ");
	fdt_set_magic(fdt, 1);
	assert_int_equal(host_fdt_edit(fdt, TREE_ROOM, &m, &l, NULL), -EINVAL);
	assert_printed("opening: ");
	fdt = load();
	tree_delete(fdt, "/cpus");
	assert_int_equal(host_fdt_edit(fdt, TREE_ROOM, &m, &l, NULL), -EINVAL);
	assert_printed("cpus: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(psci_is_by_smc_for_every_cpu),
		cmocka_unit_test(an_existing_psci_node_is_corrected),
		cmocka_unit_test(carve_outs_are_reserved),
		cmocka_unit_test(names_hold_whole_addresses),
		cmocka_unit_test(without_an_rmm_only_the_gpt_is_reserved),
		cmocka_unit_test(an_existing_reserved_memory_node_is_used),
		cmocka_unit_test(an_address_that_does_not_fit_is_an_error),
		cmocka_unit_test(chosen_tells_initrd_and_command_line),
		cmocka_unit_test(without_them_chosen_says_nothing),
		cmocka_unit_test(chosen_is_made_if_it_is_missing),
		cmocka_unit_test(editing_twice_changes_nothing),
		cmocka_unit_test(the_machine_stays_the_same),
		cmocka_unit_test(too_little_room_is_reported),
		cmocka_unit_test(broken_trees_are_refused),
	};

	return cmocka_run_group_tests_name("monitor/boot/host_fdt", tests, NULL, NULL);
}
