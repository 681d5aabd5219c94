"""A token server (RFC 6749 section 5) that gives, refuses, or drips one octet at a time and never comes to an end."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

TOKEN = "token-of-a-test"


class TokenServer:
    """Listens on a port of its own."""

    def __init__(self) -> None:
        self.drips = threading.Event()
        self.asked = 0
        server = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.asked += 1
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                while server.drips.is_set() and not server.over.wait(0.5):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                self.wfile.write(json.dumps({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 60}).encode())

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base's name
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True  # whoever asked has lost patience

        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/token"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
