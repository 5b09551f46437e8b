"""What a list of people may call its columns."""

from collections.abc import Mapping
from types import MappingProxyType

# field -> usual headings, normalised, in English and French
PERSON_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "number": (
            "staff number",
            "contract number",
            "id",
            "index",
            "index number",
            "personnel number",
            "numero",
            "matricule",
        ),
        "name": ("full name", "staff name", "nom", "nom complet"),
        "unit": ("section", "office", "team", "unite", "service"),
        "category": ("personnel category", "type", "categorie"),
        "sector": ("secteur", "duty sector", "sector name"),
        "email": ("e mail", "mail", "email address", "courriel"),
        "language": ("lang", "langue"),
    }
)
