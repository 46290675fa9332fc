# SPDX-License-Identifier: BSD-3-Clause
"""Realms that get the key of their encrypted disk from a key server outside the machine: the two that the
policy means open it, all others are refused, and the host finds nothing on it."""

import json
import os
import re
import socket
import sys
import tempfile
import threading

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../boot"))

from keyserver import APPEND, KeyServer, qemu_network  # noqa: E402

BOOT = 900
TEXT = "plain text of the encrypted disk"


class Tap:
    """Stands between the relay in the host and the key server, and keeps what Realms have sent."""

    def __init__(self, port):
        self.server, self.requests = port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            guest, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.server))
            self.requests.append(b"")
            threading.Thread(target=self.carry, args=(guest, server, len(self.requests) - 1),
                             daemon=True).start()
            threading.Thread(target=self.carry, args=(server, guest, None), daemon=True).start()

    def carry(self, source, sink, index):
        try:
            while data := source.recv(65536):
                if index is not None:
                    self.requests[index] += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def attestation(self):
        """The body of the last attestation."""
        sent = [r for r in self.requests if r.startswith(b"POST /kbs/v0/attest")]
        return json.loads(sent[-1].split(b"\r\n\r\n", 1)[1])


def ask(port, target, body, cookie=""):
    data = json.dumps(body).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as s:
        s.sendall(f"POST {target} HTTP/1.1\r\n{cookie}Connection: close\r\n"
                  f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
        answer = b""
        while piece := s.recv(65536):
            answer += piece
    head, content = answer.split(b"\r\n\r\n", 1)
    return head.decode(), json.loads(content)


class Bench:
    """A host with the relay and the files of the demo."""

    def __init__(self, t, folder):
        with open(f"{t.build}/logs/{t.name.replace('/', '-')}-keyserver.log", "w", encoding="utf-8") as f:
            self.log = os.dup(f.fileno())
        self.t = t
        self.server = KeyServer(t.build, t.fetch, folder,
                                lambda line: os.write(self.log, line.encode() + b"\n"))
        self.tap = Tap(self.server.port)
        self.host = t.host(cpus=2, mem="2G", rmm="host", timeout=3600, initrd="attest",
                           extra=("--", *qemu_network()))
        self.host.must("ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; truncate -s 16M /tmp/disk")
        self.host.must(f"attest-relay 8000 10.0.2.2:{self.tap.port} >/tmp/relay.log 2>&1 & true")

    def run(self, words, options="--mem 256M", initrd="/guest/attest-initrd", disk="/tmp/disk"):
        """The output of a Realm of the demo."""
        return self.host.run(f"realm run --kernel /guest/Image --initrd {initrd} {options} --vsock 3 "
                             f"--disk {disk} --append '{APPEND}{words}' </dev/null 2>&1", BOOT)[1]

    def refused(self, name, line, *words, **options):
        since = len(self.server.lines)
        output = self.run(*words, **options)
        said = "\n".join(self.server.lines[since:])
        self.t.ok(self.server.said(line, since) and "attest: no key for the disk" in output and
                  "released" not in said, f"{name}: refused, because {line.strip(': ')}",
                  f"{output[-600:]}\n{said}")


def check_replay(t, bench):
    """What a host may do with what it has carried: send it again."""
    since, port = len(bench.server.lines), bench.server.port
    head, answer = ask(port, "/kbs/v0/auth", {"version": "0.4.0", "tee": "cca", "extra-params": ""})
    session = re.search(r"kbs-session-id=[0-9a-f]{32}", head).group(0)
    old = bench.tap.attestation()
    old["runtime-data"]["nonce"] = answer["nonce"]
    head, answer = ask(port, "/kbs/v0/attest", old, f"Cookie: {session}\r\n")
    t.ok(" 401 " in head.splitlines()[0] and bench.server.said("refused: challenge: ", since),
         "a replayed token: refused, because refused: challenge", f"{head}\n{answer}")


def check_disk(t, bench):
    host = bench.host
    status, _ = host.run(f"grep -q '{TEXT}' /guest/attest-initrd")
    t.ok(status == 0, "grep finds the text where it is not encrypted")
    status, _ = host.run(f"grep -q '{TEXT}' /tmp/disk")
    t.ok(status == 1, "the host's grep finds nothing of it on the disk")


def check_changed_disk(t, bench):
    bench.host.must("cp /tmp/disk /tmp/changed; s=$(($(wc -c </tmp/changed) / 512)); dd if=/dev/zero "
                    "of=/tmp/changed bs=512 seek=2048 count=$((s - 4096)) conv=notrunc 2>/dev/null")
    output = bench.run("disk=open demo=check", disk="/tmp/changed")
    t.ok("attest: the key is here" in output and "root: ok" not in output,
         "a disk that the host has changed is not used", output[-800:])


def test_attest(t):
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(t, folder)
        output = bench.run("disk=make demo=check")
        t.ok("attest: the disk is made" in output and "root: ok" in output,
             "a Realm makes the disk its own", output[-1500:])
        output = bench.run("disk=open demo=check")
        t.ok("attest: the root disk is open" in output and "root: 1000 lines of text" in output and
             "root: ok" in output, "another opens it and runs from it", output[-1500:])
        check_replay(t, bench)
        bench.refused("a changed kernel command line", "refused: realm rim: ", "disk=open demo=check x")
        check_disk(t, bench)
        if t.soak:
            check_changed_disk(t, bench)
            bench.host.must("cp /guest/attest-initrd /tmp/flipped; printf '\\001' | "
                            "dd of=/tmp/flipped bs=1 seek=100000 conv=notrunc 2>/dev/null; "
                            "! cmp -s /tmp/flipped /guest/attest-initrd")
            bench.refused("a changed bit in the initrd", "refused: realm rim: ", "disk=open demo=check",
                          initrd="/tmp/flipped")
            bench.refused("another RPV", "refused: realm rpv: ", "disk=open demo=check",
                          "--mem 256M --rpv 01")
            bench.refused("a Realm of another memory size", "refused: realm rim: ",
                          "disk=open demo=check", "--mem 320M")
        bench.server.stop()
