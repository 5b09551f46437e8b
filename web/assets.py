"""Static files: ours, the map frame's and the browser libraries', each addressed by its content's hash and kept a year.

Each file is read and compressed once a process. An address that is not in the table is absent: nothing of the file
system is reachable by it.
"""

import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.formats.pages import STYLE as PAPER
from geo_offlimits.frame import served_files
from web import compression
from web.policy import public

assets = Blueprint("assets", __name__)
OWN = Path(__file__).parent / "static"
_YEAR = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"
_COMPRESSED = (".js", ".css", ".svg", ".json", ".webmanifest", ".txt", ".html")


# The map's own scripts on the look-up page, in the order in which they run: one file, because each costs a first visit
# on a bad line most of a kilobyte of headers.
LOOK_UP_SCRIPTS = tuple(
    f"frame/{name}.js"
    for name in (
        *("frame", "utm", "basemap", "grid", "readout", "gathering", "entries"),
        *("measure", "wall", "judging", "notations"),
        *("spoken", "naming"),
    )
)
LOOK_UP = "gathered/look_up.js"


@dataclass(frozen=True)
class StaticFile:
    file: Path

    @cached_property
    def content(self) -> bytes:
        return self.file.read_bytes()

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def packed(self) -> bytes | None:
        return compression.packed(self.content) if self.file.suffix in _COMPRESSED else None

    @cached_property
    def pressed(self) -> bytes | None:
        return compression.pressed(self.content) if self.file.suffix in _COMPRESSED else None

    def coded(self, coding: str | None) -> bytes | None:
        """The content in that coding, or None where it travels as it is."""
        return self.pressed if coding == "br" else self.packed if coding == "gzip" else None

    @property
    def content_type(self) -> str:
        kind = _KINDS.get(self.file.suffix) or mimetypes.guess_type(self.file.name)[0] or "application/octet-stream"
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


@dataclass(frozen=True)
class GatheredScripts(StaticFile):
    """Classic scripts one after the other; `file` is the first of them."""

    parts: tuple[StaticFile, ...] = ()

    @cached_property
    def content(self) -> bytes:
        return b"\n".join(one.content for one in self.parts)


# Not left to the machine's own table of types, which differs between systems.
_KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@cache
def files() -> Mapping[str, StaticFile]:
    """Every static file by its address below `/static/`."""
    own = {
        file.relative_to(OWN).as_posix(): StaticFile(file)
        for file in sorted(OWN.rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    }
    paper = {PAPER.name: StaticFile(PAPER)}
    found = own | paper | {address: StaticFile(item.file) for address, item in served_files().items()}
    scripts = tuple(found[name] for name in LOOK_UP_SCRIPTS)
    return found | {LOOK_UP: GatheredScripts(scripts[0].file, scripts)}


def static(path: str) -> str:
    """Address of a static file with its content's hash. A file that is not there is a fault of the template."""
    return f"/static/{path}?v={files()[path].sha256[:12]}"


def look_up_scripts(scripts: Sequence[str]) -> list[str]:
    """The addresses that a look-up page loads for the `scripts` of its map: libraries, ours as one, what is left."""
    own = {static(name) for name in LOOK_UP_SCRIPTS}
    others = [address for address in scripts if address not in own]
    libraries = [address for address in others if "/vendor/" in address]
    return [*libraries, static(LOOK_UP), *(address for address in others if address not in libraries)]


@assets.get("/static/<path:path>")
@public(store=False)
def file(path: str) -> AnyResponse:
    found = files().get(path)
    if found is None:
        raise NotFound
    coding = compression.coding()
    coded = found.coded(coding)
    answer = Response(found.content if coded is None else coded, content_type=found.content_type)
    if coded is not None:
        answer.headers["Content-Encoding"] = coding
    if found.file.suffix in _COMPRESSED:
        answer.vary.add("Accept-Encoding")
    answer.set_etag(found.sha256[:32])
    answer.headers["Cache-Control"] = _YEAR if request.args.get("v") == found.sha256[:12] else _ASK_AGAIN
    return answer.make_conditional(request)
