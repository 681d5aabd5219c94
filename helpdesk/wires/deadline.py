"""One HTTP exchange within one time limit, whatever its server does.

The limit is for the whole of it: a server that sends an octet now and then, in the TLS handshake, in its header or in
its body, is hung up on like one that says nothing.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def in_words(problem: Exception) -> str:
    """Whose fault it is, without what a server may have said."""
    reason = problem.reason if isinstance(problem, urllib.error.URLError) else problem
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate: {reason.verify_message}"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return type(reason).__name__


class LimitedLine:
    """The sockets of one exchange, so that somebody else can hang up; urllib knows a limit for each read only."""

    def __init__(self) -> None:
        self.cut = threading.Event()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    def opener(self, *handlers: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
        """As urllib's own, proxies of the environment included; with these in place of its own of their kind."""
        return urllib.request.build_opener(_Plain(self), _Secure(self), *handlers)

    def connect(self, *arguments: Any, **named: Any) -> socket.socket:
        """In place of `socket.create_connection`."""
        if self.cut.is_set():
            raise TimeoutError
        sock = socket.create_connection(*arguments, **named)
        with self._lock:
            self._sockets.append(sock.dup())  # TLS takes the socket over, and leaves its object without one
        if self.cut.is_set():
            self.hang_up()
        return sock

    def hang_up(self) -> None:
        """The time is over: readers of these sockets find them at their end."""
        self.cut.set()
        with self._lock:
            for sock in self._sockets:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close every socket."""
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[LimitedLine]:
    """A line that is hung up after so many seconds."""
    line = LimitedLine()
    timer = threading.Timer(seconds, line.hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield line
    finally:
        timer.cancel()
        line.close()


class _PlainConnection(http.client.HTTPConnection):
    def __init__(self, line: LimitedLine, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._create_connection = line.connect


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, line: LimitedLine, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._create_connection = line.connect


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, line: LimitedLine) -> None:
        super().__init__()
        self._line = line

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(functools.partial(_PlainConnection, self._line), request)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, line: LimitedLine) -> None:
        super().__init__()
        self._line = line

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        context = ssl.create_default_context()
        return self.do_open(functools.partial(_SecureConnection, self._line), request, context=context)
