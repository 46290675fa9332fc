# SPDX-License-Identifier: BSD-3-Clause
"""`realm keyserver` as a whole: who gets a secret, what each refusal says, and what hostile connections
can do to others. Tokens and the client are made by Debian's Python libraries.

Usage: serve.py REALM RSI-ATTEST. Prints TAP.
"""

import base64
import copy
import hashlib
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import client
import recipes
from tap import Tap

SECRET = b"\x00a secret of 32 bytes, more or less\xff"
PATH = "demo/disk/key"
DEADLINE = 3  # seconds
PATIENCE = 300


def variant(recipe):
    """One that can be changed without the other."""
    copied = copy.copy(recipe)
    copied.platform, copied.realm = dict(recipe.platform), dict(recipe.realm)
    return copied


class Server:
    """The command; files are its key and its policy."""

    def __init__(self, program, folder, files, *options):
        for name, data in {"secret": SECRET, **files}.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        self.lines = []
        self.process = subprocess.Popen(
            [program, "keyserver", "--key", f"{folder}/key", "--policy", f"{folder}/policy",
             "--secret", f"{PATH}={folder}/secret", "--listen", "127.0.0.1:0", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline().strip()
        self.port = int(first.rsplit(":", 1)[1])
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def said(self, text):
        """Whether the log gets a line with the text."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if any(text in line for line in list(self.lines)):
                return True
            time.sleep(0.01)
        return False

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        self.process.terminate()
        return self.process.wait(PATIENCE)


# ---- one client ----

def check_good(tap, server, recipe):
    one = client.Client(server.port)
    tap.ok(one.secret(recipe, PATH) == SECRET, "a verified Realm gets the secret",
           "\n".join(server.lines))
    tap.ok(server.said(f"verified: RIM {recipe.realm[44238].hex()}") and
           server.said(f"released: {PATH}"), "the log says to whom", "\n".join(server.lines))
    status, answer = one.get(PATH)
    header = client.unb64url(answer["protected"]).decode()
    again = json.loads(header)
    tap.ok(list(answer) == ["protected", "encrypted_key", "iv", "ciphertext", "tag"] and
           list(again) == ["alg", "enc", "epk"] and list(again["epk"]) == ["crv", "kty", "x", "y"] and
           json.dumps(again, separators=(",", ":")) == header,
           "the protected header is as clients write it anew", header)
    tap.ok(one.get("demo/disk/other")[0] == 401, "a secret that is not there is refused")
    other = client.Client(server.port)
    other.cookie, other.nonce, other.jwk = one.cookie, one.nonce, client.jwk_of(other.key)
    status, answer = other.attest(b"x")
    tap.ok(status == 200 and answer["token"].count(".") == 2,
           "a second token of the session is not looked at", str(answer))
    sealed = other.get(PATH)[1]
    tap.ok(client.open_jwe(sealed, one.key) == SECRET, "and does not change for whom the secret is")


def check_replays(tap, server, recipe):
    old = client.Client(server.port)
    old.auth()
    token = old.token(recipe)
    body = old.evidence(token)
    old.attest(token)
    new = client.Client(server.port)
    new.auth()
    status, _ = new.attest(token)
    tap.ok(status == 401 and server.said("refused: challenge: "), "a replayed token is refused",
           "\n".join(server.lines))
    status, answer = new.ask("POST", "/kbs/v0/attest", body)
    tap.ok(status == 401 and "nonce" in answer["detail"], "and so is a replayed request", str(answer))
    tap.ok(new.get(PATH)[0] == 401, "neither gets a secret")
    thief = client.Client(server.port)
    thief.auth()
    token = thief.token(recipe)
    thief.jwk = client.jwk_of(new.key)
    status, answer = thief.attest(token)
    tap.ok(status == 401 and "challenge" in answer["detail"], "a token for another key is refused",
           str(answer))


def check_verdicts(tap, server, recipe):
    """A changed token; the line that the log must say, and the verdict that the client is told."""
    def realm(key, value):
        return lambda r: r.realm.__setitem__(key, value)

    def platform(key, value):
        return lambda r: r.platform.__setitem__(key, value)

    def other_key(r):
        r.key = recipes.new_key("ES384")

    def other_rak(r):
        r.realm_key = recipes.new_key("ES384")

    cases = [("another RIM", realm(44238, b"\1" * 32), "refused: realm rim: ", "policy"),
             ("another REM", realm(44239, [b"\1" * 32] * 4), "refused: realm rem2: ", "policy"),
             ("another platform configuration", platform(2401, b"x"), "refused: platform config: ",
              "policy"),
             ("a lifecycle that is not secured", platform(2395, 0x1000), "refused: lifecycle: ",
              "lifecycle"),
             ("another platform key", other_key, "refused: platform signature: ", "signature"),
             ("another Realm key", other_rak, "refused: realm signature: ", "signature")]
    for name, change, line, verdict in cases:
        changed = variant(recipe)
        change(changed)
        one = client.Client(server.port)
        one.auth()
        status, answer = one.attest(one.token(changed))
        tap.ok(status == 401 and server.said(line) and
               answer["detail"].startswith(f"not verified: {verdict}"), f"{name} is refused",
               f"{answer}\n" + "\n".join(server.lines[-12:]))
    one = client.Client(server.port)
    one.auth()
    status, answer = one.attest(one.token(recipe)[:-1])
    tap.ok(status == 401 and answer["detail"].startswith("token: offset "), "half a token is refused",
           str(answer))


def check_requests(tap, server, recipe):
    """What is wrong with a request that is well-formed HTTP."""
    def changed(change):
        one = client.Client(server.port)
        one.auth()
        body = one.evidence(one.token(recipe))
        change(one, body)
        return one.ask("POST", "/kbs/v0/attest", body)

    def set_jwk(**members):
        return lambda one, body: body["runtime-data"]["tee-pubkey"].update(members)

    p384 = client.jwk_of(ec.generate_private_key(ec.SECP384R1()), crv="P-384")
    x = client.Client(server.port).jwk["x"]
    attests = [
        ("no session", lambda one, body: setattr(one, "cookie", None), "no session"),
        ("a session of the client's own", lambda one, body: setattr(one, "cookie", "0" * 32), "too old"),
        ("a session that was not given out", lambda one, body: setattr(one, "cookie", "f" * 32),
         "nonce"),
        ("another nonce", lambda one, body: body["runtime-data"].update(
            nonce=base64.b64encode(bytes(32)).decode()), "nonce"),
        ("a nonce that is no text", lambda one, body: body["runtime-data"].update(nonce=1), "nonce"),
        ("a key on P-384", lambda one, body: body["runtime-data"].update({"tee-pubkey": p384}), "crv"),
        ("another algorithm", set_jwk(alg="ECDH-ES"), "alg"),
        ("a point that is not on the curve", set_jwk(y=x), "curve"),
        ("a coordinate with padding", set_jwk(x=x + "="), "coordinate"),
        ("a key with one member more", set_jwk(kid="1"), "further"),
        ("no key", lambda one, body: body["runtime-data"].pop("tee-pubkey"), "alg"),
        ("a number that is no byte",
         lambda one, body: body["tee-evidence"]["primary_evidence"]["token"].append(256), "no token"),
        ("no token", lambda one, body: body["tee-evidence"]["primary_evidence"].clear(), "no token"),
        ("a token of 33 KiB", lambda one, body: body["tee-evidence"]["primary_evidence"].update(
            token=[1] * 33792), "no token"),
        ("more evidence", lambda one, body: body["tee-evidence"].update(additional_evidence="{}"),
         "additional"),
    ]
    for name, change, why in attests:
        status, answer = changed(change)
        tap.ok(status == 401 and why in answer["detail"], f"{name} is refused", str(answer))
    one = client.Client(server.port)
    tap.ok(one.auth(version="0.1.1")[0] == 401 and one.nonce is None, "another version is refused")
    tap.ok(one.auth(tee="tdx")[0] == 401, "another kind of machine is refused")
    for raw in (b"", b"[]", b'{"version":"0.4.0","version":"0.4.0"}', b"{}x", b"\xff" * 9, b"[" * 99999):
        status, answer = one.ask("POST", "/kbs/v0/auth", raw=raw)
        tap.ok(status == 401, f"a body that begins with {raw[:12]!r} is refused", str(answer))
    tap.ok(one.ask("GET", "/kbs/v0/policy")[0] == 404 and
           one.ask("POST", "/kbs/v0/x", body={})[0] == 404, "a path that is not there is not found")
    tap.ok(one.get("a/b")[0] == 401 and one.get("a/b/c/../d")[0] == 401,
           "nothing is given without a verified token")


def realm_corim(recipe, seconds):
    """Reference values of the Realm that end so many seconds from now."""
    def digest(value):
        return {2: [["sha-256", value]]}

    measurements = [{0: "cca.rim", 1: digest(recipe.realm[44238])}]
    triple = [{0: {0: cbor2.CBORTag(560, recipe.realm[44238])}}, measurements]
    comid = cbor2.dumps({1: {0: "realm"}, 4: {0: [triple]}})
    return cbor2.dumps(cbor2.CBORTag(501, {
        0: "id", 1: [cbor2.CBORTag(506, comid)],
        3: cbor2.CBORTag(32, "tag:arm.com,2025:cca_realm#1.0.0"),
        4: {1: cbor2.CBORTag(1, int(time.time()) + seconds)}}))


def check_validity(tap, program, recipe):
    """Reference values that end while the server runs."""
    policy = recipe.policy()
    with tempfile.TemporaryDirectory() as folder:
        pem = recipe.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        end = time.time() + 4
        server = Server(program, folder, {"key": pem, "policy": json.dumps(policy).encode(),
                                          "corim": realm_corim(recipe, 4)},
                        "--policy", f"{folder}/corim")
        before = client.Client(server.port).secret(recipe, PATH)
        late = time.time() >= end
        while time.time() < end + 1:
            time.sleep(0.1)
        one = client.Client(server.port)
        one.auth()
        status, answer = one.attest(one.token(recipe))
        server.stop()
    tap.ok(before == SECRET or late, "reference values count until their end", str(server.lines))
    tap.ok(status == 401 and "no longer valid" in answer["detail"], "and not beyond it", str(answer))


def talk(port, data, end=False):
    """What comes back for bytes on a connection of their own, of which the client may end its side."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as s:
        s.sendall(data)
        if end:
            s.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            try:
                piece = s.recv(4096)
            except ConnectionResetError:
                return got
            if not piece:
                return got
            got += piece


def check_end(tap, program, files):
    """A server that crashes, with all that a core dump needs."""
    environment = dict(os.environ, ASAN_OPTIONS="disable_coredump=0")
    with tempfile.TemporaryDirectory() as folder:
        for name, data in {"secret": SECRET, **files}.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        process = subprocess.Popen(
            [os.path.abspath(program), "keyserver", "--key", "key", "--policy", "policy", "--secret",
             f"{PATH}=secret", "--listen", "127.0.0.1:0"], cwd=folder, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_CORE, [resource.getrlimit(resource.RLIMIT_CORE)[1]] * 2))
        process.stdout.readline()
        process.send_signal(signal.SIGQUIT)
        status = os.waitpid(process.pid, 0)[1]
        process.stdout.close()
    tap.ok(os.WIFSIGNALED(status) and not os.WCOREDUMP(status), "its secrets are in no core dump",
           f"status {status}")


def check_vsock(tap, program, files):
    """Listening alone: a machine need not have a way to itself through AF_VSOCK."""
    try:
        with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as s:
            s.bind((socket.VMADDR_CID_ANY, socket.VMADDR_PORT_ANY))
            port = s.getsockname()[1]
    except OSError as e:
        tap.ok(True, f"a port of AF_VSOCK # SKIP {e.strerror}")
        return
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, folder, files, "--vsock", str(port))
        said = server.said(f"keyserver: listening on vsock port {port}")
        other = subprocess.run(
            [program, "keyserver", "--key", f"{folder}/key", "--policy", f"{folder}/policy", "--secret",
             f"{PATH}={folder}/secret", "--vsock", str(port)], stdin=subprocess.DEVNULL, timeout=PATIENCE,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        server.stop()
    tap.ok(said and other.returncode == 1 and
           f"vsock port {port}: Address already in use" in other.stderr, "a port of AF_VSOCK is had once",
           f"{said} {other.returncode} {other.stderr}")


def check_http(tap, server):
    length = b"Content-Length: 2\r\n"
    cases = [
        (b"GET / HTTP/1.0\r\n\r\n", 505), (b"PUT / HTTP/1.1\r\n\r\n", 405),
        (b"GET x HTTP/1.1\r\n\r\n", 400), (b"GET /\r\n\r\n", 400), (b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400), (b"GET / HTTP/1.1\r\na b: c\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\n" + length + length + b"\r\n{}", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 131073\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (b"GET /" + b"a" * 300 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 65 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\na: " + b"b" * 9000, 431),
        (b"GET / HTTP/1.1\r\nCookie: kbs-session-id=1\r\n\r\n", 400),
    ]
    for data, status in cases:
        answer = talk(server.port, data)
        tap.ok(answer.startswith(b"HTTP/1.1 %d " % status), f"{data[:48]!r} is answered with {status}",
               repr(answer[:200]))
    two = b"GET /x HTTP/1.1\r\n\r\n"
    answer = talk(server.port, 2 * two + b"GET /x HTTP/1.1\r\nConnection: close\r\n\r\n")
    tap.ok(answer.count(b"HTTP/1.1 404 ") == 3, "requests may follow each other on one connection",
           repr(answer))
    answer = talk(server.port, 2 * two + two[:-1], end=True)
    tap.ok(answer.count(b"HTTP/1.1 404 ") == 2, "a client that has said all is still answered", repr(answer))
    answer = talk(server.port, 100 * two)
    tap.ok(answer.count(b"HTTP/1.1 404 ") == 32, "but only so many", str(answer.count(b"HTTP/1.1 404 ")))


# ---- rsi-attest ----

def maker_pem():
    """The platform key of the tokens that the native rsi-attest has (tests/unit/lib/token/maker.c)."""
    order = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973
    d = int.from_bytes(hashlib.sha512((1).to_bytes(4, "little")).digest(), "big") % order
    return ec.derive_private_key(d, ec.SECP384R1()).public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def check_rsi_attest(tap, program, attest):
    def run(*words):
        return subprocess.run([attest, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=PATIENCE)

    challenge = "ab" * 64
    raw = run("token", "--challenge", challenge, "--format", "raw").stdout
    tap.ok(bytes.fromhex(challenge) in raw, "rsi-attest token: over the challenge that was given")
    tap.ok(run("token", "--challenge", challenge).stdout.strip() == raw.hex().encode() and
           base64.b64decode(run("token", "--challenge", challenge, "--format", "base64").stdout) == raw,
           "the same in three forms")
    with tempfile.TemporaryDirectory() as folder:
        policy = subprocess.run([program, "verify", "-", "--print-policy"], input=raw, timeout=PATIENCE,
                                stdout=subprocess.PIPE, check=True).stdout
        server = Server(program, folder, {"key": maker_pem(), "policy": policy})
        address = f"127.0.0.1:{server.port}"
        got = run("get-secret", "--server", address, PATH)
        tap.ok(got.returncode == 0 and got.stdout == SECRET, "rsi-attest get-secret: the secret",
               got.stderr.decode())
        path = os.path.join(folder, "out")
        got = run("get-secret", "--server", address, "--out", path, PATH)
        with open(path, "rb") as f:
            tap.ok(f.read() == SECRET and os.stat(path).st_mode & 0o777 == 0o600,
                   "in a file that its owner alone can read")
        got = run("get-secret", "--server", address, "demo/disk/other")
        tap.ok(got.returncode == 1 and b"there is no such secret" in got.stderr,
               "a refusal is said in the server's words", got.stderr.decode())
        server.stop()
        policy = json.loads(policy)
        policy["realm"]["rim"] = "00" * 32
        server = Server(program, folder, {"key": maker_pem(), "policy": json.dumps(policy).encode()})
        got = run("get-secret", "--server", f"127.0.0.1:{server.port}", PATH)
        tap.ok(got.returncode == 1 and b"not verified: policy: realm rim" in got.stderr and
               server.said("refused: realm rim: "), "a Realm with another RIM is told so",
               got.stderr.decode())
        server.stop()
        got = run("get-secret", "--server", f"127.0.0.1:{server.port}", PATH)
        tap.ok(got.returncode == 1 and b"Connection refused" in got.stderr, "a server that is not there",
               got.stderr.decode())
    got = run("extend", "0", "00ff", "--root", "/nowhere")
    tap.ok(got.returncode == 1 and b"no way to extend" in got.stderr, "rsi-attest extend: says why not",
           got.stderr.decode())
    got = run("info", "--root", "/nowhere")
    tap.ok(got.returncode == 1 and got.stdout == b"no Realm\n", "rsi-attest info: no Realm here")
    for words in ((), ("token", "x"), ("extend", "4", "00"), ("get-secret", "a/b/c"), ("what",)):
        tap.ok(run(*words).returncode == 2, f"rsi-attest {' '.join(words)}: wrong use")


def ask_false_server(attest, answer):
    """What rsi-attest says to a server that gives this answer, or has this function give it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [attest, "get-secret", "--deadline", "2", "--server",
                   f"127.0.0.1:{listener.getsockname()[1]}", PATH]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        connection = listener.accept()[0]
        with connection:
            connection.recv(65536)
            try:
                if callable(answer):
                    answer(connection, process)
                else:
                    connection.sendall(answer)
            except ConnectionError:
                pass
            text = process.communicate(timeout=PATIENCE)[1]
    return process.returncode, text


def check_false_servers(tap, attest):
    def answer(text, status="200 OK", fields=""):
        cookie = "Set-Cookie: kbs-session-id=" + 32 * "a"
        return f"HTTP/1.1 {status}\r\n{cookie}\r\n{fields}Content-Length: {len(text)}\r\n\r\n{text}".encode()

    def trickle(connection, process):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while process.poll() is None:
            connection.sendall(b"x")
            time.sleep(0.1)

    cases = [("a nonce that is no base64", answer('{"nonce":"\\u2028"}'), "no nonce"),
             ("a nonce of another length", answer('{"nonce":"AAAA"}'), "no nonce"),
             ("a redirection", answer("{}", "302 Found", "Location: http://x/\r\n"), "refuses (302)"),
             ("a field with a line's end in it", answer("{}", fields="X: a\nb\r\n"), "well-formed"),
             ("a refusal for a terminal", answer('{"detail":"\\u001b[2J\x7f"}', "401 X"), ": ?[2J?\n"),
             ("an answer that trickles in", trickle, "in time")]
    for name, false, why in cases:
        status, text = ask_false_server(attest, false)
        tap.ok(status == 1 and why in text, f"rsi-attest: {name}", f"status {status}: {text}")


# ---- many ----

class Hostile(threading.Thread):
    """A connection that is no use to anybody; `seconds` says how long it was left open."""

    def __init__(self, port, kind, seed):
        super().__init__(daemon=True)
        self.port, self.kind, self.random = port, kind, random.Random(seed)
        self.seconds, self.gate = None, None

    def run(self):
        self.gate.wait()
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as s:
            try:
                getattr(self, self.kind)(s)
                while s.recv(65536):
                    pass
            except (ConnectionError, BrokenPipeError):
                pass
        self.seconds = time.monotonic() - start

    def slow(self, s):
        s.settimeout(0.1)
        for byte in b"POST /kbs/v0/auth HTTP/1.1\r\nX: " + b"x" * 100000:
            s.send(bytes([byte]))
            try:
                if not s.recv(1):
                    return
            except TimeoutError:
                pass

    def half(self, s):
        s.sendall(b'POST /kbs/v0/attest HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{"runtime-data')

    def noise(self, s):
        s.sendall(self.random.randbytes(20000))

    def huge(self, s):
        for _ in range(1000):
            s.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 65536)

    def silent(self, s):
        pass

    def deaf(self, s):
        """Asks and asks, and takes no answer."""
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.sendall(b"GET /x HTTP/1.1\r\n\r\n" * 64)
        time.sleep(2 * DEADLINE)


class Good(threading.Thread):
    def __init__(self, port, recipe):
        super().__init__(daemon=True)
        self.port, self.recipe, self.got, self.gate = port, variant(recipe), None, None

    def run(self):
        self.gate.wait()
        try:
            self.got = client.Client(self.port).secret(self.recipe, PATH)
        except OSError as e:
            self.got = e


def check_queue(tap, server, recipe):
    """A hundred tokens that are to be judged, and then one who asks for a nonce alone."""
    other = variant(recipe)
    other.key = recipes.new_key("ES384")
    one = client.Client(server.port)
    one.auth()
    body = json.dumps(one.evidence(one.token(other))).encode()
    request = (b"POST /kbs/v0/attest HTTP/1.1\r\nConnection: close\r\nCookie: kbs-session-id=%s\r\n"
               b"Content-Length: %d\r\n\r\n" % (one.cookie.encode(), len(body))) + body
    address = ("127.0.0.1", server.port)
    waiting = [socket.create_connection(address, timeout=PATIENCE) for _ in range(100)]
    before = len(server.lines)
    for s in waiting:
        s.sendall(request)
    client.Client(server.port).auth()
    judged = sum("not verified" in line for line in server.lines[before:])
    answers = 0
    for s in waiting:
        answers += s.recv(65536).startswith(b"HTTP/1.1 401 ")
        s.close()
    tap.ok(judged < 50, "who wants a nonce does not wait for the tokens of others", f"{judged} of 100")
    tap.ok(answers == 100, "and the tokens are all judged", f"{answers} of 100")


def check_crowd(tap, server, recipe):
    kinds = ["slow", "half", "noise", "huge", "silent", "deaf"]
    hostile = [Hostile(server.port, kinds[i % len(kinds)], i) for i in range(100)]
    good = [Good(server.port, recipe) for _ in range(100)]
    gate = threading.Event()
    for thread in [t for pair in zip(hostile, good) for t in pair]:
        thread.gate = gate
        thread.start()
    gate.set()
    for thread in good + hostile:
        thread.join(PATIENCE)
    lost = [g.got for g in good if g.got != SECRET]
    tap.ok(not lost, "of 200 connections at once, the 100 good ones get the secret",
           f"{len(lost)} did not: {lost[:3]}")
    kept = [h.kind for h in hostile if h.seconds is None]
    tap.ok(not kept, "the 100 hostile ones are answered or cut", str(kept))
    soon = [h.seconds for h in hostile if h.kind in ("slow", "half", "silent") and h.seconds is not None]
    tap.ok(soon and min(soon) >= DEADLINE - 0.5, "those that wait are left until their deadline",
           str(soon))
    tap.ok(server.alive(), "the server lives")


def main():
    tap = Tap()
    recipe = recipes.Recipe()
    with tempfile.TemporaryDirectory() as folder:
        pem = recipe.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        files = {"key": pem, "policy": json.dumps(recipe.policy()).encode()}
        server = Server(sys.argv[1], folder, files, "--deadline", str(DEADLINE))
        try:
            for check in (check_good, check_replays, check_verdicts, check_requests):
                check(tap, server, recipe)
            check_http(tap, server)
            check_queue(tap, server, recipe)
            check_crowd(tap, server, recipe)
            tap.ok(client.Client(server.port).secret(recipe, PATH) == SECRET,
                   "after all that it serves the next")
        finally:
            status = server.stop()
        tap.ok(status == -15, "it lived until it was ended", f"status {status}")
    check_end(tap, sys.argv[1], files)
    check_vsock(tap, sys.argv[1], files)
    check_validity(tap, sys.argv[1], recipe)
    check_rsi_attest(tap, sys.argv[1], sys.argv[2])
    check_false_servers(tap, sys.argv[2])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
