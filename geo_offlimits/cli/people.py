"""`person`: add, import, list, move, role, depart, passphrases and linked accounts."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli.door import Door, ask, patience, signed
from geo_offlimits.cli.parameters import DAY, FILE, MAPPING, TEXT, mapped
from geo_offlimits.cli.service import induction, leave
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import CredentialsError

CATEGORY = click.Choice([category.value for category in PersonnelCategory])
ROLE = click.Choice([role.value for role in Role])
# Home of a person: unlike a look-up, nobody is added to a mission by default.
HOME = click.option("--mission", required=True, help="Mission code.")


@click.group()
def person() -> None:
    """People, their roles and dates."""


person.add_command(leave)
person.add_command(induction)


@person.command()
@click.argument("number", type=TEXT)
@click.option("--name", required=True, type=TEXT)
@click.option("--unit", required=True, type=TEXT)
@click.option("--category", type=CATEGORY, required=True)
@HOME
@click.option("--sector", type=TEXT, help="Of the mission, where the person serves. May be left out.")
@click.option("--email", help="May be left out.")
@click.option("--language", default="en", show_default=True, help="BCP 47 tag.")
@click.option("--role", "roles", type=ROLE, multiple=True, help="May be given several times.  [default: staff]")
@click.option("--from", "start", type=DAY, help="First day of service, or a moment.")
@click.option("--to", "end", type=DAY, help="Last day of service, included, or a moment.")
@signed
def add(
    door: Door,
    number: str,
    category: str,
    roles: tuple[str, ...],
    start: date | None,
    end: date | None,
    **facts: Any,
) -> None:
    """Add a person; prints the one-time passphrase. The first administrator of an empty store needs no --as."""
    from geo_offlimits.services import missions, people

    grants = tuple(_grant(role, facts["mission"]) for role in roles or (Role.STAFF,))
    with door.wiring.reading() as act:
        is_first = people.nobody_yet(act)
    door.wiring.passphrases.prepare(1)
    with door.wiring.writing() if is_first else door.acting() as act:
        service = missions.days(act, facts["mission"], start, end)
        adding = people.new(number=number, category=PersonnelCategory(category), service=service, **facts)
        passphrase = people.add_person(act, adding, grants)
    door.say(
        {"number": number, "one_time_passphrase": passphrase},
        f"{adding.name} ({number}) is added. One-time passphrase, to be replaced at the first sign-in:\n{passphrase}",
    )


def _grant(role: str, mission: str) -> RoleGrant:
    # An administrator runs the installation, not one mission.
    return RoleGrant(role=Role(role), mission=None if role == Role.ADMIN else mission)


@person.command("import")
@click.argument("file", type=FILE)
@HOME
@MAPPING
@click.option("--depart-absent", is_flag=True, help="Yes, who is not in the list has departed.")
@click.option("--change-category", is_flag=True, help="Yes, changed categories are meant.")
@click.option("--report", "told", metavar="HASH", help="Land only what the report with this hash has told.")
@click.option("--commit", is_flag=True, help="Land the good rows; without it nothing is changed.")
@signed
def import_(
    door: Door, file: Path, mission: str, mapping: tuple[str, ...], told: str | None, *, commit: bool, **meant: bool
) -> None:
    """Report on a personnel list, CSV or XLSX of up to 20,000 rows; with --commit its good rows land.

    Columns: number, name, unit, sector, category, email, language. Who is new becomes staff and gets no passphrase:
    `person open` gives them out. Who is not in the list is told and stays, unless you say --depart-absent.
    """
    from geo_offlimits.services import personnel

    listed = personnel.read_list(file, mapped(mapping))
    with patience(), door.reading() as act:
        report = personnel.report(act, mission, listed, personnel.Meant(**meant))
    if told not in (None, report.hash):
        raise personnel.StaleReportError
    if commit and report.lands:
        with patience(), door.acting() as act:
            personnel.commit(act, mission, listed, personnel.Meant(**meant), told=report.hash)
    landed = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count) or "nobody"
    ending = f"Landed: {landed}." if commit else "Nothing is changed; --commit lands the good rows."
    door.say(report.as_json() | {"committed": commit}, lambda: f"{report.as_text()}\n{ending}")


@person.command("open")
@HOME
@click.option("--unit", type=TEXT, help="Only those of this unit.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="At most so many.")
@signed
def open_(door: Door, mission: str, unit: str | None, limit: int) -> None:
    """Give one-time passphrases to those who have none, such as people from a list; they are printed this once."""
    from geo_offlimits.services import account_opening

    with door.reading() as act:
        count = len(account_opening.waiting(act, mission, unit))
    with patience():
        door.wiring.passphrases.prepare(min(count, limit))
    with door.acting() as act:
        opened = account_opening.issue(act, mission, unit, most=limit)
    door.say(opened.as_json(), opened.as_text)


@person.command()
@click.argument("reference", metavar="PERSON")
@click.option("--unit", type=TEXT, help="Where the person serves now.")
@click.option("--sector", type=TEXT, help="Of the mission, where the person serves now.")
@click.option("--from", "start", type=DAY, help="First day there, or a moment; today unless given.")
@signed
def move(door: Door, reference: str, start: date | None, **place: str | None) -> None:
    """Say in which unit or sector a person serves now; where they served before stays in their history."""
    from geo_offlimits.services import postings

    with door.acting() as act:
        moved = postings.move(act, reference, start=start, **place)
    where = f"{moved.unit}, sector {moved.sector}" if moved.sector else moved.unit
    door.say({"person": reference, "unit": moved.unit, "sector": moved.sector}, f"{reference} serves in {where}.")


@person.command()
@click.argument("reference", metavar="PERSON")
@signed
def history(door: Door, reference: str) -> None:
    """Where a person served and when, latest first."""
    from geo_offlimits.services import postings

    with door.reading() as act:
        served = postings.history(act, reference)
    rows = [one.as_json() for one in served.postings]
    lines = [f"{row['from'] or '…'} to {row['to'] or 'now'}: {row['unit']}, {row['sector'] or '-'}" for row in rows]
    document = {"number": served.person.number, "name": served.person.name, "postings": rows}
    door.say(document, "\n".join([f"{served.person.number} {served.person.name}", *lines]))


@person.command("list")
@HOME
@signed
def list_(door: Door, mission: str) -> None:
    """The people of a mission."""
    from geo_offlimits.services import people

    with door.reading() as act:
        found = people.of_mission(act, mission)
    rows = [
        {
            "number": one.number,
            "name": one.name,
            "unit": one.unit,
            "sector": one.sector,
            "category": one.category,
            "email": one.email,
            "from": one.service.start and format_instant(one.service.start),
            "to": one.service.end and format_instant(one.service.end),
        }
        for one in found
    ]
    lines = [f"{one.number:<12} {one.name:<32} {one.unit:<24} {one.category}" for one in found]
    door.say(rows, "\n".join(lines) or f"Nobody is in {mission} yet.")


@person.command()
@click.argument("reference", metavar="PERSON")
@click.argument("role", type=ROLE)
@click.argument("mission")
@click.option("--from", "start", type=DAY, help="First day, or a moment.")
@click.option("--to", "end", type=DAY, help="Last day, included, or a moment.")
@signed
def role(door: Door, reference: str, role: str, mission: str, start: date | None, end: date | None) -> None:
    """Give a person a role in a mission, between two days if need be."""
    from geo_offlimits.services import missions, people

    with door.acting() as act:
        valid = missions.days(act, mission, start, end)
        people.grant_role(act, reference, RoleGrant(role=Role(role), mission=mission, valid=valid))
    door.say({"person": reference, "role": role, "mission": mission}, f"{reference} is {role} of {mission}.")


@person.command()
@click.argument("reference", metavar="PERSON")
@signed
def depart(door: Door, reference: str) -> None:
    """End a person's service now; their roles end with it."""
    from geo_offlimits.services import people

    with door.acting() as act:
        people.depart(act, reference)
    door.say({"person": reference, "departed": True}, f"{reference} has departed.")


@person.command()
@click.argument("reference", metavar="PERSON")
@click.option("--reason", type=TEXT, help="Why, in one line and without naming anybody: ask for it.")
@click.option("--agree", "settled", flag_value="agree", help="Be the second person; this cannot be undone.")
@click.option("--refuse", "settled", flag_value="refuse", help="Say no to it.")
@signed
def erase(door: Door, reference: str, reason: str | None, settled: str | None) -> None:
    """Erase who a person was, years after their departure: one person asks with --reason, another agrees.

    Number, name, unit and address go wherever they are written; what was done and acknowledged stays, and so do its
    proofs. The setting evidence_retention_days says how long it is kept.
    """
    from geo_offlimits.services import erasing

    if (reason is None) == (settled is None):
        raise click.UsageError("Give --reason to ask, or --agree or --refuse to answer.")
    with door.acting() as act:
        if reason is not None:
            erasing.ask(act, reference, reason)
            told = f"Asked. A second person agrees with: person erase {reference} --agree"
            said = ({"person": reference, "asked": True}, told)
        elif settled == "agree":
            erased = erasing.agree(act, reference)
            said = (erased.as_json(), erased.as_text())
        else:
            erasing.refuse(act, reference)
            said = ({"person": reference, "refused": True}, f"{reference} is not erased.")
    door.say(*said)


@person.command()
@signed
def erasures(door: Door) -> None:
    """The erasures that wait for a second person."""
    from geo_offlimits.services import erasing

    with door.reading() as act:
        found = erasing.waiting(act)
    rows = [
        {
            "person": one.person.number,
            "asked_by": one.asked_by.number,
            "asked_at": format_instant(one.erasure.at),
            "reason": one.erasure.reason,
        }
        for one in found
    ]
    lines = [f"{row['person']}  asked by {row['asked_by']}: {row['reason']}" for row in rows]
    door.say(rows, "\n".join(lines) or "Nobody waits to be erased.")


@person.command()
@click.argument("reference", metavar="PERSON")
@signed
def reset(door: Door, reference: str) -> None:
    """Give somebody who lost their passphrase a new one-time one; their sessions end."""
    from geo_offlimits.services import people

    door.wiring.passphrases.prepare(1)
    with door.acting() as act:
        once = people.reset_passphrase(act, reference)
    door.say(
        {"person": reference, "one_time_passphrase": once},
        f"One-time passphrase of {reference}, to be replaced at the next sign-in:\n{once}",
    )


@person.command()
@click.argument("reference", metavar="PERSON")
@click.option("--subject", required=True, type=TEXT, help="What the provider calls them (`sub`), as it is written.")
@click.option("--issuer", type=TEXT, help="The provider's address.  [default: the setting oidc_issuer]")
@signed
def link(door: Door, reference: str, subject: str, issuer: str | None) -> None:
    """Say which account at the identity provider is somebody's, so that they sign in by it.

    Better: they link it themselves, on the page Second factor. Then a second factor that the provider saw can count.
    """
    from geo_offlimits.domain.accounts import Account
    from geo_offlimits.services import accounts

    account = Account(issuer=issuer or door.settings.oidc_issuer, subject=subject)
    with door.acting() as act:
        accounts.link_for(act, reference, account)
    door.say({"person": reference, **vars(account)}, f"{subject} at {account.issuer} is {reference} here.")


@person.command()
@click.argument("reference", metavar="PERSON")
@signed
def unlink(door: Door, reference: str) -> None:
    """Unlink every account at an identity provider that is somebody's; their sessions end."""
    from geo_offlimits.services import accounts

    with door.acting() as act:
        count = accounts.unlink_for(act, reference)
    door.say({"person": reference, "unlinked": count}, f"{count} accounts of {reference} are unlinked.")


@person.command()
@signed
def passphrase(door: Door) -> None:
    """Choose your own passphrase in place of the one you have (--as PERSON).

    Asks at the terminal; a script puts the old one into GEO_OFFLIMITS_PASSPHRASE and the new one into
    GEO_OFFLIMITS_NEW_PASSPHRASE.
    """
    if not door.person:
        raise CredentialsError("Say whose passphrase it is: give --as PERSON (a staff number or an e-mail address).")
    wiring = door.wiring
    old = door.passphrase or ask("Present passphrase", "GEO_OFFLIMITS_PASSPHRASE")
    new = os.environ.get("GEO_OFFLIMITS_NEW_PASSPHRASE") or ask(
        "New passphrase, at least 15 characters", "GEO_OFFLIMITS_NEW_PASSPHRASE", twice=True
    )
    with patience():
        wiring.choose_passphrase(door.person, old, new)
    door.say({"person": door.person, "changed": True}, "The passphrase is changed.")
