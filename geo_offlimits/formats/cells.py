"""Texts as spreadsheet cells: what a spreadsheet would run or rewrite is neutralised, and comes back exactly.

1. A text that a spreadsheet takes for a formula (it starts with = + - @ or a tab) gets a leading apostrophe; so does
   such a start behind a separator inside a text, where a program with other delimiters would cut.
2. A text that a spreadsheet takes for a number or a date and rewrites (0017, 12E3, 3-4) gets one too.
3. A text that already begins so gets one more, so that `restored(neutralised(text)) == text` for every text.
"""

import re

# Most texts are this: nothing in them starts a formula, and they begin like no number and no truth value.
_HARMLESS = re.compile(r"(?![\d'tTfF])[^=+\-@\t\r\uff1d\uff0b\uff0d\uff20]*\Z", re.ASCII)
_FORMULA = re.compile(r"""((?:\A|[,;|"\t\r\n])[ \u00a0]*)('*)(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])""")
_FORMULA_AGAIN = re.compile(r"""((?:\A|[,;|"\t\r\n])[ \u00a0]*)'('*)(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])""")
_REWRITTEN = re.compile(
    r"(?:0\d+|\d{12,}|\d+[.,]?\d*[eE]\d+|\d{1,4}[-/.:]\d{1,4}(?:[-/.:]\d{1,4})?|true|false)\Z",
    re.ASCII | re.IGNORECASE,
)


def neutralised(text: str) -> str:
    """`text` as a cell that shows as typed in any spreadsheet and runs nothing."""
    if _HARMLESS.match(text):
        return text
    if _REWRITTEN.match(text.lstrip("'")):
        return f"'{text}"
    return _FORMULA.sub(r"\1'\2", text)


def restored(cell: str) -> str:
    """The text of which `neutralised` made this cell; a cell that was not neutralised is itself."""
    if "'" not in cell:  # most cells
        return cell
    if cell.startswith("'") and _REWRITTEN.match(cell.lstrip("'")):
        return cell[1:]
    return _FORMULA_AGAIN.sub(r"\1\2", cell)
