"""`geo-offlimits`: the command line. Each module holds the commands of one noun and ends in the service's call."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import click

from geo_offlimits import __version__
from geo_offlimits.cli import leaving
from geo_offlimits.cli.door import open_door


class Entrance(NamedTuple):
    """Where a command lives and what it is for in a line, so that the list of commands imports none of them."""

    module: str
    attribute: str
    words: str


COMMANDS = {
    "acknowledge": Entrance("acknowledging", "acknowledge", "Record that you have read an edition"),
    "audit": Entrance("audit", "audit", "The audit tree"),
    "backup": Entrance("backups", "backup", "The whole installation as one file, while it runs"),
    "basemap": Entrance("basemaps", "basemap", "Street detail from PMTiles or MBTiles"),
    "campaign": Entrance("campaigns", "campaign", "Who has acknowledged and who has not"),
    "check": Entrance("lookup", "check", "Is this POSITION off limits?"),
    "demo": Entrance("demonstration", "demo", "The demonstration mission DEMO, in an invented island state"),
    "distribute": Entrance("campaigns", "distribute", "Open a campaign, by files to hand out or by mail"),
    "edition": Entrance("editions", "edition", "The numbered, signed lists that staff get"),
    "evidence": Entrance("evidence", "evidence", "What was listed then, and what a person had acknowledged"),
    "export": Entrance("exports", "export", "Write the list to a file, with its signature beside it"),
    "facility": Entrance("facilities", "facility", "Approved welfare and recreation places"),
    "find": Entrance("lookup", "find", "Which entries carry a NAME like this, in any script?"),
    "drift": Entrance("drift", "drift", "Compare the list with another mission’s"),
    "import": Entrance("imports", "import_", "Report on a list that you have; land it as proposals"),
    "import-list": Entrance("imports", "import_list", "The lists that have landed"),
    "import-undo": Entrance("imports", "import_undo", "Take back, as one act, what a list proposed"),
    "init": Entrance("installation", "init", "Create an empty store and the signing key"),
    "key": Entrance("signing_keys", "key", "The keys that sign editions"),
    "mail": Entrance("mail", "mail", "Send the mail of campaigns that waits"),
    "mission": Entrance("missions", "mission", "Missions, their boundaries and contacts"),
    "partner-confirm": Entrance("partners", "partner_confirm", "Say that a partner's list is what the partner gave"),
    "partner-key": Entrance("partners", "partner_key", "The keys by which partners sign their editions"),
    "partner-list": Entrance("partners", "partner_list", "The lists of partners, and where each stands"),
    "partner-refuse": Entrance("partners", "partner_refuse", "Refuse a partner's list that waits"),
    "partner-show": Entrance("partners", "partner_show", "What a partner's list holds, entry by entry"),
    "person": Entrance("people", "person", "People, their roles and dates"),
    "premises": Entrance("premises", "premises", "The register: what is proposed, in force and lifted"),
    "receipt": Entrance("receipts", "receipt", "Signed answers that somebody kept"),
    "recovery": Entrance("recovery", "recovery", "A lost second factor, taken away by two persons"),
    "restore": Entrance("backups", "restore", "Put a backup back, checked before anything is written"),
    "second-factor": Entrance("factors", "second_factor", "What you have beside your passphrase"),
    "serve": Entrance("installation", "serve", "Serve the web application until stopped"),
    "session": Entrance("sessions", "session", "Where you are signed in, and how to end it"),
    "settings": Entrance("installation", "settings", "Each setting with value, default, unit and help"),
    "sign-in": Entrance("sessions", "sign_in", "Be recognised once for several commands"),
    "sign-out": Entrance("sessions", "sign_out", "End the session that `sign-in` began"),
    "sync": Entrance("sync", "sync", "Keep a folder at the current edition"),
    "token": Entrance("tokens", "token", "Tokens for devices and integrators"),
    "upgrade": Entrance("installation", "upgrade", "Bring the store to this program's version; copies it first"),
}


class Nouns(click.Group):
    """Commands looked up in COMMANDS and imported on demand: a look-up does not pay for the rest."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        entrance = COMMANDS[cmd_name]
        room = importlib.import_module(f"geo_offlimits.cli.{entrance.module}")
        command: click.Command = getattr(room, entrance.attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entrance.words) for name, entrance in sorted(COMMANDS.items())])

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> NoReturn:
        """Runs one command and leaves the process with its exit code, whatever happens."""
        options["standalone_mode"] = False
        leaving.leave(lambda arguments: super(Nouns, self).main(arguments, *more, **options), args)


@click.command(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="geo-offlimits")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="Settings in a TOML file.")
@click.option("--as", "person", envvar="GEO_OFFLIMITS_ACTOR", help="Who acts: a staff number or an e-mail address.")
@click.option("--totp", "code", metavar="CODE", help="What your authenticator app shows now, where your role needs it.")
@click.pass_context
def commands(ctx: click.Context, config: Path | None, person: str | None, code: str | None) -> None:
    """Publish an off-limits list, look it up on a map, distribute it for acknowledgement.

    Exit codes: 0 done; 1 refused or failed, with a sentence; 2 usage. `check` and `find` answer by exit code too:
    0 not listed, 3 listed, 4 cannot tell.
    """
    ctx.obj = open_door(config, person, code)


def main() -> None:
    commands(prog_name="geo-offlimits")
