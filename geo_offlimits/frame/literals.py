r"""JSON that may stand in a script, whatever it holds.

Folium's rendered text is compiled a second time as a template, and browsers end a script at `</script>` wherever it
stands. So every character of a string outside `[A-Za-z0-9 ]` is written `\uXXXX`: no brace, quote, dollar or angle
bracket of anybody's data is ever there to be read as code.
"""

import json
import re
from functools import lru_cache

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SAFE = re.compile(r"[A-Za-z0-9 ]")


class _Escapes(dict[int, str]):
    """What each character is written as, found once."""

    def __missing__(self, code: int) -> str:
        units = chr(code).encode("utf-16-be", "surrogatepass")
        escaped = "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))
        self[code] = chr(code) if _SAFE.match(chr(code)) else escaped
        return self[code]


_ESCAPES = _Escapes()


@lru_cache(maxsize=4096)  # a list says the same words of each entry
def _safe_string(string: str) -> str:
    return f'"{json.loads(string).translate(_ESCAPES)}"'


def script_literal(document: object) -> str:
    """`document` as JSON for a script. Raises ValueError for NaN, infinities and what JSON cannot hold."""
    plain = json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return _STRING.sub(lambda found: _safe_string(found.group()), plain)
