# SPDX-License-Identifier: BSD-3-Clause
"""Disks: what a Realm writes is on the file when it has ended, an ordinary VM finds the same, and two
VMs do not write to one file."""

import re

from lib.realms import Realm, check_log, check_nothing_left, check_ok

MODES = ("vhe",)  # each has an ordinary VM beside, and KVM has none in the other
DISK = "/tmp/disk"
VM = "--type normal --kernel /guest/Image --initrd /guest/test-initrd --mem 192M"


def sums(output):
    """The MD5 sums that a job=disk has seen, by what it was doing."""
    return dict(re.findall(r"^disk: (\w+): ([0-9a-f]{32})", output, re.MULTILINE))


def run(t, host, name, options, mib, what):
    realm = Realm(host, name, f"--mem 256M {options}", f"job=disk mib={mib}")
    output = check_ok(t, realm, what)
    t.ok(re.search(r"^disk: 65536 sectors, serial disk-1$", output, re.MULTILINE)
         and "disk: 16 random bytes" in output, f"{what}: its size, its serial number, entropy",
         output)
    t.ok(re.search(r"^interrupts: *\d+: +[1-9]\d* +ITS-PCI-MSIX.* virtio\d+-req", output, re.MULTILINE),
         f"{what}: the disk interrupts by messages", output)
    return sums(output)


def test_file(t):
    host = t.host(cpus=1, mem="2G", rmm="host", timeout=3600, extra=("--icount",))
    host.must(f"truncate -s 32M {DISK}")
    disk = f"--disk {DISK},serial=disk-1"
    first = run(t, host, "realm", disk, 8, "a Realm with a disk")
    t.ok(first.get("written") and first["written"] == first.get("read"),
         "it reads again what it has written", str(first))
    check_nothing_left(t, host, "a Realm with a disk")
    again = run(t, host, "normal", f"--type normal {disk}", 0, "an ordinary VM with the same disk")
    t.ok(again.get("read") == first["written"], "it finds what the Realm has written", str(again))
    reader = run(t, host, "reader", f"--disk {DISK},ro,serial=disk-1", 0, "a Realm that only reads")
    t.ok(reader.get("read") == first["written"], "it finds the same", str(reader))
    check_log(t, host)


def start(host, options):
    """Starts a VM that waits; returns its console's output when it is up."""
    host.must(f"(realm run {VM} {options} --append 'console=ttyS0 quiet job=wait' </tmp/in >/tmp/log 2>&1) "
              "& pid=$!; true")
    return host.must("until grep -q 'guest: up' /tmp/log || ! kill -0 $pid; do usleep 100000; done; "
                     "cat /tmp/log", 400)


def test_lock(t):
    host = t.host(cpus=2, timeout=1200)
    host.must(f"truncate -s 1M {DISK}; mkfifo /tmp/in; exec 3<>/tmp/in")
    start(host, f"--disk {DISK}")
    for mode in ("", ",ro"):
        status, output = host.run(f"realm run {VM} --disk {DISK}{mode} </dev/null 2>&1")
        t.ok(status == 1 and "another process has it open" in output,
             f"a disk that a VM writes to has no second user{mode}", f"status {status}: {output}")
    host.must("kill -9 $(pidof realm); wait $pid; true")
    output = start(host, f"--disk {DISK}")
    t.ok("guest: up" in output, "after its end the disk is free", output)
