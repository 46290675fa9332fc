# SPDX-License-Identifier: BSD-3-Clause
"""The client's side of the exchange of secrets, by python3-cryptography alone: what it sends and how
it opens an answer is a second reading of docs/keyserver.md."""

import base64
import hashlib
import http.client
import json
import struct

from cryptography.hazmat.primitives import keywrap
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import recipes

PATIENCE = 300  # seconds


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def jwk_of(key, alg="ECDH-ES+A256KW", crv="P-256"):
    x, y = recipes.coordinates(key)
    return {"kty": "EC", "crv": crv, "alg": alg, "x": b64url(x), "y": b64url(y)}


def challenge_for(nonce, jwk):
    text = json.dumps({"nonce": nonce, "tee-pubkey": jwk, "additional-evidence": ""}, sort_keys=True,
                      separators=(",", ":"))
    return hashlib.sha384(text.encode()).digest().ljust(64, b"\0")


def open_jwe(jwe, key):
    """The secret of a JWE for a private key."""
    header = json.loads(unb64url(jwe["protected"]))
    point = b"\x04" + unb64url(header["epk"]["x"]) + unb64url(header["epk"]["y"])
    epk = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    alg = header["alg"].encode()
    kek = hashlib.sha256(struct.pack(">I", 1) + key.exchange(ec.ECDH(), epk) +
                         struct.pack(">I", len(alg)) + alg + bytes(8) +
                         struct.pack(">I", 256)).digest()
    cek = keywrap.aes_key_unwrap(kek, unb64url(jwe["encrypted_key"]))
    return AESGCM(cek).decrypt(unb64url(jwe["iv"]),
                               unb64url(jwe["ciphertext"]) + unb64url(jwe["tag"]),
                               jwe["protected"].encode())


class Client:
    """One session; each step may be done otherwise than a good client would."""

    def __init__(self, port):
        self.port, self.cookie, self.nonce = port, None, None
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.jwk = jwk_of(self.key)

    def ask(self, method, path, body=None, raw=None):
        """(status, JSON) of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": f"kbs-session-id={self.cookie}"} if self.cookie else {}
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        set_cookie = answer.getheader("Set-Cookie")
        if set_cookie:
            self.cookie = set_cookie.split(";")[0].split("=")[1]
        content = json.loads(answer.read())
        connection.close()
        return answer.status, content

    def auth(self, **change):
        status, answer = self.ask("POST", "/kbs/v0/auth",
                                  {"version": "0.4.0", "tee": "cca", "extra-params": "", **change})
        self.nonce = answer.get("nonce")
        return status, answer

    def token(self, recipe):
        recipe.realm[10] = challenge_for(self.nonce, self.jwk)
        return recipe.build()

    def evidence(self, token):
        return {"init-data": None,
                "runtime-data": {"nonce": self.nonce, "tee-pubkey": self.jwk},
                "tee-evidence": {"primary_evidence": {"token": list(token)},
                                 "additional_evidence": ""}}

    def attest(self, token):
        return self.ask("POST", "/kbs/v0/attest", self.evidence(token))

    def get(self, path):
        return self.ask("GET", f"/kbs/v0/resource/{path}")

    def secret(self, recipe, path):
        """All of it, as a good client does it."""
        self.auth()
        status, answer = self.attest(self.token(recipe))
        if status != 200:
            return None
        status, answer = self.get(path)
        return open_jwe(answer, self.key) if status == 200 else None
