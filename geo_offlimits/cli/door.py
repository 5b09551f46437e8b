"""What every command shares: settings, who acts, and how an answer leaves."""

import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from geo_offlimits import settings as settings_module
from geo_offlimits.cli.leaving import as_document, encodable
from geo_offlimits.errors import CredentialsError
from geo_offlimits.settings import Settings

if TYPE_CHECKING:
    from geo_offlimits.bootstrap import Wiring
    from geo_offlimits.domain.people import Actor
    from geo_offlimits.services.act import Act

PATIENCE_S = 2.0
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Door:
    """The command line as a door: it parses, calls one service and renders."""

    config: Path | None
    settings: Settings
    person: str | None = None
    passphrase: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)
    as_json: bool = False

    @functools.cached_property
    def wiring(self) -> "Wiring":
        # Imported late: `--help` and usage errors should not wait for GeoPandas and SQLAlchemy.
        from geo_offlimits.bootstrap import wire

        return wire(self.settings)

    @functools.cached_property
    def actor(self) -> "Actor":
        """The recognised person, asked once for a command, or a sentence saying how to be one."""
        if self.session and not self.code and (found := self._of_session(self.session)):
            return found
        return self.recognised()

    def recognised(self) -> "Actor":
        """By passphrase, and by the code of an app where one was given."""
        from geo_offlimits.services.signing_in import refuse_one_time

        if not self.person:
            raise CredentialsError(
                "This command needs to know who acts: give --as PERSON (a staff number or an e-mail address), "
                "and the passphrase in GEO_OFFLIMITS_PASSPHRASE or at the prompt."
            )
        wiring = self.wiring  # a store that cannot be used is said before anybody types a passphrase
        passphrase = self.passphrase or ask("Passphrase", "GEO_OFFLIMITS_PASSPHRASE")
        found = wiring.recognise(self.person, passphrase, code=self.code)
        # In an act of its own: that somebody signed in stays on record whatever comes next.
        with wiring.reading(found) as act:
            refuse_one_time(act, found)
        return found

    def _of_session(self, token: str) -> "Actor | None":
        """Who signed in here; None where --as names somebody else, or a passphrase serves where the session is over."""
        from geo_offlimits.services.sessions import SessionOverError

        try:
            found = self.wiring.resume(token)
        except SessionOverError:
            if self.person and self.passphrase:
                return None
            raise
        with self.wiring.reading() as act:
            named = act.tx.people.find(self.person) if self.person else found.person
        return found if named and named.person_id == found.person.person_id else None

    @contextmanager
    def acting(self) -> Iterator["Act"]:
        """One transaction by the person named with --as."""
        actor = self.actor
        with patience(), self.wiring.writing(actor) as act:
            yield act

    @contextmanager
    def reading(self) -> Iterator["Act"]:
        """The same, changing nothing."""
        actor = self.actor
        with patience(), self.wiring.reading(actor) as act:
            yield act

    @contextmanager
    def looking(self) -> Iterator["Act"]:
        """By nobody in particular: a look-up on the published list."""
        wiring = self.wiring
        with patience(), wiring.reading() as act:
            yield act

    def mission(self, act: "Act", named: str | None) -> str:
        """The mission meant by --mission, the settings, or there being only one."""
        from geo_offlimits.services.lookup import mission_asked

        return mission_asked(act, named or self.settings.mission)

    def say(self, document: Any, text: str | Callable[[], str]) -> None:
        """One JSON document with --json, else words for a person."""
        if self.as_json:
            click.echo(as_document(document))
        else:
            click.echo(encodable(text() if callable(text) else text))

    def say_each(self, found: Sequence[Any], nothing: str) -> None:
        """Several of a kind as `say`, a line for each; `nothing` where there is none."""
        self.say([one.as_json() for one in found], lambda: "\n".join(map(str, found)) or nothing)


@contextmanager
def patience() -> Iterator[None]:
    """Says on standard error that work goes on, once it has taken longer than a person waits without wondering."""
    timer = threading.Timer(PATIENCE_S, click.echo, args=("Working …",), kwargs={"err": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def ask(what: str, variable: str, *, twice: bool = False) -> str:
    """A secret typed at the terminal. Raises CredentialsError where there is none to ask at."""
    if not sys.stdin.isatty():
        raise CredentialsError(f"There is no terminal to ask for the {what.lower()} at; put it in {variable}.")
    return str(click.prompt(what, hide_input=True, confirmation_prompt=twice, err=True))


def answering(command: Command) -> Command:
    """Give a command `--json`."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
    @click.pass_obj
    @functools.wraps(command)
    def run(door: Door, /, *arguments: Any, as_json: bool, **options: Any) -> Any:
        # A group that is a command as well (`acknowledge`) has been asked already, before its subcommand.
        door.as_json = door.as_json or as_json
        return command(door, *arguments, **options)

    return run  # type: ignore[return-value]  # click's decorators keep the call, not the type


def signed(command: Command) -> Command:
    """Give a command `--json`, and `--as` and `--totp` for who prefers to say it after the command."""
    named = click.option(
        "--as", "_person", metavar="PERSON", expose_value=False, callback=_name_person, help="Who acts."
    )
    coded = click.option(
        "--totp",
        "_code",
        metavar="CODE",
        expose_value=False,
        callback=_take_code,
        help="What your authenticator app shows now, where your role needs it.",
    )
    return answering(named(coded(command)))


def _name_person(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value:
        ctx.ensure_object(Door).person = value


def _take_code(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value:
        ctx.ensure_object(Door).code = value


def open_door(config: Path | None, person: str | None, code: str | None) -> Door:
    """The secrets have no option: a command line stands in the process list and in the shell's history.

    A code may: it is worth nothing once it was taken, or a minute later.
    """
    return Door(
        config=config,
        settings=settings_module.load(config),
        person=person,
        passphrase=os.environ.get("GEO_OFFLIMITS_PASSPHRASE"),
        code=code,
        session=os.environ.get("GEO_OFFLIMITS_SESSION"),
    )
