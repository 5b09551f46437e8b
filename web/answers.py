"""An edition, or a part of one, as an answer. The strong ETag is the SHA-256 of its bytes; nothing between keeps it.

A device may keep what it fetched by a token, as long as it asks each time whether that still is the answer. What came
by a session's cookie is a person's own page and is not kept.
"""

import json
from http import HTTPStatus

from flask import Response, request

from geo_offlimits.delivery.envelopes import ENVELOPE_SUFFIX
from geo_offlimits.errors import AbsentError, Sentence
from geo_offlimits.formats import deltas
from geo_offlimits.services import editions, exports
from geo_offlimits.services.exports import Export
from geo_offlimits.services.filters import Filter
from geo_offlimits.services.forms import EDITION, FORMS, LINKED
from web import compression, door, language, reading
from web.bodies import refused

ENVELOPE = "application/vnd.dsse.envelope.v1+json"


def edition_number(text: str) -> int | str:
    """`3` or `current`. Anything else is an edition that does not exist."""
    if text == "current":
        return text
    if _is_number(text):
        return int(text)
    raise AbsentError(f"There is no edition {text!r}; give its number, or 'current'.")


def edition_answer(code: str, number: str, *, download: bool = False) -> Response:
    """The canonical bytes of an edition, or 304."""
    header = editions.header(door.act(), code, edition_number(number))
    if header.sha256 in request.if_none_match:
        answer = Response(status=304)
    else:
        answer = _whole(code, header.number)
        if download:
            _take_along(answer, f"{code}-edition-{header.number}.geojson")
    answer.set_etag(header.sha256)
    answer.vary.add("Accept-Encoding")
    _go_on(answer)
    return given(answer, header.number)


def held_number(text: str) -> int:
    """The number of the edition that a device says it holds. Raises InputError."""
    if not _is_number(text):
        raise refused("from", Sentence("not an edition's number"), Sentence("give that of the edition you hold"), text)
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004  (no mission publishes a billion)


def full_edition(code: str, number: int) -> Response:
    """In place of a delta: the whole edition, its bytes as they are signed, with no member that a delta has."""
    read = reading.edition(code, number)
    signature = json.dumps(deltas.signature(editions.envelope(door.act(), code, number))).encode()
    told = b'{"edition":%b,"from":null,"full":true,"sha256":"%b","signature":%b,"to":%d}'
    body = told % (read.content, read.sha256.encode(), signature, number)
    answer = Response(body, content_type="application/json")
    return given(answer, number)


def export_answer(code: str, number: str, form: str, chosen: Filter) -> Response:
    """The list as a file, or 304. The strong ETag is the file's SHA-256."""
    if form == EDITION and chosen.empty:
        return edition_answer(code, number, download=True)
    made = _exported(code, number, form, chosen)
    return given(_file(made, form, _file_name(code, made, form, chosen)), made.number)


def export_envelope(code: str, number: str, form: str, chosen: Filter) -> Response:
    """The DSSE envelope of the export: of the edition, or of what is signed of another file."""
    made = _exported(code, number, form, chosen)
    return _envelope(made, _file_name(code, made, form, chosen))


def link_answer(code: str, chosen: Filter, address: str) -> Response:
    """A file that fetches the list from `address`, or 304; who has it holds no edition by that."""
    return kept_by_devices(_file(_linked(code, chosen, address), LINKED, _link_name(code, chosen)))


def link_envelope(code: str, chosen: Filter, address: str) -> Response:
    return _envelope(_linked(code, chosen, address), _link_name(code, chosen))


def _exported(code: str, number: str, form: str, chosen: Filter) -> Export:
    wiring = door.wiring()
    return exports.export(
        door.act(),
        wiring.shelf,
        wiring.keyring,
        code,
        edition_number(number),
        form=form,
        chosen=chosen,
        translate=language.gettext,
        language=language.current(),
    )


def _linked(code: str, chosen: Filter, address: str) -> Export:
    wiring = door.wiring()
    return exports.link(
        door.act(), wiring.shelf, wiring.keyring, code, address, chosen=chosen, translate=language.gettext
    )


def _file_name(code: str, made: Export, form: str, chosen: Filter) -> str:
    return f"{code}-edition-{made.number}{_part(chosen)}.{FORMS[form].ending}"


def _link_name(code: str, chosen: Filter) -> str:
    return f"{code}-link{_part(chosen)}.{FORMS[LINKED].ending}"


def _part(chosen: Filter) -> str:
    return "" if chosen.empty else "-filtered"


def _file(made: Export, form: str, name: str) -> Response:
    if made.sha256 in request.if_none_match:
        answer = Response(status=304)
    else:
        answer = Response(made.content, mimetype=FORMS[form].media_type)
        _take_along(answer, name)
    answer.set_etag(made.sha256)
    _go_on(answer)
    return answer


def _envelope(made: Export, name: str) -> Response:
    answer = Response(made.envelope, content_type=ENVELOPE)
    _take_along(answer, name + ENVELOPE_SUFFIX)
    return kept_by_devices(answer)


def _go_on(answer: Response) -> None:
    """Who was cut gets what is missing, of a file as it is (RFC 9110, section 14)."""
    if answer.status_code == HTTPStatus.OK and "Content-Encoding" not in answer.headers:
        answer.make_conditional(request, accept_ranges=True, complete_length=answer.calculate_content_length())


def _take_along(answer: Response, name: str) -> None:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'


def given(answer: Response, number: int) -> Response:
    """An answer after which its reader holds this edition; who asked for its head or a piece holds none by that."""
    if answer.status_code == HTTPStatus.NOT_MODIFIED or (request.method != "HEAD" and _reaches_its_end(answer)):
        door.visit().fetched = number
    return kept_by_devices(answer)


def _reaches_its_end(answer: Response) -> bool:
    """Whether it is whole, or what was missing of it."""
    return answer.status_code != HTTPStatus.PARTIAL_CONTENT or answer.content_range.stop == answer.content_range.length


def kept_by_devices(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-cache" if door.visit().by_token else "private, no-store"
    answer.vary.update(("Authorization", "Cookie"))
    return answer


def _whole(code: str, number: int) -> Response:
    read = reading.edition(code, number)
    coding = compression.coding()
    content = read.pressed if coding == "br" else read.packed if coding == "gzip" else read.content
    answer = Response(content, content_type="application/geo+json")
    if coding:
        answer.headers["Content-Encoding"] = coding
    return answer
