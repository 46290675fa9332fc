# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the host module's parts that know nothing of the machine. A test has the path of
# what it tests: tests/unit/host/mem/slot.c is about host/mem/slot.c.

UT_HOST := $(BUILD)/tests/unit/host
UT_HOST_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all

# The kernel's headers that a part includes come from one of two places. shim/ has small ones that stand
# alone. Those of granule/, mem/ and vcpu/ all lead to kernel/kernel.h, a small Linux of ours.
UT_SHIM := $(UT_HOST)/obj
UT_KERNEL := $(UT_HOST)/kernel
UT_KERNEL_NAMES := $(addprefix linux/,anon_inodes atomic bitfield bitmap falloc file fs hrtimer kref kvm list \
	log2 maple_tree mm mmu_notifier module mutex nospec page-flags pagemap pgtable printk rcuwait rwsem sched \
	signal_types slab smp spinlock swap types uaccess version xarray) asm/sysreg asm/tlbflush
UT_KERNEL_HEADERS := $(UT_KERNEL_NAMES:%=$(UT_KERNEL)/include/%.h)

$(UT_KERNEL_HEADERS):
	@mkdir -p $(@D)
	@echo '#include "tests/unit/host/kernel/kernel.h"' >$@

$(UT_SHIM)/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UNIT_CFLAGS) -Itests/unit/host/shim $(UT_HOST_SAN) -MMD -MP -c -o $@ $<

$(UT_KERNEL)/%.o: %.c | $(UT_KERNEL_HEADERS)
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UNIT_CFLAGS) -D__KERNEL__ -DLINUX_VERSION_CODE=1 '-DKERNEL_VERSION(a,b,c)=0' \
		-I$(UT_KERNEL)/include $(UT_HOST_SAN) -MMD -MP -c -o $@ $<

# host_test KIND, NAME, OBJECTS: the program of the test NAME.c of this folder, whose objects are
# built as SHIM or as KERNEL says
define host_test
$(UT_HOST)/$(2): $(addprefix $(UT_$(1))/,tests/unit/host/$(2).o $(3))
	@mkdir -p $$(@D)
	$$(Q_LD)$$(UNIT_CC) $$(UNIT_CFLAGS) $$(UT_HOST_SAN) -o $$@ $$^ -lcmocka
-include $(addprefix $(UT_$(1))/,tests/unit/host/$(2).d $(patsubst %.o,%.d,$(3)))
UNIT_TESTS += $(UT_HOST)/$(2)
endef

UT_VGIC := $(addprefix host/vgic/,model.o mmio.o lpi.o its_regs.o its_cmd.o) \
	$(addprefix tests/unit/host/vgic/,vgic.o its.o)
$(foreach t,model lrs mmio access lpi its_regs its_cmd its_random,$(eval \
	$(call host_test,SHIM,vgic/$(t),$(UT_VGIC))))
$(eval $(call host_test,SHIM,vgic/route,host/vgic/route.o))
$(eval $(call host_test,SHIM,events/ioevent,host/events/ioevent.o))
$(eval $(call host_test,SHIM,events/zone,host/events/zone.o))
$(eval $(call host_test,SHIM,hyp/enter,host/hyp/enter.o host/hyp/handback.o))
$(eval $(call host_test,SHIM,hyp/calls,host/hyp/calls.o))
$(eval $(call host_test,SHIM,hyp/pmr,))
$(eval $(call host_test,SHIM,el2/ppi_acpi,host/el2/ppi_acpi.o))

UT_LINUX := tests/unit/host/kernel/kernel.o
$(eval $(call host_test,KERNEL,granule/granule,host/granule/granule.o host/granule/pool.o $(UT_LINUX)))
$(eval $(call host_test,KERNEL,granule/donations,host/granule/donations.o $(UT_LINUX)))
$(eval $(call host_test,KERNEL,granule/linear_map,host/granule/linear_map.o $(UT_LINUX)))
$(foreach t,shared guest,$(eval $(call host_test,KERNEL,mem/$(t),host/mem/$(t).o $(UT_LINUX))))
$(foreach t,slot states,$(eval $(call host_test,KERNEL,mem/$(t),host/mem/slot.o host/mem/states.o $(UT_LINUX))))
UT_GMEM := $(addprefix host/mem/,gmem.o gmem_shared.o gmem_file.o states.o) $(UT_LINUX)
$(foreach t,gmem gmem_file,$(eval $(call host_test,KERNEL,mem/$(t),$(UT_GMEM))))
$(eval $(call host_test,KERNEL,vcpu/pmu,host/vcpu/pmu.o $(UT_LINUX)))
