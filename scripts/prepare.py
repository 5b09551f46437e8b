"""Make .venv ready: `prepare.py run` for the product, `bundle` to pack it, `test` for the tests, `bench` for the peers.

Written for any Python 3.7 or newer, so that an unsuitable one gets a sentence instead of a traceback. Installs nothing
outside .venv except, for the tests, the system packages they drive (a browser, a database), and those only as root or
with sudo.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from platform import machine

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)
LOCKS = {
    "run": "requirements.lock",
    "bundle": "requirements-test.lock",
    "test": "requirements-test.lock",
    "bench": "requirements-bench.lock",
}
# Each purpose includes those before it.
COVERED = {purpose: tuple(LOCKS)[: at + 1] for at, purpose in enumerate(LOCKS)}
NEED_SYSTEM_PACKAGES = {"test", "bench"}
# system package -> what shows that it is there: a program, or a file. The browser without a window takes two thirds of
# the time of the whole one; where a distribution has none, that one does.
SYSTEM_PACKAGES = {
    "chromium-headless-shell": "chromium-headless-shell",
    "fonts-droid-fallback": "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "fonts-noto-core": "/usr/share/fonts/truetype/noto/NotoSansEthiopic-Regular.ttf",
    "gcc": "cc",
    "gpsbabel": "gpsbabel",
    "gdal-bin": "ogrinfo",
    "libc6-dev": "/usr/include/stdio.h",
    "libharfbuzz-subset0": f"/usr/lib/{machine()}-linux-gnu/libharfbuzz-subset.so.0",
    "libpangoft2-1.0-0": f"/usr/lib/{machine()}-linux-gnu/libpangoft2-1.0.so.0",
    "poppler-utils": "pdftotext",
    "postgresql-15-postgis-3": "/usr/share/postgresql/15/extension/postgis.control",
}
INSTEAD = {"chromium-headless-shell": "chromium"}


def answers(*command: str) -> str:
    """What a command prints, or nothing when it fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.decode()


def version_of(python: str) -> tuple[int, ...]:
    """Major and minor of an interpreter that can make a virtual environment; () when it cannot."""
    printed = answers(python, "-c", "import ensurepip, sys; print(*sys.version_info[:2])")
    return tuple(int(word) for word in printed.split())


def continue_on_a_suitable_python() -> None:
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other and OLDEST <= version_of(other) <= NEWEST:
            os.execv(other, [other, *sys.argv])  # noqa: S606  (the same script, on a Python that suits)
    sys.exit(
        f"This is Python {sys.version_info[0]}.{sys.version_info[1]}; geo_offlimits needs 3.11, 3.12 or 3.13. "
        "Install one of them, or name it: make run PYTHON=python3.12"
    )


def fingerprint(purpose: str) -> str:
    """Everything that decides what .venv must hold; a change of any of it installs again."""
    digest = hashlib.sha256(repr((purpose, sys.version_info[:3], str(ROOT))).encode())
    for name in (LOCKS[purpose], "setup.cfg", "setup.py", "pyproject.toml", "package-lock.json"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def pip(*arguments: str) -> None:
    command = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, cwd=str(ROOT), stdin=subprocess.DEVNULL, check=False).returncode:  # noqa: S603
        sys.exit("The installation stopped (see above). Check the network and disk space, then run the same command.")


def make_environment() -> None:
    if version_of(str(VENV / "bin" / "python")) == sys.version_info[:2]:
        return
    try:
        venv.create(str(VENV), with_pip=True, clear=True)
    except (subprocess.CalledProcessError, OSError, ImportError) as fault:
        sys.exit(f"A virtual environment could not be made: {fault}. On Debian or Ubuntu install python3-venv first.")


def install(purpose: str) -> None:
    stamp = VENV / f"geo-offlimits-{purpose}"
    if stamp.exists() and stamp.read_text() == fingerprint(purpose):
        return
    make_environment()
    for old in VENV.glob("geo-offlimits-*"):
        old.unlink()
    print("Installing what geo_offlimits needs into .venv (once) ...", flush=True)
    # The list is complete, so nothing is resolved again: pip asked for `coverage[toml]` would look past the pin of
    # `coverage` and stop at the first newer release, which has no hash here.
    pip("install", "--quiet", "--no-deps", "--require-hashes", "-r", LOCKS[purpose])
    pip("check", "--quiet")
    # A list of hashes cannot name a folder, so the product itself comes second and brings nothing along.
    pip("install", "--quiet", "--no-deps", "--editable", ".")
    for covered in COVERED[purpose]:
        (VENV / f"geo-offlimits-{covered}").write_text(fingerprint(covered))


def administrator() -> list[str]:
    """The prefix that makes a command run as root here, or a sentence and nothing."""
    if os.geteuid() == 0:
        return ["env"]
    return ["sudo", "-n"] if answers("sudo", "-n", "id", "-u").strip() == "0" else []


def missing_system_packages() -> list[str]:
    return [package for package, sign in SYSTEM_PACKAGES.items() if not (shutil.which(sign) or Path(sign).exists())]


def install_system_packages() -> None:
    """Best effort: what stays missing makes its tests skip with a reason, or fail where CI=true."""
    missing = missing_system_packages()
    if not missing:
        return
    prefix = administrator()
    if not prefix or not shutil.which("apt-get"):
        print(f"Install {', '.join(missing)} with your package manager; until then the tests that need them skip.")
        return
    print(f"Installing for the tests: {', '.join(missing)} ...", flush=True)
    apt = [*prefix, "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    get = ["-y", "--no-install-recommends", "install"]
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123  (a device, not a path)

        def run(*step: str) -> None:
            subprocess.run([*apt, *step], stdin=subprocess.DEVNULL, stdout=nowhere, check=False)  # noqa: S603

        run("update")
        # One by one: apt installs nothing at all when it does not know one of them.
        for package in missing:
            run(*get, package)
        for package in set(missing_system_packages()) & set(INSTEAD):
            if not shutil.which(INSTEAD[package]):
                run(*get, INSTEAD[package])


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:  # noqa: PLR2004  (the script and one word)
        sys.exit("usage: prepare.py run|bundle|test|bench")
    continue_on_a_suitable_python()
    install(sys.argv[1])
    if sys.argv[1] in NEED_SYSTEM_PACKAGES:
        install_system_packages()


if __name__ == "__main__":
    main()
