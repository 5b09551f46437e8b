"""Which campaigns a person may know of."""

from geo_offlimits.domain.campaign import CampaignHeader
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError
from geo_offlimits.services.act import Act


class UnknownCampaignError(AbsentError):
    """No such campaign, or none that this person may know of."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"There is no campaign {reference} here for you; `distribute` opens one.")


def permitted(act: Act, campaign_id: str, action: Action) -> CampaignHeader:
    """The campaign, once the actor may do `action` in its mission; else it does not exist for them."""
    campaign = act.tx.campaigns.header(campaign_id)
    if campaign is None or not act.may(Action.LOOK_UP, campaign.mission):
        raise UnknownCampaignError(campaign_id)
    act.require(action, campaign.mission)
    return campaign


def of_mission(act: Act, mission: str, campaign_id: str) -> CampaignHeader:
    """The campaign, if it is one of this mission. Raises AbsentError for one of another."""
    campaign = permitted(act, campaign_id, Action.READ_CAMPAIGN)
    if campaign.mission != mission:
        raise AbsentError(f"{campaign_id} is not of {mission}; open it under its own mission.")
    return campaign


def own_unit(act: Act, mission: str) -> str | None:
    """The unit whose people the actor reads by name and by their exact number: a manager's own, and no other."""
    if not act.may(Action.ENTER_ACKNOWLEDGEMENT, mission):
        return None
    person = act.require_actor().person
    return person.unit if person.mission == mission else None
