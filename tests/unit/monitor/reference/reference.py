# SPDX-License-Identifier: BSD-3-Clause
"""The platform's identity and reference values as a builder meets them: which knobs and keys are refused,
that images do not depend on who signs or where they are built, and a second opinion on what
`make measure-platform` says, by python3-cbor2 and python3-cryptography.

Usage: reference.py BUILD FETCH, in the top folder. Prints TAP.
"""

import filecmp
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

import cbor2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tap import Tap

PAGE = 4096
ID = "00112233445566778899aabbccddeeff" * 2
DEVELOPMENT_ID = b"kvm-cca development platform".ljust(32, b"\0")
IMAGES = ("monitor/monitor.bin", "rmm/rmm.bin")
# A make inside of make: without the outer one's flags, but it must not wait for the outer one's lock.
ENV = {**{k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES")},
       "MAKELEVEL": "1"}


def run(*words, cwd=None):
    """(status, output)"""
    done = subprocess.run(words, cwd=cwd, env=ENV, stdin=subprocess.DEVNULL, text=True, timeout=500,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def write_key(path, curve, form, password=None, public=False):
    key = ec.generate_private_key(curve)
    protection = (serialization.BestAvailableEncryption(password) if password
                  else serialization.NoEncryption())
    with open(path, "wb") as f:
        if public:
            f.write(key.public_key().public_bytes(serialization.Encoding.PEM,
                                                  serialization.PublicFormat.SubjectPublicKeyInfo))
        else:
            f.write(key.private_bytes(serialization.Encoding.PEM, form, protection))
    return path


def write_keys(folder):
    """Keys by what is wrong with them; "good" and "pkcs8" are good."""
    def path(name):
        return os.path.join(folder, name)

    sec1 = serialization.PrivateFormat.TraditionalOpenSSL
    pkcs8 = serialization.PrivateFormat.PKCS8
    with open(path("text"), "w", encoding="ascii") as f:
        f.write("no key\n")
    return {
        "good": write_key(path("good"), ec.SECP384R1(), sec1),
        "pkcs8": write_key(path("pkcs8"), ec.SECP384R1(), pkcs8),
        "of P-256": write_key(path("p256"), ec.SECP256R1(), sec1),
        "with a password": write_key(path("locked"), ec.SECP384R1(), pkcs8, b"secret"),
        "that is public": write_key(path("public"), ec.SECP384R1(), sec1, public=True),
        "that is none": path("text"),
        "that is not there": path("nowhere"),
    }


# ---- knobs ----

def knobs(*words):
    """What make says of knobs; nothing is built."""
    return run("make", "-n", "help", *words)


def check_refused(tap, what, text, *words):
    status, output = knobs(*words)
    tap.ok(status != 0 and text in output, f"{what} is refused", f"status {status}: {output}")


def check_knobs(tap, keys):
    good = f"PLATFORM_KEY={keys['good']}"
    for key in keys:
        if key not in ("good", "pkcs8"):
            check_refused(tap, f"a key {key}", "PLATFORM_KEY: ", f"PLATFORM_KEY={keys[key]}")
    check_refused(tap, "more than one key", "must be one file", f"PLATFORM_KEY={keys['good']} x")
    for wrong in ("12", ID.upper(), ID + "00", "development"):
        check_refused(tap, f"the implementation id {wrong}", "must be 64 hexadecimal", good,
                      f"IMPLEMENTATION_ID={wrong}")
    for wrong in ("3000", "0x3100", "0x0000", "0x7000", "0x30", "0x30000", ""):
        check_refused(tap, f"the lifecycle {wrong!r}", "LIFECYCLE=", good, f"LIFECYCLE={wrong}")
    check_refused(tap, "a name for a key of the build's own", "only with PLATFORM_KEY=",
                  f"IMPLEMENTATION_ID={ID}")
    check_refused(tap, "a secured development platform", "is not secured", "LIFECYCLE=0x3001")
    check_refused(tap, "the same with a key", "is not secured", good, "LIFECYCLE=0x3001")
    check_refused(tap, "a package with a given key", "give PLATFORM_KEY=", "deb", good)
    status, output = knobs(good, f"IMPLEMENTATION_ID={ID}", "LIFECYCLE=0x30ff")
    tap.ok(status == 0, "a key, a name and a lifecycle are taken", output)


# ---- reference values ----

def measurement(data):
    return hashlib.sha256(bytes(32) + hashlib.sha256(data).digest()).digest()


def read(path):
    with open(path, "rb") as f:
        return f.read()


def instance_id(pem):
    numbers = serialization.load_pem_public_key(pem).public_numbers()
    key = {1: 2, -1: 2, -2: numbers.x.to_bytes(48, "big"), -3: numbers.y.to_bytes(48, "big")}
    return b"\1" + hashlib.sha256(cbor2.dumps(key)).digest()


def measure(build, identity, folder, rmm=True):
    """(text, CoRIM) of reference values, by the tool of the build folder."""
    corim = os.path.join(folder, "corim")
    status, text = run(f"{build}/platform/measure-platform", f"{build}/{IMAGES[0]}", identity,
                       f"{build}/{IMAGES[1]}" if rmm else "none", corim)
    if status:
        sys.exit(f"measure-platform: {text}")
    return text, cbor2.loads(read(corim))


def parts(corim):
    """The triples of a CoRIM's one CoMID."""
    comid = cbor2.loads(corim.value[1][0].value)
    return comid[4]


def check_values(tap, build, folder, key):
    identity = os.path.join(folder, "identity")
    run("boot/identity", "write", key, ID, "0x3001", identity)
    text, corim = measure(build, identity, folder)
    reference, keys = parts(corim)[0], parts(corim)[3]
    monitor, rmm = (read(f"{build}/{name}") for name in IMAGES)
    want = [measurement(monitor + bytes(-len(monitor) % PAGE)), measurement(rmm)]
    values = reference[0][1]
    got = [m[1][2][0][1] for m in values if m[0] == "cca.software-component"]
    tap.ok(got == want, "the measurements are registers, extended once from zero", f"{got} {want}")
    tap.ok(all(digest.hex() in text for digest in want), "the text has them, too", text)
    tap.ok([m[1][11] for m in values if 11 in m[1]] == ["BL31/monitor", "RMM"], "their names",
           str(values))
    tap.ok(reference[0][0][0][0].value == bytes.fromhex(ID), "they are of the implementation id",
           str(reference))
    tap.ok(keys[0][0][1].value == instance_id(read(identity + ".pem")), "the key is of the instance id",
           str(keys))
    tap.ok(keys[0][1][0].value.encode() == read(identity + ".pem"), "and is the public one", str(keys))
    tap.ok("0x3001 (secured)" in text, "the text has the lifecycle", text)
    tap.ok(len([m for m in parts(measure(build, identity, folder, rmm=False)[1])[0][0][1]
                if m[0] == "cca.software-component"]) == 1, "without an RMM there is one component")
    return text


def check_key_independence(tap, build, folder, keys, text):
    """Other keys give other ids, and the same measurements."""
    identity = os.path.join(folder, "other")
    run("boot/identity", "write", keys["pkcs8"], "development", "0x1000", identity)
    page = read(identity)
    tap.ok(page[16:48] == DEVELOPMENT_ID, "a development platform is named so", page.hex())
    other = measure(build, identity, folder)[0]
    changing = r"^(implementation id|instance id|lifecycle) .*\n"
    tap.ok(re.findall(changing, text, re.MULTILINE) and re.sub(changing, "", other, flags=re.MULTILINE)
           == re.sub(changing, "", text, flags=re.MULTILINE), "measurements do not depend on the key",
           f"{text}\n{other}")
    private = ec_scalar(keys["pkcs8"])
    tap.ok(private in page and private not in read(f"{build}/{IMAGES[0]}"),
           "the key is in the identity, not in the monitor")
    tap.ok(os.stat(identity).st_mode & 0o77 == 0, "and only its owner can read it")


def ec_scalar(path):
    key = serialization.load_pem_private_key(read(path), None)
    return key.private_numbers().private_value.to_bytes(48, "big")


def check_reproducible(tap, build, fetch, folder, key):
    """The tree once more, elsewhere, in another build folder, with another key."""
    tree = os.path.join(folder, "tree")
    shutil.copytree(".", tree, symlinks=True,
                    ignore=lambda path, names: {".git", build.split("/")[0]} & set(names)
                    if path == "." else ())
    status, output = run("make", "BUILD=elsewhere", f"FETCH={os.path.abspath(fetch)}",
                         f"PLATFORM_KEY={key}", *(f"elsewhere/{name}" for name in IMAGES), cwd=tree)
    tap.ok(status == 0, "the tree builds elsewhere", output)
    for name in IMAGES:
        tap.ok(status == 0 and filecmp.cmp(f"{build}/{name}", f"{tree}/elsewhere/{name}", shallow=False),
               f"{name} is the same in another folder and with another key")


def main():
    build, fetch = sys.argv[1:]
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        keys = write_keys(folder)
        check_knobs(tap, keys)
        text = check_values(tap, build, folder, keys["good"])
        check_key_independence(tap, build, folder, keys, text)
        check_reproducible(tap, build, fetch, folder, keys["good"])
    return tap.end()


sys.exit(main())
