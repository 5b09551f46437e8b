"""`receipt`, and `--receipt` of look-ups: a signed answer in a file, and whether one is as it was signed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import FILE
from geo_offlimits.errors import InputError

if TYPE_CHECKING:
    from geo_offlimits.services.receipts import SignedReceipt


def keep(made: "tuple[SignedReceipt, ...]", path: Path) -> None:
    """Writes one receipt, in the form that the file's name asks for. Raises InputError for several."""
    from geo_offlimits.formats.qr import qr_svg

    if len(made) != 1:
        raise InputError(f"A receipt is for one answer, and there are {len(made)}; ask about one position.")
    one = made[0]
    if path.suffix == ".json":
        content = one.envelope
    elif path.suffix == ".svg":
        drawn = qr_svg(one.code)
        if drawn is None:
            raise InputError("This receipt is too long for a QR code; write it to a .txt or .json file.")
        content = drawn
    else:
        content = one.text().encode() + b"\n"
    write_whole({path: content})


@click.group()
def receipt() -> None:
    """Signed answers that somebody kept."""


@receipt.command("verify")
@click.argument("file", type=FILE)
@click.option("--key", "public_key", type=FILE, help="Public key (PEM) that you trust.  [default: this store's keys]")
@answering
def verify(door: Door, file: Path, public_key: Path | None) -> None:
    """Is the receipt in FILE, of a look-up or an acknowledgement, as it was signed? With --key it needs no store.

    FILE: JSON, text, or the line read from a QR code. What is printed is what was signed, whatever the file says. Of
    an acknowledgement, that it stands in the audit tree whose signed head the receipt holds is verified, too.
    """
    from geo_offlimits.delivery.signing import Keyring
    from geo_offlimits.services import acknowledged, receipts, verification

    keys = verification.keys_to_trust(public_key) if public_key else Keyring(door.settings.data_dir).public_keys()
    content = verification.content_of(file)
    verify_it = acknowledged.verify_receipt if acknowledged.is_receipt(content) else receipts.verify_receipt
    found = verify_it(content, keys)
    signed = f"As it was signed by {found.fingerprint}."
    door.say(found.as_json(), "\n".join([*found.lines(), signed]))
