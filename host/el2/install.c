// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes EL2 from the kernel's hyp-stub and gives it back (el2.h).
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

static struct {
	bool active;
	u64 vtr;
	int hotplug;
} el2;

DEFINE_PER_CPU(bool, cca_stub_installed);

/* ---- each CPU; interrupts masked ---- */

static bool install_here(void)
{
	struct hyp_cpu *cpu = cca_stub_cpu(smp_processor_id());

	if (this_cpu_read(cca_stub_installed))
		return true;
	cca_stub_clean(cpu, sizeof(*cpu));
	if (CONDUIT_CALL("hvc", HVC_SOFT_RESTART, cca_stub_pa(), virt_to_phys(cpu)) != HYP_SUCCESS)
		return false;
	cpu->nr_lrs = switch_nr_lrs(cpu->vtr);
	cpu->nr_aprs = switch_nr_aprs(cpu->vtr);
	WRITE_ONCE(el2.vtr, cpu->vtr);
	this_cpu_write(cca_stub_installed, true);
	return true;
}

static void leave_here(void *unused)
{
	if (!this_cpu_read(cca_stub_installed))
		return;
	this_cpu_write(cca_stub_installed, false);
	CONDUIT_CALL("hvc", HVC_RESET_VECTORS, 0, 0);
}

static int el2_cpu_online(unsigned int cpu)
{
	bool done;

	local_irq_disable();
	done = install_here();
	local_irq_enable();
	return done ? 0 : -EBUSY;
}

static int el2_cpu_offline(unsigned int cpu)
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

int cca_el2_start(const char **why)
{
	int ret;

	if (is_kernel_in_hyp_mode()) {
		el2.vtr = read_sysreg_s(SYS_ICH_VTR_EL2);
		return 0;
	}
	*why = "no memory for the EL2 stub";
	ret = cca_stub_make();
	if (ret)
		goto no_memory;
	*why = "EL2 cannot be taken";
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kvm-cca:el2", el2_cpu_online,
				el2_cpu_offline);
	if (ret < 0)
		goto no_memory;
	el2.hotplug = ret;
	cpu_pm_register_notifier(&cpu_pm);
	el2.active = true;
	return 0;
no_memory:
	cca_stub_free();
	return ret;
}

void cca_el2_stop(void)
{
	if (!el2.active)
		return;
	el2.active = false;
	cpu_pm_unregister_notifier(&cpu_pm);
	cpuhp_remove_state(el2.hotplug);
	cca_stub_free();
}

bool cca_el2_is_stub(void)
{
	return el2.active;
}

u64 cca_el2_ich_vtr(void)
{
	return READ_ONCE(el2.vtr);
}
