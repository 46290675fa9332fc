# SPDX-License-Identifier: BSD-3-Clause
# Builds the module from its installed sources, on the machine that it is for (DKMS: dkms.conf).

BUILD := build
CROSS :=
KERNEL ?= /lib/modules/$(shell uname -r)/build

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
include mk/toolchain.mk
include host/hyp/build.mk

.PHONY: all clean
all: $(HYP_IMAGE)
	$(MAKE) -C $(KERNEL) M=$(CURDIR)/host modules

$(HYP_IMAGE): $(HYP)/hyp.elf
	$(hyp_binary)

clean:
	rm -rf $(BUILD) $(HYP_IMAGE)
	$(MAKE) -C $(KERNEL) M=$(CURDIR)/host clean
