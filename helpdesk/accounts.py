"""The operator's accounts: IMAP mailboxes and the smarthost, with their secrets read where they are kept.

A secret is read at every connection, so that a changed file or token is seen without a restart, and never stored.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

from helpdesk.config import read_span
from helpdesk.core.errors import ConfigurationError, Unavailable
from helpdesk.wires.imap_account import Account
from helpdesk.wires.outgoing import open_courier

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from helpdesk.config import Configuration, ImapTable, OAuth2Table
    from helpdesk.wires.courier import Courier

_PORTS = {"implicit": 993, "starttls": 143, "none": 143}
_TOKEN_PATIENCE = 20  # seconds


def open_outgoing(configuration: Configuration) -> Courier:
    """The courier that is configured. Raises ConfigurationError."""
    table = configuration.file.smtp_out
    password = secret(configuration.place(table.password_file), table.password_env) if table.username else None
    try:
        return open_courier(configuration.smtp_out_url, username=table.username or None, password=password)
    except ValueError as problem:
        raise ConfigurationError([f"{configuration.path}: smtp_out: {problem}"]) from None


def imap_account(configuration: Configuration, mailbox: str, table: ImapTable, *, max_size: int) -> Account:
    """An IMAP account as the wire wants it. Raises ConfigurationError."""
    password = oauth2 = None
    if table.oauth2:
        oauth2 = _token(configuration, table.oauth2)
    else:
        password = secret(configuration.place(table.password_file), table.password_env)
    try:
        return Account(
            mailbox=mailbox,
            host=table.host,
            port=table.port or _PORTS[table.tls],
            tls=table.tls,
            username=table.username,
            password=password,
            oauth2=oauth2,
            folder=table.folder,
            processed=table.processed or None,
            idle=table.idle,
            poll=read_span(table.poll),
            max_size=max_size,
        )
    except ValueError as problem:
        raise ConfigurationError([f"{configuration.path}: mailbox {mailbox}: imap: {problem}"]) from None


def secret(file: Path | None, variable: str) -> Callable[[], str]:
    """A secret that is read when it is asked for. Asking raises Unavailable that says where it should be."""

    def read() -> str:
        if file is None:
            if variable not in os.environ:
                raise Unavailable(f"expected a secret in the environment variable {variable}, which is not set")
            return os.environ[variable]
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise Unavailable(f"expected a secret in {file}: {problem.strerror}") from None

    return read


def _token(configuration: Configuration, table: OAuth2Table) -> Callable[[], str]:
    """An access token, fetched anew at every connection (RFC 6749 section 6)."""
    refresh = secret(configuration.place(table.refresh_token_file), table.refresh_token_env)
    with_secret = bool(table.client_secret_env or table.client_secret_file)
    client_secret = secret(configuration.place(table.client_secret_file), table.client_secret_env)

    def fetch() -> str:
        form = {"grant_type": "refresh_token", "client_id": table.client_id, "refresh_token": refresh()}
        if with_secret:
            form["client_secret"] = client_secret()
        if table.scope:
            form["scope"] = table.scope
        request = urllib.request.Request(  # noqa: S310 - the operator's own URL
            table.token_url, data=urllib.parse.urlencode(form).encode(), method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=_TOKEN_PATIENCE) as answer:  # noqa: S310 - as above
                return str(json.load(answer)["access_token"])
        except (OSError, ValueError, KeyError) as problem:
            # Not its text: a token server may repeat what it was sent.
            raise Unavailable(f"the token server gave no access token: {type(problem).__name__}") from None

    return fetch
