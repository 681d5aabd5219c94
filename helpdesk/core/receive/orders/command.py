"""What an agent may order by mail, and what an order says once it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from helpdesk.core.words.message import is_one_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from helpdesk.core.words.block import Mistake
    from helpdesk.person import Person

Verb = Literal[
    "note",
    "answer",
    "snippet",
    "ask",
    "severity",
    "kind",
    "area",
    "detail",
    "assign",
    "team",
    "tag",
    "wait",
    "snooze",
    "resolve",
    "close",
    "reopen",
    "started",
    "workaround",
    "planned",
    "agreed",
    "cc",
    "requester",
    "new",
    "link",
    "merge",
    "split",
    "exclude",
    "incident",
    "escalate",
    "ack",
    "nocall",
    "spam",
    "redact",
    "help",
]


_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Command:
    """One order. `line` is as it was written."""

    verb: Verb
    line: str = ""
    argument: str = ""
    detail: str = ""  # the reason, the value, what is planned, a snippet's text, the subject of a question
    initially: bool = False  # severity: it was so from the start, and the desk learns from it
    span: timedelta | None = None  # wait: how long
    vendor: bool = False  # wait: for a third party
    until: datetime | None = None  # snooze, planned, agreed: aware UTC
    people: tuple[Person, ...] = ()  # cc, requester, ask
    tags: tuple[str, ...] = ()  # tag
    case: int = 0  # link, merge: the number of the other case
    insists: bool = False  # `#resolve!`: whatever would keep it from being done otherwise


@dataclass(frozen=True, slots=True)
class Orders:
    """What a reply says: its commands, its mistakes, and the text that is left."""

    commands: tuple[Command, ...]
    mistakes: tuple[Mistake, ...]
    text: str

    def given(self, *verbs: Verb) -> tuple[Command, ...]:
        """The commands with one of these words, in order."""
        return tuple(command for command in self.commands if command.verb in verbs)

    def given_besides(self, *verbs: Verb) -> tuple[Command, ...]:
        """The other commands, in order."""
        return tuple(command for command in self.commands if command.verb not in verbs)

    def has(self, *verbs: Verb) -> bool:
        """Whether one of these commands was given."""
        return any(command.verb in verbs for command in self.commands)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What arguments may name: what the policy knows, the team's agents (name to address), who and which cases.

    `people` are on the case, the requester first; `removed` were; `ours` are addresses of our own. Of the cases that
    a mail names `linkable` says why each cannot be linked, and `mergeable` why this case cannot go into it: "" where it
    can. `at` (aware UTC) and `zone` are when and where it is read.
    """

    severities: tuple[str, ...]
    agents: tuple[tuple[str, str], ...]
    exclusions: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)  # each name of the policy's own kinds, and its key
    fields: tuple[str, ...] = ()  # of the policy's intake, but for the severity
    people: tuple[str, ...] = ()
    removed: Collection[str] = frozenset()
    ours: Collection[str] = frozenset()
    linkable: Mapping[int, str] = field(default_factory=dict)
    mergeable: Mapping[int, str] = field(default_factory=dict)
    teams: tuple[str, ...] = ()
    snippets: Mapping[str, str] = field(default_factory=dict)  # each name, and what it says where an order names it
    unsplittable: str = ""  # why no mail of the customer's can become a case
    no_spam: str = ""  # why the case cannot be called spam
    no_call: str = ""  # why there is no call that could be called needless
    at: datetime = _ALWAYS
    zone: str = "UTC"
    active: bool = True  # whether the case is open or waiting
    me: str = ""  # who orders: their address
    levels: Mapping[str, str] = field(default_factory=dict)  # other names of severities, lower case

    def is_ours(self, address: str) -> bool:
        """Whether it is an address of our own, with or without a `+tag` such as a reply token."""
        return is_one_of(address, self.ours)
