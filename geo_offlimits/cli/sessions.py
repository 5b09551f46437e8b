"""`sign-in` and `sign-out`: one passphrase and one code for several commands."""

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
