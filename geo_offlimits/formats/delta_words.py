"""What changed between two editions, in words: for whoever reads it, and for whoever has to clear a device."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import shapely

from geo_offlimits.domain.edition import Changed, Delta, Entry
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Name, Part
from geo_offlimits.formats.words import N_, day_of, hours_of, last_moment_of, part_of, word
from geo_offlimits.lookup.geodesy import distance_m
from geo_offlimits.lookup.wording import Translate

# What people call the properties of an entry.
FIELDS = {
    "name": N_("Name"),
    "names": N_("Names"),
    "subject": N_("Subject"),
    "category": N_("Kind of venue"),
    "restriction": N_("Restriction"),
    "applies_to": N_("Binds only"),
    "hours": N_("Hours"),
    "exceptions": N_("Exceptions"),
    "since": N_("Since"),
    "until": N_("To"),
    "part": N_("Only part of the building"),
    "address": N_("Address"),
    "locality": N_("Town"),
    "sector": N_("Sector"),
    "mgrs": "MGRS",
    "uncertainty_m": N_("Accurate to (metres)"),
    "issuer": N_("Issuer"),
    "directive": N_("Directive"),
    "geometry": N_("Place"),
}
# What differs along with another property is told with that one.
_FOLLOW = {"geometry": {"mgrs"}, "name": {"names"}}


def in_what(one: Changed, timezone: str, language: str = "en", translate: Translate = str) -> list[str]:
    """Each property that differs, as it was and as it is: `Sector: North → South`."""
    follows = {gone for name in one.fields for gone in _FOLLOW.get(name, ())}
    told = _Told(timezone, language, translate)
    return [told.difference(name, one) for name in one.fields if name not in follows]


def lines(delta: Delta, timezone: str, language: str = "en", translate: Translate = str) -> Iterator[str]:
    """A line an entry: what came (+), changed (~) and went (-)."""
    for entry in delta.added:
        yield f"+ {entry.entry_id}  {entry.name}"
    for one in delta.changed:
        what = "; ".join(in_what(one, timezone, language, translate))
        yield f"~ {one.after.entry_id}  {one.after.name}: {what}"
    for gone in delta.removed:
        yield f"- {gone.entry_id}  {gone.name}"


def clearing(mission: str, delta: Delta, translate: Translate = str) -> str | None:
    """What to do with files of the older edition; None where nothing in it is wrong by now.

    Most programs add what they load to what they have: who was taken off the list stays on the device.
    """
    if not delta.removed and not delta.changed:
        return None
    said = translate(
        "Delete the files of edition {older} from devices and from the programs they were loaded into "
        "({mission}-edition-{older}.*), then load those of edition {newer}. Otherwise the old entries stay there."
    )
    return said.format(mission=mission, older=delta.from_number, newer=delta.to_number)


@dataclass(frozen=True)
class _Told:
    timezone: str
    language: str
    translate: Translate

    def difference(self, name: str, one: Changed) -> str:
        label = self.translate(FIELDS[name])
        if name == "geometry":
            return f"{label}: {self._moved(one.before, one.after)}"
        before, after = (self._value(name, entry) for entry in (one.before, one.after))
        return f"{label}: {before} → {after}"

    def _moved(self, before: Entry, after: Entry) -> str:
        if before.geometry is None or after.geometry is None:
            return self.translate("known now") if before.geometry is None else self.translate("not known any more")
        point = shapely.point_on_surface(before.geometry)
        far = round(distance_m(Position(lat=point.y, lon=point.x), after.geometry))
        if far:
            return self.translate("moved by {far} m").format(far=far)
        return self.translate("another outline")

    def _value(self, name: str, entry: Entry) -> str:
        match getattr(entry, name):
            case None | ():
                return self.translate("none")
            case tuple() as several:
                return ", ".join(map(self._one, several))
            case datetime() as moment:
                written = last_moment_of if name == "until" else day_of
                return written(moment, self.timezone, self.language)
            case Hours() as hours:
                return hours_of(hours, self.timezone, self.language, self.translate)
            case value:
                return self._one(value)

    def _one(self, value: object) -> str:
        if isinstance(value, Enum):
            return self.translate(word(value))
        if isinstance(value, Part):
            return part_of(value)
        if isinstance(value, float):
            return f"{value:g}"
        return value.text if isinstance(value, Name) else str(value)
