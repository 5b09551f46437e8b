"""Steps 1 to 7 of how a verdict is reached, over what `rules` sees."""

from collections.abc import Iterable

from vectors.rules import CODES, WHY_NOT, Asked, Seen, instant
from vectors.truth import Json

Reasons = list[list[str]]


def answer(asked: Asked) -> Json:
    """The whole answer, as a vector says it."""
    question, seen, rules = asked.question, asked.seen, asked.rules
    chosen = [seen[question["entry_id"]]] if "entry_id" in question else []
    near = [one for one in seen.values() if one.distance_m is not None]
    of_kind = [one for one in rules if one.entry["properties"]["category"] == question.get("venue")]
    verdict, deciding, reasons = _judged(near, of_kind, chosen)
    reasons += _advice(_once([*(one for one in near if one.possible), *chosen, *of_kind]))
    verdict, doubts = _over_all(asked, verdict)
    shown = [one for one in near if one.distance_m is not None and one.distance_m <= asked.radius_m]
    shown += [one for one in rules if one in deciding or one.why_not] + chosen
    return {
        "verdict": verdict,
        "on_list": bool(chosen) or any(one.certain for one in near) or any(not one.depends for one in of_kind),
        "stale": _past(asked, question["now"]),
        "reasons": sorted([*reasons, *doubts], key=lambda reason: CODES.index(reason[0])),
        "matches": [_match(one, deciding) for one in sorted(_once(shown), key=lambda one: one.id)],
        "rules": [one.id for one in rules if one.why_not is None],
        "nearest_m": min((round(one.distance_m, 3) for one in near if one.distance_m is not None), default=None),
    }


def _judged(near: list[Seen], of_kind: list[Seen], chosen: list[Seen]) -> tuple[str, list[Seen], Reasons]:
    """The verdict, the entries on which it rests, and its reasons."""
    by_choice = [one for one in chosen if one.bars]
    by_rule = [one for one in of_kind if one.bars and not one.depends]
    deciding = [*by_choice, *by_rule, *(one for one in near if one.bars and one.certain)]
    if deciding:
        return "listed", deciding, [*_about("chosen_entry", by_choice), *_about("category_rule", by_rule)]
    perhaps = [one for one in near if one.bars and one.possible]
    parts = [one for one in perhaps if one.entry["properties"]["part"] is not None]
    needed = [one for one in of_kind if one.bars]
    reasons = _about("which_door", [one for one in perhaps if one not in parts])
    reasons += [*_about("part_of_building", parts), *_about("position_needed", needed)]
    return ("cannot_tell" if perhaps or needed else "not_listed"), [*perhaps, *needed], reasons


def _advice(reached: list[Seen]) -> Reasons:
    cautions = [one for one in reached if one.why_not is None and one.entry["properties"]["restriction"] == "caution"]
    reasons = _about("caution", cautions)
    for why in WHY_NOT:
        reasons += _about("does_not_apply", [one for one in reached if one.why_not == why])
    return reasons


def _over_all(asked: Asked, verdict: str) -> tuple[str, Reasons]:
    doubts: Reasons = [] if asked.question.get("verified", True) else [["unverified"]]
    if verdict == "not_listed":
        if asked.place is not None and asked.listed.outside(asked.place, asked.at):
            doubts.append(["outside_territory"])
        if _past(asked, asked.question["now"]) or _past(asked, asked.question["at"]):
            doubts.append(["edition_expired"])
    told = list(doubts)
    if not asked.listed.document["features"]:
        told.append(["empty_edition"])
    if instant(asked.question["at"]) < instant(asked.listed.document["offlimits"]["issued_at"]):
        told.append(["later_edition"])
    return ("cannot_tell" if doubts else verdict), told


def _past(asked: Asked, at: str) -> bool:
    return instant(at) >= instant(asked.listed.document["offlimits"]["expires_at"])


def _match(seen: Seen, deciding: list[Seen]) -> list[object]:
    distance_m = None if seen.distance_m is None else round(seen.distance_m, 3)
    return [seen.id, seen.why_not, seen in deciding, distance_m]


def _about(code: str, seen: Iterable[Seen]) -> Reasons:
    ids = sorted(one.id for one in seen)
    return [[code, *ids]] if ids else []


def _once(seen: Iterable[Seen]) -> list[Seen]:
    return list({one.id: one for one in seen}.values())
