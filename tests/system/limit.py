# SPDX-License-Identifier: BSD-3-Clause
"""A Realm that needs more than the memory cgroup of its VMM may have: the VMM says so and ends, nobody
is killed for it, and all memory is back."""

import re

from lib.realms import TEST_GUEST, check_log, check_nothing_left, free_kib

MODES = ("vhe", "nvhe")
GROUP = "/sys/fs/cgroup/small"
MIB = 1 << 20
SLACK_KIB = 4096  # what the kernel's own caches may grow by meanwhile
STEP = 400


def run(host, limit, command):
    """Runs a command in the cgroup; returns its status, and what it and the kernel have said."""
    host.must(f"echo {limit} >{GROUP}/memory.max")
    return host.run(f"(echo 0 >{GROUP}/cgroup.procs; exec {command}) </dev/null >/tmp/log 2>&1; "
                    "status=$?; tail -n 20 /tmp/log; (exit $status)", STEP)


def check_end(t, host, what, result, status, words):
    t.ok(result[0] == status and re.search(words, result[1]) and
         "memory cgroup /small is at its limit: raise it (memory.max" in result[1], what,
         f"status {result[0]}: {result[1]}")


def test_cgroup(t):
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=1800)
    host.must("mkdir -p /sys/fs/cgroup; [ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 none "
              f"/sys/fs/cgroup; echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir {GROUP}; "
              f"sleep 100000 & other=$!; echo $other >{GROUP}/cgroup.procs")
    loaded = sum(map(int, host.must("stat -c %s /guest/Image /guest/test-initrd").split()))
    before = free_kib(host)
    command = f"{TEST_GUEST} --mem 256M --append 'console=ttyS0 quiet job=work seconds=0'"
    check_end(t, host, "too little to load the guest", run(host, loaded // 2, command), 1, "loading the")
    check_nothing_left(t, host, "a Realm that was not loaded")
    check_end(t, host, "too little for the guest that runs", run(host, loaded + 16 * MIB, command), 5,
              "no memory for the guest at 0x|vCPU 0 stopped: ")  # for a page, or for a table
    check_nothing_left(t, host, "a Realm that had too little memory")
    now = free_kib(host)
    t.ok(before - now < SLACK_KIB, "the host's memory is back", f"{before} KiB before, {now} KiB now")
    events = host.must(f"cat {GROUP}/memory.events; kill -0 $other")
    t.ok("oom_kill 0" in events, "nobody was killed", events)
    status, output = run(host, "max", "realm run --kernel /guest/hostcall --mem 32M")
    t.ok(status == 0 and "hostcall: " in output, "without the limit a Realm runs there", output)
    check_log(t, host)
