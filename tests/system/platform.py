# SPDX-License-Identifier: BSD-3-Clause
"""What `make measure-platform` and `realm measure` tell beforehand is what a running Realm's token says:
`realm verify` on the build machine takes it by these two files and a challenge, with nothing typed."""

import json
import os
import re
import subprocess
import tempfile

from lib.console import Failure
from lib.realms import Realm, check_ok

CHALLENGE = "sixty-four.bytes.that.the.relying.party.chose.and.nobody.guesses"
OPTIONS = "--mem 256M"
JOB = f"job=token challenge={CHALLENGE}"
MODES = ("vhe", "nvhe")


def realm(t, *words):
    """(status, what was printed) of the build machine's realm."""
    done = subprocess.run((f"{t.build}/tools/realm",) + words, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)
    return done.returncode, done.stdout


def fetch_token(t, folder):
    """Has a Realm ask for a token; the file it is in."""
    host = t.host(cpus=2, mem="2G", rmm="host", timeout=1200)
    guest = Realm(host, "token", OPTIONS, JOB)
    check_ok(t, guest, "a Realm gets a token")
    output = host.must(f"grep ^token: {guest.log}").replace("\r", "")
    token = bytes.fromhex("".join(re.findall(r"^token: ([0-9a-f]+)$", output, re.MULTILINE)))
    path = os.path.join(folder, "token")
    with open(path, "wb") as f:
        f.write(token)
    return path


def measure_realm(t, folder):
    status, corim = realm(t, "measure", "--kernel", f"{t.fetch}/guest/Image", "--initrd",
                          f"{t.build}/tests/realm/linux/initrd.cpio", "--append", f"console=ttyS0 quiet  {JOB}",
                          *OPTIONS.split(), "--format", "corim")
    if status:
        raise Failure(f"realm measure: {corim}")
    path = os.path.join(folder, "realm.corim")
    with open(path, "wb") as f:
        f.write(corim)
    return path


def test_token(t):
    with tempfile.TemporaryDirectory() as folder:
        token = fetch_token(t, folder)
        policies = ("--policy", f"{t.build}/platform/platform.corim", "--policy",
                    measure_realm(t, folder))
        judge = ("verify", token, *policies, "--challenge", CHALLENGE.encode().hex())
        status, output = realm(t, *judge, "--allow-development")
        t.ok(status == 0 and b"\nverified" in output, "it is what was told beforehand",
             f"status {status}: {output.decode()}")
        claims = json.loads(realm(t, *judge, "--json")[1])["claims"]["platform"]
        t.ok(claims["profile"] == "tag:arm.com,2024:cca_platform#2.0.0", "its profile is published",
             str(claims))
        # The numbers at the end of the configuration: this machine's CPUs and bytes of DRAM.
        t.ok(claims["config"].endswith(f"{2:016x}{2 << 30:016x}"), "it says what the machine has",
             str(claims))


test_token.short_modes = ("vhe",)
