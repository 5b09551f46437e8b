"""JSON for scripts says what was meant and holds nothing that could be read as code."""

import json
import re

import pytest

from geo_offlimits.frame.literals import script_literal

HOSTILE = [
    "{{ cycler.__init__.__globals__.os.system('id') }}",
    "{% for x in range(9) %}{{ x }}{% endfor %}{# c #}",
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "${alert(1)} `x`",
    "<img src=x onerror=alert(1)>",
    '"; alert(1); "',
    "\\",
    '\\"',
    "\u2028\u2029",
    "Кафе Ноћ \u202e مقهى 😀",
    "\x00\x1f\x7f",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_string_comes_back_as_it_was(text: str) -> None:
    assert json.loads(script_literal({text: [text, {"nested": text}]})) == {text: [text, {"nested": text}]}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_character_of_a_string_can_be_read_as_code(text: str) -> None:
    inside = script_literal(text)[1:-1]
    assert re.fullmatch(r"(?:[A-Za-z0-9 ]|\\u[0-9a-f]{4})*", inside)


def test_numbers_truth_and_nothing_stay_what_they_are() -> None:
    document = {"a": [1, -2.5, 1e-07, True, None], "b": {}, "c": []}
    assert json.loads(script_literal(document)) == document


def test_nested_objects_never_open_a_template() -> None:
    literal = script_literal({"a": {"b": {"c": [{"d": {}}]}}})
    assert not re.search(r"\{[{%#]", literal)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_know_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_literal([number])
