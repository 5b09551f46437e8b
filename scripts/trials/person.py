"""A person at a page: what they read and do is counted in seconds, and done by the browser at its own speed.

1. Acts by the keystroke-level model (Card, Moran & Newell 1980): a key or a click 0.28 s, pointing 1.1 s, a hand from
   the mouse to the keyboard or back 0.4 s, a thought before an act 1.35 s. With a thumb, pointing and pressing are the
   same, no hand moves, and a key takes 0.33 s (36 words a minute, Palin et al. 2019).
2. Every text that a page puts before the person is read when it is seen first, at 238 words a minute (Brysbaert 2019);
   names on the map are looked at, fingerprints are not. A screen further is a key, and a thought to find something.
   On a page that is only passed on the way to another, the ways are read: its bars, its title and its buttons.
3. What the system takes is measured in the same run.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page

KEY_S, POINT_S, HAND_S, THOUGHT_S = 0.28, 1.1, 0.4, 1.35
THUMB_KEY_S = 0.33
WORDS_A_MINUTE = 238
_SEEN = """(within) => {
  const told = [], apart = "option, script, style, noscript, .skip, .only-heard, .leaflet-container, .hash";
  const add = (text, place) => {
    const box = place.getBoundingClientRect();
    if (text.trim() && place.closest(within) && place.checkVisibility({ visibilityProperty: true }))
      told.push([text.trim(), Math.floor((box.top + scrollY) / innerHeight)]);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const place = walk.currentNode.parentElement;
    if (!place.closest(apart)) add(walk.currentNode.textContent, place);
  }
  for (const one of document.querySelectorAll("select")) add(one.selectedOptions[0]?.text ?? "", one);
  for (const one of document.querySelectorAll("input:not([type=hidden], [type=checkbox])")) add(one.value, one);
  return told;
}"""
_WAYS = "header, nav, h1, .button"
_AWAY = """(one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return top < 0 ? -top / innerHeight : Math.max(0, bottom - innerHeight) / innerHeight;
}"""


@dataclass
class Step:
    """What one step of a task took, in seconds, and how many words were read in it."""

    name: str
    words: int = 0
    read_s: float = 0.0
    acted_s: float = 0.0
    system_s: float = 0.0
    texts: list[str] = field(default_factory=list)

    @property
    def person_s(self) -> float:
        return self.read_s + self.acted_s

    @property
    def total_s(self) -> float:
        return self.person_s + self.system_s

    def __str__(self) -> str:
        own = f"reads {self.words:4} words {self.read_s:6.1f} s · acts {self.acted_s:6.1f} s"
        return f"{self.name:32} {own} · waits {self.system_s:5.1f} s · {self.total_s / 60:5.2f} min"


@dataclass
class Person:
    """Somebody who has read nothing before. `pictures` keeps what they saw at the end of each step."""

    page: Page
    has_thumbs: bool = False
    pictures: Path | None = None
    steps: list[Step] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    @property
    def total(self) -> Step:
        parts = self.steps
        return Step(
            "in all",
            words=sum(one.words for one in parts),
            read_s=sum(one.read_s for one in parts),
            acted_s=sum(one.acted_s for one in parts),
            system_s=sum(one.system_s for one in parts),
        )

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.steps.append(Step(name))
        yield
        if self.pictures:
            shown = self.pictures / f"{len(self.steps)}-{'phone' if self.has_thumbs else 'desktop'}.png"
            self.page.screenshot(path=shown, full_page=True)

    def looks(self, *, in_passing: bool = False) -> None:
        """Reads what is new on the page."""
        screens: set[int] = set()
        for text, screen in self.page.evaluate(_SEEN, _WAYS if in_passing else "body"):
            if text not in self.known:
                self.known.add(text)
                screens.add(screen)
                self._reads(text)
        self._acts(max(0, len(screens) - 1) * KEY_S)

    def presses(self, target: Locator, *, leads_on: bool = True, in_passing: bool = False) -> None:
        self._finds(target)
        self._acts(KEY_S)
        with self._waiting():
            if leads_on:
                with self.page.expect_navigation():
                    target.click()
            else:
                target.click()
        self.looks(in_passing=in_passing)

    def chooses_file(self, target: Locator, file: Path) -> None:
        """Opens the system's own window, finds the file there and opens it."""
        self._finds(target)
        self._acts(KEY_S + THOUGHT_S + POINT_S + 2 * KEY_S)
        self._reads(file.stem)
        target.set_input_files(file)

    def types(self, target: Locator, text: str) -> None:
        """In place of what stands there. A field that has the focus already needs no pointing."""
        if target.evaluate("(one) => one === document.activeElement"):
            self._acts(THOUGHT_S)
        else:
            self._finds(target)
            self._acts(KEY_S)
        self._acts((0 if self.has_thumbs else 2 * HAND_S) + (len(text) + 1) * self.key_s)
        target.fill(text)

    def selects(self, target: Locator, label: str) -> None:
        """Opens the choices, reads those that are new, and takes one."""
        self._finds(target)
        self._acts(2 * KEY_S + POINT_S)
        choices = set(target.locator("option").all_text_contents()) - self.known
        self._reads(*sorted(choices))
        self.known |= choices
        target.select_option(label=label)

    def ticks(self, target: Locator) -> None:
        self._finds(target)
        self._acts(KEY_S)
        target.check()

    @property
    def key_s(self) -> float:
        return THUMB_KEY_S if self.has_thumbs else KEY_S

    def _finds(self, target: Locator) -> None:
        """Thinks, brings it onto the screen and points at it."""
        away = math.ceil(target.evaluate(_AWAY))
        target.scroll_into_view_if_needed()
        self._acts(THOUGHT_S + away * (KEY_S + THOUGHT_S) + POINT_S)

    def _reads(self, *texts: str) -> None:
        words = sum(len(text.split()) for text in texts)
        self.steps[-1].texts += texts
        self.steps[-1].words += words
        self.steps[-1].read_s += words * 60 / WORDS_A_MINUTE

    def _acts(self, seconds: float) -> None:
        self.steps[-1].acted_s += seconds

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.steps[-1].system_s += time.perf_counter() - begun
