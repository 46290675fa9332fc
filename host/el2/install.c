// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes EL2 from the kernel's hyp-stub and gives it back (el2.h). Where the project's hypervisor
 * has EL2, which keeps it, its pages are taken instead (hypervisor.c).
 *
 * The stub is installed on a CPU by HVC_SOFT_RESTART, which runs its entry at EL2, and leaves by
 * HVC_RESET_VECTORS. A CPU that comes online, or back from a power state, has the kernel's hyp-stub
 * at EL2 again, so the stub is installed anew. On a CPU that goes offline it leaves before.
 */
#include <linux/cpu_pm.h>
#include <linux/cpuhotplug.h>

#include <asm/virt.h>

#include "host/compat/kernel.h"
#include "host/el2/el2.h"
#include "host/el2/stub.h"

#define HYPERVISOR_OWNS "; the kernel is at EL1, EL2 is the hypervisor's, which protects no VM yet"

static struct {
	bool active;
	bool hypervisor; /* EL2 is hyp's, and stays with it */
	int hotplug;
} el2;

DEFINE_PER_CPU(struct cca_switch *, cca_el2_shared);
u64 cca_el2_vtr;

/* ---- each CPU; interrupts masked ---- */

static bool install_here(void)
{
	struct hyp_cpu *cpu = cca_stub_cpu(smp_processor_id());

	if (this_cpu_read(cca_el2_shared))
		return true;
	cca_stub_clean(cpu, sizeof(*cpu));
	if (CONDUIT_CALL("hvc", HVC_SOFT_RESTART, cca_stub_pa(), virt_to_phys(cpu)) != HYP_SUCCESS)
		return false;
	cpu->nr_lrs = switch_nr_lrs(cpu->vtr);
	cpu->nr_aprs = switch_nr_aprs(cpu->vtr);
	WRITE_ONCE(cca_el2_vtr, cpu->vtr);
	this_cpu_write(cca_el2_shared, hyp_shared(cpu));
	return true;
}

static void leave_here(void *unused)
{
	if (!this_cpu_read(cca_el2_shared))
		return;
	this_cpu_write(cca_el2_shared, NULL);
	CONDUIT_CALL("hvc", HVC_RESET_VECTORS, 0, 0);
}

static int stub_online(unsigned int cpu)
{
	bool done;

	local_irq_disable();
	done = install_here();
	local_irq_enable();
	return done ? 0 : -EBUSY;
}

static int stub_offline(unsigned int cpu)
{
	local_irq_disable();
	leave_here(NULL);
	local_irq_enable();
	return 0;
}

static int el2_cpu_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == CPU_PM_ENTER)
		leave_here(NULL);
	else if (action == CPU_PM_EXIT || action == CPU_PM_ENTER_FAILED)
		WARN_ON_ONCE(!install_here());
	return NOTIFY_OK;
}

static struct notifier_block cpu_pm = {.notifier_call = el2_cpu_pm};

/* ---- start and stop ---- */

static int start_on_cpus(void)
{
	if (el2.hypervisor)
		return cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kvm-cca:el2", cca_hypervisor_online,
					 cca_hypervisor_offline);
	return cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kvm-cca:el2", stub_online, stub_offline);
}

static void free_all(void)
{
	cca_stub_free();
	cca_hypervisor_forget();
}

int cca_el2_start(const char **why)
{
	int ret;

	if (is_kernel_in_hyp_mode()) {
		cca_el2_vtr = read_sysreg_s(SYS_ICH_VTR_EL2);
		return 0;
	}
	el2.hypervisor = cca_hypervisor_found();
	*why = "no memory for the EL2 stub";
	ret = el2.hypervisor ? 0 : cca_stub_make();
	if (ret)
		goto failed;
	*why = "EL2 cannot be taken";
	ret = start_on_cpus();
	if (ret < 0)
		goto failed;
	el2.hotplug = ret;
	if (!el2.hypervisor)
		cpu_pm_register_notifier(&cpu_pm);
	el2.active = true;
	return 0;
failed:
	free_all();
	return ret;
}

void cca_el2_stop(void)
{
	if (!el2.active)
		return;
	el2.active = false;
	if (!el2.hypervisor)
		cpu_pm_unregister_notifier(&cpu_pm);
	cpuhp_remove_state(el2.hotplug);
	free_all();
}

const char *cca_el2_owner(void)
{
	if (!el2.active)
		return "";
	return el2.hypervisor ? HYPERVISOR_OWNS : "; the kernel is at EL1, EL2 is ours";
}

u64 cca_el2_ich_vtr(void)
{
	return READ_ONCE(cca_el2_vtr);
}
