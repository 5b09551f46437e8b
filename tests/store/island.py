"""Stories that tests tell on a store."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from shapely import Point, Polygon

from geo_offlimits.domain.accounts import LinkedAccount
from geo_offlimits.domain.acknowledgement import Acknowledgement, Channel, Strength
from geo_offlimits.domain.attachments import Attachment, AttachmentKind
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign, Recipient
from geo_offlimits.domain.changes import Change, ChangeKind, ChangeState, Operator
from geo_offlimits.domain.designation import Basis, Restriction, Step, StepKind, Terms
from geo_offlimits.domain.erasure import ErasureState
from geo_offlimits.domain.factors import Factor, FactorKind, RecoveryState
from geo_offlimits.domain.flags import Flag, FlagKind
from geo_offlimits.domain.imports import Import, LandedRow
from geo_offlimits.domain.induction import Induction
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.leave import Leave
from geo_offlimits.domain.mail import Message
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Facility, Mission, Organisation
from geo_offlimits.domain.origins import OriginStanding
from geo_offlimits.domain.partners import PartnerKey, PartnerList, PartnerState, Settlement
from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, Subject, SubjectKind
from geo_offlimits.domain.sessions import Door
from geo_offlimits.domain.tokens import Purpose, Token
from geo_offlimits.store import Attempt, Session, Store, StoredEdition, Transaction

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = START.date()
SQUARE = Polygon([(-41.6, 38.1), (-41.4, 38.1), (-41.4, 38.3), (-41.6, 38.3)])


class Island:
    """Tells stories on a store of the invented mission DEMO; each act is a transaction with its leaf."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.mission = Mission(
            code="DEMO", name="Invented island", organisation=Organisation.UN, timezone="UTC", territory="file:demo"
        )

    def at(self, day: float) -> datetime:
        return START + timedelta(days=day)

    def act(self, day: int, *deeds: Callable[[Transaction, datetime], Any]) -> list[Any]:
        with self.store.writing() as tx:
            done = [deed(tx, self.at(day)) for deed in deeds]
            self.leaf(tx, day)
        return done

    def leaf(self, tx: Transaction, day: int, **facts: Any) -> int:
        return tx.audit.append(
            AuditTag.MISSION_ADDED, recorded_at=self.at(day), actor=None, mission="DEMO", subject="test", facts=facts
        )

    def person(self, person_id: str, **changed: Any) -> Person:
        person = Person(
            person_id=person_id,
            number=f"N-{person_id}",
            name=f"Name of {person_id}",
            unit="Unit A",
            category=PersonnelCategory.POLICE,
            mission="DEMO",
            email=f"{person_id}@demo.example",
        )
        return replace(person, **changed)

    def subject(self, name: str = "Blue Lantern", **changed: Any) -> Subject:
        subject = Subject(kind=SubjectKind.PREMISES, names=(Name(text=name),), geometry=Point(-41.5, 38.2))
        return replace(subject, **changed)

    def terms(self, **changed: Any) -> Terms:
        terms = Terms(
            restriction=Restriction.OFF_LIMITS, basis=Basis.SEX_INDUSTRY, authority="Head of Mission", directive="D-1"
        )
        return replace(terms, **changed)

    def step(self, kind: StepKind, person_id: str, day: int) -> Step:
        return Step(kind=kind, person_id=person_id, recorded_at=self.at(day), effective_at=self.at(day))

    def peopled(self) -> "Island":
        """Day 0: the mission with an officer, a head and a deputy."""
        self.act(0, lambda tx, at: tx.missions.add(self.mission, at))
        for person_id in ("officer", "head", "deputy"):
            self.act(0, partial(self._welcome, person_id))
        return self

    def _welcome(self, person_id: str, tx: Transaction, at: datetime) -> None:
        tx.people.add(self.person(person_id), at)

    def propose(
        self, day: int, name: str = "Blue Lantern", *, first: StepKind = StepKind.PROPOSED, by: str = "officer"
    ) -> str:
        def deed(tx: Transaction, at: datetime) -> str:
            designation_id = tx.register.next_designation_id("DEMO")
            subject_id = tx.register.add_subject("DEMO", self.subject(name), at)
            tx.register.add_designation(designation_id, "DEMO", subject_id, self.terms(), at)
            tx.register.add_step(designation_id, self.step(first, by, day))
            return designation_id

        return str(self.act(day, deed)[0])

    def take(self, day: int, designation_id: str, kind: StepKind, person_id: str) -> None:
        self.act(day, lambda tx, _at: tx.register.add_step(designation_id, self.step(kind, person_id, day)))

    def publish(self, day: int, **changed: Any) -> StoredEdition:
        with self.store.writing() as tx:
            last = tx.editions.header("DEMO")
            content = f'{{"edition":"of day {day}"}}'.encode()
            edition = StoredEdition(
                mission="DEMO",
                number=last.number + 1 if last else 1,
                sha256=hashlib.sha256(content).hexdigest(),
                previous_sha256=last.sha256 if last else None,
                issued_at=self.at(day),
                expires_at=self.at(day + 30),
                content=content,
                envelope=b"{}",
                published_by="head",
                checkpoint=tx.audit.checkpoint(),
            )
            edition = replace(edition, **changed)
            tx.editions.append(edition)
            self.leaf(tx, day)
        return edition

    def acknowledgement(self, edition: StoredEdition, person_id: str, day: int, **changed: Any) -> Acknowledgement:
        acknowledgement = Acknowledgement(
            person_id=person_id,
            mission="DEMO",
            edition_number=edition.number,
            edition_sha256=edition.sha256,
            statement_sha256="5" * 64,
            language="en",
            acknowledged_at=self.at(day),
            recorded_at=self.at(day),
            channel=Channel.PAGE,
            strength=Strength.PASSPHRASE,
            entered_by=person_id,
        )
        return replace(acknowledgement, **changed)

    def campaign(self, edition: StoredEdition, day: int, *people: Person) -> Campaign:
        return Campaign(
            campaign_id=f"campaign-{edition.number}-{day}",
            mission="DEMO",
            edition_number=edition.number,
            edition_sha256=edition.sha256,
            opened_at=self.at(day),
            opened_by="head",
            deadline=None,
            recipients=tuple(
                Recipient(
                    person_id=item.person_id,
                    number=item.number,
                    name=item.name,
                    unit=item.unit,
                    category=item.category,
                    email=item.email,
                    language=item.language,
                )
                for item in people
            ),
        )

    def flag(self, at: datetime) -> Flag:
        return Flag(
            flag_id="DEMO-F0001",
            mission="DEMO",
            designation_id="DEMO-0001",
            kind=FlagKind.CLOSED,
            person_id="officer",
            recorded_at=at,
            edition=1,
        )

    def operator(self, at: datetime, **changed: Any) -> Operator:
        operator = Operator(
            subject_id="DEMO-S0001",
            mission="DEMO",
            name="A. Keeper",
            since=None,
            person_id="officer",
            recorded_at=at,
        )
        return replace(operator, **changed)

    def change(self, at: datetime, **changed: Any) -> Change:
        change = Change(
            change_id="DEMO-C0001",
            mission="DEMO",
            subject_id="DEMO-S0001",
            kind=ChangeKind.MOVED,
            state=ChangeState.PROPOSED,
            described=self.subject(geometry=Point(-41.5001, 38.2001)),
            person_id="officer",
            reason="surveyed again",
            recorded_at=at,
        )
        return replace(change, **changed)

    def move(self, proposed: int, made: int) -> None:
        """The first subject, by officer and head."""
        change = self.change(self.at(proposed))
        self.act(proposed, lambda tx, _at: tx.changes.propose(change))

        def make(tx: Transaction, at: datetime) -> None:
            tx.changes.decide(replace(change, state=ChangeState.MADE, decided_by="head", recorded_at=at))
            tx.register.supersede_subject(change.subject_id, change.described, at, change_id=change.change_id)

        self.act(made, make)

    def note(self, at: datetime, number: int = 1, **changed: Any) -> Attachment:
        note = Attachment(
            designation_id="DEMO-0001",
            number=number,
            kind=AttachmentKind.NOTE,
            person_id="officer",
            recorded_at=at,
            text="seen by the patrol",
        )
        return replace(note, **changed)

    def recover(self, day: int) -> None:
        """The officer's second factor is lost: the head asks, the deputy agrees."""
        lost = Factor(
            factor_id="f_1", person_id="officer", kind=FactorKind.APP, label="", secret=b"sealed", added_at=self.at(day)
        )
        self.act(day, lambda tx, _at: tx.factors.add(lost))
        self.act(day, lambda tx, at: tx.recoveries.ask("r_1", "officer", "head", "lost at sea", at))
        self.act(day, lambda tx, at: tx.recoveries.settle("r_1", RecoveryState.AGREED, "deputy", at))

    def erase(self, day: int) -> None:
        """Somebody who has departed is erased: the head asks, the deputy agrees."""
        leaver = self.person("leaver", service=Period(end=self.at(day)))
        self.act(day, lambda tx, at: tx.people.add(leaver, at))
        self.act(day, lambda tx, at: tx.erasures.ask("e_1", "leaver", "head", "long gone", at))
        with self.store.writing() as tx:
            tx.erasures.settle("e_1", ErasureState.AGREED, "deputy", self.at(day))
            told: dict[str, Any] = {"subject": "leaver", "facts": {"erased": tx.erasures.erase("leaver")}}
            tx.audit.append(AuditTag.PERSON_ERASED, recorded_at=self.at(day), actor=None, mission="DEMO", **told)

    def link(self, day: int) -> None:
        """An account of the officer's."""
        linked = LinkedAccount(
            account_id="a_1",
            person_id="officer",
            issuer="https://id.example",
            subject="u-1",
            linked_by="officer",
            linked_at=self.at(day),
        )
        self.act(day, lambda tx, _at: tx.accounts.add(linked))

    def token(self, at: datetime, **changed: Any) -> Token:
        token = Token(
            token_id="DEMO-T0001",
            mission="DEMO",
            purpose=Purpose.SYNC,
            person_id="officer",
            sha256="f" * 64,
            issued_at=at,
            expires_at=at + timedelta(days=90),
        )
        return replace(token, **changed)

    @staticmethod
    def session(at: datetime, **changed: Any) -> Session:
        session = Session(
            token_hash="t" * 64,
            handle="s_1",
            door=Door.PAGES,
            person_id="head",
            csrf="c",
            created_at=at,
            seen_at=at,
        )
        return replace(session, **changed)

    def message(self, at: datetime, **changed: Any) -> Message:
        message = Message(
            campaign_id="campaign-2-7",
            person_id="officer",
            mission="DEMO",
            edition_number=2,
            queued_at=at,
            next_attempt_at=at,
        )
        return replace(message, **changed)

    def leave(self, at: datetime) -> Leave:
        days = {"away_from": at, "away_to": at + timedelta(days=3), "recorded_at": at}
        return Leave(leave_id="L-1", person_id="officer", mission="DEMO", entered_by="head", **days)

    def landing(self, at: datetime, **changed: Any) -> Import:
        landed = Import(
            import_id="DEMO-I0001",
            mission="DEMO",
            source="old list",
            file_name="old list.csv",
            sha256="e" * 64,
            person_id="officer",
            recorded_at=at,
            landed=(LandedRow(row=2, designation_id="DEMO-0002"),),
            mapping={"Name": "name"},
        )
        return replace(landed, **changed)

    def partners(self, tx: Transaction, at: datetime) -> None:
        """A list that an officer transcribed and a head confirmed, and a key."""
        entered = PartnerList(
            edition_id="DEMO-P0001",
            mission="DEMO",
            partner="KFOR",
            standing=OriginStanding.TRANSCRIBED,
            dated=at,
            sha256="a" * 64,
            file_name="kfor.csv",
            person_id="officer",
            recorded_at=at,
            entries=1,
            reference="12/26",
        )
        tx.partners.add(entered, b"{}")
        tx.partners.settle("DEMO-P0001", Settlement(state=PartnerState.CONFIRMED, person_id="head", at=at))
        tx.partners.add_key(
            PartnerKey(partner="KFOR", fingerprint="b" * 64, pem="pem", person_id="head", recorded_at=at)
        )

    def induction(self, edition: StoredEdition, at: datetime) -> Induction:
        return Induction(
            person_id="officer",
            mission="DEMO",
            edition_number=edition.number,
            edition_sha256=edition.sha256,
            inducted_on=at.date(),
            language="en",
            text_sha256="6" * 64,
            briefed_by="head",
            entered_by="head",
            recorded_at=at,
        )

    def lived_in(self) -> "Island":
        """A row in every table, and a second version of most nouns."""
        self.peopled()
        self.erase(0)
        sector = Boundary(kind=BoundaryKind.SECTOR, name="North", geometry=SQUARE)
        facility = Facility(facility_id="DEMO-F1", name="Canteen", kind="restaurant", geometry=Point(-41.51, 38.21))
        self.act(
            1,
            lambda tx, at: tx.missions.set_boundaries("DEMO", BoundaryKind.SECTOR, [sector], at),
            lambda tx, at: tx.people.grant("head", RoleGrant(role=Role.HEAD, mission="DEMO"), at),
            lambda tx, at: tx.facilities.add("DEMO", facility, at),
            lambda tx, at: tx.people.set_passphrase("head", "hash", one_time=True, at=at),
            lambda tx, at: tx.people.record_failure(Attempt(reference_digest="d" * 64, source_digest="abcd"), at),
            lambda tx, at: tx.sessions.add(self.session(at)),
        )
        self.take(3, self.propose(2), StepKind.DESIGNATED, "head")
        self.act(3, lambda tx, at: tx.flags.add(self.flag(at)))
        self.act(3, lambda tx, at: tx.operators.record(self.operator(at)))
        self.move(3, 4)
        self.act(3, lambda tx, at: tx.attachments.add(self.note(at)))
        self.act(
            3, lambda tx, at: tx.tokens.add(self.token(at)), lambda tx, _at: tx.tokens.note_use("DEMO-T0001", DAY, 1)
        )
        self.recover(3)
        self.link(3)
        self.publish(4)
        self.propose(5, "Red Door")
        edition = self.publish(6)
        self.act(
            6,
            lambda tx, at: tx.leave.add(self.leave(at)),
            lambda tx, at: tx.inductions.add(self.induction(edition, at)),
            lambda tx, at: tx.imports.add(self.landing(at)),
            self.partners,
        )
        self.act(
            7,
            lambda tx, _at: tx.campaigns.add(self.campaign(edition, 7, self.person("officer"))),
            lambda tx, _at: tx.acknowledgements.add(self.acknowledgement(edition, "officer", 7)),
            lambda tx, at: tx.outbox.add([self.message(at)]),
        )
        return self
