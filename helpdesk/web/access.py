"""Who may look. The pages show what customers wrote, so nobody gets there by accident.

* Who signs in by a link in a mail (`helpdesk.web.signin`), or is named by a proxy that is trusted to know.
* Who has the token of `web.token_file`, as the password of HTTP Basic (RFC 7617; any user name) or as a bearer token
  (RFC 6750): they read, and do nothing. `helpdesk.config` refuses another address than loopback without it.
* On a loopback address without a token, and without a public name under which others come, everybody on this host may
  read; and nobody through a browser that was led astray: a request must name this host or the one of
  `desk.public_url`, so that a foreign page whose name suddenly means 127.0.0.1 reads nothing (DNS rebinding).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpdesk.config import names_loopback
from helpdesk.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from helpdesk.config import Configuration

_SHORTEST_TOKEN = 16  # characters
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Access:
    """The rule of one console. Without a token, `hosts` are the names it may be asked for by.

    `must_sign_in`: nobody reads pages merely because they are on this host. `user_header` names who is signed in,
    in requests that come from one of the `proxies`.
    """

    hosts: frozenset[str]
    token: str | None = field(default=None, repr=False)
    must_sign_in: bool = False
    user_header: str = ""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    def knows_host(self, header: str) -> bool:
        """Whether a request's Host header names us. With a token any name does: the token is the proof."""
        return self.token is not None or (urlsplit(f"//{header}").hostname or "") in self.hosts

    def admits(self, authorization: str) -> bool:
        """Whether a request's Authorization header carries the token, where one is asked for."""
        if self.token is None:
            return True
        return hmac.compare_digest(_presented(authorization).encode(), self.token.encode())

    def reads(self, authorization: str) -> bool:
        """Whether pages may be read with that Authorization header by somebody who is not signed in."""
        return self.admits(authorization) and not (self.token is None and self.must_sign_in)

    def vouched(self, peer: str, named: Sequence[str]) -> str:
        """The address that a trusted proxy names, "" where none does; `named` are the values of its header."""
        if len(named) != 1 or not any(_is_in(peer, network) for network in self.proxies):
            return ""
        return named[0].strip().lower()


def access_of(configuration: Configuration) -> Access:
    """The rule that is configured. Raises ConfigurationError for a token file that cannot be read."""
    web = configuration.file.web
    public = urlsplit(configuration.file.desk.public_url).hostname
    place = configuration.place(web.token_file)
    return Access(
        hosts=_LOOPBACK | ({public} if public else frozenset()),
        token=read_token(place) if place else None,
        must_sign_in=bool(web.user_header) or not names_loopback(public or "localhost"),
        user_header=web.user_header.lower(),
        proxies=tuple(ip_network(one, strict=False) for one in web.trusted_proxies),
    )


def read_token(place: Path) -> str:
    """The token in a file. Raises ConfigurationError."""
    try:
        token = place.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no text"
        raise ConfigurationError([f"web.token_file: expected a readable file at {place}: {why}"]) from None
    if len(token) < _SHORTEST_TOKEN:
        raise ConfigurationError([f"web.token_file: expected at least {_SHORTEST_TOKEN} characters in {place}"])
    return token


def _is_in(peer: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # of a socket that takes both versions (RFC 4291, 2.5.5.2)
    return (mapped or address) in network


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
