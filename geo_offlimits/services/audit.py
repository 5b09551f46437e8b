"""The audit tree: recomputed from its leaves and held against what the tables say and an older checkpoint."""

from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.domain.people import Action
from geo_offlimits.services.act import Act


def verify(act: Act, against: Checkpoint | None = None) -> tuple[str, ...]:
    """What does not fit, a sentence each; () when all does.

    against : the head of the tree as somebody outside has kept it, such as the checkpoint in an edition: without one a
    tail that was cut off whole cannot be noticed.
    """
    _require(act)
    return act.tx.audit.verify(against)


def checkpoint(act: Act) -> Checkpoint:
    """The head of the tree as it stands, for whoever may verify it."""
    _require(act)
    return act.tx.audit.checkpoint()


def _require(act: Act) -> None:
    act.require(Action.VERIFY_AUDIT, None if _everywhere(act) else act.require_actor().person.mission)


def _everywhere(act: Act) -> bool:
    return act.may(Action.VERIFY_AUDIT, None)
