"""Canonical JSON: whatever the document, its bytes are those of rfc8785."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo_offlimits.formats import canonical_json
from geo_offlimits.formats.canonical_json import CanonicalizationError

SIX_SCRIPTS = ("Blue Lantern", "Плава лампа", "Μπλε φανάρι", "الفانوس الأزرق", "藍燈籠", "नीला लालटेन")
# Texts that look like numbers of which the two writers differ, escapes, and signs on both sides of UTF-16's order.
HOSTILE = (
    *SIX_SCRIPTS, "", "5.0,", ":5.0}", "1e-05", "9" * 20, '"', '\\"', "\\", "\x00\x1f\x7f\b\f\n\r\t", "\u2028\u2029",
    "😀", "\ufb33", "\uffff", "</script>", "{{ 7*7 }}", "\ud800",
)  # fmt: skip
NUMBERS = (
    0, -0.0, 0.0, 5.0, -5.0, 0.1, 1e-4, 9.99e-5, -1e-5, 1e-7, 1e-6, 1.5e-323, 1e15, 1e16, 123456789012345680.0, 1e20,
    1e21, 1.7976931348623157e308, -41.1234567, 0.1234567890123456, 2**53 - 1, 1 - 2**53, 2**53, -(2**53), 10**30,
    True, False, math.nan, math.inf, -math.inf,
)  # fmt: skip

texts = st.sampled_from(HOSTILE) | st.text(max_size=8)
scalars = st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.integers() | st.floats() | texts
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)


def outcome(write: Callable[[Any], bytes], document: Any) -> bytes | str:
    try:
        return write(document)
    except ValueError as refusal:
        return f"{type(refusal).__name__}: {refusal}"


@given(documents)
@example({"😀": 1, "\ufb33": 2})
@settings(max_examples=500, deadline=None)
def test_any_document_is_written_as_rfc8785_writes_it_or_refused_alike(document: Any) -> None:
    assert outcome(canonical_json.dumps, document) == outcome(rfc8785.dumps, document)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_written_alike_wherever_it_stands(number: float) -> None:
    for document in (number, [number], [number, 1], {"a": number}, {"a": number, "b": 1}):
        assert outcome(canonical_json.dumps, document) == outcome(rfc8785.dumps, document)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_written_alike_as_value_and_as_name(text: str) -> None:
    for document in (text, [text, text], {text: text, "z": 1}):
        assert outcome(canonical_json.dumps, document) == outcome(rfc8785.dumps, document)


def test_ordinary_documents_never_wait_for_the_slow_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    document: dict[str, Any] = {
        "names": list(SIX_SCRIPTS),
        "coordinates": [-41.1234567, 38.05],
        "days": [1, 7],
        "since": None,
    }
    written = rfc8785.dumps(document)
    monkeypatch.setattr(rfc8785, "dumps", lambda _document: pytest.fail("the slow writer was asked"))
    assert canonical_json.dumps(document) == written


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(CanonicalizationError, match="unsupported type"):
        canonical_json.dumps({"a": {1, 2}})
