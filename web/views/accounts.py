"""`/people/<code>/accounts`: one-time passphrases for those who have none yet, a batch at a time, shown once.

- `people/accounts.html` gets `code`, `units` (name -> how many wait), `total` and `most`, how many a batch has
- `people/opened.html` gets `code`, `opened` and `back`, the way on
"""

from collections import Counter

from flask import Blueprint, render_template, request, url_for

from geo_offlimits.domain.people import Action
from geo_offlimits.services import account_opening as service
from web import bodies, door
from web.policy import needs

accounts = Blueprint("accounts", __name__, url_prefix="/people")
# What somebody hands out in one go; the work on each takes about a twentieth of a second.
_A_BATCH = 50


@accounts.get("/<code>/accounts")
@needs(Action.MANAGE_PEOPLE)
def page(code: str) -> str:
    units = Counter(one.unit for one in service.waiting(door.act(), code))
    return render_template(
        "people/accounts.html", code=code, units=dict(sorted(units.items())), total=units.total(), most=_A_BATCH
    )


def _prepared() -> None:
    """The work on passphrases, before anybody has to wait for it."""
    with door.wiring().reading(door.visit().actor) as act:
        found = service.waiting(act, door.code(), bodies.text(request.form, "unit"))
    door.wiring().passphrases.prepare(min(len(found), _A_BATCH))


@accounts.post("/<code>/accounts")
@needs(Action.MANAGE_PEOPLE, writes=True, costly=True, again="accounts.page", first=_prepared)
def open_(code: str) -> str:
    form = request.form
    opened = service.issue(
        door.act(), code, bodies.text(form, "unit"), most=_A_BATCH, told=form.get("told", type=int, default=0)
    )
    return render_template("people/opened.html", code=code, opened=opened, back=url_for(".page", code=code))
