"""Evidence as it is asked for in tests, and what the stand-alone verifier says of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.delivery.envelopes import EVIDENCE_TYPE
from geo_offlimits.errors import UnverifiedError
from geo_offlimits.services import evidence
from geo_offlimits.services.evidence import Inquiry, SignedEvidence
from tests.services.conftest import World
from tests.services.saying import verifier_says

PLACE = "10.100000, -29.900000"  # of the Blue Lantern


def given(world: World, by: str = "106", **asked: Any) -> SignedEvidence:
    """About 108 a second from now at the Blue Lantern, unless `asked` says otherwise."""
    world.clock.later(seconds=1)
    usual: dict[str, Any] = {"person": "108", "at": world.clock.now, "case": "PELA/26/17", "position": PLACE}
    inquiry = Inquiry(**usual | asked)
    with world.acting(by) as act:
        return evidence.give(act, world.wiring.shelf, inquiry)


def told(world: World, **asked: Any) -> Any:
    return given(world, **asked).evidence.document


def judged(world: World, content: bytes, folder: Path, name: str = "evidence.json") -> tuple[int, dict[str, Any]]:
    """What both verifiers say, the one that stands alone and the program's own, which must be the same.

    Of a signature that does not fit each has words of its own; of what does not hold, the same.
    """
    code, document = alone(world, content, folder, name)
    refused = document.get("refused", "")
    if code == 0:
        assert evidence.proven(content, world.keyring.public_keys()) == document
        return code, document
    with pytest.raises(UnverifiedError) as refusal:
        evidence.proven(content, world.keyring.public_keys())
    told = str(refusal.value)
    assert told == refused if "does not hold" in refused else "does not hold" not in told
    return code, document


def alone(world: World, content: bytes, folder: Path, name: str = "evidence.json") -> tuple[int, dict[str, Any]]:
    """The verifier's exit code and its document."""
    (folder / name).write_bytes(content)
    (folder / "keys.json").write_text(json.dumps([key.as_json() for key in world.keyring.public_keys()]))
    return verifier_says(folder / name, "--key", folder / "keys.json", "--json")


def signed(world: World, document: Any, payload_type: str = EVIDENCE_TYPE) -> bytes:
    """What whoever holds the signing key can make of it."""
    content = json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    return world.keyring.sign(content, payload_type)


Forge = Callable[[Any], Any]
