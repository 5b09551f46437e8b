"""The invented words of the state, its settlements and streets; rivers, capes and bays are named where they are drawn.

A test holds that no settlement bears the name of a real one.
"""

from dataclasses import dataclass
from itertools import product

STATE = "Calverra"


@dataclass(frozen=True)
class Settlement:
    """A place to build: `near_km` on the sheet, `shore_m` its distance from the sea (None: where it stands)."""

    name: str
    rank: str
    near_km: tuple[float, float]
    population: int
    half_length_m: float
    half_depth_m: float
    shore_m: float | None = None


CAPITAL = Settlement("Porto Velano", "capital", (9.0, -6.9), 25_400, 1450, 800, 460)
TOWNS = (
    Settlement("Ostrel", "town", (4.6, 13.0), 9_800, 640, 470, 330),
    Settlement("Quendra", "town", (-26.5, -2.0), 7_300, 600, 440, 310),
    Settlement("Brisanne", "town", (27.0, -6.6), 6_900, 560, 440, 310),
    Settlement("Halvera", "town", (-5.2, 4.6), 5_600, 540, 420),
    Settlement("Corvella", "town", (-15.6, -9.0), 4_700, 500, 400, 290),
    Settlement("Miravesta", "town", (-21.3, 15.0), 3_900, 480, 380, 280),
)
VILLAGES = (
    Settlement("Sovenna", "village", (17.0, 15.5), 820, 230, 170, 260),
    Settlement("Talume", "village", (22.0, 2.5), 1_240, 260, 200),
    Settlement("Ombrey", "village", (33.5, 7.5), 610, 220, 160, 260),
    Settlement("Lumbra", "village", (13.5, 1.5), 930, 240, 190),
    Settlement("Rusano", "village", (22.5, -12.0), 740, 220, 170, 250),
    Settlement("Belorne", "village", (0.5, -15.5), 560, 210, 160, 250),
    Settlement("Arvenga", "village", (-7.0, -20.5), 690, 230, 170, 280),
    Settlement("Dromella", "village", (-25.0, -18.0), 480, 200, 160, 280),
    Settlement("Estovar", "village", (-33.0, -11.5), 530, 210, 160, 270),
    Settlement("Nuvalo", "village", (-35.5, 4.5), 450, 200, 150, 270),
    Settlement("Galdira", "village", (-22.5, 2.5), 1_080, 250, 200),
    Settlement("Ilvaro", "village", (-12.0, 16.5), 770, 230, 170, 270),
    Settlement("Solvane", "village", (-14.2, 6.6), 640, 220, 180),
    Settlement("Kestova", "village", (11.2, 9.2), 880, 240, 190),
    Settlement("Tamarre", "village", (29.5, -19.0), 390, 200, 150, 240),
)
SETTLEMENTS = (CAPITAL, *TOWNS, *VILLAGES)

# From where to where the roads run, the better road first. "Tamarre" lies on the small isle and has none.
HIGHWAYS = (
    ("Porto Velano", "Halvera"),
    ("Porto Velano", "Brisanne"),
    ("Halvera", "Ostrel"),
    ("Halvera", "Quendra"),
    ("Corvella", "Quendra"),
    ("Porto Velano", "Corvella"),
    ("Miravesta", "Halvera"),
)
COUNTRY_ROADS = (
    ("Ostrel", "Kestova"),
    ("Kestova", "Sovenna"),
    ("Kestova", "Lumbra"),
    ("Lumbra", "Porto Velano"),
    ("Talume", "Brisanne"),
    ("Lumbra", "Talume"),
    ("Ombrey", "Talume"),
    ("Rusano", "Brisanne"),
    ("Rusano", "Porto Velano"),
    ("Belorne", "Porto Velano"),
    ("Arvenga", "Belorne"),
    ("Arvenga", "Corvella"),
    ("Dromella", "Corvella"),
    ("Estovar", "Quendra"),
    ("Dromella", "Estovar"),
    ("Nuvalo", "Quendra"),
    ("Galdira", "Quendra"),
    ("Galdira", "Solvane"),
    ("Solvane", "Halvera"),
    ("Ilvaro", "Ostrel"),
    ("Ilvaro", "Miravesta"),
    ("Nuvalo", "Miravesta"),
    ("Sovenna", "Ombrey"),
)

_STREET_WORDS = """
Lantern Saltpan Almond Chandler Cooper Weaver Ferry Anchor Compass Harvest Cedar Juniper Fennel Saffron Rosemary
Thistle Heron Petrel Tern Curlew Plover Kestrel Lark Swallow Mackerel Sardine Oyster Coral Pebble Shingle Tidal
Beacon Signal Mast Rigging Sailmaker Ropewalk Tanner Potter Glazier Mason Carter Miller Baker Vintner Orchard Olive
Citron Quince Mulberry Walnut Laurel Myrtle Acacia Poplar Willow Aspen Bramble Clover Barley Millet Copper Silver
Slate Granite Basalt Quarry Spring Fountain Cistern Aqueduct Mill Bridge Gate Tower Bastion Rampart Garrison Chapel
Cloister Bell Market Assembly Library Academy Theatre Museum Garden Terrace Hillside Summit Meadow Pasture Shepherd
Drover Wagon Station Depot Exchange Mint Customs Pilot Captain Navigator Cartographer Republic Concord Charter
Founders Liberty Union Jubilee Victory Sunrise Morning Evening Midsummer Windward Leeward
"""
_STREET_FORMS = {
    "highway": ("Avenue", "Boulevard"),
    "medium_road": ("Avenue", "Street", "Road"),
    "minor_road": ("Street", "Lane", "Street", "Row", "Walk", "Street", "Rise"),
}
WATERFRONTS = ("Harbour Quay", "Fishermens Quay", "Mole Promenade", "Old Quay")
SQUARES = ("Assembly Square", "Fountain Square", "Market Square", "Bell Square")
PARKS = ("Founders Park", "Cedar Gardens", "Heron Park", "Orchard Green", "Bastion Gardens", "Willow Green")


# Quarters of the capital: name, share of its half length to the east and of its half depth to the north.
QUARTERS = (
    ("Harbourside", 0.0, -0.42),
    ("Old Assembly", 0.04, 0.12),
    ("Northgate", 0.12, 0.66),
    ("Saltpans", -0.62, -0.2),
    ("Velan Bridge", -0.66, 0.3),
    ("Eastmole", 0.6, -0.28),
    ("Orchard Hill", 0.62, 0.34),
)


def street_names(kind: str) -> list[str]:
    """Every street name of that kind, each once: enough for the largest town."""
    return list(dict.fromkeys(f"{word} {form}" for form, word in product(_STREET_FORMS[kind], _STREET_WORDS.split())))
