"""Every text that people read is in the catalogues: none stands in a template or a script by itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path
    for folder in ("web/templates", "geo_offlimits/formats/templates")
    for ending in ("*.html", "*.txt")
    for path in (ROOT / folder).rglob(ending)
)
# The tables of the search by name hold names of towns and the keys of the catalogue; they are written by a script.
SCRIPTS = sorted(
    path
    for folder in ("web/static", "geo_offlimits/frame/static")
    for path in (ROOT / folder).glob("*.js")
    if path.name != "names_tables.js"
)
# The same in every language: notations, kinds of files, the product's own name.
PROPER = {
    *("SHA", "MGRS", "UTM", "UTC", "MBTiles", "PMTiles", "JSON", "GeoJSON", "CSV", "PDF", "HTML", "XLSX", "PNG"),
    *("geo_offlimits", "offlimits", "URI", "Plus", "code", "geo", "EPSG", "WGS", "API"),
}
_SHOWN = "aria-label|title|placeholder|alt|label|data-label|data-waiting|data-failed"
SHOWN_ATTRIBUTES = re.compile(rf"""\b(?:{_SHOWN})\s*=\s*(["'])(.*?)\1""", re.DOTALL)
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_NO_TEXT = re.compile(
    r"<(style|script|code)\b.*?</\1>|<!--.*?-->|<!doctype[^>]*>|\{% block body_class %\}.*?\{% endblock %\}"
    r"|\{%-? macro page_url.*?endmacro -?%\}",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""[\w-]+=(["'])[^"']*\1""")
_WORD = re.compile(r"[^\W\d_]{2,}")
_QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"\b(?:_|n?p?gettext)\(\s*{_QUOTED}(?:\s*,\s*{_QUOTED})*")
_LITERAL = re.compile(r""""((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`""")
_SENTENCE = re.compile(r"[A-Z][a-z]+[.!?…]?\Z|[A-Z][a-z]+ +[a-z]+")
# Keys, kinds of geometry, scripts, and the days as the clock of a time zone is asked for them.
_NOT_FOR_PEOPLE = {
    *("Enter", "Escape", "Point", "Polygon", "Arab", "Cyrl", "Latn", "Zyyy"),
    *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def words_of(text: str) -> list[str]:
    return [word for word in _WORD.findall(re.sub(r"&\w+;", " ", text)) if word not in PROPER]


def strays_in_template(source: str) -> Iterator[str]:
    """Texts between tags, in attributes that are shown, and in expressions outside of the catalogue's calls."""
    for part in _JINJA.findall(source):
        told = "" if part.startswith(("{#", "{% from", "{%- from")) else _CALL.sub("", part)
        for double, single, _ in _LITERAL.findall(told):
            if _SENTENCE.match(double or single) and words_of(double or single) and " " in (double or single):
                yield double or single
    bare = _JINJA.sub(" ", _NO_TEXT.sub(" ", source))
    for _, text in SHOWN_ATTRIBUTES.findall(bare):
        if words_of(text):
            yield text
    for text in _ATTRIBUTE.sub(" ", _TAG.sub("\n", bare)).split("\n"):
        if words_of(text):
            yield text.strip()


def strays_in_script(source: str) -> Iterator[str]:
    """Literals that read like words for people."""
    code = re.sub(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", " ", source, flags=re.DOTALL)
    for found in _LITERAL.findall(code):
        text = re.sub(r"\$\{[^}]*\}", " ", "".join(found)).strip()
        if _SENTENCE.match(text) and text not in _NOT_FOR_PEOPLE and words_of(text):
            yield text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_says_nothing_by_itself(path: Path) -> None:
    assert list(strays_in_template(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_script_says_nothing_by_itself(path: Path) -> None:
    assert list(strays_in_script(path.read_text(encoding="utf-8"))) == []


def test_a_stray_text_is_found_wherever_it_stands() -> None:
    page = """<p>{{ _('Kept') }} Lost here</p><a title="Lost title" href="x">{{ icon('map') }}</a>
    <b>{{ 'Lost in an expression' if x else _('Kept, too') }}</b>{# a remark #}<style>p { color: red }</style>"""
    assert sorted(strays_in_template(page)) == ["Lost here", "Lost in an expression", "Lost title"]
    script = """const a = say("kept"); b.textContent = "Lost in a script"; // a remark of ours
    c = `Lost ${n} times`; d.className = "button quiet"; e.title = 'Lost'; """
    assert sorted(strays_in_script(script)) == ["Lost", "Lost   times", "Lost in a script"]
