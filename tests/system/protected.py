# SPDX-License-Identifier: BSD-3-Clause
"""The stock Debian host with the project's hypervisor below it (docs/protected.md): Realms run, CPUs go off
and come back, the next kernel after a kexec has the same hypervisor, and a hostile kernel gets at neither the
hypervisor's memory nor calls that are not for it."""

import re

from lib.realms import Realm, check_log, check_nothing_left, check_ok

MODES = ("protected",)
BOOT = 600
INFO, ABORTS = "smc c6000010", "smc c6000011"  # abi/hyp.h
NOT_SUPPORTED, INVALID_ADDRESS, ERROR_INPUT = -1, -9, 1
M64 = (1 << 64) - 1
BUS_ERROR = 128 + 7


def machine(t, cpus=2, **options):
    return t.host(cpus=cpus, mem="1G", rmm="host", timeout=3600, **options)


def check_owner(t, host, what):
    lines = re.findall(r"kvm-cca: .*", host.must("dmesg"))
    t.ok(lines and "EL2 is the hypervisor's" in lines[-1], f"{what}: the module finds the hypervisor",
         "\n".join(lines))


def check_tiny(t, host, what, cpus=2):
    """The smallest Realm, once on each CPU."""
    for cpu in range(cpus):
        status, output = host.run(f"taskset {1 << cpu:x} realm run --kernel /guest/hostcall --mem 32M"
                                  " </dev/null", BOOT)
        t.ok(status == 0 and re.search(r"^hostcall: \d+", output, re.MULTILINE),
             f"{what}: a Realm runs on CPU {cpu}", output[-500:])


def call(host, words):
    """X0 to X3 after a call by /dev/smc, and whether X8 to X17 are as before."""
    host.must(f"dmesg -c >/dev/null; echo {words} >/dev/smc")
    result = re.findall(r"smc: (.*)", host.must("dmesg"))[-1].split()
    return [int(x, 16) for x in result[:4]], result[4:] != ["changed"]


def aborts(host):
    """How often hyp has given the host an abort."""
    return call(host, ABORTS)[0][1]


def check_calls(t, host, own):
    """Attacks 13 and 14 of the table: other spellings of a call, and calls that are not for a host."""
    version, kept = call(host, "smc c4000150 20000")
    t.ok(version[:2] == [0, 0x20000] and kept, "RMI_VERSION is answered, X8 to X17 stay as they are",
         f"{version} {kept}")
    for words, what in (("smc c4010150 20000", "with the SVE hint"),
                        ("smc abcdef00c4000150 20000", "with something in the upper half of X0")):
        t.ok(call(host, words)[0] == version, f"RMI_VERSION {what} is the same call")
    cpu_on = f"1 {own:x} 0"
    for words, what, answer in (
            ("smc 84000150 20000", "RMI_VERSION by SMC32", NOT_SUPPORTED),
            ("smc1 c4000150 20000", "RMI_VERSION by SMC #1", NOT_SUPPORTED),
            ("hvc c4000150 20000", "RMI_VERSION by HVC", NOT_SUPPORTED),
            ("smc c400015c", "REC_ENTER by SMC", ERROR_INPUT),
            ("smc c4000020", "SDEI_VERSION", NOT_SUPPORTED),
            ("smc 84000063 10001", "FFA_VERSION", NOT_SUPPORTED),
            ("smc c4000190 10000", "RSI_VERSION", NOT_SUPPORTED),
            ("smc c40001b0", "a call between RMM and EL3", NOT_SUPPORTED),
            ("smc c4010020", "SDEI_VERSION with the SVE hint", NOT_SUPPORTED),
            ("smc c2000000", "a call of the SoC's vendor", NOT_SUPPORTED),
            ("smc c400000e", "PSCI SYSTEM_SUSPEND", NOT_SUPPORTED),
            (f"smc c4000003 {cpu_on}", "CPU_ON at an address of hyp", INVALID_ADDRESS),
            (f"smc c4010003 {cpu_on}", "the same with the SVE hint", INVALID_ADDRESS),
            (f"smc ffffffffc4000003 {cpu_on}", "the same with the upper half of X0", INVALID_ADDRESS),
            (f"hvc c4000003 {cpu_on}", "the same by HVC", NOT_SUPPORTED)):
        got = call(host, words)[0][0]
        t.ok(got == answer & M64, f"{what} is refused", f"{got:x}")


def check_access(t, host, what, command, good, said=""):
    """An access that hyp refuses. good: of the shell's status and all that was said."""
    before = aborts(host)
    host.must("dmesg -c >/dev/null")
    status, output = host.run(f"({command})")
    output += host.must("dmesg -c")
    t.ok(good(status, output) and "holds" not in output and said in output, what,
         f"status {status}: {output[:600]}")
    t.ok(aborts(host) > before, f"{what}: by an abort that hyp gave")


def check_wall(t, host, what, address):
    """Attack 1: the host's kernel and its processes reach for a page. The kernel's oops ends its process."""
    at = f"{address:x}"
    for kind, verb in (("r", "read"), ("w", "write")):
        check_access(t, host, f"a {verb} of {what} by the kernel is an alignment fault",
                     f"echo {kind} {at} >/dev/access", lambda status, _: status != 0, "FSC = 0x21")
    check_access(t, host, f"a read of {what} with a fixup fails",
                 f"echo n {at} >/dev/access", lambda status, output: status == 1 and "Oops" not in output, "Bad address")
    for kind, verb in (("r", "reads"), ("w", "writes"), ("x", "executes")):
        check_access(t, host, f"a process that {verb} {what} gets SIGBUS",
                     f"touch-memory {kind} {at}", lambda status, _: status == BUS_ERROR)
    check_access(t, host, f"a system call that copies from {what} fails",
                 f"touch-memory c {at}", lambda status, output: status == 5 and "Oops" not in output, "Bad address")


def check_hostile(t, host):
    base, size = (int(x, 16) for x in host.must(
        """hexdump -ve '8/1 "%02x" "\\n"' /proc/device-tree/reserved-memory/hyp/reg""").split())
    check_calls(t, host, base)
    host.must("insmod /lib/tests/access.ko && echo 0 >/proc/sys/kernel/panic_on_oops")
    shared = call(host, INFO)[0][2]
    for kind in "rn":
        host.must(f"echo {kind} {shared:x} >/dev/access")
    t.ok(base < shared < base + size and "holds" in host.must("dmesg"), "the shared page is the host's too")
    status, output = host.run(f"touch-memory c {shared:x}")
    t.ok(status == 0 and "copied" in output, "for system calls as well", output)
    check_wall(t, host, "hyp's first page", base)
    check_wall(t, host, "hyp's last page", base + size - 4096)


def plug(t, host, cpu, rounds):
    online = f"/sys/devices/system/cpu/cpu{cpu}/online"
    status, output = host.run(f"for i in $(seq {rounds}); do echo 0 >{online} && echo 1 >{online} || break;"
                              f" done; cat {online}", 240)
    started = len(re.findall(rf"CPU{cpu}: Booted secondary processor", host.must("dmesg -c")))
    t.ok(status == 0 and started == rounds, f"CPU {cpu} goes off and comes back {rounds} times",
         f"{started} times; {output}")


def test_life(t):
    """Every CPU off and on, the boot CPU too, with Realms before and after. A host that does no wrong meets
    no abort in all that. One that does goes on, and so does the hypervisor."""
    host = machine(t)
    check_owner(t, host, "after the boot")
    t.ok("CPU: All CPU(s) started at EL1" in host.must("dmesg"), "all CPUs started at EL1")
    host.must("insmod /lib/tests/smc.ko; dmesg -c >/dev/null")
    check_tiny(t, host, "after the boot")
    for cpu in (1, 0):
        plug(t, host, cpu, 20 if t.soak else 2)
    check_tiny(t, host, "after CPUs came back")
    host.must("rmmod kvm_cca && insmod /lib/modules/kvm-cca.ko")
    check_owner(t, host, "after an unload")
    check_tiny(t, host, "after an unload", 1)
    check_nothing_left(t, host, "all that")
    check_log(t, host)
    t.ok(aborts(host) == 0, "hyp had no abort to give")
    check_hostile(t, host)
    check_tiny(t, host, "after the attacks")


def test_kexec(t):
    """Into the same kernel. 6.12 oopses in kexec_load with 52-bit addresses (trans_pgd_create_copy), whatever
    runs below it: so without those."""
    host = machine(t, initrd="kexec", append="quiet arm64.nolva")
    check_tiny(t, host, "before")
    host.must("cd / && find bin etc guest init lib | cpio -o -H newc >/tmp/initrd 2>/dev/null", 120)
    host.must("mkdir -p /tmp/x && cd /tmp/x && mkdir dev proc root run sys tmp && find . |"
              " cpio -o -H newc >>/tmp/initrd 2>/dev/null")
    host.type('kexec /host/Image /tmp/initrd "$(cat /proc/cmdline) kexec=again"')
    host.login()
    t.ok("kexec=again" in host.must("cat /proc/cmdline"), "kexec starts the next kernel")
    check_owner(t, host, "the next kernel")
    t.ok(host.must("nproc").strip() == "2", "it has both CPUs")
    check_tiny(t, host, "the next kernel")
    check_log(t, host)


test_kexec.short_modes = ()


def test_work(t):
    """Realms with more vCPUs than the host has CPUs, for as long as a soak takes."""
    host = machine(t)
    for vcpus in (1, 4):
        what = f"{vcpus} vCPUs on 2 CPUs"
        check_ok(t, Realm(host, "work", f"--mem 192M --cpus {vcpus}", "job=work seconds=20"), what)
        check_nothing_left(t, host, what)
    check_log(t, host)


test_work.short_modes = ()
test_work.alone = True
