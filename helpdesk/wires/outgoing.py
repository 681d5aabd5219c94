"""Which courier a URL stands for: a smarthost with or without TLS, or a Maildir."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urlsplit

from helpdesk.wires.courier import TLS, Courier, Login, Smarthost, is_loopback
from helpdesk.wires.maildir import MaildirCourier
from helpdesk.wires.smtp_out import SmtpCourier

if TYPE_CHECKING:
    from collections.abc import Callable

_EXPECTED = "expected smtp://HOST:PORT, smtp://HOST:PORT?starttls=yes, smtps://HOST:PORT or maildir:PATH"
_DEFAULT_PORT: dict[TLS, int] = {"none": 25, "starttls": 587, "implicit": 465}


def open_courier(
    url: str,
    *,
    username: str | None = None,
    password: Callable[[], str] | None = None,
    oauth2: bool = False,
    hostname: str | None = None,
) -> Courier:
    """Make the courier for a URL; nothing is connected or written before the first mail or probe.

    `hostname` is how we greet, our own name by default; with `oauth2` the password is an access token. Raises
    `ValueError` saying what was expected; the text never repeats the URL, which may hold a password.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "maildir":
        return _open_maildir(rest)
    smarthost = smarthost_of(url, username=username, password=password)
    login = replace(smarthost.login, oauth2=oauth2) if smarthost.login else None
    return SmtpCourier(replace(smarthost, login=login, greet_as=hostname))


def smarthost_of(url: str, *, username: str | None = None, password: Callable[[], str] | None = None) -> Smarthost:
    """The smarthost of a URL that is no Maildir. Raises `ValueError` as `open_courier` does."""
    smarthost = _smarthost(url)
    return replace(smarthost, login=_login(smarthost, username, password))


def _open_maildir(path: str) -> Courier:
    if not path or "\0" in path:
        raise ValueError("a path was expected after maildir:")
    return MaildirCourier(Path(path))


def _smarthost(url: str) -> Smarthost:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_EXPECTED) from None
    if parts.scheme not in {"smtp", "smtps"} or not host or not host.isascii() or port == 0:
        raise ValueError(_EXPECTED)
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL without credentials was expected: they have keys of their own")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError(f"nothing was expected after the port: {_EXPECTED}")
    tls = _tls(parts)
    return Smarthost(host, port or _DEFAULT_PORT[tls], tls)


def _tls(parts: SplitResult) -> TLS:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    starttls = options.pop("starttls", "no")
    if options or starttls not in {"yes", "no"}:
        raise ValueError("the only option expected after the ? is starttls=yes or starttls=no")
    if parts.scheme == "smtps":
        return "implicit"
    return "starttls" if starttls == "yes" else "none"


def _login(smarthost: Smarthost, username: str | None, password: Callable[[], str] | None) -> Login | None:
    if username is None and password is None:
        return None
    if username is None or password is None:
        raise ValueError("a username and a password were expected together, or neither")
    if smarthost.tls == "none" and not _names_loopback(smarthost.host):
        raise ValueError("smtps:// or ?starttls=yes was expected: no password leaves this host in clear")
    return Login(username, password)


def _names_loopback(host: str) -> bool:
    return host == "localhost" or is_loopback(host)
