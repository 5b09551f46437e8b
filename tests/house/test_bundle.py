"""The bundle holds what it says, installs without a network, refuses what was changed, and upgrades without a gap."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path

import bundle
import check_wheel
import pytest

from tests.cli.prompt import Prompt
from tests.cli.served import Served, certificate

AT = datetime(2026, 3, 2, tzinfo=UTC)
MARK = "CANARY"


def tiny_wheel(folder: Path, name: str, version: str, ends: int = 0) -> Path:
    """A wheel whose program `geo-offlimits` says its version and ends with `ends`."""
    folder.mkdir(parents=True, exist_ok=True)
    told = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"def main():\n    print('{version}')\n    return {ends}\n",
        f"{told}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nLicense-Expression: MIT\n",
        f"{told}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if name == "geo_offlimits":
        files[f"{told}/entry_points.txt"] = "[console_scripts]\ngeo-offlimits = geo_offlimits:main\n"
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{told}/RECORD", "".join(f"{path},,\n" for path in [*files, f"{told}/RECORD"]))
    return wheel


def own_pip(folder: Path) -> None:
    """The pip of this environment as the wheel it came from."""
    told = distribution("pip")
    files = [file for file in told.files or () if file.parts[0].startswith("pip") and file.suffix != ".pyc"]
    with zipfile.ZipFile(folder / f"pip-{told.version}-py3-none-any.whl", "w") as archive:
        for file in files:
            if file.name != "RECORD":
                archive.write(str(file.locate()), str(file))
        archive.writestr(f"pip-{told.version}.dist-info/RECORD", "".join(f"{file},,\n" for file in files))


def tiny_bundle(folder: Path, version: str = "0.1.0", ends: int = 0) -> Path:
    product = tiny_wheel(folder / "built", "geo_offlimits", version, ends)
    tiny_wheel(folder / "others", "a_dependency", "1.2")
    own_pip(folder / "others")
    bundle.compose(folder / "packed", folder / "others", product, AT)
    return folder / "packed"


def install(folder: Path, prefix: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """Where pip would look elsewhere after all, it finds nobody."""
    nowhere = {"PIP_INDEX_URL": "https://127.0.0.1:9/", "https_proxy": "http://127.0.0.1:9", "PIP_RETRIES": "0"}
    command = [*before, sys.executable, str(folder / "install"), "--prefix", str(prefix)]
    return subprocess.run(command, env=os.environ | nowhere, capture_output=True, text=True, check=False)


def says(prefix: Path) -> str:
    done = subprocess.run([prefix / "bin" / "geo-offlimits", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bundle(tmp_path_factory.mktemp("bundle"))


def test_every_file_is_in_its_list_of_hashes_and_every_package_in_the_other_lists(packed: Path) -> None:
    listed = {line[66:]: line[:64] for line in (packed / "SHA256SUMS").read_text().splitlines()}
    files = {path.relative_to(packed).as_posix() for path in packed.rglob("*") if path.is_file()}
    assert listed.keys() == files - {"SHA256SUMS"}
    assert listed["requirements.txt"] == bundle.sha256(packed / "requirements.txt")
    assert {"install", "docs/deploy.md", "contrib/geo-offlimits.service", "LICENSE"} < files
    asked = re.findall(r"^\S+==\S+ --hash=sha256:(\w{64})$", (packed / "requirements.txt").read_text(), re.MULTILINE)
    assert set(asked) == {listed[name] for name in files if name.endswith(".whl") and "/pip-" not in name}
    text = (packed / "licences.md").read_text()
    for row in ("| a-dependency | 1.2 | pypi | MIT |", "| geo-offlimits | 0.1.0 | pypi | MIT |", "| leaflet | 1.9.4 |"):
        assert row in text


def test_its_components_are_those_of_the_lists_with_their_hashes(packed: Path) -> None:
    told = json.loads((packed / "sbom.cdx.json").read_text())
    assert (told["bomFormat"], told["metadata"]["component"]["purl"]) == ("CycloneDX", "pkg:pypi/geo-offlimits@0.1.0")
    parts = {one["purl"]: one for one in told["components"]}
    wheel = packed / "wheels" / "a_dependency-1.2-py3-none-any.whl"
    assert parts["pkg:pypi/a-dependency@1.2"]["hashes"] == [{"alg": "SHA-256", "content": bundle.sha256(wheel)}]
    assert "pkg:npm/%40mapbox/vector-tile@2.0.5" in parts
    assert len(parts) == len((packed / "licences.md").read_text().splitlines()) - 7


def test_the_same_files_are_the_same_bundle_whoever_packed_them(packed: Path, tmp_path: Path) -> None:
    again = shutil.copytree(packed, tmp_path / packed.name)
    os.utime(again / "LICENSE", (0, 0))
    (again / "LICENSE").chmod(0o600)
    for folder, name in ((packed, "one.tar.gz"), (again, "two.tar.gz")):
        bundle.pack(folder, tmp_path / name, AT)
    with tarfile.open(tmp_path / "one.tar.gz") as one, tarfile.open(tmp_path / "two.tar.gz") as two:
        assert [item.get_info() for item in one] == [item.get_info() for item in two]
        assert {(item.uname, item.mtime) for item in one} == {("root", int(AT.timestamp()))}
        assert one.getmember("packed/install").mode == 0o755


@pytest.mark.parametrize(
    ("names", "glibc"),
    [
        (["a-1-py3-none-any.whl"], (2, 17)),
        (["b-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl"], (2, 17)),
        (["c-1-cp311-abi3-manylinux_2_34_x86_64.whl", "d-1-cp311-cp311-manylinux1_x86_64.whl"], (2, 34)),
    ],
)
def test_it_asks_for_the_c_library_that_all_its_wheels_need(names: list[str], glibc: tuple[int, int]) -> None:
    assert bundle.least_glibc(names) == glibc


def test_it_installs_upgrades_and_keeps_the_one_before(packed: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "a place" / "program"
    data = tmp_path / "a place" / "register.db"
    first = install(packed, prefix)
    assert (first.returncode, says(prefix)) == (0, "0.1.0"), first.stderr
    data.write_text(MARK)
    (old,) = (prefix / "releases").iterdir()
    unit = (prefix / "current" / "contrib" / "geo-offlimits.service").read_text()
    assert f"ExecStart={prefix}/bin/geo-offlimits" in unit
    assert "/opt/geo-offlimits" not in unit
    assert (prefix / "current" / "docs" / "deploy.md").is_file()

    dead = install(tiny_bundle(tmp_path / "dead", "0.2.0", ends=1), prefix)
    assert (dead.returncode, "nothing was switched" in dead.stderr) == (1, True)
    assert (says(prefix), (prefix / "current").resolve()) == ("0.1.0", old)

    second = install(tiny_bundle(tmp_path / "new", "0.2.0"), prefix)
    assert (second.returncode, says(prefix)) == (0, "0.2.0"), second.stderr
    assert {path.name.partition("-")[0] for path in (prefix / "releases").iterdir()} == {"0.1.0", "0.2.0"}
    assert old.is_dir()
    again = install(tmp_path / "new" / "packed", prefix)
    assert (again.returncode, says(prefix), old.is_dir(), data.read_text()) == (0, "0.2.0", True, MARK)


@pytest.mark.parametrize(
    ("path", "text"),
    [("wheels/a_dependency-1.2-py3-none-any.whl", MARK), ("wheels/one_more.whl", MARK), ("docs/deploy.md", None)],
    ids=["changed", "added", "gone"],
)
def test_what_was_changed_on_the_way_is_refused_and_nothing_is_installed(
    packed: Path, tmp_path: Path, path: str, text: str | None
) -> None:
    spoilt = shutil.copytree(packed, tmp_path / "spoilt")
    (spoilt / path).write_text(text) if text else (spoilt / path).unlink()
    said = install(spoilt, tmp_path / "program")
    assert (said.returncode, f"not as it was packed: {path}" in said.stderr) == (1, True)
    assert not (tmp_path / "program").exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"python": "3.99"}, "this bundle is for Python 3.99"),
        ({"machine": "abacus"}, "this bundle is for Linux on abacus"),
        ({"glibc": "9.1"}, "needs glibc 9.1 or newer"),
    ],
)
def test_a_machine_that_does_not_suit_is_told_why(
    packed: Path, tmp_path: Path, changed: dict[str, str], sentence: str
) -> None:
    other = shutil.copytree(packed, tmp_path / "other")
    told = json.loads((other / "bundle.json").read_text())
    assert told["machine"] == platform.machine()
    (other / "bundle.json").write_text(json.dumps(told | changed))
    said = install(other, tmp_path / "program")
    assert (said.returncode, sentence in said.stderr, "Traceback" in said.stderr) == (1, True, False)
    assert not (tmp_path / "program").exists()


def test_a_program_that_another_hand_installed_there_is_left_alone(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "program" / "bin").mkdir(parents=True)
    said = install(packed, tmp_path / "program")
    assert (said.returncode, "not from this installer" in said.stderr) == (1, True)
    assert [path.name for path in (tmp_path / "program").iterdir()] == ["bin"]


def without_network() -> tuple[str, ...]:
    """A command's own empty network, where this account may make one; else only pip's has nowhere to go."""
    alone = ("unshare", "--net")
    may = shutil.which("unshare") and not subprocess.run([*alone, "true"], capture_output=True, check=False).returncode
    return alone if may else ()


@pytest.mark.deep
def test_the_whole_of_it_goes_from_the_file_to_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    product = check_wheel.build(tmp_path / "built")
    archive = bundle.bundle(product, tmp_path / "dist", tmp_path / "work")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "server", filter="data")
    (unpacked,) = (tmp_path / "server").iterdir()
    prefix, home = tmp_path / "program", tmp_path / "isle"
    said = install(unpacked, prefix, *without_network())
    assert said.returncode == 0, said.stderr
    home.mkdir()
    prompt, program = Prompt(home), prefix / "bin" / "geo-offlimits"
    subprocess.run([program, "init"], env={"PATH": "", **prompt.variables()}, capture_output=True, check=True, cwd=home)
    monkeypatch.setattr(sys, "executable", str((prefix / "bin").resolve() / "python"))
    monkeypatch.chdir(home)
    cert, key = certificate(tmp_path)
    served = Served(prompt, "--tls-cert", str(cert), "--tls-key", str(key))
    assert (served.scheme, served.get("/readyz")) == ("https", (200, b'{"status":"ready"}\n'))
    assert b"csrf_token" in served.get("/login")[1]
    assert served.stop() == (0, "")
