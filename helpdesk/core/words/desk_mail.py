"""What each mail of the desk about itself, or to a customer about no case, says: a class a template."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from helpdesk.core.words.drafts import MailContent

if TYPE_CHECKING:
    from helpdesk.core.words.block import Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskContent(MailContent):
    """What a mail that belongs to no case says. `desk` is the name it goes under."""

    desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMail(DeskContent, kind="alert"):
    """The desk needs a person: what happened, `details` as label and value, and what to do."""

    headline: str
    what: str
    details: tuple[tuple[str, str], ...]
    todo: str


@dataclass(frozen=True, slots=True)
class OrderDone:
    """What an order did, in one line, or what it asked for, in several."""

    said: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedMail(DeskContent, kind="echo", template="ordered"):
    """What an operator's orders did, or why nothing was done; `operator`: whether its reader may send others."""

    operator: bool = True
    done: tuple[OrderDone, ...] = ()
    understood: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMail(DeskContent, kind="digest"):
    """The day for the operators: lists of lines, and numbers."""

    to: str = ""
    operator: bool = False
    day: str
    open: int
    by_severity: tuple[str, ...]
    due: tuple[str, ...]
    late: tuple[str, ...]
    waiting: tuple[str, ...]
    turns: tuple[str, ...]
    others_turn: tuple[str, ...]
    due_number: int
    late_number: int
    quarantined: int
    undelivered: int
    unsent: int
    bounced: tuple[str, ...]
    failing: tuple[str, ...]
    silent: tuple[str, ...]
    maintenance: tuple[str, ...] = ()  # whose customers are to be told, and what exceeds its budget
    calls: str = ""  # of the last week, in words
    thresholds: tuple[str, ...] = ()  # from where on people are called, where anybody was
    kept_number: int
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverMail(DeskContent, kind="digest", template="handover"):
    """The turn for who comes on call."""

    to: str = ""
    operator: bool = False
    rotation: str
    primary: str
    primary_address: str
    secondary: str
    begins: str
    until: str
    until_brief: str
    open: int
    late_number: int
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartedMail(DeskContent, kind="digest", template="departed"):
    """Whose agents are gone, and who has their cases."""

    operator: bool
    team: str
    number: int
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInMail(DeskContent, kind="sign-in"):
    """A link by which one of us signs in to the console, and for how long it is good."""

    link: str
    lasts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceMail(DeskContent, kind="maintenance"):
    """A planned maintenance, in its reader's zone (LGT-9)."""

    name: str
    sector: str
    begins: str
    begins_brief: str
    ends: str
    signature: str


@dataclass(frozen=True, slots=True)
class SlaCounts:
    """How many service level events a period has."""

    events: int
    violations: int

    @property
    def share(self) -> Fraction:
        """Violations among the events; zero where there are none."""
        return Fraction(self.violations, self.events) if self.events else Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaEventLine:
    """One promise of a period, in words."""

    ref: str
    subject: str
    target: str
    severity: str
    promised: str
    standing: str
    because: str
    late_by: str
    started_at: str
    due_at: str
    stopped_at: str
    breached_at: str
    credit: str = ""  # what it alone adds, where each miss adds its own


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementMail(DeskContent, kind="statement"):
    """What a period came to."""

    customer: str
    policy: str
    plan: str
    quarter: str  # the period, such as 2026Q3
    period: str = "quarter"  # what kind of one: month, quarter, year
    drawn_at: str
    since: str
    until: str
    counts: SlaCounts
    share: str
    goal: str = ""  # while it is kept, nothing is credited
    credit: str
    parts: tuple[str, ...] = ()  # how it comes about, where that is not one band of the share
    outages: tuple[str, ...] = ()  # what was down, from when to when
    closes_on: str
    requested_at: str
    running: int
    violations: tuple[SlaEventLine, ...]
    met: tuple[SlaEventLine, ...]
    uncounted: tuple[SlaEventLine, ...]
