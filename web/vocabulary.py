"""The words of pages: what they say after a step, what they call fields and buttons.

`N_` marks a text for the catalogues; it is translated where it is shown.
"""

from enum import Enum

from geo_offlimits.domain.designation import StepKind
from geo_offlimits.errors import Field
from geo_offlimits.formats.words import N_, word

# What a page may say after the step before it. The visitor's cookie carries only the key.
MESSAGES: dict[str, str] = {
    "proposed": N_("Proposed. A head of mission or deputy decides."),
    "added_alone": N_("Added and in force. A second person must confirm it within 14 days. Publish to reach staff."),
    "added_alone_later": N_(
        "Added. It begins later; a second person must confirm it within 14 days. Publish to reach staff."
    ),
    "designated_later": N_("Designated. It begins later. Publish an edition to reach staff."),
    "designated": N_("Designated and in force. Publish an edition to reach staff."),
    "confirmed": N_("Confirmed by a second signature."),
    "rejected": N_("Rejected."),
    "withdrawn": N_("Withdrawn."),
    "lift_proposed": N_("Lift proposed. It stays in force until a second person decides."),
    "lift_refused": N_("The lift was refused. It stays in force."),
    "lifted": N_("Lifted. Publish an edition so that staff and devices learn of it."),
    "notice_given": N_("Notice is recorded. The owner now has time to answer."),
    "notice_deferred": N_("Notice is deferred for 14 days."),
    "replied": N_("The owner’s answer is recorded."),
    "petitioned": N_("The petition is recorded. It stays in force until a head decides."),
    "petition_refused": N_("The petition was refused. It stays in force."),
    "suspended": N_("Suspended. A second person must confirm it by lifting within 14 days. Publish to reach staff."),
    "reinstated": N_("Back in force. Publish an edition to reach staff."),
    "flagged": N_("Thank you. Officers will look; until they decide, it stays as listed."),
    "settled": N_("The flag is settled."),
    "attached": N_("Kept with this listing. It is never published."),
    "reviewed": N_("Reviewed. It stays in force until the next review."),
    "decided_together": N_("Decided. Each decision is recorded by itself."),
    "list_read": N_("Read. Nothing has landed yet."),
    "columns_read": N_("Read anew with these columns. Nothing has landed yet."),
    "row_set_right": N_("The report is made anew. The file itself stays as it is."),
    "list_confirmed": N_("The report is made anew. Nothing has landed yet."),
    "list_given_up": N_("Given up. Nothing of this list is kept here."),
    "list_landed": N_("Landed as proposals. Nothing is in force before a head decides."),
    "partner_entered": N_("Kept beside the register. Another person who decides must confirm it."),
    "partner_confirmed": N_("Confirmed. It stands as the partner’s word."),
    "partner_refused": N_("Refused. Nobody is shown it as the partner’s word."),
    "partner_recognised": N_("The signature is verified. It is kept as it came."),
    "import_undone": N_("Undone. Its proposals are withdrawn."),
    "renamed": N_("Renamed. The earlier name stays searchable."),
    "change_proposed": N_("Proposed. It stays described as it is until a second person decides."),
    "change_made": N_("Described anew. Publish an edition to reach staff."),
    "change_refused": N_("The change was refused. It stays described as it was."),
    "change_withdrawn": N_("The change is withdrawn."),
    "operator_recorded": N_("Recorded. The listing stays; a new operator calls for a review."),
    "facility_added": N_("Added. Publish an edition so that staff see it."),
    "facility_retired": N_("Retired. Publish an edition so that it leaves the list."),
    "published": N_("Published. Staff see this edition now."),
    "published_and_asked": N_("Published. Staff see this edition now, and a campaign asks them to acknowledge it."),
    "published_and_informed": N_("Published. Staff see this edition now and are told; nobody is asked anew."),
    "campaign_opened": N_("Campaign opened."),
    "campaign_reminded": N_("Whoever is missing and has an address is reminded by mail, once a day."),
    "induction_recorded": N_("The induction is recorded."),
    "leave_entered": N_("The leave is entered."),
    "campaign_closed": N_("Campaign closed."),
    "sheet_read": N_("The sheet was read."),
    "acknowledged": N_("Acknowledged. Thank you."),
    "refusal_recorded": N_("Your refusal is recorded."),
    "acknowledgement_withdrawn": N_("Withdrawn. What you said before stays on record."),
    "token_revoked": N_("Revoked. The next request with this token is refused."),
    "session_ended": N_("Ended. The next request in that session is refused."),
    "sessions_ended": N_("Your other sessions have ended."),
    "one_time": N_("A one-time passphrase works once: choose your own now."),
    "factor_added": N_("Your second factor is set up, and this session has seen it."),
    "factor_removed": N_("The second factor is taken away."),
    "account_linked": N_("The account is linked. From now on you can sign in by it."),
    "account_unlinked": N_("The account is unlinked. It opens nothing here any more."),
    "people_listed": N_("The list has landed."),
    "person_moved": N_("Moved. Where they served before stays in their history."),
    "person_departed": N_("Departed. Their sessions and tokens have ended; what they signed and acknowledged stays."),
    "erasure_asked": N_("Asked. It waits for a second person; nothing is erased yet."),
    "erasure_refused": N_("Nobody is erased."),
    "recovery_asked": N_("Asked. It waits for a second person."),
    "recovery_refused": N_("Refused; nothing was taken away."),
    "passphrase_changed": N_("Your passphrase was changed. All your other sessions have ended."),
    "signed_out": N_("You are signed out."),
}

# What the button of a step says.
DECISIONS: dict[StepKind, str] = {
    StepKind.NOTICE_GIVEN: N_("Record that notice was given"),
    StepKind.NOTICE_DEFERRED: N_("Defer the notice for 14 days"),
    StepKind.REPLIED: N_("Record the owner’s answer"),
    StepKind.DESIGNATED: N_("Put in force"),
    StepKind.CONFIRMED: N_("Confirm as second person"),
    StepKind.REJECTED: N_("Reject the proposal"),
    StepKind.WITHDRAWN: N_("Withdraw my proposal"),
    StepKind.LIFT_PROPOSED: N_("Propose to lift"),
    StepKind.LIFT_REFUSED: N_("Keep it listed"),
    StepKind.LIFTED: N_("Lift"),
    StepKind.PETITIONED: N_("Record a petition"),
    StepKind.PETITION_REFUSED: N_("Refuse the petition"),
    StepKind.SUSPENDED: N_("Suspend a manifest error"),
    StepKind.REINSTATED: N_("Put back in force"),
    StepKind.REVIEWED: N_("Keep listed"),
}


# Steps that decide nothing, or that are taken seldom: pages fold them away.
OTHER_STEPS = frozenset(
    {
        StepKind.NOTICE_GIVEN,
        StepKind.NOTICE_DEFERRED,
        StepKind.REPLIED,
        StepKind.PETITIONED,
        StepKind.SUSPENDED,
    }
)

# What pages call a field that a refusal names; one that stands here under several names has several in the API.
_FIELDS: dict[str, str] = {
    "acknowledged": N_("Acknowledged on"),
    "address": N_("Address"),
    "at": N_("Time"),
    "authority": N_("Authority"),
    "away": N_("Number or e-mail"),
    "basis": N_("Basis"),
    "briefed_by": N_("Briefed by (number or e-mail)"),
    "case": N_("Case"),
    "categories": N_("Personnel categories"),
    "category": N_("Kind of venue"),
    "date": N_("Date"),
    "days": N_("Current for (days)"),
    "deadline": N_("Acknowledge by"),
    "directive": N_("Directive"),
    "email": N_("E-mail"),
    "entrance": N_("Entrance"),
    "exceptions": N_("Exceptions"),
    "expires_in": N_("Valid for (days)"),
    "explained_by": N_("Explained by"),
    "file": N_("File"),
    "floor": N_("Floor"),
    "from": N_("From"),
    "geometry": N_("Outline"),
    "hours": N_("Hours"),
    "kind": N_("Kind"),
    "lang": N_("Language of the sign"),
    "language": N_("Language"),
    "languages": N_("Languages"),
    "lat": N_("Latitude"),
    "locality": N_("Town"),
    "lon": N_("Longitude"),
    "mission": N_("Mission"),
    "name": N_("Name on the sign"),
    "names": N_("Name on the sign"),
    "note": N_("Note"),
    "number": N_("Number"),
    "on": N_("Signed on"),
    "operator": N_("Who runs it"),
    "part": N_("In words"),
    "passphrase": N_("Passphrase"),
    "person": N_("Person"),
    "position": N_("Position"),
    "purpose": N_("What for"),
    "reason": N_("Reason"),
    "review_by": N_("Review by"),
    "scan": N_("Scan or photo of the signed sheet"),
    "sector": N_("Sector"),
    "sectors": N_("Sectors"),
    "sheet": N_("CSV file or workbook"),
    "not_before": N_("Publish from"),
    "resolution": N_("What was done"),
    "since": N_("Since"),
    "text": N_("Text"),
    "to": N_("To"),
    "uncertainty_m": N_("Accurate to (metres)"),
    "unit": N_("Unit"),
    "units": N_("Units"),
}


# The field of a form that says what the API has under another name.
INPUTS = {"hours": "opens", "names": "name", "lat": "position", "lon": "position"}


# What pages call what has changed of a listing, where that is not the field of a form.
_CHANGED: dict[str, str] = {
    "applies_to": N_("Binds only"),
    "geometry": N_("Place"),
    "kind": N_("Subject"),
    "mgrs": "MGRS",
    "part": N_("Only part of the building"),
    "restriction": N_("Restriction"),
    "sector": N_("Sector"),
    "subject": N_("Subject"),
    "until": N_("To"),
    "state": N_("State"),
    "valid": N_("From, to"),
}


def changed(field: str) -> str:
    """The text, to be translated, for what has changed of a listing."""
    return _CHANGED.get(field) or label(Field(field))


def label(text: str) -> str:
    """The text, to be translated, for what a refusal names: a member of a vocabulary, a field, or the text itself."""
    if isinstance(text, Enum):
        return word(text)
    return _FIELDS.get(text, text) if isinstance(text, Field) else text
