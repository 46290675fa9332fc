// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the RMM and activates it, or finds that it is active: version, features, configuration,
 * activation. And the way back, so that the next kernel and the next load of a driver, this one or
 * another, find the RMM as it was after boot.
 */
#include <linux/arm-smccc.h>
#include <linux/module.h>

#include <asm/cputype.h>
#include <asm/sysreg.h>

#include "abi/rmi_ext.h"
#include "host/rmi/op.h"
#include "host/rmi/probe.h"
#include "host/stats.h"

#define PFR0_RME_SHIFT 52

static ulong extensions = ~0UL;
module_param(extensions, ulong, 0444);
MODULE_PARM_DESC(extensions, "RMI extensions to use where the RMM has them (mask, abi/rmi_ext.h)");

struct rmi_info rmi_info;
static struct cca_pool activation_pool = {
	.lock = __MUTEX_INITIALIZER(activation_pool.lock),
	.chunks = LIST_HEAD_INIT(activation_pool.chunks),
};

/*
 * This load of the module has activated the RMM. If another driver did, it is not for us to
 * deactivate it.
 */
static bool activated;

static bool cpu_has_rme(void)
{
	return (read_sysreg_s(SYS_ID_AA64PFR0_EL1) >> PFR0_RME_SHIFT) & 0xf;
}

static int probe_version(const char **why)
{
	struct rmi_regs r = {{RMI_VERSION, RMI_VERSION_2_0}};
	u64 status = rmi_issue(&r);

	if (status == (u64)RMI_UNKNOWN_FID) {
		*why = "the firmware has no RMM";
		return -ENODEV;
	}
	if (RMI_STATUS(status) != RMI_SUCCESS) {
		*why = "the RMM does not speak RMI 2.0";
		return -ENODEV;
	}
	rmi_info.version = r.x[1];
	return 0;
}

/* An RMM that does not know this register has no extensions. */
static u64 probe_extensions(void)
{
	struct rmi_regs r = {{RMI_FEATURES, RMI_FEATURES_EXT}};

	return rmi_issue(&r) == RMI_SUCCESS ? r.x[1] : 0;
}

static int probe_features(const char **why)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rmi_info.features); i++) {
		struct rmi_regs r = {{RMI_FEATURES, i}};

		if (rmi_issue(&r) != RMI_SUCCESS) {
			*why = "the RMM does not tell its features";
			return -ENXIO;
		}
		rmi_info.features[i] = r.x[1];
	}
	rmi_info.extensions = probe_extensions() & extensions;
	if (!(rmi_info.features[1] & RMI_FEATURE1_GRAN_SZ_4K)) {
		*why = "the RMM has no 4 KiB granules";
		return -ENODEV;
	}
	if (!(rmi_info.features[1] & RMI_FEATURE1_HASH_SHA_256)) {
		*why = "the RMM does not measure by SHA-256";
		return -ENODEV;
	}
	return 0;
}

static int configure(const char **why)
{
	struct rmi_rmm_config *config = (void *)get_zeroed_page(GFP_KERNEL);
	struct rmi_regs r = {{RMI_RMM_CONFIG_SET}};
	u64 status;

	if (!config) {
		*why = "out of memory";
		return -ENOMEM;
	}
	r.x[1] = virt_to_phys(config);
	status = rmi_issue(&r);
	free_page((unsigned long)config);
	if (status != RMI_SUCCESS && RMI_STATUS(status) != RMI_ERROR_GLOBAL) {
		*why = "the RMM does not take its configuration";
		return -ENXIO;
	}
	return 0;
}

/*
 * Configures and activates the RMM. Both calls answer ERROR_GLOBAL if an earlier load or another
 * driver has done so. *fresh: the RMM was not active before.
 */
static int activate(struct cca_pool *pool, bool *fresh, const char **why)
{
	struct rmi_regs r = {{RMI_RMM_ACTIVATE}};
	int ret = configure(why);
	u64 status;

	*fresh = false;
	if (ret)
		return ret;
	status = rmi_run_memory(pool, &r);
	if (status != RMI_SUCCESS && RMI_STATUS(status) != RMI_ERROR_GLOBAL) {
		*why = "the RMM cannot be activated";
		return rmi_errno(status);
	}
	*fresh = status == RMI_SUCCESS;
	return 0;
}

static int probe_activate(const char **why)
{
	int ret = activate(&activation_pool, &activated, why);

	if (!ret)
		cca_stat_add(STAT_RMM_FOUND, !activated);
	return ret;
}

int rmi_probe(const char **why)
{
	int ret;

	if (!cpu_has_rme()) {
		*why = "the CPU has no Realm Management Extension";
		return -ENODEV;
	}
	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC) {
		*why = "the firmware is not called by SMC";
		return -ENODEV;
	}
	ret = probe_version(why);
	if (!ret)
		ret = probe_features(why);
	if (!ret)
		ret = probe_activate(why);
	return ret;
}

int rmi_resume(const char **why)
{
	struct cca_pool pool;
	bool fresh;
	int ret;

	cca_pool_init(&pool);
	ret = activate(&pool, &fresh, why);
	if (!fresh) {
		cca_pool_abandon(&pool);
		return ret;
	}
	/* The RMM that had this memory is gone, so all of it is the host's. */
	cca_pool_forget(&activation_pool);
	list_splice(&pool.chunks, &activation_pool.chunks);
	activated = true;
	return 0;
}

/*
 * An RMM refuses this while it has a granule of ours, which then is a leaked one. One of an older
 * draft does not know the call. In both cases it stays active, and the next load of this module
 * copes with that.
 */
void rmi_deactivate(void)
{
	struct rmi_regs r = {{RMI_RMM_DEACTIVATE}};

	if (activated && rmi_run_memory(&activation_pool, &r) == RMI_SUCCESS)
		activated = false;
}

void rmi_release(void)
{
	bool was_ours = activated;

	rmi_deactivate();
	if (was_ours && !activated)
		cca_pool_destroy(&activation_pool);
	else
		cca_pool_abandon(&activation_pool);
}
