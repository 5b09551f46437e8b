"""What pages call the members of closed vocabularies."""

from enum import Enum

import pytest

from geo_offlimits.domain.designation import Basis, Restriction, State, StepKind
from geo_offlimits.domain.mission import ContactKind
from geo_offlimits.domain.people import PersonnelCategory, Role
from geo_offlimits.domain.premises import NameKind, SubjectKind, VenueKind
from geo_offlimits.formats.words import WORDS, word
from geo_offlimits.settings import Settings
from web import create_app, language

PRINTED = (Restriction, SubjectKind, VenueKind, NameKind, PersonnelCategory, ContactKind)


@pytest.mark.parametrize("kind", [*PRINTED, Basis, Role, State, StepKind])
def test_every_member_of_a_vocabulary_has_a_word(kind: type[Enum]) -> None:
    assert all(word(member) for member in kind)


def test_pages_and_printed_lists_say_the_same() -> None:
    assert [word(member) for kind in PRINTED for member in kind] == [
        WORDS[member] for kind in PRINTED for member in kind
    ]


def test_a_listing_whose_lift_is_proposed_is_said_to_be_in_force() -> None:
    assert word(State.LIFT_PROPOSED) == "In force, lift proposed"
    assert word(StepKind.LIFT_PROPOSED) == "Lift proposed"


def test_the_conduct_team_to_turn_to_is_not_called_by_a_role_s_name() -> None:
    assert word(ContactKind.CONDUCT) == "Conduct and discipline team"
    assert word(Role.CONDUCT) == "Conduct officer"


def test_an_application_has_read_its_catalogues_before_anybody_asks(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    language.words.cache_clear()
    create_app(settings)
    monkeypatch.setattr(language, "catalogue", lambda tag: pytest.fail(f"{tag} is read while somebody waits"))
    assert language.words("fr").gettext("Sign in") != "Sign in"
