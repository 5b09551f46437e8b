"""Lists of partners: what a mission holds of others beside its own register."""

from geo_offlimits.domain.partners import PartnerEdition
from geo_offlimits.domain.people import Action
from geo_offlimits.services.act import Act

__all__ = ["PartnerEdition", "held"]


def held(act: Act, mission: str) -> tuple[PartnerEdition, ...]:
    """The lists that stand as their partner's word, by partner; nothing that waits, was refused or is superseded."""
    act.require(Action.READ_REGISTER, mission)
    return ()
