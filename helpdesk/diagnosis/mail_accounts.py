"""The accounts that the desk signs in to, mailboxes and smarthost: whether that works; if not, why and what to do."""

from __future__ import annotations

import socket
import ssl
from difflib import get_close_matches
from typing import TYPE_CHECKING

from helpdesk.credentials import TokenAccount, imap_account, open_outgoing, source
from helpdesk.diagnosis.examined import Examined, expiry
from helpdesk.errors import Unavailable
from helpdesk.plural import plural
from helpdesk.wires.imap import MailboxUnavailable, probe
from helpdesk.wires.outgoing import smarthost_of
from helpdesk.wires.port_probe import what_answers
from helpdesk.wires.smtp_out_link import DeliveryRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.config import Configuration, MailboxTable
    from helpdesk.wires.imap import Account, MailboxProbe
    from helpdesk.wires.port_probe import Answer

_RENEW = "its operator has to renew it"


# --- a mailbox


def mailbox(configuration: Configuration, entry: MailboxTable, now: datetime) -> Examined:
    """Sign in and look. Raises ConfigurationError, and Unavailable that says what to do."""
    assert entry.imap is not None  # noqa: S101 - of these alone it is asked
    account = imap_account(configuration, entry.address.lower(), entry.imap, max_size=configuration.max_size)
    try:
        found = probe(account)
    except MailboxUnavailable as problem:
        raise Unavailable(_why_not_read(configuration, entry, account, problem)) from None
    where = f"{account.host}:{account.port}"
    warnings = expiry(f"the certificate of {where}", found.certificate, now, renew=_RENEW)
    return Examined(plural(found.mails, "mail waits", "mails wait"), (*warnings, *_processed(account, found)))


def _processed(account: Account, found: MailboxProbe) -> Iterator[str]:
    if not account.processed:
        return
    if not found.moves:
        yield f"processed: {account.host} cannot move mail, so it is marked where it lies; leave processed out"
    elif found.folders and account.processed not in found.folders:
        near = get_close_matches(account.processed, found.folders, n=1) or _ending_with(
            account.processed, found.folders
        )
        meant = f"did you mean {near[0]!r}? If not, the" if near else "the"
        yield f"processed: there is no folder {account.processed!r}; {meant} desk makes it with the first mail"


def _ending_with(name: str, folders: tuple[str, ...]) -> list[str]:
    """The folder of that name below another: many servers have all of them below INBOX."""
    return [folder for folder in folders if folder.lower().endswith((f".{name.lower()}", f"/{name.lower()}"))]


def _why_not_read(
    configuration: Configuration, entry: MailboxTable, account: Account, problem: MailboxUnavailable
) -> str:
    where = f"{account.host}:{account.port}"
    match problem.cause:
        case "credentials":
            return f"{where}: {problem.detail}{'' if account.oauth2 else f'; {_SET_IT}'}"
        case "login":
            return f"{where}: {_refused_login(configuration, entry, account, problem)}"
        case "refused" if problem.detail.startswith("select"):
            return f"{where}: the folder {account.folder!r} cannot be opened ({problem.detail}): correct folder"
    answer = what_answers(account.host, account.port)
    if problem.cause == "refused" and answer in {"IMAP", "TLS"}:
        return f"{where}: {problem.detail}"
    return f"{where}: {_connection(problem, answer, 'IMAP', account.tls, _IMAP_SETTING)}"


_SET_IT = "put it there, or name another place with password_file or password_env"


def _refused_login(
    configuration: Configuration, entry: MailboxTable, account: Account, problem: MailboxUnavailable
) -> str:
    imap = entry.imap
    assert imap is not None  # noqa: S101 - see `mailbox`
    if imap.oauth2:
        return _refused_token(TokenAccount(account.mailbox, account.username, imap.oauth2), problem.detail)
    place = source(configuration.place(imap.password_file), imap.password_env)
    tls = ', or does it want TLS first (tls = "starttls")?' if account.tls == "none" else ""
    told = f"the server refuses {account.username!r} with the password from {place} ({problem.detail})"
    return f"{told}: correct either{tls}"


def _refused_token(account: TokenAccount, said: str) -> str:
    return f"the server refuses the token of {account.username!r} ({said}); where that is not its rule, {account.todo}"


_IMAP_SETTING = {"none": 'tls = "none"', "starttls": 'tls = "starttls"', "implicit": 'tls = "implicit"'}


# --- the smarthost


def smarthost(configuration: Configuration, now: datetime) -> Examined:
    """Connect and sign in. Raises ConfigurationError, and Unavailable that says what to do."""
    table = configuration.file.smtp_out
    courier = open_outgoing(configuration)
    try:
        certificate = courier.probe()
    except Unavailable as problem:
        if table.url.startswith("maildir:"):
            raise
        raise Unavailable(_why_not_sent(configuration, problem)) from None
    finally:
        courier.close()
    return Examined(table.url, expiry("the certificate of the smarthost", certificate, now, renew=_RENEW))


def _why_not_sent(configuration: Configuration, problem: Unavailable) -> str:
    table = configuration.file.smtp_out
    host = smarthost_of(table.url)
    where = f"{host.host}:{host.port}"
    refused = next((one for one in _chain(problem) if isinstance(one, DeliveryRefused)), None)
    stage = str(problem).partition(":")[0] if refused is None else refused.outcome.reason.partition(":")[0]
    said = str(problem).partition(": ")[2]
    if stage == "AUTH":
        if refused is None or not refused.code:
            return f"{where}: {said}{'' if table.oauth2 else _before_the_password(said)}"
        if table.oauth2:
            return f"{where}: {_refused_token(TokenAccount(table.username, table.username, table.oauth2), said)}"
        place = source(configuration.place(table.password_file), table.password_env)
        return f"{where}: the server refuses {table.username!r} with the password from {place} ({said}): correct either"
    if refused is not None and refused.code > 0:  # below is what nobody could read: another protocol's
        return f"{where}: {problem}"
    setting = _smtp_setting(host.host, host.port)
    return f"{where}: {_connection(problem, what_answers(host.host, host.port), 'SMTP', host.tls, setting)}"


def _before_the_password(said: str) -> str:
    """What to do where signing in ended before the server had judged a password."""
    if said.startswith("not without TLS"):
        return ': leave username out, or have TLS, url = "smtps://..." or "smtp://...?starttls=yes"'
    if said.startswith("the server offers neither"):
        return ": leave username out where it wants none from here; or does it want TLS first?"
    return f"; {_SET_IT}" if said.startswith(("expected a secret", "the password cannot be read")) else ""


def _smtp_setting(host: str, port: int) -> dict[str, str]:
    return {
        "none": f'url = "smtp://{host}:{port}"',
        "starttls": f'url = "smtp://{host}:{port}?starttls=yes"',
        "implicit": f'url = "smtps://{host}:{port}"',
    }


# --- a connection that did not come about


def _connection(problem: Unavailable, answer: Answer, wanted: str, tls: str, setting: dict[str, str]) -> str:
    """Why there is no connection, by what the system said and by what answers at that port."""
    match cause := _system_error(problem):
        case socket.gaierror() | UnicodeError():
            return "there is no host of this name; correct it"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not accepted: {cause.verify_message}; {_authority(cause)}"
        case ConnectionRefusedError():
            return f"nobody listens there; is the server running, and the port that of {_usual(wanted, tls)}?"
    return _mismatch(answer, wanted, tls, setting) or str(problem)


def _mismatch(answer: Answer, wanted: str, tls: str, setting: dict[str, str]) -> str:
    """What the port speaks, where that is not what we expect of it; "" where it is."""
    if answer == "nothing":
        return f"no answer; is the port that of {_usual(wanted, tls)}, and does a firewall let us through?"
    if answer == "TLS":
        return "" if tls == "implicit" else f"this port speaks TLS from the first byte: {setting['implicit']}?"
    if answer != wanted:
        return f"{answer} answers there, not {wanted}: the port of {_usual(wanted, tls)}?"
    if tls == "implicit":
        return f"this port speaks plain {wanted}: {setting['starttls']}?"
    if tls == "starttls":
        usual = _usual(wanted, "implicit")
        return f"the server offers no STARTTLS at this port: {usual}? Within this host also without: {setting['none']}"
    return ""


_PORTS = {
    ("IMAP", "implicit"): "993 with TLS",
    ("SMTP", "implicit"): "465 with TLS",
    ("SMTP", "starttls"): "587 with STARTTLS",
    ("SMTP", "none"): "25 without TLS",
}


def _usual(wanted: str, tls: str) -> str:
    return f"{wanted}, usually {_PORTS.get((wanted, tls), '143 with STARTTLS')}"


def _authority(cause: ssl.SSLCertVerificationError) -> str:
    # OpenSSL's X509_V_ERR_*: 10 is one that has expired, 62 and 64 one for another name or address.
    match cause.verify_code:
        case 10:
            return _RENEW
        case 62 | 64:
            return "name the host as its certificate does"
        case _:
            return "where its authority is your own, name that in SSL_CERT_FILE"


def _system_error(problem: BaseException) -> OSError | UnicodeError | None:
    """What the socket said, or of a name that can be no host's Python, beneath what was made of it."""
    kinds = (ssl.SSLError, socket.gaierror, ConnectionError, UnicodeError)
    return next((one for one in _chain(problem) if isinstance(one, kinds)), None)


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
