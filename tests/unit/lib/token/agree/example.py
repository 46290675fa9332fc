# SPDX-License-Identifier: BSD-3-Clause
"""Writes a token, and what it takes to verify it, for figures: example.py FOLDER."""

import json
import sys

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import recipes


def write(name, data):
    with open(f"{sys.argv[1]}/{name}", "wb") as f:
        f.write(data)


recipe = recipes.Recipe("2024", "ES384", "ES384")
write("token", recipe.build())
write("key", recipe.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
write("policy", json.dumps(recipe.policy()).encode())
write("challenge", recipe.challenge.hex().encode())
