# SPDX-License-Identifier: BSD-3-Clause
"""The stock Debian host under the monitor: it boots, on any number of CPUs and any memory, sees what
the firmware offers, takes CPUs off and on, comes back from a reboot and powers off."""

import os
import re
import subprocess
import tempfile

MIB = 1 << 20


def check_machine(t, host, cpus, mem):
    dmesg = host.must("dmesg")
    size = f"{cpus} CPUs, {mem}"

    def says(pattern, text):
        t.ok(re.search(pattern, dmesg), f"{size}: {text}", f"dmesg has no {pattern!r}")

    says(r"CPU: All CPU\(s\) started at EL2", "every CPU starts at EL2")
    says(r"VHE mode initialized successfully", "KVM uses VHE")
    says(r"psci: PSCIv1\.1 detected in firmware", "PSCI 1.1")
    says(r"psci: SMC Calling Convention v1\.[2-9]", "SMCCC 1.2 or newer")
    says(rf"smp: Brought up 1 node, {cpus} CPU" if cpus > 1 else r"SMP: Total of 1 processors",
         "all CPUs are up")
    # The kernel makes this device only when the firmware answers TRNG_VERSION.
    t.ok(host.run("test -e /sys/bus/platform/devices/smccc_trng")[0] == 0,
         f"{size}: the kernel finds the firmware's TRNG")
    method = host.must("cat /proc/device-tree/psci/method")
    t.ok(method.strip("\0\n ") == "smc", f"{size}: PSCI is called by SMC", method)
    t.ok(host.must("nproc").strip() == str(cpus), f"{size}: nproc agrees")
    total = int(host.must("awk '/MemTotal/ { print $2 }' /proc/meminfo")) * 1024
    want = int(mem[:-1]) << 30
    t.ok(want - want // 8 - 128 * MIB < total <= want, f"{size}: the memory is the host's",
         f"{total // MIB} MiB")


HANGING_QEMU = """#!/bin/sh
printf 'booting\\nlast words without an end'
exec sleep 60
"""


def test_last_words(t):
    """Of a machine that is stopped by its time limit; QEMU is a stand-in that hangs."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh", delete=False) as f:
        f.write(HANGING_QEMU)
    os.chmod(f.name, 0o755)
    done = subprocess.run(["boot/qemu", "--no-rme", "--script", "none", "--timeout", "2"],
                          env=dict(os.environ, QEMU=f.name), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, timeout=60)
    os.unlink(f.name)
    t.ok(done.returncode == 124 and done.stdout == b"booting\nlast words without an end",
         "all a stopped machine has said is shown", f"{done.returncode}, {done.stdout}")


def test_1cpu_1g(t):
    check_machine(t, t.host(cpus=1, mem="1G"), 1, "1G")


def test_2cpus_3g(t):
    check_machine(t, t.host(cpus=2, mem="3G"), 2, "3G")


def test_4cpus_8g(t):
    check_machine(t, t.host(cpus=4, mem="8G"), 4, "8G")


def test_8cpus_1g(t):
    check_machine(t, t.host(cpus=8, mem="1G"), 8, "1G")


def hotplug(t, cpus, rounds=10):
    """Takes each CPU off and on; a CPU that is off is off for PSCI too (the kernel asks)."""
    host = t.host(cpus=cpus)
    host.must("dmesg -C || dmesg -c >/dev/null")
    for cpu in range(cpus):
        online = f"/sys/devices/system/cpu/cpu{cpu}/online"
        status, output = host.run(
            f"for i in $(seq {rounds}); do"
            f" echo 0 >{online} && [ $(nproc) = {cpus - 1} ] &&"
            f" echo 1 >{online} && [ $(nproc) = {cpus} ] || break; done;"
            f" [ $i = {rounds} ] && [ $(cat {online}) = 1 ]", 120)
        dmesg = host.must("dmesg -c")
        killed = len(re.findall(rf"psci: CPU{cpu} killed", dmesg))
        started = len(re.findall(rf"CPU{cpu}: Booted secondary processor", dmesg))
        t.ok(status == 0 and killed == started == rounds,
             f"{cpus} CPUs: CPU {cpu} goes off and comes on {rounds} times",
             f"status {status}, off {killed}, on {started}: {output}{dmesg[-500:]}")


def test_hotplug_2cpus(t):
    hotplug(t, 2)


def test_hotplug_4cpus(t):
    hotplug(t, 4)


def test_reboot(t):
    host = t.host(cpus=2)
    host.must("echo before >/run/mark")
    host.type("reboot -f")
    host.expect(rb"kvm-cca host: Linux", 90)
    host.login()
    t.ok(host.run("test -e /run/mark")[0] != 0, "reboot comes back to a fresh host")
    t.ok(host.must("nproc").strip() == "2", "with all its CPUs")
    host.type("poweroff -f")
    host.read_until_end(30)
    t.ok(True, "and powers off with status 0")


def test_leave_shell(t):
    host = t.host(cpus=2)
    host.type("exit")
    host.read_until_end(30)
    t.ok(True, "leaving the shell powers off with status 0")
