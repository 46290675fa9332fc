# SPDX-License-Identifier: BSD-3-Clause
"""Devices that other programs serve (vhost-user), on the host that runs from a disk of Debian 13: a
Realm and an ordinary VM with passt, virtiofsd and qemu-storage-daemon, which are killed meanwhile."""

import re

from lib.console import Host
from lib.realms import ToldRealm, check_log, check_nothing_left, check_ok

BOOT = 900  # seconds; systemd takes its time on a loaded machine
STEP = 400
BLOCKDEVS = ("--blockdev driver=file,node-name=file,filename=/root/disk.qcow2 "
             "--blockdev driver=qcow2,node-name=disk,file=file")
EXPORT = ("--export type=vhost-user-blk,id=export,node-name=disk,writable=on,"
          "addr.type=unix,addr.path=/root/disk.sock")
DEVICES = "--net user,hostfwd=tcp::7000-:7000 --share /root/share --disk /root/disk.sock"
DEVICE_COUNT = 3


def serve_disk(host):
    host.must(f"rm -f /root/disk.sock; qemu-storage-daemon {BLOCKDEVS} {EXPORT} & daemon=$!; "
              "until [ -S /root/disk.sock ]; do sleep 0.2; done", STEP)


def wait_for_all(realm, line):
    """Waits until each device has said this."""
    realm.host.must(f"n=0; until [ $(grep -c '{line}' {realm.log}) -ge {DEVICE_COUNT} ] || "
                    f"! kill -0 {realm.pid} || [ $n = {STEP} ]; do sleep 1; n=$((n + 1)); done", STEP + 60)
    return int(realm.host.run(f"grep -c '{line}' {realm.log}")[1]) >= DEVICE_COUNT


def last(realm, what):
    """The last MD5 sum that the guest has said of this."""
    sums = re.findall(rf"^{what}: ([0-9a-f]{{32}})", realm.output(), re.MULTILINE)
    return sums[-1] if sums else None


def check_round(t, host, realm, number, what):
    """One round of the guest's job."""
    realm.tell()
    realm.wait_for(f"^net: listening {number}")
    answer = host.run("n=0; until sleep 5 | timeout 60 busybox nc 127.0.0.1 7000 | grep -m 1 guest || "
                      "[ $n = 20 ]; do sleep 1; n=$((n + 1)); done", STEP)[1]
    t.ok("hello from the guest" in answer, f"{what}: a forwarded port reaches a listener", answer)
    realm.wait_for(f"^user: round {number}")
    output, there = realm.output(), host.must("md5sum /root/share/from-host").split()[0]
    t.ok(last(realm, "share") == there, f"{what}: the guest reads the share", output)
    t.ok(last(realm, "net") == there, f"{what}: the guest fetches a file from the host", output)
    t.ok(last(realm, "share: written") == host.must("md5sum /root/share/from-guest").split()[0],
         f"{what}: the host finds what the guest has written", output)
    t.ok(len(re.findall(r"^disk: [0-9a-f]{32}", output, re.MULTILINE)) == number + 1,
         f"{what}: the disk has what was written", output)


def run(t, host, options, what):
    realm = ToldRealm(host, "guest", f"--mem 320M {options} {DEVICES}", "job=user rounds=2")
    check_round(t, host, realm, 0, what)
    host.must("kill -9 $daemon $(pidof passt passt.avx2 virtiofsd)")
    t.ok(wait_for_all(realm, "lost its back end"), f"{what}: lives without its back ends", realm.output())
    serve_disk(host)
    t.ok(wait_for_all(realm, "has a back end again"), f"{what}: has back ends again", realm.output())
    check_round(t, host, realm, 1, f"{what}, after they were killed")
    check_ok(t, realm, f"{what}: all went well")
    t.ok(host.run("pidof passt passt.avx2 virtiofsd")[0] == 1, f"{what}: what realm started has ended")


def test_programs(t):
    host = t.make_run("HOST_DISK=1", "MEM=3G", timeout=7200, terminal=True, kind=Host)
    host.login(BOOT)
    # What tests/lib/realms.py asks of a shell, and no messages about jobs.
    host.must("set +m; usleep() { sleep 0.2; }; mkdir /root/share; chmod 755 /root; "
              "head -c 3000000 /dev/urandom >/root/share/from-host; "
              "busybox httpd -p 127.0.0.1:8080 -h /root/share; "
              "qemu-img create -q -f qcow2 /root/disk.qcow2 64M", STEP)
    serve_disk(host)
    run(t, host, "", "a Realm")
    check_nothing_left(t, host, "a Realm with devices of other programs")
    if t.mode == "vhe":  # KVM has no VMs in the other
        run(t, host, "--type normal", "an ordinary VM")
    check_log(t, host)


# The host's disk takes minutes and a download, so only SOAK=1 asks for it.
test_programs.modes, test_programs.short_modes = ("vhe", "nvhe"), ()
