/* SPDX-License-Identifier: BSD-3-Clause */
/* host/vcpu/pmu.c: the attributes of a vCPU's PMU answer as KVM's do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "host/rmi/probe.h"
#include "host/vcpu/pmu.h"
#include "host/vgic/vgic.h"

#define IRQS	 64
#define COUNTERS 6
#define SET_NR	 4 /* KVM_ARM_VCPU_PMU_V3_SET_NR_COUNTERS */
#define N(n)	 ((u64)(n) << 11)

struct rmi_info rmi_info;

static struct cca_vm vm;
static struct cca_vcpu vcpu[2];
static bool initialised; /* the vGIC */

bool cca_vgic_initialised(const struct cca_vm *of)
{
	return initialised;
}

bool cca_vgic_has_irq(const struct cca_vm *of, unsigned int intid)
{
	assert_true(initialised);
	return intid >= VGIC_SGIS && intid < IRQS;
}

int put_user_int(int value, int *to)
{
	*to = value;
	return 0;
}

unsigned long put_user_u64(u64 value, unsigned long long *to)
{
	fail();
	return 0;
}

static int reset(void **state)
{
	unsigned int i;

	memset(&vm, 0, sizeof(vm));
	memset(vcpu, 0, sizeof(vcpu));
	for (i = 0; i < 2; i++) {
		vcpu[i].vm = &vm;
		vcpu[i].features = BIT(KVM_ARM_VCPU_PMU_V3);
		vcpu[i].timer_ppi[TIMER_VIRTUAL] = 27;
		vcpu[i].timer_ppi[TIMER_PHYSICAL] = 30;
		vm.vcpus[i] = &vcpu[i];
	}
	vm.nr_vcpus = 2;
	vm.vgic = (void *)&vm;
	vm.realm.config.pmu = true;
	vm.realm.config.pmu_counters = COUNTERS;
	rmi_info.features[0] = RMI_FEATURE0_PMU | (u64)COUNTERS << RMI_FEATURE0_PMU_NUM_CTRS_SHIFT;
	initialised = true;
	return 0;
}

static int attr(unsigned int i, unsigned int cmd, u64 what, int *value)
{
	const struct kvm_device_attr args = {.attr = what, .addr = (uintptr_t)value};
	int ret = cca_pmu_attr(&vcpu[i], cmd, &args);

	assert_false(vm.config_lock.held);
	return ret;
}

static int set_irq(unsigned int i, int irq)
{
	return attr(i, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_PMU_V3_IRQ, &irq);
}

static int init(unsigned int i)
{
	return attr(i, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_PMU_V3_INIT, NULL);
}

static int set_counters(int n)
{
	return attr(0, KVM_SET_DEVICE_ATTR, SET_NR, &n);
}

static void one_ppi_is_all_vcpus(void **state)
{
	int irq = 0;

	assert_int_equal(attr(0, KVM_GET_DEVICE_ATTR, KVM_ARM_VCPU_PMU_V3_IRQ, &irq), -ENXIO);
	assert_int_equal(set_irq(0, 23), 0);
	assert_int_equal(attr(0, KVM_GET_DEVICE_ATTR, KVM_ARM_VCPU_PMU_V3_IRQ, &irq), 0);
	assert_int_equal(irq, 23);
	assert_int_equal(set_irq(1, 22), -EINVAL);
	assert_int_equal(set_irq(1, 40), 0);
	reset(state);
	assert_int_equal(set_irq(0, 23), 0);
	assert_int_equal(set_irq(1, 23), 0);
	assert_int_equal(set_irq(1, 23), -EBUSY);
	assert_int_equal(set_irq(1, 22), -EINVAL);
}

static void an_spi_is_one_vcpus(void **state)
{
	assert_int_equal(set_irq(0, 40), 0);
	assert_int_equal(set_irq(1, 40), -EINVAL);
	assert_int_equal(set_irq(1, 23), -EINVAL);
	assert_int_equal(set_irq(1, 41), 0);
	assert_int_equal(init(0), 0);
}

static void an_interrupt_is_a_ppi_or_an_spi(void **state)
{
	static const int none[] = {-1, 0, 15, 1020, 8192};
	unsigned int i;

	for (i = 0; i < 5; i++)
		assert_int_equal(set_irq(0, none[i]), -EINVAL);
	assert_int_equal(attr(0, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_PMU_V3_IRQ, NULL), -EFAULT);
	vm.vgic = NULL;
	assert_int_equal(set_irq(0, 23), -EINVAL);
}

static void init_comes_after_the_interrupt_and_the_vgic(void **state)
{
	assert_int_equal(init(0), -ENXIO);
	initialised = false;
	assert_int_equal(set_irq(0, 23), 0);
	assert_int_equal(init(0), -ENODEV);
	assert_false(vcpu[0].pmu_ready);
	initialised = true;
	assert_int_equal(init(0), 0);
	assert_true(vcpu[0].pmu_ready);
	assert_int_equal(init(0), -EBUSY);
	assert_int_equal(set_irq(0, 23), -EBUSY);
	assert_false(vcpu[1].pmu_ready);
}

static void init_looks_at_what_the_vgic_and_the_timers_have(void **state)
{
	assert_int_equal(set_irq(0, IRQS), 0);
	assert_int_equal(init(0), -EINVAL);
	reset(state);
	assert_int_equal(set_irq(0, 27), 0);
	assert_int_equal(init(0), -EEXIST);
	reset(state);
	assert_int_equal(set_irq(0, 30), 0);
	assert_int_equal(init(0), -EEXIST);
	vcpu[0].timer_ppi[TIMER_PHYSICAL] = 29;
	assert_int_equal(init(0), 0);
}

static void a_vcpu_without_a_pmu_has_no_attributes(void **state)
{
	u64 what;

	for (what = 0; what < 6; what++)
		assert_int_equal(attr(0, KVM_HAS_DEVICE_ATTR, what, NULL),
				 what < 2 || what == SET_NR ? 0 : -ENXIO);
	/* A filter, another PMU, and what is none. */
	assert_int_equal(attr(0, KVM_SET_DEVICE_ATTR, 2, NULL), -ENXIO);
	assert_int_equal(attr(0, KVM_SET_DEVICE_ATTR, 3, NULL), -ENXIO);
	assert_int_equal(attr(0, KVM_SET_DEVICE_ATTR, 99, NULL), -ENXIO);
	vcpu[0].features = 0;
	for (what = 0; what < 6; what++)
		assert_int_equal(attr(0, KVM_HAS_DEVICE_ATTR, what, NULL), -ENXIO);
	assert_int_equal(set_irq(0, 23), -ENODEV);
	assert_int_equal(init(0), -ENODEV);
	assert_int_equal(attr(0, KVM_GET_DEVICE_ATTR, KVM_ARM_VCPU_PMU_V3_IRQ, NULL), -ENODEV);
}

static void counters_are_chosen_until_the_realm_exists(void **state)
{
	assert_int_equal(cca_pmu_pmcr(&vm), N(COUNTERS));
	assert_int_equal(set_counters(COUNTERS + 1), -EINVAL);
	assert_int_equal(set_counters(-1), -EINVAL);
	assert_int_equal(set_counters(2), 0);
	assert_int_equal(cca_pmu_pmcr(&vm), N(2));
	assert_int_equal(cca_pmu_set_pmcr(&vm, N(3)), 0);
	assert_int_equal(vm.realm.config.pmu_counters, 3);
	assert_int_equal(cca_pmu_set_pmcr(&vm, N(COUNTERS + 1)), -EINVAL);
	assert_int_equal(cca_pmu_set_pmcr(&vm, N(3) | 1), -EINVAL);
	assert_int_equal(vm.realm.config.pmu_counters, 3);
	vm.realm.state = REALM_NEW;
	assert_int_equal(set_counters(2), -EBUSY);
	assert_int_equal(cca_pmu_set_pmcr(&vm, N(2)), -EBUSY);
	assert_int_equal(cca_pmu_set_pmcr(&vm, N(3)), 0);
	assert_false(vm.config_lock.held);
}

static void without_a_pmu_there_are_no_counters(void **state)
{
	vm.realm.config.pmu = false;
	assert_int_equal(cca_pmu_pmcr(&vm), 0);
	assert_int_equal(cca_pmu_set_pmcr(&vm, 0), 0);
	assert_int_equal(cca_pmu_set_pmcr(&vm, N(1)), -EINVAL);
	assert_int_equal(rmi_pmu_max(), COUNTERS + 1);
	rmi_info.features[0] = 0;
	assert_int_equal(rmi_pmu_max(), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_ppi_is_all_vcpus, reset),
		cmocka_unit_test_setup(an_spi_is_one_vcpus, reset),
		cmocka_unit_test_setup(an_interrupt_is_a_ppi_or_an_spi, reset),
		cmocka_unit_test_setup(init_comes_after_the_interrupt_and_the_vgic, reset),
		cmocka_unit_test_setup(init_looks_at_what_the_vgic_and_the_timers_have, reset),
		cmocka_unit_test_setup(a_vcpu_without_a_pmu_has_no_attributes, reset),
		cmocka_unit_test_setup(counters_are_chosen_until_the_realm_exists, reset),
		cmocka_unit_test_setup(without_a_pmu_there_are_no_counters, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
