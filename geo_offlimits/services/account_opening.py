"""Accounts are opened when they are asked for: somebody on a personnel list has no passphrase until then.

1. Nobody can sign in as a person who has none: there is no default, and nothing that could be derived.
2. One-time passphrases are made in batches, for those of a mission or a unit who have none; each is told once, to who
   hands it over, and opens nothing but its own replacement.
3. Whoever has a passphrase already is passed over, so that a batch that is asked for twice shuts nobody out. A page
   says how many it told to wait: where they are others by now, nobody gets one that nobody reads.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from geo_offlimits.domain.people import Action, Person
from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.services import people
from geo_offlimits.services.act import Act
from geo_offlimits.store.people import reference_key

# Each costs a passphrase hash, about a twentieth of a second.
MAX_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The one-time passphrases of a batch, each with whose it is, and how many more wait for theirs."""

    passphrases: tuple[tuple[Person, str], ...]
    left: int

    def as_json(self) -> dict[str, Any]:
        opened = [
            {"number": one.number, "name": one.name, "unit": one.unit, "one_time_passphrase": passphrase}
            for one, passphrase in self.passphrases
        ]
        return {"opened": opened, "left": self.left}

    def as_text(self) -> str:
        head = f"{len(self.passphrases)} accounts are opened. Their one-time passphrases, printed this once:"
        lines = [f"  {one.number}  {passphrase}  {one.name}, {one.unit}" for one, passphrase in self.passphrases]
        left = f"{self.left} more have none yet; ask again." if self.left else "Everybody has a passphrase now."
        return "\n".join([head, *lines, left])


class Access(StrEnum):
    """What somebody can sign in with."""

    NOTHING = "nothing"
    ONE_TIME = "one_time"
    CHOSEN = "chosen"


class OthersWaitError(RefusedError):
    """Accounts were opened since the page told how many wait."""

    def __init__(self, told: int, found: int) -> None:
        super().__init__(
            Sentence(
                "{told} waited when this page was made, and {found} do now. Whoever was given a passphrase that "
                "nobody noted down gets another on their own page; look at the numbers and ask again.",
                told=told,
                found=found,
            )
        )


def access(act: Act, person: Person) -> Access:
    """What somebody has whom the actor may manage."""
    act.require(Action.MANAGE_PEOPLE, person.mission, to_look=True)
    credential = act.tx.people.credential(person.person_id)
    if credential is None:
        return Access.NOTHING
    return Access.ONE_TIME if credential.one_time else Access.CHOSEN


def waiting(act: Act, mission: str, unit: str | None = None) -> tuple[Person, ...]:
    """Those in service, of one unit or of all, who have no passphrase; by number."""
    act.require(Action.MANAGE_PEOPLE, mission, to_look=True)
    return tuple(
        one
        for one in act.tx.people.without_passphrase(mission)
        if one.service.holds(act.now) and (unit is None or reference_key(one.unit) == reference_key(unit))
    )


def issue(
    act: Act, mission: str, unit: str | None = None, *, most: int = MAX_AT_ONCE, told: int | None = None
) -> Opened:
    """One-time passphrases for the first `most` of those who wait, which are stored nowhere.

    told : how many a page said wait. Raises OthersWaitError where they are more or fewer by now.
    """
    act.require(Action.MANAGE_PEOPLE, mission)
    found = waiting(act, mission, unit)
    if told not in (None, len(found)):
        raise OthersWaitError(told or 0, len(found))
    passphrases = tuple((one, people.new_one_time(act, one)) for one in found[:most])
    return Opened(passphrases=passphrases, left=len(found) - len(passphrases))
