# SPDX-License-Identifier: BSD-3-Clause
"""What `realm measure` says beforehand on the build machine is what the running Realm reads."""

import re
import subprocess

from lib.console import Failure

MODES = ("vhe", "nvhe")
BOOT = 600
EXTEND = "0:000102030405060708090a0b0c0d0e0f"  # what the guest rim does

# Arguments of `realm run`, one set a line; {initrd} is a file that the host has, too.
SETS = (
    "",
    "--hash sha384",
    "--hash sha512",
    "--cpus 2",
    "--cpus 3 --hash sha512",
    "--cpus 4",
    "--cpus 5",
    "--cpus 6",
    "--cpus 7 --hash sha384",
    "--cpus 8",
    "--mem 64M",
    "--mem 66M",
    "--mem 256M",
    "--mem 1G",
    "--mem 8G",
    "--initrd {initrd}",
    "--initrd {initrd} --hash sha512 --mem 128M",
    "--initrd {initrd} --append 'console=ttyS0 quiet'",
    "--append 'quiet'",
    "--append ''",
    "--append 'a b c d e f g'",
    "--sve 128",
    "--sve 256 --hash sha384",
    "--rpv 00ff",
    "--rpv 6465706c6f796d656e742d37 --hash sha512",
    "--lpa2",
    "--lpa2 --sve 128 --cpus 2",
    "--disk {disk}",
    "--disk {disk},ro,serial=one --mem 256M",
    "--disk {disk} --append 'swiotlb=1024'",
    "--breakpoints 3",
    "--breakpoints 4 --watchpoints 3 --cpus 2",
    "--watchpoints 4",
)


def measure(t, kernel, options):
    """{"rim": HEX, ...} as the tool of the build machine has it."""
    done = subprocess.run(f"{t.build}/tools/realm measure --kernel {kernel} {options}", shell=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, text=True)
    if done.returncode:
        raise Failure(f"realm measure {options}: {done.stdout}")
    return dict(re.findall(r"^(\w+) +([0-9a-f]+)$", done.stdout, re.MULTILINE))


def read_slots(output):
    """What the guest rim said, without the zeros that follow shorter hashes."""
    return dict(re.findall(r"^(rim|rem0): ([0-9a-f]{128})\s*$", output, re.MULTILINE))


def check_set(t, host, options):
    here = options.format(initrd=f"{t.build}/guest/demo/initrd.cpio", disk="/dev/null")
    there = options.format(initrd="/guest/initrd", disk="/tmp/disk")
    status, output = host.run(f"realm run --kernel /guest/rim {there} </dev/null", BOOT)
    read = read_slots(output)
    want = measure(t, f"{t.build}/tests/realm/rim/Image", f"{here} --extend {EXTEND}")
    good = status == 0 and all(read.get(name, "") == want[name].ljust(128, "0")
                               for name in ("rim", "rem0"))
    t.ok(good, f"realm measure {options}", f"status {status}: {output}\nmeasure: {want}")


def test_sets(t):
    host = t.host(cpus=2, mem="4G", rmm="host", timeout=1200)
    host.must("truncate -s 1M /tmp/disk")
    for options in SETS:
        check_set(t, host, options)
    output = host.must(f"realm measure --kernel /guest/rim --extend {EXTEND}")
    want = measure(t, f"{t.build}/tests/realm/rim/Image", f"--extend {EXTEND}")
    t.ok(all(f"{name} " in output and value in output for name, value in want.items()),
         "the host's own realm measure says the same", output)


def test_kernel(t):
    """A Realm that boots Linux, whose token has the RIM."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=1200)
    options = "--mem 256M --hash sha384 --cpus 2"
    output = host.must(f"realm-demo {options} </dev/null", BOOT)
    want = measure(t, f"{t.fetch}/guest/Image",
                   f"--initrd {t.build}/guest/demo/initrd.cpio "
                   f"--append 'console=ttyS0 quiet demo=check' {options}")
    t.ok(f" {want['rim']}" in output, "the RIM of a Linux guest's token", f"{output}\n{want}")


test_kernel.short_modes = ("vhe",)


def test_refusals(t):
    """What a host cannot give is refused with the reason, because the RIM would be another."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=600)
    info = host.must("realm info")
    for name in ("breakpoints", "watchpoints"):
        most = int(re.search(rf"^{name} +([0-9]+)$", info, re.MULTILINE).group(1))
        t.ok(2 <= most <= 16, f"realm info says how many {name} there are", info)
        if most < 16:
            status, output = host.run(
                f"realm run --kernel /guest/rim --{name} {most + 1} </dev/null 2>&1", BOOT)
            t.ok(status == 1 and f"--{name} {most + 1}: this host has {most}" in output,
                 f"one more {name[:-1]} is refused", f"status {status}: {output}")


test_refusals.short_modes = ("vhe",)
