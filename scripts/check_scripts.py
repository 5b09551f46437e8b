"""Checks the types of the browser's scripts, as their JSDoc says them, with TypeScript (decision 059).

TypeScript comes by npm as `scripts/types/package-lock.json` names it, once for each lock. Known findings stand in
`scripts/types/known.txt`: one that is not there fails, and so does one that stands there without need, so that the list
only becomes shorter.

    .venv/bin/python scripts/check_scripts.py [--write]
"""

import hashlib
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TYPES = ROOT / "scripts" / "types"
KNOWN, STAMP = TYPES / "known.txt", TYPES / "node_modules" / "fetched.sha256"
_FINDING = re.compile(r"^(?P<file>\S+?)\(\d+,\d+\): error (?P<what>TS\d+: .*)$")


def main() -> None:
    fetch()
    found = findings()
    if sys.argv[1:] == ["--write"]:
        KNOWN.write_text("".join(f"{line}\n" for line in sorted(found.elements())), encoding="utf-8")
        return
    known = Counter(KNOWN.read_text(encoding="utf-8").splitlines())
    told = [f"new: {line}" for line in (found - known).elements()]
    told += [f"mended, take it out of {KNOWN.name}: {line}" for line in (known - found).elements()]
    print("\n".join(told) or f"No new finding in the scripts' types; {found.total()} are known.")
    sys.exit(1 if told else 0)


def fetch() -> None:
    """`npm ci`, unless what is there is of this very lock."""
    state = hashlib.sha256((TYPES / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == state:
        return
    npm = shutil.which("npm") or sys.exit("The scripts' types cannot be checked: npm is not installed. Install Node.")
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=TYPES, check=True)  # noqa: S603  (our own words)
    STAMP.write_text(state)


def findings() -> Counter[str]:
    """Each finding without its line, which moves with every change above it."""
    node = shutil.which("node") or sys.exit("The scripts' types cannot be checked: node is not installed. Install it.")
    compiler = TYPES / "node_modules" / "typescript" / "lib" / "tsc.js"
    done = subprocess.run(  # noqa: S603  (our own words)
        [node, str(compiler), "-p", str(TYPES), "--pretty", "false"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = Counter(_named(line) for line in done.stdout.splitlines() if _FINDING.match(line))
    if done.returncode and not found:
        sys.exit(f"TypeScript could not check the scripts. It said:\n{done.stdout}{done.stderr}")
    return found


def _named(line: str) -> str:
    """As the list holds it, without the path of this machine."""
    return _FINDING.sub(r"\g<file> \g<what>", line).replace(f"{ROOT.as_posix()}/", "")


if __name__ == "__main__":
    main()
