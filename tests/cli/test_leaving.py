"""The last door: whatever goes wrong below, a person reads a sentence and a program reads JSON."""

import errno
import json
from collections.abc import Callable
from typing import Any, NoReturn

import click
import pytest

from geo_offlimits.cli import leaving
from geo_offlimits.errors import InputError, Issue


def raising(fault: BaseException) -> Callable[[list[str]], NoReturn]:
    def run(_arguments: list[str]) -> NoReturn:
        raise fault

    return run


def left(fault: BaseException, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        leaving.leave(raising(fault), words)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (RuntimeError("loose wire"), "fault of geo-offlimits itself (RuntimeError: loose wire)"),
        (PermissionError(errno.EACCES, "Permission denied", "list.csv"), "list.csv: Permission denied. Check"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates"), "type it again"),
    ],
)
def test_what_nobody_foresaw_is_a_sentence_too(
    fault: Exception, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left(fault) == 1
    plain = capsys.readouterr()
    assert (plain.out, sentence in plain.err, "Traceback" in plain.err) == ("", True, False)
    assert left(fault, "--json") == 1
    assert sentence in json.loads(capsys.readouterr().out)["detail"]


def test_issues_travel_with_the_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    fault = InputError("Two sectors have one name.", Issue(field="name", reason="used twice"))
    assert left(fault, "--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "error": "InputError",
        "detail": "Two sectors have one name.",
        "issues": [{"field": "name", "reason": "used twice"}],
    }


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), click.Abort()])
def test_ctrl_c_is_quiet(fault: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert left(fault, "--json") == 130
    assert capsys.readouterr() == ("", "")


def test_a_document_is_never_half_json() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        leaving.as_document({"distance_m": float("nan")})


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "Плава"), ("ascii", "\\u041f\\u043b\\u0430\\u0432\\u0430")])
def test_text_fits_the_terminal(encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def __init__(self) -> None:
            self.encoding = encoding

        def write(self, text: str) -> Any:
            raise AssertionError(text)

    monkeypatch.setattr("sys.stdout", Terminal())
    assert leaving.encodable("Плава") == shown
    assert json.loads(leaving.as_document(["Плава", "🂡"])) == ["Плава", "🂡"]
    leaving.as_document(["Плава"]).encode(encoding)


def test_a_refusal_that_quotes_a_stranger_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert left(InputError("This delta starts from \x1b[2J\rGenuine\x9b2J.\r\nTwo\tlines")) == 1
    assert capsys.readouterr().err == "This delta starts from \\x1b[2J\\rGenuine\\x9b2J.\r\nTwo\tlines\n"


def test_a_document_keeps_what_would_steer_a_terminal_as_escapes() -> None:
    assert leaving.as_document({"name": "\x9b2J"}) == '{\n  "name": "\\u009b2J"\n}'
