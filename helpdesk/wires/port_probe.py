"""What answers at a port, asked without a word that could change anything: for what to say when a connection fails."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Literal

Answer = Literal["nothing", "IMAP", "SMTP", "TLS", "something else"]

_SECONDS = 3.0  # for each of the two looks


def what_answers(host: str, port: int) -> Answer:
    """Who greets there in clear, or whether a TLS handshake begins. Never raises."""
    with contextlib.suppress(OSError, ValueError):
        greeting = _greeting(host, port)
        if greeting.startswith(b"* "):  # RFC 3501 section 7.1: OK, PREAUTH or BYE
            return "IMAP"
        if greeting.startswith((b"220", b"421", b"554")):  # RFC 5321 section 3.1
            return "SMTP"
        if greeting:
            return "something else"
        return "TLS" if _shakes_hands(host, port) else "nothing"
    return "nothing"


def _greeting(host: str, port: int) -> bytes:
    with socket.create_connection((host, port), _SECONDS) as sock:
        try:
            return sock.recv(100)
        except TimeoutError:
            return b""  # who speaks TLS waits for the client


def _shakes_hands(host: str, port: int) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is said; whose it is does not matter
    with socket.create_connection((host, port), _SECONDS) as sock, contextlib.suppress(ssl.SSLError):
        context.wrap_socket(sock).close()
        return True
    return False
