"""Write the reference part of docs/commands.md, docs/settings.md and docs/api.md from the code.

What stands above the mark in each file is written by hand and kept. A test compares the rest with this.
"""

import dataclasses
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli import commands
from geo_offlimits.settings import ENVIRONMENT_PREFIX, Settings, span
from web import openapi

DOCS = Path(__file__).resolve().parent.parent / "docs"
MARK = "<!-- From here on written by scripts/write_reference.py from the code; a test holds it there. -->"
PROGRAM = "geo-offlimits"


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table; nothing when there are no rows."""
    lines = [f"| {' | '.join(cell(text) for text in row)} |" for row in rows]
    titles = list(heading)
    return [f"| {' | '.join(titles)} |", "|" + "---|" * len(titles), *lines, ""] if lines else []


def every_command() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Each command that does something, with its full name, in alphabetical order; groups only where they act."""
    yield from _below(commands, click.Context(commands, info_name=PROGRAM))


def _below(group: click.Group, above: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    for name in sorted(group.list_commands(above)):
        command = group.get_command(above, name)
        if command is None or command.hidden:
            continue
        context = click.Context(command, info_name=name, parent=above)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield context.command_path, command, context
        if isinstance(command, click.Group):
            yield from _below(command, context)


def described(name: str, command: click.Command, context: click.Context) -> list[str]:
    arguments = [param.make_metavar(context) for param in command.params if isinstance(param, click.Argument)]
    usage = " ".join([name, *arguments])
    records = [param.get_help_record(context) for param in command.params if isinstance(param, click.Option)]
    options = [(f"`{record[0]}`", record[1]) for record in records if record]
    words = (command.help or "").strip().replace("\n    ", "\n")
    return [f"### `{usage}`", "", *words.splitlines(), "", *table(("option", ""), options)]


def of_commands() -> str:
    lines = ["## Before the command", ""]
    context = click.Context(commands, info_name=PROGRAM)
    records = [param.get_help_record(context) for param in commands.params if isinstance(param, click.Option)]
    lines += table(("option", ""), [(f"`{record[0]}`", record[1]) for record in records if record])
    lines += ["## Commands", ""]
    for name, command, below in every_command():
        lines += described(name, command, below)
    return "\n".join(lines)


def of_settings() -> str:
    rows = [
        (
            f"`{item.name}`",
            f"`{ENVIRONMENT_PREFIX}{item.name.upper()}`",
            f"`{item.default}`" if str(item.default) else "empty",
            span(item.name),
            str(item.metadata["unit"]),
            str(item.metadata["help"]),
        )
        for item in dataclasses.fields(Settings)
    ]
    return "\n".join(table(("setting", "environment", "default", "range", "unit", "what for"), rows))


def of_api() -> str:
    document = openapi.document()
    lines = ["## Routes", ""]
    rows = [
        (f"`{method.upper()} {path}`", told["summary"], _body(told), ", ".join(told["responses"]), _purposes(told))
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]
    lines += table(("route", "", "body", "statuses", "tokens"), rows)
    lines += ["## Members", "", "An asterisk marks what must be there.", ""]
    for name, schema in document["components"]["schemas"].items():
        required = schema.get("required", [])
        members = [
            (f"`{member}`{'*' if member in required else ''}", kind(told), str(told.get("description", "")))
            for member, told in schema["properties"].items()
        ]
        lines += [f"### {name}", "", *table(("member", "type", ""), members)]
    return "\n".join(lines)


def _purposes(operation: dict[str, Any]) -> str:
    if len(operation.get("security", ("session", "bearer"))) == 1:
        return "none"
    if told := operation.get("description", ""):
        return "device, api" if "device" in told else "api"
    return "sync, device, api"


def _body(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return ", ".join(kind(told["schema"]) for told in content.values())


def kind(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words; that null may stand in its place is said once for all."""
    schema = schema.get("anyOf", [schema])[0]
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "oneOf" in schema:
        return " or ".join(kind(one) for one in schema["oneOf"])
    if "enum" in schema:
        return " ".join(f"`{word}`" for word in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}"
    if schema.get("type") == "object" and schema.get("properties"):
        return "{" + ", ".join(schema["properties"]) + "}"
    return str(schema.get("format") or schema.get("type", "anything"))


PAGES = {"commands.md": of_commands, "settings.md": of_settings, "api.md": of_api}


def written(name: str) -> str:
    """The whole page: what is written by hand above the mark, then what the code says."""
    by_hand, mark, _ = (DOCS / name).read_text(encoding="utf-8").partition(MARK)
    if not mark:
        sys.exit(f"docs/{name} has no mark; put this line where the reference begins:\n{MARK}")
    return f"{by_hand}{MARK}\n\n{PAGES[name]().rstrip()}\n"


def main() -> None:
    for name in PAGES:
        (DOCS / name).write_text(written(name), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
