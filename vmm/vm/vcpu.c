/* SPDX-License-Identifier: BSD-3-Clause */
/* Creation of vCPUs, see vcpu.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <util.h>

#include "vmm/lib/error.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vcpu.h"
#include "vmm/vm/vm.h"

#define REG_X(n)  (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | 2 * (n))
#define REG_PC	  (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | 0x40)
#define SVE_WORDS 8
#define REG_DFR0  ARM64_SYS_REG(3, 0, 0, 5, 0)	/* ID_AA64DFR0_EL1 */
#define REG_PMCR  ARM64_SYS_REG(3, 3, 9, 12, 0) /* PMCR_EL0 */

#define DFR0_BRPS 12
#define DFR0_WRPS 20
#define PMCR_N	  11

static int failed(const struct vcpu *v, int err, const char *what)
{
	char text[SHORTAGE_TEXT];

	return error_set(err, "vCPU %u: %s: %s", v->index, what,
			 shortage_strerror(&v->vm->shortage, err, text));
}

/* Leaves vector lengths up to `bits` enabled. An error if the host lacks that very length. */
static int limit_sve(struct vcpu *v, unsigned int bits)
{
	uint64_t lengths[SVE_WORDS] = {0};
	unsigned int last = bits / VM_SVE_STEP - 1;
	int ret = kvm_get_reg(v->fd, KVM_REG_ARM64_SVE_VLS, lengths);

	if (ret < 0)
		return failed(v, ret, "SVE's vector lengths");
	if (!(lengths[0] & BIT(last)))
		return error_set(-EINVAL,
				 "--sve %u: this host has no such length (see `realm info`)", bits);
	lengths[0] &= MASK(last, 0);
	ret = kvm_set_reg(v->fd, KVM_REG_ARM64_SVE_VLS, lengths);
	return ret < 0 ? failed(v, ret, "SVE's vector lengths") : 0;
}

static int finish_sve(struct vcpu *v, unsigned int bits)
{
	static const int feature = KVM_ARM_VCPU_SVE;
	int ret;

	if (!bits)
		return 0;
	ret = limit_sve(v, bits);
	if (ret < 0)
		return ret;
	ret = kvm_ioctl(v->fd, KVM_ARM_VCPU_FINALIZE, &feature);
	return ret < 0 ? failed(v, ret, "SVE") : 0;
}

static int too_many(const char *option, unsigned int wanted, unsigned int most)
{
	return error_set(-EINVAL, "%s %u: this host has %u (see `realm info`)", option, wanted,
			 most);
}

/*
 * A Realm's CPUs have as many breakpoints and watchpoints as its configuration says, because both
 * numbers are measured. One vCPU's register stands for all.
 */
static int limit_debug(struct vm *vm, const struct vm_config *c)
{
	unsigned int bps, wps;
	uint64_t dfr0 = 0;
	int ret = kvm_get_reg(vm->vcpus[0].fd, REG_DFR0, &dfr0);

	if (ret < 0)
		return failed(&vm->vcpus[0], ret, "its breakpoints");
	bps = 1 + (dfr0 >> DFR0_BRPS & 0xf);
	wps = 1 + (dfr0 >> DFR0_WRPS & 0xf);
	if (c->breakpoints > bps)
		return too_many("--breakpoints", c->breakpoints, bps);
	if (c->watchpoints > wps)
		return too_many("--watchpoints", c->watchpoints, wps);
	dfr0 &= ~(MASK(DFR0_BRPS + 3, DFR0_BRPS) | MASK(DFR0_WRPS + 3, DFR0_WRPS));
	dfr0 |= (uint64_t)(c->breakpoints - 1) << DFR0_BRPS;
	dfr0 |= (uint64_t)(c->watchpoints - 1) << DFR0_WRPS;
	ret = kvm_set_reg(vm->vcpus[0].fd, REG_DFR0, &dfr0);
	return ret < 0 ? failed(&vm->vcpus[0], ret, "its breakpoints") : 0;
}

/*
 * A PMU has as many event counters as was asked for, because a Realm's are measured. One vCPU's
 * register stands for all.
 */
static int limit_pmu(struct vm *vm, unsigned int counters)
{
	struct vcpu *v = &vm->vcpus[0];
	uint64_t pmcr = 0;
	int ret = kvm_get_reg(v->fd, REG_PMCR, &pmcr);

	if (ret < 0)
		return failed(v, ret, "its PMU");
	if (counters > (pmcr >> PMCR_N & VM_PMU_MAX))
		return too_many("--pmu", counters, (unsigned int)(pmcr >> PMCR_N & VM_PMU_MAX));
	pmcr &= ~(uint64_t)MASK(PMCR_N + 4, PMCR_N);
	pmcr |= (uint64_t)counters << PMCR_N;
	ret = kvm_set_reg(v->fd, REG_PMCR, &pmcr);
	return ret < 0 ? failed(v, ret, "its PMU") : 0;
}

/*
 * The features for pointer authentication. A Realm has it whenever the CPU has; an ordinary VM gets
 * it as well, to be comparable.
 */
static uint32_t ptrauth(const struct vm *vm)
{
	if (!kvm_check(vm->fd, KVM_CAP_ARM_PTRAUTH_ADDRESS) ||
	    !kvm_check(vm->fd, KVM_CAP_ARM_PTRAUTH_GENERIC))
		return 0;
	return 1u << KVM_ARM_VCPU_PTRAUTH_ADDRESS | 1u << KVM_ARM_VCPU_PTRAUTH_GENERIC;
}

static int init(struct vcpu *v, const struct vm_config *config)
{
	struct kvm_vcpu_init init = {0};
	int ret = kvm_ioctl(v->vm->fd, KVM_ARM_PREFERRED_TARGET, &init);

	if (ret < 0)
		return failed(v, ret, "no CPU model");
	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2 | ptrauth(v->vm);
	if (v->index)
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	if (config->sve)
		init.features[0] |= 1u << KVM_ARM_VCPU_SVE;
	if (config->pmu)
		init.features[0] |= 1u << KVM_ARM_VCPU_PMU_V3;
	ret = kvm_ioctl(v->fd, KVM_ARM_VCPU_INIT, &init);
	if (ret == -EINVAL && config->sve)
		return error_set(ret, "--sve %u: no SVE here (see `realm info`)", config->sve);
	if (ret < 0)
		return failed(v, ret, "could not be initialised");
	return finish_sve(v, config->sve);
}

static int map_run(struct vcpu *v)
{
	void *run = mmap(NULL, v->vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);

	if (run == MAP_FAILED)
		return failed(v, -errno, "its run page could not be mapped");
	v->run = run;
	return 0;
}

static int create(struct vcpu *v, const struct vm_config *config)
{
	int ret;

	v->fd = kvm_ioctl_value(v->vm->fd, KVM_CREATE_VCPU, v->index);
	if (v->fd < 0)
		return failed(v, v->fd, "could not be created");
	ret = map_run(v);
	return ret < 0 ? ret : init(v, config);
}

int vcpu_create_all(struct vm *vm, const struct vm_config *config)
{
	int size = kvm_ioctl_value(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	int ret = 0;

	if (size < (int)sizeof(struct kvm_run))
		return error_set(-EIO, "%s: the size of its run pages is %d", config->kvm, size);
	if (config->pmu && !kvm_check(vm->fd, KVM_CAP_ARM_PMU_V3))
		return error_set(-EINVAL, "--pmu: no PMU here (see `realm info`)");
	vm->run_size = (size_t)size;
	vm->vcpus = calloc(config->cpus, sizeof(*vm->vcpus));
	if (!vm->vcpus)
		return error_set(-ENOMEM, "out of memory");
	while (ret == 0 && vm->cpus < config->cpus) {
		struct vcpu *v = &vm->vcpus[vm->cpus];

		*v = (struct vcpu){.vm = vm, .index = vm->cpus++, .fd = -1};
		ret = create(v, config);
	}
	if (ret == 0 && config->realm)
		ret = limit_debug(vm, config);
	return ret == 0 && config->pmu ? limit_pmu(vm, config->pmu) : ret;
}

int vcpu_init_pmu(struct vm *vm, const struct vm_config *config)
{
	static const int irq = MAP_PPI_PMU;
	unsigned int i;
	int ret = 0;

	for (i = 0; config->pmu && ret == 0 && i < vm->cpus; i++) {
		struct vcpu *v = &vm->vcpus[i];

		ret = kvm_set_attr(v->fd, KVM_ARM_VCPU_PMU_V3_CTRL, KVM_ARM_VCPU_PMU_V3_IRQ, &irq);
		if (ret == 0)
			ret = kvm_set_attr(v->fd, KVM_ARM_VCPU_PMU_V3_CTRL,
					   KVM_ARM_VCPU_PMU_V3_INIT, NULL);
		if (ret < 0)
			return failed(v, ret, "the interrupt of its PMU");
	}
	return 0;
}

int vcpu_set_entry(struct vm *vm, uint64_t pc, uint64_t fdt)
{
	struct vcpu *v = &vm->vcpus[0];
	int ret = kvm_set_reg(v->fd, REG_PC, &pc);

	if (ret == 0)
		ret = kvm_set_reg(v->fd, REG_X(0), &fdt);
	return ret < 0 ? failed(v, ret, "its first registers could not be set") : 0;
}

void vcpu_destroy_all(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->cpus; i++) {
		if (vm->vcpus[i].run)
			munmap(vm->vcpus[i].run, vm->run_size);
		if (vm->vcpus[i].fd >= 0)
			close(vm->vcpus[i].fd);
	}
	free(vm->vcpus);
	vm->vcpus = NULL;
	vm->cpus = 0;
}
