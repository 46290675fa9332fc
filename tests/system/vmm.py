# SPDX-License-Identifier: BSD-3-Clause
"""The VMM on built-in KVM, with ordinary VMs (the code is that of Realms but for their memory):
errors that say what is wrong, ends of every kind and their status, the terminal given back."""

import re

GUEST = "--type normal --kernel /guest/Image --initrd /guest/initrd --mem 192M"
SHELL = f"realm run {GUEST} --append 'console=ttyS0 quiet'"

JOB = ("--type normal --kernel /guest/Image --initrd /guest/test-initrd --mem 192M "
       "--append 'console=ttyS0 quiet ")

# Arguments of `realm`, the status, and what the one line of error must have in it.
WRONG = [
    ("", 2, "no command"),
    ("fly", 2, "fly: no such command"),
    ("run", 2, "--kernel is missing"),
    ("run --kernel /guest/Image --color red", 2, "--color: no such option"),
    ("run --kernel", 2, "--kernel needs a value"),
    ("run --kernel=", 2, "--kernel: the name is empty"),
    ("run --kernel /guest/Image --initrd=", 2, "--initrd: the name is empty"),
    ("run --kernel /guest/Image --initrd", 2, "--initrd needs a value"),
    ("run --kernel /guest/Image --append $(head -c 2048 /dev/zero | tr '\\0' x)", 2,
     "--append: longer than"),
    ("run --kernel /guest/Image --mem 1", 2, "--mem 1: not a size"),
    ("run --kernel /guest/Image --mem -1M", 2, "--mem -1M: not a size"),
    ("run --kernel /guest/Image --mem 0M", 2, "--mem 0M: must be a multiple"),
    ("run --kernel /guest/Image --mem 257M", 2, "--mem 257M: must be a multiple"),
    ("run --kernel /guest/Image --mem 257G", 2, "--mem 257G: more than the largest"),
    ("run --kernel /guest/Image --mem 99999999999999999999G", 2, "--mem 99999999999999999999G: "),
    ("run --kernel /guest/Image --cpus 0", 2, "--cpus 0: not a number"),
    ("run --kernel /guest/Image --cpus 124", 2, "--cpus 124: not a number from 1 to"),
    ("run --kernel /guest/Image --cpus 2x", 2, "--cpus 2x: not a number"),
    ("run --kernel /guest/Image --hash md5", 2, "--hash md5: must be"),
    ("run --kernel /guest/Image --hash ''", 2, "--hash : must be"),
    ("run --kernel /guest/Image --rpv xyz", 2, "--rpv: 3 hex digits"),
    ("run --kernel /guest/Image --rpv ''", 2, "--rpv: 0 hex digits"),
    ("run --kernel /guest/Image --rpv xy", 2, "--rpv: 'x' is not a hex digit"),
    ("run --kernel /guest/Image --rpv $(printf %130s | tr ' ' a)", 2, "--rpv: 130 hex digits"),
    ("run --kernel /guest/Image --sve 3", 2, "--sve 3: not a multiple"),
    ("run --kernel /guest/Image --sve 4096", 2, "--sve 4096: not a multiple"),
    ("run --kernel /guest/Image --pmu=32", 2, "--pmu=32: not a number from 1 to 31"),
    ("run --kernel /guest/Image --console=", 2, "--console: the name is empty"),
    ("run --kernel /guest/Image --kvm=", 2, "--kvm: the name is empty"),
    ("run --kernel /guest/Image --type vm", 2, "--type vm: must be"),
    ("run --kernel /guest/Image --type normal --rpv 00", 2, "only for --type realm"),
    ("run --kernel /guest/Image --type normal --hash sha512", 2, "only for --type realm"),
    ("run --kernel /guest/Image --name a/b", 2, "--name a/b: must be"),
    ("stop", 2, "the name of a VM is missing"),
    ("stop web", 1, "web: there is no such VM"),
    ("stop web --timeout soon", 2, "--timeout soon: not a number"),
    ("stats web --force", 2, "--force: no such option"),
    ("console", 2, "console takes one word"),
    ("list web", 2, "web: there is no name here"),
    ("info --mem 1G", 2, "--mem: no such option"),
    ("run --kernel /nowhere", 1, "kernel /nowhere: No such file"),
    ("run --kernel /tmp", 1, "kernel /tmp is not a regular file"),
    ("run --kernel /tmp/empty", 1, "kernel /tmp/empty is empty"),
    ("run --kernel /tmp/gz", 1, "an ELF file"),
    ("run --kernel /bin/realm", 1, "an ELF file"),
    ("run --kernel /guest/initrd", 1, "is it the initrd?"),
    ("run --kernel /etc/modules --mem 64M", 1, "kernel /etc/modules is"),
    ("run --kernel /guest/Image --initrd /tmp", 1, "initrd /tmp is not a regular file"),
    ("run --kernel /guest/Image --initrd /nowhere", 1, "initrd /nowhere: No such file"),
    ("run --kernel /guest/Image --mem 32M", 1, "--mem 68M at least"),
    ("run --kernel /guest/Image --mem 112M", 1, "take 106M at most or"),
    ("run --kernel /tmp/lz4", 1, "compressed by lz4"),
    ("run --kernel /tmp/old", 1, "cannot be a Realm: that takes 6.13"),
    ("run --kernel /guest/Image --console /nowhere/F", 1, "--console /nowhere/F: No such file"),
    ("run --kernel /guest/Image --kvm /nowhere", 1, "/nowhere is not there: load the module"),
    ("run --kernel /guest/Image --kvm /dev/null", 1, "/dev/null is no KVM device"),
    ("run --kernel /guest/Image --kvm /dev/kvm", 1, "/dev/kvm has no Realms"),
    ("info --kvm /dev/kvm", 1, "/dev/kvm has no Realms"),
]


def test_errors(t):
    host = t.host(cpus=1)
    host.must(": >/tmp/empty; gzip -c /bin/realm >/tmp/gz; "
              "(printf '\\004\\042\\115\\030 and so on'; head -c 100 /dev/zero) >/tmp/lz4; "
              "(head -c 4096 /guest/hostcall; printf 'Linux version 6.12.95+deb12') >/tmp/old")
    for arguments, want, text in WRONG:
        status, output = host.run(f"realm {arguments} 2>&1 >/dev/null </dev/null")
        t.ok(status == want and text in output and output.count("\n") == 1,
             f"realm {arguments}", f"status {status}, not {want}: {output}")
    t.ok(host.must("realm help").startswith("realm: runs Arm CCA Realm VMs"), "help")


def boot_to_shell(host):
    host.type(SHELL + "; echo \"@@$?@@ $(stty -g)\"")
    host.expect(rb"realm# ", 120)


def ended(host, before, status):
    """The VM has ended with this status and the terminal's mode is as it was."""
    match = host.expect(rb"@@(\d+)@@ (\S+)\n", 30)
    got, mode = int(match.group(1)), match.group(2).decode()
    return got == status and mode == before, f"status {got}, mode {mode}, before {before}"


def test_shell(t):
    host = t.host(cpus=2)
    before = host.must("stty -g").strip()
    boot_to_shell(host)
    host.type("echo $((6 * 7)); uname -r; grep ttyS0 /proc/interrupts")
    host.expect(rb"^42\n", 30)
    match = host.expect(rb"^(\d+\.\d+)\.", 30)
    t.ok(tuple(map(int, match.group(1).split(b"."))) >= (6, 13),
         "the shell of a kernel that can be a Realm's", match.group(0))
    t.ok(host.expect(rb"33 Level +ttyS0", 30), "typed bytes come by interrupt")
    host.type("exit")
    ok, detail = ended(host, before, 0)
    t.ok(ok, "leaving it powers off: status 0, terminal as before", detail)
    boot_to_shell(host)
    host.type("\x01x")
    ok, detail = ended(host, before, 6)
    t.ok(ok, "Ctrl-A x: status 6, terminal as before", detail)
    host.type(f"({SHELL} --no-reboot; echo \"@@$?@@ $(stty -g)\")")
    host.expect(rb"realm# ", 120)
    host.type("reboot -f")
    ok, detail = ended(host, before, 3)
    t.ok(ok, "a reset has its own status", detail)


def test_signals(t):
    host = t.host(cpus=2)
    before = host.must("stty -g").strip()
    for name, number in (("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3)):
        # The killer waits until the terminal is raw: then the guest runs.
        host.type(f"(until stty -a | grep -q -- -icanon; do :; done; kill -{name} "
                  f"$(pidof realm)) & {SHELL}; echo \"@@$?@@ $(stty -g)\"; wait")
        ok, detail = ended(host, before, 128 + number)
        t.ok(ok, f"SIG{name} ends it, terminal as before", detail)


def test_ignored_signals(t):
    host = t.host(cpus=2, timeout=900)
    host.must("mkfifo /tmp/in")
    host.must(f"(trap '' HUP INT; exec realm run {JOB}job=wait' </tmp/in >/tmp/out 2>&1) & pid=$!; "
              "exec 3>/tmp/in")
    host.must("until grep -q 'guest: waiting' /tmp/out || ! kill -0 $pid; do usleep 10000; done", 600)
    host.must("kill -HUP $pid; kill -INT $pid; echo >&3; exec 3>&-")
    status, output = host.run("wait $pid; echo \"status $?\"; cat /tmp/out", 120)
    t.ok("status 0" in output and "guest: ok" in output, "what the starter ignores does not end it",
         output)


def test_piped_input(t):
    host = t.host(cpus=2, timeout=900)
    for lines in (6, 1500):
        host.must(f"seq {lines} >/tmp/in")
        want = host.must("echo $(wc -c </tmp/in) $(md5sum </tmp/in)").split()[:2]
        for pipe, what in ((f"cat /tmp/in | realm run {JOB}job=lines lines={lines}'", "a pipe"),
                           (f"realm run {JOB}job=lines lines={lines}' </tmp/in", "a file")):
            output = host.run(f"{{ {pipe}; }} 2>&1 | grep -a -E '^(lines|guest|realm):'", 300)[1]
            got = re.search(r"^lines: (\d+) (\w+)", output, re.MULTILINE)
            t.ok(got and list(got.groups()) == want,
                 f"{lines} lines of {what}, there before the guest is, all arrive", f"{want}: {output}")


def test_no_terminal(t):
    host = t.host(cpus=2, timeout=900)
    status, output = host.run("realm-demo --type normal --mem 192M --cpus 2 </dev/null", 120)
    t.ok(status == 1 and re.search(r"^guest: failed: no Realm$", output, re.MULTILINE),
         "the demo says that an ordinary VM is no Realm", f"status {status}: {output}")
    t.ok("2 online of 2" in output, "two CPUs start by PSCI", output)
    status, output = host.run(
        f"realm run {GUEST} --append 'console=ttyS0 quiet demo=check' --console /tmp/out </dev/null; "
        "status=$?; cat /tmp/out; (exit $status)", 120)
    t.ok(status == 0 and "guest: failed: no Realm" in output, "--console writes a file", output)
    status, output = host.run("realm run --type normal --no-reboot --kernel /guest/Image --mem 160M "
                              "--append 'console=ttyS0 quiet panic=-1' 2>&1 </dev/null | tail -n 1", 120)
    t.ok("realm: the guest asked for a reset" in output, "a panic that resets is said", output)


def test_closed_descriptors(t):
    host = t.host(cpus=2, timeout=900)
    host.must(f"(exec realm run {JOB}job=wait' --console /tmp/out <&- >&- 2>&-) & pid=$!; true")
    host.must("until grep -q 'guest: waiting' /tmp/out || ! kill -0 $pid; do usleep 10000; done", 600)
    output = host.must("for fd in 0 1 2; do readlink /proc/$pid/fd/$fd; done")
    t.ok(output.split() == ["/dev/null"] * 3, "descriptors that were closed are taken by nothing else",
         output)
    host.must("kill -TERM $pid; wait $pid; true")


def test_smallest_memory(t):
    """The sizes that the errors name are enough: a guest with them comes to its end."""
    host = t.host(cpus=2, timeout=900)
    run = ("realm run --type normal --no-reboot --kernel /guest/Image --initrd /guest/initrd "
           "--append 'console=ttyS0 quiet panic=-1 demo=check' </dev/null 2>&1")
    least = host.run(f"{run} --mem 2M")[1]
    between = host.run(f"{run} --mem 120M")[1]
    sizes = re.findall(r"--mem (\d+)M at least", least) + re.findall(r"(\d+)M at", between)
    t.ok(len(sizes) == 3, "three sizes are named", least + between)
    for size in sizes:
        status, output = host.run(f"{run} --mem {size}M", 200)
        t.ok(status == 0 and "guest: failed: no Realm" in output, f"--mem {size}M is enough",
             f"status {status}: {output}")


def test_silent_guest(t):
    host = t.host(cpus=2, timeout=900)
    status, output = host.run("realm run --type normal --no-reboot --kernel /guest/Image --mem 112M --append "
                              "'console=ttyS0 quiet panic=-1 cma=64M' 2>&1 </dev/null", 120)
    t.ok(status == 3 and "realm: the guest's console has said nothing: perhaps it has too little "
         "memory" in output and "realm: the guest asked for a reset" in output,
         "a kernel that ends before it has a console is no riddle", f"status {status}: {output}")
