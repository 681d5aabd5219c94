"""A service that takes calls over HTTPS, on a real socket, and answers as it is told: late, elsewhere, or with malice."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.certificates import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class HttpsService:
    """`requests` are the paths and bodies that came in; `answer` writes what goes back."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.port = server.server_address[1]
        self.requests: list[tuple[str, str]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = status(200)
        self.over = threading.Event()  # ends what would never end

    @property
    def url(self) -> str:
        return f"ntfys://127.0.0.1:{self.port}/sEcReTtOpIc"


def status(number: int, body: bytes = b"{}", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer with that status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(number)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def endless(piece: bytes, pause: float, service: HttpsService) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer that begins well and never ends."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not service.over.wait(pause):
            handler.wfile.write(piece)
            handler.wfile.flush()

    return answer


def silent(service: HttpsService) -> Callable[[BaseHTTPRequestHandler], None]:
    """No answer at all."""
    return lambda _handler: bool(service.over.wait(60)) and None


@contextmanager
def https_service(certificate: Path) -> Iterator[HttpsService]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            service.requests.append((self.path, body))
            self.close_connection = True
            with suppress(OSError):
                service.answer(self)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    server.socket = serving(certificate).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    service = HttpsService(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def said(body: str) -> dict[str, str]:
    """What a call says, as ntfy gets it."""
    told: dict[str, str] = json.loads(body)
    return told
