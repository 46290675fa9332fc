# SPDX-License-Identifier: BSD-3-Clause
"""The host module on the stock host: it loads, says what it found, refuses where no Realm could run,
and its ioctls keep KVM's rules (kvm-api-test, tests/kvm-api)."""

import os
import re

from lib.console import Host
from lib.realms import Realm, check_log, check_nothing_left, check_ok, free_kib

MODES = ("vhe", "nvhe")
INSMOD = "insmod /lib/modules/kvm-cca.ko"


def says(host):
    """The module's line in the kernel log."""
    lines = re.findall(r"kvm-cca: .*", host.must("dmesg"))
    return lines[-1].strip() if lines else ""


def fresh(host):
    """Loads the module anew."""
    host.must(f"rmmod kvm_cca 2>/dev/null; {INSMOD}")


# What the newer kernel is asked, and with SOAK=1: what lies close to the kernel first.
NEXT_GROUPS = (("parity", "forms"),
               ("device", "vm", "slots", "attributes", "gmem", "populate", "life", "run", "simd", "reap",
                "parity", "shared", "stress", "events", "msi", "forms"))


def test_load(t):
    host = t.host(cpus=2, rmm="host")
    fresh(host)
    t.ok("RMI 2.0" in says(host), "the module finds the RMM", says(host))
    for i in range(5):
        fresh(host)
    t.ok("RMI 2.0" in says(host), "unloads and loads again", says(host))
    t.ok(host.must("cat /sys/kernel/debug/kvm-cca/rmm_found_active").strip() == "0",
         "an unload leaves the RMM as after a boot")
    dmesg = host.must("dmesg")
    t.ok("Oops" not in dmesg and "WARNING" not in dmesg, "and the kernel is well", dmesg[-500:])


def run_group(t, host, group):
    status, output = host.run(f"kvm-api-test {group}", 2400 if t.soak else 400)
    wrong = "\n".join(line for line in output.splitlines() if line.startswith(("not ok", "# failed")))
    t.ok(status == 0 and "1.." in output, f"kvm-api-test {group}", wrong or output[-500:])


def run_groups(t, host, *groups):
    fresh(host)
    for group in groups:
        run_group(t, host, group)
    dmesg = host.must("dmesg")
    bad = re.search(r"(Oops|WARNING|BUG:|kvm-cca: the RMM keeps)", dmesg)
    t.ok(not bad, "the kernel log is clean", dmesg[bad.start():][:800] if bad else "")
    host.must("rmmod kvm_cca")
    t.ok(True, "the module unloads")


def test_ioctls(t):
    run_groups(t, t.host(cpus=2, rmm="host"), "device", "vm", "slots", "attributes", "gmem", "populate",
               "forms")


def test_events(t):
    """Eventfds, routes and the ITS answer as KVM's do, and a Realm takes what comes by them."""
    run_groups(t, t.host(cpus=2, rmm="host"), "events", "msi")


def test_parity(t):
    """What /dev/kvm is asked, /dev/kvm-cca answers alike."""
    run_groups(t, t.host(cpus=2, rmm="host"), "parity")


test_parity.short_modes = ("vhe",)


def test_next(t):
    """The guest's kernel, which is newer than the host's, serves as host, too."""
    host = t.host(cpus=2, rmm="host", initrd="next", kernel="guest")
    t.ok(True, f"Linux {host.must('uname -r').strip()} boots")
    fresh(host)
    t.ok("RMI 2.0" in says(host), "the module finds the RMM", says(host))
    status, output = host.run("realm run --kernel /guest/hostcall --mem 32M </dev/null", 120)
    t.ok(status == 0 and "hostcall:" in output, "a Realm runs", output[-300:])
    run_groups(t, host, *NEXT_GROUPS[t.soak])


def test_fuzz(t):
    """Random calls on all descriptors by several threads: the host lives, and nothing is left."""
    host, seconds = t.host(cpus=2, mem="2G", rmm="host", timeout=1500), 300 if t.soak else 15
    fresh(host)
    status, output = host.run(f"FUZZ_SECONDS={seconds} kvm-api-test fuzz", seconds + 300)
    t.ok(status == 0 and "1.." in output, f"random calls for {seconds} s", output[-2500:])
    check_nothing_left(t, host, "random calls")
    check_log(t, host, "random calls")


test_fuzz.short_modes = ("vhe",)


REALM = ("realm run --kernel /guest/Image --initrd /guest/initrd --mem 256M --cpus 2"
         " --append 'console=ttyS0 quiet' </dev/null >/tmp/realm.log 2>&1")


def test_kill(t):
    """kill -9 of the VMM from creation to a booted guest."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=600)
    fresh(host)
    for delay in (0.1, 0.3, 0.6, 1, 2, 4, 8, 16):
        host.must(f"{REALM} & sleep {delay}; kill -9 $!; wait $!; true", 120)
        check_nothing_left(t, host, f"kill -9 after {delay} s")
    host.must("rmmod kvm_cca")
    dmesg = host.must("dmesg")
    t.ok("Oops" not in dmesg and "WARNING" not in dmesg and "BUG:" not in dmesg,
         "the module unloads, the kernel log is clean", dmesg[-800:])


test_kill.short_modes = ("vhe",)


def hold(host, group="hold"):
    """Starts Realms that last."""
    host.must(f"(kvm-api-test {group} >/tmp/{group} 2>&1 &)")
    host.must(f"for i in $(seq 900); do grep -q 'held$' /tmp/{group} && break; usleep 100000; done;"
              f" grep -q '^ok.*held$' /tmp/{group}", 120)


def test_edge(t):
    """The kernel reads names by words, and so over the end of a page into the next one. Where the next page
    is a Realm's, the kernel must read zeros and live on."""
    for append, bits in (("", 52), ("arm64.nolva", 48)):
        host = t.host(cpus=2, rmm="host", append="quiet " + append)
        hold(host)
        host.must("insmod /lib/tests/access.ko")
        host.run("echo e 0 >/dev/access")
        line = host.run("dmesg | grep access:")[1]
        t.ok("zeros behind it" in line, f"{bits} bits: a word over the edge of a Realm's memory", line)
        check_log(t, host)
        host.close()


def test_down(t):
    """Unload and suspend are refused while a Realm lives; reboot ends it and comes back."""
    host = t.host(cpus=2, rmm="host", timeout=300)
    hold(host)
    t.ok(int(host.must("cat /sys/kernel/debug/kvm-cca/delegated")) > 8192, "a Realm is held")
    t.ok(host.run("rmmod kvm_cca")[0] != 0, "the module does not unload")
    t.ok(host.run("echo freeze >/sys/power/state")[0] != 0, "the host does not suspend")
    host.type("reboot -f")
    host.expect(rb"kvm-cca host: Linux", 120)
    host.login()
    t.ok("RMI 2.0" in says(host), "reboot comes back, and the RMM is found again", says(host))


def test_blocked(t):
    """A call that waits for memory of the VMM, which does not come, holds up nothing else."""
    run_groups(t, t.host(cpus=2, rmm="host", timeout=600), "blocked")


def test_reap(t):
    """The OOM reaper gets the memory of a VMM at once."""
    run_groups(t, t.host(cpus=2, rmm="host"), "reap")


def test_down_blocked(t):
    """A reboot and a power off do not wait for the VMM's memory, whatever call waits for it."""
    host = t.host(cpus=2, rmm="host", timeout=600)
    hold(host, "hold_blocked")
    host.type("reboot -f")
    host.expect(rb"kvm-cca host: Linux", 120)
    host.login()
    t.ok("RMI 2.0" in says(host), "reboot comes back, and the RMM is found again", says(host))
    hold(host, "hold_blocked")
    host.type("poweroff -f")
    host.read_until_end(120)
    t.ok(True, "power off ends the machine")


def test_kexec_blocked(t):
    """kexec does not wait for the VMM's memory either. The next kernel has all memory, that of the old
    kernel's Realms too, and runs Realms of its own."""
    host = t.host(cpus=2, mem="2G", rmm="host", initrd="kexec", append="quiet arm64.nolva", timeout=1200)
    hold(host)
    hold(host, "hold_blocked")
    host.must("cd / && find bin etc guest init lib | cpio -o -H newc >/tmp/initrd 2>/dev/null", 120)
    host.must("mkdir -p /tmp/x && cd /tmp/x && mkdir dev proc root run sys tmp && find . |"
              " cpio -o -H newc >>/tmp/initrd 2>/dev/null")
    host.type('kexec /host/Image /tmp/initrd "$(cat /proc/cmdline) kexec=again"')
    host.login()
    t.ok("kexec=again" in host.must("cat /proc/cmdline"), "kexec starts the next kernel")
    free = int(host.must("awk '/^MemFree/ { print int($2 / 1024) }' /proc/meminfo")) - 192
    host.must(f"mount -t tmpfs -o size={free}m fill /root && dd if=/dev/zero of=/root/fill bs=1M count={free}"
              " 2>/dev/null; rm /root/fill", 240)
    t.ok(free > 1024, f"it uses {free} MiB of memory")
    status, output = host.run("realm run --kernel /guest/hostcall --mem 32M </dev/null", 300)
    t.ok(status == 0 and "hostcall:" in output, "and Realms run", output[-300:])
    check_log(t, host)


def test_sleep(t):
    """With no Realm the host sleeps, and has Realms again when it wakes."""
    host = t.host(cpus=2, rmm="host", timeout=300)
    host.must("echo +3 >/sys/class/rtc/rtc0/wakealarm; echo freeze >/sys/power/state", 120)
    t.ok("PM: suspend exit" in host.must("dmesg"), "the host sleeps and wakes")
    run_group(t, host, "churn")


def test_hibernate(t):
    """The host sleeps on a disk and wakes on a machine whose RMM is not active yet.

    The waking kernel copies its page tables: 6.12 oopses there with 52-bit addresses, as in kexec_load."""
    disk = f"{t.build}/logs/{t.name.replace('/', '-')}.disk"
    with open(disk, "wb") as f:
        f.truncate(1 << 30)
    extra = ["--", "-drive", f"file={disk},if=none,id=sleep,format=raw",
             "-device", "virtio-blk-pci,drive=sleep,romfile="]
    host = t.host(cpus=2, rmm="host", timeout=600, extra=extra, append="quiet arm64.nolva")
    run_group(t, host, "churn")
    host.must("mkswap /dev/vda >/dev/null && swapon /dev/vda")
    host.run("cat /sys/block/vda/dev >/sys/power/resume")  # finds no image there
    host.must("echo kept >/root/mark")
    host.type("echo disk >/sys/power/state; echo wo''ken")
    host.read_until_end(240)
    woken = t.machine(cpus=2, rmm="host", timeout=600, extra=extra, kind=Host,
                      append="quiet arm64.nolva rdinit=/bin/sh")
    woken.expect(rb"^/ # ", 240)
    # Without /proc this shell finds only those applets that it runs in its own process.
    woken.type("/bin/busybox mkdir -p /dev /proc /sys; /bin/busybox mount -t proc proc /proc;"
               " /bin/busybox mount -t sysfs sys /sys; insmod /lib/modules/virtio_blk.ko;"
               " cat /sys/block/vda/dev >/sys/power/resume")
    woken.expect(rb"^woken$", 240)
    t.ok(woken.must("cat /root/mark").strip() == "kept", "the host wakes where it was")
    run_group(t, woken, "churn")
    check_log(t, woken, "sleeping on a disk")
    os.unlink(disk)


# The test takes two boots and a gigabyte of disk, so it runs with SOAK=1 only.
test_hibernate.short_modes = ()


TRACE = "/sys/kernel/tracing"


def test_trace(t):
    """Tracepoints for RMI calls and exits."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=600)
    host.must(f"mount -t tracefs trace {TRACE} 2>/dev/null; echo 1 >{TRACE}/events/kvm_cca/enable")
    check_ok(t, Realm(host, "work", "--mem 160M", "job=work seconds=0"), "a Realm is traced")
    host.must(f"echo 0 >{TRACE}/tracing_on")
    for event, pattern in (("kvm_cca_rmi", r"fid=c4000159 args=[0-9a-f,]+ status=0"),
                           ("kvm_cca_exit", r"vcpu=0 status=0 reason=[01] esr=[0-9a-f]+")):
        status, line = host.run(f"grep -m 1 -E '{event}: .*{pattern}' {TRACE}/trace", 60)
        t.ok(status == 0, f"{event} says what happened", line or host.run(f"tail -n 5 {TRACE}/trace")[1])
    host.must(f"echo 0 >{TRACE}/events/kvm_cca/enable")
    host.must("rmmod kvm_cca")
    check_log(t, host, "tracing and unloading")


test_trace.short_modes = ("vhe",)


def test_beside(t):
    """An ordinary VM of built-in KVM beside a Realm."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=600)
    realm = Realm(host, "realm", "--mem 192M", "job=work seconds=4")
    normal = Realm(host, "normal", "--type normal --mem 192M", "job=work seconds=4")
    check_ok(t, normal, "an ordinary VM works beside a Realm")
    check_ok(t, realm, "the Realm works beside an ordinary VM")
    check_nothing_left(t, host, "both")
    check_log(t, host)


test_beside.modes = ("vhe",)  # KVM has no VMs in the other


def test_more_than_there_is(t):
    """A Realm larger than the host, whose guest takes what it gets: the Realm ends, not the host."""
    host = t.host(cpus=2, mem="1G", rmm="host", timeout=600)
    realm = Realm(host, "large", "--mem 64G", "job=work seconds=0")
    status, output = realm.wait()
    t.ok(status == 5 and "the host is out of memory" in output, "an error says why", f"{status}: {output}")
    check_nothing_left(t, host, "it")
    check_log(t, host)
    t.ok("Out of memory" not in host.must("dmesg"), "no process of the host was killed")


test_more_than_there_is.short_modes = ("vhe",)


REFUSALS = {
    "kvm-arm.mode=nvhe": "the kernel is at EL1 and KVM owns EL2",
    "kvm-arm.mode=protected": "the kernel is at EL1 and pKVM owns EL2",
    "id_aa64mmfr1.vh=0": "the kernel is at EL1 and KVM owns EL2",
}


def test_refusal(t):
    """A kernel at EL1 below KVM: no Realms, and one line that says why."""
    for append, why in REFUSALS.items():
        host = t.host(cpus=2, rmm="host", append="quiet " + append)
        lines = re.findall(r"kvm-cca: .*", host.must("dmesg"))
        t.ok(len(lines) == 1 and why in lines[0] and "boot without" in lines[0],
             f"{append}: one line says why", "\n".join(lines))
        t.ok(host.run("kvm-api-test refused")[0] == 0, f"{append}: CREATE_VM is refused",
             host.run("kvm-api-test refused")[1])
        host.close()


test_refusal.modes = ("vhe",)


def test_life(t):
    run_groups(t, t.host(cpus=2, rmm="host"), "life")


CHURN_KIB = 800  # a quarter of a page for each of its vCPUs


def test_churn(t):
    """Many short Realms: each page the module took for them is the host's again."""
    host = t.host(cpus=2, rmm="host", timeout=900)
    run_group(t, host, "churn")  # caches fill
    before = free_kib(host)
    run_group(t, host, "churn")
    now = free_kib(host)
    t.ok(before - now < CHURN_KIB, "the host's memory is back", f"{before} KiB before, {now} KiB now")


def test_shared(t):
    """Shared memory that the host's kernel reclaims, and whose VMM changes it under the Realm."""
    host = t.host(cpus=2, rmm="host", timeout=3600)
    if t.soak:
        host.must("export SOAK=1")
    run_groups(t, host, "shared", "stress")


def test_limit(t):
    """A memory limit: no hole needs memory, nothing is left, and whoever asks for memory pays for it."""
    run_groups(t, t.host(cpus=2, rmm="host", timeout=900), "limit")


def test_run(t):
    """Bare-metal Realms (tests/realm/jobs) under kvm-api-test's own VMM."""
    run_groups(t, t.host(cpus=2, rmm="host", timeout=900), "run", "simd", "pmu")

