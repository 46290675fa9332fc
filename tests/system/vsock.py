# SPDX-License-Identifier: BSD-3-Clause
"""Devices that the host's kernel serves (vhost): over sockets a Realm and an ordinary VM talk to the host,
and the host to them; over a tap interface they talk to it, too."""

import re

from lib.realms import Realm, check_log, check_nothing_left, check_ok

MODES = ("vhe", "nvhe")
CID = 77
KIB = 512


def talk(t, host, options, what):
    host.must("vsock listen 9000 >/tmp/listen.log 2>&1 & listener=$!; true")
    host.must("nc -l -p 9000 -e cat & true")
    realm = Realm(host, "guest", f"--mem 256M --vsock {CID} --net tap=tap0 {options}", f"job=vsock kib={KIB}")
    realm.wait_for("^vsock: listening")
    served = host.run(f"ls -l /proc/{realm.pid}/fd | grep -c /dev/vhost-net")[1]
    t.ok(served.strip() == "1", f"the kernel serves the network interface of {what}", served)
    status, output = host.run(f"vsock talk {CID} 9001 {KIB}", 600)
    t.ok(status == 0 and f"{KIB << 10} bytes came back" in output, f"the host talks to {what}", output)
    output = check_ok(t, realm, f"{what} with sockets")
    t.ok(f"vsock: {KIB << 10} bytes came back" in output, f"{what} talks to the host", output)
    t.ok(f"tcp: {KIB << 10} bytes came back" in output, f"{what} talks to the host by TCP", output)
    t.ok(re.search(r"^interrupts: *\d+: +[1-9]\d* .*ITS-PCI-MSIX.* virtio\d+-rx", output, re.MULTILINE),
         f"{what} is interrupted by messages", output)
    status, output = host.run("wait $listener; echo $?; cat /tmp/listen.log")
    t.ok(output.startswith("0") and "sent back" in output, "the host has answered", output)


def test_talk(t):
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=3600)
    host.must("tunctl -t tap0 && ip addr add 10.9.0.1/24 dev tap0 && ip link set tap0 up")
    talk(t, host, "", "a Realm")
    check_nothing_left(t, host, "a Realm with sockets")
    status, output = host.run("lsmod | grep vhost_vsock")
    t.ok(re.search(r"vhost_vsock +\d+ +0", output), "nobody has vhost-vsock any more", output)
    if t.mode == "vhe":  # KVM has no VMs in the other
        talk(t, host, "--type normal", "an ordinary VM")
    start = f"realm run --kernel /guest/Image --vsock {CID}"
    holder = f"({start} --initrd /guest/test-initrd --mem 192M "
    host.must(f"mkfifo /tmp/in; exec 3<>/tmp/in; {holder} --append 'console=ttyS0 quiet job=wait' "
              "</tmp/in >/tmp/log 2>&1) & pid=$!; until grep -q 'guest: up' /tmp/log || ! kill -0 $pid; do "
              "usleep 100000; done", 400)
    status, output = host.run(f"{start} </dev/null 2>&1")
    t.ok(status == 1 and f"--vsock {CID}: another guest has this number" in output,
         "a number has one guest", f"status {status}: {output}")
    host.must("kill -9 $(pidof realm); wait $pid; true")
    check_log(t, host)
