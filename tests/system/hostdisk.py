# SPDX-License-Identifier: BSD-3-Clause
"""The host that runs from a disk of Debian 13, as `make run HOST_DISK=1` starts it."""

import re

BOOT = 400  # seconds; systemd takes its time on a loaded machine


def test_script(t):
    """Without a terminal: the report, which says itself whether all is there."""
    lines = t.make_run("HOST_DISK=1", timeout=BOOT).read_until_end(BOOT).decode(errors="replace").splitlines()
    said = "\n".join(lines[-12:])
    t.ok(lines[-1] == "host disk: ok", "status 0, last line host disk: ok", said)
    for tool in ("passt", "virtiofsd", "qemu-storage-daemon"):
        t.ok(any(re.search(f"{tool}: .*[0-9]", line) for line in lines), f"{tool} says its version", said)


def test_terminal(t):
    """On a terminal: a root shell, in which a Realm runs."""
    machine = t.make_run("HOST_DISK=1", timeout=BOOT, terminal=True)
    machine.expect(rb"systemd is running$", BOOT)
    machine.expect(rb"host# ", 30)
    machine.type("realm run --kernel /guest/hostcall --mem 32M </dev/null; echo status $?")
    # bash's own control characters come before the first line of output.
    machine.expect(rb"hostcall: [0-9]+", 120)
    machine.expect(rb"^status 0", 30)
    t.ok(True, "a Realm runs on the host that runs from a disk")
    machine.type("exit")
    machine.read_until_end(120)
    t.ok(True, "leaving the host's shell powers off: status 0")


# Making the disk takes minutes and a download, so only SOAK=1 asks for it.
for test in (test_script, test_terminal):
    test.modes, test.short_modes = ("vhe", "nvhe"), ()
