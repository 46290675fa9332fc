# SPDX-License-Identifier: BSD-3-Clause
"""What a native test program in Python says, in TAP: one line for each check."""

import sys


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, text, detail=""):
        """One check. Why it failed goes to standard error, where tests/run keeps it."""
        self.count += 1
        self.failed += not good
        print(f"{'' if good else 'not '}ok {self.count} - {text}")
        if not good:
            print(detail, file=sys.stderr)

    def end(self):
        """The plan, which says that the program came to its end; the status to exit with."""
        print(f"1..{self.count}")
        return self.failed != 0
