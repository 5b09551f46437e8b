"""Through which door somebody is signed in."""

from enum import StrEnum


class Door(StrEnum):
    PAGES = "pages"
    PROMPT = "prompt"
