"""The list as one HTML file for a device without a network: map, search, verdict, and all that stands on no map.

1. It is the page that notebooks show, with the facts of the file; nothing of it comes from outside.
2. It judges by its own list and the device's clock. A part of the list never answers "not listed": what was left out
   may be there.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from geo_offlimits import frame
from geo_offlimits.delivery import shipped
from geo_offlimits.delivery.shipped import UnknownTerritoryError
from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats import edition_bytes
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.words import vocabulary
from geo_offlimits.frame import MapLabels, Reader
from geo_offlimits.lookup.spoken import locale_of
from geo_offlimits.lookup.wording import Translate


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The page in UTF-8; the same excerpt and words give the same bytes."""
    page = frame.standalone_map(
        edition=_document(excerpt),
        basemap=_basemap(excerpt.edition),
        facts=(*excerpt.facts(translate), *_filter(excerpt, translate)),
        is_part=bool(excerpt.filtered),
        reader=_reader(translate, excerpt.language),
    )
    return str(page.get_root().render()).encode()


def _filter(excerpt: Excerpt, translate: Translate) -> Iterator[tuple[str, str]]:
    if excerpt.filtered:
        yield translate("Filter"), "; ".join(f"{name}: {value}" for name, value in excerpt.filtered.items())


def _document(excerpt: Excerpt) -> dict[str, Any]:
    """The edition's own members with the entries of the excerpt."""
    about = edition_bytes.about(edition_file.encode(replace(excerpt.edition, entries=())))
    return edition_file.feature_collection(excerpt.entries) | {"offlimits": about}


def _basemap(edition: Edition) -> dict[str, Any] | None:
    """Land and towns beneath the list, as far as they ship; else outlines of the territory and around it."""
    territory = next((one for one in edition.boundaries if one.kind is BoundaryKind.TERRITORY), None)
    try:
        drawn: dict[str, Any] = json.loads(shipped.basemap_bytes(edition.mission))
    except UnknownTerritoryError:
        return json.loads(shipped.basemap_around(territory)) if territory else None
    return drawn


def _reader(translate: Translate, language: str) -> Reader:
    labels = {name: translate(text) for name, text in MapLabels().as_json().items()}
    return Reader(
        language=language,
        direction=locale_of(language).text_direction,
        translate=translate,
        vocabulary=vocabulary(translate),
        labels=MapLabels(**labels),
    )
