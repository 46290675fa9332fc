#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Finds references to files and sections that do not exist, in comments and documents.

	tests/lib/references.py FILE...

A reference is a path from the top of the tree (or from the folder of the file it stands in) with one of
the endings below, and for a document the number behind "section". A line that fails is printed as
FILE:LINE; the status is 1 if there was one.
"""

import os
import re
import sys

TOPS = sorted(name for name in os.listdir(".") if os.path.isdir(name) and name[0] != ".")
PATH = re.compile(r"(?<![\w./<>$*-])((?:\.\./)*(?:[\w.-]+/)*[\w.-]+\.(?:c|h|S|md|py|mk|inc|lds?|1))\b"
                  r"(?![\w/*-])((?:`|,)? sections? (\d+)(?:(?:,| and) (\d+))?)?")
HEADING = re.compile(r"^#+ (\d+)\.", re.MULTILINE)


def sections(path):
    with open(path, encoding="utf-8") as f:
        return set(HEADING.findall(f.read()))


def is_meant_for_tree(path):
    """A path into one of the tree's folders, or a document by its bare name."""
    return path.split("/")[0] in TOPS


def find(name, path):
    """Where a file refers to: from the top, or beside itself."""
    for candidate in (path, os.path.join(os.path.dirname(name), path)):
        if os.path.isfile(candidate):
            return candidate
    return None


def check_line(name, line):
    for match in PATH.finditer(line):
        path, numbers = match.group(1), [n for n in match.groups()[2:] if n]
        target = find(name, path)
        if not target:
            if is_meant_for_tree(path) or (name.endswith(".md") and path.endswith(".md")):
                yield f"no file {path}"
        elif path.endswith(".md"):
            for number in numbers:
                if number not in sections(target):
                    yield f"{path} has no section {number}"


def main():
    bad = 0
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                for what in check_line(name, line):
                    print(f"{name}:{number}: {what}")
                    bad += 1
    return 1 if bad else 0


sys.exit(main())
