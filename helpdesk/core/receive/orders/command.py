"""What an agent may order by mail, and what an order says once it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from helpdesk.core.words.message import base_address

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from helpdesk.core.words.block import Mistake
    from helpdesk.person import Person

Verb = Literal[
    "note",
    "answer",
    "severity",
    "kind",
    "area",
    "detail",
    "assign",
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


FORMS: dict[Verb, str] = {
    "note": "#note  the text below stays in the team",
    "severity": "#severity KEY [initially] [reason]  sets the severity; initially: the first one was wrong",
    "assign": "#assign NAME-OR-ADDRESS  gives the case to an agent of the team",
    "answer": "#answer  the text below goes to the customer, whatever mail you answer",
    "kind": "#kind KIND  corrects what the case is: question, defect, maintenance or enhancement",
    "area": "#area NAME  corrects the application area",
    "detail": "#detail FIELD VALUE  keeps what the customer is asked for, such as #detail project shop-eu",
    "wait": "#wait [vendor] [3d]  waits for the customer, or for a third party",
    "snooze": "#snooze 3d | 2026-06-01 [09:00] | mon  reminds you then; no clock stops",
    "resolve": "#resolve  resolved, with the text below as the answer",
    "close": "#close  closed, and the customer is told",
    "reopen": "#reopen  open again",
    "started": "#started  the work has begun",
    "workaround": "#workaround [what]  the customer can go on another way",
    "planned": "#planned 2026-06-01 [what]  until when what is to be done",
    "agreed": "#agreed 2026-06-01 [12:00]  the date that you agreed with the customer: it is due then; again moves it",
    "cc": "#cc add|remove ADDRESS...  who gets the answers to come, too",
    "requester": "#requester ADDRESS  whose case it is: they get the answers to come, and their customer's terms apply",
    "new": "#new ADDRESS [SUBJECT]  in a mail of its own to the support address: a case for somebody who called",
    "link": "#link HD-9  links the two cases",
    "merge": "#merge HD-9  this case goes into HD-9, where both are answered",
    "split": "#split [subject]  the customer's mail becomes a case of its own, with the text below as its answer",
    "exclude": "#exclude KEY [reason] | off  the promises do not apply, and the customer hears why; off: they do",
    "incident": "#incident KEY  the case is about a known incident",
    "escalate": "#escalate [reason] | off  tells who looks after the account, and the customer that it did; off: not",
    "ack": "#ack  you have it: nobody else is called",
    "nocall": "#nocall  you have it, and the call was not worth waking for: it is counted",
    "spam": "#spam  closes a case of somebody unknown that nobody has answered; nobody outside is told",
    "redact": "#redact  erases all that was sent on this case; it is asked for again",
    "help": "#help  sends this list",
}


_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Command:
    """One order. `line` is as it was written."""

    verb: Verb
    line: str
    argument: str = ""
    detail: str = ""  # severity, wait: the reason; detail: the value; workaround, planned: what
    initially: bool = False  # severity: it was so from the start, and the desk learns from it
    span: timedelta | None = None  # wait: how long
    vendor: bool = False  # wait: for a third party
    until: datetime | None = None  # snooze, planned, agreed: aware UTC
    people: tuple[Person, ...] = ()  # cc, requester
    case: int = 0  # link, merge: the number of the other case
    insists: bool = False  # `#resolve!`: whatever would keep it from being done otherwise


@dataclass(frozen=True, slots=True)
class Orders:
    """What a reply says: its commands, its mistakes, and the text that is left."""

    commands: tuple[Command, ...]
    mistakes: tuple[Mistake, ...]
    text: str

    def given(self, *verbs: Verb) -> tuple[Command, ...]:
        """The commands of these, in order."""
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
    unsplittable: str = ""  # why no mail of the customer's can become a case
    no_spam: str = ""  # why the case cannot be called spam
    no_call: str = ""  # why there is no call that could be called needless
    at: datetime = _ALWAYS
    zone: str = "UTC"
    active: bool = True  # whether the case is open or waiting

    def is_ours(self, address: str) -> bool:
        """Whether it is an address of our own, with or without a `+tag` such as a reply token."""
        return address in self.ours or base_address(address) in self.ours


def form_of(verb: str) -> str:
    """How it is written, without what it does."""
    return next(form for known, form in FORMS.items() if known == verb).partition("  ")[0]
