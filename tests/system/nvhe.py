# SPDX-License-Identifier: BSD-3-Clause
"""The EL2 stub, which a host at EL1 has for its Realms (docs/host-modes.md). The stub comes and goes with
the module, with CPUs and with kernels, it survives the calls of a hostile kernel, and a Realm needs it to
keep the GIC's state."""

import re
import time

MODES = ("nvhe",)
BOOT = 600
OURS = "EL2 is ours"
GOOD = "insmod /lib/modules/kvm-cca.ko"


def machine(t, **options):
    return t.host(cpus=2, mem="2G", rmm="host", timeout=7200, **options)


def tiny(host, cpu=None):
    """Runs the smallest Realm; True if it did well."""
    where = "" if cpu is None else f"taskset {1 << cpu:x} "
    status, output = host.run(f"{where}realm run --kernel /guest/hostcall --mem 32M </dev/null", BOOT)
    return status == 0 and re.search(r"^hostcall: \d+", output, re.MULTILINE)


def dmesg(host, pattern):
    return re.findall(pattern, host.must("dmesg"))


def start(host, name="realm", options="--mem 256M"):
    """A guest in the background, its console in a file. Leaves its process in $pid."""
    host.must(f": >/tmp/{name}.log; realm run --kernel /guest/Image --initrd /guest/initrd {options}"
              " --append 'console=ttyS0 demo=check'"
              f" --console /tmp/{name}.log </dev/null >/tmp/{name}.out 2>&1 & pid=$!")


def comes_up(host, name="realm", seconds=BOOT):
    """Waits for the guest's own verdict; False if it does not come in time."""
    status, _ = host.run(f"n=0; until grep -q 'guest: ok' /tmp/{name}.log; do [ $n -lt {seconds * 2} ]"
                         " || break; usleep 500000; n=$((n + 1)); done;"
                         f" grep -q 'guest: ok' /tmp/{name}.log", seconds * 3)
    return status == 0


def check_kernel_well(t, host):
    bad = re.search(r"Oops|WARNING|BUG:|lockup|stall|hung task|hvc: function", host.must("dmesg"))
    t.ok(not bad, "the host's kernel is well", bad.group(0) if bad else "")


def test_lost_state(t):
    """With a stub that does not hand the GIC's state back, no guest comes up: the fault once seen on hosts
    at EL1."""
    host = machine(t)
    begin = time.monotonic()
    start(host)
    t.ok(comes_up(host), "a guest comes up with the stub as it is",
         host.must("tail -n 5 /tmp/realm.log /tmp/realm.out"))
    host.must("wait $pid", BOOT)
    enough = 10 + int(2 * (time.monotonic() - begin))

    host.must("rmmod kvm_cca; insmod /lib/tests/kvm-cca-lose.ko")
    start(host)
    t.ok(not comes_up(host, seconds=enough), f"the same guest hangs without that: {enough} s are over")
    t.ok(host.run("grep -q 'Booting Linux' /tmp/realm.log")[0] == 0, "it has begun to boot")
    exits, size = "cat /sys/kernel/debug/kvm-cca/exit_irq", host.must("wc -c </tmp/realm.log")
    before = int(host.must(exits))
    host.must(f"until [ $({exits}) -gt {before + 1000} ]; do usleep 100000; done", BOOT)
    t.ok(host.must("wc -c </tmp/realm.log") == size,
         "its vCPU enters and leaves by IRQ a thousand times, its console is silent",
         host.must("tail -n 5 /tmp/realm.log"))
    host.must("kill -9 $pid; wait $pid; until grep -qx 0 /sys/kernel/debug/kvm-cca/vms; do"
              " usleep 100000; done", BOOT)
    host.must(f"rmmod kvm_cca; {GOOD}")
    t.ok(tiny(host), "with the stub as it is Realms run again")


test_lost_state.short_modes = ()


def vectors(host):
    """Whose vectors EL2 has on each CPU, after the module went."""
    address = host.must("cat /tmp/vectors 2>/dev/null || grep -w __hyp_stub_vectors /proc/kallsyms |"
                        " tee /tmp/vectors").split()[0]
    host.must("dmesg -c >/dev/null")
    for cpu in range(2):
        host.must(f"taskset {1 << cpu:x} sh -c 'echo v {address} >/dev/hvc'")
    return dmesg(host, r"hvc: cpu\d: .*")


def test_reload(t):
    """Unload and load, with a Realm each time; in between EL2 is the kernel's."""
    host, rounds = machine(t), 100 if t.soak else 4
    host.must("insmod /lib/tests/hvc.ko")
    good = 0
    for i in range(rounds):
        host.must("rmmod kvm_cca")
        found = vectors(host)
        back = len(found) == 2 and all("the kernel's" in line for line in found)
        host.must(GOOD)
        if not (back and dmesg(host, OURS) and tiny(host, i % 2)):
            t.ok(False, f"round {i + 1}", f"{found} {dmesg(host, 'kvm-cca.*')}")
            break
        good += 1
    t.ok(good == rounds, f"{good} of {rounds} unloads gave EL2 back, each load took it for a Realm")
    check_kernel_well(t, host)


def owner(host, cpu):
    host.must(f"dmesg -c >/dev/null; taskset {1 << cpu:x} sh -c 'echo o >/dev/hvc'")
    return dmesg(host, r"hvc: cpu\d: (.*)")[0]


def test_hotplug(t):
    """A CPU goes and comes while a Realm works; the stub is on it again each time."""
    host, rounds = machine(t), 100 if t.soak else 4
    host.must("insmod /lib/tests/hvc.ko")
    start(host, options="--mem 256M --cpus 2")
    good = 0
    online = "/sys/devices/system/cpu/cpu1/online"
    for i in range(rounds):
        host.must(f"echo 0 >{online} && echo 1 >{online}", 120)
        if owner(host, 1) != "the stub" or (i % 4 == 3 and not tiny(host, 1)):
            t.ok(False, f"round {i + 1}", "\n".join(dmesg(host, ".*")[-10:]))
            break
        good += 1
    t.ok(good == rounds, f"CPU off and on {good} of {rounds} times, Realms run on it afterwards")
    t.ok(comes_up(host), "a Realm with two CPUs came up meanwhile",
         host.must("tail -n 5 /tmp/realm.log /tmp/realm.out"))
    host.must("wait $pid", BOOT)
    check_kernel_well(t, host)


def test_hvc(t):
    """Random calls on all CPUs; then EL2 is as good as before."""
    host, seconds = machine(t), 300 if t.soak else 5
    host.must("insmod /lib/tests/hvc.ko")
    for cpu in range(2):
        host.must(f"taskset {1 << cpu:x} sh -c 'echo f {seconds} {cpu + 12345} >/dev/hvc' & p{cpu}=$!")
    for cpu in range(2):
        status, _ = host.run(f"wait $p{cpu}", seconds * 2 + 120)
        t.ok(status == 0, f"CPU {cpu}: random calls are answered by errors",
             "\n".join(dmesg(host, "hvc: .*")[-3:]))
    t.ok(len(dmesg(host, r"hvc: cpu\d: \d+ calls")) == 2, "on both CPUs", str(dmesg(host, "hvc: .*")))
    t.ok(owner(host, 0) == "the stub" and owner(host, 1) == "the stub", "the stub still has EL2")
    t.ok(tiny(host, 0) and tiny(host, 1), "and Realms run")
    host.must(f"rmmod kvm_cca")
    found = vectors(host)
    t.ok(all("the kernel's" in line for line in found), "it gives EL2 back", str(found))
    check_kernel_well(t, host)


def test_restart(t):
    """A kernel that goes on to another without notice, as after a crash, has code of its own run at EL2."""
    for append, bits in (("quiet", 52), ("quiet arm64.nolva", 48)):
        host = machine(t, append=append)
        host.must("insmod /lib/tests/hvc.ko")
        found = vectors(host)
        t.ok(len(found) == 2 and all("the kernel's" in line for line in found),
             f"{bits} bits: the stub gives EL2 to it, and the vectors are the kernel's", str(found))
        host.close()


def test_kexec(t):
    """Into the same kernel, which runs Realms again. 6.12 oopses in kexec_load with 52-bit addresses
    (trans_pgd_create_copy), whatever runs on it: so without those."""
    host = machine(t, initrd="kexec", append="quiet arm64.nolva")
    t.ok(tiny(host), "a Realm runs")
    host.must("(kvm-api-test hold >/tmp/hold 2>&1 &)")
    host.must("until grep -q '^ok' /tmp/hold; do usleep 100000; done", BOOT)
    host.must("cd / && find bin etc guest init lib | cpio -o -H newc >/tmp/initrd 2>/dev/null", 120)
    host.must("mkdir -p /tmp/x && cd /tmp/x && mkdir dev proc root run sys tmp && find . |"
              " cpio -o -H newc >>/tmp/initrd 2>/dev/null")
    host.type('kexec /host/Image /tmp/initrd "$(cat /proc/cmdline) kexec=again"')
    host.login()
    t.ok("kexec=again" in host.must("cat /proc/cmdline"), "kexec with a Realm alive starts the kernel")
    t.ok(dmesg(host, OURS), "EL2 is free for it", str(dmesg(host, "kvm-cca.*")))
    t.ok(host.must("cat /sys/kernel/debug/kvm-cca/rmm_found_active").strip() == "0",
         "the RMM is as after a boot for it, whatever its driver")
    t.ok(tiny(host, 0) and tiny(host, 1), "Realms run on both CPUs")
    check_kernel_well(t, host)
