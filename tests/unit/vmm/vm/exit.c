/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/vm/exit.c: what each exit of a vCPU leads to. */
#include <errno.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/vm/exit.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vm.h"

static struct vm vm;
static struct kvm_run page;
static struct vcpu vcpu = {.vm = &vm, .run = &page};

static int converted; /* -1: nothing was */
static uint64_t bus_address;
static bool bus_write;

bool vm_end(struct vm *v, enum vm_end why)
{
	int none = VM_END_NONE;

	return atomic_compare_exchange_strong(&v->end, &none, why);
}

int memory_convert(struct vm *v, uint64_t gpa, uint64_t size, int to_private)
{
	if (size == 0)
		return error_set(-EFAULT, "no memory is there");
	converted = to_private;
	return 0;
}

static void access_bus(void *owner, uint64_t address, uint8_t *data, unsigned int size,
		       bool is_write)
{
	assert_ptr_equal(owner, &vm);
	assert_int_equal(size, 4);
	bus_address = address;
	bus_write = is_write;
	if (!is_write)
		data[0] = 0x5a;
}

static int reset(void **state)
{
	error_clear();
	converted = -1;
	page = (struct kvm_run){0};
	vm = (struct vm){.end_event = -1, .bus = {.owner = &vm, .access = access_bus}};
	return 0;
}

static void an_access_outside_memory_goes_to_the_bus(void **state)
{
	page.exit_reason = KVM_EXIT_MMIO;
	page.mmio.phys_addr = 0x9000004;
	page.mmio.len = 4;
	assert_no_error(exit_handle(&vcpu, 0));
	assert_int_equal(bus_address, 0x9000004);
	assert_false(bus_write);
	assert_int_equal(page.mmio.data[0], 0x5a);
	page.mmio.is_write = 1;
	assert_no_error(exit_handle(&vcpu, 0));
	assert_true(bus_write);
}

static void set_fault(uint64_t flags, uint64_t size)
{
	struct kvm_memory_fault *fault = (void *)&page.mmio;

	page.exit_reason = KVM_EXIT_MEMORY_FAULT;
	*fault = (struct kvm_memory_fault){.flags = flags, .gpa = 0x40000000, .size = size};
}

static void a_memory_fault_converts_and_is_gone(void **state)
{
	set_fault(KVM_MEMORY_EXIT_FLAG_PRIVATE, 0x1000);
	assert_no_error(exit_handle(&vcpu, -EFAULT));
	assert_int_equal(converted, 1);
	assert_int_equal(page.exit_reason, KVM_EXIT_UNKNOWN);
	set_fault(0, 0x1000);
	assert_no_error(exit_handle(&vcpu, -EFAULT));
	assert_int_equal(converted, 0);
}

static void what_cannot_be_converted_ends_the_vm(void **state)
{
	set_fault(0, 0);
	assert_error(exit_handle(&vcpu, -EFAULT), -ECANCELED, "no memory is there");
	assert_int_equal(vm_ended(&vm), VM_END_FAILED);
}

static void without_memory_the_vm_ends(void **state)
{
	set_fault(KVM_MEMORY_EXIT_FLAG_PRIVATE, 0x1000);
	assert_error(exit_handle(&vcpu, -ENOMEM), -ECANCELED, "no memory for the guest");
	assert_int_equal(converted, -1);
}

/*
 * What KVM_RUN returns, the exit's reason, the event's type; then how the VM ends and in which
 * words.
 */
static const struct {
	int ret;
	uint32_t reason, event;
	enum vm_end end;
	const char *text;
} ends[] = {
	{0, KVM_EXIT_SYSTEM_EVENT, KVM_SYSTEM_EVENT_SHUTDOWN, VM_END_POWER_OFF, ""},
	{0, KVM_EXIT_SYSTEM_EVENT, KVM_SYSTEM_EVENT_RESET, VM_END_RESET, "asked for a reset"},
	{0, KVM_EXIT_SYSTEM_EVENT, KVM_SYSTEM_EVENT_CRASH, VM_END_CRASH, "says that it crashed"},
	{0, KVM_EXIT_SYSTEM_EVENT, 77, VM_END_FAILED, "system event 77"},
	{0, KVM_EXIT_FAIL_ENTRY, 0, VM_END_FAILED, "could not be entered"},
	{0, KVM_EXIT_INTERNAL_ERROR, 0, VM_END_FAILED, "internal error"},
	{0, KVM_EXIT_ARM_NISV, 0, VM_END_CRASH, "cannot be emulated"},
	{0, KVM_EXIT_DEBUG, 0, VM_END_FAILED, "vCPU 0 stopped for a debugger"},
	{0, 999, 0, VM_END_FAILED, "not known here: 999"},
	{-EIO, KVM_EXIT_MMIO, 0, VM_END_FAILED, "vCPU 0 stopped: Input/output error"},
};

static void each_end_has_its_reason_and_words(void **state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		reset(NULL);
		page.exit_reason = ends[i].reason;
		if (ends[i].reason == KVM_EXIT_SYSTEM_EVENT)
			page.system_event.type = ends[i].event;
		assert_error(exit_handle(&vcpu, ends[i].ret), -ECANCELED, ends[i].text);
		assert_int_equal(vm_ended(&vm), ends[i].end);
	}
}

static struct vcpu *told;

static void note_stop(void *owner, struct vcpu *v)
{
	told = v;
}

static void a_debugger_is_told_and_the_run_goes_on(void **state)
{
	vm.debugger = (struct vm_debugger){.stopped = note_stop};
	page.exit_reason = KVM_EXIT_DEBUG;
	assert_no_error(exit_handle(&vcpu, 0));
	assert_ptr_equal(told, &vcpu);
	assert_int_equal(vm_ended(&vm), VM_END_NONE);
}

static void what_follows_from_an_end_says_nothing(void **state)
{
	vm_end(&vm, VM_END_SIGNAL);
	page.exit_reason = 999;
	assert_int_equal(exit_handle(&vcpu, 0), -ECANCELED);
	assert_string_equal(error_text(), "");
	assert_int_equal(vm_ended(&vm), VM_END_SIGNAL);
}

static void an_interrupted_run_goes_on(void **state)
{
	page.exit_reason = KVM_EXIT_INTR;
	assert_no_error(exit_handle(&vcpu, 0));
	assert_int_equal(vm_ended(&vm), VM_END_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_access_outside_memory_goes_to_the_bus, reset),
		cmocka_unit_test_setup(a_memory_fault_converts_and_is_gone, reset),
		cmocka_unit_test_setup(what_cannot_be_converted_ends_the_vm, reset),
		cmocka_unit_test_setup(without_memory_the_vm_ends, reset),
		cmocka_unit_test_setup(each_end_has_its_reason_and_words, reset),
		cmocka_unit_test_setup(a_debugger_is_told_and_the_run_goes_on, reset),
		cmocka_unit_test_setup(what_follows_from_an_end_says_nothing, reset),
		cmocka_unit_test_setup(an_interrupted_run_goes_on, reset),
	};

	return cmocka_run_group_tests_name("vmm/vm/exit", tests, NULL, NULL);
}
