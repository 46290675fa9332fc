# SPDX-License-Identifier: BSD-3-Clause
"""What a token says by python3-cbor2 and python3-cryptography: the second opinion of the tests.

It is lenient where cbor2 is; only what the decoder of lib/token accepts is compared with it.
"""

import hashlib

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

CURVES = {1: (ec.SECP256R1(), -7, hashes.SHA256()), 2: (ec.SECP384R1(), -35, hashes.SHA384()),
          3: (ec.SECP521R1(), -36, hashes.SHA512())}
PLATFORM = {10: "challenge", 2408: "workload-binding", 2396: "implementation-id", 256: "instance-id",
            2401: "config", 2402: "hash-algorithm", 2400: "verification-service", 265: "profile",
            2394: "client-id", 2403: "manufacturing-config", 2407: "tpm-binding"}
REALM = {10: "challenge", 265: "profile", 256: "instance-id", 44235: "rpv", 44236: "hash-algorithm",
         44237: "public-key", 44240: "public-key-hash-algorithm", 44238: "rim", 44257: "devices"}
COMPONENT = {1: "type", 2: "measurement", 4: "version", 5: "signer-id", 6: "hash-algorithm"}
STATES = ["unknown", "assembly-and-test", "provisioning", "secured", "rmm-debug",
          "recoverable-root-debug", "decommissioned"]


class Message:
    def __init__(self, record):
        data = record if isinstance(record, bytes) else record[1]
        self.protected, _, self.payload, self.signature = cbor2.loads(data).value
        self.alg = cbor2.loads(self.protected)[1]
        self.claims = cbor2.loads(self.payload)

    def signed_by(self, key):
        """key: a public key, whose curve says which algorithm it has to be."""
        _, alg, hash_alg = next(c for c in CURVES.values() if c[0].name == key.curve.name)
        half = len(self.signature) // 2
        r, s = (int.from_bytes(b, "big") for b in (self.signature[:half], self.signature[half:]))
        data = cbor2.dumps(["Signature1", self.protected, b"", self.payload])
        try:
            key.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hash_alg))
        except InvalidSignature:
            return False
        return self.alg == alg


def realm_key(claim):
    if claim[0] == 4:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), claim)
    key = cbor2.loads(claim)
    return ec.EllipticCurvePublicNumbers(int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big"),
                                         CURVES[key[-1]][0]).public_key()


def plain(value):
    return value.hex() if isinstance(value, bytes) else value


class Token:
    def __init__(self, data):
        outer = cbor2.loads(data)
        self.tag = outer.tag
        self.platform, self.realm = Message(outer.value[44234]), Message(outer.value[44241])

    def outcomes(self, keys, challenge):
        """The rules that need no policy: name to whether it holds."""
        p, r = self.platform.claims, self.realm.claims
        digest = hashlib.new(r[44240].replace("-", ""), r[44237]).digest()
        binding = 2408 if ",2026:" in p[265] else 10
        return {
            "platform signature": any(self.platform.signed_by(k) for k in keys),
            "realm signature": self.realm.signed_by(realm_key(r[44237])),
            "binding": p[binding] == digest,
            "challenge": r[10] == challenge.ljust(64, b"\0"),
            "lifecycle": 0x3000 <= p[2395] <= 0x30ff,
        }

    def claims(self):
        """The claims whose form is simple, as `realm verify --json` has them."""
        p, r = self.platform.claims, self.realm.claims
        platform = {name: plain(p[key]) for key, name in PLATFORM.items() if key in p}
        platform["lifecycle"], platform["lifecycle-value"] = STATES[p[2395] >> 12], p[2395]
        platform["software-components"] = [
            {"hash-algorithm": p[2402],
             **{name: plain(c[key]) for key, name in COMPONENT.items() if key in c}}
            for c in p[2399]]
        realm = {name: plain(r[key]) for key, name in REALM.items() if key in r}
        realm.update({f"rem{i}": rem.hex() for i, rem in enumerate(r[44239])})
        if 44243 in r:
            mec = r[44243]
            realm["mec-policy"] = mec if isinstance(mec, str) else ["shared", "private"][mec]
        return {"platform": platform, "realm": realm}
