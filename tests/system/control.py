# SPDX-License-Identifier: BSD-3-Clause
"""What a running VM's user can do from outside, by its name: see it, come to its console, press its
power key, end it; and that a reset starts the same guest again, confined as it is."""

import json
import re

BOOT = 600  # seconds; a loaded machine takes ten times what an idle one does
GUEST = "--kernel /guest/Image --initrd /guest/initrd --mem 256M"


def start(host, name, options, log):
    """A guest in the background, whose console is a file; waits until its shell is there."""
    host.must(f": >{log}; realm run --name {name} {GUEST} {options} --append 'console=ttyS0 quiet' "
              f"--console {log} </dev/null 2>{log}.err & pid=$!; true")
    host.must(f"until grep -q 'Leave the shell' {log} || ! kill -0 $pid; do usleep 20000; done; "
              "kill -0 $pid", BOOT)


def rims(host, log):
    return re.findall(r"RIM +([0-9a-f]+)", host.must(f"cat {log}"))


def type_at_console(host, name, command):
    """Types at the guest's console by `realm console`, until a number comes; returns all it wrote."""
    host.must(f"mkfifo /tmp/keys; realm console {name} </tmp/keys >/tmp/console.log & console=$!; "
              "exec 4>/tmp/keys; "
              f"echo '{command}' >&4; until grep -q '^[0-9][0-9]*.$' /tmp/console.log; do usleep 20000; "
              "done", BOOT)
    return host.must("tr -d '\\r' </tmp/console.log; exec 4>&-; kill $console; wait $console; rm /tmp/keys")


def check_stop(t, host, name, log):
    status, output = host.run(f"realm stop {name} --timeout 300 2>&1; echo stopped $?; wait $pid; "
                              f"echo ended $?; cat {log}", 400)
    t.ok("stopped 0" in output and "ended 0" in output and "The power key was pressed" in output,
         f"{name}: stop presses its power key, and it powers off", output[-400:])


def test_realm(t):
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=1800)
    start(host, "web", "", "/tmp/web")
    listed = host.must("realm list")
    t.ok(re.search(r"^web +\d+ +realm +256M +1 ", listed, re.MULTILINE), "list names it", listed)
    held = host.must("grep -E '^(Seccomp|NoNewPrivs):' /proc/$pid/task/*/status | sed 's/.*://' | sort | "
                     "uniq -c")
    t.ok(re.findall(r"\d+ \t(\d)", held) == ["1", "2"], "all its threads are confined", held)
    status, output = host.run(f"realm run --name web {GUEST} </dev/null 2>&1")
    t.ok(status == 1 and "another VM has this name" in output, "a name has one VM", output)
    stats = json.loads(host.must("realm stats web --json"))
    t.ok(stats["vcpus"][0]["exits"]["mmio"] > 0 and stats["vcpus"][0]["cpu-ms"] > 0, "stats count",
         str(stats))
    output = type_at_console(host, "web", "cat /sys/class/rtc/rtc0/name; date +%s")
    there, here = re.search(r"^(\d+)$", output, re.MULTILINE), host.must("date +%s")
    t.ok("pl031" in output and there and abs(int(there.group(1)) - int(here)) < 100,
         "its console can be typed at, and its clock is the host's", output)
    type_at_console(host, "web", "echo 1; reboot -f")
    host.must("until [ $(grep -c 'Leave the shell' /tmp/web) = 2 ]; do usleep 20000; done", BOOT)
    same = rims(host, "/tmp/web")
    t.ok(len(same) == 2 and same[0] == same[1], "reboot starts it again, with the same RIM", str(same))
    t.ok(json.loads(host.must("realm list --json"))[0]["restarts"] == 1, "list counts restarts")
    check_stop(t, host, "web", "/tmp/web")


def test_normal(t):
    """An ordinary VM has the same."""
    host = t.host(cpus=2, mem="2G", timeout=1200)
    start(host, "db", "--type normal", "/tmp/db")
    check_stop(t, host, "db", "/tmp/db")


def test_end(t):
    """A guest that does not listen, and a VMM that does not answer."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=1800)
    host.must("mkfifo /tmp/in; exec 3<>/tmp/in; realm run --name deaf --kernel /guest/Image --initrd "
              "/guest/test-initrd --mem 192M --append 'console=ttyS0 quiet job=wait' </tmp/in >/tmp/log "
              "2>&1 & pid=$!; until grep -q 'guest: waiting' /tmp/log; do usleep 20000; done", BOOT)
    status, output = host.run("realm stop deaf 2>&1")
    t.ok(status == 1 and "does not listen to its power key" in output, "no driver: stop says so", output)
    listed = host.must("kill -STOP $pid; realm list")
    t.ok("deaf" in listed and "does not answer" in listed, "list waits for nobody", listed)
    status, output = host.run("realm stop --force deaf 2>&1; echo stopped $?; wait $pid; echo ended $?", 120)
    t.ok("stopped 0" in output and "ended 137" in output, "--force ends it all the same", output)
    left = host.must("ls /run/kvm-cca; realm list; ls /run/kvm-cca | wc -l")
    t.ok("deaf.sock" in left and left.strip().endswith("\n0"), "what a killed one leaves is removed", left)
