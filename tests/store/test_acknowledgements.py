"""What the database asks of an acknowledgement."""

from dataclasses import replace
from typing import Any

import pytest

from geo_offlimits.domain.acknowledgement import AcknowledgementState, Channel, Strength
from geo_offlimits.domain.people import PersonnelCategory, Role
from geo_offlimits.errors import RefusedError

Island = Any
BY_WORD_OF_MOUTH = {
    "channel": Channel.ORAL,
    "strength": Strength.ORAL,
    "entered_by": "head",
    "explained_by": "deputy",
    "sheet_sha256": "5" * 64,
}


def test_an_acknowledgement_binds_to_the_hash_and_is_given_once(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    given = island.acknowledgement(edition, "officer", 2)
    other = island.acknowledgement(edition, "officer", 2, edition_sha256="0" * 64)
    with pytest.raises(RefusedError, match="no edition of this number with this hash"):
        island.act(2, lambda tx, _at: tx.acknowledgements.add(other))
    island.act(2, lambda tx, _at: tx.acknowledgements.add(given))
    with pytest.raises(RefusedError, match="does not follow from what the person said"):
        island.act(3, lambda tx, _at: tx.acknowledgements.add(given))


def test_all_that_is_known_of_an_acknowledgement_reads_back(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    whole = island.acknowledgement(
        edition,
        "officer",
        2,
        strength=Strength.WEBAUTHN,
        source_sha256="6" * 64,
        served_at=island.at(1.5),
        client_at=island.at(40),
        unit="Unit Á",
        category=PersonnelCategory.POLICE,
        roles=(Role.OFFICER, Role.STAFF),
        evidence='{"signature":"…"}',
        leaf=7,
    )
    island.act(2, lambda tx, _at: tx.acknowledgements.add(whole))
    with island.store.reading() as tx:
        assert tx.acknowledgements.of_edition("DEMO", 1) == (whole,)
        assert tx.audit.verify() == ()


def test_what_was_entered_from_a_sheet_is_found_by_its_hash(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    entered = island.acknowledgement(edition, "officer", 2, **BY_WORD_OF_MOUTH)
    island.act(2, lambda tx, _at: tx.acknowledgements.add(entered))
    with island.store.reading() as tx:
        assert tx.acknowledgements.on_sheet("5" * 64) == (entered,)
        assert tx.acknowledgements.on_sheet("6" * 64) == ()
        assert tx.audit.verify() == ()


def test_a_refusal_and_a_withdrawal_stand_and_do_not_count(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    given = island.acknowledgement(edition, "officer", 2)
    states = {"refused": (3, "head"), "withdrawn": (4, "officer")}
    refused, withdrawn = (
        island.acknowledgement(edition, who, day, state=AcknowledgementState(state), reason="in their own words")
        for state, (day, who) in states.items()
    )
    for day, one in ((2, given), (3, refused), (4, withdrawn)):
        island.act(day, lambda tx, _at, one=one: tx.acknowledgements.add(one))
    with island.store.reading() as tx:
        acknowledgements = tx.acknowledgements
        assert acknowledgements.of_edition("DEMO", 1) == ()
        assert acknowledgements.standing("DEMO", 1) == (refused, withdrawn)
        assert acknowledgements.latest("officer", "DEMO") is acknowledgements.latest("head", "DEMO") is None
        # What stood then, and what was known then, are still told; the earlier row stays.
        assert acknowledgements.of_edition("DEMO", 1, known_at=island.at(3)) == (given,)
        assert acknowledgements.latest("officer", "DEMO", at=island.at(3)) == given
        assert acknowledgements.latest("officer", "DEMO", known_at=island.at(3)) == given
        assert acknowledgements.of_person("officer") == (withdrawn, given)
    again = replace(given, acknowledged_at=island.at(5), recorded_at=island.at(5))
    island.act(5, lambda tx, _at: tx.acknowledgements.add(again))
    with island.store.reading() as tx:
        assert tx.acknowledgements.latest("officer", "DEMO") == again
        assert tx.acknowledgements.one("officer", "DEMO", 1) == again
        assert tx.audit.verify() == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"state": AcknowledgementState.WITHDRAWN}, "does not follow"),
        ({"entered_by": "head"}, "acknowledge for themselves"),
        ({"channel": Channel.PAPER, "strength": Strength.PAPER}, "acknowledge for themselves"),
        ({"channel": Channel.PAPER, "entered_by": "head"}, "acknowledge for themselves"),
        ({"strength": Strength.WEBAUTHN}, "what it signed"),
        ({"acknowledged_at": 1.5}, "moment in which it is recorded"),
        ({"acknowledged_at": 2.5}, "moment in which it is recorded"),
        ({"served_at": 2.5}, "moment in which it is recorded"),
        ({"explained_by": "head"}, "explained by another person"),
        (BY_WORD_OF_MOUTH | {"explained_by": None}, "explained by another person"),
        (BY_WORD_OF_MOUTH | {"explained_by": "officer"}, "explained by another person"),
        ({"sheet_sha256": "5" * 64}, "on a sheet"),
        (
            {"channel": Channel.PAPER, "strength": Strength.PAPER, "entered_by": "head", "acknowledged_at": 0.5},
            "moment in which it is recorded",
        ),
    ],
)
def test_an_acknowledgement_that_cannot_be_is_refused(
    either_island: Island, changed: dict[str, Any], sentence: str
) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    told = {name: island.at(value) if name.endswith("_at") else value for name, value in changed.items()}
    made = island.acknowledgement(edition, "officer", 2, **told)
    with pytest.raises(RefusedError, match=sentence):
        island.act(2, lambda tx, _at: tx.acknowledgements.add(made))
    with island.store.reading() as tx:
        assert tx.acknowledgements.of_person("officer") == ()
