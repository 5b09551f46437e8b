"""What a campaign hands out: the list for devices, the list for the wall, one sheet a unit to sign.

The printable list and the sheets are made in each language of the mission that we have words for.
"""

import re
import unicodedata
from collections.abc import Iterable

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.delivery.envelopes import signing_key
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.campaign import Campaign, Recipient
from geo_offlimits.formats.edition import decode
from geo_offlimits.formats.printable import list_page
from geo_offlimits.formats.sheet import write_sheet
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.statements import FALLBACK_LANGUAGE, statement
from geo_offlimits.store.editions import StoredEdition


def files(act: Act, campaign: Campaign, stored: StoredEdition, keyring: Keyring) -> dict[str, bytes]:
    """File name -> content. The GeoJSON is the edition's own bytes, its envelope lies beside it."""
    start = f"{campaign.mission}-edition-{campaign.edition_number}"
    edition = decode(stored.content)
    key = signing_key(stored.envelope, keyring.public_keys())
    mission = act.tx.missions.get(campaign.mission)
    languages = missions.languages(mission) if mission else (FALLBACK_LANGUAGE,)
    made = {f"{start}.geojson": stored.content, f"{start}.geojson.dsse": stored.envelope}
    for language in languages:
        page = list_page(
            edition,
            sha256=stored.sha256,
            fingerprint=key.fingerprint if key else "",
            language=language,
            translate=catalogue(language).gettext,
        )
        made[f"{start}.{language}.html" if len(languages) > 1 else f"{start}.html"] = page
    for name, unit, recipients in _units(campaign):
        made[f"acknowledgement-{name}.csv"] = write_sheet(
            campaign,
            unit,
            recipients,
            edition=edition,
            statement=statement(act, stored, languages[0]).text,
            language=languages[0],
            translate=catalogue(languages[0]).gettext,
        )
    return made


def _units(campaign: Campaign) -> Iterable[tuple[str, str, list[Recipient]]]:
    """A file name that no other unit has, the unit, its people."""
    units: dict[str, list[Recipient]] = {}
    for recipient in campaign.recipients:
        if recipient.asked:  # who is only informed has nothing to sign
            units.setdefault(recipient.unit, []).append(recipient)
    taken: set[str] = set()
    for unit, recipients in sorted(units.items()):
        plain = _plain(unit)
        name = next(one for one in (plain, *(f"{plain}-{n}" for n in range(2, len(units) + 2))) if one not in taken)
        taken.add(name)
        yield name, unit, recipients


def _plain(text: str) -> str:
    """A file name of plain letters, the same on every system."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40] or "unit"
