"""What a campaign hands out: the list for devices, the list for the wall, the sheets of each unit to sign.

1. The printable list is made in each language of the mission that we have words for.
2. A sheet is made in the language of those who sign it: where a unit's people read several, a sheet a language.
3. A sheet lists everybody asked alike, whoever has acknowledged since: whoever distributes has those of all units.
4. A sheet alone can be had as a PDF, too. To typeset those of all units takes minutes, so a package holds none: it is
   typeset once nobody waits for it (`typeset`).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from urllib.parse import quote, urlencode

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.delivery.envelopes import signing_key
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.campaign import Campaign, Recipient
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, RefusedError, Sentence
from geo_offlimits.formats import pdf
from geo_offlimits.formats.edition import decode
from geo_offlimits.formats.printable import list_page
from geo_offlimits.formats.sheet import UnitSheet, by_name, write_sheet
from geo_offlimits.formats.unit_sheet import MOST_TYPESET, sheet_page, sheet_pdf
from geo_offlimits.lookup.wording import Translate
from geo_offlimits.services import deltas, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError, permitted
from geo_offlimits.services.shelf import kept
from geo_offlimits.services.statements import FALLBACK_LANGUAGE, statement
from geo_offlimits.store.editions import StoredEdition

_SHEET = "acknowledgement-"


class SheetForm(StrEnum):
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"


_WRITERS: Mapping[SheetForm, Callable[[UnitSheet, Translate], bytes]] = {
    SheetForm.CSV: write_sheet,
    SheetForm.HTML: sheet_page,
    SheetForm.PDF: sheet_pdf,
}


def files(act: Act, campaign_id: str, keyring: Keyring) -> dict[str, bytes]:
    """File name -> content. The GeoJSON is the edition's own bytes, its envelope lies beside it.

    Raises RefusedError for a closed campaign, DamagedEditionError.
    """
    campaign, stored = _open(act, campaign_id)
    start = f"{campaign.mission}-edition-{campaign.edition_number}"
    edition, key = decode(stored.content), signing_key(stored.envelope, keyring.public_keys())
    languages = _languages(act, campaign.mission)
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
    press = _Press(act, campaign, stored)
    for name, sheet in press.sheets():
        for form in (SheetForm.CSV, SheetForm.HTML):
            made[f"{name}.{form}"] = _written(sheet, form)
    return made


def typeset(made: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The PDF of every sheet of a package, one after the other: half a second each, for who holds no transaction.

    A sheet too long for that is passed over. Raises NoTypesetterError.
    """
    for name, page in made.items():
        if name.startswith(_SHEET) and name.endswith(".html") and page.count(b"<tr>") <= MOST_TYPESET:
            yield f"{name.removesuffix('html')}pdf", pdf.typeset(page)


def sheet(act: Act, campaign_id: str, unit: str, language: str, form: SheetForm) -> tuple[str, bytes]:
    """Name and content of one unit's sheet for those who read `language`.

    Raises AbsentError where nobody of the unit does, RefusedError for a closed campaign, NoTypesetterError.
    """
    press = _Press(act, *_open(act, campaign_id))
    found = next((one for one in press.sheets() if (one[1].unit, one[1].language) == (unit, language)), None)
    if found is None:
        raise AbsentError(f"Nobody of {unit} gets a sheet in {language}; choose one of those that there are.")
    return f"{found[0]}.{form}", _written(found[1], form)


def offered(act: Act, campaign_id: str) -> dict[str, tuple[str, ...]]:
    """Unit -> the languages in which it has a sheet, in the order of the mission's."""
    campaign = permitted(act, campaign_id, Action.DISTRIBUTE)
    known, found = _languages(act, campaign.mission), dict[str, set[str]]()
    for unit, language in act.tx.campaigns.readers(campaign_id):
        found.setdefault(unit, set()).add(_read(language, known))
    return {unit: tuple(one for one in known if one in read) for unit, read in found.items()}


def by_language(act: Act, mission: str, people: Iterable[Recipient]) -> dict[str, tuple[Recipient, ...]]:
    """Language -> who gets a sheet in it, in the order of the mission's languages; people as they stand on it."""
    known = _languages(act, mission)
    ordered = sorted(people, key=by_name)
    found = {language: tuple(one for one in ordered if _read(one.language, known) == language) for language in known}
    return {language: readers for language, readers in found.items() if readers}


def _open(act: Act, campaign_id: str) -> tuple[Campaign, StoredEdition]:
    found = permitted(act, campaign_id, Action.DISTRIBUTE)
    if found.closed_at:
        raise RefusedError(Sentence("Campaign {id} is closed; open one for the current edition.", id=campaign_id))
    whole = act.tx.campaigns.get(campaign_id)
    header = act.tx.editions.header_of(found.mission, found.edition_number)
    if whole is None or header is None:
        raise UnknownCampaignError(campaign_id)
    return whole, kept(act, header)


def _written(sheet: UnitSheet, form: SheetForm) -> bytes:
    return _WRITERS[form](sheet, catalogue(sheet.language).gettext)


def _languages(act: Act, mission: str) -> tuple[str, ...]:
    found = act.tx.missions.get(mission)
    return missions.languages(found) if found else (FALLBACK_LANGUAGE,)


def _read(language: str, known: tuple[str, ...]) -> str:
    """The language of the mission in which whoever reads `language` gets their sheet: that one, else its first."""
    wished = (language, missions.spoken(language), language.partition("-")[0])
    return next((language for language in wished if language in known), known[0])


class _Press:
    """The sheets of one campaign."""

    def __init__(self, act: Act, campaign: Campaign, stored: StoredEdition) -> None:
        self._act, self._campaign, self._stored = act, campaign, stored
        self._edition = decode(stored.content)
        before = act.tx.editions.header_of(campaign.mission, campaign.edition_number - 1)
        self._changes = deltas.up_to(act, self._edition, before)

    def sheets(self) -> Iterator[tuple[str, UnitSheet]]:
        """A file name without ending that no other sheet has, and the sheet."""
        for name, unit, people in _units(self._campaign):
            told = by_language(self._act, self._campaign.mission, people)
            for language, readers in told.items():
                ending = f".{language}" if len(told) > 1 else ""
                yield f"{_SHEET}{name}{ending}", self._sheet(unit, language, readers)

    def _sheet(self, unit: str, language: str, readers: tuple[Recipient, ...]) -> UnitSheet:
        said = statement(self._act, self._stored, language)
        return UnitSheet(
            campaign=self._campaign,
            unit=unit,
            recipients=readers,
            edition=self._edition,
            statement=said.text,
            language=language,
            statement_language=said.language,
            source=said.source if said.source != said.text else None,
            changes=self._changes,
            address=self._address(unit, language),
        )

    def _address(self, unit: str, language: str) -> str:
        site = self._act.settings.public_url.rstrip("/")
        campaign = self._campaign
        page = f"{site}/campaigns/{quote(campaign.mission)}/{quote(campaign.campaign_id)}/unit"
        return f"{page}?{urlencode({'unit': unit, 'lang': language})}" if site else ""


def _units(campaign: Campaign) -> Iterator[tuple[str, str, list[Recipient]]]:
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
