"""What is written quickly is written as RFC 8785 asks for it."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from geo_offlimits.store.plain import canonical


@given(st.text() | st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1) | st.booleans() | st.none())
def test_a_plain_value_has_the_bytes_of_the_standard(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", ['\x00\x1f\x7f\x80\u2028\\"/😀é\b\f\n\r\t', "", 0, -1, True, False, None])
def test_signs_that_are_escaped_are_escaped_alike(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)
    assert canonical({"a": value, "b": [value]}) == rfc8785.dumps({"a": value, "b": [value]})


@pytest.mark.parametrize("value", ["\ud800", 2**53, -(2**53)])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical(value)
