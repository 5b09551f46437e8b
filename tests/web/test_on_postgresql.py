"""The whole way of a listing through the pages, served from PostgreSQL by a role that does not own its schema."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.errors import StoreError
from geo_offlimits.services import audit
from geo_offlimits.settings import Settings
from tests import proving
from tests.postgresql import Cluster
from tests.web.isle import START, Browser, Clock, populate, quick, signed_in
from tests.web.test_acknowledgement import hash_on, latest
from tests.web.test_register_pages import decide, proposed, publish
from web import create_app

DOOR = {
    "mission": "ISLE",
    "positions": [{"lat": 10.05, "lon": -30.05, "uncertainty_m": 1}],
    "at": "2026-03-06T23:00:00Z",
}


@pytest.fixture
def wiring(cluster: Cluster, tmp_path: Path) -> Iterator[Wiring]:
    name, clock = cluster.new(), Clock()
    settings = Settings(store=cluster.url(name, "runtime"), owner_store=cluster.url(name), data_dir=tmp_path / "data")
    initialise(settings, clock)
    wired = wire(settings, clock, passphrases=quick())
    populate(wired, clock)
    clock.now = START + timedelta(days=1)
    yield wired
    wired.store.close()
    cluster.drop(name)


@pytest.fixture
def app(wiring: Wiring) -> Flask:
    return create_app(wiring=wiring)


def verdict(staff: Browser) -> Any:
    return staff.ask("/api/v1/check", DOOR).get_json()["answers"][0]["verdict"]


def test_a_listing_is_proposed_designated_published_checked_and_acknowledged(app: Flask, wiring: Wiring) -> None:
    officer, head, staff = (signed_in(app, who) for who in ("officer", "head", "staff"))
    made = proposed(officer, uncertainty_m="1")
    assert made in head.get("/register/ISLE/").text
    assert decide(officer, made, "designate") == 404  # who proposed may not, and an officer may not at all
    assert decide(head, made, "designate") == 303
    assert verdict(staff) == "not_listed"
    assert publish(head)[0] == 303
    assert verdict(staff) == "listed"
    assert "Harbour Cellar" in staff.get("/list").text
    page = staff.get("/acknowledge/3").text
    form = {"sha256": hash_on(page), "language": "en"}
    assert staff.post("/acknowledge/3", form, page="/acknowledge/3").status_code == 303
    acknowledged = latest(wiring, "p-staff")
    assert acknowledged
    assert (acknowledged.edition_number, acknowledged.edition_sha256) == (3, form["sha256"])
    with wiring.reading() as act:
        auditor = proving.actor(act, "p-auditor")
    with wiring.reading(auditor) as act:
        assert audit.verify(act) == ()


def test_the_server_does_not_own_what_it_serves_from(wiring: Wiring) -> None:
    with wiring.store.reading() as tx:
        owner = tx.connection.exec_driver_sql("SELECT tableowner FROM pg_tables WHERE tablename = 'step'").scalar()
        assert (owner, tx.connection.exec_driver_sql("SELECT current_user").scalar()) == ("owner", "runtime")
    with pytest.raises(StoreError, match="refuses this to the program's role"), wiring.store.writing() as tx:
        tx.connection.exec_driver_sql("DELETE FROM step")
