"""An answer in words: short, neutral sentences. A listing is a suspicion and a precaution, an absence is no promise.

Every function takes `translate`, which turns an English text into another language's; names come in afterwards.
"""

from collections.abc import Callable

from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.languages import SOURCE
from geo_offlimits.lookup import spoken
from geo_offlimits.lookup.answers import Reason, ReasonCode, Verdict, WhyNot

Translate = spoken.Translate
_NAMES_SHOWN = 3


def headline(verdict: Verdict, translate: Translate = str, *, on_list: bool = False) -> str:
    """The verdict in a few words. `on_list`: what was asked about is on the list, though it may not bar."""
    if verdict is Verdict.LISTED:
        return translate("Off limits: suspected, precautionary")
    if verdict is Verdict.NOT_LISTED:
        return translate("On this list, but not barred now") if on_list else translate("Not on this list")
    return translate("Cannot tell")


def sentence(reason: Reason, translate: Translate = str, language: str = SOURCE) -> str:
    """One reason as sentences of at most twelve words each, the fact first, then what would settle it.

    language : in whose form a day is written; that of `translate`.
    """
    if reason.code is ReasonCode.EDITION_EXPIRED:
        return _edition_expired(reason, translate, language)
    return _SENTENCES[reason.code](reason, translate)


def why_not(code: WhyNot, translate: Translate = str) -> str:
    """Why an entry does not apply, as words beside its name."""
    words = {
        WhyNot.NOT_YET: translate("does not hold yet"),
        WhyNot.ENDED: translate("no longer holds"),
        WhyNot.SUSPENDED: translate("is suspended"),
        WhyNot.NOT_IN_HOURS: translate("does not hold at this hour"),
        WhyNot.NOT_BOUND: translate("does not bind this kind of personnel"),
    }
    return words[code]


def _names(reason: Reason, translate: Translate) -> str:
    names = reason.facts.get("names", reason.entry_ids)
    more = len(names) - _NAMES_SHOWN
    return translate(", ").join(names[:_NAMES_SHOWN]) + (f" (+{more})" if more > 0 else "")


def _which_door(reason: Reason, translate: Translate) -> str:
    text = translate(
        "Too near to tell the door: {names}. Is this the name on the sign? Otherwise give a more exact position."
    )
    return text.format(names=_names(reason, translate))


def _part_of_building(reason: Reason, translate: Translate) -> str:
    text = translate("Only part of this building is listed: {names}. Compare the floor and the entrance with the list.")
    return text.format(names=_names(reason, translate))


def _chosen_entry(reason: Reason, translate: Translate) -> str:
    return translate("The list holds this name: {names}.").format(names=_names(reason, translate))


def _category_rule(reason: Reason, translate: Translate) -> str:
    return translate("This kind of venue is off limits here: {names}.").format(names=_names(reason, translate))


def _position_needed(reason: Reason, translate: Translate) -> str:
    text = translate("Whether this kind of venue is off limits depends on where: {names}. Give a position.")
    return text.format(names=_names(reason, translate))


def _does_not_apply(reason: Reason, translate: Translate) -> str:
    texts = {
        WhyNot.NOT_YET: translate("On the list, but not in force yet: {names}."),
        WhyNot.ENDED: translate("On the list, but no longer in force: {names}."),
        WhyNot.SUSPENDED: translate("On the list, but suspended for now: {names}."),
        WhyNot.NOT_IN_HOURS: translate("On the list, but not at this hour: {names}."),
        WhyNot.NOT_BOUND: translate("On the list, but not for this kind of personnel: {names}."),
    }
    return texts[reason.facts["why_not"]].format(names=_names(reason, translate))


def _caution(reason: Reason, translate: Translate) -> str:
    return translate("Advised against, not barred: {names}.").format(names=_names(reason, translate))


def _no_edition(reason: Reason, translate: Translate) -> str:
    text = translate("{mission} has published no list yet. Ask your mission before you enter.")
    return text.format(mission=reason.facts["mission"])


def _unverified(reason: Reason, translate: Translate) -> str:
    text = translate("The list of {mission} could not be verified. Fetch it again from the mission.")
    return text.format(mission=reason.facts["mission"])


def _outside_territory(reason: Reason, translate: Translate) -> str:
    text = translate("This position is outside the territory of {mission}. Its list says nothing about it.")
    return text.format(mission=reason.facts["mission"])


def _edition_expired(reason: Reason, translate: Translate, language: str) -> str:
    text = translate("The list of {mission} expired on {date}. Fetch the current one.")
    if not reason.facts.get("stale", True):
        text = translate("The list of {mission} holds until {date} only. Ask again nearer the time.")
    return text.format(mission=reason.facts["mission"], date=_day_of_expiry(reason, language))


def _day_of_expiry(reason: Reason, language: str) -> str:
    """As the mission counts its days, as every page tells it. `date` stands for a day that a page will fill in."""
    if "date" in reason.facts:
        return str(reason.facts["date"])
    zone = time_zone(reason.facts.get("timezone", "UTC"))
    return spoken.day(reason.facts["expires_at"].astimezone(zone).date(), language)


def _similar_name(reason: Reason, translate: Translate) -> str:
    text = translate("Much like a name on the list: {names}. Compare the sign and the address.")
    return text.format(names=_names(reason, translate))


def _empty_edition(reason: Reason, translate: Translate) -> str:
    text = translate("Edition {number} of {mission} lists no premises.")
    return text.format(number=reason.facts["number"], mission=reason.facts["mission"])


def _later_edition(reason: Reason, translate: Translate) -> str:
    text = translate(
        "Edition {number} of {mission} was issued after this time. Conduct asks for the earlier list with known_at."
    )
    return text.format(number=reason.facts["number"], mission=reason.facts["mission"])


_SENTENCES: dict[ReasonCode, Callable[[Reason, Translate], str]] = {
    ReasonCode.NO_EDITION: _no_edition,
    ReasonCode.UNVERIFIED: _unverified,
    ReasonCode.CHOSEN_ENTRY: _chosen_entry,
    ReasonCode.CATEGORY_RULE: _category_rule,
    ReasonCode.WHICH_DOOR: _which_door,
    ReasonCode.PART_OF_BUILDING: _part_of_building,
    ReasonCode.POSITION_NEEDED: _position_needed,
    ReasonCode.OUTSIDE_TERRITORY: _outside_territory,
    ReasonCode.CAUTION: _caution,
    ReasonCode.DOES_NOT_APPLY: _does_not_apply,
    ReasonCode.EMPTY_EDITION: _empty_edition,
    ReasonCode.LATER_EDITION: _later_edition,
    ReasonCode.SIMILAR_NAME: _similar_name,
}
