"""What the operator configured, as one checked value."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from helpdesk.config.amounts import read_apart, read_keep
from helpdesk.core.words.addresses import comparable
from helpdesk.mail.proof.spam import read_mark
from helpdesk.openhours.walltime import parse_daily

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from helpdesk.config.tables import ConfigurationFile
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent, Mailbox, Team
    from helpdesk.mail.proof.spam import SpamMark
    from helpdesk.openhours.rotation import Rotation
    from helpdesk.openhours.walltime import WallTime
    from helpdesk.person import Person

_NOTIFY_NAME = 280  # characters, which fit where the address of a mail stands
_FEW_CORES, _WORKERS = 2, 4  # more than four read faster than one process writes


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
    def agent_names(self) -> dict[str, str]:
        """The names of agents by their addresses; of two of one name, and where there is none, the address."""
        agents = {one.address: one for team in self.teams.values() for one in team.members}.values()
        shared = Counter(one.name for one in agents)
        return {
            own: one.name if shared[one.name] == 1 and one.name else one.address
            for one in agents
            for own in one.addresses
        }

    @cached_property
    def mailbox_addresses(self) -> frozenset[str]:
        """Every address we receive at."""
        return frozenset(mailbox.address for mailbox in self.mailboxes)

    @cached_property
    def groups(self) -> frozenset[str]:
        """Every group or list that stands in front of a mailbox of ours."""
        return frozenset(group for mailbox in self.mailboxes for group in mailbox.groups)

    @cached_property
    def received_at(self) -> frozenset[str]:
        """Every address that leads to a mailbox of ours."""
        return self.mailbox_addresses | self.groups

    @property
    def spam(self) -> tuple[SpamMark, ...]:
        """What our border writes into spam."""
        return tuple(map(read_mark, self.file.smtp_in.spam))

    def blocks(self, address: str) -> str:
        """What is blocked of an address: itself, its domain or one above it; "" where nothing is."""
        blocked = {comparable(entry): entry.lower() for entry in self.file.desk.blocked}
        return next((blocked[one] for one in itself_and_above(comparable(address)) if one in blocked), "")

    @property
    def second_answer_within(self) -> timedelta:
        """How near to another agent's an answer comes back that was written without having seen it."""
        return read_apart(self.file.desk.second_answer_within)

    @property
    def keep(self) -> timedelta | None:
        """How long what ended is kept; None: for ever."""
        return read_keep(self.file.desk.keep) if self.file.desk.keep else None

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
        """The address for notifications that has that name; None if there is none."""
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


def itself_and_above(address: str) -> Iterator[str]:
    """An address, its domain, and the domains above that."""
    yield address
    domain = address.rpartition("@")[2]
    while domain:
        yield domain
        domain = domain.partition(".")[2]


def _beside(url: str, scheme: str, folder: Path) -> str:
    rest = url.removeprefix(scheme)
    if not url.startswith(scheme) or not rest or rest.startswith(("/", ":")):
        return url
    return f"{scheme}{(folder / rest).resolve()}"
