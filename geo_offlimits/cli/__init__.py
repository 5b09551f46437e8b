"""`geo-offlimits`: the command line. Each module holds the commands of one noun and ends in the service's call."""

import importlib
import os
from pathlib import Path

import click

from geo_offlimits import __version__
from geo_offlimits.cli.door import REFUSED, open_door
from geo_offlimits.errors import OfflimitsError

# command -> (module, attribute); imported when called, so that a look-up does not pay for the rest.
COMMANDS = {
    "acknowledge": ("campaigns", "acknowledge"),
    "audit": ("audit", "audit"),
    "basemap": ("basemaps", "basemap"),
    "campaign": ("campaigns", "campaign"),
    "check": ("lookup", "check"),
    "demo": ("installation", "demo"),
    "distribute": ("campaigns", "distribute"),
    "edition": ("editions", "edition"),
    "export": ("exports", "export"),
    "facility": ("facilities", "facility"),
    "find": ("lookup", "find"),
    "import": ("imports", "import_"),
    "init": ("installation", "init"),
    "key": ("editions", "key"),
    "mission": ("missions", "mission"),
    "person": ("people", "person"),
    "premises": ("premises", "premises"),
    "serve": ("installation", "serve"),
    "settings": ("installation", "settings"),
    "upgrade": ("installation", "upgrade"),
}


class Nouns(click.Group):
    """Commands looked up in COMMANDS and imported on demand."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"geo_offlimits.cli.{module}"), attribute)
        return command


@click.command(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="geo-offlimits")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="Settings in a TOML file.")
@click.option("--as", "person", envvar="GEO_OFFLIMITS_ACTOR", help="Who acts: a staff number or an e-mail address.")
@click.pass_context
def commands(ctx: click.Context, config: Path | None, person: str | None) -> None:
    """Publish an off-limits list, look it up on a map, distribute it for acknowledgement.

    Exit codes: 0 done; 1 refused or failed, with a sentence; 2 usage. `check` and `find` answer by exit code too:
    0 not listed, 3 listed, 4 cannot tell.
    """
    try:
        # The passphrase has no option: a command line stands in the process list and in the shell's history.
        ctx.obj = open_door(config, person, os.environ.get("GEO_OFFLIMITS_PASSPHRASE"))
    except OfflimitsError as fault:
        click.echo(str(fault), err=True)
        ctx.exit(REFUSED)


def main() -> None:
    commands(prog_name="geo-offlimits")
