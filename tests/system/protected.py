# SPDX-License-Identifier: BSD-3-Clause
"""The stock Debian host with the project's hypervisor below it (docs/protected.md): Realms run, CPUs go off
and come back, and the next kernel after a kexec has the same hypervisor."""

import re

from lib.realms import Realm, check_log, check_nothing_left, check_ok

MODES = ("protected",)
BOOT = 600


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


def plug(t, host, cpu, rounds):
    online = f"/sys/devices/system/cpu/cpu{cpu}/online"
    status, output = host.run(f"for i in $(seq {rounds}); do echo 0 >{online} && echo 1 >{online} || break;"
                              f" done; cat {online}", 240)
    started = len(re.findall(rf"CPU{cpu}: Booted secondary processor", host.must("dmesg -c")))
    t.ok(status == 0 and started == rounds, f"CPU {cpu} goes off and comes back {rounds} times",
         f"{started} times; {output}")


def test_life(t):
    """Every CPU off and on, the boot CPU too, with Realms before and after."""
    host = machine(t)
    check_owner(t, host, "after the boot")
    host.must("dmesg -c >/dev/null")
    check_tiny(t, host, "after the boot")
    for cpu in (1, 0):
        plug(t, host, cpu, 20 if t.soak else 2)
    check_tiny(t, host, "after CPUs came back")
    host.must("rmmod kvm_cca && insmod /lib/modules/kvm-cca.ko")
    check_owner(t, host, "after an unload")
    check_tiny(t, host, "after an unload", 1)
    check_nothing_left(t, host, "all that")
    check_log(t, host)


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
