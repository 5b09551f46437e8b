"""What pages may refuse with is a Sentence: words for the catalogues, facts apart."""

import ast
from collections.abc import Iterator
from pathlib import Path

from geo_offlimits import errors
from web import create_app  # noqa: F401  (with it every refusal that a page can meet is defined)

ROOT = Path(__file__).resolve().parents[2]
# Where refusals are made that pages show. What only an operator meets may stay in English.
ROOMS = (
    "geo_offlimits/domain/*.py",
    "geo_offlimits/lookup/*.py",
    *(
        f"geo_offlimits/formats/{name}.py"
        for name in (
            "cleaning",
            "confined",
            "days",
            "files",
            "grid",
            "route",
            "sheet_reading",
            "unit_sheet",
            "workbook",
        )
    ),
    *(f"geo_offlimits/services/{name}.py" for name in ("acknowledging", "attachments", "campaigns", "compiling")),
    *(f"geo_offlimits/services/{name}.py" for name in ("entering", "packages", "sheets")),
    *(f"geo_offlimits/services/{name}.py" for name in ("editions", "escalating", "inductions", "leave", "opening")),
    "geo_offlimits/store/cabinet.py",
    *(f"geo_offlimits/services/{name}.py" for name in ("filters", "lookup", "outside", "passphrases", "register")),
    *(f"geo_offlimits/services/{name}.py" for name in ("shelf", "signing_in", "tokens")),
    # Lists that come in: read, held against the register, landed, kept beside it, compared.
    "geo_offlimits/services/import*.py",
    "geo_offlimits/services/partner*.py",
    *(f"geo_offlimits/services/{name}.py" for name in ("drift", "transcribing", "verification", "waiting_lists")),
    "web/**/*.py",
)
# At the prompt alone; to programs that call with arrays or send what is no JSON; at start-up; to an operator's probe.
# A report of any length, `edition verify` and `sync` are of the prompt, too.
NOT_ON_PAGES = {
    "geo_offlimits/domain/mission.py",
    "geo_offlimits/lookup/proximity.py:_refuse_not_on_earth",
    "geo_offlimits/services/lookup.py:mission_asked",
    "geo_offlimits/services/verification.py:_refuse_other_part",
    "geo_offlimits/services/import_parts.py",
    "geo_offlimits/services/verification.py:content_of",
    "geo_offlimits/services/verification.py:verify_file",
    "web/policy.py",
    "web/views/health.py",
}


def _family(root: type[Exception]) -> Iterator[str]:
    yield root.__name__
    for one in root.__subclasses__():
        yield from _family(one)


REFUSALS = {*_family(errors.OfflimitsError), "refused", "of"}
# Absent and forbidden get one and the same sentence at every door, whatever they say themselves.
ABSENT = set(_family(errors.AbsentError))


def bare_refusals(source: str) -> Iterator[tuple[str, int]]:
    """(the function or class around it, line) of every refusal and issue whose words are no Sentence."""
    tree = ast.parse(source)
    rooms = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call)):
        around = [room for room in rooms if room.lineno <= call.lineno <= (room.end_lineno or 0)]
        if any(_is_bare(words) for words in _words(call, {room.name for room in around})):
            yield (around[0].name if around else ""), call.lineno


def _words(call: ast.Call, around: set[str]) -> list[ast.expr]:
    """The arguments of a call that people read, if it makes a refusal or an issue."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name == "Issue":
        return [keyword.value for keyword in call.keywords if keyword.arg in ("reason", "remedy")]
    if name == "__init__" and around & REFUSALS and not around & ABSENT:
        return call.args[:1]
    if name == "refused":
        return call.args[1:3]
    return call.args[:1] if name in REFUSALS - ABSENT else []


def _is_bare(words: ast.expr) -> bool:
    if isinstance(words, ast.IfExp):
        return _is_bare(words.body) or _is_bare(words.orelse)
    return isinstance(words, ast.JoinedStr) or (isinstance(words, ast.Constant) and isinstance(words.value, str))


def test_every_refusal_that_pages_show_has_words_for_the_catalogues() -> None:
    found = [
        f"{path}:{around} (line {line})"
        for room in ROOMS
        for file in sorted(ROOT.glob(room))
        for around, line in bare_refusals(file.read_text(encoding="utf-8"))
        if not {path := file.relative_to(ROOT).as_posix(), f"{path}:{around}"} & NOT_ON_PAGES
    ]
    assert found == []


def test_a_refusal_in_bare_english_would_be_found() -> None:
    source = """
class WrongStepError(RefusedError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is wrong.")

def step() -> None:
    raise refused("name", Sentence("missing"), "fill it in")

def other() -> None:
    Issue(field="name", reason=Sentence("missing"), remedy="a" if step else Sentence("b"))
    raise InputError(Sentence("Missing."))

def absent() -> None:
    raise AbsentError("There is none.")
"""
    assert {around for around, _ in bare_refusals(source)} == {"WrongStepError", "step", "other"}
