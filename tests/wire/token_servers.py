"""Token servers on sockets, which say what a test tells them."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


class Server:
    """A token server on a socket. `answer` gets what was posted, and the connection to say anything on."""

    def __init__(
        self,
        answer: Callable[[dict[str, str], socket.socket], bytes | None],
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answer = answer
        self._tls = tls
        self.asked: list[dict[str, str]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"{'https' if tls else 'http'}://{self.address}/token"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._hold, args=(connection,), daemon=True).start()

    def _hold(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if self._tls:
                connection = stack.enter_context(self._tls.wrap_socket(connection, server_side=True))
            posted = _posted(connection)
            self.asked.append(posted)
            if said := self.answer(posted, connection):
                connection.sendall(said)


def _posted(connection: socket.socket) -> dict[str, str]:
    octets = b""
    while b"\r\n\r\n" not in octets:
        octets += connection.recv(65536)
    head, _, body = octets.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    while len(body) < length:
        body += connection.recv(65536)
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def response(body: object, status: int = 200) -> bytes:
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %d said\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        status,
        len(octets),
        octets,
    )


class Rotating:
    """Every token is good for one use, and whoever uses an old one ends them all (RFC 9700 section 4.14.2)."""

    def __init__(self, first: str = "r0") -> None:
        self.valid = first
        self.number = 0
        self._lock = threading.Lock()

    def __call__(self, posted: dict[str, str], _: socket.socket) -> bytes:
        with self._lock:
            if posted["refresh_token"] != self.valid:
                self.valid = ""
                return response({"error": "invalid_grant", "error_description": "used twice"}, 400)
            self.number += 1
            self.valid = f"r{self.number}"
            return response({"access_token": f"a{self.number}", "refresh_token": self.valid, "expires_in": 3600})
