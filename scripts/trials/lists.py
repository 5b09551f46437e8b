"""Lists as people have them, of the invented island: nobody prepared them, and something is wrong in each.

`Unprepared` says what a person who knows the places would set right, by the name in the row. Nothing here is a real
place; the encoding is that of a spreadsheet of the last century.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

_HEAD = """OFF LIMITS ESTABLISHMENTS - as of March, corrected by hand;;;;;;;
;;;;;;;
No.;Establishment;Grid / GPS;Where;What kind;When;Entered;Remarks
"""
_ROWS = """1;Rosy Parrot;-31,66274 -15,90917;Porto Velano;bar;1700-0100;12.03.2026;loud on paydays
2;The Idle Gull;"31°39'42,9""S 15°54'31,9""W";Porto Velano;night club;Fri-Sat 20:00-02:00;12.03.2026;
3;Marble Stair;28J DK 13846 97060;Porto Velano;massage parlour;;14.03.2026;second floor
4;Café Aurore;-31.65977, -15.90864;Porto Velano;cafe;daily 18:00-24:00;14.03.2026;
5;Blue Lantern;;Porto Velano;night club;;02.02.2026;on the old list too
6;Juniper Rooms;-15.95509, -31.48749;Ostrel;guest house;;15.03.2026;
7;Low Tide;-31.48770, -15.95276;Ostrel;bar;8-2;15.03.2026;ask at the gate
8;Low Tide;-31.48770, -15.95276;Ostrel;bar;8-2;15.03.2026;ask at the gate
9;Tin Whistle;;Ostrel;bar;20:00-04:00;15.03.2026;no fix taken
10;Seven Steps;-31,61810 -16,28097;Quendra;bar;Mo-Th 18:00-24:00;18.03.2026;
11;Casa Mirta;-31.61748, -16.28066;Quendra;private house;;18.03.2026;
12;Salon Étoile;"31°37'01""S 16°17'05""W";Quendra;massage parlour;10h-22h;18.03.2026;
13;All massage parlours in Halvera;;;;;20.03.2026;by order
14;Old Ferry Inn;-31.48755, -15.95206;Ostrel;hotel;;20.03.2026;
15;Painted Door;-31.66126, -15.90252;Porto Velano;bar;21:00-05:00;20.03.2026;
16;Cinder Lane;-131.66312, -15.90849;Porto Velano;bar;;21.03.2026;
17;Halcyon Yard;-31.65520, -15.90861;Porto Velano;club;weekends 22h-4h;21.03.2026;
18;Bar Tulipe;-31.65468, -15.90848;Porto Velano;bar;;21.03.2026;=B4&" too"
"""
_MANY = "{number};{name};{wrong:.5f}, {lon:.5f};Ostrel;bar;;21.03.2026;\n"
_NAMES = ("Amber", "Birch", "Cedar", "Dahlia", "Ember", "Fern", "Garnet", "Hazel", "Indigo", "Jasper")


@dataclass(frozen=True)
class Unprepared:
    """A file and what has to be done about it: cells by row, rows to leave out, columns by their label.

    is_meant : that the rows which still look like others are another door.
    """

    name: str
    text: str
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    is_meant: bool = False

    def written(self, folder: Path) -> Path:
        file = folder / self.name
        file.write_text(self.text, encoding="cp1252", newline="\r\n")
        return file


UNPREPARED = Unprepared(
    name="Copy of OFF LIMITS (2) final.csv",
    text=_HEAD + _ROWS,
    cells={
        "Juniper Rooms": {"position": "-31.48749, -15.95509"},
        "Low Tide": {"hours": "20-02"},
        "Cinder Lane": {"position": "-31.66312, -15.90849"},
    },
    left_out=("Blue Lantern",),
    is_meant=True,
)
WITH_A_COLUMN = replace(UNPREPARED, columns={"Entered": "From"})
_TWENTY = tuple(
    (f"{name} {kind}", -31.43 - down * 0.003, -15.93 + across * 0.003)
    for down, kind in enumerate(("House", "Court"))
    for across, name in enumerate(_NAMES)
)
# The control: the same list with twenty rows more, each to be set right by hand.
TWENTY_MORE = replace(
    UNPREPARED,
    name="Copy of OFF LIMITS (3) final.csv",
    text=UNPREPARED.text
    + "".join(
        _MANY.format(number=at + 19, name=name, wrong=lat - 10, lon=lon) for at, (name, lat, lon) in enumerate(_TWENTY)
    ),
    cells={**UNPREPARED.cells, **{name: {"position": f"{lat:.5f}, {lon:.5f}"} for name, lat, lon in _TWENTY}},
)
