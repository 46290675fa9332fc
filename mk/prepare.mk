# SPDX-License-Identifier: BSD-3-Clause
# Brings the machine and the download cache up to what a build needs, before make looks at any rule.
# Does nothing, quickly, when all is there; nothing at all for help, clean, gdb and make -n. Then takes
# the build folder's lock, which is held until the build is done (UNLOCK) or make ends.

FETCH := $(BUILD)/fetch/$(HOST_SUITE)
HOST := $(FETCH)/host
GUEST := $(FETCH)/guest
SYSROOT := $(FETCH)/sysroot
CRYPTSETUP := $(FETCH)/cryptsetup

ifneq ($(filter-out help clean gdb,$(or $(MAKECMDGOALS),all)),)
ifeq ($(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),)
$(shell boot/setup >&2 </dev/null)
ifneq ($(.SHELLSTATUS),0)
$(error the machine is not set up, see above)
endif
$(shell boot/fetch $(HOST_SUITE) $(FETCH) >&2 </dev/null)
ifneq ($(.SHELLSTATUS),0)
$(error Debian's packages are not all there, see above)
endif
ifeq ($(MAKELEVEL),0)
$(shell boot/lock take $(BUILD) $$PPID >&2)
ifneq ($(.SHELLSTATUS),0)
$(error the build folder $(BUILD) cannot be locked, see above)
endif
# $$PPID of a recipe's shell is make as well.
UNLOCK = boot/lock give $(BUILD) $$PPID
endif
endif
endif
UNLOCK ?= true
