# SPDX-License-Identifier: BSD-3-Clause
"""The bounds of the figures of make bench. They are written once, in the tables of
docs/performance.md: a table with a column "Name" and a column "At most" gives a bound to each of its
rows whose second cell starts with a number.
"""

import re

DOCUMENT = "docs/performance.md"
LINE = re.compile(r"^([a-z][a-z0-9_]*) ([0-9.]+) (\S+)$")
NAME = re.compile(r"`([a-z][a-z0-9_]*)`")
NUMBER = re.compile(r"^([0-9][0-9,]*(?:\.[0-9]+)?)(?: KiB)?$")


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def bounds(path=DOCUMENT):
    """{name: number} of all tables."""
    found, columns = {}, None
    with open(path, encoding="utf-8") as f:
        for line in f:
            if not line.startswith("|"):
                columns = None
                continue
            row = cells(line)
            if columns is None:
                columns = row
            if "Name" not in columns or "At most" not in columns or len(row) != len(columns):
                continue
            names = NAME.findall(row[columns.index("Name")])
            number = NUMBER.match(row[columns.index("At most")])
            if len(names) == 1 and number:
                found[names[0]] = float(number.group(1).replace(",", ""))
    return found


def too_large(name, value, limits):
    """What is wrong with a figure, or nothing."""
    if name in limits and float(value) > limits[name]:
        return f"{name} is {value}, more than the {limits[name]:,g} of {DOCUMENT}"
    return ""
