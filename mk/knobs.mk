# SPDX-License-Identifier: BSD-3-Clause
# The knobs: their defaults and checks. The lines with a colon are what `make help` prints.
#
#: kvm-cca: Arm CCA Realm VMs under KVM's API on stock Debian kernels
#:
#:   make run       boot the stock Debian host on our firmware and on it a Realm, to the Realm's
#:                  shell; without a terminal the Realm checks itself and its status is make's
#:   make test      every test; ends with "N passed, N failed"
#:   make bench     one line per figure: NAME VALUE UNIT; fails if one is not within the bounds
#:                  that docs/performance.md gives
#:   make check     format, static analysis, rooms, unit tests, one conformance run
#:   make lint      the slower analysers: clang-tidy, sparse on the module, shellcheck;
#:                 builds the fuzzers
#:   make coverage  line and branch coverage of the unit tests; the RMM must reach 95 and 85 %
#:   make gdb       attach gdb to the machine that `make run GDB=1` has started
#:   make install   realm, rsi-attest and man pages below DESTDIR and PREFIX (/usr/local)
#:   make all       build all parts
#:   make deb       build/deb: Debian packages of module (DKMS), tools and firmware
#:   make tools     build/tools/realm: the subcommands that need no KVM, for this machine
#:   make measure-platform   the reference values of monitor and RMM, as text and, in
#:                  build/platform/platform.corim, for realm verify
#:   make update    look for newer Debian kernels (else the cache is used as it is)
#:   make clean     remove the build folder; the download cache stays
#:   make fuzz-rmm  libFuzzer on the RMM's portable code, FUZZ_TIME seconds (60)
#:   make check-crypto   figures of the crypto code on the machine
#:   make fuzz-vmm  the same with hostile drivers of the VMM's devices
#:   make fuzz-token   the same with hostile attestation tokens
#:   make fuzz-corim   the same with hostile reference values (CoRIM)
#:   make fuzz-keyserver   the same with hostile clients of the key server
#:
#: run, test and the others first install (as root) and fetch what is missing.
#:
#:   CPUS=2         1 to 8
#:   MEM=2G         memory, like 1536M or 3G; at least 512M
#:   HOST_MODE=vhe  how the host's kernel runs: vhe, nvhe (at EL1), or protected (at EL1 with our
#:                  hypervisor below it, which protects no VM yet: docs/protected.md)
#:   DEMO=yes       run: no leaves the Realm out (the host's shell, or a report of what it found)
#:   HOST_DISK=     run: 1 boots the host from a disk with Debian 13 (systemd, passt, virtiofsd,
#:                  qemu-storage-daemon, fio, iperf3), made once; what it writes is forgotten
#:   ATTEST=        run: 1 starts Realms that get the key of their encrypted disk from a key server on
#:                  this machine (docs/keyserver.md)
#:   DISK=          run: 1 boots a Debian 13 system in a Realm from a disk of its own, on the host of
#:                  HOST_DISK=1; without a terminal the host checks it over ssh
#:   FILES=         run: more files for the host, "SOURCE:PATH ..." (FILES="hello:root/hello")
#:   APPEND=        more words for the host's command line (for example APPEND=loglevel=7)
#:   GDB=           run: 1 waits for gdb before the first instruction (docs/debugging.md)
#:   TIMEOUT=       seconds until the machine is stopped
#:   RMM=           another RMM image, or none
#:   PLATFORM_KEY=  a private key on P-384 (PEM) that signs platform tokens; without it the build
#:                  folder has a development key of its own
#:   IMPLEMENTATION_ID=   64 hex digits, the name of a platform with such a key; without it the
#:                  platform is a development platform (docs/attestation.md)
#:   LIFECYCLE=0x1000   what tokens say of the platform: 0x1000 assembly and test, 0x3000 secured
#:   ONLY=          test: only those in whose name this regular expression matches; bench: only
#:                  such parts (firmware, conformance, host_call_vhe, host_call_nvhe, hyp, attestation,
#:                  realm, devices, time, io_time)
#:   SOAK=          test: 1 for the long forms, and those tests and host modes that are left out
#:                  otherwise for their time (hours; best with ONLY=)
#:   TURN=          test: the host mode of tests that run in several: vhe, nvhe or all; without it the
#:                  modes take turns by the number of commits
#:   V=             1 prints each command of the build
#:   BUILD=build    the build folder

CPUS ?= 2
MEM ?= 2G
HOST_SUITE ?= bookworm-backports
HOST_MODE ?= vhe
DEMO ?= yes
HOST_DISK ?= $(DISK)
DISK ?=
ATTEST ?=
FILES ?=
APPEND ?=
GDB ?=
TIMEOUT ?=
PLATFORM_KEY ?=
IMPLEMENTATION_ID ?=
LIFECYCLE ?= 0x1000
ONLY ?=
SOAK ?=
TURN ?=
V ?=

# A word on make's command line that is no knob would do nothing and say nothing (CPU=4 for CPUS=4).
KNOBS := CPUS MEM HOST_SUITE HOST_MODE DEMO HOST_DISK DISK ATTEST FILES APPEND GDB TIMEOUT RMM PLATFORM_KEY IMPLEMENTATION_ID LIFECYCLE ONLY SOAK TURN V BUILD FETCH CROSS \
	UNIT_CC UNIT_EXTRA TOOLS_CC FUZZ_TIME DESTDIR PREFIX
GIVEN := $(foreach v,$(.VARIABLES),$(if $(findstring command line,$(origin $(v))),$(v)))
ifneq ($(filter-out $(KNOBS) -%,$(GIVEN)),)
$(error $(firstword $(filter-out $(KNOBS) -%,$(GIVEN)))= is no knob of this project (make help lists them))
endif

# one_of KNOB, WORDS: an error unless the knob's value is one of the words
one_of = $(if $(filter 1,$(words $($(1)))),$(if $(filter $($(1)),$(2)),,$(call bad,$(1),$(2))),$(call bad,$(1),$(2)))
bad = $(error $(1)=$($(1)): must be one of: $(2))
# matches KNOB, PATTERN, TEXT: an error with the text unless the value matches bash's pattern
matches = $(if $(findstring ',$($(1))),$(error $(1)=$($(1)): $(3)))$(if $(shell [[ '$($(1))' =~ $(2) ]] && echo yes),,$(error $(1)=$($(1)): $(3)))

$(call one_of,CPUS,1 2 3 4 5 6 7 8)
$(call matches,MEM,^[1-9][0-9]*[MG]$$,must be a size like 1536M or 3G)
ifneq ($(shell m=$(MEM); [[ $$m == *G || $${m%M} -ge 512 ]] && echo yes),yes)
$(error MEM=$(MEM): too little for the host: it takes at least 512M)
endif
$(call one_of,HOST_SUITE,bookworm-backports trixie-backports)
$(call one_of,HOST_MODE,vhe nvhe protected)
HOST_MODE_vhe :=
HOST_MODE_protected :=
HOST_MODE_nvhe := id_aa64mmfr1.vh=0 kvm-arm.mode=none
$(call one_of,DEMO,yes no)
$(call matches,TIMEOUT,^[0-9]*$$,must be a number of seconds)
ifneq ($(TURN),)
$(call one_of,TURN,vhe nvhe all)
endif
$(call matches,SOAK,^1?$$,must be 1 or nothing)
$(call matches,IMPLEMENTATION_ID,^([0-9a-f]{64})?$$,must be 64 hexadecimal digits in lower case)
$(call matches,LIFECYCLE,^0x[1-6]0[0-9a-f]{2}$$,must be 0x1000 to 0x10ff (assembly and test) or another range that is assigned: 0x3000 to 0x30ff is secured)
# What is signed with a key that everybody may have, or is named a development platform, says so.
ifneq ($(IMPLEMENTATION_ID),)
ifeq ($(PLATFORM_KEY),)
$(error IMPLEMENTATION_ID=$(IMPLEMENTATION_ID): only with PLATFORM_KEY=, because a key that the build makes is for development platforms)
endif
else ifneq ($(filter 0x30%,$(LIFECYCLE)),)
$(error LIFECYCLE=$(LIFECYCLE): a development platform is not secured; PLATFORM_KEY= and IMPLEMENTATION_ID= make it another)
endif
ifneq ($(PLATFORM_KEY),)
ifneq ($(words $(PLATFORM_KEY)):$(findstring ',$(PLATFORM_KEY)),1:)
$(error PLATFORM_KEY=$(PLATFORM_KEY): must be one file, without spaces and apostrophes in its name)
endif
PLATFORM_KEY_FAULT := $(shell boot/identity check '$(PLATFORM_KEY)' 2>&1)
ifneq ($(PLATFORM_KEY_FAULT),)
$(error PLATFORM_KEY: $(PLATFORM_KEY_FAULT))
endif
endif
$(call matches,HOST_DISK,^1?$$,must be 1 or nothing)
$(call matches,DISK,^1?$$,must be 1 or nothing)
ifneq ($(DISK),$(filter $(HOST_DISK),$(DISK)))
$(error DISK=1 wants the host of HOST_DISK=1, which runs the back ends of its devices)
endif
$(call matches,ATTEST,^1?$$,must be 1 or nothing)
ifneq ($(and $(ATTEST),$(HOST_DISK)),)
$(error ATTEST=1 and HOST_DISK=1 are different hosts)
endif
$(call matches,GDB,^1?$$,must be 1 or nothing)
ifneq ($(findstring ',$(APPEND)),)
$(error APPEND=$(APPEND): an apostrophe cannot be handed on to the kernel's command line)
endif
ifneq ($(findstring ',$(value ONLY)),)
$(error ONLY=$(value ONLY): no test has an apostrophe in its name)
endif
ifneq ($(words $(CURDIR) $(BUILD)),2)
$(error make cannot build in a folder with a space in its name: $(CURDIR), BUILD=$(BUILD))
endif
# What FILES names, without what it is to be called on the host.
FILES_SOURCES := $(foreach f,$(FILES),$(firstword $(subst :, ,$(f))))
$(foreach f,$(FILES),$(if $(filter 2,$(words $(subst :, ,$(f)))),,$(error FILES: $(f) is not SOURCE:PATH)))
$(foreach f,$(FILES_SOURCES),$(if $(wildcard $(f)),,$(error FILES: no file $(f))))
