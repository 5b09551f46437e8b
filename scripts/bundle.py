"""Packs all that an installation needs into one file, for a machine without a network: `make bundle`.

`dist/geo_offlimits-VERSION-cpXY-linux_MACHINE.tar.gz` holds the product's wheel, every wheel of the lock with its hash,
the installer (bundle_install.py), units and documents, a list of licences and of components (CycloneDX), and SHA256SUMS
over all of it. It fits the Python and the kind of machine that made it, and says which.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import uuid
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import check_wheel
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-bundle.lock"
# What stands beside the wheels: in the bundle, then in each release that is installed from it.
BESIDE = ("contrib", "docs", "CHANGELOG.md", "LICENSE")
# Names that wheels carried before they named the C library's version itself (PEP 600).
OLD_NAMES = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
README = """\
geo_offlimits {version}, to be installed without a network: Python {python}, Linux on {machine}, glibc {glibc} or newer.

    sha256sum --check --quiet SHA256SUMS
    ./install                            (--prefix FOLDER for another place than /opt/geo-offlimits)

Then go on in docs/deploy.md. The same two lines upgrade: docs/deploy.md, "Upgrade".
licences.md lists every licence, sbom.cdx.json every component (CycloneDX).
"""


@dataclass(frozen=True)
class Part:
    """One package that travels: of Python as a file of its own, of the browser within the product's wheel."""

    kind: str
    name: str
    version: str
    licence: str
    sha256: str | None = None


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_wheel(path: Path) -> Part:
    with zipfile.ZipFile(path) as archive:
        inside = next(name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        told = BytesParser().parsebytes(archive.read(inside))
    name = re.sub(r"[-_.]+", "-", told["Name"]).lower()
    return Part("pypi", name, told["Version"], licence_of(told), sha256(path))


def licence_of(told: Message) -> str:
    """As the package tells it: an expression, else a short name, else its classifiers."""
    if expression := told["License-Expression"]:
        return str(expression)
    if (text := str(told["License"] or "").strip()) and "\n" not in text:
        return text
    classifiers = [line for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    return " and ".join(line.rpartition(" :: ")[2] for line in classifiers) or "see its files"


def browser_parts() -> list[Part]:
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return [
        Part("npm", path.partition("node_modules/")[2], told["version"], told.get("license", "see its files"))
        for path, told in locked.items()
        if path
    ]


def fetch(wheels: Path) -> None:
    """Every wheel of the lock for this Python. What has none is built here from its locked source."""
    words = ("wheel", "--quiet", "--no-deps", "--require-hashes", "--wheel-dir", str(wheels), "-r", str(LOCK))
    if subprocess.run([sys.executable, "-m", "pip", *words], stdin=subprocess.DEVNULL, check=False).returncode:  # noqa: S603
        sys.exit("The packages of the bundle could not be fetched (see above). Check the network, then run it again.")


def least_glibc(names: list[str]) -> tuple[int, int]:
    """The C library that all these wheels find new enough; one that fits several asks for the oldest it names."""
    return max((min(asked) for name in names if (asked := _glibcs(name))), default=(2, 17))


def _glibcs(name: str) -> list[tuple[int, int]]:
    named = [(int(major), int(minor)) for major, minor in re.findall(r"manylinux_(\d+)_(\d+)", name)]
    return named + [glibc for old, glibc in OLD_NAMES.items() if f"{old}_" in name]


def machine_of(wheels: list[Path]) -> dict[str, str]:
    """What the installer compares its machine with."""
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "machine": platform.machine(),
        "glibc": "{}.{}".format(*least_glibc([path.name for path in wheels])),
    }


def requirements(parts: list[Part]) -> str:
    """What is installed: all but pip, which only installs."""
    return "".join(f"{part.name}=={part.version} --hash=sha256:{part.sha256}\n" for part in parts if part.name != "pip")


def licences(parts: list[Part]) -> str:
    rows = (f"| {part.name} | {part.version} | {part.kind} | {part.licence} |" for part in parts)
    head = ("# Licences", "", "The texts travel within the packages.", "")
    return "\n".join((*head, "| package | version | of | licence |", "|---|---|---|---|", *rows, ""))


def component(part: Part) -> Component:
    group, _, name = part.name.rpartition("/")
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        group=group or None,
        version=part.version,
        bom_ref=f"{part.kind}:{part.name}@{part.version}",
        purl=PackageURL(part.kind, group or None, name, part.version),
        licenses=[LicenseFactory().make_from_string(part.licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=part.sha256)] if part.sha256 else None,
    )


def components(product: Part, parts: list[Part], at: datetime) -> str:
    """A CycloneDX document; the same parts at the same time give the same text."""
    itself = component(product)
    itself.type = ComponentType.APPLICATION
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, repr((product, parts))),
        metadata=BomMetaData(component=itself, timestamp=at),
        components=[component(part) for part in parts],
    )
    bom.register_dependency(itself, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=1)


def made_at() -> datetime:
    """SOURCE_DATE_EPOCH, else when this version of the source was committed, else now."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if not told and (git := shutil.which("git")):
        done = subprocess.run([git, "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
        told = done.stdout.strip()
    return datetime.fromtimestamp(int(told), UTC) if told else datetime.now(UTC)


def compose(folder: Path, wheels: Path, product_wheel: Path, at: datetime) -> None:
    """Everything of the bundle in `folder`, SHA256SUMS last."""
    shutil.copytree(wheels, folder / "wheels")
    shutil.copy(product_wheel, folder / "wheels")
    files = sorted((folder / "wheels").iterdir())
    parts, product = [read_wheel(path) for path in files], read_wheel(product_wheel)
    others = [part for part in parts if part != product] + browser_parts()
    told = {"version": product.version, **machine_of(files)}
    for name in BESIDE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "scripts" / "bundle_install.py", folder / "install")
    (folder / "install").chmod(0o755)
    written = {
        "bundle.json": json.dumps(told, indent=1) + "\n",
        "requirements.txt": requirements(parts),
        "licences.md": licences([product, *others]),
        "sbom.cdx.json": components(product, others, at),
        "README.txt": README.format(**told),
    }
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "SHA256SUMS").write_text(sums(folder), encoding="utf-8")


def sums(folder: Path) -> str:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)


def pack(folder: Path, archive: Path, at: datetime) -> None:
    """Names in order, nobody's rights, one time: nothing of who packed it."""

    def anonymous(item: tarfile.TarInfo) -> tarfile.TarInfo:
        item.uid = item.gid = 0
        item.uname = item.gname = "root"
        item.mtime = int(at.timestamp())
        item.mode = 0o755 if item.isdir() or item.mode & 0o100 else 0o644
        return item

    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:  # wheels are packed already
        for path in [folder, *sorted(folder.rglob("*"))]:
            tar.add(path, Path(folder.name) / path.relative_to(folder), recursive=False, filter=anonymous)


def bundle(product_wheel: Path, output: Path, work: Path) -> Path:
    """The finished file in `output`; `work` is a folder that is not there yet."""
    wheels = work / "wheels"
    wheels.mkdir(parents=True)
    fetch(wheels)
    kind = f"cp{sys.version_info[0]}{sys.version_info[1]}-linux_{platform.machine()}"
    folder, at = work / f"geo_offlimits-{read_wheel(product_wheel).version}-{kind}", made_at()
    compose(folder, wheels, product_wheel, at)
    output.mkdir(parents=True, exist_ok=True)
    archive = output / f"{folder.name}.tar.gz"
    pack(folder, archive, at)
    return archive


def main() -> None:
    parser = argparse.ArgumentParser(description="Pack an installer that needs no network.")
    parser.add_argument("--wheel", type=Path, help="The product's wheel, where it is built already.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bundle-") as scratch:
        work = Path(scratch)
        product = asked.wheel or check_wheel.build(work)
        check_wheel.refuse_incomplete(product)
        archive = bundle(product, asked.output, work / "bundle")
    print(f"{archive} ({archive.stat().st_size // 1024**2} MB), SHA-256 {sha256(archive)}")


if __name__ == "__main__":
    main()
