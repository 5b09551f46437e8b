"""The session of a request: a token in a cookie (`services.sessions` says what it is worth)."""

from flask import g
from werkzeug.wrappers import Response

from geo_offlimits.errors import CredentialsError, Sentence
from web import cookies

COOKIE = "session"


class SignInNeededError(CredentialsError):
    """Nobody is signed in, or the session has ended."""

    def __init__(self) -> None:
        super().__init__(Sentence("You are not signed in, or your session has ended. Sign in to go on."))


def token() -> str | None:
    """The token of this request: the one that it was given on the way, else the one that it brought."""
    given: str | None = g.get("session_token")
    return given or cookies.read(COOKIE)


def give(token: str) -> None:
    """The browser gets this token with the answer, whatever the answer is."""
    g.session_token = token


def hand_over(response: Response) -> None:
    if given := g.get("session_token"):
        cookies.give(response, COOKIE, given)
