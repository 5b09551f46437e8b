"""Build the wheel, install it alone in a new environment and fetch every asset of the demonstration it serves.

Node is hidden from the installed product: the browser libraries must travel inside the wheel.
"""

import contextlib
import http.cookiejar
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUST_CARRY = (
    r"geo_offlimits/frame/vendor/leaflet\.js$",
    r"geo_offlimits/frame/static/.+\.js$",
    r"geo_offlimits/store/migrations/versions/.+\.py$",
    r"geo_offlimits/translations/fr/.+\.po$",
    r"geo_offlimits/formats/templates/.+\.html$",
    r"layers/manifest\.toml$",
    r"layers/demo/manifest\.toml$",
    r"layers/.+/territory\.geojson$",
    r"layers/world/place_names\.geojson$",
    r"layers/demo/.+\.pmtiles$",
    r"web/templates/.+\.html$",
    r"web/static/.+\.css$",
)
MUST_NOT_CARRY = (r"^tests/", r"^bench/", r"node_modules", r"\.db$")
PASSPHRASE = "a wheel alone must serve this"  # noqa: S105  (of a demonstration that lives for a minute)
STARTS_WITHIN_S = 120


def run(*command: str | Path, **options: object) -> None:
    subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL, **options)  # type: ignore[call-overload]  # noqa: S603


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    return next(folder.glob("geo_offlimits-*.whl"))


def refuse_incomplete(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    missing = [form for form in MUST_CARRY if not any(re.search(form, name) for name in names)]
    foreign = [name for name in names if any(re.search(form, name) for form in MUST_NOT_CARRY)]
    if missing or foreign:
        sys.exit(f"{wheel.name} lacks {missing} and should not carry {foreign}; see package_data in setup.cfg.")


def install(wheel: Path, folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements.lock")
    run(*pip, "--no-deps", wheel)
    return python


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def demonstration(python: Path, folder: Path) -> Iterator[str]:
    """The address of the served demonstration; no Node, no checkout on the path."""
    port, empty = free_port(), folder / "empty"
    empty.mkdir()
    environment = {"PATH": str(empty), "HOME": str(empty), "GEO_OFFLIMITS_DEMO_PASSPHRASE": PASSPHRASE}
    command = [python, "-m", "geo_offlimits.cli", "demo", "--folder", folder / "demo", "--port", port, "--serve"]
    with (folder / "served.txt").open("w") as printed:
        server = subprocess.Popen(  # noqa: S603
            [str(word) for word in command], cwd=empty, env=environment, stdout=printed, stderr=printed
        )
        try:
            yield wait_for(f"http://localhost:{port}", server, folder / "served.txt")
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(address: str, server: subprocess.Popen[bytes], printed: Path) -> str:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address + "/healthz", timeout=5)  # noqa: S310
            return address
        time.sleep(0.2)
    sys.exit(f"The installed wheel did not serve within {STARTS_WITHIN_S} s:\n{printed.read_text()[-3000:]}")


def signed_in(address: str) -> urllib.request.OpenerDirector:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    browser.addheaders = [("Origin", address)]
    page = browser.open(address + "/login").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if not token:
        sys.exit("The sign-in page of the installed wheel has no form.")
    form = {"reference": "staff@demo.example", "passphrase": PASSPHRASE, "csrf_token": token[1]}
    browser.open(address + "/login", urllib.parse.urlencode(form).encode())
    return browser


def fetch_everything(address: str) -> int:
    """Every script, stylesheet and data address that the look-up page names; any failure stops the check."""
    browser = signed_in(address)
    page = browser.open(address + "/").read().decode()
    if 'id="check-here"' not in page:
        sys.exit("The installed wheel did not sign in: its first page is not the look-up page.")
    paths = {path for path in re.findall(r'(?:src|href)="(/[^"#]+)"', page) if not path.startswith("/log")}
    script = next(path for path in paths if "map.js" in path)
    paths |= set(
        re.findall(r'"(/(?:static|missions|api|basemaps)/[^"{}]+)"', browser.open(address + script).read().decode())
    )
    for path in sorted(paths):
        browser.open(address + path.replace("&amp;", "&")).read()
    return len(paths)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wheel-") as scratch:
        folder = Path(scratch)
        wheel = build(folder)
        refuse_incomplete(wheel)
        python = install(wheel, folder / "environment")
        os.environ.pop("PYTHONPATH", None)
        with demonstration(python, folder) as address:
            count = fetch_everything(address)
        size_kb = wheel.stat().st_size // 1024
        print(f"{wheel.name} ({size_kb} kB) serves the demonstration alone: {count} addresses fetched.")
    shutil.rmtree(ROOT / "build", ignore_errors=True)


if __name__ == "__main__":
    main()
