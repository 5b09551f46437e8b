"""The words of closed vocabularies on what people print: the list and the sheets. Staff-facing words are neutral.

`N_` marks a text for the catalogues; it is translated where it is written out.
"""

from enum import Enum

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.mission import ContactKind
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import NameKind, SubjectKind, VenueKind


def N_(text: str) -> str:  # noqa: N802  (the name by which message extraction knows it)
    return text


WORDS: dict[Enum, str] = {
    Restriction.OFF_LIMITS: N_("Off limits"),
    Restriction.CAUTION: N_("Caution"),
    SubjectKind.PREMISES: N_("Premises"),
    SubjectKind.AREA: N_("Area"),
    SubjectKind.CATEGORY_RULE: N_("Rule for a kind of venue"),
    VenueKind.BAR: N_("Bar"),
    VenueKind.NIGHT_CLUB: N_("Night club"),
    VenueKind.STRIP_CLUB: N_("Strip club"),
    VenueKind.HOTEL: N_("Hotel"),
    VenueKind.GUEST_HOUSE: N_("Guest house"),
    VenueKind.RESTAURANT: N_("Restaurant"),
    VenueKind.CAFE: N_("Café"),
    VenueKind.MASSAGE_PARLOUR: N_("Massage parlour"),
    VenueKind.CASINO: N_("Casino"),
    VenueKind.PRIVATE_HOUSE: N_("Private house"),
    VenueKind.STREET: N_("Street"),
    VenueKind.OTHER: N_("Other"),
    NameKind.SIGN: N_("On the sign"),
    NameKind.CURRENT: N_("Current name"),
    NameKind.FORMER: N_("Former name"),
    NameKind.ALIAS: N_("Also known as"),
    PersonnelCategory.MILITARY: N_("Military"),
    PersonnelCategory.POLICE: N_("Police"),
    PersonnelCategory.CIVILIAN: N_("Civilian"),
    PersonnelCategory.CONTRACTOR: N_("Contractor"),
    PersonnelCategory.VOLUNTEER: N_("Volunteer"),
    PersonnelCategory.DEPENDANT: N_("Dependant"),
    ContactKind.CONDUCT: N_("Conduct and discipline team"),
    ContactKind.VICTIMS: N_("Victims’ rights adviser"),
    ContactKind.EMERGENCY: N_("Emergency"),
    ContactKind.HOTLINE: N_("Hotline"),
}


def locale_of(language: str) -> Locale:
    """The locale in which dates and numbers of this BCP 47 language are written; English for one that is not known."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def delimiter_of(language: str) -> str:
    """What spreadsheets of this language cut a CSV file by: a semicolon where the comma is for decimals."""
    return ";" if get_decimal_symbol(locale_of(language)) == "," else ","
