"""QGIS without a window, where the machine has it."""

import subprocess
from pathlib import Path

import pytest

_PYTHON = "/usr/bin/python3"


def in_qgis(program: str, *told: Path) -> list[str]:
    """The lines that a script prints in QGIS, or the test is skipped with the reason."""
    asked = [_PYTHON, "-c", "import qgis.core"]
    if not Path(_PYTHON).exists() or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("no QGIS on this machine; install python3-qgis")
    environment = {"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin", "HOME": str(told[0].parent)}
    run = subprocess.run(
        [_PYTHON, "-c", program, *told], capture_output=True, text=True, check=True, env=environment, timeout=120
    )
    return run.stdout.splitlines()
