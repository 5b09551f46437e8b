#!/usr/bin/env python3
"""Open a campaign and export the current off-limits list for staff acknowledgement: `geo-offlimits distribute`.

distribute_list.py [--config FILE] [--as PERSON] [distribute's own options]
"""

import sys

from geo_offlimits.cli import commands


def main(arguments: list[str]) -> None:
    before: list[str] = []
    after = list(arguments)
    while after and after[0] in {"--config", "--as"}:
        before, after = before + after[:2], after[2:]
    commands([*before, "distribute", *after], prog_name="distribute_list.py")


if __name__ == "__main__":
    main(sys.argv[1:])
