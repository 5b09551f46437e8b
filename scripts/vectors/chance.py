"""Seeded chance: the same numbers on every machine and in every version of Python that we support."""

import random

SEED = "geo-offlimits/vectors/1"


def stream(name: str) -> random.Random:
    """A stream of its own for each part, so that a change of one part leaves the others as they are."""
    return random.Random(f"{SEED}/{name}")  # noqa: S311 - makes questions, keeps no secret
