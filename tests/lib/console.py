# SPDX-License-Identifier: BSD-3-Clause
"""A machine in QEMU whose console a test reads and types on. Every wait has a deadline and ends as
soon as what it waits for is there. Used by tests/run and tests/system."""

import errno
import os
import pty
import re
import selectors
import signal
import subprocess
import time

PROMPT = rb"host# "
PANIC = re.compile(rb"Kernel panic|RMM panic", re.IGNORECASE)
FIRMWARE_PANIC = re.compile(r"monitor: (panic|cannot boot).*")


class Failure(Exception):
    """What was waited for did not come."""


class Machine:
    """boot/qemu with its console on pipes, or on a terminal; all output also goes to a log file."""

    def __init__(self, arguments, log, timeout=300, terminal=False):
        self.log = open(log, "wb")
        self.secure_log = dict(zip(arguments, arguments[1:])).get("--secure-log")
        self.seen = b""
        self.end = False
        command = ["boot/qemu", "--timeout", str(timeout)] + arguments
        if terminal:
            console, line = pty.openpty()
            self.process = subprocess.Popen(command, stdin=line, stdout=line, stderr=self.log)
            os.close(line)
            self.input = open(console, "wb", buffering=0)
            self.output = open(os.dup(console), "rb", buffering=0)
        else:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=self.log)
            self.input, self.output = self.process.stdin, self.process.stdout
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.output, selectors.EVENT_READ)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the machine if it still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        self.selector.close()
        self.input.close()
        self.output.close()
        self.log.close()

    def firmware_error(self):
        """What the monitor had to say of its own end, or None. After close()."""
        if not self.secure_log or not os.path.exists(self.secure_log):
            return None
        with open(self.secure_log, errors="replace") as f:
            match = FIRMWARE_PANIC.search(f.read())
        return match.group(0) if match else None

    def _read(self, deadline):
        """Takes what the console has; False when the time is over or the machine has ended."""
        if self.end or not self.selector.select(max(0, deadline - time.monotonic())):
            return False
        try:
            data = os.read(self.output.fileno(), 65536)
        except OSError as e:
            if e.errno != errno.EIO:  # a terminal nobody has open any more
                raise
            data = b""
        self.end = not data
        self.log.write(data)
        self.log.flush()
        self.seen += data.replace(b"\r", b"")
        return not self.end

    def _last(self):
        return self.seen[-400:].decode(errors="replace")

    def expect(self, pattern, timeout):
        """Waits for a regular expression (bytes); returns the match and forgets what is before."""
        deadline = time.monotonic() + timeout
        wanted = re.compile(pattern, re.MULTILINE)
        while True:
            match = wanted.search(self.seen)
            if match:
                self.seen = self.seen[match.end():]
                return match
            if PANIC.search(self.seen):
                raise Failure(f"the machine died: {self._last()}")
            if not self._read(deadline):
                why = "the machine ended" if self.end else f"not within {timeout} s"
                raise Failure(f"waiting for {pattern!r}: {why}; last: {self._last()}")

    def read_until_end(self, timeout, want_status=0):
        """Waits for the machine to end; returns all output not yet looked at."""
        deadline = time.monotonic() + timeout
        while self._read(deadline):
            pass
        if not self.end:
            raise Failure(f"still running after {timeout} s; last: {self._last()}")
        status = self.process.wait()
        if want_status is not None and status != want_status:
            raise Failure(f"QEMU ended with {status}, not {want_status}; last: {self._last()}")
        return self.seen

    def type(self, text):
        self.press(text + "\n")

    def press(self, keys):
        self.input.write(keys.encode())
        self.input.flush()


class Host(Machine):
    """The stock Debian host at its root shell."""

    def login(self, timeout=240):
        """Waits for the interactive shell, then makes it read plain lines without an echo."""
        self.expect(PROMPT, timeout)
        # A loop of read and eval keeps the line editor and its escape sequences out of the way. The
        # quotes in the word keep the echo of this line from looking like its result, before which there
        # may be a control sequence of the line editor's.
        self.type("stty -echo; echo rea''dy; while IFS= read -r line; do eval \"$line\"; done")
        self.expect(rb"ready\n", 60)

    def run(self, command, timeout=120):
        """Runs a shell command; returns (status, output)."""
        self.type(f'{{ {command}; }}; echo "@@$?@@"')
        match = self.expect(rb"(?s)\A(.*?)@@(\d+)@@\n", timeout)
        return int(match.group(2)), match.group(1).decode(errors="replace")

    def must(self, command, timeout=120):
        """Runs a command that has to succeed; returns its output."""
        status, output = self.run(command, timeout)
        if status != 0:
            raise Failure(f"{command!r} ended with {status}: {output[-300:]}")
        return output
