"""The operator's accounts: IMAP mailboxes and the smarthost, with their secrets read where they are kept.

A secret is read at every connection, so that a changed file or token is seen without a restart. None is stored, but for
a refresh token that a token server gave in place of the operator's (`wires.refresh_token`).
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from helpdesk.config import read_span
from helpdesk.errors import ConfigurationError, Unavailable
from helpdesk.wires.imap_account import Account
from helpdesk.wires.outgoing import open_courier
from helpdesk.wires.refresh_token import RefreshToken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from helpdesk.config import Configuration, ImapTable, OAuth2Table
    from helpdesk.wires.courier import Courier

_PORTS = {"implicit": 993, "starttls": 143, "none": 143}


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
        oauth2 = _token(configuration, table.username, table.oauth2)
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


def source(file: Path | None, variable: str) -> str:
    """Where a secret is read, in words."""
    return f"the file {file}" if file else f"the environment variable {variable}"


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


def _token(configuration: Configuration, username: str, table: OAuth2Table) -> Callable[[], str]:
    """An access token, fetched anew at every connection (RFC 6749 section 6)."""
    given = secret(configuration.place(table.refresh_token_file), table.refresh_token_env)
    with_secret = bool(table.client_secret_env or table.client_secret_file)
    client_secret = secret(configuration.place(table.client_secret_file), table.client_secret_env)
    token = RefreshToken(_kept_in(configuration, username, table), given)

    def fetch() -> str:
        form = {"grant_type": "refresh_token", "client_id": table.client_id}
        if with_secret:
            form["client_secret"] = client_secret()
        if table.scope:
            form["scope"] = table.scope
        return token.access(table.token_url, form)

    return fetch


def _kept_in(configuration: Configuration, username: str, table: OAuth2Table) -> Path:
    """Where a newer refresh token is kept: beside the desk's own secret, a file for each account."""
    source = table.refresh_token_file or table.refresh_token_env
    account = [table.token_url, table.client_id, username, source]
    beside = configuration.folder / configuration.file.desk.secret_file
    return beside.with_name(f"{beside.name}.oauth2-{hashlib.sha256(repr(account).encode()).hexdigest()[:16]}")
