# SPDX-License-Identifier: BSD-3-Clause
"""The crypto payload: hashes, signatures, tokens and coroutines on the CPU, without our monitor."""

import re
import subprocess

TIMEOUT = 120


def run(context, cpu):
    log = f"{context.build}/logs/system-crypto-{cpu}.log"
    payload = f"{context.build}/tests/firmware/crypto/payload.elf"
    done = subprocess.run(["tests/firmware/crypto/run", payload, log, cpu], timeout=TIMEOUT + 30,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    for failed, text in re.findall(r"^(not )?ok \d+ - (.*)$", done.stdout, re.MULTILINE):
        context.ok(not failed, text)
    last = "\n".join(done.stdout.splitlines()[-6:])
    context.ok(done.returncode == 0, "came to its end with every test passed", last)


def test_sha_instructions(context):
    run(context, "max")


def test_plain_c_hashes(context):
    run(context, "cortex-a57")
