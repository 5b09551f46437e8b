"""What a security key signed to acknowledge one edition: kept with the record, so that anybody can verify it.

1. The key signs `authenticator_data || SHA-256(client_data)`; the client data hold the challenge (WebAuthn level 2,
   section 7.2).
2. The challenge is SHA-256 over what is acknowledged (`about`) and a nonce of the session: it fits this person, this
   edition and this statement, and nothing else.
"""

import hashlib
import json
from base64 import b64decode, urlsafe_b64decode
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from geo_offlimits.formats import canonical_json, strict_json

FORMAT = "geo-offlimits/acknowledgement/1"


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """All but `rp_id` in base64; the public key as SubjectPublicKeyInfo (DER)."""

    public_key: str
    authenticator_data: str
    client_data: str
    signature: str
    nonce: str
    rp_id: str

    def encode(self) -> str:
        return canonical_json.dumps(asdict(self)).decode()

    @classmethod
    def decode(cls, text: str) -> "Assertion":
        """Raises ValueError, KeyError or TypeError for what is none."""
        return cls(**json.loads(text))

    def fits(self, about: bytes) -> bool:
        """Whether the key that is in it signed exactly this."""
        try:
            client, data = b64decode(self.client_data), b64decode(self.authenticator_data)
            told = strict_json.parsed(client)
            challenge = urlsafe_b64decode(told["challenge"] + "==")
            bound = hashlib.sha256(about + b64decode(self.nonce)).digest()
            if (told["type"], challenge) != ("webauthn.get", bound):
                return False
            if data[:32] != hashlib.sha256(self.rp_id.encode()).digest():
                return False
            _verify(b64decode(self.public_key), b64decode(self.signature), data + hashlib.sha256(client).digest())
        except (ValueError, KeyError, TypeError, InvalidSignature, UnsupportedAlgorithm, strict_json.NotJsonError):
            return False
        return True


def about(*, person_id: str, mission: str, number: int, sha256: str, statement_sha256: str) -> bytes:
    """What a key is asked to sign: who acknowledges which edition, and by which words."""
    told = {
        "format": FORMAT,
        "person_id": person_id,
        "mission": mission,
        "edition_number": number,
        "edition_sha256": sha256,
        "statement_sha256": statement_sha256,
    }
    return canonical_json.dumps(told)


def _verify(public: bytes, signature: bytes, signed: bytes) -> None:
    key = load_der_public_key(public)
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, signed)
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), SHA256())
    else:
        raise UnsupportedAlgorithm(type(key).__name__)
