# SPDX-License-Identifier: BSD-3-Clause
"""Figures of a Realm's devices beside those of an ordinary VM with the same devices, on one host in one
run: make bench. Each figure is a ratio; the values behind it are printed as well. Disks are files in the
host's tmpfs, the network is a tap interface with vhost-net, sockets are vhost-vsock's.
"""

import statistics

from lib.console import Failure
from lib.realm_bench import host

RUNS = 5
BOOT = 600  # seconds for a guest on a loaded machine
KINDS = {"realm": "realm", "normal": "normal --type normal"}  # what device-bench is told, VMM's options
SMALL, LARGE, STREAM, ROUNDS = 8192, 64, 64, 2000  # requests, MiB, MiB, round trips
DISK_MIB = 128
# Without instructions that copy: a Realm has none, and one of them would count as a single instruction
# however much it copies.
GUEST = ("--kernel /guest/Image --initrd /guest/bench-devices --mem 512M --disk /tmp/disk --net tap=tap0 "
         "--vsock 77")
APPEND = "console=ttyS0 quiet arm64.nomops bench="
DISK = f"modules,rest,copy,read4k:{SMALL},write:{LARGE},read:{LARGE}"
NET = f"net,tcp_out:{STREAM},tcp_in:{STREAM},rtt:{ROUNDS}"


def set_up(machine):
    machine.must("tunctl -t tap0 && ip addr add 10.9.0.1/24 dev tap0 && ip link set tap0 up")
    # Blocks of zeros are there as well: a hole would cost less to read.
    machine.must(f"dd if=/dev/zero of=/tmp/disk bs=1M count={DISK_MIB} 2>/dev/null")


def measure(machine, kind):
    """What a guest of this kind says, by name."""
    name, _, options = KINDS[kind].partition(" ")
    command = (f"device-bench {name} realm run {options} {GUEST} --append '{APPEND}{DISK},{NET}' "
               "2>/tmp/said")
    status, output = machine.run(command, BOOT)
    figures = {}
    for line in output.splitlines():
        word, _, value = line.partition(" ")
        if value.isdigit():
            figures[word] = int(value)
    if status != 0 or "rtt" not in figures or not figures.get("rest"):
        said = machine.run("tail -n 20 /tmp/said")[1]
        raise Failure(f"{command}: status {status}: {output}{said}")
    return figures


class Pair:
    """A Realm's figures, and those of an ordinary VM."""

    def __init__(self, realm, normal):
        self.realm, self.normal = realm, normal

    def lines(self, name, ratio, figure, count, unit):
        """The ratio and what it is made of: so much for each of these."""
        yield name, f"{ratio:.2f}", "ratio"
        for kind, value in (("realm", self.realm[figure]), ("vm", self.normal[figure])):
            yield f"{name}_{kind}", f"{value / count:.2f}".rstrip("0").rstrip("."), unit

    def throughput(self, name, figure, count, unit):
        yield from self.lines(name, self.normal[figure] / self.realm[figure], figure, count, unit)

    def cost(self, name, figure, count, unit):
        yield from self.lines(name, self.realm[figure] / self.normal[figure], figure, count, unit)

    def copies(self, name, figure):
        """What a Realm takes more, in copies of the same size."""
        more = (self.realm[figure] - self.normal[figure]) / LARGE
        yield name, f"{more / self.realm['copy']:.2f}", "copies"


def both(streams, suffix=""):
    return {"net" + suffix: sum(streams[way + suffix] for way in ("tcp_out", "tcp_in"))}


def ratios(pair, unit):
    yield from pair.throughput("disk_rand4k", "read4k", SMALL, f"{unit}/request")
    yield from pair.throughput("disk_read_seq", "read", LARGE, f"{unit}/MiB")
    yield from pair.throughput("disk_write_seq", "write", LARGE, f"{unit}/MiB")
    yield from pair.throughput("net_tcp_out", "tcp_out", STREAM, f"{unit}/MiB")
    yield from pair.throughput("net_tcp_in", "tcp_in", STREAM, f"{unit}/MiB")
    yield from pair.cost("vsock_rtt", "rtt", ROUNDS, f"{unit}/round")


def counts(pair):
    yield from pair.copies("disk_read_copy", "read")
    yield from pair.copies("disk_write_copy", "write")
    yield from pair.cost("blk_exits_per_io", "read4k_exits", SMALL, "exits/request")
    for kind in (pair.realm, pair.normal):
        kind.update(both(kind, "_exits"))
    yield from pair.cost("net_exits_per_mb", "net_exits", 2 * STREAM, "exits/MiB")


def instructions(build, fetch):
    """One run of each tells, because it repeats."""
    with host(build, fetch, "bench-devices", True) as machine:
        machine.login(BOOT)
        set_up(machine)
        pair = Pair(*(measure(machine, kind) for kind in KINDS))
    yield from ratios(pair, "instructions")
    yield from counts(pair)


def times(build, fetch):
    """The kinds take turns, so that a machine that gets slower does so for both."""
    seen = {kind: [] for kind in KINDS}
    with host(build, fetch, "bench-devices-time", False) as machine:
        machine.login(BOOT)
        set_up(machine)
        for _ in range(RUNS):
            for kind in KINDS:
                seen[kind].append(measure(machine, kind))
    medians = [{name: statistics.median(run[name] for run in runs) for name in runs[0]}
               for runs in seen.values()]
    for name, value, unit in ratios(Pair(*medians), "ns"):
        yield name.replace("_", "_time_", 1), value, unit
