"""What `helpdesk init` writes: the commented files of a new desk, as texts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from helpdesk.offering.files.beginning import key_of, new_policy, one_line, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from helpdesk.offering.files.beginning import Outline
    from helpdesk.person import Person

CONFIGURATION = "helpdesk.toml"
CUSTOMERS = "customers.toml"
TOKEN = "token"  # noqa: S105 - a file's name
MAIL_PORT, CONSOLE_PORT = 2525, 8080


@dataclass(frozen=True, slots=True)
class Provider:
    """A way of mail that `init` knows; starter.toml says what each key means."""

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
    text = resources.files("helpdesk").joinpath("starter.toml").read_text(encoding="utf-8")
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
    yield CONFIGURATION, "\n".join(_configuration(desk))
    yield CUSTOMERS, "\n".join(_customers(desk))
    if not isinstance(desk.policy, str):
        yield desk.policy_file, new_policy(desk.policy, today)


def secrets(desk: NewDesk) -> Iterator[tuple[str, str]]:
    """The files that are their owner's alone, each with its text."""
    if desk.token:
        yield TOKEN, f"{desk.token}\n"
    for address, password in desk.passwords.items():
        yield password_file(address), f"{password}\n"


# --- helpdesk.toml

_DATES = "{from = 2026-05-01, to = 2026-05-08}, {from = 2026-05-12T13:00:00, to = 2026-05-12T18:00:00}"


def _configuration(desk: NewDesk) -> Iterator[str]:
    yield "# The desk. docs/configuration.md explains every key; `helpdesk check` says what is wrong, all at once."
    yield from _desk(desk)
    yield from _mail_in(desk)
    yield from _mail_out(desk)
    yield from _console(desk)
    for address in desk.mailboxes:
        yield from _mailbox(desk, address)
    yield from _people(desk)
    yield from _rotation(desk)
    yield ""


def _line(setting: str, remark: str = "", *, used: object = True) -> str:
    """A line of the file, with a remark behind it; one that is not used stands there as a comment."""
    text = setting if used else f"# {setting}"
    return f"{text:<33} # {remark}" if remark else text


def _list(entries: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, entries))}]"


def _placed(desk: NewDesk, name: str) -> str:
    return f"{desk.state}/{name}" if desk.state else name


def _desk(desk: NewDesk) -> Iterator[str]:
    yield "\n[desk]"
    yield f"name = {quoted(desk.company)}"
    yield _line(f'customers = "{CUSTOMERS}"', "who bought what; changed without touching anything else")
    yield _line(f"operators = [{quoted(desk.agents[0].address)}]", "get alerts about the desk")
    yield _line(f'digest = "08:00 {desk.zone}"', "and once a day what is open, due and not delivered", used=False)
    yield _line(
        'heartbeat = "https://monitor.example/ping/desk"', "fetched once a minute while all is well", used=False
    )
    yield _line('public_url = "https://desk.example"', "the console, as agents' mails link to it", used=False)
    yield _line('policies = "policies"', "your own support offerings, beside the shipped", used=desk.policy_file)
    yield _line('templates = "templates"', "your own words, laid over the shipped ones file by file", used=False)
    yield "# The key of the reply addresses, made on first start; without it, replies to what is out open new cases."
    yield _line(f"secret_file = {quoted(_placed(desk, 'secret'))}", used=desk.state)
    yield _line('keep = "400d"', "erase content and people of cases that ended so long ago; else keep all", used=False)
    yield "# auto | always | never: agents' mail needs an aligned DKIM/DMARC result; auto: wherever authserv_id is set"
    yield _line('require_authentication = "auto"', used=False)
    yield "\n[database]"
    yield _line(
        f"url = {quoted('sqlite:///' + _placed(desk, 'helpdesk.db'))}", "or postgresql+psycopg://user@host/helpdesk"
    )


def _mail_in(desk: NewDesk) -> Iterator[str]:
    provider = desk.provider
    yield "\n[smtp_in]"
    yield _line(f'listen = "{desk.listen}:{MAIL_PORT}"', 'or "lmtp:..."; absent: no listener', used=provider.listens)
    yield _line('max_size = "25 MiB"', "of one mail, by IMAP too")
    relays = _list(provider.relays or ("127.0.0.1",))
    yield _line(f"trusted_relays = {relays}", "your own mail servers, by address", used=provider.relays)
    border = quoted(provider.border or "mx.desk.example")
    remark = "your border's name in Authentication-Results: docs/borders.md"
    yield _line(f"authserv_id = {border}", remark, used=provider.border)


def _mail_out(desk: NewDesk) -> Iterator[str]:
    provider = desk.provider
    yield "\n[smtp_out]"
    remark = "for a first try; then smtp://HOST:587?starttls=yes or smtps://HOST:465"
    smarthost = _smarthost(desk)
    yield _line(f"url = {quoted(smarthost)}", remark if smarthost.startswith("maildir:") else "")
    signs_in = (provider.password or provider.token_url) and "//" in smarthost and not smarthost.endswith(":25")
    yield _line(f"username = {quoted(desk.mailboxes[0])}", used=signs_in)
    if signs_in and provider.token_url:
        yield from _oauth2(desk, "smtp_out", desk.mailboxes[0])
        return
    file = quoted(password_file(desk.mailboxes[0]))
    yield _line(f"password_file = {file}", 'mode 0600; or password_env = "SMTP_PASSWORD"', used=signs_in)


def _oauth2(desk: NewDesk, table: str, address: str) -> Iterator[str]:
    """Where an account is signed in to; mailbox and smarthost share one refresh token."""
    provider = desk.provider
    yield f"[{table}.oauth2]"
    yield f"token_url = {quoted(provider.token_url.format(tenant=desk.tenant))}"
    yield f"device_url = {quoted(provider.device_url.format(tenant=desk.tenant))}"
    yield f"client_id = {quoted(desk.client)}"
    yield _line(f"refresh_token_file = {quoted(token_file(address))}", "helpdesk mailbox login writes it")
    yield f"scope = {quoted(provider.scope)}"


def _smarthost(desk: NewDesk) -> str:
    place = desk.smtp or desk.provider.smtp
    if place.startswith("maildir:"):
        return f"maildir:{_placed(desk, place.removeprefix('maildir:'))}"
    host, port = split_port(place, 587)
    return {25: f"smtp://{host}:25", 465: f"smtps://{host}:465"}.get(port, f"smtp://{host}:{port}?starttls=yes")


def split_port(place: str, usual: int) -> tuple[str, int]:
    """HOST or HOST:PORT as both."""
    host, _, port = place.rpartition(":")
    return (host, int(port)) if host and port.isdecimal() and not host.endswith(":") else (place, usual)


def _console(desk: NewDesk) -> Iterator[str]:
    yield "\n[web]"
    yield _line(f'listen = "{desk.listen}:{CONSOLE_PORT}"', "the console, health and metrics")
    yield _line(f'token_file = "{TOKEN}"', "needed for any address but loopback", used=desk.token)


def _mailbox(desk: NewDesk, address: str) -> Iterator[str]:
    yield "\n[[mailbox]]"
    yield f"address = {quoted(address)}"
    yield _line(f"policy = {quoted(desk.policy_key)}", "helpdesk policy list")
    yield 'team = "support"'
    yield _line(f"name = {quoted(desk.company)}", "how customers see it")
    if not desk.provider.listens:
        yield from _imap(desk, address)


def _imap(desk: NewDesk, address: str) -> Iterator[str]:
    provider = desk.provider
    host, port = split_port(desk.imap or provider.imap, 993)
    yield "  [mailbox.imap]"
    yield f"  host = {quoted(host)}"
    yield f"  port = {port}"
    yield _line(f'  tls = "{"starttls" if port == 143 else "implicit"}"', "implicit | starttls | none")
    yield f"  username = {quoted(address)}"
    if not provider.token_url:
        file = quoted(password_file(address))
        yield _line(f"  password_file = {file}", 'mode 0600; or password_env = "IMAP_PASSWORD"')
    yield _line('  processed = "Processed"', "taken mail is moved there; absent: it stays, marked as read")
    if provider.token_url:
        yield from (f"  {line}" for line in _oauth2(desk, "mailbox.imap", address))


def _people(desk: NewDesk) -> Iterator[str]:
    yield "\n[[team]]"
    yield 'name = "support"'
    lead = quoted(desk.agents[0].address)
    yield _line(f"lead = {lead}", "hears of breaches, and may answer every case of the team")
    for agent in desk.agents:
        yield "\n[[agent]]"
        yield f"name = {quoted(agent.name)}"
        yield f"email = {quoted(agent.address)}"
        yield 'teams = ["support"]'
        yield _line(f"timezone = {quoted(desk.zone)}", "in which times are shown to them")
        remark = "cases go to who is on duty: in their hours and not away"
        yield _line('hours = "mon-fri 09:00-17:00"', remark, used=False)
        yield _line(f"absences = [{_DATES}]", used=False)


def _rotation(desk: NewDesk) -> Iterator[str]:
    yield ""
    yield _line("[[rotation]]", "who is on call, each in turn: helpdesk oncall", used=False)
    yield _line('name = "on-call"', used=False)
    yield _line(f"timezone = {quoted(desk.zone)}", used=False)
    yield _line('handover = "mon 09:00"', 'or several: "daily 08:00, daily 20:00"', used=False)
    yield _line("start = 2026-01-05", used=False)
    yield _line(f"primary = {_list(agent.address for agent in desk.agents)}", used=False)


# --- customers.toml


def _customers(desk: NewDesk) -> Iterator[str]:
    yield f"# Who bought what of {one_line(desk.company)}."
    yield "# A sender is found by address first, then by domain; everybody else is answered under the policy's default"
    yield "# plan and flagged as an unknown sender. A customer is such a table:"
    yield ""
    yield "# [[customer]]"
    yield '# key = "acme"'
    yield '# name = "Acme Corp"'
    yield f"# policy = {quoted(desk.policy_key)}"
    yield _line(f"plan = {quoted(_a_plan(desk.policy))}", f"helpdesk policy show {desk.policy_key}", used=False)
    yield _line('timezone = "America/Chicago"', "due times are told in it", used=False)
    yield '# domains = ["acme.example"]'
    yield '# contacts = [{email = "it@acme.example", registered = true}]'
    yield ""


def _a_plan(policy: Outline | str) -> str:
    return "standard" if isinstance(policy, str) else key_of(policy.plans[0]) or "plan-1"


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
    tried = provider.smtp.startswith("maildir:") and not desk.smtp
    after = "it says how to send it a first mail" if tried else f"then write to {desk.mailboxes[0]}"
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
