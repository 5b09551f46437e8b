"""The register on disk: append-only tables, one repository a noun, migrations."""

from geo_offlimits.store.doorway import Store
from geo_offlimits.store.editions import EditionHeader, StoredEdition
from geo_offlimits.store.people import Attempt, Credential
from geo_offlimits.store.sessions import Session
from geo_offlimits.store.transaction import Transaction

__all__ = ["Attempt", "Credential", "EditionHeader", "Session", "Store", "StoredEdition", "Transaction"]
