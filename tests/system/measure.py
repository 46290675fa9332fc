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
    "--net tap=tap0",
    "--net tap=tap0,mac=02:00:00:00:00:01 --disk {disk} --hash sha512",
    "--vsock 77 --cpus 2",
    "--breakpoints 3",
    "--breakpoints 4 --watchpoints 3 --cpus 2",
    "--watchpoints 4",
    "--pmu",
    "--pmu=1 --cpus 2 --hash sha512",
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


def refused(t, host, options, why):
    """A host that cannot give it says so, because the RIM would be another."""
    status, output = host.run(f"realm run --kernel /guest/rim {options} </dev/null 2>&1", BOOT)
    t.ok(status == 1 and why in output, f"{options} is refused", f"status {status}: {output}")


def info(host):
    """{name: value} as `realm info` says."""
    return dict(re.findall(r"^([a-z ]*[a-z])  +(.*?)\s*$", host.must("realm info"), re.MULTILINE))


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
    host.must("truncate -s 1M /tmp/disk; tunctl -t tap0")
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
    """What no host, or this one, can give."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=600)
    said = info(host)
    for name in ("breakpoints", "watchpoints"):
        most = int(said[name])
        t.ok(2 <= most <= 16, f"realm info says how many {name} there are", said)
        if most < 16:
            refused(t, host, f"--{name} {most + 1}", f"--{name} {most + 1}: this host has {most}")
    most = int(said["pmu counters"])
    t.ok(6 <= most < 31, "realm info says how many counters a PMU has", said)
    refused(t, host, f"--pmu={most + 1}", f"--pmu {most + 1}: this host has {most}")


test_refusals.short_modes = ("vhe",)


def test_vector_lengths(t):
    """A host whose vectors are shorter than those of the others."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=600, extra=("--cpu", "sve-max-vq=2"))
    said = info(host)
    t.ok(said["sve"] == "256 bits", "realm info says the longest vector", said)
    for options in ("", "--sve 128 --cpus 2", "--sve 256 --hash sha512"):
        check_set(t, host, options)
    refused(t, host, "--sve 384", "--sve 384: this host has no such length")


test_vector_lengths.short_modes = ("vhe",)


def test_breakpoint_counts(t):
    """A host whose CPU has fewer breakpoints and watchpoints than the others'."""
    host = t.host(cpus=2, mem="2G", rmm="rmm-fewer", timeout=600)
    said = info(host)
    t.ok((said["breakpoints"], said["watchpoints"]) == ("3", "2"), "realm info says the counts", said)
    for options in ("", "--breakpoints 3 --cpus 2", "--watchpoints 2 --hash sha384"):
        check_set(t, host, options)
    refused(t, host, "--breakpoints 4", "--breakpoints 4: this host has 3")
    refused(t, host, "--watchpoints 3", "--watchpoints 3: this host has 2")


test_breakpoint_counts.short_modes = ("nvhe",)
