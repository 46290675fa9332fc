#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sums up an llvm-cov report by folder; fails when the RMM's portable code is below its bounds.

Usage: coverage.py REPORT
"""

import os
import sys

RMM = "rmm/"
LINES, BRANCHES = 95.0, 85.0  # per cent, for each folder of the RMM and for all of it


class Count:
    def __init__(self):
        self.lines = self.missed_lines = self.branches = self.missed_branches = 0

    def add(self, numbers):
        self.lines += numbers[0]
        self.missed_lines += numbers[1]
        self.branches += numbers[2]
        self.missed_branches += numbers[3]

    @staticmethod
    def percent(all_, missed):
        return 100.0 * (all_ - missed) / all_ if all_ else 100.0

    def line_percent(self):
        return self.percent(self.lines, self.missed_lines)

    def branch_percent(self):
        return self.percent(self.branches, self.missed_branches)

    def good(self):
        return self.line_percent() >= LINES and self.branch_percent() >= BRANCHES

    def show(self, name):
        print(f"{name:<26} lines {self.line_percent():6.2f} % of {self.lines:5}"
              f"   branches {self.branch_percent():6.2f} % of {self.branches:5}")


def read(report):
    """Folder -> Count. A file's line: name; regions, functions, lines, branches with 3 columns each."""
    folders = {}
    with open(report) as f:
        for line in f:
            words = line.split()
            if len(words) == 13 and words[0].endswith((".c", ".h")):
                numbers = [int(words[i]) for i in (7, 8, 10, 11)]
                folders.setdefault(os.path.dirname(words[0]), Count()).add(numbers)
    return folders


def main():
    folders = read(sys.argv[1])
    rmm, bad = Count(), []
    print("\ncoverage by folder")
    for name, count in sorted(folders.items()):
        if not count.lines:
            continue
        count.show(name)
        if name.startswith(RMM):
            rmm.add([count.lines, count.missed_lines, count.branches, count.missed_branches])
            if not count.good():
                bad.append(name)
    rmm.show("the RMM's portable code")
    if not rmm.lines or not rmm.good():
        bad.append("the RMM's portable code")
    for name in bad:
        print(f"coverage: {name}: below {LINES} % of lines or {BRANCHES} % of branches")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
