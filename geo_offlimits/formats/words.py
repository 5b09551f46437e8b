"""The words of closed vocabularies: those of what people print, the list and the sheets, and the register's own.

Staff-facing words are neutral.

`N_` marks a text for the catalogues; it is translated where it is written out.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from enum import Enum
from itertools import groupby

from babel.dates import get_day_names
from babel.numbers import get_decimal_symbol

from geo_offlimits.domain.acknowledgement import AcknowledgementState
from geo_offlimits.domain.attachments import AttachmentKind
from geo_offlimits.domain.changes import ChangeKind, HistoryKind
from geo_offlimits.domain.designation import Basis, Designation, Restriction, State, StepKind
from geo_offlimits.domain.factors import FactorKind
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.mission import ContactKind
from geo_offlimits.domain.people import PersonnelCategory, Role
from geo_offlimits.domain.premises import NameKind, Part, SubjectKind, VenueKind
from geo_offlimits.domain.sessions import Door
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.lookup.spoken import beside, comma, locale_of, long_day

_DAYS_A_WEEK = 7


def N_(text: str) -> str:  # noqa: N802  (the name by which message extraction knows it)
    return text


WORDS: dict[Enum, str] = {
    Restriction.OFF_LIMITS: N_("Off limits"),
    Restriction.CAUTION: N_("Caution"),
    SubjectKind.PREMISES: N_("Premises"),
    SubjectKind.AREA: N_("Area"),
    SubjectKind.CATEGORY_RULE: N_("Rule for a kind of venue"),
    VenueKind.BAR: N_("Bar"),
    VenueKind.NIGHT_CLUB: N_("Night club"),
    VenueKind.STRIP_CLUB: N_("Strip club"),
    VenueKind.HOTEL: N_("Hotel"),
    VenueKind.GUEST_HOUSE: N_("Guest house"),
    VenueKind.RESTAURANT: N_("Restaurant"),
    VenueKind.CAFE: N_("Café"),
    VenueKind.MASSAGE_PARLOUR: N_("Massage parlour"),
    VenueKind.CASINO: N_("Casino"),
    VenueKind.PRIVATE_HOUSE: N_("Private house"),
    VenueKind.STREET: N_("Street"),
    VenueKind.OTHER: N_("Other"),
    AcknowledgementState.ACKNOWLEDGED: N_("Acknowledged it"),
    AcknowledgementState.REFUSED: N_("Refused"),
    AcknowledgementState.WITHDRAWN: N_("Withdrawn"),
    FactorKind.APP: N_("Authenticator app"),
    FactorKind.KEY: N_("Security key"),
    Door.PAGES: N_("Pages, in a browser"),
    Door.PROMPT: N_("Command line"),
    Purpose.SYNC: N_("Keep the list current"),
    Purpose.API: N_("Keep the list, ask it, flag and propose"),
    Purpose.DEVICE: N_("A device in the field: keep the list and flag"),
    Purpose.METRICS: N_("Monitoring: figures of the mission"),
    NameKind.SIGN: N_("On the sign"),
    NameKind.CURRENT: N_("Current name"),
    NameKind.FORMER: N_("Former name"),
    NameKind.ALIAS: N_("Also known as"),
    PersonnelCategory.MILITARY: N_("Military"),
    PersonnelCategory.POLICE: N_("Police"),
    PersonnelCategory.CIVILIAN: N_("Civilian"),
    PersonnelCategory.CONTRACTOR: N_("Contractor"),
    PersonnelCategory.VOLUNTEER: N_("Volunteer"),
    PersonnelCategory.DEPENDANT: N_("Dependant"),
    ContactKind.CONDUCT: N_("Conduct and discipline team"),
    ContactKind.VICTIMS: N_("Victims’ rights adviser"),
    ContactKind.EMERGENCY: N_("Emergency"),
    ContactKind.HOTLINE: N_("Hotline"),
}

# One table a vocabulary: members of two vocabularies with one value are one key to a dict.
_REGISTER: dict[type[Enum], dict[Enum, str]] = {
    Basis: {
        Basis.SEX_INDUSTRY: N_("Suspected link to the sex industry"),
        Basis.TRAFFICKING: N_("Suspected link to trafficking"),
        Basis.LABOUR_EXPLOITATION: N_("Suspected labour exploitation"),
        Basis.DRUGS: N_("Drugs"),
        Basis.SECURITY: N_("Security"),
        Basis.HEALTH: N_("Health"),
        Basis.OTHER: N_("Other"),
    },
    Role: {
        Role.STAFF: N_("Staff"),
        Role.OFFICER: N_("Officer"),
        Role.HEAD: N_("Head of mission"),
        Role.DEPUTY: N_("Deputy head of mission"),
        Role.PATROL: N_("Patrol"),
        Role.MANAGER: N_("Manager"),
        Role.CONDUCT: N_("Conduct officer"),
        Role.AUDITOR: N_("Auditor"),
        Role.ADMIN: N_("Administrator"),
    },
    FlagKind: {
        FlagKind.CLOSED: N_("It is closed"),
        FlagKind.RENAMED: N_("It has another name"),
        FlagKind.MOVED: N_("It has moved"),
        FlagKind.NEW_TENANT: N_("Somebody else runs it"),
        FlagKind.OTHER: N_("Something else"),
    },
    ChangeKind: {
        ChangeKind.MOVED: N_("Another place on the map"),
        ChangeKind.CORRECTED: N_("Another description"),
    },
    HistoryKind: {
        HistoryKind.DESCRIBED: N_("Described anew"),
        HistoryKind.CHANGE_PROPOSED: N_("Change proposed"),
        HistoryKind.CHANGE_MADE: N_("Changed by a second signature"),
        HistoryKind.CHANGE_REFUSED: N_("Change refused"),
        HistoryKind.CHANGE_WITHDRAWN: N_("Change withdrawn"),
        HistoryKind.OPERATOR: N_("Operator recorded"),
    },
    AttachmentKind: {
        AttachmentKind.NOTE: N_("Note"),
        AttachmentKind.PHOTO: N_("Photo"),
        AttachmentKind.LETTER: N_("Letter"),
    },
    State: {
        State.PROPOSED: N_("Proposed"),
        State.NOTICED: N_("Proposed, notice given"),
        State.REPLIED: N_("Proposed, owner answered"),
        State.IN_FORCE: N_("In force"),
        State.AWAITING_SECOND: N_("In force, awaiting second signature"),
        State.LIFT_PROPOSED: N_("In force, lift proposed"),
        State.PETITIONED: N_("In force, petition to decide"),
        State.SUSPENDED: N_("Suspended, second signature due"),
        State.REJECTED: N_("Rejected"),
        State.WITHDRAWN: N_("Withdrawn"),
        State.LIFTED: N_("Lifted"),
    },
    StepKind: {
        StepKind.PROPOSED: N_("Proposed"),
        StepKind.NOTICE_GIVEN: N_("Notice given to the owner"),
        StepKind.NOTICE_DEFERRED: N_("Notice deferred"),
        StepKind.REPLIED: N_("Owner answered"),
        StepKind.DESIGNATED: N_("Designated"),
        StepKind.ADDED_ALONE: N_("Added by one signature"),
        StepKind.CONFIRMED: N_("Confirmed by a second signature"),
        StepKind.REJECTED: N_("Rejected"),
        StepKind.WITHDRAWN: N_("Withdrawn"),
        StepKind.LIFT_PROPOSED: N_("Lift proposed"),
        StepKind.LIFT_REFUSED: N_("Lift refused"),
        StepKind.LIFTED: N_("Lifted"),
        StepKind.PETITIONED: N_("Petition received"),
        StepKind.PETITION_REFUSED: N_("Petition refused"),
        StepKind.SUSPENDED: N_("Suspended by one signature"),
        StepKind.REINSTATED: N_("Put back in force"),
        StepKind.REVIEWED: N_("Reviewed and kept"),
    },
}

# Of a listing that is decided and begins later.
_LATER: dict[State, str] = {
    State.IN_FORCE: N_("In force from {begins}"),
    State.AWAITING_SECOND: N_("Awaiting second signature, in force from {begins}"),
    State.LIFT_PROPOSED: N_("Lift proposed, in force from {begins}"),
    State.PETITIONED: N_("Petition to decide, in force from {begins}"),
}


def word(member: Enum) -> str:
    """The text for `member`, to be translated."""
    return _REGISTER.get(type(member), WORDS)[member]


def vocabulary(translate: Callable[[str], str] = str) -> dict[str, str]:
    """What staff read for the words of an entry: kinds of venue and of personnel, by the word that an edition holds."""
    return {member.value: translate(WORDS[member]) for kind in (VenueKind, PersonnelCategory) for member in kind}


def standing(
    one: Designation, at: datetime, moment: Callable[[datetime], str], translate: Callable[[str], str] = str
) -> str:
    """Where a designation stands at `at`: its state, with its beginning where that is to come, or that it has ended."""
    if ended := one.ended_at(at):
        return translate("Ended {ended}").format(ended=moment(ended))
    if begins := one.begins_at(at):
        return translate(_LATER[one.state]).format(begins=moment(begins))
    return translate(word(one.state))


def day_of(moment: datetime, timezone: str, language: str) -> str:
    """The day in the mission's time zone with its month as a word: `4 March 2026`."""
    return long_day(moment.astimezone(time_zone(timezone)).date(), language)


def moment_of(moment: datetime, timezone: str, language: str) -> str:
    """The minute in the mission's time zone, which is named: `4 March 2026, 22:00 (Europe/Belgrade)`."""
    clock = moment.astimezone(time_zone(timezone)).strftime("%H:%M")
    day = day_of(moment, timezone, language)
    return f"{day}{comma(language, day)}{clock} ({timezone})"


def last_moment_of(end: datetime, timezone: str, language: str) -> str:
    """The end as people read "until": what ends at midnight holds through the day before."""
    if end.astimezone(time_zone(timezone)).time() != time():
        return moment_of(end, timezone, language)
    return day_of(end - timedelta(seconds=1), timezone, language)


def hours_of(hours: Hours, timezone: str, language: str, translate: Callable[[str], str] = str) -> str:
    """A weekly schedule: `Fri–Sat 22:00–04:00`. Its time zone is named where it is not `timezone`."""
    zone = "" if hours.tz == timezone else f" ({hours.tz})"
    return "; ".join(_span(span, language, translate) for span in hours.weekly) + zone


def _span(span: WeeklySpan, language: str, translate: Callable[[str], str]) -> str:
    days = translate("every day") if len(span.days) == _DAYS_A_WEEK else _weekdays(span.days, language)
    if span.start == span.end:
        return f"{days} {translate('all day')}"
    return f"{days} {span.start:%H:%M}–{span.end:%H:%M}"


def _weekdays(days: Iterable[int], language: str) -> str:
    names = get_day_names("abbreviated", locale=locale_of(language))
    runs = [list(run) for _, run in groupby(enumerate(sorted(days)), lambda pair: pair[1] - pair[0])]
    spelt = [(names[run[0][1] - 1], names[run[-1][1] - 1]) for run in runs]
    return beside((first if first == last else f"{first}–{last}" for first, last in spelt), language)


def part_of(part: Part, language: str = "en") -> str:
    """The part of a building that alone is meant: `3, courtyard, the club only`."""
    return beside((part.floor, part.entrance, part.text), language)


def delimiter_of(language: str) -> str:
    """What spreadsheets of this language cut a CSV file by: a semicolon where the comma is for decimals."""
    return ";" if get_decimal_symbol(locale_of(language)) == "," else ","
