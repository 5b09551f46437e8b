"""axe-core in a page: put there once, and asked once for the contrast of what is built alike.

Contrast is four fifths of its work. In a table of a hundred rows of one build, with the same classes and states, it is
the same a hundred times: no style here depends on a text or on a number in a row. So of rows that are alike the first
two are measured, unless `each` is wanted; every other rule looks at everything.
"""

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
CONFIGURE = """(selector) => axe.configure({rules: [{id: "color-contrast", selector}]})"""
RUN = "axe.run({resultTypes: ['violations']}).then(({violations}) => violations)"


def violations(page: Page, *, each: bool = False) -> list[dict[str, Any]]:
    """What is wrong with the page as it is shown."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    if not each:
        page.evaluate(ALIKE)
    page.evaluate(CONFIGURE, "*" if each else ":not([data-alike], [data-alike] *)")
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return found
