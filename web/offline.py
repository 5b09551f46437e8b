"""The shell of the look-up page on a device: which files it is made of, its manifest, and the words of its answers.

The shell is the same for everybody in one language: whoever takes a device apart learns from it that the program is
there, and nothing of a list, a mission or a person.
"""

import hashlib
from functools import cache
from typing import Any

from flask import url_for

from geo_offlimits.frame import name_tables
from geo_offlimits.frame.maps import street_scripts
from geo_offlimits.frame.page_words import reason_words
from geo_offlimits.lookup.answers import Verdict
from geo_offlimits.lookup.names import reasons
from geo_offlimits.lookup.wording import headline
from web import assets, frame, language

# Whatever the page loads by itself; the rest is named by the map's parts.
_MODULES = tuple(
    f"{name}.js" for name in ("ask", "answers", "card", "lists", "say", "search", "watch", "watching", "written")
)
_DEVICE = (
    "answered.js",
    "gate.js",
    "opening.js",
    "panel.js",
    "queue.js",
    "renew.js",
    "seal.js",
    "store.js",
    "verify.js",
)
_FOLDED = ("streets/panel.js", "streets/shelf.js", "streets/store.js")
_OTHERS = ("app.css", "device/device.css", "icons.svg", "mark.svg", "device/icon-192.png", "device/icon-512.png")
_WORDS = ("_words.html", "_device_words.html", "_streets.html")


def map_script() -> str:
    return url_for("device.script", v=frame.fingerprint(frame.device_parts().script))


def name_scripts() -> list[str]:
    """The search by name, which a page loads once somebody turns to its search box: a sixth of a first visit."""
    return [assets.static(f"frame/{name}") for name in name_tables.SCRIPTS]


def shell() -> list[str]:
    """Every address that the page needs with the server gone."""
    parts = frame.device_parts()
    # Modules import each other by plain addresses, pages name them with their hash: both are kept.
    plain = [f"/static/{name}" for name in (*_MODULES, *_FOLDED, *(f"device/{one}" for one in _DEVICE))]
    hashed = [assets.static(name) for name in (*_OTHERS, "lookup.js", "device/start.js")]
    own = [url_for("device.page"), map_script(), url_for("device.manifest")]
    scripts = (*assets.look_up_scripts(parts.scripts), *name_scripts(), *street_scripts())
    return list(dict.fromkeys([*own, *parts.stylesheets, *scripts, *hashed, *plain]))


def fingerprint() -> str:
    """Another one whenever a file of the shell, its page's words or its language is another."""
    digest = hashlib.sha256(language.current().encode() + repr(sorted(answer_words().items())).encode())
    for name, file in sorted(assets.files().items()):
        if name.startswith(("device/", "frame/", "gathered/", "streets/", "vendor/")) or "/" not in name:
            digest.update(name.encode() + file.sha256.encode())
    for template in ("base.html", "lookup.html", "device.html", "_verdict.html", *_WORDS):
        digest.update(_source(template))
    digest.update(map_script().encode())
    return digest.hexdigest()[:16]


@cache
def _source(template: str) -> bytes:
    return (assets.OWN.parent / "templates" / template).read_bytes()


def answer_words() -> dict[str, Any]:
    """Headlines and reasons in the reader's language, as the server says them; facts are {placeholders}."""
    return {
        "headlines": {
            "listed": headline(Verdict.LISTED, language.gettext),
            "cannot_tell": headline(Verdict.CANNOT_TELL, language.gettext),
            "not_listed": headline(Verdict.NOT_LISTED, language.gettext),
            "on_list": headline(Verdict.NOT_LISTED, language.gettext, on_list=True),
        },
        "reasons": reason_words(language.gettext),
        "name_reasons": _name_reasons(),
        "comma": language.gettext(", "),
    }


def _name_reasons() -> dict[str, str]:
    """What a score rests on in the reader's language; in English the words stand in the tables of the search."""
    words = {word: language.gettext(word) for word in reasons.words()}
    return {word: said for word, said in words.items() if said != word}


def manifest() -> dict[str, Any]:
    """What makes the page an application that can be installed."""
    name = language.gettext("Off limits")
    return {
        "id": "/device",
        "name": name,
        "short_name": name,
        "lang": language.current(),
        "start_url": url_for("device.page"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f1e8",
        "theme_color": "#fffefb",
        "icons": [
            {"src": assets.static("mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": assets.static("device/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": assets.static("device/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": assets.static("device/icon-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
