"""Searches by name and what the product finds: the first three with score and reason.

There is no other truth than the product's own search, which `tests/lookup/name_pairs.csv` and the names that are on no
list hold to what people meant; the same are asked here, and each name once more with slips.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from vectors.chance import stream
from vectors.document import Document
from vectors.slips import SLIPS
from vectors.truth import Json

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind
from geo_offlimits.lookup.names import MATCH_SCORE, NameIndex, SearchTextError

_WRITTEN = Path(__file__).resolve().parents[2] / "tests" / "lookup"
SHOWN = 3
SLIPS_A_NAME = 5
# A score so near to the one that counts as a match that the last digit of a fraction decides.
_NEVER_WITHIN = 0.11
# A small list of another kind: several names, sign and former, an address, a town.
_TOWN = (
    ("Ноћни клуб Звезда", "Klub Zvezda", "Lantern Quay 4", "Port Amber"),
    ("نادي ليالي المرجان", "Coral Nights", "Coral Street 12", "Port Amber"),
    ("L'Étoile du Soir", "Evening Star", "Rue du Quai 7", "Cap Vert-de-Gris"),
    ("Night Club Čarobnjak", "Bar Merlin Wizzard", "Lantern Quay 9", "Port Amber"),
    ("Bar Lotos", "Lotus Lounge 3", "Saltmarsh Road 1", "Ebbwick"),
    ("Bar Comet", "Bar Pilot", "Lantern Quay 11", "Port Amber"),
    ("Golden Heron", "The Gilded Heron", "Heron Alley 2", "Ebbwick"),
    ("Golden Herring", "Blue Herring", "Heron Alley 3", "Ebbwick"),
    ("Müller's Pub", "Miller's Inn", "Saltmarsh Road 8", "Ebbwick"),
    ("Lantern Bar 12", "Lantern Bar 21", "Pier Road 12", "Port Amber"),
    ("The Bar", "Two Foxes Tavern", "Pier Road 14", "Port Amber"),
    ("Μπαρ Ευτυχία", "Bar Eftyhia", "Pier Road 15", "Port Amber"),
)
_UNREADABLE = ("", "  ", "x", "?!", "…", "é", "a" * 201, "~^=@`", "\u200e")


def document() -> Document:
    lists = [_of_pairs(), _of_town()]
    asked = list(dict.fromkeys(_questions(lists)))
    words = " ".join(
        [*(text for _, text in asked), *(name["text"] for one in lists for e in one for name in e["names"])]
    )
    towns = [list(town) for town in shipped.place_names() if any(name.casefold() in words.casefold() for name in town)]
    indices = [NameIndex(map(entry_of, entries), towns) for entries in lists]
    vectors = [vector for at, text in asked if (vector := _vector(indices[at], at, text))]
    about = {"columns": ["list", "query", "found"], "match_score": MATCH_SCORE, "tolerance_score": 0.1}
    return Document("names", about, {"towns": towns, "lists": lists}, vectors)


def entry_of(told: Json) -> Entry:
    """The entry of an item of a list."""
    names = tuple(Name(text=name["text"], kind=NameKind(name["kind"])) for name in told["names"])
    return Entry(
        entry_id=told["id"],
        name=names[0].text,
        names=names,
        subject=SubjectKind.PREMISES,
        category=None,
        restriction=Restriction.OFF_LIMITS,
        since=datetime(2026, 1, 1, tzinfo=UTC),
        address=told["address"],
        locality=told["locality"],
        issuer="VEC",
        directive="Invented",
    )


def _questions(lists: list[list[Json]]) -> Iterator[tuple[int, str]]:
    yield from ((0, row["query"]) for row in _rows("name_pairs"))
    yield from ((0, row["name"]) for row in _rows("unrelated_names"))
    chance = stream("names")
    for at, entries in enumerate(lists):
        for name in (name["text"] for entry in entries for name in entry["names"]):
            yield at, name
            yield from ((at, slip(chance, name)) for slip in chance.sample(SLIPS, SLIPS_A_NAME))
    for entry in lists[1]:
        name, place = entry["names"][0]["text"], entry["locality"]
        yield from ((1, text) for text in (entry["address"], place, f"{name} {place}", f"{place}, {name}"))
        yield 1, f"{name}, {entry['address']}"
    yield from ((0, text) for text in _UNREADABLE)


def _rows(name: str) -> list[dict[str, str]]:
    with (_WRITTEN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _of_pairs() -> list[Json]:
    """One entry for each name that somebody meant, former names included."""
    former: dict[str, str] = {}
    for row in _rows("name_pairs"):
        former[row["name"]] = row["former"] or former.get(row["name"], "")
    return [_listed(at, (name, *([old] if old else [])), None, None) for at, (name, old) in enumerate(former.items())]


def _of_town() -> list[Json]:
    return [_listed(at, (sign, old), address, town) for at, (sign, old, address, town) in enumerate(_TOWN)]


def _listed(number: int, texts: tuple[str, ...], address: str | None, locality: str | None) -> Json:
    kinds = ("sign", *["former"] * (len(texts) - 1))
    names = [{"text": text, "kind": kind} for text, kind in zip(texts, kinds, strict=True)]
    return {"id": f"VEC-{number:04d}", "names": names, "address": address, "locality": locality}


def _vector(index: NameIndex, at: int, text: str) -> list[object] | None:
    try:
        found = index.find(text, SHOWN)
    except SearchTextError:
        return [at, text, None]
    if any(0 < abs(one.score - MATCH_SCORE) < _NEVER_WITHIN for one in found):
        return None
    return [at, text, [[one.entry.entry_id, one.name, one.score, one.reason] for one in found]]
