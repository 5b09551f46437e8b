"""How QGIS shows the layers of a GeoPackage: QML, the form in which QGIS keeps a style (QGIS 3.16 and later).

No style names the kind of shape that it is for, and each rule asks for its own: QGIS then takes it for points and for
outlines. Signs are drawn from simple shapes; nothing is read from a file of symbols.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.formats.excerpt import RGB
from geo_offlimits.formats.markup import Markup
from geo_offlimits.formats.words import WORDS
from geo_offlimits.lookup.wording import Translate

QGIS_VERSION = "3.22.0"
_OFF, _CAUTION = (
    ",".join(map(str, RGB[one].to_bytes(3, "big"))) for one in (Restriction.OFF_LIMITS, Restriction.CAUTION)
)
_PAPER, _INK = "255,255,255", "23,35,45"
_POINT, _OUTLINE = "geometry_type($geometry) = 'Point'", "geometry_type($geometry) = 'Polygon'"


@dataclass(frozen=True)
class _Drawn:
    """One thing that is drawn: a class of QGIS with its options, and signs of their own that it places."""

    kind: str
    options: dict[str, str]
    signs: tuple["_Drawn", ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """What is shown where `filter` holds: `layers` from the ground up."""

    label: str
    filter: str
    kind: str  # marker or fill
    layers: tuple[_Drawn, ...]


@dataclass(frozen=True)
class Style:
    """Rules of a layer, and the column whose text stands beside its signs, if any."""

    rules: tuple[_Rule, ...]
    label: str = ""

    def written(self) -> str:
        """As a document of its own, for `layer_styles`."""
        made = Markup()
        with made.element("qgis", version=QGIS_VERSION, styleCategories="Symbology|Labeling"):
            self.write(made)
        return made.written().decode()

    def write(self, made: Markup) -> None:
        """As part of a project's layer."""
        with made.element("renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0", enableorderby="0"):
            with made.element("rules", key="rules"):
                for at, rule in enumerate(self.rules):
                    made.empty("rule", key=f"rule{at}", symbol=str(at), filter=rule.filter, label=rule.label)
            with made.element("symbols"):
                for at, rule in enumerate(self.rules):
                    _symbol(made, str(at), rule.kind, rule.layers)
        if self.label:
            _labels(made, self.label)


def premises_style(translate: Translate = str) -> Style:
    """A barred ring or hatching for off limits, a triangle or a quiet outline for caution, with the name beside it."""
    return Style(tuple(_premises_rules(translate)), label="name")


def boundaries_style(translate: Translate = str) -> Style:
    """Outlines without a filling, so that the map beneath stays readable."""
    rules = (
        _Rule(label=translate("Territory"), filter="kind = 'territory'", kind="fill", layers=(_edge(_INK, "0.7"),)),
        _Rule(label=translate("Sector"), filter="kind = 'sector'", kind="fill", layers=(_edge(_INK, "0.3", "dash"),)),
    )
    return Style(rules)


def zones_style(translate: Translate = str) -> Style:
    """Where a device warns: a thin edge, because the zone itself is not off limits."""
    return Style(
        (_Rule(label=translate("Warns within"), filter="TRUE", kind="fill", layers=(_edge(_OFF, "0.2", "dot"),)),)
    )


def _premises_rules(translate: Translate) -> Iterator[_Rule]:
    """A rule for a kind of venue comes first: the area in which it holds is not itself off limits."""
    of_kind, listed = "subject = 'category_rule'", "subject <> 'category_rule'"
    quiet = (_edge(_INK, "0.4", "dot"),)
    yield _Rule(label=translate("Rule for a kind of venue"), filter=of_kind, kind="fill", layers=quiet)
    for restriction, sign, hatching in (
        (Restriction.OFF_LIMITS, _barred_ring(), (_hatch(_OFF), _edge(_OFF, "0.6"))),
        (Restriction.CAUTION, _triangle(), (_edge(_CAUTION, "0.6", "dash"),)),
    ):
        label, which = translate(WORDS[restriction]), f"restriction = '{restriction.value}' AND {listed}"
        yield _Rule(label=label, filter=f"{which} AND {_POINT}", kind="marker", layers=sign)
        outlined = (*hatching, _within(sign))
        yield _Rule(label=label, filter=f"{which} AND {_OUTLINE}", kind="fill", layers=outlined)


def _within(sign: tuple[_Drawn, ...]) -> _Drawn:
    """The sign inside an outline: from afar a house is too small to be seen."""
    return _Drawn("CentroidFill", {"point_on_surface": "1", "point_on_all_parts": "0"}, sign)


def _barred_ring() -> tuple[_Drawn, ...]:
    return (
        _marker("circle", _PAPER, _OFF, size="5.5", width="0.9"),
        _marker("line", _OFF, _OFF, size="4.6", width="0.9", angle="135"),
    )


def _triangle() -> tuple[_Drawn, ...]:
    return (_marker("equilateral_triangle", "255,176,0", _CAUTION, size="5.5", width="0.5"),)


def _marker(name: str, colour: str, edge: str, *, size: str, width: str, angle: str = "0") -> _Drawn:
    shape = {"name": name, "angle": angle, "size": size, "size_unit": "MM", "color": f"{colour},255"}
    return _Drawn("SimpleMarker", shape | _line("outline_", edge, width, "solid"))


def _edge(colour: str, width: str, style: str = "solid") -> _Drawn:
    return _Drawn("SimpleFill", {"style": "no"} | _line("outline_", colour, width, style))


def _hatch(colour: str) -> _Drawn:
    return _Drawn("SimpleFill", {"style": "b_diagonal", "color": f"{colour},150", "outline_style": "no"})


def _line(prefix: str, colour: str, width: str, style: str) -> dict[str, str]:
    facts = {"color": f"{colour},255", "style": style, "width": width, "width_unit": "MM"}
    return {prefix + name: value for name, value in facts.items()}


def _symbol(made: Markup, name: str, kind: str, layers: tuple[_Drawn, ...]) -> None:
    with made.element("symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0"):
        for at, drawn in enumerate(layers):
            with made.element("layer", **{"class": drawn.kind, "enabled": "1", "locked": "0", "pass": "0"}):
                with made.element("Option", type="Map"):
                    for option, value in drawn.options.items():
                        made.empty("Option", type="QString", name=option, value=value)
                if drawn.signs:
                    _symbol(made, f"@{name}@{at}", "marker", drawn.signs)


def _labels(made: Markup, column: str) -> None:
    """The text of a column beside its sign, on a pale ground so that it is read on any map."""
    with made.element("labeling", type="simple"), made.element("settings", calloutType="simple"):
        with made.element(
            "text-style",
            fieldName=column,
            isExpression="0",
            fontSize="8",
            fontSizeUnit="Point",
            textColor=f"{_INK},255",
            textOpacity="1",
        ):
            made.empty(
                "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor=f"{_PAPER},255"
            )
        made.empty("placement", placement="0", dist="3", distUnits="MM", priority="5", centroidInside="1")
        made.empty("rendering", obstacle="1", scaleVisibility="1", scaleMin="0", scaleMax="25000")
