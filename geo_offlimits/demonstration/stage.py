"""Who acts, and when: every act of the story goes through the services, at its own moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.instants import utc
from geo_offlimits.domain.people import Actor, Role
from geo_offlimits.domain.proof import Shown
from geo_offlimits.services import people
from geo_offlimits.services.act import Act

# In UTC, which is also the island's time.
OFFICE_OPENS, OFFICE_CLOSES = time(8, 10), time(17, 30)


@dataclass
class StoryClock:
    """A clock that stands still until the story moves it on, and never goes back."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = max(self.moment, utc(moment))

    def wait(self, span: timedelta) -> None:
        self.moment += span

    def wait_for_office(self, span: timedelta) -> None:
        """As `wait`, and then until the office is open."""
        self.wait(span)
        morning = self.moment.replace(hour=OFFICE_OPENS.hour, minute=OFFICE_OPENS.minute, second=0, microsecond=0)
        if self.moment.time() >= OFFICE_CLOSES:
            self.moment = morning + timedelta(days=1)
        self.moment = max(self.moment, morning)


@dataclass
class Stage:
    """`now` is the end of the story. Actors are recognised once, by the role that they play."""

    wiring: Wiring
    clock: StoryClock
    now: datetime
    person_ids: dict[Role, str] = field(default_factory=dict)

    @classmethod
    def set_up(cls, wiring: Wiring, now: datetime, begins_at: datetime) -> "Stage":
        clock = StoryClock(begins_at)
        return cls(replace(wiring, clock=clock), clock, now)

    def days_ago(self, days: float) -> None:
        self.clock.move_to(self.now - timedelta(days=days))

    def actor(self, role: Role) -> Actor:
        """Each shows at every act who they are."""
        shown = Shown(passphrase_at=self.clock(), factor_at=self.clock())
        with self.wiring.reading() as act:
            return people.actor(act, self.person_ids[role], shown)

    @contextmanager
    def acting(self, role: Role, after: timedelta = timedelta(minutes=7)) -> Iterator[Act]:
        """One transaction by the person with that role, a little later than the last."""
        self.clock.wait_for_office(after)
        with self.wiring.writing(self.actor(role)) as act:
            yield act
