# SPDX-License-Identifier: BSD-3-Clause
"""What a guest meets when its devices fail on the host: a file system that is full, a disk's file that
is cut off, a tap interface that is removed, the other end of a socket that is killed. The guest goes on,
and so does its VMM."""

from lib.realms import ToldRealm, check_log, check_nothing_left, check_ok

CID = 77
PORT = 9001
MANY_KIB = 4 << 20  # more than is sent before the sender is killed


def run(t, host, options, what):
    host.must("mkdir -p /full; mount -t tmpfs -o size=8m full /full; truncate -s 32M /full/disk; "
              "tunctl -t tap0; ip link set tap0 up")
    realm = ToldRealm(host, "guest", f"--mem 256M --disk /full/disk --net tap=tap0 --vsock {CID} "
                      f"{options}", "job=faults")
    realm.wait_for("^faults: full")
    host.must("mount -o remount,size=64m /full")
    realm.tell()
    realm.wait_for("^faults: room")
    host.must("truncate -s 1M /full/disk")
    realm.tell()
    realm.wait_for("^faults: cable")
    host.must("ip link del tap0")
    realm.wait_for("the interface has been removed")
    realm.wait_for("^faults: no cable")
    realm.wait_for("^vsock: listening")
    # The second process of the sender is there when data flows.
    host.must(f"vsock talk {CID} {PORT} {MANY_KIB} >/tmp/talk 2>&1 & talk=$!; "
              "until [ $(pidof vsock | wc -w) -ge 2 ]; do usleep 20000; done; "
              "kill -9 $(pidof vsock); wait $talk; true", 600)
    realm.wait_for("^faults: peer gone")
    realm.tell()
    realm.wait_for("^faults: listening again")
    status, output = host.run(f"n=0; until vsock talk {CID} {PORT} 64; do [ $n -lt 60 ] || break; "
                              "n=$((n + 1)); usleep 1000000; done", 600)
    t.ok(status == 0 and "65536 bytes came back" in output, f"{what}: sockets go on", output)
    check_ok(t, realm, f"{what} goes on when its devices fail")
    host.must("umount /full")


def test_host(t):
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=3600)
    run(t, host, "", "a Realm")
    check_nothing_left(t, host, "a Realm whose devices failed")
    if t.mode == "vhe":  # KVM has no VMs in the other
        run(t, host, "--type normal", "an ordinary VM")
    check_log(t, host)


# Two boots of Linux in a guest. Unit tests show what each device does, so only SOAK=1 asks for this.
test_host.modes, test_host.short_modes = ("vhe", "nvhe"), ()
