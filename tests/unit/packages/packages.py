# SPDX-License-Identifier: BSD-3-Clause
"""The Debian packages of `make deb`: what is in them, and that they come out the same twice.

Usage: packages.py BUILD RMM KERNEL_HEADERS. Run in the top folder of the tree. Prints TAP. With SOAK=1 in
the environment the module is built from its package as well, as DKMS would build it.
"""

import os
import re
import subprocess
import sys
import tempfile

from tap import Tap


def run(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)


def make(build, rmm, out, arches):
    """The packages by name, without version."""
    # lintian may be there or not: it looks at them in `make deb`.
    path = os.path.join(out, "bin")
    os.makedirs(path)
    with open(os.path.join(path, "lintian"), "w", encoding="ascii") as f:
        f.write("#!/bin/sh\n")
    os.chmod(os.path.join(path, "lintian"), 0o755)
    done = run("packages/make-debs", "--build", build, "--rmm", rmm, "--out", out, *arches,
               env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"})
    found = {re.sub(r"_[0-9.]+_", "_", name): os.path.join(out, name) for name in os.listdir(out)
             if name.endswith(".deb")}
    return done, found


def files(deb):
    """{path: mode and owner}"""
    lines = run("dpkg-deb", "-c", deb).stdout.splitlines()
    return {w[5].removeprefix("."): f"{w[0]} {w[1]}" for w in (line.split(None, 5) for line in lines)}


def check_contents(t, debs):
    program = "-rwxr-xr-x root/root"
    data = "-rw-r--r-- root/root"
    for name in ("kvm-cca-tools_arm64.deb", "kvm-cca-tools_amd64.deb"):
        has = files(debs[name])
        t.ok(has.get("/usr/bin/realm") == program, f"{name} has realm", str(has))
        t.ok(has.get("/usr/share/man/man1/realm.1.gz") == data, f"{name} has its man page", str(has))
        guest = has.get("/usr/bin/rsi-attest") == program
        t.ok(guest == ("arm64" in name), f"{name}: rsi-attest is where Realms are", str(has))
        rule = has.get("/usr/lib/udev/rules.d/60-kvm-cca.rules") == data
        t.ok(rule == ("arm64" in name), f"{name}: the device's rule is where the device is", str(has))
    has = files(debs["kvm-cca-dkms_all.deb"])
    source = next((f for f in has if f.endswith("/dkms.conf")), "/none/").removesuffix("dkms.conf")
    t.ok(all(f"{source}{f}" in has for f in ("Makefile", "host/Kbuild", "host/main.c", "abi/kvm_cca.h")),
         "kvm-cca-dkms has the module's sources", str(has))
    has = files(debs["kvm-cca-firmware_all.deb"])
    t.ok(all(has.get(f"/usr/lib/kvm-cca/{f}.bin") == data for f in ("flash", "monitor", "rmm")),
         "kvm-cca-firmware has monitor, RMM and flash image", str(has))


def check_scripts(t, debs):
    for name, deb in debs.items():
        with tempfile.TemporaryDirectory() as work:
            run("dpkg-deb", "-e", deb, work)
            bad = [f for f in os.listdir(work) if f in ("postinst", "prerm") and
                   ("@" in open(os.path.join(work, f), encoding="ascii").read() or
                    run("sh", "-n", os.path.join(work, f)).returncode)]
            t.ok(not bad, f"{name}: its scripts are shell, with the version in them", str(bad))


def check_dkms(t, deb, headers):
    with tempfile.TemporaryDirectory() as work:
        run("dpkg-deb", "-x", deb, work)
        parent = os.path.join(work, "usr/src")
        cross = "aarch64-linux-gnu-"
        done = run("make", "-C", os.path.join(parent, os.listdir(parent)[0]), f"CROSS={cross}", "ARCH=arm64",
                   f"CROSS_COMPILE={cross}", f"CC={cross}gcc", "CONFIG_DEBUG_INFO_BTF_MODULES=",
                   f"KERNEL={os.path.realpath(headers)}")
        t.ok(done.returncode == 0 and "kvm-cca.ko" in done.stdout, "the module builds from its package",
             done.stdout[-2000:])


def main():
    build, rmm, headers = sys.argv[1:]
    t = Tap()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        done, debs = make(build, rmm, one, ("arm64", "amd64"))
        t.ok(done.returncode == 0 and len(debs) == 4, "four packages", done.stdout)
        again = make(build, rmm, two, ("arm64", "amd64"))[1]
        for name, deb in debs.items():
            t.ok(run("cmp", deb, again[name]).returncode == 0, f"{name} is the same twice")
        check_contents(t, debs)
        check_scripts(t, debs)
        if os.environ.get("SOAK"):
            check_dkms(t, debs["kvm-cca-dkms_all.deb"], headers)
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
