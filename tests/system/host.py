# SPDX-License-Identifier: BSD-3-Clause
"""The host module on the stock host: it loads, says what it found, refuses where no Realm could run,
and its ioctls keep KVM's rules (host-test, tests/host)."""

import re

INSMOD = "insmod /lib/modules/kvm-cca.ko"


def says(host):
    """The module's line in the kernel log."""
    lines = re.findall(r"kvm-cca: .*", host.must("dmesg"))
    return lines[-1].strip() if lines else ""


def fresh(host):
    """Loads the module anew."""
    host.must(f"rmmod kvm_cca 2>/dev/null; {INSMOD}")


def test_load(t):
    host = t.host(cpus=2, rmm="host")
    fresh(host)
    t.ok("RMI 2.0" in says(host), "the module finds the RMM", says(host))
    for i in range(5):
        fresh(host)
    t.ok("RMI 2.0" in says(host), "unloads and loads again", says(host))
    dmesg = host.must("dmesg")
    t.ok("Oops" not in dmesg and "WARNING" not in dmesg, "and the kernel is well", dmesg[-500:])


def run_groups(t, host, *groups):
    fresh(host)
    for group in groups:
        status, output = host.run(f"host-test {group}", 240)
        wrong = "\n".join(line for line in output.splitlines() if line.startswith("not ok"))
        t.ok(status == 0 and "1.." in output, f"host-test {group}", wrong or output[-500:])
    dmesg = host.must("dmesg")
    bad = re.search(r"(Oops|WARNING|BUG:|kvm-cca: the RMM keeps)", dmesg)
    t.ok(not bad, "the kernel log is clean", dmesg[bad.start():][:800] if bad else "")
    host.must("rmmod kvm_cca")
    t.ok(True, "the module unloads")


def test_ioctls(t):
    run_groups(t, t.host(cpus=2, rmm="host"), "device", "vm", "slots", "attributes", "gmem", "populate")


def test_life(t):
    run_groups(t, t.host(cpus=2, rmm="host"), "life")
