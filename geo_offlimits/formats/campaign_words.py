"""Whom a campaign goes to, in words: as it is kept with it, for who reads it later."""

from geo_offlimits.domain.campaign import Audience
from geo_offlimits.formats.words import N_, word
from geo_offlimits.lookup.wording import Translate

_CHOICES = {
    "units": N_("unit {names}"),
    "categories": "{names}",
    "sectors": N_("sector {names}"),
    "languages": N_("language {names}"),
}


def audience_words(audience: Audience, translate: Translate = str) -> str:
    """`unit Police, Engineers; military personnel`; of an audience without a choice, everybody in service."""
    if audience.arrivals:
        return translate("newcomers")
    named = {
        "units": audience.units,
        "categories": tuple(translate(word(category)) for category in audience.categories),
        "sectors": audience.sectors,
        "languages": audience.languages,
    }
    said = [
        translate(text).format(names=", ".join(named[choice])) for choice, text in _CHOICES.items() if named[choice]
    ]
    return "; ".join(said) or translate("everybody in service")
