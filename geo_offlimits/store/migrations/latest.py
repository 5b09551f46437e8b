"""What the database of the newest revision refuses; older revisions keep their own lists, as they were shipped."""

from geo_offlimits.store.migrations.refusals_0002 import KEEPING, OTHER_PERSON, SIGNATURES, TRANSITIONS
from geo_offlimits.store.migrations.refusals_0010 import FOLLOWING
from geo_offlimits.store.migrations.refusals_0014 import EMPTY, GONE, IDENTIFYING, OPAQUE
from geo_offlimits.store.migrations.refusals_0018 import APPEND_ONLY, NOUNS, REFUSALS

__all__ = [
    "APPEND_ONLY",
    "EMPTY",
    "FOLLOWING",
    "GONE",
    "IDENTIFYING",
    "KEEPING",
    "NOUNS",
    "OPAQUE",
    "OTHER_PERSON",
    "REFUSALS",
    "SIGNATURES",
    "TRANSITIONS",
]
