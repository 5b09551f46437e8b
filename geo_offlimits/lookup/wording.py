"""An answer in words: short, neutral sentences. A listing is a suspicion and a precaution, an absence is no promise.

Every function takes `translate`, which turns an English text into another language's; names come in afterwards.
"""

from collections.abc import Callable

from geo_offlimits.domain.instants import format_instant
from geo_offlimits.lookup.answers import Reason, ReasonCode, Verdict, WhyNot

Translate = Callable[[str], str]
_NAMES_SHOWN = 3


def headline(verdict: Verdict, translate: Translate = str) -> str:
    """The verdict in a few words."""
    if verdict is Verdict.LISTED:
        return translate("Off limits: suspected, precautionary")
    if verdict is Verdict.NOT_LISTED:
        return translate("Not on this list")
    return translate("Cannot tell")


def sentence(reason: Reason, translate: Translate = str) -> str:
    """One reason as sentences of at most twelve words each, the fact first, then what would settle it."""
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


def _names(reason: Reason) -> str:
    names = reason.facts.get("names", reason.entry_ids)
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" (+{more})" if more > 0 else "")


def _which_door(reason: Reason, translate: Translate) -> str:
    text = translate(
        "Too near to tell the door: {names}. Is this the name on the sign? Otherwise give a more exact position."
    )
    return text.format(names=_names(reason))


def _part_of_building(reason: Reason, translate: Translate) -> str:
    text = translate("Only part of this building is listed: {names}. Compare the floor and the entrance with the list.")
    return text.format(names=_names(reason))


def _chosen_entry(reason: Reason, translate: Translate) -> str:
    return translate("You chose this entry by its name: {names}.").format(names=_names(reason))


def _category_rule(reason: Reason, translate: Translate) -> str:
    return translate("This kind of venue is off limits here: {names}.").format(names=_names(reason))


def _caution(reason: Reason, translate: Translate) -> str:
    return translate("Advised against, not barred: {names}.").format(names=_names(reason))


def _no_edition(_reason: Reason, translate: Translate) -> str:
    return translate("No list has been published yet. Ask your mission before you enter.")


def _unverified(_reason: Reason, translate: Translate) -> str:
    return translate("This list could not be verified. Fetch it again from the mission.")


def _outside_territory(_reason: Reason, translate: Translate) -> str:
    return translate("This position is outside the mission's territory. The list says nothing about it.")


def _edition_expired(reason: Reason, translate: Translate) -> str:
    text = translate("This list expired on {date}. Fetch the current one.")
    expires_at = reason.facts.get("expires_at")
    return text.format(date=format_instant(expires_at)[:10] if expires_at else "?")


_SENTENCES: dict[ReasonCode, Callable[[Reason, Translate], str]] = {
    ReasonCode.NO_EDITION: _no_edition,
    ReasonCode.UNVERIFIED: _unverified,
    ReasonCode.CHOSEN_ENTRY: _chosen_entry,
    ReasonCode.CATEGORY_RULE: _category_rule,
    ReasonCode.WHICH_DOOR: _which_door,
    ReasonCode.PART_OF_BUILDING: _part_of_building,
    ReasonCode.OUTSIDE_TERRITORY: _outside_territory,
    ReasonCode.EDITION_EXPIRED: _edition_expired,
    ReasonCode.CAUTION: _caution,
}
