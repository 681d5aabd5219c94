"""One IMAP account of ours: where it is, how we sign in, which of its folders we empty."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from imapclient.exceptions import IMAPClientAbortError, LoginError

from helpdesk.errors import Unavailable
from helpdesk.wires.imap_reports import MailboxUnavailable, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.wires.imap_reports import Cause
    from helpdesk.wires.imap_transport import ImapConnection

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Account:
    """`password` or `oauth2` (an access token) is asked for at every connection: a new one is used at once."""

    mailbox: str  # our address, such as support@logik.example
    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    username: str
    password: Callable[[], str] | None = field(default=None, repr=False)
    oauth2: Callable[[], str] | None = field(default=None, repr=False)
    folder: str = "INBOX"
    processed: str | None = None  # the folder that taken mail is moved to; None: it is flagged where it lies
    idle: bool = True
    poll: timedelta = timedelta(seconds=60)
    max_size: int = 25 * 2**20  # octets; of a larger mail only the beginning is taken

    def __post_init__(self) -> None:
        """Refuse what could not work, or what would make two lines of one command."""
        if (self.password is None) == (self.oauth2 is None):
            raise ValueError("either a password or an OAuth2 token was expected")
        if any(_CONTROL.search(text) for text in (self.username, self.folder, self.processed or "")):
            raise ValueError("control character in the username or the name of a folder")
        if self.processed == self.folder:
            raise ValueError("the folder for processed mail was expected to be another than the one we read")


def sign_in(connection: ImapConnection, account: Account) -> None:
    """Sign in. Raises MailboxUnavailable, never with the secret in it."""
    if connection.has_capability("LOGINDISABLED"):  # RFC 3501 section 6.2.3
        raise MailboxUnavailable("login", "the server lets nobody sign in without TLS")
    secret = _secret(account)
    try:
        _authenticate(connection, account, secret)
    except LoginError as error:
        # IMAPClient makes a LoginError of everything, even of a connection that broke.
        reason = error.__context__ or error
        cause: Cause = "closed" if isinstance(reason, IMAPClientAbortError) else "login"
        raise MailboxUnavailable(cause, printable(reason, secret=secret)) from None


def _secret(account: Account) -> str:
    ask = account.oauth2 or account.password
    assert ask is not None  # noqa: S101 - see Account.__post_init__
    try:
        secret = ask()
    except Unavailable as error:
        raise MailboxUnavailable("credentials", printable(error)) from None  # in our own words
    except Exception as error:
        # Its text may hold the secret, or the answer of a token server.
        raise MailboxUnavailable("credentials", type(error).__name__) from error
    if not secret:
        raise MailboxUnavailable("credentials", "empty")
    return secret


def _authenticate(connection: ImapConnection, account: Account, secret: str) -> None:
    if account.oauth2:
        response = f"user={account.username}\x01auth=Bearer {secret}\x01\x01"
        # A second challenge is the error, to be answered with an empty line; IMAPClient repeats the token.
        connection.sasl_login("XOAUTH2", lambda challenge: b"" if challenge else response)
    elif connection.has_capability("AUTH=PLAIN"):
        connection.plain_login(account.username, secret)
    else:
        quoted = account.username.replace("\\", "\\\\").replace('"', '\\"')
        connection.login(f'"{quoted}"', secret)  # imaplib quotes the password only
