"""What those do who are no customers of a case: outsiders, programs, monitors, mail servers."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.core.words.events.base import Event, written
from helpdesk.core.words.events.customer import MailEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsiderWrote(MailEvent, stored_as="outsider_wrote"):
    """A mail on the case that is not to be trusted: shown to the assignee, obeyed by nobody."""

    staff: bool = False  # one of us, or somebody whom we have told
    on: str = ""  # ref of the case that this one was merged into, where it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefused(Event, stored_as="order_refused"):
    """Orders in an agent's name that nothing proves: they are asked whether they are theirs."""

    agent: str  # address
    lines: tuple[str, ...]
    key: str  # of the arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyWrote(MailEvent, stored_as="third_party_wrote"):
    """Somebody whom an agent asked has answered: a note, which changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredElsewhere(MailEvent, stored_as="answered_elsewhere"):
    """The same, and it became a case of its own that is linked."""

    case: str = written("")  # ref of that case
    on: str = ""  # ref of the case that this one was merged into, where it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotWrote(MailEvent, stored_as="robot_wrote"):
    """No person wrote it: stops nothing, reopens nothing. `because`: by what it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorReported(Event, stored_as="monitored"):
    """What a monitor says of the thing it watches."""

    message_id: str = written("")
    subject: str = written("")
    state: str  # `core.words.watched.State`
    rank: int  # how bad it looks, 1 to 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBounced(Event, stored_as="bounced"):
    """A mail of ours came back, or was refused."""

    recipient: str
    kind: str  # of the mail
    reason: str  # `core.words.decision.ReturnReason`
    status: str  # RFC 3463, "" where the report gives none
    server: str = written("")  # what the smarthost said
    named: tuple[str, ...] = ()  # whom the report names, where it names several
