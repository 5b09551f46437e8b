"""What staff read on the page of changes: what stood in an edition, and nothing of what was thought in between."""

from dataclasses import replace
from datetime import timedelta

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.premises import Subject
from geo_offlimits.services import changes, editions, register
from tests.web.isle import Clock, listing, signed_in
from tests.web.test_ogc import actor

LANTERN = "ISLE-0001"


def readdressed(wiring: Wiring, address: str, *, is_made: bool = True) -> None:
    def changed(subject: Subject) -> Subject:
        return replace(subject, address=address)

    with wiring.writing(actor(wiring, "officer")) as act:
        changes.propose(act, LANTERN, ChangeKind.CORRECTED, changed, "the sign says so")
    if is_made:
        with wiring.writing(actor(wiring, "deputy")) as act:
            changes.make(act, LANTERN)


def published(wiring: Wiring) -> None:
    with wiring.writing(actor(wiring, "head")) as act:
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))


def listed_and_lifted_unpublished(wiring: Wiring, name: str) -> None:
    with wiring.writing(actor(wiring, "officer")) as act:
        made = register.propose(act, "ISLE", *listing(name, -30.2, 10.2)).designation_id
    with wiring.writing(actor(wiring, "head")) as act:
        register.designate(act, made)
    with wiring.writing(actor(wiring, "officer")) as act:
        register.propose_lift(act, made, "a slip")
    with wiring.writing(actor(wiring, "deputy")) as act:
        register.lift(act, made, "agreed")


def test_staff_read_what_stood_in_both_editions_and_never_what_no_edition_told(
    app: Flask, wiring: Wiring, clock: Clock
) -> None:
    readdressed(wiring, "1 Quay Street")
    published(wiring)
    clock.later(hours=1)
    readdressed(wiring, "UNPUBLISHED 2 Mole Street")
    readdressed(wiring, "3 Pier Street")
    listed_and_lifted_unpublished(wiring, "UNPUBLISHED Bar")
    published(wiring)
    clock.later(hours=1)
    readdressed(wiring, "UNPUBLISHED 4 Dune Street", is_made=False)
    staff = signed_in(app, "staff")
    page = staff.get("/missions/ISLE/editions/current/changes").text
    assert "1 Quay Street → 3 Pier Street" in page
    for before in (1, 2, 3, 4):
        told = staff.get(f"/missions/ISLE/editions/4/changes?from={before}")
        assert told.status_code == 200
        assert "UNPUBLISHED" not in told.text
        assert "Wharf Nine" not in told.text, "a draft"
    assert "UNPUBLISHED 4 Dune Street" in signed_in(app, "officer").get(f"/register/ISLE/{LANTERN}").text
