"""Where a browser is led that has signed somebody in: to a port of this host, or onto a page whose address is pasted.

The addresses are given as they come; whose they are is for their reader to find out (`sign_in`).
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = b"<!doctype html><title>helpdesk</title><p>You can close this page. The terminal says how it went.\n"


class Redirects:
    """Listens while it is open. `pasted` is a file descriptor that lines come from, if any."""

    def __init__(self, pasted: int | None = None) -> None:
        self._addresses: queue.Queue[str] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._addresses))  # RFC 8252 section 7.3
        self._pasted = pasted

    @property
    def address(self) -> str:
        """Where the browser is to be led."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @contextlib.contextmanager
    def opened(self, seconds: float) -> Iterator[Iterator[str]]:
        """The addresses, for so many seconds."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        if self._pasted is not None:
            threading.Thread(target=self._read, args=(self._pasted,), daemon=True).start()
        try:
            yield self._coming(time.monotonic() + seconds)
        finally:
            self._server.shutdown()
            self._server.server_close()

    def _coming(self, ends: float) -> Iterator[str]:
        with contextlib.suppress(queue.Empty):
            while (left := ends - time.monotonic()) > 0:
                yield self._addresses.get(timeout=left)

    def _read(self, descriptor: int) -> None:
        """Line by line; not as a file, whose lock would be held when the program ends."""
        held = b""
        with contextlib.suppress(OSError):
            while octets := os.read(descriptor, 65536):
                *lines, held = (held + octets).split(b"\n")
                for line in lines:
                    self._addresses.put(line.decode("utf-8", "replace"))


def _handler(addresses: queue.Queue[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 30  # browsers open connections in advance

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(_PAGE)))
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(_PAGE)
            addresses.put(self.path)

        def log_message(self, *_: object) -> None:
            """Nothing: the address holds a code."""

    return Handler
