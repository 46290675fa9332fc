# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the host module's parts that know nothing of the machine.

UT_HOST := $(BUILD)/tests/unit/host
UT_HOST_CFLAGS := $(UNIT_CFLAGS) -Itests/unit/host/shim -fsanitize=address,undefined \
	-fno-sanitize-recover=all

UT_HOST_PROGRAMS := vgic_model vgic_lrs vgic_mmio
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

UNIT_TESTS += $(UT_HOST)/pmr $(UT_HOST)/ppi_acpi
UNIT_TESTS += $(UT_HOST_PROGRAMS:%=$(UT_HOST)/%) $(UT_HOST)/hyp

-include $(wildcard $(UT_HOST)/obj/*/*.d $(UT_HOST)/obj/*/*/*/*.d)
