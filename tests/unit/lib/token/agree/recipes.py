# SPDX-License-Identifier: BSD-3-Clause
"""Makes CCA tokens of every published shape by python3-cbor2 and python3-cryptography, with new keys."""

import hashlib
import os

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

HASHES = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
# Curve, COSE algorithm and curve number, bytes of a coordinate, hash.
ALGORITHMS = {
    "ES256": (ec.SECP256R1(), -7, 1, 32, hashes.SHA256()),
    "ES384": (ec.SECP384R1(), -35, 2, 48, hashes.SHA384()),
    "ES512": (ec.SECP521R1(), -36, 3, 66, hashes.SHA512()),
}

# Pairs of profiles: platform, Realm, set of claims of each.
PAIRS = {
    "ssd": ("http://arm.com/CCA-SSD/1.0.0", None, 1, 1),
    "ssd-2023": ("http://arm.com/CCA-SSD/1.0.0", "tag:arm.com,2023:realm#1.0.0", 1, 1),
    "2023": ("tag:arm.com,2023:cca_platform#1.0.0", "tag:arm.com,2023:realm#1.0.0", 1, 1),
    "mixed": ("tag:arm.com,2023:cca_platform#1.0.0", "tag:arm.com,2024:realm#2.0.0", 1, 2024),
    "2024": ("tag:arm.com,2024:cca_platform#2.0.0", "tag:arm.com,2024:realm#2.0.0", 2024, 2024),
    "2026": ("tag:arm.com,2026:cca_platform#2.0.0", "tag:arm.com,2026:realm#2.0.0", 2026, 2026),
    "2026.1": ("tag:arm.com,2026:cca_platform#2.1.0", "tag:arm.com,2026:realm#2.0.0", 2026, 2026),
    "2026-delegated": ("tag:arm.com,2026:cca_platform#2.0.0;delegated",
                       "tag:arm.com,2026:realm#2.0.0", 2026, 2026),
    "2026.1-delegated": ("tag:arm.com,2026:cca_platform#2.1.0;delegated",
                         "tag:arm.com,2026:realm#2.0.0", 2026, 2026),
}


# ---- keys ----

def new_key(alg):
    return ec.generate_private_key(ALGORITHMS[alg][0])


def coordinates(key):
    numbers = key.public_key().public_numbers()
    size = (key.curve.key_size + 7) // 8
    return numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")


def cose_key(key, alg):
    x, y = coordinates(key)
    return cbor2.dumps({1: 2, -1: ALGORITHMS[alg][2], -2: x, -3: y})


# ---- COSE ----

def sign1(key, alg, payload):
    """A COSE_Sign1 as bytes."""
    size, hash_alg = ALGORITHMS[alg][3:]
    protected = cbor2.dumps({1: ALGORITHMS[alg][1]})
    data = cbor2.dumps(["Signature1", protected, b"", payload])
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hash_alg)))
    signature = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


# ---- tokens ----

class Recipe:
    """What a token is made of; a test changes it before build()."""

    def __init__(self, pair="2024", alg="ES384", realm_alg="ES384", measure="sha-256",
                 bind="sha-256", tag=907):
        self.platform_profile, self.realm_profile, self.platform_set, self.realm_set = PAIRS[pair]
        self.alg, self.realm_alg, self.measure, self.bind, self.tag = \
            alg, realm_alg, measure, bind, tag
        self.key, self.realm_key = new_key(alg), new_key(realm_alg)
        self.challenge = os.urandom(64)
        self.rak = cose_key(self.realm_key, realm_alg) if self.realm_profile else \
            b"\x04" + b"".join(coordinates(self.realm_key))
        self.platform, self.realm = self.platform_claims(), self.realm_claims()
        self.platform[2408 if self.platform_set == 2026 else 10] = self.digest(self.rak, bind)

    def digest(self, data, name="sha-256"):
        return HASHES[name](data).digest()

    def platform_claims(self):
        components = [
            {1: "BL", 2: self.digest(b"bl"), 4: "1.0", 5: self.digest(b"signer"), 6: "sha-256"},
            {1: "RMM", 2: self.digest(b"rmm", "sha-384"), 5: self.digest(b"signer"), 6: "sha-384"},
            {2: self.digest(b"hw"), 5: self.digest(b"signer", "sha-512")},
        ]
        claims = {265: self.platform_profile, 2396: b"implementation id of 32 bytes..!",
                  256: b"\x01" + self.digest(b"instance"), 2401: b"\xc0\xff\xee", 2395: 0x3003,
                  2399: components, 2402: "sha-256", 2400: "https://verifier.example"}
        if self.platform_set >= 2024:
            components[0][7] = True
            components[0][8] = [self.digest(b"peer")]
            claims.update({2394: 1, 2403: b"\x01\x02", 2404: [{1: 7, 2: b"x", 3: "name"}],
                           2405: [{1: "CM", 2: 0, 3: 1, 4: self.digest(b"rotpk")}],
                           2406: [self.digest(b"p1")], 2407: b"\x09"})
        return claims

    def realm_claims(self):
        claims = {10: self.challenge, 44235: b"personalization".ljust(64, b"\0"),
                  44236: self.measure, 44237: self.rak, 44240: self.bind,
                  44238: self.digest(b"rim", self.measure),
                  44239: [self.digest(bytes([i]), self.measure) for i in range(4)]}
        if self.realm_profile:
            claims[265] = self.realm_profile
        if self.realm_set >= 2024:
            claims.update({256: b"\x01" + os.urandom(32), 44243: 1, 44244: 0,
                           44257: self.digest(b"devices")})
        return claims

    def policy(self):
        """What a relying party would write that knows this platform and this Realm."""
        p = self.platform
        names = {1: "type", 2: "measurement", 4: "version", 5: "signer-id", 6: "hash-algorithm"}
        components = []
        for component in p[2399]:
            entry = {"hash-algorithm": "sha-256"}
            for key, name in names.items():
                if key in component:
                    value = component[key]
                    entry[name] = value.hex() if isinstance(value, bytes) else value
            if 7 in component:
                entry.update({"live-activatable": True, "countersigners": "any"})
            components.append(entry)
        platform = {"implementation-id": p[2396].hex(), "instance-id": p[256].hex(),
                    "config": p[2401].hex(), "lifecycle": "secured",
                    "software-components": components}
        if self.platform_set >= 2024:
            platform.update({
                "manufacturing-config": "0102", "tpm-binding": ["08", "09"],
                "extension": [{"1": 7, "2": "hex:78", "3": "text:name"}],
                "rotpk": "any", "peer-signers": ["hex:" + self.digest(b"p1").hex()]})
        realm = {"rim": self.realm[44238].hex(), "rpv": "any"}
        for i in range(4):
            realm[f"rem{i}"] = self.realm[44239][i].hex()
        if self.realm_set >= 2024:
            realm.update({"mec-policy": "private", "lfa-policy": ["disallow", "allow"],
                          "devices": self.realm[44257].hex()})
        return {"platform": platform, "realm": realm}

    def build(self):
        records = [sign1(self.key, self.alg, cbor2.dumps(self.platform)),
                   sign1(self.realm_key, self.realm_alg, cbor2.dumps(self.realm))]
        if self.tag == 907:
            records = [[263, record] for record in records]
        return cbor2.dumps(cbor2.CBORTag(self.tag, {44234: records[0], 44241: records[1]}))
