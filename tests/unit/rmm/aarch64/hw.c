/* SPDX-License-Identifier: BSD-3-Clause */
/* See hw.h. */
#include "hw.h"

#define REGS_MAX 512

static struct reg {
	const char *name;
	uint64_t value, effective;
} regs[REGS_MAX];
static size_t reg_count;

struct machine_features machine;
struct arch_features arch_features;
struct hw_event hw_log[HW_LOG_MAX];
size_t hw_log_length;
struct cpu hw_cpu;
void (*hw_hook)(const char *what, uint64_t value);

static struct reg *find(const char *name)
{
	for (size_t i = 0; i < reg_count; i++)
		if (strcmp(regs[i].name, name) == 0)
			return &regs[i];
	assert_true(reg_count < REGS_MAX);
	regs[reg_count] = (struct reg){.name = name};
	return &regs[reg_count++];
}

static void record(const char *what, uint64_t value)
{
	assert_true(hw_log_length < HW_LOG_MAX);
	hw_log[hw_log_length++] =
		(struct hw_event){what, value, hw_effective("vtcr_el2"), hw_effective("vttbr_el2")};
	if (hw_hook)
		hw_hook(what, value);
}

uint64_t hw_read(const char *reg)
{
	return strcmp(reg, "tpidr_el2") == 0 ? (uintptr_t)&hw_cpu : find(reg)->value;
}

void hw_write(const char *reg, uint64_t value)
{
	find(reg)->value = value;
	record(reg, value);
}

void hw_does(const char *what, uint64_t operand)
{
	for (size_t i = 0; strcmp(what, "isb") == 0 && i < reg_count; i++)
		regs[i].effective = regs[i].value;
	record(what, operand);
}

uint64_t hw_reg(const char *reg)
{
	return find(reg)->value;
}

void hw_set(const char *reg, uint64_t value)
{
	find(reg)->value = find(reg)->effective = value;
}

uint64_t hw_effective(const char *reg)
{
	return find(reg)->effective;
}

void hw_forget_log(void)
{
	hw_log_length = 0;
}

size_t hw_find(size_t from, const char *what)
{
	while (from < hw_log_length && strcmp(hw_log[from].what, what) != 0)
		from++;
	if (from == hw_log_length)
		fail_msg("there is no \"%s\"", what);
	return from;
}

size_t hw_count(const char *prefix)
{
	size_t n = 0;

	for (size_t i = 0; i < hw_log_length; i++)
		n += strncmp(hw_log[i].what, prefix, strlen(prefix)) == 0;
	return n;
}

int hw_reset(void **state)
{
	memset(regs, 0, sizeof(regs));
	memset(&hw_cpu, 0, sizeof(hw_cpu));
	memset(&machine, 0, sizeof(machine));
	reg_count = 0;
	hw_log_length = 0;
	hw_hook = NULL;
	arch_features = (struct arch_features){
		.pa_bits = 48, .lpa2 = true, .vmid16 = true, .sve = true, .sve_vl_max = 15};
	return 0;
}
