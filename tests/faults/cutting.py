"""An act that is cut short, and what must hold afterwards."""

from typing import Any

from tests.cli.prompt import next_second
from tests.faults.acts import Cut, Installation
from tests.faults.nursery import Ended, Nursery
from tests.faults.shim import ANY


def done(nursery: Nursery, act: Cut, place: Installation, **how: Any) -> Ended:
    """The act in a process of its own, its disk as `how` says (`deeds.command`)."""
    return nursery.run("command", words=act.command(place), env=place.env_of(act.by), watched=place.folder, **how)


def requests_of(nursery: Nursery, act: Cut, place: Installation, kinds: int = ANY, **how: Any) -> int:
    """How often the act, undisturbed, asks something of the disk."""
    counted = place.folder.with_suffix(".count")
    done(nursery, act, place, counted=counted, kinds=kinds, **how).done()
    return int(counted.read_text())


def once_more(nursery: Nursery, act: Cut, place: Installation, before: int, *, landed: bool) -> None:
    """The act again, by a process that nothing happens to: it succeeds, or says that it is done already."""
    if landed:  # two editions, and what two restores moved aside, are told apart by the second
        next_second()
    again = act.told(nursery, place)
    if landed and act.refused_twice:
        assert again.code == 1, again
        assert act.landed(place) == before
        return
    assert again.code == 0, again
    assert act.landed(place) == before + (0 if landed and act.once else act.step)
    if act.name not in {"upgrade", "init"}:  # there, nobody is known who could
        place.sign_in()
        place.told(nursery, "audit", "verify", by="105").done()
