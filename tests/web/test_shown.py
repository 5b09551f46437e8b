"""What is restricted, asked of the services by every role: those of the table are shown it, and nobody else."""

import pytest

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import Restricted, Role, shown_to
from geo_offlimits.services import (
    attachments,
    audit,
    campaigns,
    devices,
    editions,
    evidence,
    flags,
    operators,
    people,
    register,
)
from tests.web.test_checks import DRAFT, LISTED, Call, about, outcome

SHOWN: dict[Restricted, Call] = {
    Restricted.DRAFT: lambda act, _: register.show(act, DRAFT),
    Restricted.BASIS: lambda act, _: register.show(act, LISTED).terms.basis,
    Restricted.REASON: lambda act, _: register.show(act, LISTED).steps,
    Restricted.SIGNER: lambda act, _: register.show(act, LISTED).steps[0].person_id,
    Restricted.OPERATOR: lambda act, _: (operators.of(act, LISTED), True),
    Restricted.FLAG: lambda act, _: flags.on(act, "ISLE", LISTED),
    Restricted.ATTACHMENT_COUNT: lambda act, at: attachments.count(act, at.known(LISTED)),
    Restricted.ATTACHMENT: lambda act, _: attachments.all_of(act, LISTED),
    Restricted.RETIRED_EDITION: lambda act, at: editions.read(act, at.wiring.shelf, "ISLE", 1),
    Restricted.ACKNOWLEDGEMENT: lambda act, at: campaigns.status(act, at.campaign).own,
    Restricted.EVIDENCE: lambda act, at: evidence.give(act, at.wiring.shelf, about("staff")),
    Restricted.PERSON: lambda act, _: people.of_mission(act, "ISLE"),
    Restricted.TOKEN: lambda act, at: (at.token_of("patrol"), devices.of_mission(act, "ISLE")),
    Restricted.AUDIT_LEAF: lambda act, _: audit.checkpoint(act),
}


@pytest.mark.parametrize("what", Restricted, ids=str)
def test_what_is_restricted_is_shown_to_the_roles_of_the_table_and_in_their_mission_alone(
    wiring: Wiring, what: Restricted
) -> None:
    shown = set()
    for who in (*Role, "stranger", "nobody"):
        kind, told = outcome(wiring, str(who), SHOWN[what])
        if kind == "told" and told not in {"()", "None"}:
            shown.add(str(who))
    assert shown == {str(role) for role in shown_to(what)} < {str(role) for role in Role}
