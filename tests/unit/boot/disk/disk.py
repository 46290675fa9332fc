# SPDX-License-Identifier: BSD-3-Clause
"""boot/make-disk, with an apt of three packages and a machine that does nothing: what is made when, and that
trees which share a cache leave each other's images alone. Then the order in which boot/qemu has disks.

Run in the top folder of the tree. Prints TAP.
"""

import fcntl
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Tap

APT = """#!/bin/sh
case "$*" in
*indextargets*) echo "bookworm http://archive.example/debian" ;;
*--print-uris*) cd "$DEBS" && for f in *.deb; do echo "'http://archive.example/$f' $f 1 SHA256:$(sha256sum <$f)"; done ;;
*--download-only*) cp "$DEBS"/*.deb "$XDG_CACHE_HOME/kvm-cca/apt-disk/cache/archives/" ;;
esac
"""
INITRAMFS = '#!/bin/sh\n: >"$2"\n'
MACHINE = '#!/bin/sh\necho run >>"$MACHINE_LOG"\nexit "${MACHINE_STATUS:-0}"\n'


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, mode)


def package(debs, name, files):
    """Leaves NAME_1_all.deb in the folder."""
    with tempfile.TemporaryDirectory() as root:
        write(f"{root}/DEBIAN/control", f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: none\n"
              "Description: none\n")
        for path, text in files.items():
            write(f"{root}/{path}", text)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", root, f"{debs}/{name}_1_all.deb"],
                       stdout=subprocess.DEVNULL, check=True)


class World:
    def __init__(self, root):
        self.root, self.cache, self.log = root, f"{root}/cache/kvm-cca", f"{root}/machine.log"
        self.debs = f"{root}/debs"
        write(f"{root}/bin/apt-get", APT, 0o755)
        write(f"{root}/bin/id", "#!/bin/sh\necho 0\n", 0o755)
        write(self.log, "")
        os.makedirs(self.debs)
        package(self.debs, "base-files", {"etc/debian_version": "13\n"})
        package(self.debs, "base-passwd", {"usr/share/base-passwd/passwd.master": "root:*:0:0:::\n",
                                           "usr/share/base-passwd/group.master": "root:*:0:\n"})
        package(self.debs, "tool", {"usr/bin/tool": "old"})

    def tree(self, name, more=""):
        """A tree whose disk differs from other trees' by `more`."""
        top = f"{self.root}/{name}"
        shutil.copytree("boot", f"{top}/boot", symlinks=True)
        write(f"{top}/boot/qemu", MACHINE, 0o755)
        write(f"{top}/boot/initramfs", INITRAMFS, 0o755)
        write(f"{top}/boot/disk/small.conf", f"SUITES=(trixie)\nPACKAGES=(tool)\nSIZE=16M\n{more}\n")
        write(f"{top}/boot/disk/small/etc/own", "", 0o600)
        return top

    def make(self, top, *words, status=0):
        """What it prints, and how often the machine has run for it."""
        before = len(self.runs())
        env = {**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}", "DEBS": self.debs,
               "XDG_CACHE_HOME": f"{self.root}/cache", "MACHINE_LOG": self.log, "MACHINE_STATUS": str(status)}
        done = subprocess.run([f"{top}/boot/make-disk", *words, "small", "fetch", f"{top}/build/disk"],
                              env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              umask=0o077, timeout=120)
        return done, len(self.runs()) - before

    def runs(self):
        with open(self.log, encoding="ascii") as f:
            return f.readlines()

    def images(self):
        return sorted(glob.glob(f"{self.cache}/disks/small-*[0-9a-f]"))


def has(image, path, what="Inode:"):
    return what in subprocess.run(["/sbin/debugfs", "-R", f"stat {path}", image], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, check=True).stdout


def image_of(top):
    return os.path.realpath(f"{top}/build/disk")


def check_failure(t, world, a):
    done, runs = world.make(a, status=1)
    t.ok(done.returncode and runs == 1 and not world.images() and not os.path.lexists(f"{a}/build/disk"),
         "scripts of packages that fail: an error, and no image", done.stdout)


def check_first(t, world, a):
    leftover = f"{world.cache}/apt-disk/cache/archives"
    package(leftover, "leftover", {"usr/bin/leftover": ""})
    with open(f"{world.cache}/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done, runs = world.make(a)
    t.ok(done.returncode == 0 and runs == 1, "an image is made while somebody fetches", done.stdout)
    t.ok(has(image_of(a), "/usr/bin/tool") and has(image_of(a), "/etc/passwd"), "it has the packages' files")
    t.ok(has(image_of(a), "/etc/own", "Mode:  0644") and has(image_of(a), "/etc/hostname", "Mode:  0644"),
         "everybody there can read the tree's own files, whatever modes they have here")
    t.ok(not has(image_of(a), "/usr/bin/leftover"), "it has nothing of what an interrupted run had fetched")
    t.ok(not os.access(image_of(a), os.W_OK) or os.geteuid() == 0, "nobody may write to it")
    done, runs = world.make(a)
    t.ok(done.returncode == 0 and runs == 0 and done.stdout == "", "it is made once", done.stdout)


def check_two_trees(t, world, a, b):
    world.make(b)
    t.ok(image_of(a) != image_of(b) and world.images() == sorted([image_of(a), image_of(b)]),
         "a tree whose disk is another makes its own, and leaves the first one's", str(world.images()))
    _, runs = world.make(a)
    _, more = world.make(b)
    t.ok(runs == 0 and more == 0, "both use the cache in turns")
    keeps = image_of(b)
    shutil.rmtree(a)
    world.make(b)
    t.ok(world.images() == [keeps], "an image that no build folder links to is removed", str(world.images()))


def check_update(t, world, b):
    _, runs = world.make(b, "--update")
    t.ok(runs == 0, "an update that finds nothing newer makes nothing")
    package(world.debs, "tool", {"usr/bin/tool": "new", "usr/bin/more": ""})
    _, runs = world.make(b)
    t.ok(runs == 0, "without an update newer packages are not looked for")
    done, runs = world.make(b, "--update")
    t.ok(runs == 1 and has(image_of(b), "/usr/bin/more"), "an update that finds newer packages makes an image",
         done.stdout)


def check_machine(t, world):
    first, second = f"{world.debs}/tool_1_all.deb", f"{world.debs}/base-files_1_all.deb"
    line = subprocess.run(["boot/qemu", "--no-rme", "--disk", first, "--disk", second, "--print"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    t.ok(re.findall("-drive file=([^,]*).*?drive=([^,]*)", line) == [(first, "disk0"), (second, "disk1")],
         "a machine has its disks in the order they are named", line)


def main():
    t = Tap()
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as root:
        world = World(root)
        a, b = world.tree("a"), world.tree("b", "# another")
        check_failure(t, world, a)
        check_first(t, world, a)
        check_two_trees(t, world, a, b)
        check_update(t, world, b)
        check_machine(t, world)
    return t.end()


sys.exit(main())
