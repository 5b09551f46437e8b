#!/usr/bin/env python3
"""Open a campaign and export the current off-limits list for staff acknowledgement: `geo-offlimits distribute`.

distribute_list.py [--config FILE] [--as PERSON] [distribute's own options]
"""

import sys

try:
    from geo_offlimits.cli import commands
except ModuleNotFoundError as missing:
    sys.exit(
        f"geo_offlimits is not installed for this Python ({missing.name} is missing); "
        "use .venv/bin/python, which `make run` prepares, or install the wheel."
    )

BEFORE_THE_COMMAND = ("--config", "--as")


def main(arguments: list[str]) -> None:
    before: list[str] = []
    after = list(arguments)
    while after and after[0].partition("=")[0] in BEFORE_THE_COMMAND:
        taken = 1 if "=" in after[0] else 2
        before, after = before + after[:taken], after[taken:]
    commands([*before, "distribute", *after], prog_name="distribute_list.py")


if __name__ == "__main__":
    main(sys.argv[1:])
