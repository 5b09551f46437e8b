"""The server before an answer that takes too long: it is given up, and nobody waits for it without end."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo_offlimits.cli.worker import BUSY, WORKING

LIMIT_S = 3
SLOW_S = LIMIT_S / 2
PATIENCE_S = 15  # of whoever looks at a clock on a busy machine
HANGING = f"""
import socket, sys, time
from geo_offlimits.cli.server import Listening, Server
from geo_offlimits.settings import Settings

def application(environ, start_response):
    time.sleep({{"/hang": 60, "/slow": {SLOW_S}}}.get(environ["PATH_INFO"], 0))
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]

class Hanging(Server):
    def load(self):
        return application

settings = Settings(workers=1, answer_seconds={LIMIT_S})
Hanging(settings, Listening(settings, socket.socket(fileno=int(sys.argv[1])), None).options()).run()
"""


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        number = opened.fileno()
        process = subprocess.Popen(
            [sys.executable, "-c", HANGING, str(number)], pass_fds=[number], stderr=subprocess.PIPE
        )
        yield opened.getsockname()
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert b"Traceback" not in said


def answer(address: tuple[str, int], path: str) -> tuple[int, float, bytes]:
    began = time.monotonic()
    with socket.create_connection(address, 60) as asked:
        asked.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        told = b""
        while piece := asked.recv(65536):
            told += piece
    return int(told.split()[1]), time.monotonic() - began, told.partition(b"\r\n\r\n")[2]


def test_an_answer_that_takes_too_long_is_given_up_and_the_server_goes_on(address: tuple[str, int]) -> None:
    assert answer(address, "/")[::2] == (200, b"ok")
    assert answer(address, "/slow")[::2] == (200, b"ok")
    with ThreadPoolExecutor(WORKING) as visitors:
        first = visitors.submit(answer, address, "/hang")
        time.sleep(SLOW_S)
        second = visitors.submit(answer, address, "/hang")
    given_up = "This took too long and was given up. Ask for less at a time."
    # Who asked later is told as well: the process ends, and nothing of what it did for them is kept.
    for hanging, least_s, said in ((first, LIMIT_S, {given_up}), (second, 0.0, {BUSY.sentence, given_up})):
        status, took_s, told = hanging.result()
        assert status == 503
        assert json.loads(told)["detail"] in said
        assert least_s <= took_s < LIMIT_S + PATIENCE_S
    assert answer(address, "/")[::2] == (200, b"ok")


def test_nobody_waits_without_end_for_those_who_work(address: tuple[str, int]) -> None:
    assert answer(address, "/")[0] == 200
    with ThreadPoolExecutor(WORKING * 5) as visitors:  # all at once
        told = list(visitors.map(lambda _: answer(address, "/slow"), range(WORKING * 5)))
    assert max(took_s for _, took_s, _ in told) < LIMIT_S + PATIENCE_S
    statuses = [status for status, _, _ in told]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 2 * WORKING
    busy = next(body for status, _, body in told if status == 503)
    assert json.loads(busy)["detail"] == "The server is busy. Try again in a minute."
