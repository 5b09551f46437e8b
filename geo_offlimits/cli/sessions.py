"""`sign-in` and `sign-out`, one passphrase and one code for several commands; `session`: all that are open."""

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.errors import CredentialsError

VARIABLE = "GEO_OFFLIMITS_SESSION"


@click.command("sign-in")
@signed
def sign_in(door: Door) -> None:
    """Be recognised once for several commands: eval "$(geo-offlimits --as PERSON --totp CODE sign-in)".

    Prints the line that puts the session into the environment of this shell. It ends like one of the pages: unused for
    `session_idle_minutes`, after `session_hours`, with `sign-out`; what weighs most asks to sign in again after
    `step_up_minutes`.
    """
    actor = door.recognised()
    token = door.wiring.sign_in(actor)
    door.say({"person": actor.person.number, "session": token}, f"export {VARIABLE}={token}")


@click.command("sign-out")
@signed
def sign_out(door: Door) -> None:
    """End the session that `sign-in` began, from the next command on."""
    from geo_offlimits.services import sessions

    if not door.session:
        raise CredentialsError(f"Nobody is signed in here: {VARIABLE} is empty.")
    with door.wiring.writing() as act:
        sessions.end(act.tx, door.session)
    door.say({"signed_out": True}, f"unset {VARIABLE}")


@click.group()
def session() -> None:
    """Open sessions, on the pages and at the prompt."""


@session.command("list")
@signed
def list_(door: Door) -> None:
    """Your open sessions: which door, since when, when last used."""
    from geo_offlimits.services import sessions

    with door.reading() as act:
        found = sessions.mine(act)
    rows = [sessions.as_json(one) | {"this_one": sessions.is_of(one, door.session)} for one in found]
    lines = [
        f"{row['id']}  {row['door']:<6} since {row['began_at']}, used {row['used_at']}"
        f"{', this one' if row['this_one'] else ''}"
        for row in rows
    ]
    door.say(rows, "\n".join(lines) or "No session of yours is open.")


@session.command()
@click.argument("session_id", metavar="[ID]", required=False)
@click.option("--others", is_flag=True, help="All of yours but the one in this shell.")
@signed
def end(door: Door, session_id: str | None, others: bool) -> None:
    """End one of your sessions, or all the others; the next request in it is refused."""
    from geo_offlimits.services import sessions

    if bool(session_id) == others:
        raise click.UsageError("Give the ID of a session, as `session list` shows it, or --others.")
    with door.acting() as act:
        if session_id:
            sessions.end_mine(act, session_id)
        count = 1 if session_id else sessions.end_others(act, door.session)
    door.say({"ended": count}, f"Ended: {count}.")


@session.command("end-all")
@click.option("--mission", help="Of the people of this mission only.")
@signed
def end_all(door: Door, mission: str | None) -> None:
    """Sign everybody out, you too, for who manages people: of one mission, else of every mission. It is on record."""
    from geo_offlimits.services import sessions

    with door.acting() as act:
        count = sessions.end_everybodys(act, mission)
    door.say({"ended": count, "mission": mission}, f"Ended: {count}. Everybody signs in again.")
