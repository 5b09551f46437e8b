r"""JSON that may stand in a script, whatever it holds.

Folium's rendered text is compiled a second time as a template, and browsers end a script at `</script>` wherever it
stands. So every character of a string outside `[A-Za-z0-9 ]` is written `\uXXXX`: no brace, quote, dollar or angle
bracket of anybody's data is ever there to be read as code.
"""

import json
import re

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNSAFE = re.compile(r"[^A-Za-z0-9 ]")


def _escaped(character: re.Match[str]) -> str:
    units = character.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))


def _safe_string(string: re.Match[str]) -> str:
    return f'"{_UNSAFE.sub(_escaped, json.loads(string.group()))}"'


def script_literal(document: object) -> str:
    """`document` as JSON for a script. Raises ValueError for NaN, infinities and what JSON cannot hold."""
    plain = json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return _STRING.sub(_safe_string, plain)
