# SPDX-License-Identifier: BSD-3-Clause
"""Realms on the tree's own stack: Debian's unmodified kernel, started by `realm` on kvm-cca.ko."""

import re

from lib.realms import Realm, check_log, check_ok

MODES = ("vhe", "nvhe")
BOOT = 600  # seconds; a loaded machine takes ten times what an idle one does


def machine(t):
    return t.host(cpus=2, mem="2G", rmm="host", timeout=1200)


def demo(host, options=""):
    """The demo without a terminal; returns (status, output)."""
    return host.run(f"realm-demo {options} </dev/null", BOOT)


def rim(output):
    match = re.search(r"^ +RIM +([0-9a-f]+)\s*$", output, re.MULTILINE)
    return match.group(1) if match else None


def check_nothing_left(t, host, what):
    counts = host.must("cd /sys/kernel/debug/kvm-cca && head -n 1 vms realms recs rtts delegated "
                       "leaked | grep -x '[0-9]*'").split()
    t.ok(counts == ["0"] * 6, f"{what}: nothing is left of it", str(counts))


def check_demo(t, host, options, claims):
    """Runs the demo; its output must have these regular expressions. Returns the RIM."""
    what = f"realm {options}"
    status, output = demo(host, options)
    t.ok(status == 0 and output.endswith("realm: ok\n"), what, f"status {status}: {output}")
    for claim in claims:
        t.ok(re.search(claim, output, re.MULTILINE), f"{what}: {claim}", output)
    check_nothing_left(t, host, what)
    return rim(output)


def map_calls(host):
    return int(host.must("cat /sys/kernel/debug/kvm-cca/map_calls"))


def test_measurement(t):
    host = machine(t)
    first = check_demo(t, host, "--mem 256M",
                       [r"hash algorithm +sha-256\s*$", r"RSI +1\.0", r"RPV +(00){64}\s*$"])
    again = check_demo(t, host, "--mem 256M --rpv 6b657931", [r"RPV +6b657931(00){60}\s*$"])
    t.ok(first and first == again, "the RIM is that of what is started, not of the RPV",
         f"{first} {again}")
    other = check_demo(t, host, "--mem 258M", [])
    t.ok(other and first != other, "another memory size has another RIM", other)
    calls = map_calls(host)
    host.must("rmmod kvm_cca && insmod /lib/modules/kvm-cca.ko extensions=0")
    plain = check_demo(t, host, "--mem 256M", [])
    t.ok(first == plain, "without extensions of RMI it is the same", f"{first} {plain}")
    t.ok(calls < map_calls(host) / 2, "which take fewer calls for three Realms than one without",
         f"{calls} {map_calls(host)}")


test_measurement.short_modes = ("vhe",)


def test_hashes(t):
    host = machine(t)
    check_demo(t, host, "--mem 256M --hash sha384",
               [r"hash algorithm +sha-384\s*$", r"RIM +[0-9a-f]{96}\s*$"])
    check_demo(t, host, "--mem 256M --hash sha512",
               [r"hash algorithm +sha-512\s*$", r"RIM +[0-9a-f]{128}\s*$"])


test_hashes.short_modes = ("vhe",)


def test_cpus(t):
    host = machine(t)
    check_demo(t, host, "--cpus 2", [r"CPUs +2 online of 2"])


def test_sve(t):
    host = machine(t)
    check_demo(t, host, "--mem 256M --sve 256", [])
    output = host.must("realm info")
    t.ok(re.search(r"^sve +\d+ bits$", output, re.MULTILINE), "info says how long vectors are",
         output)


test_sve.short_modes = ("vhe",)


def test_pmu(t):
    """Linux in a Realm counts cycles on each CPU, and its PMU interrupts; beside a host that does both, too."""
    host, samples = machine(t), 200
    host.must("(while :; do count 100 || break; done >/tmp/host 2>&1) & true")
    for kind in ("realm", "normal") if t.mode == "vhe" else ("realm",):
        guest = Realm(host, kind, f"--mem 192M --cpus 2 --pmu --type {kind}", f"job=count samples={samples}")
        output = check_ok(t, guest, f"--type {kind}: each CPU counts")
        t.ok("7 (0,8000003f) counters" in output, f"--type {kind}: six event counters", output)
        irqs = re.search(r"^interrupts: .*:\s+(\d+)\s+(\d+)\s.*arm-pmu", output, re.MULTILINE)
        t.ok(irqs and all(int(n) >= samples for n in irqs.groups()), f"--type {kind}: and is interrupted",
             irqs.group() if irqs else output)
        check_nothing_left(t, host, kind)
    counted = host.must("grep -c '^count: CPU 1: ' /tmp/host")
    t.ok(int(counted) > 0 and host.run("grep -v samples /tmp/host")[0] == 1,
         f"the host's own counters go on ({counted.strip()} times)", host.must("tail -n 3 /tmp/host"))
    check_log(t, host)


test_pmu.short_modes = ()  # the ordinary run has kvm-api-test pmu


def test_kill(t):
    host = machine(t)
    host.must("realm run --kernel /guest/Image --console /tmp/log </dev/null >/dev/null 2>&1 &"
              " echo $! >/tmp/pid")
    host.must("until grep -q Linux /tmp/log; do usleep 10000; done", BOOT)
    host.must("kill -KILL $(cat /tmp/pid); until grep -qx 0 /sys/kernel/debug/kvm-cca/vms; do"
              " usleep 10000; done", BOOT)
    check_nothing_left(t, host, "a killed Realm")

