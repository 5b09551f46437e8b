"""Who may use a route: declared beside each view, checked at the door, complete before the server starts.

1. A view carries exactly one declaration: `public`, `signed_in` or `needs(Action)`.
2. A route without one, or a GET that declares that it writes, stops start-up.
3. `needs(Action)` is asked of the mission in the path (`<code>`), else of the mission in view.
4. Only a view that declares `writes=True` gets a transaction that can change anything.
5. A token opens only a view that names the purpose it needs; no page does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from geo_offlimits.domain.people import Action
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.errors import OfflimitsError

View = Callable[..., Any]
_DECLARED = "offlimits_permission"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What one view needs and how it is opened.

    `action` None with `public` False means: any recognised person. `store` False: the view answers without the store.
    `form_kb` is the most that the fields of its form hold together, where that is more than the usual 500.
    `again` names the view that shows a page form once more when what was sent is refused. `first` is what takes long,
    such as reading a heavy file, and is done before the writing transaction opens, so that nobody waits for it.
    `token` is the least that a token must be for; None: the view knows no tokens. `costly` is what takes the server
    long, so that one person gets less of it a minute. `fields` is how many a form may have.
    """

    public: bool = False
    action: Action | None = None
    writes: bool = False
    store: bool = True
    body_kb: int | None = 64
    fields: int = 1_000
    form_kb: int | None = None
    again: str | None = None
    first: Callable[[], Any] | None = None
    token: Purpose | None = None
    costly: bool = False


class UndeclaredRouteError(OfflimitsError):
    """A route that nobody gave a permission, or whose permission cannot be right."""

    def __init__(self, endpoint: str, fault: str) -> None:
        self.endpoint = endpoint
        super().__init__(f"The view {endpoint} {fault}; the server does not start until that is put right.")


def _declare(permission: Permission) -> Callable[[View], View]:
    def declared(view: View) -> View:
        setattr(view, _DECLARED, permission)
        return view

    return declared


def public(**how: Any) -> Callable[[View], View]:
    """Answers anybody."""
    return _declare(Permission(public=True, **how))


def signed_in(**how: Any) -> Callable[[View], View]:
    """Answers any recognised person."""
    return _declare(Permission(**how))


def needs(action: Action, **how: Any) -> Callable[[View], View]:
    """Answers persons who may do `action` on the mission in question; to others the route is absent."""
    return _declare(Permission(action=action, **how))


def permission_of(view: View) -> Permission | None:
    return getattr(view, _DECLARED, None)


def declared_permissions(app: Flask) -> Mapping[str, Permission]:
    """The permission of every endpoint. Raises UndeclaredRouteError."""
    return {rule.endpoint: _checked(app, rule.endpoint, rule.methods or set()) for rule in app.url_map.iter_rules()}


def _checked(app: Flask, endpoint: str, methods: set[str]) -> Permission:
    permission = permission_of(app.view_functions[endpoint])
    if permission is None:
        raise UndeclaredRouteError(endpoint, "declares no permission")
    if permission.writes and methods & SAFE_METHODS - {"OPTIONS"}:
        raise UndeclaredRouteError(endpoint, "would write on GET")
    return permission
