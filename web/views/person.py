"""`/people/<code>/<person_id>`: one person; they move, depart, or get a one-time passphrase.

The address holds the opaque id alone: numbers and names stay out of histories and logs.

`people/person.html` gets `code`, `one` (the Person), `postings` (latest first), `places` (units and sectors), `access`,
`kept_until` (until when who they were is evidence, None while they serve) and `days`, the setting of it, and `erased`.
`people/opened.html` gets `code`, `opened` and `back`, the way on.
"""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.people import Action
from geo_offlimits.services import account_opening, erasing, postings
from geo_offlimits.services import people as service
from geo_offlimits.services.account_opening import Opened
from web import bodies, door, rendering
from web.policy import needs

person_pages = Blueprint("person_pages", __name__, url_prefix="/people")


@person_pages.get("/<code>/<person_id>")
@needs(Action.MANAGE_PEOPLE)
def page(code: str, person_id: str) -> str:
    act = door.act()
    one = service.in_mission(act, code, person_id)
    return render_template(
        "people/person.html",
        code=code,
        one=one,
        postings=postings.history(act, one.number).postings,
        places=postings.places(act, code),
        access=account_opening.access(act, one),
        kept_until=erasing.kept_until(act, one),
        erased=one.number == person_id,
    )


@person_pages.post("/<code>/<person_id>/move")
@needs(Action.MANAGE_PEOPLE, writes=True, again="person_pages.page")
def move(code: str, person_id: str) -> Response:
    form, one = request.form, service.in_mission(door.act(), code, person_id)
    postings.move(
        door.act(),
        one.number,
        unit=bodies.text(form, "unit"),
        sector=bodies.text(form, "sector"),
        start=bodies.day(form, "from"),
    )
    return rendering.go_to(url_for(".page", code=code, person_id=person_id), "person_moved")


@person_pages.post("/<code>/<person_id>/depart")
@needs(Action.MANAGE_PEOPLE, writes=True, again="person_pages.page")
def depart(code: str, person_id: str) -> Response:
    one = service.in_mission(door.act(), code, person_id)
    service.depart(door.act(), one.number)
    return rendering.go_to(url_for(".page", code=code, person_id=person_id), "person_departed")


def _prepared() -> None:
    """The work on a passphrase, before anybody has to wait for it."""
    door.wiring().passphrases.prepare(1)


@person_pages.post("/<code>/<person_id>/passphrase")
@needs(Action.MANAGE_PEOPLE, writes=True, again="person_pages.page", first=_prepared)
def passphrase(code: str, person_id: str) -> str:
    one = service.in_mission(door.act(), code, person_id)
    once = service.reset_passphrase(door.act(), one.number)
    opened = Opened(passphrases=((one, once),), left=0)
    back = url_for(".page", code=code, person_id=person_id)
    return render_template("people/opened.html", code=code, opened=opened, back=back)
