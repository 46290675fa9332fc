// SPDX-License-Identifier: GPL-2.0-only
/*
 * See ppi.h. Nothing is done in the handlers: that the interrupt ended the run is all it is for.
 * The RMM masks a timer that is asserted and gives the host's timer registers back, so the level is
 * gone when the handler runs.
 */
#include <linux/cpuhotplug.h>
#include <linux/interrupt.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>

#include "compat.h"
#include "ppi.h"

static struct ppi {
	const char *compatible;
	int place;
	unsigned int irq; /* 0: not ours */
} ppis[] = {
	{"arm,armv8-timer", PPI_TIMER_PHYSICAL, 0},
	{"arm,armv8-timer", PPI_TIMER_VIRTUAL, 0},
	{"arm,armv8-timer", PPI_TIMER_EL2, 0}, /* the kernel's at EL2, at EL1 the stub's */
	{"arm,gic-v3", 0, 0},
};

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

static unsigned int ppi_find(const char *compatible, int place)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, compatible);
	unsigned int irq = node ? irq_of_parse_and_map(node, place) : 0;

	of_node_put(node);
	return irq;
}

bool cca_ppi_taken(enum cca_ppi_timer timer)
{
	unsigned int irq = ppi_find("arm,armv8-timer", timer);

	return irq && irq_has_action(irq);
}

/*
 * One that is taken is KVM's or the kernel's tick, which keep it enabled on every CPU; asking for
 * it would be logged.
 */
static int ppi_request(struct ppi *ppi)
{
	unsigned int irq = ppi_find(ppi->compatible, ppi->place);
	int ret;

	if (!irq)
		return -ENXIO;
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
