"""What the database of the newest revision refuses; older revisions keep their own lists, as they were shipped."""

from geo_offlimits.store.migrations.refusals_0003 import (
    APPEND_ONLY,
    KEEPING,
    NOUNS,
    OTHER_PERSON,
    REFUSALS,
    SIGNATURES,
    TRANSITIONS,
)

__all__ = ["APPEND_ONLY", "KEEPING", "NOUNS", "OTHER_PERSON", "REFUSALS", "SIGNATURES", "TRANSITIONS"]
