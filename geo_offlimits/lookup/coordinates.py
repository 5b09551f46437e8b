"""Reads a position as people write it, and writes it in every notation. Refuses rather than guesses.

Understood: decimal degrees (point or comma), degrees-minutes-seconds, degrees and decimal minutes, MGRS, UTM with zone
and hemisphere, Plus codes, `geo:` URIs. Latitude comes first unless letters or labels say otherwise. A text that
contradicts itself, or begins with a latitude beyond 90, is refused with the readings to choose from.
"""

import re
import unicodedata
from functools import partial

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.errors import Sentence
from geo_offlimits.lookup import degrees, grids
from geo_offlimits.lookup.grids import AmbiguousPositionError, refused

__all__ = ["AmbiguousPositionError", "PositionError", "is_meant_as_position", "notations", "parse_position"]

MAX_TEXT = 200
_GEO = re.compile(r"geo:([^?]*)", re.IGNORECASE)
# What is typed where a name or a position may stand: two numbers, or one with a sign of a notation. "Bar 24 12" is a
# name, although it is a square of MGRS at the South Pole; with a word in it, what cannot be read is a name too.
_TWO_NUMBERS = re.compile(r"\d.*(?:\D\d|[°+])|[°+].*\d")
_POLAR = re.compile(r"\s*[ABYZ][A-Z]{2}\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("º˚∘⁰", "°"),
        **dict.fromkeys("′’‘ʹ´`ʼ＇", "'"),
        **dict.fromkeys("″“”ʺ„＂〃", '"'),
        **dict.fromkeys("−–—‒－", "-"),
        **dict.fromkeys("，،、", ","),
        **dict.fromkeys("٫．", "."),
        **dict.fromkeys("；؛", ";"),
    }
)


def parse_position(text: str, *, uncertainty_m: float | None = None, reference: Position | None = None) -> Position:
    """The position that a text names.

    uncertainty_m : the 95 % uncertainty if known; otherwise 10 m, or what the notation's own coarseness leaves open. A
    grid reference is never surer than its square. reference : a place near by, needed for a short Plus code.
    Raises PositionError for a text that is no position on Earth, AmbiguousPositionError (with `.readings`) for one that
    can be several.
    """
    plain = _plain(text)
    uri = _GEO.match(plain)
    if uri:
        return _from_geo(plain, uncertainty_m)
    capitals = plain.upper()
    readers = (
        partial(grids.from_plus_code, uncertainty_m=uncertainty_m, reference=reference),
        partial(grids.from_utm, uncertainty_m=uncertainty_m),
        partial(grids.from_mgrs, uncertainty_m=uncertainty_m),
    )
    for read in readers:
        position = read(capitals)
        if position is not None:
            return position
    return degrees.from_degrees(plain, uncertainty_m)


def is_meant_as_position(text: str) -> bool:
    """Whether a text typed where a name or a position may stand is a position: readable, ambiguous or with a slip."""
    if not _TWO_NUMBERS.search(text) or _POLAR.match(text):
        return False
    try:
        parse_position(text)
    except AmbiguousPositionError:
        return True
    except PositionError:
        return not _WORD.search(text)
    return True


def notations(position: Position) -> dict[str, str]:
    """The position in each notation: `decimal`, `dms`, `mgrs`, `utm` (not near the poles), `plus`, `geo`.

    Each is read back by `parse_position` to within its own last digit, about one metre at most.
    """
    written = {
        "decimal": f"{position.lat:.6f}, {position.lon:.6f}",
        "dms": f"{degrees.to_dms(position.lat, 'NS')} {degrees.to_dms(position.lon, 'EW')}",
        "mgrs": grids.to_mgrs(position),
        "utm": grids.to_utm(position),
        "plus": grids.to_plus_code(position),
        "geo": f"geo:{position.lat:.6f},{position.lon:.6f}",
    }
    return {name: text for name, text in written.items() if text is not None}


def _plain(text: str) -> str:
    """The text with one kind of sign each, ASCII digits, and without invisible characters."""
    if len(text) > MAX_TEXT:
        raise refused(
            text, Sentence("has more than {most} characters", most=MAX_TEXT), Sentence("give the position alone")
        )
    signs = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS).replace("''", '"')
    visible = "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in signs
        if unicodedata.category(character) != "Cf"
    )
    plain = " ".join(visible.split())
    if not plain:
        raise refused(text, Sentence("is empty"), Sentence("write it as 42.66, 21.16"))
    return plain


def _from_geo(text: str, uncertainty_m: float | None) -> Position:
    """RFC 5870: `geo:lat,lon[,altitude][;crs=wgs84][;u=metres]`."""
    if "?" in text:
        raise refused(
            text,
            Sentence("has a query, which can name another place"),
            Sentence("give the part before the question mark"),
        )
    path, *parameters = text[len("geo:") :].split(";")
    given = {name.strip().lower(): value.strip() for name, _, value in (one.partition("=") for one in parameters)}
    if given.get("crs", "wgs84").lower() != "wgs84":
        raise refused(text, Sentence("is in {system}", system=given["crs"]), Sentence("give it in WGS 84"))
    numbers = path.split(",")
    if len(numbers) not in (2, 3) or not all(degrees.is_number(number) for number in numbers):
        raise refused(text, Sentence("is not geo:latitude,longitude"), Sentence("write it as geo:42.66,21.16"))
    if uncertainty_m is None and "u" in given:
        if not degrees.is_number(given["u"]):
            raise refused(
                text, Sentence("has an uncertainty u that is no number"), Sentence("give metres, such as u=10")
            )
        uncertainty_m = float(given["u"])
    return degrees.position_at(float(numbers[0]), float(numbers[1]), uncertainty_m)
