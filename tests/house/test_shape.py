"""The shape of the code: short functions, files of one thought, no sheds."""

import ast
import re
import subprocess
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION, LONGEST_FILE, MEDIAN_FUNCTION = 40, 400, 10
SHEDS = {"utils", "helpers", "common", "misc", "util", "helper"}


def tracked(*patterns: str) -> list[Path]:
    """Files of the checkout; an unpacked source without git is walked instead."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        found = [path for pattern in patterns for path in ROOT.rglob(pattern)]
        return [path for path in found if not {".venv", "build", ".demo"} & set(path.relative_to(ROOT).parts)]
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def function_lengths(source: str) -> dict[str, int]:
    """Lines of each function's body, its docstring not counted."""
    lengths = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            skipped = 1 if ast.get_docstring(node) and len(node.body) > 1 else 0
            lengths[f"{node.name}:{node.lineno}"] = (node.end_lineno or 0) - node.body[skipped].lineno + 1
    return lengths


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{name}": length
        for path in tracked("*.py")
        for name, length in function_lengths(path.read_text(encoding="utf-8")).items()
        if length > LONGEST_FUNCTION
    }
    assert long == {}


def test_the_measure_of_functions_sees_a_long_one() -> None:
    body = "\n".join(f"    x = {line}" for line in range(LONGEST_FUNCTION + 1))
    assert function_lengths(f"def long():\n{body}\n") == {"long:1": LONGEST_FUNCTION + 1}


def test_half_of_the_functions_fit_in_ten_lines() -> None:
    lengths = [
        length
        for folder in ("geo_offlimits", "web")
        for path in tracked(f"{folder}/*.py")
        for length in function_lengths(path.read_text(encoding="utf-8")).values()
    ]
    assert median(lengths) <= MEDIAN_FUNCTION


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py", "*.js", "*.css", "*.html")
        if "migrations" not in path.parts and (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE
    }
    assert long == {}


def test_there_is_no_shed() -> None:
    assert [path for path in tracked("*.py") if path.stem in SHEDS or SHEDS & set(path.parts)] == []


def test_only_the_shelf_reads_the_bytes_of_editions() -> None:
    """Whoever read them elsewhere would use what nobody has verified."""
    reading = re.compile(r"\.editions\.get\(")
    found = {
        str(path.relative_to(ROOT))
        for folder in ("geo_offlimits", "web")
        for path in tracked(f"{folder}/*.py")
        if reading.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"geo_offlimits/services/shelf.py"}
