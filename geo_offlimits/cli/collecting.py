"""`acknowledge collect`: the sheets that units put into a folder."""

from dataclasses import dataclass
from pathlib import Path

from geo_offlimits.cli.door import Door
from geo_offlimits.delivery.drop_folder import DropFolder, shown
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.formats.files import LIMITS
from geo_offlimits.formats.sheet_reading import read_sheet
from geo_offlimits.services import sheets
from geo_offlimits.services.sheets import SheetEnteredError


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one file."""

    file: str
    recorded: int
    sentence: str
    refused: bool = False


def collect(door: Door, folder: Path, still_s: float) -> int:
    """Returns the exit code: 1 where a sheet was refused."""
    place = DropFolder(folder, still_s=still_s)
    with place.alone():
        ready, writing = place.waiting()
        outcomes = [one for name in ready if (one := _collect(door, place, name))]
    told = [{"file": one.file, "recorded": one.recorded, "refused": one.refused} for one in outcomes]
    lines = [f"{one.file}: {one.sentence}" for one in outcomes]
    later = [f"{shown(name)} is still being written and waits for the next time." for name in writing]
    door.say({"sheets": told, "waiting": list(map(shown, writing))}, "\n".join([*lines, *later]) or "No sheet waits.")
    return int(any(one.refused for one in outcomes))


def _collect(door: Door, place: DropFolder, name: str) -> Outcome | None:
    """None for a file that changed while it was read. Whatever is no fault of the sheet ends the run, it stays."""
    try:
        content = place.take(name, LIMITS.bytes)
        if content is None:
            return None
        outcome = _entered(door, shown(name), content)
    except NotPermittedError:
        raise
    except SheetEnteredError as before:
        outcome = Outcome(file=shown(name), recorded=0, sentence=str(before))
    except (InputError, RefusedError, AbsentError) as fault:
        outcome = Outcome(file=shown(name), recorded=0, sentence=str(fault), refused=True)
    place.put_aside(name, outcome.sentence, refused=outcome.refused)
    return outcome


def _entered(door: Door, name: str, content: bytes) -> Outcome:
    reading = read_sheet(content, name)
    with door.acting() as act:
        report = sheets.import_sheet(act, reading)
    return Outcome(file=name, recorded=report.recorded, sentence=report.as_text())
