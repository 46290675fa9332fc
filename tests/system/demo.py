# SPDX-License-Identifier: BSD-3-Clause
"""`make run`, as its two forms start the machine: on a terminal a Realm's shell and then the host's,
without one a script whose status and last line say how the Realm did."""

BOOT = 240  # seconds; a loaded machine takes ten times what an idle one does


def test_terminal(t):
    machine = t.machine(mem="2G", rmm="host", append="quiet kvm-cca.demo", initrd="host",
                        timeout=900, terminal=True)
    machine.expect(rb"^  RIM +[0-9a-f]{64}$", BOOT)
    machine.expect(rb"realm# ", BOOT)
    machine.type("echo $(hostname) $((6 * 7))")
    t.ok(machine.expect(rb"^realm 42\n", 60), "a shell inside the Realm")
    machine.type("exit")
    machine.expect(rb"host# ", 120)
    machine.type("realm-demo")
    machine.expect(rb"realm# ", BOOT)
    t.ok(True, "leaving it leads to the host's shell, which starts another")
    machine.press("\x01x")
    machine.expect(rb"host# ", 60)
    t.ok(True, "Ctrl-A x ends that, not the machine")
    machine.type("exit")
    machine.read_until_end(60)
    t.ok(True, "leaving the host's shell powers off: status 0")


def test_terminal_without_realms(t):
    machine = t.machine(append="quiet kvm-cca.demo", initrd="host", terminal=True)
    machine.expect(rb"^realm: /dev/kvm-cca has no Realms", 90)
    machine.expect(rb"host# ", 30)
    t.ok(True, "without an RMM: says so, then the host's shell")


def script(t, want_status, **options):
    machine = t.machine(initrd="host", extra=("--script", "demo", "--no-reboot"), **options)
    return machine.read_until_end(BOOT, want_status).decode(errors="replace").splitlines()


def test_script(t):
    lines = script(t, 0, mem="2G", rmm="host")
    t.ok("guest: ok" in lines and lines[-1] == "realm: ok", "status 0, last line realm: ok",
         "\n".join(lines[-5:]))


test_script.modes = ("vhe", "nvhe")
test_script.short_modes = ("vhe",)


def test_script_without_realms(t):
    lines = script(t, 1)
    t.ok(lines[-1].startswith("realm: failed") and
         any("/dev/kvm-cca" in line for line in lines),
         "without an RMM: status 1, says what failed", "\n".join(lines[-5:]))
