"""One invented edition and the campaign about it, for what is printed and what is signed."""

from datetime import UTC, date, datetime, time

import pytest
from shapely.geometry import Point, box

from geo_offlimits.domain.acknowledgement import STATEMENT
from geo_offlimits.domain.campaign import Campaign, Recipient
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Checkpoint, Edition, Entry
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.mission import Contact, ContactKind, Facility
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind, Part, SubjectKind, VenueKind

ISSUED = datetime(2026, 3, 1, 9, tzinfo=UTC)
DIRECTIVE = "DEMO/DIR/1"


def listed(number: int, name: str, **facts: object) -> Entry:
    usual: dict[str, object] = {
        "names": (Name(text=name, kind=NameKind.SIGN),),
        "subject": SubjectKind.PREMISES,
        "category": VenueKind.BAR,
        "restriction": Restriction.OFF_LIMITS,
        "since": ISSUED,
        "issuer": "DEMO",
        "directive": DIRECTIVE,
        "geometry": Point(-40.25, 12.5),
        "mgrs": "24P XV 81234 82345",
        "address": f"{number} Quay",
        "locality": "Port",
        "sector": "North",
    }
    return Entry(entry_id=f"DEMO-{number:04}", name=name, **(usual | facts))  # type: ignore[arg-type]  # facts by name


ENTRIES = (
    listed(1, "Blue Lantern"),
    listed(
        2,
        "Hotel Meridian Club",
        names=(
            Name(text="Hotel Meridian Club"),
            Name(text="Плава лампа", lang="sr-Cyrl", kind=NameKind.SIGN),
            Name(text="Old Mill", kind=NameKind.FORMER),
        ),
        part=Part(floor="3", entrance="courtyard", text="the club only"),
        hours=Hours(tz="Europe/Paris", weekly=(WeeklySpan(days=(5, 6), start=time(20), end=time(4)),)),
        applies_to=(PersonnelCategory.MILITARY, PersonnelCategory.POLICE),
        exceptions=("Official duty",),
        until=datetime(2026, 8, 31, 22, tzinfo=UTC),
        uncertainty_m=50.0,
    ),
    listed(3, "The Parrot", restriction=Restriction.CAUTION, sector="South", locality="Vela"),
    listed(4, "Market street", subject=SubjectKind.AREA, geometry=box(-40.3, 12.4, -40.2, 12.5)),
    listed(
        5,
        "Unlicensed parlours",
        subject=SubjectKind.CATEGORY_RULE,
        category=VenueKind.MASSAGE_PARLOUR,
        geometry=None,
        mgrs=None,
        address=None,
        sector=None,
    ),
    listed(6, "The Wandering Star", geometry=None, mgrs=None, address=None, sector=None),
)


def edition_of(*entries: Entry, demonstration: bool = True) -> Edition:
    return Edition(
        mission="DEMO",
        mission_name="Demonstration mission",
        timezone="Europe/Paris",
        number=4,
        previous_sha256="0" * 64,
        issued_at=ISSUED,
        expires_at=datetime(2026, 4, 1, 9, tzinfo=UTC),
        statement=dict(STATEMENT),
        contacts=(
            Contact(kind=ContactKind.CONDUCT, name="Conduct team", phone="+000 100 200", email="cdt@demo.example"),
            Contact(kind=ContactKind.HOTLINE, name="Hotline", phone="+000 100 300", hours="24 h"),
        ),
        facilities=(Facility(facility_id="F1", name="Beach house", kind="recreation", geometry=Point(-40.2, 12.4)),),
        boundaries=(),
        checkpoint=Checkpoint(size=0, root_sha256="0" * 64),
        entries=entries,
        demonstration=demonstration,
    )


@pytest.fixture
def edition() -> Edition:
    return edition_of(*ENTRIES)


def person(number: str, name: str) -> Recipient:
    return Recipient(
        person_id=f"id-{number}",
        number=number,
        name=name,
        unit="Патрола 1",
        category=PersonnelCategory.CONTRACTOR,
        email=None,
        language="en",
    )


PEOPLE = (
    person("0017", "Zoë Ivanović"),
    person("3-4", "=cmd|'/c calc'!A1"),
    person("A-3", "Иван; -1+1"),
    person("C-9", 'O\'Neil, "Bob"\nJunior'),
)


@pytest.fixture
def campaign() -> Campaign:
    return Campaign(
        campaign_id="DEMO-C-0001",
        mission="DEMO",
        edition_number=4,
        edition_sha256="3f1c" * 16,
        opened_at=ISSUED,
        opened_by="id-m",
        deadline=date(2026, 3, 31),
        recipients=PEOPLE,
    )
