# SPDX-License-Identifier: BSD-3-Clause
"""Realms beside each other and one after the other; VMMs killed at any moment. Each time all memory is
back afterwards."""

import random

from lib.realms import COUNTERS, Realm, check_log, check_nothing_left, check_ok, free_kib, left

MODES = ("vhe", "nvhe")
SLACK_KIB = 4096  # what the kernel's own caches may grow by meanwhile


def machine(t, cpus=2, mem="3G"):
    return t.host(cpus=cpus, mem=mem, rmm="host", timeout=14400)


def check_memory(t, host, before, after):
    now = free_kib(host)
    return t.ok(before - now < SLACK_KIB, f"the host's memory is back after {after}",
                f"{before} KiB before, {now} KiB now")


def uptime(host):
    return float(host.must("cat /proc/uptime").split()[0])


def warm(t, host):
    """One Realm before the first look at free memory: caches fill. With 128M Debian's 7.3 kernel
    panics, ordinary VM or Realm: its pools find no memory."""
    check_ok(t, Realm(host, "first", "--mem 160M", "job=work seconds=0"), "a first Realm")
    check_nothing_left(t, host, "a first Realm")
    return free_kib(host)


def together(t, host, number, options):
    before = warm(t, host)
    realms = [Realm(host, f"realm{i}", options, "job=work seconds=5") for i in range(number)]
    for realm in realms:
        realm.wait_for("work: ")
    t.ok(int(host.must(f"cat {COUNTERS}/realms")) <= number, f"{number} Realms at once")
    for realm in realms:
        check_ok(t, realm, f"{realm.name} of {number}")
    check_nothing_left(t, host, f"{number} Realms")
    check_memory(t, host, before, f"{number} Realms")
    check_log(t, host)


def test_two(t):
    together(t, machine(t), 2, "--mem 256M --cpus 2")


test_two.alone = True
test_two.short_modes = ("nvhe",)


def test_eight(t):
    together(t, machine(t), 8, "--mem 160M --cpus 1")


test_eight.alone = True
test_eight.short_modes = ()

CROWD = """crowd() { for j in 1 2 3; do realm run --kernel /guest/hostcall --mem 32M </dev/null
>/tmp/crowd.$1.$j 2>&1 || echo "VMM $1, Realm $j: $?" >>/tmp/crowd.bad; done; };
(for i in 1 2 3 4 5 6 7 8; do crowd $i & done; wait; echo >/tmp/crowd.over) &
most=0; until [ -e /tmp/crowd.over ]; do n=$(cat {counters}/realms); [ $n -le $most ] || most=$n;
usleep 20000; done; echo $most"""


def test_crowd(t):
    """Eight VMMs at once, each with three of the smallest Realms: they come and go beside each other."""
    host = machine(t)
    most = int(host.must(CROWD.replace("\n", " ").replace("{counters}", COUNTERS), 600))
    done = host.must("cat /tmp/crowd.*.* | grep -c '^hostcall: [0-9]'")
    t.ok(done.strip() == "24" and host.run("cat /tmp/crowd.bad")[0] != 0, "24 Realms of eight VMMs",
         host.must("cat /tmp/crowd.*"))
    t.ok(most >= 4, f"up to {most} at a time")
    check_nothing_left(t, host, "eight VMMs")
    check_log(t, host)


def test_boots(t):
    """In a row; a Realm is as good as the one before, and memory does not dwindle."""
    host, number = machine(t, 1, "2G"), 50 if t.soak else 3
    before = warm(t, host)
    for i in range(number):
        realm = Realm(host, "boot", f"--mem 160M --cpus {1 + i % 2}", "job=work seconds=0")
        check_ok(t, realm, f"boot {i + 1} of {number}")
        wrong = left(host)
        if wrong:
            t.ok(False, f"nothing is left after boot {i + 1}", " ".join(wrong))
            break
    check_memory(t, host, before, f"{number} boots")
    check_log(t, host)


test_boots.short_modes = ()


def test_kills(t):
    """kill -9 of the VMM between creation and shutdown. Half of the moments fall into the set-up."""
    host, number = machine(t, 1, "2G"), 100 if t.soak else 10
    start = uptime(host)
    before = warm(t, host)
    life = uptime(host) - start
    seed = random.randrange(1 << 32)
    moments, good = random.Random(seed), 0
    for i in range(number):
        delay = moments.uniform(0, life / 8 if i % 2 else life)
        realm = Realm(host, "killed", "--mem 256M --cpus 2", "job=work seconds=2")
        host.must(f"usleep {int(delay * 1e6)}", 600)
        realm.kill()
        wrong, now = left(host), free_kib(host)
        good += not wrong and before - now < SLACK_KIB
        if wrong or before - now >= SLACK_KIB:
            t.ok(False, f"kill {i + 1} after {delay:.3f} s leaves nothing",
                 f"{' '.join(wrong)}, free {before} -> {now} KiB, seed {seed}")
            break
    t.ok(good == number, f"{good} of {number} kills left nothing", f"seed {seed}")
    check_ok(t, Realm(host, "last", "--mem 160M", "job=work seconds=0"), "a Realm after them")
    check_log(t, host)
    host.must("rmmod kvm_cca")
    t.ok(True, "the module unloads")


test_kills.short_modes = ()
