"""Campaigns that are cut short: whom they are to reach, what waits for the timer, and how one sees what has landed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from geo_offlimits.bootstrap import wire
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign, CampaignKind, Recipient
from geo_offlimits.domain.mail import MailKind
from geo_offlimits.domain.people import Person, PersonnelCategory
from geo_offlimits.services.act import Act
from geo_offlimits.services.opening import recipient
from geo_offlimits.settings import Settings
from geo_offlimits.store.operational_tables import outbox
from tests.cli.prompt import MISSION
from tests.cli.test_mail import settings
from tests.faults.acts import Cut, Installation, editions

STAFF = 9
# Nobody listens there, and nothing is sent.
MAILED = settings(9) | {"GEO_OFFLIMITS_CAMPAIGN_ON_PUBLISH": "true"}


def crew(place: Installation, count: int) -> set[str]:
    """So many more people with an address; the addresses of everybody."""
    wiring = wire(Settings(store=f"sqlite:///{place.prompt.store}", data_dir=place.folder / "data"))
    with wiring.writing() as act:
        for number in range(count - STAFF):
            person = Person(
                person_id=f"c_{number}",
                number=f"C-{number}",
                name=f"Crew {number}",
                unit=f"Ship {number % 7}",
                category=PersonnelCategory.MILITARY,
                mission=MISSION,
                email=f"c{number}@isle.example",
            )
            act.tx.people.add(person, datetime.now(UTC))
        act.record(AuditTag.PERSON_ADDED, subject="crew")
        everybody = {str(one.email) for one in act.tx.people.of_mission(MISSION)}
    wiring.store.close()
    return everybody


def brought(place: Installation, **facts: Any) -> None:
    """A campaign of three weeks ago; `facts` say whom it asked what."""
    wiring = wire(Settings(store=f"sqlite:///{place.prompt.store}", data_dir=place.folder / "data"))
    with wiring.writing() as act:
        header = act.tx.editions.header(MISSION)
        assert header
        usual: dict[str, Any] = {
            "campaign_id": "C-1",
            "mission": MISSION,
            "edition_number": header.number,
            "edition_sha256": header.sha256,
            "opened_at": OPENED,
            "opened_by": header.published_by,
            "deadline": None,
            "recipients": (),
        }
        act.tx.campaigns.add(Campaign(**usual | facts))
        act.record(AuditTag.CAMPAIGN_OPENED, subject="C-1", mission=MISSION)
    wiring.store.close()


def staff_of(place: Installation, *, due: date | None) -> tuple[Recipient, ...]:
    return place.read(
        lambda act: tuple(
            recipient(one, read=0, asked=due is not None, due=due)
            for one in act.tx.people.of_mission(MISSION)
            if one.email
        )
    )


def overdue(place: Installation) -> None:
    """Everybody should have acknowledged two weeks ago."""
    due = (OPENED + timedelta(days=7)).date()
    brought(place, deadline=due, recipients=staff_of(place, due=due))


def held(place: Installation) -> None:
    """A standing order kept it from asking until yesterday."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    recipients = staff_of(place, due=None)
    brought(place, kind=CampaignKind.INFORMS, held_until=yesterday, recipients=recipients)


OPENED = datetime.now(UTC) - timedelta(days=21)
# What waits for the timer, and of which kind is the message that everybody gets by it. Nobody was here when the last
# campaign went out, so all of them are newcomers to it.
WAITING: dict[str, tuple[Callable[[Installation], None], MailKind]] = {
    "reminding": (overdue, MailKind.REMINDER),
    "asking": (held, MailKind.ANNOUNCEMENT),
    "greeting": (brought, MailKind.INDUCTION),
}


def asked(place: Installation) -> int:
    """How many campaigns there are: one with each edition since the first, to everybody, with their mail."""

    def count(act: Act) -> int:
        campaigns = act.tx.campaigns.headers(MISSION)
        for one in campaigns:
            assert len(act.tx.campaigns.roll(one.campaign_id)) == STAFF
            mail = select(func.count()).select_from(outbox).where(outbox.c.campaign_id == one.campaign_id)
            assert act.tx.connection.execute(mail).scalar() == STAFF
        return len(campaigns)

    found = place.read(count)
    assert editions(place) == 1 + found
    return found


def reminded(place: Installation) -> int:
    mail = select(func.count()).select_from(outbox).where(outbox.c.kind == MailKind.REMINDER.value)
    return int(place.read(lambda act: act.tx.connection.execute(mail).scalar()) or 0)


CAMPAIGNS = (
    Cut("ask", ("edition", "publish", "--renew"), asked, by="101"),
    Cut("remind", ("campaign", "run"), reminded, step=STAFF, once=True),
)


def campaigning(common: Installation, folder: Path) -> dict[str, Installation]:
    """For each of these acts the installation that it is done on."""
    places = {act.name: replace(common.copied(folder / act.name), more=MAILED) for act in CAMPAIGNS}
    overdue(places["remind"])
    return places
