"""Writes what the search by name in the browser knows from the modules of the server's search.

python scripts/write_name_tables.py             write geo_offlimits/frame/static/names_tables.js
python scripts/write_name_tables.py --check     tell whether it is as it would be written; 1 where it is not
"""

import sys

from geo_offlimits.delivery import shipped
from geo_offlimits.frame import name_tables, static_root


def main(arguments: list[str]) -> int:
    path = static_root() / name_tables.ADDRESS
    text = name_tables.script(shipped.place_names())
    if "--check" in arguments:
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        print(f"{path.name} is as written." if same else f"{path.name} is another; run this script without --check.")
        return 0 if same else 1
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(text.encode())} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
