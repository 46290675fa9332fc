# SPDX-License-Identifier: BSD-3-Clause
"""A debugger of an ordinary VM (realm run --gdb), spoken to as gdb does; a Realm has none."""

import re

from lib.console import Failure

PORT = 1234
BOOT = 400  # seconds for a guest on a loaded machine
PC = "p20"
VM = ("--type normal --kernel /guest/Image --initrd /guest/test-initrd --mem 192M --cpus 2 "
      "--append 'console=ttyS0 quiet job=wait'")
TRIES = 200


class Gdb:
    """A connection of busybox's nc, whose ends are files of the host."""

    def __init__(self, host):
        self.host = host
        host.must("ip link set lo up")
        host.must(f"until grep -q ':{PORT:04X} ' /proc/net/tcp; do usleep 20000; done", BOOT)
        host.must(f"mkfifo /tmp/ask; nc 127.0.0.1 {PORT} </tmp/ask >/tmp/told & exec 4>/tmp/ask")

    def send(self, bytes_):
        """Sends something that has an answer, and returns that."""
        told = self.host.must(f"n=$(wc -c </tmp/told); printf '{bytes_}' >&4; "
                              "until tail -c +$((n + 1)) /tmp/told | grep -q '#..'; do usleep 20000; done; "
                              "tail -c +$((n + 1)) /tmp/told; echo", BOOT)
        return re.search(r"\$(.*)#..", told).group(1)

    @staticmethod
    def frame(text):
        return f"${text}#{sum(map(ord, text)) & 0xff:02x}"

    def ask(self, text):
        return self.send(self.frame(text))

    def go(self):
        """The guest runs, which has no answer."""
        self.host.must(f"printf '{self.frame('c')}' >&4")

    def interrupt(self):
        return self.send(r"\003")

    def number(self, question):
        return int.from_bytes(bytes.fromhex(self.ask(question)), "little")

    def idle(self):
        """Stops a guest that has nothing to do; the address at which it sleeps again and again."""
        last = None
        for _ in range(TRIES):
            said = self.interrupt()
            self.ask("Hg1")
            here = self.number(PC)
            if here == last:
                return said, here
            last = here
            self.go()
            self.host.must("usleep 300000")
        raise Failure("the guest does not come to rest")


def check_start(t, gdb):
    stop, start = gdb.ask("?"), gdb.number(PC)
    t.ok(stop == "T05thread:1;" and gdb.ask("qfThreadInfo") == "m1,2", "the guest waits, and has two CPUs", stop)
    first = gdb.ask(f"m{start:x},4")
    t.ok(re.fullmatch("[0-9a-f]{8}", first) and first != "00000000", "its first instruction can be read", first)
    stop, then = gdb.ask("vCont;s:1;c"), gdb.number(PC)
    t.ok(stop == "T05thread:1;" and then != start, "a step leads to another one", f"{stop} {start:x} {then:x}")


def check_point(t, gdb):
    stop, here = gdb.idle()
    word = gdb.ask(f"m{here:x},4")
    t.ok(stop.startswith("T02") and here >> 48 == 0xffff and re.fullmatch("[0-9a-f]{8}", word),
         "a guest that runs is stopped, and its kernel can be read", f"{stop} {here:x} {word}")
    # As gdb does it: the CPU that stands there leaves the place before the breakpoint is set.
    gdb.ask("vCont;s:1;c")
    t.ok(gdb.ask(f"Z1,{here:x},4") == "OK", "a breakpoint is set")
    stop = gdb.ask("c")
    thread = re.fullmatch(r"T05thread:(\d);", stop)
    t.ok(thread and gdb.ask(f"Hg{thread.group(1)}") == "OK" and gdb.number(PC) == here,
         "the guest comes to it", stop)
    t.ok(gdb.ask(f"z1,{here:x},4") == "OK", "it is taken away")


def test_normal(t):
    host = t.host(cpus=2, timeout=1800)
    status, output = host.run(f"realm run --kernel /guest/Image --gdb {PORT} </dev/null 2>&1")
    t.ok(status == 2 and "a Realm's registers and memory are not the host's to see" in output,
         "a Realm has no debugger", f"status {status}: {output}")
    host.must(f"mkfifo /tmp/in; exec 3<>/tmp/in; (realm run {VM} --gdb {PORT} </tmp/in >/tmp/log 2>&1) & "
              "pid=$!; true")
    gdb = Gdb(host)
    check_start(t, gdb)
    gdb.go()
    host.must("until grep -q 'guest: waiting' /tmp/log || ! kill -0 $pid; do usleep 100000; done", BOOT)
    check_point(t, gdb)
    t.ok(gdb.ask("D") == "OK", "the debugger leaves")
    status, output = host.run("echo >&3; wait $pid; echo $?; cat /tmp/log", BOOT)
    t.ok(output.startswith("0") and "guest: ok" in output, "the guest goes on to its end", output)


test_normal.modes = ("vhe",)
