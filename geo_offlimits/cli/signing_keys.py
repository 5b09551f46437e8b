"""`key`: the keys that sign editions; public halves for whoever verifies, one key after another, revocation."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door, answering, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import MOMENT, NEW_FILE

if TYPE_CHECKING:
    from geo_offlimits.delivery.public_keys import PublicKey
    from geo_offlimits.delivery.signing import Succession


@click.group()
def key() -> None:
    """The keys that sign editions."""


@key.command("export")
@click.option("--all", "every", is_flag=True, help="The list of all keys, with when each signed and what is revoked.")
@click.option("--output", type=NEW_FILE, help="Write it here.")
@answering
def export(door: Door, every: bool, output: Path | None) -> None:
    """The public key that signs, for whoever verifies editions without this server."""
    from geo_offlimits.delivery import public_keys
    from geo_offlimits.delivery.signing import Keyring

    keyring = Keyring(door.settings.data_dir)
    signing = keyring.signing
    content = public_keys.written(keyring.public_keys()) if every else signing.pem.encode("ascii")
    if output:
        write_whole({output: content})
    said = f"Written to {output}. Fingerprint {signing.grouped_fingerprint}"
    told: dict[str, Any] = {**signing.as_json(), "path": str(output) if output else None}
    if every:
        told["keys"] = [one.as_json() for one in keyring.public_keys()]
    door.say(told, said if output else content.decode("ascii").rstrip())


@key.command("list")
@answering
def keys(door: Door) -> None:
    """Public keys with their fingerprints, oldest first; the last one signs."""
    from geo_offlimits.delivery.signing import Keyring

    found = Keyring(door.settings.data_dir).public_keys()
    lines = [f"{one.key_id}  {one.grouped_fingerprint}{_state(one)}" for one in found]
    door.say([one.as_json() for one in found], "\n".join(lines))


@key.command()
@signed
def rotate(door: Door) -> None:
    """A new key signs from now on. What the one before it signed stays valid."""
    from geo_offlimits.services import signing_keys

    with door.acting() as act:
        made = signing_keys.rotate(act)
    door.wiring.keyring.take_up(made)
    door.say(_told(made), _new_key(made))


@key.command()
@click.argument("key_id", metavar="KEY_ID")
@click.option("--from", "since", type=MOMENT, help="When it may have come into other hands.  [default: now]")
@signed
def revoke(door: Door, key_id: str, since: datetime | None) -> None:
    """Nothing that this key signed is to be believed any more; where it signs now, a new key follows it."""
    from geo_offlimits.services import signing_keys

    with door.acting() as act:
        made = signing_keys.revoke(act, key_id, since)
        again = signing_keys.to_publish_again(act, key_id)
    door.wiring.keyring.take_up(made)
    lines = [f"The key {key_id} is revoked. Give everybody who verifies lists `key export --all`.", _new_key(made)]
    if again:
        lines.append(f"No device takes the current list of {', '.join(again)} now: `edition publish --renew`.")
    door.say(_told(made) | {"revoked": key_id, "publish_again": list(again)}, "\n".join(line for line in lines if line))


def _told(made: "Succession") -> dict[str, Any]:
    return {"new": made.new.as_json() if made.new else None}


def _new_key(made: "Succession") -> str:
    return (
        f"The key {made.new.key_id} signs from now on. Put its fingerprint into the directive and on the notice "
        f"boards:\n{made.new.grouped_fingerprint}\nTake a backup: the older ones do not hold it."
        if made.new
        else ""
    )


def _state(key: "PublicKey") -> str:
    if key.revoked_from:
        return f"  revoked from {key.as_json()['revoked_from']}"
    return f"  until {key.as_json()['valid_to']}" if key.valid.end else "  signs"
