"""Who may look. The pages show what customers wrote, so nobody gets there by accident.

* On a loopback address everybody on this host may look, and nobody through a browser that was led astray: a request
  must name this host or the one of `desk.public_url`, so that a foreign page whose name suddenly means 127.0.0.1
  reads nothing (DNS rebinding).
* With `web.token_file` every request must carry that token, as the password of HTTP Basic (RFC 7617; any user name)
  or as a bearer token (RFC 6750). `helpdesk.config` refuses another address than loopback without it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpdesk.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from helpdesk.config import Configuration

_SHORTEST_TOKEN = 16  # characters
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Access:
    """The rule of one console. Without a token, `hosts` are the names it may be asked for by."""

    hosts: frozenset[str]
    token: str | None = field(default=None, repr=False)

    def knows_host(self, header: str) -> bool:
        """Whether a request's Host header names us. With a token any name does: the token is the proof."""
        return self.token is not None or (urlsplit(f"//{header}").hostname or "") in self.hosts

    def admits(self, authorization: str) -> bool:
        """Whether a request's Authorization header carries the token, where one is asked for."""
        if self.token is None:
            return True
        return hmac.compare_digest(_presented(authorization).encode(), self.token.encode())


def access_of(configuration: Configuration) -> Access:
    """The rule that is configured. Raises ConfigurationError for a token file that cannot be read."""
    public = urlsplit(configuration.file.desk.public_url).hostname
    place = configuration.place(configuration.file.web.token_file)
    return Access(_LOOPBACK | ({public} if public else frozenset()), read_token(place) if place else None)


def read_token(place: Path) -> str:
    """The token in a file. Raises ConfigurationError."""
    try:
        token = place.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError([f"web.token_file: expected a readable file at {place}: {problem}"]) from None
    if len(token) < _SHORTEST_TOKEN:
        raise ConfigurationError([f"web.token_file: expected at least {_SHORTEST_TOKEN} characters in {place}"])
    return token


def _presented(authorization: str) -> str:
    """The secret of an Authorization header, "" where there is none that we read."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
