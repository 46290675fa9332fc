# SPDX-License-Identifier: BSD-3-Clause
"""The host reaches for memory of the other worlds: each access faults in the host alone, and monitor
and machine go on. Addresses are those of the host's device tree and of the machine's map."""

import re

FAULT = "FSC = 0x28"  # granule protection fault, not on a table walk
SECURE_SRAM = 0x0E000000
SECURE_SRAM_TOP = SECURE_SRAM + (16 << 20) - 4096
FLASH = 0
UART_ID = 0x09000FE0  # PL011 identification, Non-secure
VIRTIO_MMIO = 0x0A000000  # its magic; no driver of the host claims it
KILLED = 128 + 9


def reserved(host, name):
    """(base, size) of /reserved-memory/NAME@..., from its reg property (two cells each)."""
    cells = host.must(f"cat /proc/device-tree/reserved-memory/{name}@*/reg | hexdump -ve '8/1 "
                      "\"%02x\" \"\\n\"'").split()
    return int(cells[0], 16), int(cells[1], 16)


def alive(t, host, after):
    """Monitor (PSCI, by a CPU off and on) and host still work."""
    cpu = "/sys/devices/system/cpu/cpu1/online"
    status, output = host.run(f"echo 0 >{cpu} && echo 1 >{cpu} && [ $(nproc) = 2 ]", 60)
    t.ok(status == 0, f"monitor and host live on after {after}", output)


def targets(host):
    root, root_size = reserved(host, "root")
    realm, realm_size = reserved(host, "realm")
    return [("Root memory, first page", root), ("Root memory, last page", root + root_size - 4096),
            ("Realm memory, first page", realm),
            ("Realm memory, last page", realm + realm_size - 4096),
            ("the monitor's SRAM", SECURE_SRAM), ("Secure SRAM", SECURE_SRAM_TOP),
            ("the flash", FLASH)]


def from_kernel(t, host, name, address):
    for kind, verb in (("r", "read"), ("w", "write")):
        host.must("dmesg -c >/dev/null")
        status, _ = host.run(f"(echo {kind} {address:x} >/dev/access)")
        dmesg = host.must("dmesg -c")
        t.ok(status != 0 and FAULT in dmesg and "holds" not in dmesg,
             f"kernel {verb} of {name} faults", f"status {status}: {dmesg[:600]}")
        write = re.search(r"WnR = (\d)", dmesg)
        t.ok(write and write.group(1) == str(int(kind == "w")),
             f"kernel {verb} of {name}: the fault says {verb}", dmesg[:300])


def from_user(t, host, name, address):
    for kind, verb in (("r", "read"), ("w", "write")):
        status, output = host.run(f"touch-memory {kind} {address:x}")
        t.ok(status == KILLED and "holds" not in output, f"user {verb} of {name} kills the process",
             f"status {status}: {output}")


def prepare(t):
    host = t.host(cpus=2, mem="2G", rmm="rmm")
    host.must("insmod /lib/tests/access.ko")
    host.must("echo 0 >/proc/sys/kernel/panic_on_oops")
    return host


def test_control(t):
    """The same means reach Non-secure memory: what faults below does so for its world."""
    host = prepare(t)
    host.must(f"echo r {UART_ID:x} >/dev/access")
    t.ok("holds" in host.must("dmesg | grep access:"), "the kernel reads a Non-secure device")
    status, output = host.run(f"touch-memory r {UART_ID:x}")
    t.ok(status == 0 and "holds" in output, "user space reads a Non-secure device", output)


def test_kernel(t):
    host = prepare(t)
    for name, address in targets(host):
        from_kernel(t, host, name, address)
    alive(t, host, "the kernel's accesses")


def test_user(t):
    host = prepare(t)
    for name, address in targets(host):
        from_user(t, host, name, address)
    alive(t, host, "user space's accesses")


def test_devmem(t):
    """/dev/mem of the stock kernel is no way round either."""
    host = prepare(t)
    status, output = host.run(f"devmem {VIRTIO_MMIO:#x} 32")
    if not t.ok(status == 0 and "0x74726976" in output, "devmem reads a Non-secure device", output):
        return
    for name, address in targets(host):
        status, output = host.run(f"devmem {address:#x} 32")
        t.ok(status == KILLED and "0x" not in output, f"devmem of {name} kills the process",
             f"status {status}: {output}")
    alive(t, host, "devmem")
