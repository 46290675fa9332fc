# SPDX-License-Identifier: BSD-3-Clause
"""Realms in the background of a Host, for tests that do something to them meanwhile. Deadlines are by
progress: a guest that has said nothing new for STALL seconds is taken to hang, however slow the machine
may be. Used by tests/system."""

import re
import time

from lib.console import Failure

STALL = 400
COUNTERS = "/sys/kernel/debug/kvm-cca"
TEST_GUEST = "realm run --kernel /guest/Image --initrd /guest/test-initrd"

# Waits up to about 10 s for news: more output than $2 bytes in $3, or the end of process $1.
NEWS = ("news() { read -r now rest </proc/uptime; end=$((${now%.*} + 10)); "
        "while [ ${now%.*} -lt $end ] && kill -0 $1 2>/dev/null && [ $(wc -c <$3) -le $2 ]; do "
        "usleep 500000; read -r now rest </proc/uptime; done; "
        "kill -0 $1 2>/dev/null; echo \"$((1 - $?)) $(wc -c <$3)\"; }")


class Realm:
    """A test guest with a job (tests/realm/linux/init). Its console goes to a file."""

    def __init__(self, host, name, options, job, append=""):
        self.host, self.name = host, name
        self.log, self.errors = f"/tmp/{name}.log", f"/tmp/{name}.err"
        self.size, self.moved = 0, time.monotonic()
        host.must(NEWS)
        host.must(f": >{self.log}; {TEST_GUEST} {options} --append 'console=ttyS0 quiet {append} {job}' "
                  f"{self.streams()} & pid=$!; true")
        self.pid = int(host.must("echo $pid"))

    def streams(self):
        return f"--console {self.log} </dev/null 2>{self.errors}"

    def output(self):
        return self.host.must(f"tail -n 60 {self.log}; cat {self.errors}").replace("\r", "")

    def step(self):
        """Waits for news; False once it has ended. Fails when there was none for too long."""
        alive, size = self.host.must(f"news {self.pid} {self.size} {self.log}", 240).split()
        if int(size) != self.size:
            self.size, self.moved = int(size), time.monotonic()
        if time.monotonic() - self.moved > STALL:
            raise Failure(f"{self.name} does not move on: {self.output()[-600:]}{self.where()}")
        return alive == "1"

    def where(self):
        """Where its threads are, for the log of a hang."""
        return self.host.run(f"cd /proc/{self.pid}/task && for i in *; do echo; cat $i/comm $i/wchan "
                             f"$i/stack; done; dmesg | tail -n 20; grep . {COUNTERS}/*", 60)[1]

    def wait_for(self, pattern):
        """Waits for a line of the guest's output (a grep -E pattern); returns it."""
        while True:
            status, line = self.host.run(f"grep -E -m 1 '{pattern}' {self.log}")
            if status == 0:
                return line.strip()
            if not self.step():
                raise Failure(f"{self.name} ended before {pattern!r}: {self.output()[-600:]}")

    def wait(self):
        """Waits for its end; returns (status, output)."""
        while self.step():
            pass
        status = int(self.host.must(f"wait {self.pid}; echo $?"))
        return status, self.output()

    def kill(self):
        self.host.must(f"kill -9 {self.pid} 2>/dev/null; wait {self.pid}; true", 300)


class ToldRealm(Realm):
    """A test guest whose job goes on at each line that it is told. Its console is the VMM's own input and
    output, and so the VMM's messages are in its log. The kernel's do not come in between."""

    def __init__(self, host, name, options, job):
        self.told = f"/tmp/{name}.told"
        host.must(f"rm -f {self.told}; mkfifo {self.told}; exec 9<>{self.told}")
        super().__init__(host, name, options, job, "loglevel=1")
        self.errors = "/dev/null"

    def streams(self):
        return f"<{self.told} >{self.log} 2>&1"

    def tell(self):
        self.host.must("echo go >&9")


def check_ok(t, realm, what):
    """Waits for the end of a job; returns the output."""
    status, output = realm.wait()
    t.ok(status == 0 and re.search(r"^guest: ok$", output, re.MULTILINE), what,
         f"status {status}: {output[-800:]}")
    return output


def left(host, patience=120):
    """What is left once no VM is: the counters that should be 0. Waits for the last VM to go."""
    host.must(f"n=0; until grep -qx 0 {COUNTERS}/vms || [ $n = {patience * 10} ]; do "
              "usleep 100000; n=$((n + 1)); done", patience + 600)
    lines = host.must(f"cd {COUNTERS} && grep . vms realms recs rtts delegated leaked").split()
    return [line for line in lines if not line.endswith(":0")]


def check_nothing_left(t, host, after):
    wrong = left(host)
    return t.ok(not wrong, f"nothing is left after {after}", " ".join(wrong))


def check_log(t, host, after="all that"):
    dmesg = host.must("dmesg")
    bad = re.search(r"Oops|WARNING|BUG:|lockup|stall|hung task|kvm-cca: the RMM keeps", dmesg)
    return t.ok(not bad, f"the host's kernel is well after {after}",
                dmesg[max(0, bad.start() - 200):][:1200] if bad else "")


def free_kib(host):
    """Free memory with the CPUs' lists of pages, which MemFree leaves out."""
    return int(host.must("""sync; echo 3 >/proc/sys/vm/drop_caches; awk '/^MemFree/ { n += $2 } """
                         """/ count:/ { n += $2 * 4 } END { print n }' /proc/meminfo /proc/zoneinfo"""))
