"""What is listed in the demonstration: invented premises in an invented state, told in neutral words.

Chapters count the editions: a listing is decided before edition `chapter` and stands in it; what is renamed or lifted
in a chapter shows so from that edition on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from enum import Enum

from geo_offlimits.demonstration.island import TIME_ZONE
from geo_offlimits.domain.designation import Basis, Restriction
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind, Part, VenueKind

CHAPTERS = (1, 2, 3, 4)
_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


class Shape(Enum):
    """How well the place is known."""

    FOOTPRINT = "footprint"
    POINT = "point"
    UNKNOWN = "unknown"


def _open(days: tuple[int, ...], start: time, end: time) -> Hours:
    return Hours(tz=TIME_ZONE, weekly=(WeeklySpan(days=days, start=start, end=end),))


EVENINGS = _open(_EVERY_DAY, time(20), time(6))
WEEKENDS = _open((5, 6), time(21), time(5))


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One premises and its fate. `stands_in` is the kind of building it takes from the island's layer."""

    names: tuple[Name, ...]
    category: VenueKind
    locality: str | None
    stands_in: str = "bar"
    shape: Shape = Shape.FOOTPRINT
    chapter: int = 1
    basis: Basis = Basis.SEX_INDUSTRY
    restriction: Restriction = Restriction.OFF_LIMITS
    applies_to: tuple[PersonnelCategory, ...] = ()
    hours: Hours | None = None
    exceptions: tuple[str, ...] = ()
    part: Part | None = None
    added_alone: bool = False
    review_passed: bool = False
    for_days: int | None = None
    renamed: tuple[int, Name] | None = None
    lifted: int | None = None

    @property
    def label(self) -> str:
        return self.names[0].text


def sign(text: str, lang: str = "en") -> Name:
    return Name(text=text, lang=lang, kind=NameKind.SIGN)


def called(text: str, lang: str = "en") -> Name:
    return Name(text=text, lang=lang)


def former(text: str, lang: str = "en") -> Name:
    return Name(text=text, lang=lang, kind=NameKind.FORMER)


def alias(text: str, lang: str) -> Name:
    return Name(text=text, lang=lang, kind=NameKind.ALIAS)


_CAPITAL = "Porto Velano"
_BAR, _CLUB, _HOTEL, _ROOMS = VenueKind.BAR, VenueKind.NIGHT_CLUB, VenueKind.HOTEL, VenueKind.GUEST_HOUSE
_CAFE, _MASSAGE, _CASINO, _MEAL = VenueKind.CAFE, VenueKind.MASSAGE_PARLOUR, VenueKind.CASINO, VenueKind.RESTAURANT
_STRIP, _HOUSE, _OTHER = VenueKind.STRIP_CLUB, VenueKind.PRIVATE_HOUSE, VenueKind.OTHER
_POINT, _UNKNOWN = Shape.POINT, Shape.UNKNOWN
_CAUTION = Restriction.CAUTION
_MILITARY = (PersonnelCategory.MILITARY,)
_UNIFORMED = (PersonnelCategory.MILITARY, PersonnelCategory.POLICE)


def _first_in_the_capital() -> Iterator[Listing]:
    """What the first directive listed: half of it in the capital."""
    capital = _CAPITAL
    yield Listing(names=(sign("Blue Lantern"),), category=_CLUB, locality=capital)
    yield Listing(names=(sign("The Tilted Mast"), former("Pilot's Rest")), category=_BAR, locality=capital)
    yield Listing(names=(sign("Saltpan Rooms"),), category=_ROOMS, locality=capital, stands_in="guest_house")
    yield Listing(
        names=(sign("Бар Ластовица", "sr-Cyrl"), alias("Bar Lastovica", "sr-Latn")), category=_BAR, locality=capital
    )
    yield Listing(names=(sign("Velvet Compass"), former("Compass Club")), category=_STRIP, locality=capital)
    yield Listing(
        names=(sign("مقهى نجمة البحر", "ar"), alias("Najmat al-Bahr", "ar-Latn")), category=_CAFE, locality=capital
    )
    yield Listing(
        names=(sign("Club Meridian"),),
        category=_CLUB,
        locality=capital,
        stands_in="hotel",
        part=Part(floor="3", entrance="side door", text="Only the club on the third floor; the hotel is not listed."),
    )
    yield Listing(names=(sign("Halcyon Wellness"),), category=_MASSAGE, locality=capital, stands_in="shop")
    yield Listing(names=(sign("Copper Kettle"),), category=_BAR, locality=capital, shape=_POINT)
    yield Listing(names=(sign("Maré Alta", "pt"),), category=_BAR, locality=capital)
    yield Listing(names=(sign("Palms at Nine"),), category=_CLUB, locality=capital, hours=EVENINGS, stands_in="office")
    yield Listing(names=(sign("Harbour Seven"),), category=_BAR, locality=capital, lifted=2)


def _then_in_the_capital() -> Iterator[Listing]:
    capital = _CAPITAL
    yield Listing(
        names=(sign("Orchid Hall"),),
        category=_MASSAGE,
        locality=capital,
        stands_in="shop",
        renamed=(2, sign("Garden of Rest")),
    )
    yield Listing(names=(sign("The Brass Anchor"),), category=_BAR, locality=capital, applies_to=_MILITARY)
    yield Listing(names=(sign("Villa Serena"),), category=_HOUSE, locality=capital, stands_in="house", shape=_POINT)
    yield Listing(names=(sign("Moonraker"),), category=_CLUB, locality=capital, review_passed=True)
    yield Listing(names=(sign("Кафана Златно весло", "sr-Cyrl"),), category=_BAR, locality=capital)
    yield Listing(names=(sign("Terrace Eleven"),), category=_MEAL, locality=capital, stands_in="restaurant",
                  hours=WEEKENDS, restriction=_CAUTION, basis=Basis.SECURITY)  # fmt: skip
    yield Listing(names=(sign("Almandine Casino"),), category=_CASINO, locality=capital, stands_in="office",
                  basis=Basis.SECURITY, applies_to=_UNIFORMED)  # fmt: skip
    yield Listing(names=(sign("Ropewalk Bar"), former("The Hemp Yard")), category=_BAR, locality=capital, lifted=3)
    yield Listing(names=(sign("Sirocco"),), category=_CLUB, locality=capital, shape=_POINT, basis=Basis.TRAFFICKING)


def _first_elsewhere() -> Iterator[Listing]:
    yield Listing(names=(sign("Ostrel Star"),), category=_BAR, locality="Ostrel")
    yield Listing(names=(sign("North Quay Rooms"),), category=_ROOMS, locality="Ostrel", stands_in="guest_house")
    yield Listing(names=(sign("Club Aurora"),), category=_CLUB, locality="Ostrel", renamed=(3, sign("Club Solstice")))
    yield Listing(names=(sign("The Net Loft"),), category=_BAR, locality="Ostrel", shape=_POINT)
    yield Listing(names=(sign("Чайка", "ru"), alias("Chayka", "ru-Latn")), category=_BAR, locality="Ostrel")
    yield Listing(names=(sign("Westward Inn"),), category=_HOTEL, locality="Quendra", stands_in="hotel")
    yield Listing(names=(sign("Quarterdeck"),), category=_BAR, locality="Quendra")
    yield Listing(names=(sign("Pearl Diver"),), category=_CLUB, locality="Quendra", basis=Basis.TRAFFICKING)
    yield Listing(names=(sign("Lagoon House"),), category=_ROOMS, locality="Quendra", stands_in="guest_house", lifted=3)
    yield Listing(names=(sign("The Lamp Room"),), category=_BAR, locality="Brisanne")
    yield Listing(names=(sign("Sea Grape"),), category=_BAR, locality="Brisanne", shape=_POINT)
    yield Listing(names=(sign("Lakeside Nine"),), category=_CLUB, locality="Halvera")
    yield Listing(names=(sign("Orimonde Sauna"),), category=_MASSAGE, locality="Halvera", stands_in="shop", lifted=2)
    yield Listing(names=(sign("The Ferryman"),), category=_BAR, locality="Corvella")
    yield Listing(names=(sign("Red Sail"),), category=_BAR, locality="Miravesta")
    yield Listing(names=(sign("Cape Merrow Rooms"),), category=_ROOMS, locality="Miravesta", stands_in="guest_house")
    yield Listing(names=(called("Night ferry parties"),), category=_OTHER, locality=None, shape=_UNKNOWN)
    yield Listing(names=(sign("Mill Barn"),), category=_OTHER, locality="Lumbra", stands_in="guest_house",
                  basis=Basis.LABOUR_EXPLOITATION)  # fmt: skip


def _second_chapter() -> Iterator[Listing]:
    capital = _CAPITAL
    yield Listing(names=(sign("Glass Heron"),), category=_CLUB, locality=capital, chapter=2)
    yield Listing(names=(sign("فندق المرساة", "ar"), alias("Hotel al-Mirsat", "ar-Latn")), category=_HOTEL,
                  locality=capital, stands_in="hotel", chapter=2, restriction=_CAUTION)  # fmt: skip
    yield Listing(names=(sign("Tenth Bell"),), category=_BAR, locality=capital, chapter=2, hours=EVENINGS)
    yield Listing(names=(sign("Quiet Hands"),), category=_MASSAGE, locality=capital, stands_in="shop", chapter=2)
    yield Listing(names=(sign("Leeward Lounge"),), category=_CLUB, locality="Ostrel", chapter=2, added_alone=True)
    yield Listing(names=(sign("The Salt Barrel"),), category=_BAR, locality="Quendra", chapter=2, applies_to=_MILITARY)
    yield Listing(names=(sign("Inlet House"),), category=_HOUSE, locality="Corvella", stands_in="house", shape=_POINT,
                  chapter=2)  # fmt: skip
    yield Listing(names=(sign("Fennel & Rye"),), category=_BAR, locality="Halvera", chapter=2, lifted=4)
    yield Listing(names=(sign("Paradiso", "it"),), category=_CLUB, locality="Brisanne", stands_in="shop",
                  chapter=2)  # fmt: skip
    yield Listing(
        names=(sign("Kestova Lodge"),), category=_ROOMS, locality="Kestova", stands_in="guest_house", chapter=2
    )


def _third_chapter() -> Iterator[Listing]:
    capital = _CAPITAL
    yield Listing(names=(sign("Lantern Court"),), category=_ROOMS, locality=capital, stands_in="guest_house", chapter=3)
    yield Listing(names=(sign("The Gilded Oar"),), category=_BAR, locality=capital, chapter=3,
                  renamed=(4, sign("Oar & Crown")))  # fmt: skip
    yield Listing(names=(sign("Casa Amaranta", "pt"),), category=_HOUSE, locality=capital, shape=_UNKNOWN, chapter=3,
                  basis=Basis.TRAFFICKING)  # fmt: skip
    yield Listing(names=(sign("Sundowner"),), category=_BAR, locality=capital, shape=_POINT, chapter=3)
    yield Listing(
        names=(sign("Basement 12"),),
        category=_CLUB,
        locality="Ostrel",
        stands_in="hotel",
        chapter=3,
        part=Part(floor="-1", entrance="yard at the back", text="Only the basement; rooms and restaurant are not."),
    )
    yield Listing(names=(sign("The Curlew"),), category=_BAR, locality="Miravesta", chapter=3, hours=WEEKENDS,
                  exceptions=("Weekly market breakfast in the yard, Saturday 07:00 to 11:00.",))  # fmt: skip
    yield Listing(names=(sign("Bar Nocturne", "fr"),), category=_BAR, locality="Halvera", chapter=3, lifted=4)
    yield Listing(names=(sign("Coral Spa"),), category=_MASSAGE, locality="Quendra", stands_in="shop", chapter=3)
    yield Listing(names=(sign("Old Customs Rooms"),), category=_ROOMS, locality="Corvella", stands_in="guest_house",
                  chapter=3)  # fmt: skip


def _fourth_chapter() -> Iterator[Listing]:
    capital = _CAPITAL
    yield Listing(names=(sign("Bar Estrela", "pt"),), category=_BAR, locality=capital, chapter=4)
    yield Listing(names=(sign("Velocity"),), category=_CLUB, locality=capital, chapter=4, added_alone=True)
    yield Listing(names=(sign("The Annex"),), category=_ROOMS, locality=capital, stands_in="guest_house", chapter=4,
                  exceptions=("The laundry on the ground floor, with its own door on the street.",))  # fmt: skip
    yield Listing(names=(sign("Harvest Fair beer tent"),), category=_BAR, locality="Brisanne", stands_in="market_hall",
                  shape=_POINT, chapter=4, restriction=_CAUTION, basis=Basis.SECURITY, for_days=20)  # fmt: skip
    yield Listing(names=(sign("Хотел Видик", "sr-Cyrl"), alias("Hotel Vidik", "sr-Latn")), category=_HOTEL,
                  locality="Halvera", stands_in="hotel", chapter=4)  # fmt: skip
    yield Listing(names=(sign("Windward Cabins"),), category=_ROOMS, locality="Tamarre", stands_in="guest_house",
                  chapter=4)  # fmt: skip
    yield Listing(names=(sign("Harbour Lights"),), category=_CLUB, locality="Ostrel", chapter=4)


LISTINGS = (
    *_first_in_the_capital(),
    *_then_in_the_capital(),
    *_first_elsewhere(),
    *_second_chapter(),
    *_third_chapter(),
    *_fourth_chapter(),
)

# What waits for a decision when the story ends, and what was turned down on the way.
PENDING = (
    Listing(names=(sign("The Spare Rib"),), category=_MEAL, locality=_CAPITAL, stands_in="restaurant", chapter=4),
    Listing(names=(sign("Dune Bar"),), category=_BAR, locality="Miravesta", chapter=4),
    Listing(names=(sign("Room Service"),), category=_ROOMS, locality=_CAPITAL, stands_in="guest_house", chapter=4),
)
REJECTED = Listing(names=(sign("Weavers' Hall"),), category=_OTHER, locality=_CAPITAL, stands_in="office", chapter=3)
WITHDRAWN = Listing(
    names=(sign("Plover Diner"),), category=_MEAL, locality="Corvella", stands_in="restaurant", chapter=3
)
LIFT_PROPOSED = "Copper Kettle"
MOVED = "Sundowner"
NEW_OPERATOR, NEW_NAME = "Windward Cabins", "Ferro & Daughters"


@dataclass(frozen=True, kw_only=True)
class AreaListing:
    """A block of streets: the ground around the first building of a kind in a place."""

    name: str
    locality: str
    around: str
    reach_m: float
    chapter: int
    hours: Hours | None = None


AREAS = (
    AreaListing(name="Ropewalk yards", locality=_CAPITAL, around="workshop", reach_m=70, chapter=1, hours=EVENINGS),
    AreaListing(name="Old fish dock sheds", locality="Quendra", around="shop", reach_m=55, chapter=3),
)
RULE_NAME = "Unlicensed massage parlours in sector North"
RULE_SECTOR = "North"
RULE_CHAPTER = 1
