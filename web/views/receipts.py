"""`/receipt`: the answer to a question as a signed receipt, to print or to keep as a file.

`receipt.html` gets, besides what `web.rendering` lists:

- `receipt`   the SignedReceipt; `lines`: its sentences in the reader's language
- `qr`        address of its QR code (an image in the address itself), or None for one too long for a camera
- `files`     addresses of it as text and as JSON, in the same way: nothing of a receipt is kept on the server

Form: POST `asked`, the JSON that the API takes for `check` or `find`, and `csrf_token`.
"""

from base64 import b64encode

from flask import Blueprint, render_template, request

from geo_offlimits.domain.people import Action
from geo_offlimits.formats.qr import qr_svg
from geo_offlimits.services import lookup, receipts
from geo_offlimits.services.receipts import SignedReceipt
from web import bodies, door, language, members
from web.policy import needs

receipt_pages = Blueprint("receipts", __name__)


@receipt_pages.post("/receipt")
@needs(Action.LOOK_UP)
def page() -> str:
    body = bodies.parsed(request.form.get("asked", "").encode())
    route = "/api/v1/find" if body.get("name") else "/api/v1/check"
    members.checked(body, "POST", route)
    made = _of_name(body) if body.get("name") else _of_place(body)
    text = made.text(language.gettext)
    drawn = qr_svg(made.code)
    return render_template(
        "receipt.html",
        receipt=made.receipt,
        lines=made.receipt.lines(language.gettext),
        code=made.code,
        qr=drawn and _address("image/svg+xml", drawn),
        files=(
            ("receipt.txt", _address("text/plain;charset=utf-8", text.encode())),
            ("receipt.json", _address("application/json", made.envelope)),
        ),
    )


def _of_place(body: bodies.Body) -> SignedReceipt:
    asked = bodies.check_request(body)
    if len(asked.positions) > 1:
        raise bodies.one_only("positions")
    result = lookup.check(door.act(), door.wiring().shelf, asked)
    (made,) = receipts.of_check(door.act(), asked, result, language.gettext, language.current())
    return made


def _of_name(body: bodies.Body) -> SignedReceipt:
    asked = bodies.name_asked(body)
    result = lookup.find(door.act(), door.wiring().shelf, **asked)
    return receipts.of_find(
        door.act(),
        result,
        asked["text"],
        at=asked["at"],
        personnel=asked["personnel"],
        translate=language.gettext,
        language=language.current(),
    )


def _address(media: str, content: bytes) -> str:
    return f"data:{media};base64,{b64encode(content).decode('ascii')}"
