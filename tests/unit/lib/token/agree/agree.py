# SPDX-License-Identifier: BSD-3-Clause
"""`realm verify` as a whole, and a second opinion: it is given tokens that python3-cbor2 and
python3-cryptography made, and must find what these two find in the same bytes.

Usage: agree.py REALM. Prints TAP.
"""

import json
import os
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import corims
import oracle
import recipes
from tap import Tap

# What the command's status says, by the rule that failed first.
STATUS = {"platform signature": 13, "realm signature": 13, "binding": 14, "challenge": 15,
          "lifecycle": 16}


class Command:
    """Runs the command."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def run(self, *words, stdin=b""):
        return subprocess.run([self.program, "verify", *words], input=stdin, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def words(self, key, policy, challenge):
        """The options that say what is trusted."""
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return ("--key", self.write("key", pem),
                "--policy", self.write("policy", json.dumps(policy).encode()),
                "--challenge", challenge.hex())

    def verify(self, token, key, policy, challenge):
        """Status and JSON."""
        done = self.run(self.write("token", token), "--json", *self.words(key, policy, challenge))
        if done.returncode not in (0, *range(10, 19)):
            raise RuntimeError(f"status {done.returncode}: {done.stderr.decode()}")
        return done.returncode, json.loads(done.stdout)


def outcomes(report):
    """The rules that need no policy, as the oracle names them."""
    return {rule["rule"]: rule["outcome"] == "ok" for rule in report["rules"]
            if rule["rule"] in STATUS}


def agrees(command, token, key, policy, challenge):
    """None, or where the command and the oracle differ."""
    status, report = command.verify(token, key, policy, challenge)
    opinion = oracle.Token(token)
    want = opinion.outcomes([key.public_key()], challenge)
    failed = [name for name, good in want.items() if not good]
    if outcomes(report) != want:
        return f"rules {outcomes(report)}, the oracle has {want}"
    if status != (STATUS[failed[0]] if failed else 0) or report["status"] != status:
        return f"status {status}, failed by the oracle: {failed}\n{json.dumps(report, indent=1)}"
    for part, claims in opinion.claims().items():
        for name, value in claims.items():
            if name == "software-components":
                pairs = zip(value, report["claims"][part][name], strict=True)
                good = all(mine.items() <= theirs.items() for mine, theirs in pairs)
            else:
                good = report["claims"][part].get(name) == value
            if not good:
                return f"{part} {name}: {report['claims'][part].get(name)}, the oracle has {value}"
    return None


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


# Edits of a recipe after which one rule fails.
def other_binding(recipe):
    recipe.platform[2408 if 2408 in recipe.platform else 10] = recipe.digest(b"another", recipe.bind)


def other_realm_key(recipe):
    recipe.realm_key = recipes.new_key(recipe.realm_alg)


def other_platform_key(recipe):
    """Signed with a key that is not the one that is trusted."""
    trusted, recipe.key = recipe.key, recipes.new_key(recipe.alg)
    return trusted


def other_challenge(recipe):
    recipe.realm[10] = flip(recipe.challenge, 63)


def not_secured(recipe):
    recipe.platform[2395] = 0x4001


EDITS = {"another binding": other_binding, "another Realm key": other_realm_key,
         "another platform key": other_platform_key, "another challenge": other_challenge,
         "a lifecycle that is not secured": not_secured}


def cases():
    for pair in recipes.PAIRS:
        for tag in (399, 907):
            yield f"{pair}, tag {tag}", recipes.Recipe(pair, tag=tag), None
    for alg in recipes.ALGORITHMS:
        for name in recipes.HASHES:
            yield f"{alg}, {name}", recipes.Recipe("2023", alg, alg, name, name), None
    for name, edit in EDITS.items():
        for pair in ("ssd", "mixed", "2026"):
            yield f"{pair}, {name}", recipes.Recipe(pair), edit


def check_statuses(tap, command):
    """The command's last line and its status, for what the oracle has no opinion on."""
    recipe = recipes.Recipe("2024")
    token, policy = recipe.build(), recipe.policy()
    words = command.words(recipe.key, policy, recipe.challenge)

    def expect(text, status, last, *arguments, stdin=token):
        done = command.run(*arguments, stdin=stdin)
        lines = (done.stdout + done.stderr).decode().splitlines() or [""]
        tap.ok(done.returncode == status and last in lines[-1], text,
               f"status {done.returncode}, {lines[-1]}")

    expect("a token from standard input", 0, "verified", "-", *words)
    expect("a file that is not there", 1, "No such file", command.folder + "/none", *words)
    expect("a policy that is none", 1, "--policy", "-", "--policy", command.write("wrong", b"[]"))
    expect("wrong arguments", 2, "--mode", "-", "--mode")
    expect("a malformed token", 10, "not verified: malformed", "-", *words, stdin=token + b"\0")
    expect("no token at all", 10, "not verified: malformed", "-", *words, stdin=b"")
    expect("no key", 12, "not verified: key", "-", *words[2:])
    expect("no challenge", 15, "not verified: challenge (1 rule failed)", "-", *words[:4])
    expect("no policy", 18, "not verified: policy", "-", *words[:2], *words[4:])
    proposed = command.run("-", "--print-policy", stdin=token)
    path = command.write("proposed", proposed.stdout)
    expect("the policy that the command prints", 0, "verified", "-", *words[:2], "--policy", path,
           *words[4:])
    recipe.platform[265] = "tag:example.com,2026:platform"
    expect("an unknown profile", 11, "not verified: profile", "-", *words, stdin=recipe.build())
    recipe = recipes.Recipe("mixed")
    recipe.platform[2396] = b"kvm-cca development platform".ljust(32, b"\0")
    words = command.words(recipe.key, recipe.policy(), recipe.challenge)
    token = recipe.build()
    expect("a development key", 17, "not verified: development", "-", *words, stdin=token)
    expect("a development key that is allowed", 0, "verified, but only with --allow-development",
           "-", "--allow-development", *words, stdin=token)


def check_terminal(tap, command):
    """A hostile token's texts do not reach the terminal as they are, and make no lines."""
    recipe = recipes.Recipe("2024")
    text = "\x1b[2J\x9b2J\nverified\nok      lie: all is well\n"
    recipe.platform.update({2400: text, 2404: [{text: text, (text,): 1}], 2406: [text]})
    recipe.platform[2399][0].update({1: text, 4: text})
    for options in [], ["--json"], ["--print-policy"]:
        done = command.run("-", *options, stdin=recipe.build())
        bad = [c for c in done.stdout if c != 10 and not 32 <= c < 127]
        lines = done.stdout.decode(errors="replace").splitlines()
        tap.ok(not bad and not any(line.startswith(("verified", "ok      lie")) for line in lines),
               f"no escapes and no lines of the token's {' '.join(options)}", repr(done.stdout))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        command = Command(sys.argv[1], folder)
        for name, recipe, edit in cases():
            policy = recipe.policy()
            key = recipe.key
            if edit:
                key = edit(recipe) or key
            if edit is not_secured:
                del policy["platform"]["lifecycle"]
            try:
                why = agrees(command, recipe.build(), key, policy, recipe.challenge)
            except (RuntimeError, ValueError) as e:
                why = str(e)
            tap.ok(why is None, name, why)
        check_statuses(tap, command)
        check_terminal(tap, command)
        corims.check(tap, command)
    return tap.end()


sys.exit(main())
