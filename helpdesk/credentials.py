"""The operator's accounts: IMAP mailboxes and the smarthost, with their secrets read where they are kept.

A secret is read at every connection, so that a changed file or token is seen without a restart. None is stored, but for
a refresh token that a token server gave in place of the operator's (`wires.refresh_token`).
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.config import read_span
from helpdesk.errors import ConfigurationError, NotFound, Unavailable
from helpdesk.wires.imap_account import Account
from helpdesk.wires.notify import look
from helpdesk.wires.outgoing import open_courier
from helpdesk.wires.refresh_token import RefreshToken
from helpdesk.wires.sign_in import Application
from helpdesk.wires.token_server import TokenRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from helpdesk.config import Configuration, ImapTable, NotifyUrl, OAuth2Table
    from helpdesk.wires.courier import Courier
    from helpdesk.wires.notify import NotifyFault

_PORTS = {"implicit": 993, "starttls": 143, "none": 143}


def open_outgoing(configuration: Configuration) -> Courier:
    """The courier that is configured. Raises ConfigurationError."""
    table = configuration.file.smtp_out
    password = secret(configuration.place(table.password_file), table.password_env) if table.username else None
    if table.oauth2:
        password = _token(configuration, TokenAccount(table.username, table.username, table.oauth2))
    try:
        return open_courier(
            configuration.smtp_out_url,
            username=table.username or None,
            password=password,
            oauth2=table.oauth2 is not None,
        )
    except ValueError as problem:
        raise ConfigurationError([f"{configuration.path}: smtp_out: {problem}"]) from None


def imap_account(configuration: Configuration, mailbox: str, table: ImapTable, *, max_size: int) -> Account:
    """An IMAP account as the wire wants it. Raises ConfigurationError."""
    password = oauth2 = None
    if table.oauth2:
        oauth2 = _token(configuration, TokenAccount(mailbox, table.username, table.oauth2))
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


class NoSecret(Unavailable):
    """A secret is not where it should be; the text says where that is."""


def secret(file: Path | None, variable: str) -> Callable[[], str]:
    """A secret that is read when it is asked for. Asking raises NoSecret."""

    def read() -> str:
        if file is None:
            if variable not in os.environ:
                raise NoSecret(f"expected a secret in the environment variable {variable}, which is not set")
            return os.environ[variable]
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise NoSecret(f"expected a secret in {file}: {problem.strerror}") from None

    return read


# --- OAuth2


@dataclass(frozen=True, slots=True)
class TokenAccount:
    """An account that is signed in to with OAuth2; `mailbox` is what `helpdesk mailbox login` calls it."""

    mailbox: str
    username: str
    table: OAuth2Table

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two of them one: reading a mailbox and sending as it may share a refresh token."""
        source = self.table.refresh_token_file or self.table.refresh_token_env
        return (self.table.token_url, self.table.client_id, self.username, source)

    @property
    def todo(self) -> str:
        """What to do for a new refresh token."""
        if self.table.refresh_token_file and (self.table.device_url or self.table.authorize_url):
            return f"sign in with: helpdesk mailbox login {self.mailbox}"
        return f"give a new refresh token in {self.table.refresh_token_file or self.table.refresh_token_env}"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a person signs in to, how, and the file that the refresh token is put into."""

    account: TokenAccount  # the first that uses it
    application: Application
    file: Path


def sign_ins(configuration: Configuration, address: str) -> Sequence[SignIn]:
    """What a person signs in to for an address, each account once. Raises NotFound, ConfigurationError, Unavailable."""
    accounts = list(_accounts(configuration))
    named = [one for one in accounts if address.lower() in {one.mailbox, one.username.lower()}]
    if not named:
        there = ", ".join(dict.fromkeys(one.mailbox for one in accounts)) or "none"
        raise NotFound(f"{address}: expected an account with oauth2, of these: {there}")
    keys = dict.fromkeys(one.key for one in named)
    return [_sign_in(configuration, [one for one in accounts if one.key == key]) for key in keys]


def _sign_in(configuration: Configuration, accounts: Sequence[TokenAccount]) -> SignIn:
    """One for all of these, which share their refresh token."""
    account, table = accounts[0], accounts[0].table
    file = configuration.place(table.refresh_token_file)
    where = f"{configuration.path}: oauth2 of {account.mailbox}: expected"
    if file is None:
        raise ConfigurationError([f"{where} refresh_token_file, which the refresh token is put into"])
    if not (table.device_url or table.authorize_url):
        raise ConfigurationError([f"{where} device_url or authorize_url, where somebody signs in"])
    scope = " ".join(dict.fromkeys(word for one in accounts for word in one.table.scope.split()))
    given = _client_secret(configuration, table)
    return SignIn(account, Application(table.token_url, table.client_id, scope, given() if given else ""), file)


def _accounts(configuration: Configuration) -> Iterator[TokenAccount]:
    for entry in configuration.file.mailbox:
        if entry.imap and entry.imap.oauth2:
            yield TokenAccount(entry.address.lower(), entry.imap.username, entry.imap.oauth2)
    out = configuration.file.smtp_out
    if out.oauth2:
        yield TokenAccount(out.username.lower(), out.username, out.oauth2)


def _token(configuration: Configuration, account: TokenAccount) -> Callable[[], str]:
    """An access token, fetched anew at every connection (RFC 6749 section 6)."""
    table = account.table
    given = secret(configuration.place(table.refresh_token_file), table.refresh_token_env)
    client_secret = _client_secret(configuration, table)
    token = RefreshToken(_kept_in(configuration, account), given)

    def fetch() -> str:
        form = {"grant_type": "refresh_token", "client_id": table.client_id}
        if client_secret:
            form["client_secret"] = client_secret()
        if table.scope:
            form["scope"] = table.scope
        try:
            return token.access(table.token_url, form)
        except TokenRefused as refusal:
            todo = account.todo if refusal.code in _SIGN_IN else _REMEDIES.get(refusal.code, "")
            raise Unavailable(f"{todo}: {refusal}" if todo else str(refusal)) from None
        except NoSecret as missing:
            raise Unavailable(f"{account.todo}: {missing}") from None

    return fetch


# RFC 6749 section 5.2, and what OpenID Connect adds for those who have to be asked once more.
_SIGN_IN = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})
_REMEDIES = dict.fromkeys(("invalid_client", "unauthorized_client"), "look at client_id and the client secret")


def _client_secret(configuration: Configuration, table: OAuth2Table) -> Callable[[], str] | None:
    if not (table.client_secret_env or table.client_secret_file):
        return None
    return secret(configuration.place(table.client_secret_file), table.client_secret_env)


def _kept_in(configuration: Configuration, account: TokenAccount) -> Path:
    """Where a newer refresh token is kept: beside the desk's own secret, a file for each account."""
    beside = configuration.folder / configuration.file.desk.secret_file
    digest = hashlib.sha256(repr([*account.key]).encode()).hexdigest()
    return beside.with_name(f"{beside.name}.oauth2-{digest[:16]}")


# --- calls beyond mail


def notify_faults(configuration: Configuration) -> list[tuple[NotifyUrl, NotifyFault]]:
    """Why nothing can be sent to some URLs that calls go to, as far as it is known without a connection.

    Raises Unavailable.
    """
    urls, private = configuration.notify_urls, configuration.file.desk.notify_private
    faults = look([one.url for one in urls], private=private)
    return [(one, fault) for one, fault in zip(urls, faults, strict=True) if fault]


def refuse_notify_urls(configuration: Configuration) -> None:
    """Raises ConfigurationError for URLs to which nothing will ever be sent; a name server may be away."""
    with suppress(Unavailable):
        wrong = [f"{one.place}: {one.name}: {fault.why}" for one, fault in notify_faults(configuration) if fault.sure]
        if wrong:
            raise ConfigurationError(wrong)
