"""What the page of its own says: texts and the reasons of a verdict.

Texts hold {placeholders} that the page fills; everything is set as text there.
"""

from collections.abc import Mapping
from typing import Any

from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.domain.languages import is_reviewed
from geo_offlimits.lookup.answers import Reason, ReasonCode, WhyNot
from geo_offlimits.lookup.spoken import forms
from geo_offlimits.lookup.wording import Translate, sentence, why_not

_NAMED = (
    ReasonCode.CHOSEN_ENTRY,
    ReasonCode.CATEGORY_RULE,
    ReasonCode.WHICH_DOOR,
    ReasonCode.PART_OF_BUILDING,
    ReasonCode.POSITION_NEEDED,
    ReasonCode.CAUTION,
)
_OF_THE_LIST = (ReasonCode.OUTSIDE_TERRITORY, ReasonCode.EMPTY_EDITION)


def page_words(about: Mapping[str, Any], translate: Translate = str, language: str = "en") -> dict[str, Any]:
    """Every text of the page, by its key. about : the member `offlimits` of an edition."""
    return {
        **_texts(translate),
        "reasons": _reasons(about, translate, language),
        "why_not": _why_not(translate),
        "forms": forms(language, translate),
        "unreviewed": _unreviewed(language, translate),
    }


def _unreviewed(language: str, translate: Translate) -> str:
    if is_reviewed(language):
        return ""
    return translate("Nobody has reviewed this translation. The English text counts.")


def reason_words(translate: Translate = str) -> dict[str, str]:
    """The sentence of each reason for a page that asks about any edition: `{mission}`, `{number}`, `{date}`, `{names}`.

    A reason with a `why_not` is `code_why`; `edition_ahead` is an edition that will be over when it is asked about.
    """
    facts: dict[str, Any] = {"mission": "{mission}", "number": "{number}", "names": ("{names}",)}
    facts["date"] = "{date}"
    told = {
        code.value: sentence(Reason(code=code, facts=facts), translate)
        for code in ReasonCode
        if code is not ReasonCode.DOES_NOT_APPLY
    }
    for why in WhyNot:
        reason = Reason(code=ReasonCode.DOES_NOT_APPLY, facts=facts | {"why_not": why})
        told[f"{reason.code.value}_{why.value}"] = sentence(reason, translate)
    ahead = Reason(code=ReasonCode.EDITION_EXPIRED, facts=facts | {"stale": False})
    return told | {"edition_ahead": sentence(ahead, translate)}


def _why_not(translate: Translate) -> dict[str, str]:
    return {code.value: why_not(code, translate) for code in WhyNot}


def _reasons(about: Mapping[str, Any], translate: Translate, language: str) -> dict[str, str]:
    """The sentence of each reason; {names} are filled in by the page, all else is known when it is written."""
    facts = {"mission": about.get("mission", ""), "number": about.get("number", ""), "names": ("{names}",)}
    told = {code.value: sentence(Reason(code=code, facts=facts), translate) for code in (*_NAMED, *_OF_THE_LIST)}
    for why in WhyNot:
        reason = Reason(code=ReasonCode.DOES_NOT_APPLY, facts=facts | {"why_not": why})
        told[f"{reason.code.value}_{why.value}"] = sentence(reason, translate)
    until = {"expires_at": parse_instant(about["expires_at"]), "timezone": about.get("timezone", "UTC")}
    return told | _of_time(facts | until, translate, language)


def _of_time(facts: dict[str, Any], translate: Translate, language: str) -> dict[str, str]:
    """What the device's clock decides, and what only a file that lies on a device can say."""
    code = ReasonCode.EDITION_EXPIRED
    return {
        code.value: sentence(Reason(code=code, facts=facts | {"stale": True}), translate, language),
        ReasonCode.LATER_EDITION.value: translate(
            "The clock of this device stands before the day of issue. Set it right, then ask again."
        ),
        "part_of_list": translate(
            "This file holds only a part of the list. What is left out is not cleared: take the whole list."
        ),
    }


def _texts(translate: Translate) -> dict[str, Any]:
    return {
        **_of_the_file(translate),
        **_of_the_answer(translate),
        **_of_an_entry(translate),
        "directions": [
            translate("to the north"),
            translate("to the north-east"),
            translate("to the east"),
            translate("to the south-east"),
            translate("to the south"),
            translate("to the south-west"),
            translate("to the west"),
            translate("to the north-west"),
        ],
    }


def _of_the_file(translate: Translate) -> dict[str, str]:
    return {
        "edition": translate("Edition {number}"),
        "issued": translate("Issued {date}"),
        "expires": translate("Current until {date}"),
        "expired": translate("This list expired on {date}. It may have changed since: fetch the current one."),
        "part": translate("Only a part of the list: what is left out is not cleared."),
        "demonstration": translate("DEMONSTRATION – invented island state"),
        "about": translate("About this file"),
        "precaution": translate("Suspected, precautionary: a listing is not a finding against anybody."),
        "unmapped": translate("Not on the map"),
        "unmapped_hint": translate("Off limits too: rules for kinds of venue, and entries without a known place."),
        "all": translate("All entries"),
        "contacts": translate("Confidential contacts"),
        "legend": translate("Legend"),
        "several": translate("Several: zoom in"),
        "close": translate("Close"),
    }


def _of_the_answer(translate: Translate) -> dict[str, str]:
    return {
        "search": translate("Name on the sign, or a position"),
        "answer": translate("Answer"),
        "check_here": translate("Check where I am"),
        "locating": translate("Finding your position …"),
        "no_position": translate("Your position could not be found."),
        "position_remedy": translate("Search the name on the sign, type a position, or touch the map."),
        "check_position": translate("Check the position {text}"),
        "not_understood": translate("Not understood. Nothing was checked."),
        "notations": translate("Write a position as 42.66000, 21.16000 or 42°39′36″N 21°09′36″E, or as MGRS."),
        "zoom_in": translate("Zoom in to the houses, then touch the place."),
        "found_none": translate("No name on edition {number} is like “{text}”."),
        "found_none_part": translate("No name in this part of the list is like “{text}”."),
        "found_none_remedy": translate("A sign can differ from the list: check the position too."),
        "similar": translate("A similar name"),
        "listed": translate("Off limits"),
        "listed_below": translate("suspected, precautionary"),
        "cannot_tell": translate("Cannot tell"),
        "not_listed": translate("Not on edition {number}, issued {date}"),
        "not_barred": translate("On this list, but not barred now"),
        "stale": translate("From an expired list."),
        "advice_listed": translate("Do not enter. Entering is misconduct."),
        "advice_cannot_tell": translate("If in doubt, stay out and ask."),
        "advice_not_listed": translate("This says only what the list holds. It is no permission."),
        "nothing_here": translate("No entry of edition {number} is at this place."),
        "sign_question": translate("Is this the sign?"),
        "sign_yes": translate("Yes"),
        "sign_no": translate("No"),
        "sign_none": translate("None of these"),
        "sign_other": translate("You say the sign is another. The list cannot tell which door this is."),
        "kind_question": translate("What kind of place is it?"),
        "kind_choose": translate("Choose a kind"),
    }


def _of_an_entry(translate: Translate) -> dict[str, str]:
    return {
        "off_limits": translate("Off limits"),
        "caution": translate("Caution"),
        "area": translate("Area off limits"),
        "category_rule": translate("Rule for a kind of venue"),
        "facility": translate("Welfare facility"),
        "part_only": translate("Only part of the building"),
        "place_unknown": translate("Exact place not known"),
        "here": translate("Here"),
        "far": translate("far"),
        "also": translate("Also: {names}"),
        "formerly": translate("Formerly: {names}"),
        "binds": translate("Binds: {who}."),
        "hours": translate("At these hours: {hours}."),
        "except": translate("Except: {exception}."),
        "since": translate("Since {date}"),
        "floor": translate("floor {floor}"),
        "entrance": translate("entrance: {entrance}"),
    }
