"""Cookies bound to this host alone: `__Host-` and Secure over HTTPS; on plain HTTP, which is for loopback, neither."""

from flask import request
from werkzeug.wrappers import Response


def _name(name: str) -> str:
    return f"__Host-{name}" if request.is_secure else name


def read(name: str) -> str | None:
    return request.cookies.get(_name(name))


def give(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    response.set_cookie(
        _name(name), value, max_age=max_age, path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def take_back(response: Response, name: str) -> None:
    response.delete_cookie(_name(name), path="/", secure=request.is_secure, httponly=True, samesite="Lax")
