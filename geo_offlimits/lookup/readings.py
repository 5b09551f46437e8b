"""What a text of a position can mean: its readings, how much each leaves open, and the refusals that name them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from geo_offlimits.domain.position import MAX_UNCERTAINTY_M, UNKNOWN_UNCERTAINTY_M, Position, PositionError
from geo_offlimits.errors import Issue, Sentence, either

# No degree of latitude or longitude is longer on WGS 84.
METRES_A_DEGREE = 111_700.0
MAX_LAT, MAX_LON = 90.0, 180.0
EXAMPLE = Sentence("write it as 42.66, 21.16")
_SHOWN, _PLACES = 60, 6
_SEVERAL_WAYS = Sentence("can be read in more than one way")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One place that a text can name.

    open_m : how far off the place may be for the coarseness of the writing alone: half the diagonal of the square that
    the last digits leave open.
    is_square : the writing names that square and nothing finer, as a grid reference does. Degrees end in zeros that
    programs drop, so there a stated accuracy can be finer than what is written.
    stated_m : the accuracy that the text itself gives.
    by_order : nothing but the order of the numbers says which of them is the latitude.
    """

    lat: float
    lon: float
    open_m: float = 0.0
    is_square: bool = False
    stated_m: float | None = None
    by_order: bool = False

    def position(self, uncertainty_m: float | None = None) -> Position:
        """The position, as sure as `parse_position` says."""
        stated_m = self.stated_m if uncertainty_m is None else uncertainty_m
        if stated_m is None or self.is_square:
            asked_m = UNKNOWN_UNCERTAINTY_M if stated_m is None else stated_m
            # NaN must reach Position, which refuses it; max() would lose it.
            stated_m = asked_m if math.isnan(asked_m) else max(asked_m, min(self.open_m, MAX_UNCERTAINTY_M))
        return Position(lat=self.lat, lon=self.lon, uncertainty_m=stated_m)

    @property
    def place(self) -> tuple[float, float]:
        """Where it is, to be compared: ±180 are one meridian, a pole is one place."""
        lat, lon = round(self.lat, 7) + 0.0, round(self.lon, 7) + 0.0
        return lat, 0.0 if abs(lat) == MAX_LAT else -lon if lon == -MAX_LON else lon


@dataclass(frozen=True)
class Doubt:
    """Why a text is asked about even where it has one reading: the fact, and what to do where none of them is meant."""

    fact: Sentence
    otherwise: Sentence | None = None


@dataclass(frozen=True)
class Meaning:
    """Every reading of a text, what makes even a single one doubtful, and why several are several."""

    readings: tuple[Reading, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    why_several: Sentence = _SEVERAL_WAYS


class AmbiguousPositionError(PositionError):
    """A text that can be read as several positions. `readings` are the ones to choose from, the likelier first."""

    def __init__(self, text: str, doubt: Doubt, readings: tuple[Position, ...]) -> None:
        self.readings = readings
        remedy = _remedy([f"{brief(one.lat)}, {brief(one.lon)}" for one in readings], doubt.otherwise)
        super().__init__(_sentence(text, doubt.fact, remedy), _issue(text, doubt.fact, remedy))

    @property
    def choices(self) -> list[dict[str, float]]:
        """The readings as JSON, each of them a position that can be sent back."""
        return [reading.as_json() for reading in self.readings]


def refused(text: str, fact: Sentence, remedy: Sentence) -> PositionError:
    """The refusal of a position text: the text, what is wrong with it, what to do."""
    return PositionError(_sentence(text, fact, remedy), _issue(text, fact, remedy))


def out_of_range(text: str, lat: float, lon: float) -> PositionError:
    """The refusal of two numbers that are no latitude and longitude in this order."""
    if abs(lat) <= MAX_LAT:
        fact = Sentence("has a longitude beyond 180: {lon}", lon=brief(lon))
        return refused(text, fact, Sentence("longitude goes from -180 to 180"))
    if abs(lon) <= MAX_LON:
        fact = Sentence("has a latitude beyond 90: {lat}", lat=brief(lat))
        return refused(text, fact, Sentence("latitude goes from -90 to 90 and comes first"))
    fact = Sentence(
        "has a latitude beyond 90: {lat}, and a longitude beyond 180: {lon}", lat=brief(lat), lon=brief(lon)
    )
    return refused(text, fact, Sentence("latitude goes from -90 to 90, longitude from -180 to 180"))


def is_on_earth(lat: float, lon: float) -> bool:
    return abs(lat) <= MAX_LAT and abs(lon) <= MAX_LON


def half_diagonal_m(lat: float, height_deg: float, width_deg: float) -> float:
    """Half the diagonal of a cell of degrees around a latitude, never too small."""
    nearest_equator = max(0.0, abs(lat) - height_deg / 2)
    width_m = width_deg * METRES_A_DEGREE * math.cos(math.radians(nearest_equator))
    return math.hypot(height_deg * METRES_A_DEGREE, width_m) / 2


def settled(text: str, meaning: Meaning, uncertainty_m: float | None) -> Reading:
    """The one reading of a text. Raises AmbiguousPositionError where there are several, or one that is in doubt."""
    readings = _distinct(meaning.readings)
    if len(readings) == 1 and not meaning.doubts:
        return readings[0]
    doubt = meaning.doubts[0] if meaning.doubts else Doubt(meaning.why_several)
    raise AmbiguousPositionError(text, doubt, tuple(one.position(uncertainty_m) for one in readings))


def brief(degrees: float) -> str:
    """Degrees to a tenth of a metre, without the zeros at the end."""
    return f"{round(degrees, _PLACES) + 0.0:.{_PLACES}f}".rstrip("0").rstrip(".")


def _distinct(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    found: dict[tuple[float, float], Reading] = {}
    for reading in readings:
        known = found.setdefault(reading.place, reading)
        if known.open_m < reading.open_m:
            found[reading.place] = reading
    return tuple(found.values())


def _remedy(choices: list[str], otherwise: Sentence | None) -> Sentence:
    """To write one of the choices, or else what to do where none of them is meant."""
    if not choices:
        return otherwise or EXAMPLE
    if len(choices) == 1:
        write = Sentence("write {choice} if that is meant", choice=choices[0])
    else:
        write = Sentence("write {choices}", choices=either(*choices))
    return Sentence("{write}, else {otherwise}", write=write, otherwise=otherwise) if otherwise else write


def _sentence(text: str, fact: Sentence, remedy: Sentence) -> Sentence:
    position = repr(text[:_SHOWN])
    return Sentence("The position {position} {fact}; {remedy}.", position=position, fact=fact, remedy=remedy)


def _issue(text: str, fact: Sentence, remedy: Sentence) -> Issue:
    return Issue(field="position", value=text[:_SHOWN], reason=fact, remedy=remedy)
