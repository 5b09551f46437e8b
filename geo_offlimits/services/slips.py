"""What is asked of a proposal before it enters the register: what looks like a slip waits for a yes (decision 011)."""

from geo_offlimits.domain import texts
from geo_offlimits.domain.designation import Terms
from geo_offlimits.domain.premises import Subject
from geo_offlimits.services import duplicates, missions, outside
from geo_offlimits.services.act import Act


def refuse(
    act: Act,
    mission: str,
    proposal: tuple[Subject, Terms],
    *,
    confirm_outside: bool = False,
    confirm_alike: bool = False,
) -> None:
    """Raises InputError for a day of review that is past, and unless it is confirmed OutsideTerritoryError, AlikeError.

    confirm_outside : that a place outside the mission's territory is meant.
    confirm_alike : that another is meant than what it looks like.
    """
    subject, terms = proposal
    texts.refuse(terms.review_passed(missions.today(act, mission)))
    if not confirm_outside:
        outside.refuse(act, mission, subject)
    if not confirm_alike:
        duplicates.refuse(act, mission, subject)
