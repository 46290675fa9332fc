# SPDX-License-Identifier: BSD-3-Clause
"""Figures of Realms on the whole stack: make bench. Instruction counts come from a machine whose
counter advances with them, times from one that runs freely, each the median of several in one run.
"""

import os
import statistics

from lib.console import Failure, Host

RUNS = 5
BOOT = 600  # seconds for a Realm on a loaded machine
GUEST = "--kernel /guest/Image --initrd /guest/bench"
UART_STATUS = 0x109000005  # the UART's line status in the shared half of 33 bits of address space
NS = 1e9


def host(build, fetch, name, icount):
    suite = os.path.basename(fetch)
    arguments = ["--bios", f"{build}/flash/host.bin", "--kernel", f"{fetch}/host/Image",
                 "--initrd", f"{build}/initramfs/{suite}/system.cpio", "--mem", "2G",
                 "--cpus", "1" if icount else "2", "--append", "console=ttyAMA0 quiet",
                 "--secure-log", f"{build}/logs/{name}.secure"]
    return Host(arguments + (["--icount"] if icount else []), f"{build}/logs/{name}.log", 3000)


def measure(machine, mode, options="", words="wait"):
    """Runs realm-bench; returns its figures."""
    command = f"realm-bench {mode}"
    if mode != "populate":
        command += (f" realm run {GUEST} {options} --append 'console=ttyS0 quiet bench={words}'"
                    " 2>/dev/null")
    status, output = machine.run(command, BOOT)
    figures = {}
    for line in output.splitlines():
        name, _, value = line.partition(" ")
        if value.isdigit():
            figures[name] = int(value)
    if status != 0 or not figures or figures.get("rest") == 0:
        raise Failure(f"{command}: status {status}: {output}")
    return figures


def instructions(build, fetch):
    with host(build, fetch, "bench-realm", True) as machine:
        machine.login(BOOT)
        words = f"wait,rest,wait,touch:100,mmio:{UART_STATUS:#x}"
        figures = measure(machine, "run", "--mem 256M", words)
        yield "realm_boot", figures["boot"], "instructions"
        yield "mmio_exit_user", figures["mmio"], "instructions"
        yield "first_touch_per_4k", figures["touch"], "instructions"
        yield "realm_exit", figures["exit"], "instructions"
        yield "map_calls_per_2m", round(figures["map_calls"] / figures["map_blocks"], 2), "calls"
        yield "realm_memory_overhead", figures["memory"], "KiB"
        figures = measure(machine, "populate")
        yield "populate_measured", figures["measured"], "instructions"
        figures = measure(machine, "run --arrival", "--mem 256M --type normal --kvm /dev/kvm",
                          "wait,rest,wait,touch:100")
        yield "vm_boot", figures["boot"], "instructions"
        yield "vm_first_touch_per_4k", figures["touch"], "instructions"
        yield "vm_exit", figures["exit"], "instructions"


KINDS = {  # figure's name: what realm-bench says, its mode and arguments
    "realm_boot_time": ("boot", "run", "--mem 256M"),
    "vm_boot_time": ("boot", "run --arrival", "--mem 256M --type normal --kvm /dev/kvm"),
    "realm_kill_time": ("kill", "kill", "--mem 512M", "touch:380,hold"),
}


def times(build, fetch):
    """The kinds take turns, so that a machine that gets slower does so for all."""
    seen = {name: [] for name in KINDS}
    with host(build, fetch, "bench-time", False) as machine:
        machine.login(BOOT)
        for _ in range(RUNS):
            for name, (figure, *arguments) in KINDS.items():
                seen[name].append(measure(machine, *arguments)[figure] / NS)
    for name, values in seen.items():
        yield name, round(statistics.median(values), 2), "s"
