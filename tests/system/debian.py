# SPDX-License-Identifier: BSD-3-Clause
"""A Debian system in a Realm, as `make run DISK=1` starts it."""

BOOT = 1800  # seconds; host and Realm each start a systemd


def last_lines(machine, deadline):
    return machine.read_until_end(deadline).decode(errors="replace").splitlines()[-40:]


def test_script(t):
    """Without a terminal: the host looks at the system over ssh (guest/debian/check)."""
    lines = last_lines(t.make_run("DISK=1", timeout=BOOT), BOOT)
    t.ok(lines[-1] == "realm: ok", "status 0, last line realm: ok", "\n".join(lines))


def test_terminal(t):
    """On a terminal: the system's login."""
    machine = t.make_run("DISK=1", timeout=BOOT, terminal=True)
    machine.expect(rb"guest login: ", BOOT)
    machine.type("root")
    machine.expect(rb"root@guest:~# ", 120)
    machine.type("systemctl is-system-running --wait; mount | grep ' / '")
    machine.expect(rb"running\n", 300)
    t.ok(machine.expect(rb"^/dev/vda on / type ext4", 60), "a root shell in the Realm, on its disk")
    machine.type("poweroff")
    machine.expect(rb"host# ", 300)
    t.ok(True, "poweroff leads to the host's shell")
    machine.type("exit")
    machine.read_until_end(120)
    t.ok(True, "leaving the host's shell powers off: status 0")


# Making the disks takes minutes and a download, so only SOAK=1 asks for them.
for test in (test_script, test_terminal):
    test.modes, test.short_modes = ("vhe",), ()
