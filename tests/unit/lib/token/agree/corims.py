# SPDX-License-Identifier: BSD-3-Clause
"""CoRIMs as python3-cbor2 and python3-cryptography make and read them: `realm verify` takes those made
here for its policy, and what `realm measure` writes says here what its JSON says."""

import json
import os
import subprocess

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, \
    PublicFormat

import recipes

SPELLINGS = {"cca": "tag:arm.com,2025:cca_{}#1.0.0",
             "endorsements": "tag:arm.com,2025:endorsements/cca_{}#1.0.0"}
# A guest without a kernel: 64 bytes that begin like an Image (Documentation/arch/arm64/booting.rst).
IMAGE = bytes(16) + (64).to_bytes(8, "little") + (0xa).to_bytes(8, "little") + bytes(24) + b"ARMd" + \
    bytes(4)


def tag(number, value):
    return cbor2.CBORTag(number, value)


def pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


# ---- made here ----

def digest(value, name):
    return [[name, value]]


def corim(kind, spelling, triples):
    comid = {1: {0: os.urandom(16), 1: 0}, 4: triples}
    return cbor2.dumps(tag(501, {0: "made by cbor2", 1: [tag(506, cbor2.dumps(comid))],
                                 3: tag(32, SPELLINGS[spelling].format(kind))}))


def component(claims):
    values = {2: digest(claims[2], claims.get(6, "sha-256")), 13: [tag(560, claims[5])]}
    if 1 in claims:
        values[11] = claims[1]
    if 4 in claims:
        values[0] = {0: claims[4]}
    return {0: "cca.software-component", 1: values}


def platform(recipe, spelling):
    p = recipe.platform
    config = {4: tag(563, [p[2401], b"\xff" * len(p[2401])])} if spelling == "endorsements" else \
        {4: tag(560, p[2401]), 5: b"\xff" * len(p[2401])}
    measurements = [component(c) for c in p[2399]] + [{0: "cca.platform-config", 1: config}]
    implementation = {0: {0: tag(560, p[2396])}}
    machine = {**implementation, 1: tag(550, p[256])}
    return corim("platform", spelling, {
        0: [[implementation, measurements]],
        3: [[machine, [tag(554, pem(recipe.key).decode())]]]})


def realm(recipe, spelling):
    r = recipe.realm
    rems = [{0: f"cca.rem{i}", 1: {2: digest(r[44239][i], recipe.measure)}} for i in range(4)]
    return corim("realm", spelling, {0: [[{0: {0: tag(560, r[44238])}}, [
        {0: "cca.rim", 1: {2: digest(r[44238], recipe.measure)}}, *rems,
        {0: "cca.rpv", 1: {4: tag(560, r[44235])}}]]]})


def sign(payload, key, alg):
    size, hash_alg = recipes.ALGORITHMS[alg][3:]
    protected = cbor2.dumps({1: recipes.ALGORITHMS[alg][1], 3: "application/rim+cbor",
                             8: cbor2.dumps({0: {0: "the tests"}})})
    data = cbor2.dumps(["Signature1", protected, b"", payload])
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hash_alg)))
    return cbor2.dumps(tag(18, [protected, {}, payload,
                                r.to_bytes(size, "big") + s.to_bytes(size, "big")]))


# ---- read here ----

def realm_values(data, spelling):
    """What the CoRIM of a Realm says, as `realm measure --format json` has it."""
    outer = cbor2.loads(data)
    assert outer.tag == 501 and outer.value[3] == tag(32, SPELLINGS[spelling].format("realm"))
    (comid,) = outer.value[1]
    assert comid.tag == 506
    ((environment, measurements),) = cbor2.loads(comid.value)[4][0]
    said = {m[0][4:]: m[1] for m in measurements}
    ((alg, rim),) = said["rim"][2]
    assert environment == {0: {0: tag(560, rim)}}
    values = {name: value[2][0][1].hex() for name, value in said.items() if name != "rpv"}
    assert all(said[name][2][0][0] == alg for name in values)
    return {**values, "hash-algorithm": alg, "rpv": said["rpv"][4].value.hex()}


def signed_by(data, key, alg):
    """The payload, whose signature must be good."""
    outer = cbor2.loads(data)
    protected, unprotected, payload, signature = outer.value
    header = cbor2.loads(protected)
    assert outer.tag == 18 and unprotected == {} and header[3] == "application/rim+cbor"
    assert header[1] == recipes.ALGORITHMS[alg][1] and cbor2.loads(header[8])[0][0] == "me"
    half = len(signature) // 2
    r, s = (int.from_bytes(b, "big") for b in (signature[:half], signature[half:]))
    key.public_key().verify(utils.encode_dss_signature(r, s),
                            cbor2.dumps(["Signature1", protected, b"", payload]),
                            ec.ECDSA(recipes.ALGORITHMS[alg][4]))
    return payload


# ---- tests ----

def check_policies(tap, command):
    """CoRIMs that were made here are policies."""
    for spelling in SPELLINGS:
        recipe = recipes.Recipe("2023", measure="sha-384", alg="ES256")
        token = command.write("token", recipe.build())

        def expect(text, status, last, *files, words=()):
            paths = [command.write(f"policy{i}", data) for i, data in enumerate(files)]
            done = command.run(token, "--challenge", recipe.challenge.hex(), *words,
                               *(word for path in paths for word in ("--policy", path)))
            lines = (done.stdout + done.stderr).decode().splitlines() or [""]
            tap.ok(done.returncode == status and last in lines[-1], f"{spelling}: {text}",
                   f"status {done.returncode}, {lines[-1]}")

        good = (platform(recipe, spelling), realm(recipe, spelling))
        expect("a platform's and a Realm's CoRIM, and nothing else", 0, "verified", *good)
        expect("a Realm's CoRIM alone", 12, "not verified: key", good[1])
        expect("a platform's CoRIM alone", 18, "not verified: policy", good[0])
        other = recipes.Recipe("2023", measure="sha-384", alg="ES256")
        other.realm[44239][2] = bytes(48)
        expect("another REM", 18, "not verified: policy (1 rule failed)", good[0],
               realm(other, spelling))
        expect("the REM's alternative", 0, "verified", *good, realm(other, spelling))
        other.platform[2401] = b"\xc0\xff\xef"
        other.key = recipe.key
        expect("another configuration", 18, "not verified: policy (1 rule failed)",
               platform(other, spelling), good[1])
        other.key = recipes.new_key("ES256")
        expect("another platform key", 13, "not verified: signature", platform(other, spelling),
               good[1])
        for alg in recipes.ALGORITHMS:
            key = recipes.new_key(alg)
            signed = tuple(sign(data, key, alg) for data in good)
            path = command.write("signer", pem(key))
            both = ("--realm-signer", path, "--platform-signer", path)
            expect(f"signed, {alg}", 0, "verified", *signed, words=both)
            expect(f"signed, {alg}, a signer of Realms alone", 1, "no key was given for it",
                   *signed, words=both[:2])
            expect(f"signed, {alg}, the signer is another", 1, "by none of the keys for it",
                   *signed, words=("--realm-signer", command.write("other", pem(other.key)), *both[2:]))


def check_measure(tap, command):
    """What `realm measure` writes is what cbor2 reads, and `realm verify` takes it."""
    image = command.write("Image", IMAGE)

    def measure(*words):
        done = subprocess.run([command.program, "measure", "--kernel", image, *words], timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stderr.decode()}")
        return done.stdout

    for hash_name in ("sha256", "sha384", "sha512"):
        words = ("--hash", hash_name, "--rpv", "0102", "--extend", "1:00ff")
        want = json.loads(measure(*words, "--format", "json"))["realm"]
        want.pop("mec-policy")
        for spelling in SPELLINGS:
            options = (*words, "--format", "corim", "--profile", spelling)
            tap.ok(realm_values(measure(*options), spelling) == want,
                   f"the CoRIM of a Realm is its JSON, {hash_name}, {spelling}")
            for alg in recipes.ALGORITHMS:
                key = recipes.new_key(alg)
                path = command.write("private", key.private_bytes(
                    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
                signed = measure(*options, "--sign", path, "--signer", "me")
                tap.ok(realm_values(signed_by(signed, key, alg), spelling) == want,
                       f"a signed one is the same, {hash_name}, {spelling}, {alg}")
    done = subprocess.run([command.program, "measure", "--kernel", image, "--format", "corim", "--sign",
                           image], timeout=60, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    tap.ok(done.returncode == 1 and not done.stdout and b"not a private key" in done.stderr,
           "what is no private key signs nothing")


def check(tap, command):
    check_policies(tap, command)
    check_measure(tap, command)
