"""How QGIS shows the layers of a GeoPackage: QML, the form in which QGIS keeps a style (QGIS 3.16 and later).

No style names the kind of shape that it is for, and each rule asks for its own: QGIS then takes it for points and for
outlines. Signs are drawn from simple shapes; nothing is read from a file of symbols.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.formats.markup import Markup
from geo_offlimits.formats.words import WORDS
from geo_offlimits.lookup.wording import Translate

_OFF, _CAUTION, _PAPER, _INK = "192,51,0", "176,122,0", "255,255,255", "23,35,45"
_POINT, _OUTLINE = "geometry_type($geometry) = 'Point'", "geometry_type($geometry) = 'Polygon'"


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """What is shown where `filter` holds: `layers` from the ground up, each a class of QGIS and its options."""

    label: str
    filter: str
    kind: str  # marker or fill
    layers: tuple[tuple[str, dict[str, str]], ...] = field(default=())


def premises_style(translate: Translate = str) -> str:
    """A barred ring or hatching for off limits, a triangle or a quiet outline for caution, with the name beside it."""
    return _written(list(_premises_rules(translate)), label="name")


def boundaries_style(translate: Translate = str) -> str:
    """Outlines without a filling, so that the map beneath stays readable."""
    rules = [
        _Rule(label=translate("Territory"), filter="kind = 'territory'", kind="fill", layers=(_edge(_INK, "0.7"),)),
        _Rule(label=translate("Sector"), filter="kind = 'sector'", kind="fill", layers=(_edge(_INK, "0.3", "dash"),)),
    ]
    return _written(rules)


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
        yield _Rule(label=label, filter=f"{which} AND {_OUTLINE}", kind="fill", layers=hatching)


def _barred_ring() -> tuple[tuple[str, dict[str, str]], ...]:
    return (
        _marker("circle", _PAPER, _OFF, size="5.5", width="0.9"),
        _marker("line", _OFF, _OFF, size="4.6", width="0.9", angle="135"),
    )


def _triangle() -> tuple[tuple[str, dict[str, str]], ...]:
    return (_marker("equilateral_triangle", "255,176,0", _CAUTION, size="5.5", width="0.5"),)


def _marker(
    name: str, colour: str, edge: str, *, size: str, width: str, angle: str = "0"
) -> tuple[str, dict[str, str]]:
    shape = {"name": name, "angle": angle, "size": size, "size_unit": "MM", "color": f"{colour},255"}
    return "SimpleMarker", shape | _line("outline_", edge, width, "solid")


def _edge(colour: str, width: str, style: str = "solid") -> tuple[str, dict[str, str]]:
    return "SimpleFill", {"style": "no"} | _line("outline_", colour, width, style)


def _hatch(colour: str) -> tuple[str, dict[str, str]]:
    return "SimpleFill", {"style": "b_diagonal", "color": f"{colour},150", "outline_style": "no"}


def _line(prefix: str, colour: str, width: str, style: str) -> dict[str, str]:
    facts = {"color": f"{colour},255", "style": style, "width": width, "width_unit": "MM"}
    return {prefix + name: value for name, value in facts.items()}


def _written(rules: list[_Rule], label: str = "") -> str:
    made = Markup()
    with made.element("qgis", version="3.22.0", styleCategories="Symbology|Labeling"):
        with made.element("renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0", enableorderby="0"):
            with made.element("rules", key="rules"):
                for at, rule in enumerate(rules):
                    made.empty("rule", key=f"rule{at}", symbol=str(at), filter=rule.filter, label=rule.label)
            with made.element("symbols"):
                for at, rule in enumerate(rules):
                    _symbol(made, str(at), rule)
        if label:
            _labels(made, label)
    return made.written().decode()


def _symbol(made: Markup, name: str, rule: _Rule) -> None:
    with made.element("symbol", type=rule.kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0"):
        for kind, options in rule.layers:
            with (
                made.element("layer", **{"class": kind, "enabled": "1", "locked": "0", "pass": "0"}),
                made.element("Option", type="Map"),
            ):
                for option, value in options.items():
                    made.empty("Option", type="QString", name=option, value=value)


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
        made.empty("placement", placement="6", dist="1", distUnits="MM", priority="5")
        made.empty("rendering", obstacle="1", scaleVisibility="1", scaleMin="100000", scaleMax="0")
