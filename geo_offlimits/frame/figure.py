"""Figures that load nothing from outside.

1. Folium and its plugins name each script and style they want; each name is mapped to a file of ours, or to nothing
   where the map does not need it. A name that is not in the table is refused.
2. `PageFigure` gives the parts for a page that runs under `script-src 'self'; style-src 'self'`: no inline script, no
   inline style. Element ids are counted, not random, so the same map gives the same bytes and can be cached.
3. `StandaloneFigure` gives one HTML file with everything inside, for notebooks and for devices.
"""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.template import Template

from geo_offlimits.errors import OfflimitsError
from geo_offlimits.frame.assets import STATIC_URL, Asset, asset

# The name Folium gives a file -> our file; None where the map does without it.
ASSETS: dict[str, str | None] = {
    "leaflet": "vendor/leaflet.js",
    "leaflet_css": "vendor/leaflet.css",
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "awesome_rotate_css": None,
    "glyphicons_css": None,
    "leaflet_draw_js": "vendor/leaflet.draw.js",
    "leaflet_draw_css": "vendor/leaflet.draw.css",
    "Control_locate_min_js": "vendor/L.Control.Locate.min.js",
    "Control_locate_min_css": "vendor/L.Control.Locate.min.css",
    "offlimits_frame_js": "frame/frame.js",
    "offlimits_frame_css": "frame/frame.css",
    "offlimits_utm_js": "frame/utm.js",
    "offlimits_basemap_js": "frame/basemap.js",
    "offlimits_grid_js": "frame/grid.js",
    "offlimits_readout_js": "frame/readout.js",
    "offlimits_gathering_js": "frame/gathering.js",
    "offlimits_entries_js": "frame/entries.js",
    "leaflet.sidebyside": "frame/side_by_side.js",
    "offlimits_rows_js": "frame/rows.js",
    "offlimits_rows_css": "frame/rows.css",
    "offlimits_drawing_js": "frame/drawing.js",
    "offlimits_measure_js": "frame/measure.js",
    "offlimits_wall_js": "frame/wall.js",
    "offlimits_judging_js": "frame/judging.js",
    "offlimits_notations_js": "frame/notations.js",
    "offlimits_names_tables_js": "frame/names_tables.js",
    "offlimits_names_sounds_js": "frame/names_sounds.js",
    "offlimits_names_folding_js": "frame/names_folding.js",
    "offlimits_names_scoring_js": "frame/names_scoring.js",
    "offlimits_names_reasons_js": "frame/names_reasons.js",
    "offlimits_names_grams_js": "frame/names_grams.js",
    "offlimits_names_js": "frame/names.js",
    "offlimits_spoken_js": "frame/spoken.js",
    "offlimits_naming_js": "frame/naming.js",
    "offlimits_answer_card_js": "frame/answer_card.js",
    "offlimits_standalone_js": "frame/standalone.js",
    "offlimits_standalone_css": "frame/standalone.css",
}


class OutsideAssetError(OfflimitsError):
    """Something on the map wants a file from another host."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url
        super().__init__(
            f"A part of the map wants {name!r} from {url}; this map loads nothing from outside. Leave that part out, "
            "or add the file to package.json and name it in the frame's table of assets."
        )


@dataclass(frozen=True)
class PageParts:
    """What a page needs to show the map: its files in loading order, the map's element, and the script that builds it.

    `script` is served as a file of its own; it must run after the scripts of `assets`. All three are the same bytes
    for the same arguments.
    """

    assets: tuple[Asset, ...]
    html: str
    script: str
    static_url: str = STATIC_URL

    @property
    def stylesheets(self) -> tuple[str, ...]:
        return tuple(item.url(self.static_url) for item in self.assets if not item.is_script)

    @property
    def scripts(self) -> tuple[str, ...]:
        return tuple(item.url(self.static_url) for item in self.assets if item.is_script)


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001  (branca has no public way to walk its tree)
        yield from _walk(child)


class _OwnFigure(Figure):
    """A figure that renders its children with counted ids and hands out assets of ours only."""

    def _count_ids(self) -> None:
        for number, element in enumerate(_walk(self)):
            element._id = str(number)  # noqa: SLF001  (branca draws random ids; ours must be stable)

    @contextmanager
    def _rendered_children(self) -> Iterator[None]:
        """Fills header, html and script for the length of the block, so that rendering twice adds nothing twice."""
        holders = [self.header, self.html, self.script, *_walk(self)]  # layers add children to themselves, too
        before = [dict(holder._children) for holder in holders]  # noqa: SLF001  (see _walk)
        try:
            self._count_ids()
            for child in list(self._children.values()):
                child.render()
            yield
        finally:
            for holder, children in zip(holders, before, strict=True):
                holder._children.clear()  # noqa: SLF001  (see _walk)
                holder._children.update(children)  # noqa: SLF001  (see _walk)

    def _assets(self) -> tuple[Asset, ...]:
        """The files wanted so far, libraries before ours, so that our styles win. Raises OutsideAssetError."""
        wanted: dict[str, Asset] = {}
        for name, element in self.header._children.items():  # noqa: SLF001  (see _walk)
            if isinstance(element, JavascriptLink | CssLink):
                if name not in ASSETS:
                    raise OutsideAssetError(name, element.url)
                if address := ASSETS[name]:
                    wanted.setdefault(address, asset(address))
        return tuple(sorted(wanted.values(), key=lambda item: item.address.startswith("frame/")))


class PageFigure(_OwnFigure):
    """For a page of the web application."""

    def parts(self, static_url: str = STATIC_URL) -> PageParts:
        """The map in parts. Raises OutsideAssetError, AssetMissingError."""
        with self._rendered_children():
            return PageParts(self._assets(), self.html.render().strip(), _tidy(self.script.render()), static_url)


def _tidy(script: str) -> str:
    """Without the blank lines and indentation that nested templates leave."""
    return "\n".join(stripped for line in script.splitlines() if (stripped := line.strip())) + "\n"


def _inlined_style(item: Asset) -> str:
    """The style sheet with its pictures inside."""

    def picture(found: re.Match[str]) -> str:
        name = found.group(1)
        if name.startswith(("data:", "#")):
            return found.group()
        file = item.file.parent / name
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return f'url("data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}")'

    return re.sub(r"url\([\"']?((?!data:)[^\"')]+)[\"']?\)", picture, item.file.read_text(encoding="utf-8"))


def _inlined_script(item: Asset) -> str:
    text = item.file.read_text(encoding="utf-8")
    return re.sub(r"//# sourceMappingURL=.*", "", text).replace("</script", "<\\/script")


def _script_source(script: str) -> str:
    """What lets a policy run exactly this script, as a browser reads it from the page (CSP 3, 2.3.1)."""
    read = script.replace("\r\n", "\n").replace("\r", "\n").encode()
    return f"'sha256-{base64.b64encode(hashlib.sha256(read).digest()).decode()}'"


class StandaloneFigure(_OwnFigure):
    """One HTML file with every asset inside; its own policy lets the browser fetch nothing and run no other script.

    language, direction : of the page's words, as HTML has them. without_script : what it says where scripts are off.
    """

    _template = Template(
        """<!DOCTYPE html>
<html lang="{{ this.language }}" dir="{{ this.direction }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src {{ kwargs.hashes }}; style-src 'unsafe-inline'; img-src data:;
 base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{{ kwargs.title|e }}</title>
{%- for style in kwargs.styles %}
<style>{{ style }}</style>
{%- endfor %}
</head>
<body class="offlimits-standalone">
<noscript><p class="expired">{{ this.without_script|e }}</p></noscript>
{{ kwargs.html }}
{%- for script in kwargs.scripts %}
<script>{{ script }}</script>
{%- endfor %}
</body>
</html>
"""
    )

    def __init__(self, *, language: str = "en", direction: str = "ltr", without_script: str = "", **facts: Any) -> None:
        super().__init__(**facts)
        self.language, self.direction, self.without_script = language, direction, without_script

    def render(self, **_kwargs: Any) -> str:
        """The whole page. Raises OutsideAssetError, AssetMissingError."""
        with self._rendered_children():
            assets = self._assets()
            scripts = [*(_inlined_script(item) for item in assets if item.is_script), self.script.render()]
            parts = {
                "title": self.title or "",
                "styles": [_inlined_style(item) for item in assets if not item.is_script],
                "html": self.html.render(),
                "scripts": scripts,
                "hashes": " ".join(map(_script_source, scripts)),
            }
        return str(self._template.render(this=self, kwargs=parts))
