"""The words of the page of an import: what it calls the fields of a list and the standings of its rows."""

from geo_offlimits.formats.reader import FIELDS
from geo_offlimits.formats.words import N_
from geo_offlimits.lookup.misplaced import Slip
from web import language, vocabulary
from web.import_rows import RowStanding

_FIELDS = {
    "name": N_("Name"),
    "sign": N_("Name on the sign"),
    "other_names": N_("Other names"),
    "former_names": N_("Former names"),
    "latitude": N_("Latitude"),
    "longitude": N_("Longitude"),
    "subject": N_("Subject"),
    "applies_to": N_("Binds only"),
    "since": N_("From"),
    "until": N_("To"),
    "part": N_("Part of the building"),
    "row": N_("Row"),
    "columns": N_("Columns"),
    "restriction": N_("Restriction"),
    "names": N_("Name"),
    "place": N_("Place"),
}
# What each standing is called over its rows, and what it means for them.
STANDINGS: dict[RowStanding, tuple[str, str]] = {
    RowStanding.REFUSED: (N_("At fault"), N_("These rows do not land. Set them right here, or in the file.")),
    RowStanding.CONFLICT: (N_("Conflict"), N_("These rows contradict what the register or another row says.")),
    RowStanding.DUPLICATE: (N_("Looks like another"), N_("These rows wait until somebody says that they are meant.")),
    RowStanding.CHANGED: (N_("Changed"), N_("These rows are in the register already and say something else now.")),
    RowStanding.NEW: (N_("New"), N_("These rows land as proposals.")),
    RowStanding.SAME: (N_("Same"), N_("These rows are in the register already. Nothing changes.")),
    RowStanding.LEFT_OUT: (N_("Left out"), N_("You left these rows out.")),
}
# What each slip is called beside the position without it.
SLIPS: dict[Slip, str] = {
    Slip.SWAPPED: N_("latitude and longitude swapped?"),
    Slip.SIGN: N_("another sign?"),
    Slip.DIGIT: N_("one other digit or letter?"),
    Slip.MARK: N_("decimal mark lost?"),
}


def field(name: str) -> str:
    """What pages call a field of a list, in the reader's language."""
    text = _FIELDS.get(name) or vocabulary.changed(name)
    return language.gettext(text) if text != name else name.replace("_", " ")


def fields() -> dict[str, str]:
    """Every field that a column can be, with its word, in the order of the list of fields."""
    return {name: field(name) for name in FIELDS}
