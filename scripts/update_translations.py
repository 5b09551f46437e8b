"""Collects every text that people read into the catalogues, or says what a catalogue lacks.

`update_translations.py` writes `geo_offlimits/translations/*/messages.po`: new texts come in empty, gone ones leave.
`update_translations.py --check` changes nothing and fails where a translation is missing or lost a placeholder.

A text is found as an argument of one of KEYWORDS in the sources below, as a label of the map or as the note beside it.
"""

import argparse
import dataclasses
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from serbian_latin import in_latin  # noqa: E402  (beside this script)

from geo_offlimits.delivery.shipped import manifest  # noqa: E402  (after the path on which it is found)
from geo_offlimits.frame.labels import MapLabels  # noqa: E402

TRANSLATIONS = ROOT / "geo_offlimits" / "translations"
SOURCE_LANGUAGE = "en"
# Written anew from the Cyrillic each time, letter by letter: who corrects Serbian corrects it there.
CYRILLIC, LATIN = "sr_Cyrl", "sr_Latn"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "N_": None,
    "Sentence": None,
    "translate": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
SOURCES = (
    ("web/templates/**/*.html", "jinja2.ext:babel_extract"),
    ("geo_offlimits/formats/templates/**/*.html", "jinja2.ext:babel_extract"),
    ("geo_offlimits/formats/templates/**/*.txt", "jinja2.ext:babel_extract"),
    ("web/**/*.py", "python"),
    ("geo_offlimits/**/*.py", "python"),
)
_NOT_A_TEXT = {"", "_"}
_PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s")


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        header_comment="# Every text that people read. Written by scripts/update_translations.py; fill in the msgstr.",
        project="geo_offlimits",
        version="1",
        last_translator="the project",
        language_team="the project",
        msgid_bugs_address="the project",
        charset="utf-8",
        fuzzy=False,
    )


def template() -> Catalog:
    """Every text of the product with the files in which it stands."""
    found = _empty(None)
    for pattern, method in SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            _collect(found, file, method)
    for text in _map_labels():
        found.add(text, locations=[("geo_offlimits/frame/labels.py", 0)])
    found.add(manifest().note, locations=[("layers/manifest.toml", 0)])
    return found


def _collect(found: Catalog, file: Path, method: str) -> None:
    place = file.relative_to(ROOT).as_posix()
    with file.open("rb") as source:
        for _line, text, comments, context in extract(_method(method), source, KEYWORDS, ("Translators:",)):
            if text not in _NOT_A_TEXT:
                found.add(text, locations=[(place, 0)], auto_comments=comments, context=context)


def _method(name: str) -> Any:
    if name == "python":
        return name
    module, function = name.split(":")
    return getattr(__import__(module, fromlist=[function]), function)


def _map_labels() -> Iterator[str]:
    for field in dataclasses.fields(MapLabels):
        if isinstance(field.default, str):
            yield field.default


def _file(language: str) -> Path:
    return TRANSLATIONS / language / "messages.po"


def _read(language: str) -> Catalog:
    return read_po(BytesIO(_file(language).read_bytes()), locale=language)


def _languages() -> list[str]:
    return sorted(folder.name for folder in TRANSLATIONS.iterdir() if (folder / "messages.po").is_file())


def update(language: str, texts: Catalog) -> None:
    """Writes the catalogue of `language` anew: what is translated stays, what nobody says any more goes."""
    before = _read(language)
    after = _empty(language)
    after.creation_date, after.revision_date = before.creation_date, before.revision_date
    for message in texts:
        if message.id:
            known = before.get(message.id, message.context)
            after.add(
                message.id,
                known.string if known else "",
                locations=sorted(set(message.locations)),
                auto_comments=message.auto_comments,
                context=message.context,
            )
    _write(language, after)


def write_latin() -> None:
    """The catalogue of Serbian in Latin letters, from the one in Cyrillic."""
    made = _read(CYRILLIC)
    made.locale = Locale.parse(LATIN)
    for message in made:
        if message.id:
            told = tuple(map(in_latin, _forms(message.string)))
            message.string = told if isinstance(message.id, tuple) else told[0]
    _write(LATIN, made)


def _write(language: str, made: Catalog) -> None:
    written = BytesIO()
    write_po(written, made, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    _file(language).write_bytes(written.getvalue())


def faults(language: str, texts: Catalog) -> list[str]:
    """What is wrong with the catalogue of `language`, in sentences."""
    held = _read(language)
    found = []
    for message in texts:
        if not message.id:
            continue
        shown = message.id if isinstance(message.id, str) else message.id[0]
        known = held.get(message.id, message.context)
        if known is None or not all(_forms(known.string)):
            found.append(f"{language}: no translation of {shown!r} ({message.locations[0][0]})")
        else:
            found += [f"{language}: {fault} in the translation of {shown!r}" for fault in _bent(known, held)]
    return found


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _bent(message: Message, held: Catalog) -> list[str]:
    """Placeholders lost, invented or misspelt: `%(name)s` of pages, `{name}` of scripts and sentences."""
    wanted = set(_PLACEHOLDER.findall(" ".join(_forms(message.id))))
    if "%(" not in "".join(_forms(message.id)):
        message.flags.discard("python-format")  # "95 % uncertainty" reads like one
    found = [str(fault) for fault in message.check(held)]
    found += [
        f"{sorted(wanted ^ set(_PLACEHOLDER.findall(form)))} differ"
        for form in _forms(message.string)
        if set(_PLACEHOLDER.findall(form)) != wanted
    ]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a translation is missing")
    arguments = parser.parse_args()
    texts = template()
    if not arguments.check:
        for language in _languages():
            update(language, texts)
        write_latin()
    missing = [fault for name in _languages() if name != SOURCE_LANGUAGE for fault in faults(name, texts)]
    print(*missing, sep="\n", end="\n" if missing else "")
    print(f"{len(texts)} texts, {len(missing)} faults")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
