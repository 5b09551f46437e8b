"""axe-core in a page: put there once, and asked once for the contrast of what is built alike.

Contrast is four fifths of its work. In a table of a hundred rows of one build, with the same classes and states, it is
the same a hundred times: no style here depends on a text or on a number in a row. So of rows that are alike the first
two are measured, and with a `Memory` so are the first three texts of one ink and size on one ground, on however many
pages they stand: a menu is the same on all of them. With `each` every text is measured. Every other rule looks at
everything.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

ALIKE = """() => {
    const told = (one) => [...one.attributes].map(({name, value}) => name === "class" ? value : name).sort().join();
    const build = (one) => [one.tagName, told(one), ...[...one.childNodes].map(
        (part) => part.nodeType === 1 ? build(part) : part.nodeType === 3 && part.data.trim() ? "text" : "")].join("|");
    document.querySelectorAll("[data-alike]").forEach((one) => one.removeAttribute("data-alike"));
    const marked = [];
    for (const list of document.querySelectorAll("tbody, ul, ol, dl, main, .cards, form")) {
        const times = new Map();
        for (const row of list.children) {
            const how = build(row), before = times.get(how) ?? 0;
            times.set(how, before + 1);
            if (before > 1) marked.push(row);
        }
    }
    for (const row of marked) row.setAttribute("data-alike", "");
    return marked.length;
}"""
# What decides on contrast, as the browser has computed it: the ink of a text, and what is painted below it up to the
# root of the page, with the build and the states of each part. What is not seen is not measured, nor known then.
KNOWN = """([before, most]) => {
    const hash = (parts) => {
        let one = 0xdeadbeef, other = 0x41c6ce57;
        for (const part of [...parts.join("|")].map((letter) => letter.codePointAt(0))) {
            one = Math.imul(one ^ part, 2654435761);
            other = Math.imul(other ^ part, 1597334677);
        }
        return (one >>> 0).toString(36) + (other >>> 0).toString(36);
    };
    const states = (one) => [...one.attributes].map(({name, value}) => name === "class" ? value : name).sort().join();
    const grounds = new Map([[null, ""]]);
    const ground = (one) => {
        if (!grounds.has(one)) {
            const {backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position} = getComputedStyle(one);
            const painted = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position];
            grounds.set(one, hash([ground(one.parentElement), one.tagName, states(one), ...painted]));
        }
        return grounds.get(one);
    };
    const says = (one) => one.matches("input, select, textarea")
        || [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
    document.querySelectorAll("[data-known]").forEach((one) => one.removeAttribute("data-known"));
    const times = new Map(before), known = [], now = [];
    for (const one of document.querySelectorAll("body *")) {
        if (one.closest("[data-alike]") || !says(one) || !one.checkVisibility({visibilityProperty: true})) continue;
        const {color, fontSize, fontWeight, textShadow} = getComputedStyle(one);
        const how = hash([ground(one), color, fontSize, fontWeight, textShadow]);
        if ((times.get(how) ?? 0) >= most) known.push(one);
        else {
            times.set(how, (times.get(how) ?? 0) + 1);
            now.push(how);
        }
    }
    for (const one of known) one.setAttribute("data-known", "");
    return now;
}"""
MEASURED_TIMES = 3
CONFIGURE = """(selector) => axe.configure({rules: [{id: "color-contrast", selector}]})"""
# The rules whose finding depends on how a page is drawn; all others depend on what is in it.
DRAWN = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
RUN = """(rules) => axe.run({resultTypes: ["violations"], ...(rules && {runOnly: rules})})
    .then(({violations}) => violations)"""


@dataclass
class Memory:
    """How often the contrast of each kind of text was measured, on whatever page."""

    times: Counter[str] = field(default_factory=Counter)

    def pass_over_what_is_known(self, page: Page) -> None:
        self.times.update(page.evaluate(KNOWN, [list(self.times.items()), MEASURED_TIMES]))


def violations(
    page: Page, *, each: bool = False, memory: Memory | None = None, drawn: bool = False
) -> list[dict[str, Any]]:
    """What is wrong with the page as it is shown; with `drawn`, by the rules alone that look at how it is drawn."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    if not each:
        page.evaluate(ALIKE)
        (memory or Memory()).pass_over_what_is_known(page)
    page.evaluate(CONFIGURE, "*" if each else ":not([data-alike], [data-alike] *, [data-known])")
    found: list[dict[str, Any]] = page.evaluate(RUN, DRAWN if drawn else None)
    return found
