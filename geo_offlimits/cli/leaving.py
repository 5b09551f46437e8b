"""How a run of the command line ends: its exit code, its one JSON document or its sentence; never a traceback.

1. 0 done · 1 refused or failed · 2 usage · 130 stopped by Ctrl-C; `check` and `find` answer 0, 3 and 4.
2. With --json a refusal is one JSON document on standard output too; the sentence is on standard error as always.
3. Whoever reads our output may stop reading (`| head`): then we stop writing, without a word.
"""

import errno
import functools
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, NoReturn

import click

from geo_offlimits.errors import OfflimitsError, said

REFUSED, USAGE, STOPPED = 1, 2, 130
# Control characters but for tabs and the ends of lines.
_STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")


def leave(run: Callable[[list[str]], Any], given: Sequence[str] | None) -> NoReturn:
    """Calls `run` with the command line and ends the process."""
    arguments = list(sys.argv[1:] if given is None else given)
    try:
        code = _code_of(run, arguments, as_json="--json" in arguments)
    except BrokenPipeError:
        # What is buffered has nowhere to go; without this the interpreter would say so when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = REFUSED
    sys.exit(code)


def _code_of(run: Callable[[list[str]], Any], arguments: list[str], *, as_json: bool) -> int:
    try:
        ended = run(arguments)
    except (KeyboardInterrupt, click.Abort):
        return STOPPED
    except click.UsageError as fault:
        return _refused("UsageError", fault.format_message(), as_json=as_json, code=USAGE, show=fault.show)
    except OfflimitsError as fault:
        issues = [issue.as_json() for issue in getattr(fault, "issues", ())]
        kind, show = type(fault).__name__, functools.partial(_show, fault)
        return _refused(kind, str(fault), as_json=as_json, issues=issues, show=show, **_choices(fault))
    except BrokenPipeError:
        raise
    except Exception as fault:  # the last door: a person gets a sentence, a developer (python -X dev) the traceback
        if sys.flags.dev_mode:
            raise
        return _refused(type(fault).__name__, _unforeseen(fault), as_json=as_json)
    return ended if isinstance(ended, int) else 0


def _show(fault: OfflimitsError) -> None:
    """The sentence with words for the members of vocabularies, which programs read as they are."""
    # Imported late: most commands have nothing to refuse.
    from geo_offlimits.formats.words import word

    sentence = said(fault.sentence, lambda text: word(text) if isinstance(text, Enum) else text)
    click.echo(encodable(sentence), err=True)


def _choices(fault: OfflimitsError) -> dict[str, Any]:
    """What a program can ask a person about: the meanings of an ambiguous position, what a proposal looks like."""
    # By name: the command line loads no look-up to say that a word was mistyped.
    readings, alike = getattr(fault, "choices", None), getattr(fault, "alike", ())
    told = {"readings": readings, "alike": [one.as_json() for one in alike]}
    return {name: choices for name, choices in told.items() if choices}


def _unforeseen(fault: Exception) -> str:
    if isinstance(fault, UnicodeError):
        return "The text holds characters that are not text; type it again."
    if isinstance(fault, OSError):
        where = f"{fault.filename}: " if fault.filename else ""
        if fault.errno == errno.ENOSPC:
            return f"{where}the disk is full. Make room and try again."
        return f"{where}{fault.strerror or fault}. Check the path and its rights, then try again."
    return (
        f"This is a fault of geo-offlimits itself ({type(fault).__name__}: {fault}). Report it with the command that "
        "you gave; `audit verify` says whether the store is whole."
    )


def _refused(
    kind: str,
    sentence: str,
    *,
    as_json: bool,
    code: int = REFUSED,
    show: Callable[[], None] | None = None,
    **more: Any,
) -> int:
    if as_json:
        click.echo(as_document({"error": kind, "detail": sentence, "issues": [], **more}))
    if show:
        show()
    else:
        click.echo(encodable(sentence), err=True)
    return code


def as_document(document: Any) -> str:
    """JSON that standard output can carry: other scripts as themselves where it takes them, else escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str, allow_nan=False)
    return text if encodable(text) == text else json.dumps(document, indent=2, default=str, allow_nan=False)


def encodable(text: str) -> str:
    """`text` with what the terminal's encoding does not have, and what would steer the terminal, written as escapes.

    A refusal may quote a stranger's file, which must not rewrite what is shown.
    """
    encoding = sys.stdout.encoding or "utf-8"
    text = _STEERING.sub(lambda found: ascii(found.group())[1:-1], text)
    return text.encode(encoding, "backslashreplace").decode(encoding)
