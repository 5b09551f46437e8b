"""What every command shares: settings, who acts, and how an answer or a refusal leaves."""

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from geo_offlimits import settings as settings_module
from geo_offlimits.errors import CredentialsError, InputError, OfflimitsError
from geo_offlimits.settings import Settings

if TYPE_CHECKING:
    from geo_offlimits.bootstrap import Wiring
    from geo_offlimits.domain.people import Actor
    from geo_offlimits.services.act import Act

REFUSED = 1
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Door:
    """The command line as a door: it parses, calls one service and renders."""

    config: Path | None
    settings: Settings
    person: str | None = None
    passphrase: str | None = field(default=None, repr=False)
    as_json: bool = False

    @functools.cached_property
    def wiring(self) -> "Wiring":
        # Imported late: `--help` and usage errors should not wait for GeoPandas and SQLAlchemy.
        from geo_offlimits.bootstrap import wire

        return wire(self.settings)

    def actor(self) -> "Actor":
        """The recognised person, or a sentence saying how to be one."""
        from geo_offlimits.services.people import recognise

        if not self.person:
            raise CredentialsError(
                "This command needs to know who acts: put --as PERSON (a staff number or an e-mail address) before it, "
                "and the passphrase in GEO_OFFLIMITS_PASSPHRASE or at the prompt."
            )
        passphrase = self.passphrase or self._ask()
        with self.wiring.writing() as act:
            return recognise(act, self.person, passphrase)

    def _ask(self) -> str:
        if not sys.stdin.isatty():
            raise CredentialsError("There is no terminal to ask at; put the passphrase in GEO_OFFLIMITS_PASSPHRASE.")
        return str(click.prompt("Passphrase", hide_input=True, err=True))

    @contextmanager
    def acting(self) -> Iterator["Act"]:
        actor = self.actor()
        with self.wiring.writing(actor) as act:
            yield act

    @contextmanager
    def reading(self) -> Iterator["Act"]:
        actor = self.actor()
        with self.wiring.reading(actor) as act:
            yield act

    def say(self, document: Any, text: str | Callable[[], str]) -> None:
        """One JSON document with --json, else words for a person."""
        if self.as_json:
            click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        else:
            click.echo(text() if callable(text) else text)

    def refuse(self, fault: OfflimitsError) -> NoReturn:
        if self.as_json:
            issues = [issue.as_json() for issue in fault.issues] if isinstance(fault, InputError) else []
            self.say({"error": type(fault).__name__, "detail": str(fault), "issues": issues}, "")
        click.echo(str(fault), err=True)
        raise SystemExit(REFUSED)


def answering(command: Command) -> Command:
    """Give a command `--json` and turn a refusal into its sentence and exit code 1."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
    @click.pass_obj
    @functools.wraps(command)
    def run(door: Door, /, *arguments: Any, as_json: bool, **options: Any) -> Any:
        door.as_json = as_json
        try:
            return command(door, *arguments, **options)
        except OfflimitsError as fault:
            door.refuse(fault)

    return run  # type: ignore[return-value]  # click's decorators keep the call, not the type


def open_door(config: Path | None, person: str | None, passphrase: str | None) -> Door:
    return Door(config=config, settings=settings_module.load(config), person=person, passphrase=passphrase)
