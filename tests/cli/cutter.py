"""A line between a device and its server that breaks: bytes go through as they are, until there were enough."""

import socket
import threading
from contextlib import suppress


class Cutter:
    """Listens on `port`, speaks to `server_port`. `cut_after` bytes of a body, in an answer to `path`, it hangs up."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.path = b""
        self.cut_after: int | None = None
        self.asked: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                device, _ = self._listening.accept()
                threading.Thread(target=self._carry, args=(device,), daemon=True).start()

    def _carry(self, device: socket.socket) -> None:
        with device, socket.create_connection(("127.0.0.1", self._server_port)) as server, suppress(OSError):
            asked = device.recv(65536)
            self.asked.append(asked)
            server.sendall(asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            answer = b""
            while block := server.recv(65536):
                answer += block
            head, _, body = answer.partition(b"\r\n\r\n")
            is_cut = self.cut_after is not None and asked.split(b" ", 2)[1] == self.path
            device.sendall(head + b"\r\n\r\n" + (body[: self.cut_after] if is_cut else body))
