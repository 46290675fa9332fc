# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the host module's parts that know nothing of the machine.

UT_HOST := $(BUILD)/tests/unit/host
UT_HOST_CFLAGS := $(UNIT_CFLAGS) -Itests/unit/host/shim -fsanitize=address,undefined \
	-fno-sanitize-recover=all

UT_HOST_PROGRAMS := vgic_model vgic_lrs vgic_mmio vgic_access
UT_HOST_OBJS := $(UT_HOST)/obj/host/vgic_model.o $(UT_HOST)/obj/host/vgic_mmio.o \
	$(UT_HOST)/obj/tests/unit/host/vgic.o

$(UT_HOST)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_HOST_CFLAGS) -MMD -MP -c -o $@ $<

$(UT_HOST_PROGRAMS:%=$(UT_HOST)/%): $(UT_HOST)/%: $(UT_HOST)/obj/tests/unit/host/%.o $(UT_HOST_OBJS)
	$(Q_LD)$(UNIT_CC) $(UT_HOST_CFLAGS) -o $@ $^ -lcmocka

# The EL2 stub's call, apart from the world switch.
$(UT_HOST)/hyp: UT_HOST_CFLAGS += -Ihost
$(UT_HOST)/hyp: $(UT_HOST)/obj/tests/unit/host/hyp.o $(UT_HOST)/obj/host/hyp/enter.o
	$(Q_LD)$(UNIT_CC) $(UT_HOST_CFLAGS) -o $@ $^ -lcmocka

# Pieces that stand alone: what they ask of the machine, in which order, and what tables say.
$(UT_HOST)/pmr: $(UT_HOST)/obj/tests/unit/host/pmr.o
	$(UNIT_CC) $(UT_HOST_CFLAGS) -o $@ $^ -lcmocka
$(UT_HOST)/ppi_acpi: $(UT_HOST)/obj/tests/unit/host/ppi_acpi.o $(UT_HOST)/obj/host/ppi_acpi.o
	$(UNIT_CC) $(UT_HOST_CFLAGS) -o $@ $^ -lcmocka

# Pages on their way to another world and back, on a few pages and tables of ours.
UT_WORLDS := $(UT_HOST)/worlds
UT_WORLDS_HEADERS := $(addprefix $(UT_WORLDS)/include/,linux/atomic.h linux/list.h linux/page-flags.h \
	linux/pgtable.h linux/printk.h asm/sysreg.h)
$(UT_WORLDS_HEADERS):
	@mkdir -p $(@D)
	@echo '#include "tests/unit/host/worlds/kernel.h"' >$@
$(UT_WORLDS)/obj/%.o: UT_HOST_CFLAGS := $(UNIT_CFLAGS) -include tests/unit/host/worlds/kernel.h \
	-I$(UT_WORLDS)/include -fsanitize=address,undefined -fno-sanitize-recover=all
$(UT_WORLDS)/obj/%.o: %.c | $(UT_WORLDS_HEADERS)
	@mkdir -p $(@D)
	$(UNIT_CC) $(UT_HOST_CFLAGS) -MMD -MP -c -o $@ $<
$(UT_WORLDS)/granule: $(UT_WORLDS)/obj/tests/unit/host/worlds/granule.o $(UT_WORLDS)/obj/host/granule.o \
		$(UT_WORLDS)/obj/host/pool.o
$(UT_WORLDS)/linear_map: $(UT_WORLDS)/obj/tests/unit/host/worlds/linear_map.o \
		$(UT_WORLDS)/obj/host/linear_map.o
$(UT_WORLDS)/granule $(UT_WORLDS)/linear_map:
	$(UNIT_CC) $(UT_HOST_CFLAGS) -o $@ $^ -lcmocka
-include $(wildcard $(UT_WORLDS)/obj/*/*.d $(UT_WORLDS)/obj/tests/unit/host/worlds/*.d)

UNIT_TESTS += $(UT_WORLDS)/granule $(UT_WORLDS)/linear_map
UNIT_TESTS += $(UT_HOST)/pmr $(UT_HOST)/ppi_acpi
# Memory management on a small Linux of ours, whose one header goes by many names.
UT_KERNEL := $(UT_HOST)/kernel
UT_KERNEL_NAMES := $(addprefix linux/,anon_inodes atomic bitmap falloc file fs hrtimer kref kvm list \
	maple_tree mm mmu_notifier module mutex page-flags rcuwait rwsem slab smp swap types uaccess \
	version xarray) asm/tlbflush
UT_KERNEL_HEADERS := $(UT_KERNEL_NAMES:%=$(UT_KERNEL)/%.h)
UT_MEMORY := gmem mmu_shared slot

$(UT_KERNEL_HEADERS):
	@mkdir -p $(@D)
	@echo '#include "tests/unit/host/kernel/kernel.h"' >$@

$(UT_HOST)/memory/%.o: UT_HOST_CFLAGS := $(UNIT_CFLAGS) -D__KERNEL__ -DLINUX_VERSION_CODE=1 \
	'-DKERNEL_VERSION(a,b,c)=0' -I$(UT_KERNEL) -Ihost -fsanitize=address,undefined -fno-sanitize-recover=all
$(UT_HOST)/memory/%.o: %.c | $(UT_KERNEL_HEADERS)
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_HOST_CFLAGS) -MMD -MP -c -o $@ $<

$(UT_MEMORY:%=$(UT_HOST)/%): $(UT_HOST)/%: $(UT_HOST)/memory/host/%.o \
		$(UT_HOST)/memory/tests/unit/host/%.o $(UT_HOST)/memory/tests/unit/host/kernel/kernel.o
	$(Q_LD)$(UNIT_CC) $(UT_HOST_CFLAGS) -o $@ $^ -lcmocka

UNIT_TESTS += $(UT_MEMORY:%=$(UT_HOST)/%)
UNIT_TESTS += $(UT_HOST_PROGRAMS:%=$(UT_HOST)/%) $(UT_HOST)/hyp

-include $(wildcard $(UT_HOST)/obj/*/*.d $(UT_HOST)/obj/*/*/*/*.d $(UT_HOST)/memory/host/*.d)
-include $(wildcard $(UT_HOST)/memory/tests/unit/host/*.d $(UT_HOST)/memory/tests/unit/host/kernel/*.d)
