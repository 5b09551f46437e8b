"""Pages made for paper: the templates beside this module, and nothing else, are ever compiled.

Everything of the register or an edition is passed as a variable and escaped; a text that goes into the style sheet's
page margins is written in CSS escapes.
"""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from geo_offlimits.domain.edition import Entry, Tombstone
from geo_offlimits.domain.languages import is_reviewed
from geo_offlimits.domain.naming import Called, called
from geo_offlimits.lookup.spoken import comma, direction_of
from geo_offlimits.lookup.wording import Translate

STYLE = Path(__file__).parent / "templates" / "paper.css"
_MARGIN_SAFE = re.compile(r"[A-Za-z0-9]")
_HASH = re.compile(r"[0-9a-fA-F]{16,}")
_GROUP = 8


@cache
def template(name: str) -> Template:
    return _environment().get_template(name)


def unreviewed(language: str, translate: Translate) -> str:
    """What is said on a paper or in a mail whose translation nobody has reviewed; '' of others."""
    if is_reviewed(language):
        return ""
    return translate("Nobody has reviewed this translation. The English text counts.")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("geo_offlimits.formats"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"unreviewed": unreviewed, "called": _called, "comma": comma, "direction_of": direction_of}
    return made


def _called(entry: Entry | Tombstone, language: str) -> Called:
    return called(entry.name, entry.names if isinstance(entry, Entry) else (), language)


def file_of(sheet: Markup, title: str, language: str) -> bytes:
    """A sheet as one HTML file in UTF-8, made for A4 and Letter, that needs nothing else."""
    made = template("paper.html").render(
        sheet=sheet,
        title=title,
        style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704  (our own file)
        language=language,
        direction=direction_of(language),
    )
    return made.encode("utf-8", errors="replace")


def grouped(digest: str) -> str:
    """A hash in groups that can be read aloud and compared; anything else as it is."""
    if not _HASH.fullmatch(digest):
        return digest
    return " ".join(digest[start : start + _GROUP] for start in range(0, len(digest), _GROUP))


def css_escaped(text: str) -> str:
    """`text` for a CSS string: all but plain letters and digits as escapes, so that nothing can end the string."""
    return "".join(char if _MARGIN_SAFE.match(char) else f"\\{ord(char):x} " for char in text)
