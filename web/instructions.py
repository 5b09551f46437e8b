"""What to do with a file on a device: load it, test one point, remove the older one.

`N_` marks a text for the catalogues; it is translated where it is shown.
"""

from dataclasses import dataclass

from geo_offlimits.formats.words import N_


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """`device`: what the format is for."""

    device: str
    load: str
    test: str
    remove: str


_IN_LIST = N_("Compare one name in it with the list.")
_NEAR_YOU = N_("Open the point nearest to you and compare its place and name with the list.")
_FILE_ONLY = N_("Delete the older file.")

INSTRUCTIONS: dict[str, Instruction] = {
    "html": Instruction(
        device=N_("Any phone or computer, without a network"),
        load=N_("Save the file and open it in the browser. It holds the map, the search and the verdict."),
        test=N_("Cut the network and search one name of the list."),
        remove=_FILE_ONLY,
    ),
    "gpx": Instruction(
        device=N_("Garmin receivers, OsmAnd"),
        load=N_(
            "Garmin: copy the file to the folder GPX of the receiver. OsmAnd: open it and import it as favourites."
        ),
        test=N_("Open the point nearest to you, compare its place, and see that its proximity alarm is on."),
        remove=N_("Delete the older waypoints and their file first: a receiver adds what it loads to what it has."),
    ),
    "tak": Instruction(
        device=N_("ATAK, with an alert inside"),
        load=N_("Import the ZIP as a data package; each place gets a geofence."),
        test=N_("Open the geofence nearest to you and compare its place and name with the list."),
        remove=N_(
            "The whole list removes what earlier editions drew; a part of it removes nothing. Delete older packages "
            "all the same."
        ),
    ),
    "pdf": Instruction(
        device=N_("Notice board, on paper"),
        load=N_("Print it, and put it up where everybody passes."),
        test=N_("Scan its code and compare the hash with the one of the current edition."),
        remove=N_("Take down the sheets of earlier editions."),
    ),
    "kmz": Instruction(
        device=N_("Organic Maps, earth viewers"),
        load=N_("Open the file with the program; it becomes a list of its own."),
        test=_NEAR_YOU,
        remove=N_("Delete the older list of bookmarks first; the program keeps both otherwise."),
    ),
    "kml": Instruction(
        device=N_("Earth viewers, ATAK as an overlay"),
        load=N_("Open the file, or import it as an overlay. In ATAK it raises no alert."),
        test=_NEAR_YOU,
        remove=N_("Remove the older overlay first; the program keeps both otherwise."),
    ),
    "qfield": Instruction(
        device=N_("QField, with an alert inside"),
        load=N_("Import the ZIP as a project and open it. Allow QField the position."),
        test=N_("Set the position to one entry and wait for the alert; compare the point with the list."),
        remove=N_("Delete the older project; another import does not replace it."),
    ),
    "gpkg": Instruction(
        device=N_("QGIS and other geographic programs"),
        load=N_("Add the layers premises and boundaries; their styles come along."),
        test=_NEAR_YOU,
        remove=N_("Remove the layers of the older file from your projects."),
    ),
    "xlsx": Instruction(
        device=N_("Spreadsheets"), load=N_("Open it; nothing in it is a formula."), test=_IN_LIST, remove=_FILE_ONLY
    ),
    "csv": Instruction(
        device=N_("Other programs, as a table"),
        load=N_("Read it as UTF-8 with commas; all but coordinates and metres is text."),
        test=_IN_LIST,
        remove=_FILE_ONLY,
    ),
    "geojson": Instruction(
        device=N_("Other programs, as the signed list itself"),
        load=N_("Read it as GeoJSON; what the list says of itself is in the member offlimits."),
        test=_IN_LIST,
        remove=_FILE_ONLY,
    ),
}
