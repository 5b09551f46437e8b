#!/usr/bin/env python3
"""Install geo_offlimits from the bundle in which this file lies, without a network: `./install [--prefix FOLDER]`.

1. Nothing is done before every file of the bundle has the hash that SHA256SUMS names, and this machine suits it.
2. Each bundle gets a folder of its own, `PREFIX/releases/VERSION-HASH`. `PREFIX/current` and `PREFIX/bin` point to it
   only once it answers `--version`; until then what was there goes on as it was. The one before it is kept.
3. Settings, store and keys lie elsewhere and are never touched; `docs/deploy.md` says what an upgrade does with them.

Written for any Python from 3.7 on, so that an unsuitable one gets a sentence instead of a traceback.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

BUNDLE = Path(__file__).resolve().parent
PREFIX = "/opt/geo-offlimits"
SUMS = "SHA256SUMS"


def continue_on(wanted: str) -> None:
    """The Python that the wheels are for, where this is another."""
    if ".".join(map(str, sys.version_info[:2])) == wanted:
        return
    if other := shutil.which(f"python{wanted}"):
        os.execv(other, [other, *sys.argv])  # noqa: S606  (the same script, on the Python that suits)
    sys.exit(
        f"This is Python {sys.version_info[0]}.{sys.version_info[1]}; this bundle is for Python {wanted}. Install "
        f"python{wanted}, or take the bundle that was made for yours."
    )


def refuse_another_machine(told: dict[str, Any]) -> None:
    here = f"{platform.system()} on {platform.machine()}"
    if here != f"Linux on {told['machine']}":
        sys.exit(f"This is {here}; this bundle is for Linux on {told['machine']}. Take the one made for yours.")
    library, version = platform.libc_ver()
    if library != "glibc" or numbers(version) < numbers(told["glibc"]):
        sys.exit(
            f"The C library here is {library or 'unknown'} {version}; this bundle needs glibc {told['glibc']} or "
            "newer. Take a newer system, or make the bundle on one like this."
        )


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(word) for word in version.split("."))


def hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1024**2), b""):
            digest.update(piece)
    return digest.hexdigest()


def refuse_spoilt() -> None:
    """Every file that is listed is as it was, and no other is here."""
    listed = {line[66:]: line[:64] for line in (BUNDLE / SUMS).read_text(encoding="utf-8").splitlines()}
    here = {path.relative_to(BUNDLE).as_posix() for path in BUNDLE.rglob("*") if path.is_file()} - {SUMS}
    spoilt = [name for name in listed if name in here and hash_of(BUNDLE / name) != listed[name]]
    wrong = sorted(here ^ set(listed)) + spoilt
    if wrong:
        sys.exit(f"This bundle is not as it was packed: {', '.join(wrong[:5])}. Nothing was installed; copy it anew.")


def make_release(release: Path) -> None:
    """A new environment with everything in it, from the files of the bundle alone."""
    shutil.rmtree(release, ignore_errors=True)  # of an attempt that was broken off
    venv.create(str(release))
    # pip comes along and runs from its wheel: Debian and Ubuntu keep theirs in a package of its own (python3-venv).
    wheels = BUNDLE / "wheels"
    (pip,) = wheels.glob("pip-*.whl")
    command = [str(release / "bin" / "python"), f"{pip}/pip", "--isolated", "--disable-pip-version-check", "--quiet"]
    places = ["--no-index", "--no-deps", "--find-links", str(wheels)]
    run([*command, "install", *places, "--require-hashes", "-r", str(BUNDLE / "requirements.txt")])
    run([*command, "check"])


def run(command: list[str]) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:  # noqa: S603  (our own words)
        sys.exit(
            "The installation stopped (see above) and nothing was switched. Check the disk space, then run it again."
        )


def put_beside(release: Path, prefix: Path) -> None:
    """Units, documents and lists; the units name this prefix."""
    for name in ("contrib", "docs"):
        shutil.copytree(str(BUNDLE / name), str(release / name))
    for name in ("CHANGELOG.md", "LICENSE", "licences.md", "sbom.cdx.json", "bundle.json"):
        shutil.copy(str(BUNDLE / name), str(release / name))
    for unit in (release / "contrib").iterdir():
        unit.write_text(unit.read_text(encoding="utf-8").replace(PREFIX, str(prefix)), encoding="utf-8")


def refuse_silent(release: Path) -> None:
    program = [str(release / "bin" / "geo-offlimits"), "--version"]
    if subprocess.run(program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False).returncode:  # noqa: S603
        sys.exit(
            f"{program[0]} does not start (see above), so nothing was switched. What was installed before goes on."
        )


def point(link: Path, target: str) -> None:
    """In one step: there is no moment without a link."""
    new = link.with_name(link.name + ".new")
    if new.is_symlink():
        new.unlink()
    new.symlink_to(target)
    new.replace(link)


def switch(prefix: Path, release: Path) -> None:
    current = prefix / "current"
    before = current.resolve().name if current.is_symlink() else None
    point(current, f"releases/{release.name}")
    point(prefix / "bin", "current/bin")
    for old in (prefix / "releases").iterdir():
        if before != release.name and old.name not in {release.name, before}:
            shutil.rmtree(str(old))


def refuse_foreign(prefix: Path) -> None:
    for name in ("current", "bin"):
        path = prefix / name
        if path.exists() and not path.is_symlink():
            sys.exit(f"{path} is there and not from this installer. Move it away, or give another --prefix.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Install geo_offlimits from this bundle, without a network.")
    parser.add_argument("--prefix", default=PREFIX, help="Folder of the program (default: %(default)s).")
    prefix = Path(parser.parse_args().prefix).resolve()
    told = json.loads((BUNDLE / "bundle.json").read_text(encoding="utf-8"))
    continue_on(told["python"])
    refuse_another_machine(told)
    refuse_spoilt()
    refuse_foreign(prefix)
    os.umask(0o022)  # the server runs under an account of its own and must be able to read it
    release = prefix / "releases" / f"{told['version']}-{hash_of(BUNDLE / SUMS)[:12]}"
    if not (release / "bundle.json").exists():
        release.parent.mkdir(parents=True, exist_ok=True)
        make_release(release)
        refuse_silent(release)
        put_beside(release, prefix)
    switch(prefix, release)
    print(f"geo_offlimits {told['version']} is in {prefix}; {prefix}/current/docs/deploy.md tells how to go on.")


if __name__ == "__main__":
    main()
