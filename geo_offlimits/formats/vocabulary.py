"""Words that people write in their lists for the members of our closed vocabularies, in English and French.

The members' own values are always understood, and the words of the product in its languages; an unknown word is an
issue that names the nearest ones.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from geo_offlimits.domain.designation import Basis, Restriction
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.errors import Field, InputError, Issue, Sentence, either
from geo_offlimits.formats.columns import normalised
from geo_offlimits.formats.vocabulary_words import SPOKEN

Member = TypeVar("Member", bound=StrEnum)

_WRITTEN: Mapping[StrEnum, tuple[str, ...]] = MappingProxyType(
    {
        VenueKind.BAR: ("pub", "tavern", "taverne"),
        VenueKind.NIGHT_CLUB: ("nightclub", "club", "disco", "discotheque", "boite de nuit", "boite"),
        VenueKind.STRIP_CLUB: ("stripclub", "strip tease", "striptease", "club de strip tease"),
        VenueKind.HOTEL: ("motel",),
        VenueKind.GUEST_HOUSE: ("guesthouse", "hostel", "bed and breakfast", "maison d hotes", "auberge", "pension"),
        VenueKind.RESTAURANT: ("grill", "pizzeria"),
        VenueKind.CAFE: ("coffee shop", "coffee bar", "cafe bar", "caffe", "caffe bar"),
        VenueKind.MASSAGE_PARLOUR: ("massage", "massage parlor", "massage salon", "spa", "salon de massage"),
        VenueKind.CASINO: ("gambling hall", "salle de jeux"),
        VenueKind.PRIVATE_HOUSE: (
            "house",
            "flat",
            "apartment",
            "private flat",
            "maison",
            "maison privee",
            "appartement",
        ),
        VenueKind.STREET: ("road", "rue"),
        VenueKind.OTHER: ("autre",),
        SubjectKind.PREMISES: ("place", "establishment", "venue", "etablissement", "lieu"),
        SubjectKind.AREA: ("zone", "street", "quarter", "quartier"),
        SubjectKind.CATEGORY_RULE: ("rule", "category", "regle", "regle par categorie", "categorie"),
        Restriction.OFF_LIMITS: ("barred", "forbidden", "prohibited", "interdit", "hors limites"),
        Restriction.CAUTION: ("advised against", "not recommended", "deconseille", "prudence"),
        Basis.SEX_INDUSTRY: ("sex industry", "prostitution", "industrie du sexe"),
        Basis.TRAFFICKING: ("trafficking", "human trafficking", "traite", "traite des etres humains"),
        Basis.LABOUR_EXPLOITATION: ("labor exploitation", "forced labour", "travail force"),
        Basis.DRUGS: ("drug", "narcotics", "drogues", "drogue", "stupefiants"),
        Basis.SECURITY: ("safety", "securite"),
        Basis.HEALTH: ("hygiene", "sante"),
        Basis.OTHER: ("autre",),
        PersonnelCategory.MILITARY: ("soldiers", "contingent", "militaire", "militaires"),
        PersonnelCategory.POLICE: ("policier", "policiers", "unpol"),
        PersonnelCategory.CIVILIAN: ("civilians", "civil", "civils"),
        PersonnelCategory.CONTRACTOR: ("contractors", "contractuel", "contractuels"),
        PersonnelCategory.VOLUNTEER: ("volunteers", "volontaire", "volontaires"),
        PersonnelCategory.DEPENDANT: ("dependants", "dependent", "dependents", "family", "famille"),
    }
)
_NEAR = 60.0  # of 100


def member(text: str, vocabulary: type[Member], field: str) -> Member:
    """The member that `text` means. Raises InputError with one issue that names the nearest known words."""
    known, plain = _known(vocabulary), normalised(text)
    if plain in known:
        return vocabulary(known[plain])
    nearest = extract(plain, known.keys(), scorer=ratio, limit=3, score_cutoff=_NEAR)
    near = dict.fromkeys(known[word] for word, *_ in nearest)
    remedy = (
        Sentence("did you mean {choices}?", choices=either(*near))
        if near
        else Sentence("write one of {words}", words=", ".join(vocabulary))
    )
    reason = Sentence("not a known {field}", field=Field(field))
    issue = Issue(field=field, value=text[:40], reason=reason, remedy=remedy)
    raise InputError(
        Sentence("{text} is {reason}; {remedy}", text=repr(text[:40]), reason=reason, remedy=remedy), issue
    )


@cache
def _known(vocabulary: type[StrEnum]) -> dict[str, str]:
    return {
        word: item.value
        for item in vocabulary
        for word in (normalised(item.value), *_WRITTEN.get(item, ()), *SPOKEN.get(item, ()))
    }
