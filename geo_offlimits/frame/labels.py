"""The words on the map. The web passes its catalogue's; a notebook takes these."""

import re
from dataclasses import asdict, dataclass

from geo_offlimits.errors import InputError, Issue

# Folium and Leaflet put some labels into templates and innerHTML; a word needs none of these characters.
_NOT_IN_A_LABEL = re.compile(r"[<>{}&`$\\]")


@dataclass(frozen=True, kw_only=True)
class MapLabels:
    """Every string that the map itself shows. `{n}` style placeholders are not used: numbers are added by the script.

    Raises InputError for a label with a character that a template or HTML could read as its own.
    """

    # layers
    boundaries: str = "Territory and sectors"
    facilities: str = "Welfare facilities"
    streets: str = "Streets"
    grid: str = "Military grid"
    # grid references
    grid_middle: str = "Middle of the map"
    grid_pointer: str = "Pointer"
    grid_copy: str = "Copy the grid reference"
    grid_copied: str = "Copied"
    # signs and what is said of them
    off_limits: str = "Off limits"
    caution: str = "Caution"
    area: str = "Area"
    category_rule: str = "Rule for a kind of venue"
    part: str = "Part of the building"
    facility: str = "Welfare facility"
    several: str = "listed here; zoom in"
    you: str = "Your position"
    # controls
    zoom_in: str = "Zoom in"
    zoom_out: str = "Zoom out"
    locate: str = "Show where I am"
    layers: str = "Layers"
    map_name: str = "Map of the off-limits list"
    # failures, and what would look like one
    list_failed: str = "The list could not be loaded. This map shows nothing of it. Use the list as a table."
    lists_nothing: str = "This edition lists no premises"
    basemap_failed: str = "The background map could not be loaded."
    position_failed: str = "Your position could not be found."
    # what officers draw with
    draw_area: str = "Draw the outline"
    draw_point: str = "Mark the place"
    draw_edit: str = "Change the drawing"
    draw_delete: str = "Remove the drawing"
    draw_save: str = "Keep"
    draw_cancel: str = "Cancel"
    draw_finish: str = "Finish"
    draw_undo: str = "Undo last point"
    draw_first: str = "Click the first corner"
    draw_next: str = "Click the next corner"
    draw_last: str = "Click the first corner to close the outline"
    draw_place: str = "Click the place"
    draw_crossing: str = "The outline must not cross itself"
    # two times side by side
    compare_first: str = "First time"
    compare_second: str = "Second time"
    compare_divider: str = "Divider between the two times"
    # rows of a list that has not landed
    rows_failed: str = "The rows could not be loaded. This map shows none of them. Use the table."
    row_number: str = "Row"
    row_refused: str = "At fault"
    row_conflict: str = "Conflict"
    row_duplicate: str = "Looks like another"
    row_changed: str = "Changed"
    row_new: str = "New"
    row_same: str = "Same"
    # lines of a drift report
    row_differs: str = "Differs"
    row_unclear: str = "Unclear"
    row_only_here: str = "Only here"
    row_only_there: str = "Only there"
    row_ended: str = "No longer holds"

    def __post_init__(self) -> None:
        for field, text in asdict(self).items():
            if _NOT_IN_A_LABEL.search(text):
                raise InputError(
                    f"The map label {field!r} holds a character that a page could read as code: {text!r}. "
                    "Leave out < > { } & ` $ and backslash.",
                    Issue(field=field, value=text, reason="not plain words"),
                )

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    def of_the_map(self) -> dict[str, str]:
        """Without those that only drawing, two times or the rows of a list show."""
        others = {*self.of_drawing(), *self.of_comparing(), *self.of_rows()}
        return {name: text for name, text in asdict(self).items() if name not in others}

    def of_drawing(self) -> dict[str, str]:
        return {name: text for name, text in asdict(self).items() if name.startswith("draw_")}

    def of_comparing(self) -> dict[str, str]:
        return {name: text for name, text in asdict(self).items() if name.startswith("compare_")}

    def of_rows(self) -> dict[str, str]:
        return {name: text for name, text in asdict(self).items() if name.startswith(("row_", "rows_"))}
