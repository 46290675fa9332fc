# SPDX-License-Identifier: BSD-3-Clause
"""The key server of the attested demo, on the build machine and so outside the emulated one: its policy
is what `realm measure` says of the demo's Realms and `make measure-platform` of the machine, and its secret
the key of their disk. Used by boot/attest and by the tests."""

import json
import os
import re
import shlex
import subprocess
import threading
import time

SECRET = "demo/disk/key"
# What guest/attest/attest-demo starts.
REALM = "--mem 256M --vsock 3 --disk /dev/null"
APPEND = "console=ttyS0 quiet server=vsock:2:8000 "
WORDS = ("disk=make demo=check", "disk=open demo=check", "disk=open")


def measure(build, fetch, words, initrd=None):
    """The Realm's part of a policy for these words of the command line."""
    command = [f"{build}/tools/realm", "measure", "--kernel", f"{fetch}/guest/Image",
               "--initrd", initrd or f"{build}/guest/attest/initrd.cpio", *shlex.split(REALM),
               "--append", APPEND + words, "--format", "json"]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)["realm"]


def policy(build, fetch):
    """The demo's Realms."""
    realms = [measure(build, fetch, words) for words in WORDS]
    return {"realm": dict(realms[0], rim=[r["rim"] for r in realms])}


def qemu_network():
    """QEMU's own network, through which the emulated machine reaches ports of this one."""
    return ["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile="]


class KeyServer:
    """`realm keyserver` with a key that nobody knows before, and its log."""

    def __init__(self, build, fetch, folder, log):
        files = {"policy": json.dumps(policy(build, fetch), indent=2).encode(), "key": os.urandom(32)}
        for name, data in files.items():
            with open(f"{folder}/{name}", "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
                f.write(data)
        self.key = files["key"]
        self.lines, self.log = [], log
        self.process = subprocess.Popen(
            [f"{build}/tools/realm", "keyserver", "--policy", f"{folder}/policy", "--allow-development",
             "--policy", f"{build}/platform/platform.corim", "--secret", f"{SECRET}={folder}/key",
             "--deadline", "60", "--listen", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        if not re.search(r":\d+$", first.strip()):
            raise RuntimeError("the key server did not start")
        self.port = int(first.rsplit(":", 1)[1])
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())
            self.log(line.strip())

    def said(self, text, since=0, patience=30):
        """Whether the log gets a line with the text."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if any(text in line for line in self.lines[since:]):
                return True
            time.sleep(0.05)
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.reader.join()
