# SPDX-License-Identifier: BSD-3-Clause
"""Memory that a guest shares and takes back: Debian's unmodified kernel changes it by
set_memory_decrypted() and set_memory_encrypted(), which the guest's test module calls; both sides
check what the other wrote."""

import re

from lib.realms import COUNTERS, Realm, check_log, check_nothing_left, check_ok

MODES = ("vhe", "nvhe")
MIB = 1 << 20


def convert(t, host, mem, job, what):
    """With the peer in the host, which looks at the VMM's memory."""
    before = int(host.must(f"cat {COUNTERS}/shared_maps"))
    realm = Realm(host, "convert", f"--mem {mem}M --cpus 2", f"job=convert peer=1 {job}")
    page = re.search(r"page at ([0-9a-f]+)", realm.wait_for("convert: page at")).group(1)
    host.must(f"realm-peer {realm.pid} {mem * MIB} {page} >/tmp/peer.log 2>&1 & peer=$!; true")
    check_ok(t, realm, what)
    status, output = host.run("wait $peer; status=$?; cat /tmp/peer.log; (exit $status)", 120)
    rounds = re.search(r"rounds=(\d+)", job).group(1)
    t.ok(f"peer: {rounds} rounds" in output, f"{what}: the host saw {rounds} rounds", output)
    t.ok(int(host.must(f"cat {COUNTERS}/shared_maps")) > before, f"{what}: by faults in the shared half")
    check_nothing_left(t, host, what)


def machine(t):
    """In short, one CPU that counts time in instructions: it may run beside others."""
    return t.host(cpus=2 if t.soak else 1, mem="2G", rmm="host", timeout=7200,
                  extra=() if t.soak else ["--icount"])


def test_blocks(t):
    host = machine(t)
    mib, rounds = (256, 20) if t.soak else (32, 2)
    convert(t, host, 512, f"mib={mib} rounds={rounds} order=10",
            f"{mib} MiB shared and taken back {rounds} times")
    check_log(t, host)


test_blocks.short_modes = ("nvhe",)


def test_pages(t):
    """Single pages all over the memory: blocks are split."""
    host = machine(t)
    convert(t, host, 256, f"mib={1} rounds={10 if t.soak else 2} order=0", "single pages")
    check_log(t, host)


test_pages.short_modes = ("vhe",)
