"""How the product itself writes the members of its vocabularies in its languages, so that what it wrote comes back.

Each word stands here as it is compared, without case and accents; a test holds them to the catalogues.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import SubjectKind, VenueKind

# French; Arabic; Albanian; Serbian in both scripts: what is not among the words that people write.
SPOKEN: Mapping[StrEnum, tuple[str, ...]] = MappingProxyType(
    {
        VenueKind.BAR: ("حانة", "бар"),
        VenueKind.NIGHT_CLUB: ("ملهى ليلي", "klub nate", "ноћни клуб", "nocni klub"),
        VenueKind.STRIP_CLUB: ("club de striptease", "نادي تعر", "klub striptizi", "стриптиз клуб", "striptiz klub"),
        VenueKind.HOTEL: ("فندق", "хотел"),
        VenueKind.GUEST_HOUSE: ("بيت ضيافة", "bujtine", "пансион", "pansion"),
        VenueKind.RESTAURANT: ("مطعم", "restorant", "ресторан", "restoran"),
        VenueKind.CAFE: ("مقهى", "kafene", "кафић", "kafic"),
        VenueKind.MASSAGE_PARLOUR: ("صالون تدليك", "sallon masazhi", "салон за масажу", "salon za masazu"),
        VenueKind.CASINO: ("كازينو", "kazino", "казино"),
        VenueKind.PRIVATE_HOUSE: ("منزل خاص", "shtepi private", "приватна кућа", "privatna kuca"),
        VenueKind.STREET: ("شارع", "rruge", "улица", "ulica"),
        VenueKind.OTHER: ("غير ذلك", "tjeter", "друго", "drugo"),
        SubjectKind.PREMISES: ("المنشاة", "objekti", "објекат", "objekat"),
        SubjectKind.AREA: ("منطقة", "подручје", "podrucje"),
        SubjectKind.CATEGORY_RULE: (
            "rule for a kind of venue",
            "regle pour un type d etablissement",
            "قاعدة لنوع من المنشات",
            "rregull per nje lloj lokali",
            "правило за врсту објекта",
            "pravilo za vrstu objekta",
        ),
        Restriction.OFF_LIMITS: ("حظر الارتياد", "ndalohet hyrja", "забрањен приступ", "zabranjen pristup"),
        Restriction.CAUTION: ("توخي الحذر", "kujdes", "опрез", "oprez"),
        PersonnelCategory.MILITARY: ("عسكري", "ushtarak", "војно особље", "vojno osoblje"),
        PersonnelCategory.POLICE: ("شرطة", "policor", "полиција", "policija"),
        PersonnelCategory.CIVILIAN: ("مدني", "цивилно особље", "civilno osoblje"),
        PersonnelCategory.CONTRACTOR: ("متعاقد", "kontraktor", "особље по уговору", "osoblje po ugovoru"),
        PersonnelCategory.VOLUNTEER: ("متطوع", "vullnetar", "волонтери", "volonteri"),
        PersonnelCategory.DEPENDANT: (
            "personne a charge",
            "معال",
            "person ne varesi",
            "издржавана лица",
            "izdrzavana lica",
        ),
    }
)
