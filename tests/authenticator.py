"""A security key in software: makes and signs what WebAuthn level 2 says, without attestation."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, WITH_CREDENTIAL = 1, 4, 64


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    """`makes_sure` of its owner or not; `counter` is how often it has signed."""

    makes_sure: bool = True
    origin: str = "http://localhost"
    rp_id: str = "localhost"
    counter: int = 0
    credential_id: bytes = b"a key of one's own"
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _data(self, flags: int = 0) -> bytes:
        self.counter += 1
        flags |= PRESENT | (VERIFIED if self.makes_sure else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _client(self, kind: str, options: str) -> bytes:
        said = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin}
        return json.dumps(said | {"crossOrigin": False}).encode()

    def _answer(self, client: bytes, **more: bytes) -> str:
        told = {"clientDataJSON": client} | more
        name = encoded(self.credential_id)
        document: dict[str, Any] = {"id": name, "rawId": name, "type": "public-key"}
        document["response"] = {member: encoded(content) for member, content in told.items()}
        return json.dumps(document | {"clientExtensionResults": {}})

    def made(self, options: str) -> str:
        """The answer of `navigator.credentials.create`."""
        point = self.private.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        credential = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        data = self._data(WITH_CREDENTIAL) + credential
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(self._client("webauthn.create", options), attestationObject=attested)

    def signed(self, options: str) -> str:
        """The answer of `navigator.credentials.get`."""
        client, data = self._client("webauthn.get", options), self._data()
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(client, authenticatorData=data, signature=signature)
