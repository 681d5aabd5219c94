"""The operator's configuration: one TOML file, environment variables over it, checked as a whole.

`HELPDESK_<TABLE>_<KEY>` replaces a key of a plain table: `HELPDESK_DATABASE_URL`, `HELPDESK_SMTP_IN_LISTEN`. Paths
are relative to the file they stand in. Every problem is reported at once; with one, nothing starts.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from helpdesk.core.words.addresses import comparable
from helpdesk.core.words.message import is_plain_address
from helpdesk.core.words.people import Agent, Mailbox, NamedSeat, Team
from helpdesk.errors import ConfigurationError
from helpdesk.mail.proof.authenticity import TOPMOST
from helpdesk.mail.proof.spam import SpamMark, read_mark
from helpdesk.offering.files import read_calls
from helpdesk.offering.files.schema import CallsTable
from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.openhours.rotation import Override, Rotation
from helpdesk.openhours.walltime import is_zone, parse_daily, parse_handovers, period
from helpdesk.person import Person
from helpdesk.placeholders import BLANK, speaks_of_blank
from helpdesk.toml_reader import Filled, fill_as_far_as_possible, read_toml, strict
from helpdesk.wordings import Label, wordings, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from helpdesk.core.words.case import Case
    from helpdesk.openhours.walltime import WallTime

_SIZE = re.compile(r"(\d+)\s*(B|KiB|MiB|GiB|kB|MB|GB)?")
_FACTOR = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "kB": 10**3, "MB": 10**6, "GB": 10**9, None: 1}
_SPAN = re.compile(r"(\d+)\s*(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_AGE = re.compile(r"(\d{1,5})\s*(d|w)", re.ASCII)
_DAYS = {"d": 1, "w": 7}
_LAST_PORT = 65535
_LONGEST_ANSWER = timedelta(minutes=5)
_LEAST_KEEP = timedelta(days=30)
_NOTIFY_NAME = 280  # characters, which fit where the address of a mail stands
_ENVIRONMENT = "HELPDESK_"


@strict
@dataclass
class DeskTable:
    """`[desk]`: the desk as a whole."""

    name: str = "Support"
    policies: str = ""
    templates: str = ""
    snippets: str = ""  # a folder of texts that agents send by name
    customers: str = ""
    secret_file: str = "secret"  # noqa: S105 - a file's name
    operators: list[str] = field(default_factory=list)
    public_url: str = ""
    heartbeat: str = ""  # a URL that is fetched once a minute while all is well
    digest: str = ""  # "08:00 Europe/Berlin": when the operators get the daily digest
    require_authentication: Literal["auto", "always", "never"] = "auto"
    second_voter: bool = False  # wants the extra `embeddings`
    workers: int | Literal["auto"] = "auto"  # processes that read mail beside the daemon
    blocked: list[str] = field(default_factory=list)  # addresses and domains whose mail is held
    second_answer_within: str = "10m"  # of another agent's: one that has not seen it comes back once; "0m": never
    keep: str = ""  # "400d": how long content and people of ended cases are kept; without it, for ever
    notify: list[str] = field(default_factory=list, repr=False)  # where calls of the operators go, too
    notify_private: bool = False  # whether these may be hosts of a private network


@strict
@dataclass
class DatabaseTable:
    """`[database]`: where everything is kept."""

    url: str = "sqlite:///helpdesk.db"


@strict
@dataclass
class SmtpInTable:
    """`[smtp_in]`: the listener; without `listen` there is none."""

    listen: str = ""
    max_size: str = "25 MiB"
    tls_cert: str = ""
    tls_key: str = ""
    require_tls: bool = False
    trusted_relays: list[str] = field(default_factory=list)
    authserv_id: str = ""
    spam: list[str] = field(default_factory=list)  # "X-Spam-Flag: YES": what our border writes into spam


@strict
@dataclass
class OAuth2Table:
    """`oauth2 = {...}`: where an access token is fetched with a refresh token, and the first of these."""

    token_url: str
    client_id: str
    device_url: str = ""  # where somebody signs in: by a code that is typed elsewhere,
    authorize_url: str = ""  # or in a browser
    refresh_token_env: str = ""
    refresh_token_file: str = ""
    client_secret_env: str = ""
    client_secret_file: str = ""
    scope: str = ""


@strict
@dataclass
class SmtpOutTable:
    """`[smtp_out]`: who takes our mail."""

    url: str
    username: str = ""
    password_env: str = ""
    password_file: str = ""
    oauth2: OAuth2Table | None = None
    dkim_domain: str = ""
    dkim_selector: str = ""
    dkim_key_file: str = ""
    attachments: str = "15 MiB"  # of one mail, that go along when it is passed on
    connections: int = 4  # to the smarthost at once, of one daemon


@strict
@dataclass
class WebTable:
    """`[web]`: the console; without `listen` there is none."""

    listen: str = ""
    token_file: str = ""  # who has it reads, and does nothing
    user_header: str = ""  # in which a proxy names who is signed in, "X-Forwarded-Email",
    trusted_proxies: list[str] = field(default_factory=list)  # where the request comes from one of these


@strict
@dataclass
class LogTable:
    """`[log]`: what the daemon says on standard error."""

    format: Literal["auto", "text", "json"] = "auto"  # auto: text on a terminal, JSON elsewhere
    level: Literal["debug", "info", "warning", "error"] = "info"


@strict
@dataclass
class ReaderTable:
    """`[severity.reader]`: a language model that is asked what a mail says of its trouble; without `url` none is."""

    url: str = ""  # an OpenAI-compatible chat endpoint, whole: https, or http on this host
    model: str = ""
    key_file: str = ""  # mode 0600
    timeout: str = "20s"  # for one answer
    daily: int = 500  # mails that are read in a day
    share: float = 0.1  # of them, that one sender's may be


@strict
@dataclass
class SeverityFileTable:
    """`[severity]`: what helps to find severities."""

    reader: ReaderTable = field(default_factory=ReaderTable)


@strict
@dataclass
class ImapTable:
    """`[mailbox.imap]`: a mailbox that is polled."""

    host: str
    username: str
    port: int = 0
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    password_env: str = ""
    password_file: str = ""
    oauth2: OAuth2Table | None = None
    folder: str = "INBOX"
    processed: str = ""
    idle: bool = True
    poll: str = "60s"


@strict
@dataclass
class MailboxTable:
    """`[[mailbox]]`: an address we receive at."""

    address: str
    policy: str
    team: str
    channel: str = "email"
    plan: str = ""
    name: str = ""
    severity: str = ""  # that mail to it states, for registered contacts
    kind: str = ""  # of case that mail to it makes
    signature: Label = ""  # below every mail to customers; without it, its name
    forms: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    imap: ImapTable | None = None


@strict
@dataclass
class TeamTable:
    """`[[team]]`: the agents behind mailboxes."""

    name: str
    lead: str = ""
    rotation: str = ""  # who is on call for it; without it, the only rotation there is
    calls: CallsTable | None = None  # how calls that nobody acknowledges go on; without it, as the policy says


@strict
@dataclass
class LevelTable:
    """`[[level]]`: a seat that the ladder of a policy names, of one team or of all."""

    name: str
    to: list[str] = field(default_factory=list)  # who sits there,
    rotation: str = ""  # or in whose turn
    team: str = ""  # without it, of every team


@strict
@dataclass
class AbsenceTable:
    """`{from = 2026-05-01, to = 2026-05-08}`: away on these local dates, both included, or between these times."""

    since: Annotated[datetime | date, Field(alias="from")]
    to: datetime | date


@strict
@dataclass
class AgentTable:
    """`[[agent]]`: somebody who answers. Without `hours` they are on duty whenever they are not away."""

    name: str
    email: str
    aliases: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    timezone: str = ""
    hours: str = ""
    absences: list[AbsenceTable] = field(default_factory=list)
    signature: Label = ""  # below what they answer customers; without it, their name
    notify: list[str] = field(default_factory=list, repr=False)  # where their calls go, too, for them alone


@strict
@dataclass
class OverrideTable:
    """An entry of `overrides`: somebody else on these local dates, both included, or between these times."""

    since: Annotated[datetime | date, Field(alias="from")]
    to: datetime | date
    primary: str = ""
    secondary: str = ""


@strict
@dataclass
class RotationTable:
    """`[[rotation]]`: who is on call, each in turn from one hand-over to the next."""

    name: str
    timezone: str
    handover: str
    start: date
    primary: list[str]
    secondary: list[str] = field(default_factory=list)
    overrides: list[OverrideTable] = field(default_factory=list)
    notify: list[str] = field(default_factory=list, repr=False)  # where its calls go, too, for all who read there


@strict
@dataclass
class ConfigurationFile:
    """The file."""

    smtp_out: SmtpOutTable
    mailbox: list[MailboxTable]
    desk: DeskTable = field(default_factory=DeskTable)
    database: DatabaseTable = field(default_factory=DatabaseTable)
    smtp_in: SmtpInTable = field(default_factory=SmtpInTable)
    web: WebTable = field(default_factory=WebTable)
    log: LogTable = field(default_factory=LogTable)
    severity: SeverityFileTable = field(default_factory=SeverityFileTable)
    team: list[TeamTable] = field(default_factory=list)
    agent: list[AgentTable] = field(default_factory=list)
    rotation: list[RotationTable] = field(default_factory=list)
    level: list[LevelTable] = field(default_factory=list)


_MOST_CONNECTIONS = 50  # each is a thread, and a smarthost that grants more is rare
_SIGNATURE_LINES, _SIGNATURE_WIDTH = 10, 72
_FEW_CORES, _WORKERS, _MOST_WORKERS = 2, 4, 64  # more than four read faster than one process writes
_PLAIN = ("desk", "database", "smtp_in", "smtp_out", "web", "log")


@dataclass(frozen=True, slots=True)
class NotifyUrl:
    """Where a call goes beside the mail: `name` stands for it wherever it is spoken of, because the URL holds secrets.

    `place` is where it stands in the file, `holder` whose it is: an agent's address, a rotation's name, the operators'.
    """

    name: str
    place: str
    holder: tuple[Literal["agent", "rotation", "operators"], str]
    url: str = field(repr=False)


@dataclass(frozen=True)  # without slots: who is one of us is asked with every mail, and found once
class Configuration:
    """A checked configuration. Paths are absolute, addresses bare and lower case."""

    path: Path
    file: ConfigurationFile
    mailboxes: tuple[Mailbox, ...]
    teams: Mapping[str, Team]
    rotations: tuple[Rotation, ...]
    operators: tuple[Person, ...]
    max_size: int  # bytes
    attachments: int  # bytes, of one mail, that go along when it is passed on

    @property
    def folder(self) -> Path:
        """What relative paths are relative to."""
        return self.path.parent

    def place(self, name: str) -> Path | None:
        """The absolute path of a configured file or folder; None where none is configured."""
        return (self.folder / name).resolve() if name else None

    @cached_property
    def staff(self) -> frozenset[str]:
        """Every address of one of us: agents, leads, who is on call, operators."""
        agents = {own for team in self.teams.values() for agent in team.members for own in agent.addresses}
        return frozenset(agents | {operator.address for operator in self.operators})

    def names_of(self, person: Person) -> tuple[str, ...]:
        """What one of us is called: by themselves, here, and in their addresses."""
        agents = [agent for team in self.teams.values() for agent in team.members if person.address in agent.addresses]
        addresses = {person.address, *(own for agent in agents for own in agent.addresses)}
        return (person.name, *(agent.name for agent in agents), *(own.partition("@")[0] for own in sorted(addresses)))

    @cached_property
    def mailbox_addresses(self) -> frozenset[str]:
        """Every address we receive at."""
        return frozenset(mailbox.address for mailbox in self.mailboxes)

    @cached_property
    def groups(self) -> frozenset[str]:
        """Every group or list that stands in front of a mailbox of ours."""
        return frozenset(group for mailbox in self.mailboxes for group in mailbox.groups)

    @property
    def spam(self) -> tuple[SpamMark, ...]:
        """What our border writes into spam."""
        return tuple(map(read_mark, self.file.smtp_in.spam))

    def blocks(self, address: str) -> str:
        """What is blocked of an address: itself, its domain or one above it; "" where nothing is."""
        blocked = {comparable(entry): entry.lower() for entry in self.file.desk.blocked}
        return next((blocked[one] for one in _itself_and_above(comparable(address)) if one in blocked), "")

    @property
    def second_answer_within(self) -> timedelta:
        """How near to another agent's an answer comes back that was written without having seen it."""
        return _read_apart(self.file.desk.second_answer_within)

    @property
    def keep(self) -> timedelta | None:
        """How long what ended is kept; None: for ever."""
        return _keep(self.file.desk.keep) if self.file.desk.keep else None

    @property
    def database_url(self) -> str:
        """The database's URL; a relative SQLite file is beside the configuration."""
        return _beside(self.file.database.url, "sqlite:///", self.folder)

    @property
    def database_file(self) -> Path | None:
        """The embedded database's file; None for a server."""
        url = self.database_url
        return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """The operator's files with a password, a token or a key in them."""
        accounts = [entry.imap for entry in self.file.mailbox if entry.imap]
        names = [self.file.web.token_file, self.file.smtp_out.password_file, self.file.smtp_out.dkim_key_file]
        names += [self.file.smtp_in.tls_key, *(account.password_file for account in accounts)]
        tables = [self.file.smtp_out.oauth2, *(account.oauth2 for account in accounts)]
        names += [name for grant in tables if grant for name in (grant.refresh_token_file, grant.client_secret_file)]
        return tuple(self.folder / name for name in names if name)

    @property
    def smtp_out_url(self) -> str:
        """The courier's URL; a relative Maildir is beside the configuration."""
        return _beside(self.file.smtp_out.url, "maildir:", self.folder)

    @property
    def workers(self) -> int:
        """How many processes read mail beside the daemon; none where there are two cores or fewer, unless asked for."""
        told = self.file.desk.workers
        cores = len(os.sched_getaffinity(0))
        return told if told != "auto" else min(cores - 1, _WORKERS) if cores > _FEW_CORES else 0

    @property
    def connections(self) -> int:
        """How many mails may be on their way out at once; a Maildir is one folder and needs no second hand."""
        return 1 if self.file.smtp_out.url.startswith("maildir:") else self.file.smtp_out.connections

    @property
    def storage(self) -> tuple[Path, ...]:
        """The folders that the desk writes to, as far as they are there: its own, the database's, the Maildir's."""
        written = [(self.database_url, "sqlite:///"), (self.smtp_out_url, "maildir:")]
        named = [self.folder / url.removeprefix(scheme) for url, scheme in written if url.startswith(scheme)]
        return tuple(dict.fromkeys((self.folder, *(place.parent for place in named if place.parent.is_dir()))))

    @property
    def authentication_required(self) -> bool:
        """Whether an agent's mail needs an aligned authentication result."""
        setting = self.file.desk.require_authentication
        return setting == "always" or (setting == "auto" and bool(self.file.smtp_in.authserv_id))

    @property
    def digest(self) -> WallTime | None:
        """When the operators get the daily digest."""
        return parse_daily(self.file.desk.digest) if self.file.desk.digest else None

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Every address of our own: people and mailboxes."""
        return self.staff | {mailbox.address for mailbox in self.mailboxes}

    @cached_property
    def notify_urls(self) -> tuple[NotifyUrl, ...]:
        """Every URL that calls go to, beside the mail."""
        return tuple(notify_urls_in(self.file))

    def notify_url(self, name: str) -> NotifyUrl | None:
        """The one of that name."""
        return next((one for one in self.notify_urls if one.name == name), None)

    def mailbox(self, address: str) -> Mailbox | None:
        """The mailbox of that address, without its +tag."""
        return next((mailbox for mailbox in self.mailboxes if mailbox.address == address), None)

    def team_of(self, case: Case | None, mailbox: Mailbox) -> Team:
        """Who has a case: whom an agent gave it to, as long as there is such a team, else its mailbox's."""
        return self.teams.get(case.team if case else "") or self.teams[mailbox.team]

    def may_read(self, address: str, *, mailbox: str, team: str) -> bool:
        """Whether one of us may read what is in a mailbox or with a team: operators all, others what is of theirs."""
        box = self.mailbox(mailbox)
        having = (self.teams.get(name) for name in {team, box.team if box else ""})
        return self.operator(address) is not None or any(one and one.agent(address) for one in having)

    def voice(self, address: str = "") -> Mailbox:
        """The mailbox that the desk itself writes from: that one, unless nobody reads what comes there."""
        first = self.mailbox(address)
        heard = [box for box in (*([first] if first else []), *self.mailboxes) if box.channel != "ignore"]
        return heard[0] if heard else self.mailboxes[0]

    def agent(self, address: str) -> Agent | None:
        """The agent of any team, or beside one, who writes from that address."""
        agents = (agent for team in self.teams.values() for agent in (*team.agents, *team.beside))
        return next((agent for agent in agents if address in agent.addresses), None)

    def operator(self, address: str) -> Person | None:
        """The operator of that address."""
        return next((person for person in self.operators if person.address == address), None)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A configuration file with everything that is wrong in it; blanks stand in for what is missing or wrong."""

    path: Path
    filled: Filled[ConfigurationFile]
    problems: tuple[str, ...]

    def place(self, name: str) -> Path | None:
        """The absolute path of a configured file or folder; None where none is configured, or its name is wrong."""
        return (self.path.resolve().parent / name).resolve() if name and not speaks_of_blank(name) else None

    def checked(self) -> Configuration:
        """The configuration. Raises ConfigurationError with every problem at once."""
        if self.problems:
            raise ConfigurationError(self.problems)
        return _checked(self.path.resolve(), self.filled.table)


def load_configuration(path: Path, *, environment: Mapping[str, str] | None = None) -> Configuration:
    """Read and check a configuration. Raises ConfigurationError with every problem at once."""
    return read_configuration(path, environment=environment).checked()


def read_configuration(path: Path, *, environment: Mapping[str, str] | None = None) -> CheckedFile:
    """Read a configuration as far as possible. Raises ConfigurationError where it is no TOML."""
    data = read_toml(path)
    problems = list(_overlay(data, os.environ if environment is None else environment))
    filled = fill_as_far_as_possible(ConfigurationFile, data, str(path))
    return CheckedFile(path, filled, (*problems, *filled.problems, *filled.further(_problems(filled.table))))


def notify_urls_in(file: ConfigurationFile) -> Iterator[NotifyUrl]:
    """Every URL of a file that calls go to, beside the mail."""
    holders: list[tuple[str, tuple[Literal["agent", "rotation", "operators"], str], list[str]]] = [
        ("desk", ("operators", ""), file.desk.notify)
    ]
    holders += [
        (f"agent.{n}", ("agent", entry.email.lower()), entry.notify) for n, entry in enumerate(file.agent, start=1)
    ]
    holders += [
        (f"rotation.{n}", ("rotation", entry.name), entry.notify) for n, entry in enumerate(file.rotation, start=1)
    ]
    for place, holder, urls in holders:
        called = "/".join(filter(None, holder))[:_NOTIFY_NAME]
        for number, url in enumerate(urls, start=1):
            yield NotifyUrl(f"notify:{called}/{number}", f"{place}.notify", holder, url)


def _overlay(data: dict[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """Lay environment variables over the file's tables; yields what names no table."""
    for name, value in sorted(environment.items()):
        if not name.startswith(_ENVIRONMENT) or name in {"HELPDESK_FAILPOINTS", "HELPDESK_CONFIG"}:
            continue
        place = name.removeprefix(_ENVIRONMENT).lower()
        table = next((table for table in _PLAIN if place.startswith(f"{table}_")), None)
        if table is None:
            continue  # somebody else's variable, or one of the tests'
        entries = data.setdefault(table, {})
        if not isinstance(entries, dict):
            yield f"{name}: expected {table} to be a table in the file"
        else:
            entries[place.removeprefix(f"{table}_")] = value


def _checked(path: Path, file: ConfigurationFile) -> Configuration:
    agents = tuple(
        Agent(
            name=entry.name,
            address=entry.email.lower(),
            aliases=tuple(alias.lower() for alias in entry.aliases),
            teams=tuple(entry.teams),
            timezone=entry.timezone,
            hours=_hours(entry),
            absences=tuple(period(one.since, one.to, entry.timezone or "UTC") for one in entry.absences),
            signature=wordings(entry.signature),
        )
        for entry in file.agent
    )
    rotations = {entry.name: _rotation(entry, _names(file, agents)) for entry in file.rotation}
    return Configuration(
        path=path,
        file=file,
        mailboxes=tuple(
            Mailbox(
                address=entry.address.lower(),
                policy=entry.policy,
                team=entry.team,
                channel=entry.channel,
                plan=entry.plan,
                name=entry.name,
                forms=frozenset(form.lower() for form in entry.forms),
                groups=frozenset(group.lower() for group in entry.groups),
                severity=entry.severity,
                kind=entry.kind,
                signature=wordings(entry.signature),
            )
            for entry in file.mailbox
        ),
        teams={entry.name: _team(entry, agents, rotations, _seats(file, entry.name, rotations)) for entry in file.team},
        rotations=tuple(rotations.values()),
        operators=tuple(Person(address.lower(), "Operators") for address in file.desk.operators),
        max_size=read_size(file.smtp_in.max_size),
        attachments=read_size(file.smtp_out.attachments),
    )


def _seats(file: ConfigurationFile, team: str, rotations: Mapping[str, Rotation]) -> tuple[NamedSeat, ...]:
    """The seats of a team; its own stand before those of all."""
    entries = sorted((entry for entry in file.level if entry.team in {"", team}), key=lambda entry: not entry.team)
    names = {agent.email.lower(): agent.name for agent in file.agent}
    return tuple(
        NamedSeat(
            entry.name,
            tuple(Person(address.lower(), names.get(address.lower(), "")) for address in entry.to),
            rotations.get(entry.rotation),
        )
        for entry in entries
    )


def _team(
    entry: TeamTable, agents: tuple[Agent, ...], rotations: Mapping[str, Rotation], seats: tuple[NamedSeat, ...]
) -> Team:
    members = tuple(agent for agent in agents if entry.name in agent.teams)
    by_address = {address: agent for agent in agents for address in agent.addresses}
    lead = entry.lead.lower()
    name = by_address[lead].name if lead in by_address else ""
    only = next(iter(rotations.values())) if len(rotations) == 1 else None
    rotation = rotations.get(entry.rotation, only)
    named = {person.address for person in rotation.people} if rotation else set()
    named |= {by_address[lead].address} if lead in by_address else set()
    return Team(
        entry.name,
        members,
        Person(lead, name) if lead else None,
        rotation,
        calls=read_calls(entry.calls) if entry.calls else None,
        beside=tuple(agent for agent in agents if agent.address in named and agent not in members),
        seats=seats,
    )


def _hours(entry: AgentTable) -> Calendar | None:
    if not entry.hours:
        return None
    return Calendar(name=entry.email, timezone=entry.timezone, windows=parse_hours(entry.hours))


def _names(file: ConfigurationFile, agents: tuple[Agent, ...]) -> dict[str, Person]:
    """Everybody who may be on call, by any address of theirs: agents, leads and operators."""
    others = [*(team.lead for team in file.team if team.lead), *file.desk.operators]
    people = {address.lower(): Person(address.lower()) for address in others}
    return people | {address: agent.person for agent in agents for address in agent.addresses}


def _rotation(entry: RotationTable, people: Mapping[str, Person]) -> Rotation:
    return Rotation(
        name=entry.name,
        handover=parse_handovers(entry.handover, entry.timezone),
        start=entry.start,
        primary=tuple(people[address.lower()] for address in entry.primary),
        secondary=tuple(people[address.lower()] for address in entry.secondary),
        overrides=tuple(
            Override(
                period(override.since, override.to, entry.timezone),
                people.get(override.primary.lower()),
                people.get(override.secondary.lower()),
            )
            for override in entry.overrides
        ),
    )


# --- what must fit together; each check yields `key: what was expected`


def _problems(file: ConfigurationFile) -> Iterator[str]:
    yield from _value_problems(file)
    yield from _listener_problems(file)
    yield from _web_problems(file)
    yield from _address_problems(file)
    yield from _kept_out_problems(file)
    yield from _reference_problems(file)
    yield from _duty_problems(file)
    yield from _rotation_problems(file)
    yield from _level_problems(file)
    yield from _secret_problems(file)
    yield from _signature_problems(file)
    yield from _reader_problems(file.severity.reader)


def _signature_problems(file: ConfigurationFile) -> Iterator[str]:
    """A signature is short, and leads customers past no reply address."""
    staff = {address.lower() for agent in file.agent for address in (agent.email, *agent.aliases)}
    entries = [(f"mailbox.{n}.signature", entry.signature) for n, entry in enumerate(file.mailbox, start=1)]
    entries += [(f"agent.{n}.signature", entry.signature) for n, entry in enumerate(file.agent, start=1)]
    for place, label in entries:
        yield from (f"{place}: {problem}" for problem in wrong(label) if label)
        for _, text in wordings(label):
            lines = text.splitlines()
            if len(lines) > _SIGNATURE_LINES or max(map(len, lines)) > _SIGNATURE_WIDTH:
                yield f"{place}: expected at most {_SIGNATURE_LINES} lines of {_SIGNATURE_WIDTH} characters"
            if not text.replace("\n", "").isprintable():
                yield f"{place}: expected text without control characters"
            for address in sorted(one for one in staff if one in text.lower()):
                yield f"{place}: expected no address of an agent, past which no case goes on, not {address!r}"


def _reader_problems(reader: ReaderTable) -> Iterator[str]:
    if reader == ReaderTable():
        return
    parts = urlsplit(reader.url) if _is_url(reader.url) else None
    if parts is None or "@" in parts.netloc:  # the URL is not repeated: a key may stand in it
        yield "severity.reader.url: expected one without a password, such as https://ai.example/v1/chat/completions"
    elif not _is_safe_url(reader.url):
        yield "severity.reader.url: expected https, or http on this host"
    if not reader.model:
        yield "severity.reader.model: expected the name of a model"
    yield from _refused("severity.reader.timeout", lambda: _answer_time(reader.timeout))
    if reader.daily < 1:
        yield f"severity.reader.daily: expected 1 or more, not {reader.daily}"
    if not 0 < reader.share <= 1:
        yield f"severity.reader.share: expected a share above 0 and up to 1, such as 0.1, not {reader.share:g}"


def _answer_time(text: str) -> timedelta:
    """How long a reader may take. Raises ValueError: what comes later raises nothing any more."""
    span = read_span(text)
    if span > _LONGEST_ANSWER:
        raise ValueError(f"expected at most {_LONGEST_ANSWER.seconds // 60} minutes, such as 20s, not {text}")
    return span


def _value_problems(file: ConfigurationFile) -> Iterator[str]:
    if not file.mailbox:
        yield "mailbox: expected at least one [[mailbox]]"
    if file.desk.keep:
        yield from _refused("desk.keep", lambda: _keep(file.desk.keep))
    yield from _refused("desk.second_answer_within", lambda: _read_apart(file.desk.second_answer_within))
    yield from _refused("smtp_in.max_size", lambda: read_size(file.smtp_in.max_size))
    yield from _refused("smtp_out.attachments", lambda: read_size(file.smtp_out.attachments))
    if file.desk.workers != "auto" and not 0 <= file.desk.workers <= _MOST_WORKERS:
        yield f"desk.workers: expected 0 to {_MOST_WORKERS} or 'auto', not {file.desk.workers}"
    if not 1 <= file.smtp_out.connections <= _MOST_CONNECTIONS:
        yield f"smtp_out.connections: expected 1 to {_MOST_CONNECTIONS}, not {file.smtp_out.connections}"
    for number, entry in enumerate(file.mailbox, start=1):
        if entry.imap:
            yield from _imap_problems(f"mailbox.{number}.imap", entry.imap)
    if not re.match(r"(smtps?://.|maildir:.)", file.smtp_out.url):
        yield f"smtp_out.url: expected smtp://HOST:PORT, smtps://HOST:PORT or maildir:PATH, not {file.smtp_out.url!r}"


def _listener_problems(file: ConfigurationFile) -> Iterator[str]:
    for table, listen in (("smtp_in", file.smtp_in.listen), ("web", file.web.listen)):
        found = re.fullmatch(r"(?:lmtp:)?(?:\[[0-9a-f:]+\]|[^:\s\[\]]+):(\d{1,5})", listen)
        if listen and not (found and int(found[1]) <= _LAST_PORT):
            yield f'{table}.listen: expected an address and a port such as "127.0.0.1:2525", not {listen!r}'
    for relay in file.smtp_in.trusted_relays:
        if not _is_network(relay):
            yield f"smtp_in.trusted_relays: expected an address or a network such as 10.0.0.0/8, not {relay!r}"
    if file.smtp_in.authserv_id.startswith("!") and file.smtp_in.authserv_id != TOPMOST:
        yield f"smtp_in.authserv_id: expected the id of your border, or {TOPMOST}, not {file.smtp_in.authserv_id!r}"
    if bool(file.smtp_in.tls_cert) != bool(file.smtp_in.tls_key):
        yield "smtp_in.tls_key: expected tls_cert and tls_key together"
    if file.smtp_in.require_tls and not file.smtp_in.tls_cert:
        yield "smtp_in.require_tls: expected tls_cert and tls_key, without which there is no TLS to require"


def _imap_problems(place: str, imap: ImapTable) -> Iterator[str]:
    yield from _refused(f"{place}.poll", partial(read_span, imap.poll))
    if not 0 <= imap.port <= _LAST_PORT:
        yield f"{place}.port: expected a port such as 993, not {imap.port}"
    if imap.processed == imap.folder:
        yield f"{place}.processed: expected another folder than {imap.folder!r}, which is the one that is read"
    for key, text in (("username", imap.username), ("folder", imap.folder), ("processed", imap.processed)):
        if not text.isprintable():
            yield f"{place}.{key}: expected text without control characters, not {text!r}"


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _web_problems(file: ConfigurationFile) -> Iterator[str]:
    if file.web.listen.startswith("lmtp:"):
        yield 'web.listen: expected an address and a port such as "127.0.0.1:8080"'
    elif file.web.listen and not file.web.token_file and not names_loopback(file.web.listen.rpartition(":")[0]):
        # /health and /metrics know nobody who is signed in.
        yield f"web.token_file: expected one, because others than this host reach {file.web.listen}"
    for proxy in file.web.trusted_proxies:
        if not _is_network(proxy):
            yield f"web.trusted_proxies: expected an address or a network such as 10.0.0.0/8, not {proxy!r}"
    if file.web.user_header and not re.fullmatch(r"[A-Za-z0-9-]+", file.web.user_header):
        yield f"web.user_header: expected the name of a header such as X-Forwarded-Email, not {file.web.user_header!r}"
    if bool(file.web.user_header) != bool(file.web.trusted_proxies):
        yield "web.user_header: expected user_header and trusted_proxies together: nobody else is believed"


def names_loopback(host: str) -> bool:
    """Whether only this host is reached by that name or address."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _refused(place: str, reading: Callable[[], object]) -> Iterator[str]:
    try:
        reading()
    except ValueError as problem:
        yield f"{place}: {problem}"


def _fronts(file: ConfigurationFile) -> Iterator[tuple[str, str, str]]:
    """What stands between people and a mailbox, as place, address and what it is: groups, and forms."""
    for number, entry in enumerate(file.mailbox, start=1):
        yield from ((f"mailbox.{number}.forms", form, "that a form writes from") for form in entry.forms)
        yield from ((f"mailbox.{number}.groups", group, "of a group in front of it") for group in entry.groups)


def _itself_and_above(address: str) -> Iterator[str]:
    """An address, its domain, and the domains above that."""
    yield address
    domain = address.rpartition("@")[2]
    while domain:
        yield domain
        domain = domain.partition(".")[2]


_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}")


def _kept_out_problems(file: ConfigurationFile) -> Iterator[str]:
    """What is kept from cases: marks of spam, and who is blocked, which cannot be one of us."""
    for mark in file.smtp_in.spam:
        yield from _refused("smtp_in.spam", partial(read_mark, mark))
    ours = [entry.address for entry in file.mailbox] + [entry.email for entry in file.agent] + file.desk.operators
    ours += [alias for entry in file.agent for alias in entry.aliases]
    above = {one: address for address in reversed(ours) for one in _itself_and_above(comparable(address))}
    for entry in file.desk.blocked:
        if not is_plain_address(entry) and not _DOMAIN.fullmatch(entry.lower()):
            yield f"desk.blocked: expected an address or a domain, not {entry!r}"
        elif (known := comparable(entry)) in above:
            yield f"desk.blocked: expected somebody else's address or domain, {entry!r} is that of {above[known]}"


def _address_problems(file: ConfigurationFile) -> Iterator[str]:
    named = [(f"mailbox.{n}.address", entry.address) for n, entry in enumerate(file.mailbox, start=1)]
    staff = [(f"agent.{n}.email", entry.email) for n, entry in enumerate(file.agent, start=1)]
    staff += [(f"agent.{n}.aliases", alias) for n, entry in enumerate(file.agent, start=1) for alias in entry.aliases]
    others = [(f"team.{n}.lead", entry.lead) for n, entry in enumerate(file.team, start=1) if entry.lead]
    others += [("desk.operators", address) for address in file.desk.operators]
    fronts = list(_fronts(file))
    for place, address in [*named, *staff, *others, *((place, address) for place, address, _ in fronts)]:
        if not is_plain_address(address):
            yield f"{place}: expected a bare address such as ann@desk.example, not {address!r}"
    for place, address in named:
        if "+" in address:
            yield f"{place}: expected an address without +: the part behind it carries the reply token"
    ours = {address.lower() for _, address in [*named, *staff, *others]}
    for place, address, what in fronts:
        if address.lower() in ours:
            yield f"{place}: expected the address {what}, not {address!r}, which is one of ours"
    seen = Counter(address.lower() for _, address in [*named, *staff])
    for address, times in seen.items():
        if times > 1:
            yield f"{address}: expected once among mailboxes and agents, found {times} times"


def _reference_problems(file: ConfigurationFile) -> Iterator[str]:
    teams = [entry.name for entry in file.team]
    for number, mailbox in enumerate(file.mailbox, start=1):
        yield from _among(f"mailbox.{number}.team", mailbox.team, teams)
    for number, agent in enumerate(file.agent, start=1):
        for team in agent.teams:
            yield from _among(f"agent.{number}.teams", team, teams)
    for name, times in Counter(teams).items():
        if times > 1:
            yield f"team: expected each name once, {name!r} is there {times} times"


def _among(place: str, name: str, known: Collection[str], *, what: str = "team") -> Iterator[str]:
    if name not in known and BLANK not in known:
        there = ", ".join(sorted(known)) or "there are none"
        yield f"{place}: expected the name of a [[{what}]] ({there}), not {name!r}"


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and " " not in text
    except ValueError:
        return False


def _is_safe_url(text: str) -> bool:
    """Whether nobody on the way reads what is sent there."""
    return _is_url(text) and (urlsplit(text).scheme == "https" or names_loopback(urlsplit(text).hostname or ""))


def _duty_problems(file: ConfigurationFile) -> Iterator[str]:
    """When agents are there, and when the operators get the digest."""
    if file.desk.heartbeat and not _is_url(file.desk.heartbeat):
        yield "desk.heartbeat: expected a URL such as https://monitor.example/ping/desk"
    if file.desk.digest:
        yield from _refused("desk.digest", partial(parse_daily, file.desk.digest))
        if not file.desk.operators:
            yield "desk.operators: expected somebody who gets the digest"
    for number, agent in enumerate(file.agent, start=1):
        place = f"agent.{number}"
        if agent.timezone or agent.hours:
            yield from _zone_problems(place, agent.timezone)
        if agent.hours:
            yield from _refused(f"{place}.hours", partial(parse_hours, agent.hours))
        for which, absence in enumerate(agent.absences, start=1):
            yield from _period_problems(f"{place}.absences.{which}", absence, agent.timezone)


def _rotation_problems(file: ConfigurationFile) -> Iterator[str]:
    """Who is on call, and for whom."""
    names = [entry.name for entry in file.rotation]
    for name, times in Counter(names).items():
        if times > 1:
            yield f"rotation: expected each name once, {name!r} is there {times} times"
    for number, team in enumerate(file.team, start=1):
        if team.calls:
            yield from _refused(f"team.{number}.calls", partial(read_calls, team.calls))
        if team.rotation:
            yield from _among(f"team.{number}.rotation", team.rotation, names, what="rotation")
    known = {address.lower() for agent in file.agent for address in (agent.email, *agent.aliases)}
    known |= {address.lower() for address in (*(team.lead for team in file.team), *file.desk.operators)}
    for number, entry in enumerate(file.rotation, start=1):
        place = f"rotation.{number}"
        yield from _zone_problems(place, entry.timezone)
        yield from _refused(f"{place}.handover", partial(parse_handovers, entry.handover, entry.timezone))
        if not entry.primary:
            yield f"{place}.primary: expected at least one member"
        seats = [("primary", address) for address in entry.primary]
        seats += [("secondary", address) for address in entry.secondary]
        yield from _seat_problems(place, seats, known)
        yield from _override_problems(place, entry, known)


def _level_problems(file: ConfigurationFile) -> Iterator[str]:
    """Each seat is taken by somebody, once for each team."""
    rotations, teams = [entry.name for entry in file.rotation], [entry.name for entry in file.team]
    taken = Counter((entry.name.lower(), entry.team) for entry in file.level)
    for number, entry in enumerate(file.level, start=1):
        place = f"level.{number}"
        if bool(entry.to) == bool(entry.rotation):
            yield f"{place}.to: expected addresses, or the name of a rotation as rotation, and not both"
        for address in entry.to:
            if not is_plain_address(address):
                yield f"{place}.to: expected a bare address such as boss@desk.example, not {address!r}"
        if entry.rotation:
            yield from _among(f"{place}.rotation", entry.rotation, rotations, what="rotation")
        if entry.team:
            yield from _among(f"{place}.team", entry.team, teams, what="team")
        if taken[entry.name.lower(), entry.team] > 1:
            yield f"{place}.name: expected each name once, {entry.name!r} is there more often"


def _override_problems(place: str, rotation: RotationTable, known: Collection[str]) -> Iterator[str]:
    for number, override in enumerate(rotation.overrides, start=1):
        here = f"{place}.overrides.{number}"
        yield from _period_problems(here, override, rotation.timezone)
        if not override.primary and not override.secondary:
            yield f"{here}: expected primary, secondary or both"
        seats = [("primary", override.primary), ("secondary", override.secondary)]
        yield from _seat_problems(here, [(seat, address) for seat, address in seats if address], known)


def _seat_problems(place: str, seats: Sequence[tuple[str, str]], known: Collection[str]) -> Iterator[str]:
    """Everybody who is called must be able to act by replying."""
    for seat, address in seats:
        if address.lower() not in known and BLANK not in known:
            yield f"{place}.{seat}: expected the address of an [[agent]], a lead or an operator, not {address!r}"


def _period_problems(place: str, entry: AbsenceTable | OverrideTable, zone: str) -> Iterator[str]:
    known = zone if is_zone(zone) else "UTC"
    yield from _refused(f"{place}.to", lambda: period(entry.since, entry.to, known))


def _zone_problems(place: str, zone: str) -> Iterator[str]:
    if not is_zone(zone):
        yield f'{place}.timezone: expected a zone of the IANA database ("Europe/Berlin"), not {zone!r}'


def _secret_problems(file: ConfigurationFile) -> Iterator[str]:
    for number, mailbox in enumerate(file.mailbox, start=1):
        imap = mailbox.imap
        ways = [bool(way) for way in (imap.password_env, imap.password_file, imap.oauth2)] if imap else [True]
        if sum(ways) != 1:
            yield f"mailbox.{number}.imap: expected exactly one of password_env, password_file, oauth2"
    signing = [
        bool(part) for part in (file.smtp_out.dkim_domain, file.smtp_out.dkim_selector, file.smtp_out.dkim_key_file)
    ]
    if any(signing) and not all(signing):
        yield "smtp_out: expected dkim_domain, dkim_selector and dkim_key_file together"
    out = file.smtp_out
    if out.username and sum(map(bool, (out.password_env, out.password_file, out.oauth2))) != 1:
        yield "smtp_out: expected exactly one of password_env, password_file, oauth2 beside username"
    if out.oauth2 and not out.username:
        yield "smtp_out.username: expected the one that oauth2 signs in as"
    accounts = [(f"mailbox.{number}.imap", mailbox.imap) for number, mailbox in enumerate(file.mailbox, start=1)]
    for place, account in [*accounts, ("smtp_out", out)]:
        if account and account.oauth2:
            yield from _grant_problems(f"{place}.oauth2", account.oauth2)


def _grant_problems(place: str, grant: OAuth2Table) -> Iterator[str]:
    if bool(grant.refresh_token_env) == bool(grant.refresh_token_file):
        yield f"{place}: expected exactly one of refresh_token_env, refresh_token_file"
    if grant.device_url and grant.authorize_url:
        yield f"{place}: expected one way to sign in, device_url or authorize_url"
    urls = {"token_url": grant.token_url, "device_url": grant.device_url, "authorize_url": grant.authorize_url}
    for key, url in urls.items():
        if url and not _is_safe_url(url):
            yield f"{place}.{key}: expected an address that begins with https://, or http:// on this host, not {url!r}"


def read_size(text: str) -> int:
    """Bytes, from "25 MiB". Raises ValueError that says what was expected."""
    found = _SIZE.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise ValueError(f'expected a size such as "25 MiB", not {text!r}')
    return int(found[1]) * _FACTOR[found[2]]


def read_span(text: str) -> timedelta:
    """A span of time, from "60s", "5m" or "1h". Raises ValueError that says what was expected."""
    found = _SPAN.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise ValueError(f'expected a span such as "60s" or "5m", not {text!r}')
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def _read_apart(text: str) -> timedelta:
    """A span that may be none at all."""
    return timedelta() if text.strip() in {"0s", "0m", "0h"} else read_span(text)


def read_age(text: str) -> timedelta:
    """How old something is, from "400d" or "60w". Raises ValueError that says what was expected."""
    found = _AGE.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise ValueError(f'expected an age such as "400d" or "60w", not {text!r}')
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def _keep(text: str) -> timedelta:
    """What runs by itself and cannot be undone has a least."""
    age = read_age(text)
    if age < _LEAST_KEEP:
        raise ValueError(f"expected {_LEAST_KEEP.days}d or more, not {text!r}: replies and credit claims still come")
    return age


def _beside(url: str, scheme: str, folder: Path) -> str:
    rest = url.removeprefix(scheme)
    if not url.startswith(scheme) or not rest or rest.startswith(("/", ":")):
        return url
    return f"{scheme}{(folder / rest).resolve()}"
