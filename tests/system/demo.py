# SPDX-License-Identifier: BSD-3-Clause
"""`make run`, as its two forms start the machine: on a terminal a Realm's shell and then the host's,
without one a script whose status and last line say how the Realm did."""

BOOT = 600  # seconds; a loaded machine takes ten times what an idle one does


def test_terminal(t):
    machine = t.make_run(timeout=900, terminal=True)
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


def test_terminal_without_demo(t):
    machine = t.make_run("DEMO=no", terminal=True)
    boot = machine.expect(rb"(?s)\A(.*?)host# ", 90).group(1)
    t.ok(b"realm" not in boot, "DEMO=no: the host's shell at once", boot.decode(errors="replace"))


def test_terminal_without_realms(t):
    machine = t.machine(append="quiet kvm-cca.demo", initrd="host", terminal=True)
    machine.expect(rb"^realm: /dev/kvm-cca has no Realms", 90)
    machine.expect(rb"host# ", 30)
    t.ok(True, "without an RMM: says so, then the host's shell")


def lines_of(machine, want_status):
    return machine.read_until_end(BOOT, want_status).decode(errors="replace").splitlines()


def test_script(t):
    lines = lines_of(t.make_run(), 0)
    t.ok("guest: ok" in lines and lines[-1] == "realm: ok", "status 0, last line realm: ok",
         "\n".join(lines[-5:]))


test_script.modes = ("vhe", "nvhe")
test_script.every_turn = True


def test_script_without_demo(t):
    lines = lines_of(t.make_run("DEMO=no"), 0)
    t.ok(any(line.startswith("CPUs: ") for line in lines) and "guest: ok" not in lines,
         "DEMO=no: a report of the host, without a Realm", "\n".join(lines[-5:]))


def test_script_without_realms(t):
    lines = lines_of(t.machine(initrd="host", extra=("--script", "demo", "--no-reboot")), 1)
    t.ok(lines[-1].startswith("realm: failed") and
         any("/dev/kvm-cca" in line for line in lines),
         "without an RMM: status 1, says what failed", "\n".join(lines[-5:]))
