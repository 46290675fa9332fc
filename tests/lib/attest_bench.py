# SPDX-License-Identifier: BSD-3-Clause
"""What the tools of a relying party take on this machine, and how often OpenSSL's bare work fits in.

Times are those of whole processes, the quickest of several: others' work on the machine only makes
them longer.
"""

import os
import re
import struct
import subprocess
import tempfile
import time

from lib.console import Failure

KERNEL, INITRD = 30 << 20, 15 << 20  # bytes
ROUNDS = 15
MAKER = ("/usr/bin/python3", "-B", "tests/unit/lib/token/agree/example.py")  # by Debian's packages


def run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    if done.returncode:
        raise Failure(f"{' '.join(words)}: {done.stdout.decode(errors='replace')[-500:]}")
    return done.stdout.decode(errors="replace")


def quickest(*words):
    """Seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run(*words)
        times.append(time.perf_counter() - start)
    return min(times)


def image(size):
    """Bytes that begin like a kernel (Documentation/arch/arm64/booting.rst)."""
    head = bytearray(64)
    struct.pack_into("<QQQ", head, 8, 0, size, 0xa)
    head[56:60] = b"ARMd"
    return bytes(head) + os.urandom(size - len(head))


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)
    return path


def bare_verification():
    """Seconds that OpenSSL takes for ES384."""
    text = run("openssl", "speed", "-mr", "-seconds", "1", "ecdsap384")
    per_second = re.search(r"^\+F4:[0-9]+:384:[0-9.]+:([0-9.]+)$", text, re.MULTILINE)
    if not per_second:
        raise Failure(f"openssl speed: {text[-500:]}")
    return 1 / float(per_second.group(1))


def figures(build):
    """(name, value, unit) of each."""
    realm = f"{build}/tools/realm"
    with tempfile.TemporaryDirectory() as folder:
        kernel = write(f"{folder}/kernel", image(KERNEL))
        initrd = write(f"{folder}/initrd", os.urandom(INITRD))
        measure = quickest(realm, "measure", "--kernel", kernel, "--initrd", initrd)
        dgst = quickest("openssl", "dgst", "-sha256", kernel, initrd)
        run(*MAKER, folder)
        with open(f"{folder}/challenge", encoding="ascii") as f:
            challenge = f.read()
        verify = quickest(realm, "verify", f"{folder}/token", "--key", f"{folder}/key", "--policy",
                          f"{folder}/policy", "--challenge", challenge)
        bare = min(bare_verification() for _ in range(3))
    yield "measure_45m", f"{measure:.3f}", "seconds"
    yield "measure_45m_by_dgst", f"{measure / dgst:.2f}", "times"
    yield "verify_token", f"{verify * 1000:.1f}", "milliseconds"
    yield "verify_token_by_es384", f"{verify / bare:.1f}", "times"
