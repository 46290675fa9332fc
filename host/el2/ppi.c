// SPDX-License-Identifier: GPL-2.0-only
/*
 * The physical interrupts that end a run (ppi.h). The handlers do nothing, because to end the run
 * is all that the interrupt is for. A timer that was asserted is masked by the RMM, which also
 * loads the host's timer and PMU registers again, so the level is gone by the time the handler
 * runs.
 */
#include <linux/acpi.h>
#include <linux/cpuhotplug.h>
#include <linux/interrupt.h>
#include <linux/irqdesc.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>

#include "host/compat/kernel.h"
#include "host/el2/ppi.h"
#include "host/el2/ppi_acpi.h"

#define GIC_MAINTENANCE 0
#define CPU_PMU		(PPI_TIMER_EL2 + 1)
#define TREE_PPI	1 /* the first cell of an interrupt, in the GIC's binding */

static struct ppi {
	int which;	  /* an enum cca_ppi_timer, or one of those above */
	unsigned int irq; /* 0: not ours */
} ppis[] = {
	{.which = PPI_TIMER_PHYSICAL}, /* the Realm's, in a run */
	{.which = PPI_TIMER_VIRTUAL},  /* likewise */
	{.which = PPI_TIMER_EL2},      /* the kernel's at EL2, at EL1 the stub's */
	{.which = GIC_MAINTENANCE},    /* the Realm's as well */
	{.which = CPU_PMU},	       /* likewise; may be missing */
};

static unsigned int pmu_irq; /* whoever has it; 0: none is known */

static bool is_timer(int which)
{
	return which != GIC_MAINTENANCE && which != CPU_PMU;
}

static int __percpu *ppi_cookie;
static int ppi_hotplug;

static irqreturn_t ppi_handler(int irq, void *cookie)
{
	return IRQ_HANDLED;
}

static int ppi_cpu_online(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ppis); i++) {
		if (ppis[i].irq)
			enable_percpu_irq(ppis[i].irq, IRQ_TYPE_NONE);
	}
	return 0;
}

static int ppi_cpu_offline(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ppis); i++) {
		if (ppis[i].irq)
			disable_percpu_irq(ppis[i].irq);
	}
	return 0;
}

/* The PMU of each kind of CPU has a `compatible` of its own; what they share is the node's name. */
static unsigned int find_pmu_in_tree(void)
{
	struct device_node *node;
	unsigned int irq = 0;
	u32 kind;

	for_each_node_with_property(node, "interrupts") {
		if (of_node_name_prefix(node, "pmu") &&
		    !of_property_read_u32(node, "interrupts", &kind) && kind == TREE_PPI)
			irq = irq_of_parse_and_map(node, 0);
		if (irq)
			break;
	}
	of_node_put(node);
	return irq;
}

static unsigned int find_in_tree(int which)
{
	bool timer = is_timer(which);
	struct device_node *node;
	unsigned int irq;

	if (which == CPU_PMU)
		return find_pmu_in_tree();
	node = of_find_compatible_node(NULL, NULL, timer ? "arm,armv8-timer" : "arm,gic-v3");
	irq = node ? irq_of_parse_and_map(node, timer ? which : 0) : 0;
	of_node_put(node);
	return irq;
}

/*
 * The kernel's number of an interrupt. The kernel has mapped those that it uses; the others are
 * mapped here.
 */
static unsigned int map_gsi(struct ppi_gsi ppi)
{
	unsigned int irq;
	int ret;

	if (!ppi.gsi)
		return 0;
	if (!acpi_gsi_to_irq(ppi.gsi, &irq))
		return irq;
	ret = acpi_register_gsi(NULL, ppi.gsi,
				ppi.edge ? ACPI_EDGE_SENSITIVE : ACPI_LEVEL_SENSITIVE,
				ppi.low ? ACPI_ACTIVE_LOW : ACPI_ACTIVE_HIGH);
	return max(ret, 0);
}

static unsigned int find_in_acpi(int which)
{
	bool timer = is_timer(which);
	struct acpi_table_header *table;
	struct ppi_gsi ppi;

	if (ACPI_FAILURE(acpi_get_table(timer ? ACPI_SIG_GTDT : ACPI_SIG_MADT, 0, &table)))
		return 0;
	if (timer)
		ppi = ppi_acpi_timer((const void *)table, which);
	else if (which == CPU_PMU)
		ppi = ppi_acpi_pmu((const void *)table);
	else
		ppi = ppi_acpi_maintenance((const void *)table);
	acpi_put_table(table);
	return map_gsi(ppi);
}

static unsigned int ppi_find(int which)
{
	return acpi_disabled ? find_in_tree(which) : find_in_acpi(which);
}

bool cca_ppi_taken(enum cca_ppi_timer timer)
{
	unsigned int irq = ppi_find(timer);

	return irq && irq_has_action(irq);
}

/*
 * Is it an interrupt that each CPU has for itself? A PMU's need not be, and may not be there. What
 * a Realm counts is then seen to overflow at its next exit.
 */
static bool ppi_is_usable(const struct ppi *ppi, unsigned int irq)
{
	return irq && (ppi->which != CPU_PMU || irq_is_percpu_devid(irq));
}

/*
 * Requests an interrupt if nobody has it. One that has an owner is KVM's, perf's or the kernel's
 * tick, which keep it enabled on every CPU; a request for it would fail and be logged.
 */
static int ppi_request(struct ppi *ppi)
{
	unsigned int irq = ppi_find(ppi->which);
	int ret;

	if (!ppi_is_usable(ppi, irq))
		return ppi->which == CPU_PMU ? 0 : -ENXIO;
	if (ppi->which == CPU_PMU)
		pmu_irq = irq;
	if (irq_has_action(irq))
		return 0;
	ret = request_percpu_irq(irq, ppi_handler, "kvm-cca", ppi_cookie);
	if (!ret)
		ppi->irq = irq;
	return ret;
}

static void ppi_free_all(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ppis); i++) {
		if (ppis[i].irq)
			free_percpu_irq(ppis[i].irq, ppi_cookie);
		ppis[i].irq = 0;
	}
	free_percpu(ppi_cookie);
	ppi_cookie = NULL;
}

int cca_ppi_init(void)
{
	unsigned int i;
	int ret = 0;

	ppi_cookie = alloc_percpu(int);
	if (!ppi_cookie)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(ppis) && !ret; i++)
		ret = ppi_request(&ppis[i]);
	if (!ret)
		ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kvm-cca:online", ppi_cpu_online,
					ppi_cpu_offline);
	if (ret < 0) {
		ppi_free_all();
		return ret;
	}
	ppi_hotplug = ret;
	return 0;
}

void cca_ppi_exit(void)
{
	if (!ppi_cookie)
		return;
	cpuhp_remove_state(ppi_hotplug);
	ppi_free_all();
}

void cca_ppi_mask_pmu(bool masked)
{
	if (pmu_irq)
		irq_set_irqchip_state(pmu_irq, IRQCHIP_STATE_MASKED, masked);
}
