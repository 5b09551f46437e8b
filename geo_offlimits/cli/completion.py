"""`campaign completion`, `campaign quarter` and `campaign briefing`: how far campaigns have come."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import CATEGORY, MISSION
from geo_offlimits.domain.completion import Completion, Figures
from geo_offlimits.domain.people import PersonnelCategory

if TYPE_CHECKING:
    from geo_offlimits.services.quarter import Report

OUTPUT = click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A new file, by its ending.")


@click.command()
@click.argument("campaign_id", metavar="[ID]", required=False)
@MISSION
@click.option("--category", type=CATEGORY, help="Of this category alone.")
@click.option("--sector", help="Of this sector alone.")
@OUTPUT
@signed
def completion(
    door: Door,
    campaign_id: str | None,
    mission: str | None,
    category: str | None,
    sector: str | None,
    output: Path | None,
) -> None:
    """By unit, category, sector, edition and day; as CSV or XLSX with --output. Of the latest campaign unless named.

    Your own unit is told as it is; of others, numbers under five are told as a range.
    """
    from geo_offlimits.services import campaigns
    from geo_offlimits.services import completion as service

    with door.reading() as act:
        asked = campaign_id or campaigns.latest(act, door.mission(act, mission)).campaign_id
        found = campaigns.status(act, asked)
        editions = service.editions(act, found.campaign.mission)
    chosen = found.completion.only(category=PersonnelCategory(category) if category else None, sector=sector)
    by_edition = [(one.campaign.edition_number, one.figures) for one in editions]
    if output:
        write_whole({output: _file(chosen, by_edition, output)})
    door.say({"campaign": asked} | _json(chosen, by_edition), f"{output} is written." if output else _text(chosen))


def _file(found: Completion, editions: list[tuple[int, Figures]], output: Path) -> bytes:
    from geo_offlimits.formats import figures_file

    rows = list(figures_file.rows(found, editions))
    match output.suffix.lower():
        case ".csv":
            return figures_file.as_csv(figures_file.HEADINGS, rows)
        case ".xlsx":
            return figures_file.as_workbook("Figures", "About the figures", figures_file.HEADINGS, rows, [])
    raise click.UsageError("--output ends in .csv or .xlsx.")


def _json(found: Completion, editions: list[tuple[int, Figures]]) -> dict[str, Any]:
    days = zip(found.trend.days, found.whole.by_day, strict=False)
    return {
        **found.whole.as_json(),
        "units": [{"unit": unit} | one.as_json() for unit, one in found.units().items()],
        "categories": [
            {"category": category.value if category else None} | one.as_json()
            for category, one in found.categories().items()
        ],
        "sectors": [{"sector": sector} | one.as_json() for sector, one in found.sectors().items()],
        "editions": [{"edition": number} | one.as_json() for number, one in editions],
        "days": [{"day": day.isoformat(), "acknowledged": told.as_json()} for day, told in days],
    }


def _text(found: Completion) -> str:
    lines = [_line("All", found.whole)]
    lines += [_line(f"  {unit}", one) for unit, one in found.units().items()]
    lines += [_line(f"  {category or 'of several categories'}", one) for category, one in found.categories().items()]
    lines += [_line(f"  sector {sector or 'none, or several'}", one) for sector, one in found.sectors().items()]
    return "\n".join(lines)


def _line(name: str, one: Figures) -> str:
    if not one.asked:
        return f"{name}: {'fewer than five' if one.left_out else 'nobody is asked'}"
    return f"{name}: {one.acknowledged} of {one.asked}, {one.overdue} overdue"


@click.command()
@MISSION
@click.option("--quarter", "name", required=True, metavar="YYYYQN", help="Such as 2026Q4.")
@OUTPUT
@signed
def quarter(door: Door, mission: str | None, name: str, output: Path | None) -> None:
    """Numbers of a quarter for headquarters, by category; no name and no unit. As CSV with --output."""
    from geo_offlimits.services import quarter as service

    chosen = service.quarter(name)
    with door.reading() as act:
        found = service.report(act, door.mission(act, mission), chosen)
    if output:
        write_whole({output: _quarter_file(found, output)})
    door.say(found.as_json(), f"{output} is written." if output else _quarter_text(found))


def _quarter_file(found: "Report", output: Path) -> bytes:
    from geo_offlimits.formats import figures_file

    if output.suffix.lower() != ".csv":
        raise click.UsageError("--output ends in .csv.")
    headings, *rows = figures_file.quarter_rows(found.as_json())
    return figures_file.as_csv([str(heading) for heading in headings], rows)


def _quarter_text(found: "Report") -> str:
    whole, lines = found.whole, []
    for category, one in found.by_category.items():
        in_time = one.by_day[0] if one.by_day else 0
        told = f"{in_time} of {one.asked} in time, {one.overdue} overdue" if one.asked else "fewer than five"
        lines.append(f"  {category or 'of several categories'}: {told}")
    published = f"{found.editions} editions, {found.added} entries added, {found.removed} removed"
    asked = f"{found.campaigns} campaigns asked {whole.asked}"
    return "\n".join([f"{found.mission} {found.quarter.name}: {published}; {asked}.", *lines])


@click.command()
@MISSION
@click.option("--unit", help="For this unit.  [default: your own]")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="What is new since this day.  [default: a month ago]")
@click.option("--language", help="One of the mission's languages.  [default: its first]")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="New .html or .pdf.")
@signed
def briefing(
    door: Door, mission: str | None, unit: str | None, since: datetime | None, language: str | None, output: Path
) -> None:
    """One page for the monthly talk to a unit: what is new, the rules, who may be asked, how many are missing."""
    from geo_offlimits.delivery.catalogue import catalogue
    from geo_offlimits.formats import briefing as sheets
    from geo_offlimits.services import briefing as service
    from geo_offlimits.services import missions
    from geo_offlimits.services.letters import language_of

    if output.suffix.lower() not in {".html", ".pdf"}:
        raise click.UsageError("--output ends in .html or .pdf.")
    with door.reading() as act:
        code = door.mission(act, mission)
        tag = language_of(missions.mission(act, code), language)
        day = since.date() if since else None
        told = service.briefing(act, door.wiring.shelf, code, unit=unit, since=day)
    content = sheets.page(told, language=tag, translate=catalogue(tag).gettext)
    if output.suffix.lower() == ".pdf":
        from geo_offlimits.formats.pdf import typeset

        content = typeset(content)
    write_whole({output: content})
    facts = {"mission": code, "edition": told.edition.number, "sha256": told.sha256, "output": str(output)}
    door.say(facts, f"{output} is written, of edition {told.edition.number}.")
