# SPDX-License-Identifier: BSD-3-Clause
"""The bounds of the figures of make bench. They are written once, in the tables of
docs/performance.md: a table with a column "Name" and a column "At most", "At least" or both gives bounds
to each of its rows that has a number there.
"""

import re

DOCUMENT = "docs/performance.md"
LINE = re.compile(r"^([a-z][a-z0-9_]*) ([0-9.]+) (\S+)$")
NAME = re.compile(r"`([a-z][a-z0-9_]*)`")
COLUMNS = ("At most", "At least")
NUMBER = re.compile(r"^([0-9][0-9,]*(?:\.[0-9]+)?)(?: KiB)?$")


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


class Bounds:
    """Of one figure; without a number there is none in that direction."""

    def __init__(self, row):
        self.most, self.least = (self.number(row.get(column, "")) for column in COLUMNS)

    @staticmethod
    def number(cell):
        match = NUMBER.match(cell)
        return float(match.group(1).replace(",", "")) if match else None

    def fault(self, value):
        """What is wrong with a value, or nothing."""
        if self.most is not None and float(value) > self.most:
            return f"more than the {self.most:,.12g}"
        if self.least is not None and float(value) < self.least:
            return f"less than the {self.least:,.12g}"
        return ""


def bounds(path=DOCUMENT):
    """{name: Bounds} of all tables."""
    found, columns = {}, None
    with open(path, encoding="utf-8") as f:
        for line in f:
            if not line.startswith("|"):
                columns = None
                continue
            row = cells(line)
            if columns is None:
                columns = row
            if "Name" not in columns or not set(COLUMNS) & set(columns) or len(row) != len(columns):
                continue
            row = dict(zip(columns, row))
            names, limit = NAME.findall(row["Name"]), Bounds(row)
            if len(names) == 1 and (limit.most, limit.least) != (None, None):
                found[names[0]] = limit
    return found


def fault(name, value, limits):
    """What is wrong with a figure, or nothing."""
    wrong = limits[name].fault(value) if name in limits else ""
    return f"{name} is {value}, {wrong} of {DOCUMENT}" if wrong else ""
