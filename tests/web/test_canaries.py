"""A canary in every restricted field, and everybody crawling everything: it sings only where the table allows.

The crawl follows every link from every page of the access table, as every role, as somebody of another mission and as
nobody; it asks the API, fetches every export and looks into archives. Errors and logs are read as well.
"""

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from importlib import import_module

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.delivery.mail import MailServer, Postman
from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.designation import Basis, Terms
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.people import Actor, Restricted, Role, shown_to
from geo_offlimits.domain.premises import Name, NameKind, Subject
from geo_offlimits.formats import pdf, unit_sheet
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.formats.words import word
from geo_offlimits.services import (
    attachments,
    changes,
    editions,
    flags,
    operators,
    outbox,
    partners,
    register,
    sending,
    transcribing,
)
from tests import attached, proving, typesetting
from tests.mail_server import Handler, served
from tests.web.access_table import OFFERED, TABLE
from tests.web.isle import Browser, Clock, listing, signed_in

# What is restricted -> the canary in it. All of it is the register's own.
CANARIES = {
    "the note of a decision": "CANARYNOTE",
    "the reason of a proposal": "CANARYPROPOSED",
    "the reason of a decision": "CANARYDECIDED",
    "the reason of a lift": "CANARYLIFT",
    "the name of a proposal": "CANARYDRAFT",
    "the address of a proposal": "CANARYADDRESS",
    "the name of what was rejected": "CANARYREJECTED",
    "who runs a place": "CANARYOPERATOR",
    "the name in a proposed change": "CANARYCHANGE",
    "the reason of a change": "CANARYWHYCHANGE",
    "what somebody said of an entry": "CANARYFLAG",
    "what was done about it": "CANARYRESOLVED",
    "a restricted note": "CANARYKEPT",
    "the name of a restricted file": "CANARYFILE",
    "the basis": word(Basis.TRAFFICKING),
    "the code of the basis": Basis.TRAFFICKING.value,
    "the name in a partner's list": "CANARYPARTNER",
    "the partner's reference of it": "CANARYREFERENCE",
}
# What each of them is, in the policy's table of what is shown to whom.
KINDS = {
    "the note of a decision": Restricted.REASON,
    "the reason of a proposal": Restricted.REASON,
    "the reason of a decision": Restricted.REASON,
    "the reason of a lift": Restricted.REASON,
    "the name of a proposal": Restricted.DRAFT,
    "the address of a proposal": Restricted.DRAFT,
    "the name of what was rejected": Restricted.DRAFT,
    "who runs a place": Restricted.OPERATOR,
    "the name in a proposed change": Restricted.DRAFT,
    "the reason of a change": Restricted.REASON,
    "what somebody said of an entry": Restricted.FLAG,
    "what was done about it": Restricted.FLAG,
    "a restricted note": Restricted.ATTACHMENT,
    "the name of a restricted file": Restricted.ATTACHMENT,
    "the basis": Restricted.BASIS,
    "the code of the basis": Restricted.BASIS,
    "the name in a partner's list": Restricted.DRAFT,
    "the partner's reference of it": Restricted.DRAFT,
}
ALLOWED_UNDER = ("/register/", "/api/v1/missions/ISLE/partners", "/api/v1/missions/ISLE/drift")
# The closed list of bases is no secret where one is chosen; which of them a decision has, is.
CHOSEN_AT = ("/api/v1/openapi.json", "/propose")
# Read one by one, each reading by itself an act (tests/services/test_attachments.py); no page lists them.
READ_APART = {"a restricted note", "the name of a restricted file"}
BASES = {"the basis", "the code of the basis"}
CRAWLED_AT_MOST = 400
_LINK = re.compile(r'(?:href|src|action)="([^"#]+)"')


def sung(content: bytes) -> set[str]:
    """The canaries that content holds, looked for in archives and on the pages of a PDF too."""
    texts = [content]
    if typesetting.is_pdf(content):
        texts.append(typesetting.told(content).encode())
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts += [archive.read(name) for name in archive.namelist()]
    return {field for field, canary in CANARIES.items() if any(canary.encode() in text for text in texts)}


def canary_listing(name: str, lon: float) -> tuple[Subject, Terms]:
    subject, terms = listing(name, lon, 10.2)
    noted = replace(terms, note=CANARIES["the note of a decision"], basis=Basis.TRAFFICKING)
    return subject, noted


@pytest.fixture(autouse=True)
def sown(wiring: Wiring, clock: Clock) -> None:
    """A canary in every restricted field of listings that are in force, proposed, rejected, changing and published."""
    who = {role: actor(wiring, role.value) for role in Role}
    with wiring.writing(who[Role.OFFICER]) as act:
        made = register.propose(
            act, "ISLE", *canary_listing("Plain Sign", -30.2), reason="CANARYPROPOSED"
        ).designation_id
        subject, terms = canary_listing("CANARYDRAFT", -30.3)
        register.propose(act, "ISLE", replace(subject, address="CANARYADDRESS"), terms)
        rejected = register.propose(act, "ISLE", *canary_listing("CANARYREJECTED", -30.35)).designation_id
        lifted = register.propose(act, "ISLE", *canary_listing("Gone Sign", -30.4)).designation_id
    with wiring.writing(who[Role.HEAD]) as act:
        register.designate(act, made, "CANARYDECIDED")
        register.designate(act, lifted)
        register.reject(act, rejected, "one source")
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
    clock.later(hours=1)
    with wiring.writing(who[Role.STAFF]) as act:
        for kind in (FlagKind.CLOSED, FlagKind.MOVED):
            raised = flags.raise_flag(act, wiring.shelf, "ISLE", made, kind=kind, note="CANARYFLAG")
    with wiring.writing(who[Role.OFFICER]) as act:
        flags.settle(act, raised.flag_id, "CANARYRESOLVED")
        operators.record(act, made, "CANARYOPERATOR", date(2026, 3, 2))
        changes.propose(act, made, ChangeKind.CORRECTED, renamed, "CANARYWHYCHANGE")
        register.propose_lift(act, lifted, "CANARYLIFT")
        attachments.add_note(act, made, "CANARYKEPT")
        photo = attachments.cleaned(attached.photo(), act.settings)
        attachments.attach(act, made, photo, name="CANARYFILE.jpg")
        said = transcribing.Received(partner="KFOR", reference="CANARYREFERENCE", received=date(2026, 3, 1))
        theirs = read_rows(("kfor.csv", b"name,lat,lon\nCANARYPARTNER,10.2,-30.2\n"))
        kept = transcribing.enter(act, transcribing.ready(act, "ISLE", theirs, said))
    with wiring.writing(who[Role.DEPUTY]) as act:
        partners.confirm(act, kept.edition_id)
        register.lift(act, lifted, "agreed")
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))


def renamed(subject: Subject) -> Subject:
    return replace(subject, names=(Name(text="CANARYCHANGE", kind=NameKind.SIGN),))


def actor(wiring: Wiring, number: str) -> Actor:
    with wiring.reading() as act:
        person = act.tx.people.find(number)
        assert person, number
        return proving.actor(act, person.person_id)


def crawl(browser: Browser, campaign: str) -> Iterator[tuple[str, bytes]]:
    """Every answer to a GET that can be reached from the table's pages, each address once."""
    waiting = [path.replace("CAMPAIGN", campaign) for method, path in TABLE if method == "GET"]
    waiting += [f"/register/ISLE/ISLE-{number:04d}" for number in range(1, 15)]
    waiting += [f"/missions/ISLE/editions/{number}" for number in range(1, 5)]
    waiting += [f"/api/v1/missions/ISLE/editions/4/delta?from={number}" for number in range(1, 4)]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/") or path.startswith(("/static/", "//")):
            continue
        seen.add(path)
        assert len(seen) <= CRAWLED_AT_MOST, "the crawl must end"
        answer = browser.get(path)
        yield path, answer.data + str(answer.headers).encode()
        if answer.mimetype == "text/html":
            waiting += [link.replace("&amp;", "&") for link in _LINK.findall(answer.text)]


def asked(browser: Browser) -> Iterator[tuple[str, bytes]]:
    """What the API and the pages say to questions that name a canary, and to forms that are all wrong."""
    signed = b"csrf-token" in browser.get("/list").data
    near: dict[str, object] = {"positions": [{"lat": 10.2, "lon": -30.2}], "radius_m": 100000}
    names: dict[str, dict[str, object]] = {canary: {"name": canary} for canary in CANARIES.values()}
    for said, question in {"": near, **names}.items():
        path, body = f"/api/v1/{'find' if said else 'check'}", {"mission": "ISLE", **question}
        answer = browser.ask(path, body) if signed else browser.client.post(path, json=body)
        # A question comes back in its answer; what is looked for is anything else.
        yield f"POST {path}", answer.data.replace(said.encode(), b"") if said else answer.data
    token = browser.token("/list") if signed else browser.token()
    for method, path in TABLE:
        if method == "POST" and path not in ("/logout", "/login", "/passphrase"):
            answer = browser.client.post(path, data={"csrf_token": token, "reason": "\x00"}, base_url=browser.base_url)
            yield f"POST {path}", answer.data


def visitors(app: Flask) -> Iterator[tuple[str, Browser]]:
    yield from ((role.value, signed_in(app, role.value)) for role in Role)
    yield "stranger", signed_in(app, "stranger")
    yield "nobody", Browser(app)


@pytest.fixture
def _typeset_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eleven visitors read the same few sheets, and what is typeset is their page."""
    typeset = cache(pdf.typeset)
    for user in (pdf, unit_sheet, import_module("web.views.briefing")):
        monkeypatch.setattr(user, "typeset", typeset)


@pytest.mark.usefixtures("_typeset_once")
def test_no_restricted_word_is_seen_outside_the_register(
    app: Flask, wiring: Wiring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with wiring.store.reading() as tx:
        campaign = tx.campaigns.headers("ISLE")[0].campaign_id
    leaked, heard = [], {field: set[str]() for field in CANARIES}
    readers = {field: {role.value for role in shown_to(KINDS[field])} for field in CANARIES}
    for name, browser in visitors(app):
        for path, content in (*crawl(browser, campaign), *asked(browser)):
            for field in sung(content) - (BASES if path.endswith(CHOSEN_AT) else set()):
                heard[field] = heard[field] | {name}
                if name not in readers[field] or not any(part in path for part in ALLOWED_UNDER):
                    leaked.append(f"{field}: {name} at {path}")
    assert not leaked, leaked
    # Every canary sings where it may, to every role that may hear it: the crawl came by each of them.
    assert {field for field, names in heard.items() if names != readers[field]} == READ_APART | {
        "the code of the basis"
    }
    assert not any(heard[field] for field in READ_APART)
    assert sung(caplog.text.encode()) == set()


def test_no_restricted_word_is_in_an_edition_its_envelope_a_leaf_or_a_file_of_the_data_folder(wiring: Wiring) -> None:
    with wiring.store.reading() as tx:
        for number in range(1, 5):
            stored = tx.editions.get("ISLE", number)
            assert stored is not None
            assert sung(stored.content + stored.envelope) == set()
        assert sung(b"".join(tx.audit.leaves())) == set()
    for file in wiring.settings.data_dir.rglob("*"):
        assert not file.is_file() or sung(file.read_bytes()) == set(), file


def test_no_restricted_word_is_mailed(wiring: Wiring, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with wiring.writing(actor(wiring, "manager")) as act:
        campaign = outbox.distribute(act, "ISLE")
    handler = Handler()
    with served(handler) as port:
        server = MailServer(host="127.0.0.1", port=port, sender="list@isle.example", site="https://list.isle.example")
        assert sending.send(wiring, Postman(server)).sent == len(handler.taken) > 3
    for taken in handler.taken:
        said = taken.content + "".join(taken.part(kind) for kind in ("plain", "html")).encode()
        assert sung(said) == set()
        # Nor anything of a person but their name, and that in the one place where it is addressed.
        own = next(one for one in campaign.recipients if one.email == taken.recipient)
        texts = "".join(taken.part(kind) for kind in ("plain", "html"))
        assert not any(fact in texts for fact in (own.name, own.unit, taken.recipient, own.person_id))
        assert own.person_id not in taken.content.decode("ascii")
    assert sung(caplog.text.encode()) == set()
    assert "@isle.example" not in "".join(one.getMessage() for one in caplog.records if one.name != "mail.log")


def test_the_crawl_hears_a_canary_that_was_let_out(app: Flask, wiring: Wiring, clock: Clock) -> None:
    """The control: a published name that is one of the canaries is heard by staff, on pages and in exports."""
    head = actor(wiring, "head")
    clock.later(hours=1)
    with wiring.writing(head) as act:
        register.add_alone(act, "ISLE", *listing(CANARIES["who runs a place"], -30.45, 10.3))
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
        campaign = act.tx.campaigns.headers("ISLE")[0].campaign_id
    found = {path for path, content in crawl(signed_in(app, "staff"), campaign) if sung(content)}
    exports = {f"/missions/ISLE/editions/current/export.{form}" for form in OFFERED}
    assert {"/list", "/missions/ISLE/editions/current", *exports} <= found


def test_an_archive_is_looked_into() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", "<t>CANARYNOTE</t>" * 9)
    assert b"CANARYNOTE" not in packed.getvalue()
    assert sung(packed.getvalue()) == {"the note of a decision"}
