"""Our layers on a Folium map.

Each has a constant template that builds one JavaScript object of ours; all it is given are addresses, numbers and
words of the catalogue, written by `script_literal`. What the list says is fetched by the browser from an address, or,
in a page of its own, provided by `EmbeddedDocument`, which no template ever reads.
"""

from typing import Any

from branca.element import Element, Figure, MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from geo_offlimits.frame.literals import script_literal

Links = list[tuple[str, str]]
_FRAME_JS: Links = [
    ("offlimits_frame_js", "frame/frame.js"),
    ("offlimits_utm_js", "frame/utm.js"),
    ("offlimits_basemap_js", "frame/basemap.js"),
    ("offlimits_grid_js", "frame/grid.js"),
    ("offlimits_readout_js", "frame/readout.js"),
]
_FRAME_CSS: Links = [("offlimits_frame_css", "frame/frame.css")]
_ENTRIES_JS: Links = [
    *_FRAME_JS,
    ("offlimits_gathering_js", "frame/gathering.js"),
    ("offlimits_entries_js", "frame/entries.js"),
]
_FACILITIES_JS: Links = _ENTRIES_JS
_ROWS_JS: Links = [*_FRAME_JS, ("offlimits_gathering_js", "frame/gathering.js"), ("offlimits_rows_js", "frame/rows.js")]
_ROWS_CSS: Links = [*_FRAME_CSS, ("offlimits_rows_css", "frame/rows.css")]
_DRAWING_JS: Links = [
    ("leaflet_draw_js", "vendor/leaflet.draw.js"),
    *_FRAME_JS,
    ("offlimits_drawing_js", "frame/drawing.js"),
]
_SEARCH_JS: Links = [
    *_FRAME_JS,
    ("offlimits_measure_js", "frame/measure.js"),
    ("offlimits_wall_js", "frame/wall.js"),
    ("offlimits_judging_js", "frame/judging.js"),
    ("offlimits_notations_js", "frame/notations.js"),
    ("offlimits_names_tables_js", "frame/names_tables.js"),
    ("offlimits_names_sounds_js", "frame/names_sounds.js"),
    ("offlimits_names_folding_js", "frame/names_folding.js"),
    ("offlimits_names_scoring_js", "frame/names_scoring.js"),
    ("offlimits_names_reasons_js", "frame/names_reasons.js"),
    ("offlimits_names_grams_js", "frame/names_grams.js"),
    ("offlimits_names_js", "frame/names.js"),
    ("offlimits_spoken_js", "frame/spoken.js"),
    ("offlimits_naming_js", "frame/naming.js"),
    ("offlimits_answer_card_js", "frame/answer_card.js"),
    ("offlimits_standalone_js", "frame/standalone.js"),
]
_SEARCH_CSS: Links = [*_FRAME_CSS, ("offlimits_standalone_css", "frame/standalone.css")]


class Overlay(JSCSSMixin, Layer):
    """A layer made by `new Offlimits.<script_class>(options)`; names in the layer control are words of ours.

    An overlay without a label does not appear in the layer control.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = new Offlimits.{{ this.script_class }}({{ this.options_literal }});"
        "{% endmacro %}"
    )
    script_class = "Overlay"
    default_js = _FRAME_JS
    default_css = _FRAME_CSS

    def __init__(self, *, label: str = "", show: bool = True, **options: Any) -> None:
        super().__init__(name=label or None, overlay=True, control=bool(label), show=show)
        self._name = self.script_class
        self.options_literal = script_literal(options)


class Basemap(Overlay):
    """Land, neighbours and place names from a basemap file at `url`. Names make room for the signs of the list."""

    script_class = "Basemap"

    def __init__(self, url: str) -> None:
        super().__init__(url=url)


class Boundaries(Overlay):
    """Outline of the territory and the sectors, read from the edition at `url`."""

    script_class = "Boundaries"

    def __init__(self, url: str, *, label: str) -> None:
        super().__init__(label=label, url=url)


class Grid(Overlay):
    """The military grid (MGRS) with its letters and digits."""

    script_class = "Grid"

    def __init__(self, *, label: str, show: bool) -> None:
        super().__init__(label=label, show=show)


class StreetDetail(Overlay):
    """Streets and buildings from zoom 12 on, from tiles at `url`.

    `kind` is `pmtiles` (one file read by ranges), `vector` or `raster` (a `{z}/{x}/{y}` address). `scripts` are the
    addresses of the vector renderer and its theme, loaded by the browser when first needed.
    """

    script_class = "StreetDetail"

    def __init__(self, url: str, kind: str, *, label: str, scripts: list[str], **limits: Any) -> None:
        super().__init__(label=label, url=url, kind=kind, scripts=scripts, **limits)


class Entries(Overlay):
    """The entries of the edition at `url`: signs, footprints, areas. Tells the page which have no place on the map.

    Not in the layer control: a map with the list switched off would read as "nothing is off limits".
    """

    script_class = "Entries"
    default_js = _ENTRIES_JS

    def __init__(self, url: str) -> None:
        super().__init__(url=url)


class Side(Overlay):
    """The entries at `url` in a pane of their own, `first` or `second`, that `SideBySideLayers` clips."""

    script_class = "Side"
    default_js = _ENTRIES_JS

    def __init__(self, url: str, *, side: str) -> None:
        super().__init__(url=url, side=side)


class Rows(Overlay):
    """The rows at `url` of a list that has not landed, each as the shape of where it stands, from the file `icons`."""

    script_class = "Rows"
    default_js = _ROWS_JS
    default_css = _ROWS_CSS

    def __init__(self, url: str, *, icons: str) -> None:
        super().__init__(url=url, icons=icons)


class Facilities(Overlay):
    """The approved welfare places named in the edition at `url`."""

    script_class = "Facilities"
    default_js = _FACILITIES_JS

    def __init__(self, url: str, *, label: str) -> None:
        super().__init__(label=label, url=url)


class FrameElement(JSCSSMixin, MacroElement):
    """Calls one function of ours with the map and options. Comes first (`begin`) or last (`end`) on the map."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "Offlimits.{{ this.function }}({{ this._parent.get_name() }}, {{ this.options_literal }});"
        "{% endmacro %}"
    )
    default_js = _FRAME_JS
    default_css = _FRAME_CSS

    def __init__(self, function: str, **options: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca types only some of itself
        self._name = "FrameElement"
        self.function = function
        self.options_literal = script_literal(options)


class DrawingElement(FrameElement):
    """Words, signs and events for Folium's draw control; stands before it on the map."""

    default_js = _DRAWING_JS


class SearchPageElement(FrameElement):
    """Search, verdicts, lists and legend for a page of its own, which asks no server."""

    default_js = _SEARCH_JS
    default_css = _SEARCH_CSS


class _Verbatim(Element):
    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class EmbeddedDocument(MacroElement):
    """A JSON document inside the page, at the address `embedded:<name>`.

    Rendered by itself: the text is handed to the figure as a value, so no template is ever compiled from it.
    """

    def __init__(self, name: str, document: object) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # see FrameElement
        self._name = "EmbeddedDocument"
        self.address = f"embedded:{name}"
        self.statement = f"Offlimits.provide({script_literal(self.address)}, {script_literal(document)});"

    def render(self, **_kwargs: Any) -> str:
        """Adds the statement to the figure's script; in place there is nothing to show."""
        figure = self.get_root()
        if isinstance(figure, Figure):
            figure.script.add_child(_Verbatim(self.statement), name=self.get_name())
        return ""
