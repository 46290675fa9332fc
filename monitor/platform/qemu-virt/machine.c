/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads the device tree of QEMU's virt machine with secure=on, or of a machine that is described
 * like it. One table says which node fills what. See monitor/include/platform.h.
 */
#include <errno.h>
#include <libfdt.h>
#include <string.h>
#include <print.h>
#include <util.h>

#include "monitor/boot/dt.h"
#include "monitor/include/platform.h"

/* The fields of MPIDR_EL1 that a cpu node's reg holds: Aff3 and Aff2-Aff0. */
#define MPIDR_AFFINITY (MASK(39, 32) | MASK(23, 0))

/* Two 64 KiB frames a CPU: the only redistributor layout of a GICv3. */
#define GICR_STRIDE 0x20000

/* Address space codes in phys.hi of a PCI range (IEEE 1275 PCI binding). */
#define PCI_SPACE(hi)	(((hi) >> 24) & 3)
#define PCI_SPACE_MEM32 2
#define PCI_SPACE_MEM64 3

#define POWER_OFF_LINE 0
#define RESET_LINE     1

struct walk {
	const void *fdt;
	struct machine *m;
	int stdout_node;
	int secure_stdout_node;
};

struct rule {
	const char *device_type; /* one of the two is set */
	const char *compatible;
	enum dt_world world;
	int (*read)(struct walk *w, int node);
};

static int fail(const struct walk *w, int node, int err, const char *what)
{
	print("device tree: %s: %s\n", fdt_get_name(w->fdt, node, NULL), what);
	return err;
}

static int first_reg(struct walk *w, int node, struct region *r)
{
	int err = dt_reg(w->fdt, node, 0, r);

	return err || !r->size ? fail(w, node, -EINVAL, "no usable reg") : 0;
}

/* Devices of which the first one found is taken. */
static int read_first(struct walk *w, int node, struct region *r)
{
	return r->size ? 0 : first_reg(w, node, r);
}

static int read_sram(struct walk *w, int node)
{
	return read_first(w, node, &w->m->secure_sram);
}

static int read_flash(struct walk *w, int node)
{
	return read_first(w, node, &w->m->secure_flash);
}

static int read_gpio(struct walk *w, int node)
{
	return read_first(w, node, &w->m->secure_gpio);
}

/* The resident stage drives fixed lines of the secure PL061, so others are refused. */
static int check_gpio_line(struct walk *w, int node, uint32_t line)
{
	int len;
	const fdt32_t *gpios = fdt_getprop(w->fdt, node, "gpios", &len);

	if (!gpios || len < 8 || fdt32_ld(gpios + 1) != line)
		return fail(w, node, -ENOTSUP, "not on the GPIO line the monitor drives");
	return 0;
}

static int check_power_off(struct walk *w, int node)
{
	return check_gpio_line(w, node, POWER_OFF_LINE);
}

static int check_reset(struct walk *w, int node)
{
	return check_gpio_line(w, node, RESET_LINE);
}

/* Puts r into an ascending list; -EINVAL if it overlaps what is there. */
static int insert_region(struct region *list, uint32_t *nr, uint32_t max, struct region r)
{
	uint32_t at = 0;

	while (at < *nr && list[at].base < r.base)
		at++;
	if ((at > 0 && list[at - 1].base + list[at - 1].size > r.base) ||
	    (at < *nr && r.base + r.size > list[at].base))
		return -EINVAL;
	if (*nr == max)
		return -ENOSPC;
	memmove(&list[at + 1], &list[at], (*nr - at) * sizeof(*list));
	list[at] = r;
	++*nr;
	return 0;
}

/* The whole granules of a region. */
static struct region granules_of(struct region r)
{
	uint64_t end = align_down(r.base + r.size, GRANULE_SIZE);
	uint64_t base = align_down(r.base, GRANULE_SIZE);

	if (base != r.base)
		base += GRANULE_SIZE;
	return (struct region){base, end > base ? end - base : 0};
}

static int add_region(struct walk *w, int node, struct region r, struct region *list, uint32_t *nr,
		      uint32_t max)
{
	int err;

	r = granules_of(r);
	if (!r.size)
		return 0;
	err = insert_region(list, nr, max, r);
	if (err == -ENOSPC)
		return fail(w, node, err, "more regions of this kind than the monitor can hold");
	return err ? fail(w, node, err, "overlaps another region") : 0;
}

static int read_dram(struct walk *w, int node)
{
	struct machine *m = w->m;
	struct region r;
	int err;

	for (unsigned int i = 0; !(err = dt_reg(w->fdt, node, i, &r)); i++) {
		err = add_region(w, node, r, m->dram, &m->nr_dram, MAX_DRAM_BANKS);
		if (err)
			return err;
	}
	return err == -ENOENT ? 0 : fail(w, node, -EINVAL, "malformed reg");
}

static int cpu_affinity(struct walk *w, int node, uint64_t *mpidr)
{
	int len;
	const fdt32_t *reg = fdt_getprop(w->fdt, node, "reg", &len);
	int cells = fdt_address_cells(w->fdt, fdt_parent_offset(w->fdt, node));

	if (!reg || cells < 1 || cells > 2 || len != cells * 4)
		return fail(w, node, -EINVAL, "malformed reg");
	*mpidr = cells == 2 ? (uint64_t)fdt32_ld(reg) << 32 | fdt32_ld(reg + 1) : fdt32_ld(reg);
	return *mpidr & ~MPIDR_AFFINITY ? fail(w, node, -EINVAL, "reg is not an affinity") : 0;
}

static int read_cpu(struct walk *w, int node)
{
	struct machine *m = w->m;
	uint64_t mpidr = 0;
	int err = cpu_affinity(w, node, &mpidr);

	if (err)
		return err;
	for (uint32_t i = 0; i < m->nr_cpus; i++) {
		if (m->mpidr[i] == mpidr)
			return fail(w, node, -EINVAL, "two CPUs with this affinity");
	}
	if (m->nr_cpus == MAX_CPUS)
		return fail(w, node, -ENOSPC, "more CPUs than the monitor can hold");
	m->mpidr[m->nr_cpus++] = mpidr;
	return 0;
}

/* Frequency of the first clock (uartclk by the PL011's binding), in Hz. */
static int uart_clock(struct walk *w, int node, uint64_t *hz)
{
	int len;
	const fdt32_t *clocks = fdt_getprop(w->fdt, node, "clocks", &len);
	uint32_t value = 0;
	int clock;

	if (!clocks || len < 4)
		return fail(w, node, -EINVAL, "no clocks");
	clock = fdt_node_offset_by_phandle(w->fdt, fdt32_ld(clocks));
	if (clock < 0 || dt_u32(w->fdt, clock, "clock-frequency", &value) || !value)
		return fail(w, node, -EINVAL, "its clock has no clock-frequency");
	*hz = value;
	return 0;
}

static int read_uart(struct walk *w, int node)
{
	if (w->m->uart.size && node != w->stdout_node)
		return 0;
	if (uart_clock(w, node, &w->m->uart_clk_hz))
		return -EINVAL;
	return first_reg(w, node, &w->m->uart);
}

static int read_secure_uart(struct walk *w, int node)
{
	if (w->m->secure_uart.size && node != w->secure_stdout_node)
		return 0;
	return first_reg(w, node, &w->m->secure_uart);
}

static int read_gic(struct walk *w, int node)
{
	uint32_t regions = 1;
	int err = dt_u32(w->fdt, node, "#redistributor-regions", &regions);

	if (err == -EINVAL || regions != 1)
		return fail(w, node, -ENOTSUP, "more than one redistributor region");
	if (fdt_getprop(w->fdt, node, "redistributor-stride", NULL))
		return fail(w, node, -ENOTSUP, "redistributor-stride");
	if (first_reg(w, node, &w->m->gicd))
		return -EINVAL;
	if (dt_reg(w->fdt, node, 1, &w->m->gicr) || w->m->gicr.size < GICR_STRIDE)
		return fail(w, node, -EINVAL, "no redistributors");
	return 0;
}

static int add_coherent(struct walk *w, int node, struct region r)
{
	struct machine *m = w->m;

	return add_region(w, node, r, m->coh_dev, &m->nr_coh_dev, MAX_DEV_REGIONS);
}

static int read_pcie_windows(struct walk *w, int node)
{
	struct dt_window win;
	int err;

	for (unsigned int i = 0; !(err = dt_window(w->fdt, node, i, &win)); i++) {
		if (PCI_SPACE(win.space) != PCI_SPACE_MEM32 &&
		    PCI_SPACE(win.space) != PCI_SPACE_MEM64)
			continue;
		err = add_coherent(w, node, win.cpu);
		if (err)
			return err;
	}
	return err == -ENOENT ? 0 : fail(w, node, -EINVAL, "malformed ranges");
}

static int read_pcie(struct walk *w, int node)
{
	struct region ecam;
	int err;

	if (!dt_dma_coherent(w->fdt, node))
		return 0;
	err = first_reg(w, node, &ecam);
	if (!err)
		err = add_coherent(w, node, ecam);
	return err ? err : read_pcie_windows(w, node);
}

static const struct rule rules[] = {
	{"cpu", NULL, DT_NONSECURE, read_cpu},
	{"memory", NULL, DT_NONSECURE, read_dram},
	{"memory", NULL, DT_SECURE_ONLY, read_sram},
	{NULL, "cfi-flash", DT_SECURE_ONLY, read_flash},
	{NULL, "arm,pl011", DT_NONSECURE, read_uart},
	{NULL, "arm,pl011", DT_SECURE_ONLY, read_secure_uart},
	{NULL, "arm,pl061", DT_SECURE_ONLY, read_gpio},
	{NULL, "gpio-poweroff", DT_SECURE_ONLY, check_power_off},
	{NULL, "gpio-restart", DT_SECURE_ONLY, check_reset},
	{NULL, "arm,gic-v3", DT_NONSECURE, read_gic},
	{NULL, "pci-host-ecam-generic", DT_NONSECURE, read_pcie},
};

static bool rule_matches(const struct walk *w, int node, const struct rule *rule)
{
	bool match = rule->device_type
			     ? dt_string_is(w->fdt, node, "device_type", rule->device_type)
			     : !fdt_node_check_compatible(w->fdt, node, rule->compatible);

	return match && dt_world(w->fdt, node) == rule->world;
}

static void raise_top(struct machine *m, const struct region *r)
{
	if (r->base + r->size > m->top)
		m->top = r->base + r->size;
}

/* Every address that a node names, used or not, counts: the GPT must be able to describe it. */
static int cover_node(struct walk *w, int node)
{
	struct dt_window win;
	struct region r;
	int err;

	for (unsigned int i = 0; !(err = dt_reg(w->fdt, node, i, &r)); i++)
		raise_top(w->m, &r);
	if (err == -EINVAL)
		return fail(w, node, err, "malformed reg");
	for (unsigned int i = 0; !(err = dt_window(w->fdt, node, i, &win)); i++)
		raise_top(w->m, &win.cpu);
	return err == -EINVAL ? fail(w, node, err, "malformed ranges") : 0;
}

static int visit(struct walk *w, int node)
{
	int err = cover_node(w, node);

	for (size_t i = 0; !err && i < ARRAY_SIZE(rules); i++) {
		if (rule_matches(w, node, &rules[i]))
			err = rules[i].read(w, node);
	}
	return err;
}

/* The node /chosen's stdout-path leads to (options behind ':' left out), or negative. */
static int stdout_node(const void *fdt, const char *chosen)
{
	int len, node = fdt_path_offset(fdt, chosen);
	const char *path = node < 0 ? NULL : fdt_stringlist_get(fdt, node, "stdout-path", 0, &len);
	const char *options;

	if (!path)
		return -1;
	options = strchr(path, ':');
	return fdt_path_offset_namelen(fdt, path, options ? (int)(options - path) : len);
}

static void join_banks(struct machine *m)
{
	uint32_t last = 0;

	for (uint32_t i = 1; i < m->nr_dram; i++) {
		if (m->dram[last].base + m->dram[last].size == m->dram[i].base)
			m->dram[last].size += m->dram[i].size;
		else
			m->dram[++last] = m->dram[i];
	}
	if (m->nr_dram)
		m->nr_dram = last + 1;
}

static int check_complete(const struct machine *m)
{
	const struct {
		const char *name;
		bool present;
	} needed[] = {
		{"CPUs", m->nr_cpus},
		{"memory", m->nr_dram},
		{"PL011", m->uart.size},
		{"GICv3", m->gicd.size},
		{"secure memory", m->secure_sram.size},
		{"secure flash", m->secure_flash.size},
	};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (!needed[i].present) {
			print("device tree: no %s\n", needed[i].name);
			return -ENODEV;
		}
	}
	return 0;
}

int machine_from_fdt(const void *fdt, struct machine *m)
{
	struct walk w = {.fdt = fdt, .m = m};
	int node, err = fdt_check_header(fdt);

	memset(m, 0, sizeof(*m));
	if (err) {
		print("device tree: bad header: %s\n", fdt_strerror(err));
		return -EINVAL;
	}
	w.stdout_node = stdout_node(fdt, "/chosen");
	w.secure_stdout_node = stdout_node(fdt, "/secure-chosen");
	for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		err = visit(&w, node);
		if (err)
			return err;
	}
	if (node != -FDT_ERR_NOTFOUND) {
		print("device tree: broken structure: %s\n", fdt_strerror(node));
		return -EINVAL;
	}
	join_banks(m);
	return check_complete(m);
}
