"""What the documentation says of dependencies is what the project asks for, and locks name no place."""

import configparser
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-bundle.lock", "requirements-test.lock", "requirements-bench.lock")


def asked_for() -> set[str]:
    """Every package that setup.cfg, package.json and the package of the scripts' types name."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = config["options"]["install_requires"].splitlines()
    for extra in config["options.extras_require"].values():
        lines += extra.splitlines()
    python = {re.split(r"[\[<>=]", line)[0].strip() for line in lines if line.strip()}
    browser = set(json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"])
    types = json.loads((ROOT / "scripts" / "types" / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    return python | browser | set(types)


def test_every_dependency_is_justified_and_nothing_else_is() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| ([a-z0-9.-]+) \|", text, re.MULTILINE)) - {"package"}
    extras = set(re.findall(r"\*\* `([a-z]+)`", text))
    assert listed | extras == asked_for()


def test_locks_fix_every_version_with_a_hash_and_name_no_place() -> None:
    for name in LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, name
        assert "--index" not in text, name
        pinned = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(pinned) > 40
        assert [entry.split()[0] for entry in pinned if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_browser_lock_fixes_every_library_with_its_integrity_and_names_no_place() -> None:
    fetched: dict[str, dict[str, object]] = {}
    for lock in (ROOT / "package-lock.json", ROOT / "scripts" / "types" / "package-lock.json"):
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        found = {f"{lock.parent.name}/{path}": facts for path, facts in packages.items() if path}
        assert found
        fetched |= found
    assert [path for path, facts in fetched.items() if not facts.get("integrity")] == []
    assert [path for path, facts in fetched.items() if facts.get("resolved")] == []
