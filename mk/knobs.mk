# SPDX-License-Identifier: BSD-3-Clause
# The knobs: their defaults and checks. The lines with a colon are what `make help` prints.
#
#: kvm-cca: Arm CCA Realm VMs under KVM's API on stock Debian kernels
#:
#:   make run       boot the stock Debian host on our firmware and on it a Realm, to the Realm's
#:                  shell; without a terminal the Realm checks itself and its status is make's
#:   make test      every test; ends with "N passed, N failed"
#:   make bench     one line per figure: NAME VALUE UNIT
#:   make check     format, static analysis, unit tests: the quick loop
#:   make coverage  line and branch coverage of the unit tests; the RMM must reach 95 and 85 %
#:   make all       build all parts
#:   make update    look for newer Debian kernels (else the cache is used as it is)
#:   make clean     remove the build folder; the download cache stays
#:
#: run, test and the others first install (as root) and fetch what is missing.
#:
#:   CPUS=2         1 to 8
#:   MEM=2G         memory, like 1536M or 3G
#:   HOST_SUITE=bookworm-backports    or trixie-backports: where the host's kernel is from
#:   HOST_MODE=vhe  how the host's kernel runs: vhe, or nvhe (at EL1); protected is not there yet
#:   DEMO=yes       run: no leaves the Realm out (the host's shell, or a report of what it found)
#:   APPEND=        more words for the host's command line (for example APPEND=loglevel=7)
#:   TIMEOUT=       seconds until the machine is stopped
#:   RMM=           another RMM image, or none
#:   ONLY=          test: only those in whose name this regular expression matches
#:   SOAK=          test: 1 for the long forms, and those tests and host modes that are left out
#:                  otherwise for their time (hours; best with ONLY=)

CPUS ?= 2
MEM ?= 2G
HOST_SUITE ?= bookworm-backports
HOST_MODE ?= vhe
DEMO ?= yes
APPEND ?=
TIMEOUT ?=
ONLY ?=
SOAK ?=

ifeq ($(filter $(CPUS),1 2 3 4 5 6 7 8),)
$(error CPUS=$(CPUS): must be a number from 1 to 8)
endif
ifneq ($(shell [[ '$(MEM)' =~ ^[1-9][0-9]*[MG]$$ ]] && echo good),good)
$(error MEM=$(MEM): must be a size like 1536M or 3G)
endif
ifeq ($(filter $(HOST_SUITE),bookworm-backports trixie-backports),)
$(error HOST_SUITE=$(HOST_SUITE): must be bookworm-backports or trixie-backports)
endif
ifeq ($(HOST_MODE),protected)
$(error HOST_MODE=protected is not there yet: vhe and nvhe are)
endif
ifeq ($(filter $(HOST_MODE),vhe nvhe),)
$(error HOST_MODE=$(HOST_MODE): must be vhe or nvhe)
endif
HOST_MODE_vhe :=
HOST_MODE_nvhe := id_aa64mmfr1.vh=0 kvm-arm.mode=none
ifeq ($(filter $(DEMO),yes no),)
$(error DEMO=$(DEMO): must be yes or no)
endif
ifneq ($(shell [[ '$(TIMEOUT)' =~ ^[0-9]*$$ ]] && echo good),good)
$(error TIMEOUT=$(TIMEOUT): must be a number of seconds)
endif
ifneq ($(filter-out 1,$(SOAK)),)
$(error SOAK=$(SOAK): must be 1 or nothing)
endif
