"""What `helpdesk init` writes: the commented files of a new desk, as texts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from helpdesk.starter.policy import key_of, new_policy
from helpdesk.starter.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from helpdesk.person import Person
    from helpdesk.starter.policy import Outline

CONFIGURATION = "helpdesk.toml"
CUSTOMERS = "customers.toml"
TOKEN = "token"  # noqa: S105 - a file's name
MAIL_PORT, CONSOLE_PORT = 2525, 8080


@dataclass(frozen=True, slots=True)
class Provider:
    """A way of mail that `init` knows; providers.toml says what each key means."""

    key: str
    title: str
    imap: str = ""
    smtp: str = ""
    asks: tuple[str, ...] = ()
    listens: bool = False
    relays: tuple[str, ...] = ()
    border: str = ""
    token_url: str = ""
    device_url: str = ""
    scope: str = ""
    password: str = ""
    next: tuple[str, ...] = ()


@cache
def providers() -> Mapping[str, Provider]:
    """Every provider, by its key; the first is the usual one."""
    text = resources.files("helpdesk.starter").joinpath("providers.toml").read_text(encoding="utf-8")
    return {key: _provider(key, table) for key, table in tomllib.loads(text).items()}


def _provider(key: str, table: Mapping[str, Any]) -> Provider:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return Provider(key, **values)


@dataclass(frozen=True, slots=True)
class NewDesk:
    """What somebody says of a desk before there is one."""

    company: str
    mailboxes: tuple[str, ...]
    provider: Provider
    agents: tuple[Person, ...]  # the first leads the others, and operates the desk
    policy: Outline | str  # of its own, or the key of a shipped one
    zone: str
    imap: str = ""  # HOST:PORT, where the provider has none of its own
    smtp: str = ""
    client: str = ""  # the application that signs in with OAuth2
    tenant: str = ""
    listen: str = "127.0.0.1"
    state: str = ""  # the folder of what the daemon writes; "": beside the configuration
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)  # by mailbox, as far as they are known
    token: str = field(default="", repr=False)  # of a console that other hosts reach

    @property
    def policy_key(self) -> str:
        """The policy that the mailboxes have."""
        return self.policy if isinstance(self.policy, str) else self.policy.key

    @property
    def policy_file(self) -> str:
        """The file of a policy of its own; "" where a shipped one is used."""
        return "" if isinstance(self.policy, str) else f"policies/{self.policy.key}.toml"

    @property
    def a_plan(self) -> str:
        """A plan that customers can have."""
        return "standard" if isinstance(self.policy, str) else key_of(self.policy.plans[0]) or "plan-1"

    @property
    def tried_out(self) -> bool:
        """Whether mail goes out into a folder of this host, and nobody elsewhere gets any."""
        return self.provider.smtp.startswith("maildir:") and not self.smtp

    @property
    def console_url(self) -> str:
        """Where people on this host reach the console; "" where agents elsewhere get links, which only they can say."""
        return f"http://{self.listen}:{CONSOLE_PORT}" if self.tried_out and is_local(self.listen) else ""

    def placed(self, name: str) -> str:
        """Where a file of the daemon's own lies."""
        return f"{self.state}/{name}" if self.state else name


def is_local(host: str) -> bool:
    """Whether nobody but this host reaches what listens there."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def password_file(address: str) -> str:
    """The file with a mailbox's password."""
    return f"{quote(address, safe='@')}.password"


def token_file(address: str) -> str:
    """The file with the refresh token of a mailbox."""
    return f"{quote(address, safe='@')}.token"


def files(desk: NewDesk, today: date) -> Iterator[tuple[str, str]]:
    """The files without a secret, each with its text. Raises ConfigurationError where the outline makes no policy."""
    yield CONFIGURATION, _written(CONFIGURATION, desk)
    yield CUSTOMERS, _written(CUSTOMERS, desk)
    if not isinstance(desk.policy, str):
        yield desk.policy_file, new_policy(desk.policy, today)


def secrets(desk: NewDesk) -> Iterator[tuple[str, str]]:
    """The files that are their owner's alone, each with its text."""
    if desk.token:
        yield TOKEN, f"{desk.token}\n"
    for address, password in desk.passwords.items():
        yield password_file(address), f"{password}\n"


def _written(name: str, desk: NewDesk) -> str:
    """A file out of its template; what stands behind a tab is a remark."""
    smarthost = _smarthost(desk)
    text = rendered(
        name,
        desk=desk,
        provider=desk.provider,
        smarthost=smarthost,
        signs_in=_signs_in(desk.provider, smarthost),
        imap=split_port(desk.imap or desk.provider.imap, 993),
        password_file=password_file,
        token_file=token_file,
        ports={"mail": MAIL_PORT, "console": CONSOLE_PORT},
    )
    lines = (line.partition("\t") for line in text.split("\n"))
    return "\n".join(f"{setting:<33} {remark}" if remark else setting for setting, _, remark in lines)


def _signs_in(provider: Provider, smarthost: str) -> bool:
    return bool(provider.password or provider.token_url) and "//" in smarthost and not smarthost.endswith(":25")


def _smarthost(desk: NewDesk) -> str:
    place = desk.smtp or desk.provider.smtp
    if place.startswith("maildir:"):
        return f"maildir:{desk.placed(place.removeprefix('maildir:'))}"
    host, port = split_port(place, 587)
    return {25: f"smtp://{host}:25", 465: f"smtps://{host}:465"}.get(port, f"smtp://{host}:{port}?starttls=yes")


def split_port(place: str, usual: int) -> tuple[str, int]:
    """HOST or HOST:PORT as both."""
    host, _, port = place.rpartition(":")
    return (host, int(port)) if host and port.isdecimal() and not host.endswith(":") else (place, usual)


# --- what is left to do


def left_to_do(desk: NewDesk, folder: str, command: str, option: str, *, well: bool) -> Iterator[str]:
    """What comes next, in the order in which it is done.

    `command` runs us, `option` names the configuration, `well` is what the check said.
    """
    provider = desk.provider
    for line in provider.next:
        yield from dict.fromkeys(
            line.format(address=one, addresses=", ".join(desk.mailboxes), domain=one.rpartition("@")[2])
            for one in desk.mailboxes
        )
    for address in desk.mailboxes if provider.token_url else ():
        yield f"Sign in as {address}:\n  {command} mailbox login {address}{option}"
    for file in _awaited(desk):
        # Not by /dev/stdin: who became another user, as with sudo -u, may not open the terminal anew.
        yield f"Type the password, {provider.password}, end with Ctrl-D:\n  (umask 077; cat > {folder}/{file})"
    if not well:
        yield f"Mend what failed above, and check again:\n  {command} check{option}"
    after = "it says how to send it a first mail" if desk.tried_out else f"then write to {desk.mailboxes[0]}"
    yield f"Start it; {after}:\n  {command} serve{option}"
    yield f"Look at the queue: http://{desk.listen if is_local(desk.listen) else 'HOST'}:{CONSOLE_PORT}/" + (
        f" with any name, and what {folder}/{TOKEN} holds as the password" if desk.token else ""
    )
    if desk.policy_file:
        file = f"{folder}/{desk.policy_file}"
        yield f"Hold the examples in {file} against your contract, then:\n  {command} policy check {file}"
    yield f"Say who bought what in {folder}/{CUSTOMERS}"


def _awaited(desk: NewDesk) -> Sequence[str]:
    """The files of passwords that nobody gave yet."""
    return [password_file(one) for one in desk.mailboxes if desk.provider.password and one not in desk.passwords]
