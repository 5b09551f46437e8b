"""The codes in which links of map programs pack a position: letters whose bits halve longitude and latitude in turn.

OpenStreetMap's short links (`lib/short_link.rb` of its site), Organic Maps' shared points (`ge0` in its sources) and
the geohash in Waze's links name a cell each; no kept library reads the first two.
"""

from geo_offlimits.lookup.readings import Reading, half_diagonal_m

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_OSM, _OMAPS = _LETTERS + "_~", _LETTERS + "-_"
_GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"
_OMAPS_LETTERS, _BITS_BELOW_A_TILE, _BITS_A_LETTER = 10, 8, 3


def osm_code(code: str) -> tuple[Reading, int] | None:
    """The cell of `https://osm.org/go/CODE` and the zoom of its view; None for what is no such code."""
    letters = code.replace("@", "~").rstrip("-")
    missing = len(code) - len(letters)
    cell = _cell(letters, _OSM, lon_first=True)
    return (cell, _BITS_A_LETTER * len(letters) - _BITS_BELOW_A_TILE - -missing % _BITS_A_LETTER) if cell else None


def omaps_code(code: str) -> Reading | None:
    """The cell of `https://omaps.app/CODE/Name`: a letter for the zoom, nine for the place."""
    return _cell(code[1:], _OMAPS, lon_first=False) if len(code) == _OMAPS_LETTERS else None


def geohash(code: str) -> Reading | None:
    return _cell(code, _GEOHASH, lon_first=True)


def _cell(code: str, alphabet: str, *, lon_first: bool) -> Reading | None:
    if not code or any(letter not in alphabet for letter in code):
        return None
    length = len(alphabet).bit_length() - 1
    bits = "".join(f"{alphabet.index(letter):0{length}b}" for letter in code)
    lon, width_deg = _halved(bits[0 if lon_first else 1 :: 2], 360.0)
    lat, height_deg = _halved(bits[1 if lon_first else 0 :: 2], 180.0)
    return Reading(lat=lat, lon=lon, open_m=half_diagonal_m(lat, height_deg, width_deg), is_square=True)


def _halved(bits: str, whole_deg: float) -> tuple[float, float]:
    """The middle of what is left of a range around zero after halving it by each bit, and how wide that is."""
    size_deg = whole_deg / 2 ** len(bits)
    return (int(bits or "0", 2) + 0.5) * size_deg - whole_deg / 2, size_deg
