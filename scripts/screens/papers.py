"""What leaves the pages: mails, sheets to sign, the list on paper and in a file, each as its reader opens it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.disclosure import Told
from geo_offlimits.domain.mail import MailKind
from geo_offlimits.domain.people import Actor
from geo_offlimits.formats import printable
from geo_offlimits.formats.edition import decode
from geo_offlimits.formats.mail import Announcement, Missing, MissingUnit, missing_written, written
from geo_offlimits.services import deltas, editions, people
from geo_offlimits.services.packages import SheetForm, sheet
from screens.camera import DESKTOP, PHONE, Camera, sign_in
from screens.sites import Site

_SITE = "https://lists.demo.example"
_FINGERPRINT = "5f1c 09ab 77d2 4e06 91c3 aa20 6be8 4d15"
_DUE = date(2026, 12, 3)


def take(site: Site, lens: Camera, only: tuple[str, ...], work: Path) -> None:
    """Written to files of `work` and opened there, without a server."""
    made = [*_mails(site), *_sheets(site), ("file-with-map", _exported(site, lens))]
    for name, content in made:
        if not name.startswith(only):
            continue
        print(name, flush=True)
        file = work / f"{name}.html"
        file.write_bytes(content)
        page = lens.browser.new_page(reduced_motion="reduce", locale="en-GB")
        page.clock.set_fixed_time(site.now)
        page.goto(file.as_uri())
        page.wait_for_timeout(500)
        for look in (PHONE, DESKTOP):
            lens.shoot(page, name, look)
        page.close()


def _mails(site: Site) -> Iterator[tuple[str, bytes]]:
    with site.wiring.reading(_manager(site)) as act:
        header = editions.header(act, "DEMO")
        edition = decode(editions.content(act, "DEMO"))
        changes = deltas.between(act, "DEMO", header.number - 1)
    address = f"{_SITE}/acknowledge/{header.number}"
    news = Announcement(edition=edition, sha256=header.sha256, address=address, deadline=_DUE, changes=changes)
    for kind in (MailKind.ANNOUNCEMENT, MailKind.REMINDER, MailKind.INDUCTION, MailKind.INFORMATION):
        about = replace(news, kind=kind, changes=None if kind is MailKind.INDUCTION else changes)
        yield f"mail-{kind.value}", written(about).html.encode()
    yield "mail-announcement-fr", written(news, language="fr", translate=catalogue("fr").gettext).html.encode()
    unit = MissingUnit(
        unit="Mission Support", people=(("D-1075", "Aminata Bakayoro", _DUE), ("D-1082", "Wei Changru", _DUE))
    )
    counted = MissingUnit(unit="Contracted Services", count=Told(12, 12), has_manager=False)
    yield "mail-who-is-missing", missing_written(Missing(edition=edition, address=address, units=(unit,))).html.encode()
    told = Missing(edition=edition, address=address, units=(counted,), names=False)
    yield "mail-how-many-are-missing", missing_written(told).html.encode()


def _manager(site: Site) -> Actor:
    email, _, _ = site.credentials("manager")
    with site.wiring.reading() as act:
        return people.actor(act, next(one.person_id for one in act.tx.people.of_mission("DEMO") if one.email == email))


def _sheets(site: Site) -> Iterator[tuple[str, bytes]]:
    manager = _manager(site)
    with site.wiring.reading(manager) as act:
        _, signed = sheet(act, site.campaign, manager.person.unit, "en", SheetForm.HTML)
        header = editions.header(act, "DEMO")
        edition = decode(editions.content(act, "DEMO"))
    yield "sheet-to-sign", signed
    yield "list-on-paper", printable.list_page(edition, sha256=header.sha256, fingerprint=_FINGERPRINT)


def _exported(site: Site, lens: Camera) -> bytes:
    """The list as one file that opens without a network."""
    context = lens.browser.new_context(base_url=site.url)
    sign_in(context.new_page(), *site.credentials("patrol"))
    content: bytes = context.request.get("/missions/DEMO/editions/current/export.html").body()
    context.close()
    return content
