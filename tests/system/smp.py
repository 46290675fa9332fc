# SPDX-License-Identifier: BSD-3-Clause
"""Many vCPUs, few CPUs: the guest's CPUs come and go, and so do the host's, while the guest works."""

import re

from lib.realms import COUNTERS, Realm, check_log, check_nothing_left, check_ok

MODES = ("vhe", "nvhe")
ALONE = True


def machine(t, cpus):
    return t.host(cpus=cpus, mem="2G", rmm="host", timeout=3600)


def interrupts(output, cpus):
    """{name: counts per CPU} of the guest's /proc/interrupts."""
    found = {}
    for line in re.findall(r"^interrupts: +(.*)$", output, re.MULTILINE):
        words = line.replace(":", " ", 1).split()
        counts = words[1:cpus + 1]
        if len(counts) == cpus and all(c.isdigit() for c in counts):
            found[" ".join(words[cpus + 1:])] = [int(c) for c in counts]
    return found


def check_interrupts(t, output, cpus, what):
    table = interrupts(output, cpus)
    timer = [c for name, c in table.items() if "arch_timer" in name]
    t.ok(timer and min(timer[0]) > 0, f"{what}: every CPU has its timer", str(table))
    if cpus > 1:
        ipis = [c for name, c in table.items() if re.match("(Rescheduling|Function call)", name)]
        sums = [sum(column) for column in zip(*ipis)]
        t.ok(sums and min(sums) > 0, f"{what}: every CPU gets IPIs", str(table))


def work(t, host, vcpus, seconds, what):
    realm = Realm(host, "work", f"--mem 256M --cpus {vcpus}", f"job=work seconds={seconds}")
    output = check_ok(t, realm, what)
    check_interrupts(t, output, vcpus, what)
    check_nothing_left(t, host, what)


def test_matrix(t):
    """vCPUs on host CPUs, fewer and more of them."""
    for cpus, numbers in ((2, (1, 2, 4, 8)), (4, (1, 2, 4, 8))) if t.soak else ((4, (8,)),):
        host = machine(t, cpus)
        for vcpus in numbers:
            work(t, host, vcpus, 20 if t.soak else 4, f"{vcpus} vCPUs on {cpus} CPUs")
        check_log(t, host)
        host.close()


test_matrix.short_modes = ("nvhe",)


def test_guest_hotplug(t):
    host = machine(t, 2)
    realm = Realm(host, "hotplug", "--mem 256M --cpus 4", f"job=hotplug rounds={10 if t.soak else 2}")
    check_ok(t, realm, "the guest's CPUs go off and on while others work")
    check_nothing_left(t, host, "CPU hotplug in the guest")
    check_log(t, host)


test_guest_hotplug.short_modes = ()


# In the background of the host's shell, until /tmp/stop is there: each thread to another CPU.
MOVE = """move() { n=0; while ! [ -e /tmp/stop ]; do
for i in /proc/$1/task/*; do taskset -p $((1 << n % $2)) ${i##*/} >/dev/null 2>&1; n=$((n + 1)); done;
usleep 50000; n=$((n + 1)); done; echo $n >/tmp/moves; }"""
# The CPUs but the first off and on, one after the other.
PLUG = """plug() { n=0; while ! [ -e /tmp/stop ]; do
cpu=/sys/devices/system/cpu/cpu$((1 + n % ($1 - 1)))/online;
echo 0 >$cpu && usleep 200000; echo 1 >$cpu || echo "cpu$cpu stays off" >>/tmp/plug.err;
n=$((n + 1)); usleep 100000; done; echo $n >/tmp/plugs; }"""


def disturbed(t, cpus, script, call, count_file, what):
    host = machine(t, cpus)
    host.must("rm -f /tmp/stop /tmp/plug.err; " + script.replace("\n", " "))
    seconds = 60 if t.soak else 10
    realm = Realm(host, "work", "--mem 256M --cpus 4", f"job=work seconds={seconds}")
    realm.wait_for("work: ")
    host.must(f"{call.format(pid=realm.pid, cpus=cpus)} & job=$!; true")
    output = check_ok(t, realm, f"4 vCPUs work for {seconds} s while {what}")
    check_interrupts(t, output, 4, what)
    host.must("touch /tmp/stop; wait $job", 120)
    count = int(host.must(f"cat {count_file}"))
    t.ok(count >= seconds / 4, f"{what}: {count} times", "too few to be a test")
    t.ok(host.run("cat /tmp/plug.err")[0] != 0, "and every CPU came back")
    check_nothing_left(t, host, what)
    check_log(t, host)


def test_taskset(t):
    disturbed(t, 4, MOVE, "move {pid} {cpus}", "/tmp/moves", "their threads are moved")


test_taskset.short_modes = ()


def test_host_hotplug(t):
    disturbed(t, 4, PLUG, "plug {cpus}", "/tmp/plugs", "host CPUs go off and on")



def test_interrupts(t):
    """IPIs and timers on eight vCPUs, none is lost: each is counted by the guest where it is asked for
    and where it arrives, and all of them by the host as they are taken."""
    host, seconds = machine(t, 2), 300 if t.soak else 10
    realm = Realm(host, "irqs", "--mem 256M --cpus 8", f"job=irqs seconds={seconds}")
    output = check_ok(t, realm, "IPIs and timers on 8 vCPUs")
    counts = re.search(r"irqs: (\d+) IPIs sent, (\d+) received; (\d+) timers set, (\d+) fired", output)
    t.ok(counts, "the guest counts", output[-500:])
    sent, received, armed, fired = map(int, counts.groups())
    t.ok(sent == received and sent > 0, f"IPIs: {sent} sent, {received} received")
    t.ok(armed == fired and armed > 0, f"timers: {armed} set, {fired} fired")
    guest = sum(map(sum, interrupts(output, 8).values()))
    taken = int(host.must(f"cat {COUNTERS}/irq_taken"))
    # The guest goes on for a while after it has looked.
    t.ok(guest <= taken < guest + 3000 + guest // 50,
         f"interrupts: {guest} in the guest's table, {taken} by the host")
    check_nothing_left(t, host, "that")
    check_log(t, host)


def test_delay(t):
    """udelay() in a Realm lasts what it should, on a busy vCPU and with interrupts off; the same for a
    host that does not know which WFI is none."""
    host = machine(t, 2)
    for extensions in ("0xffffffff", "0"):
        host.must(f"rmmod kvm_cca && insmod /lib/modules/kvm-cca.ko extensions={extensions}")
        realm = Realm(host, "delay", "--mem 160M", "job=delay")
        output = check_ok(t, realm, f"udelay(), extensions {extensions}")
        lines = re.findall(r"delay: udelay.*", output)
        t.ok(len(lines) == 3, "\n".join(lines), output[-500:])
    check_nothing_left(t, host, "that")
    check_log(t, host)


test_delay.short_modes = ("vhe",)
