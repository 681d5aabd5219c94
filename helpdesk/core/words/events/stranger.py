"""What those do who are no customers of a case: outsiders, programs, monitors, mail servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from helpdesk.core.words.events.base import Event, written
from helpdesk.core.words.events.customer import MailEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsiderWrote(MailEvent):
    """A mail on the case that is not to be trusted: shown to the assignee, obeyed by nobody."""

    type: ClassVar[str] = "outsider_wrote"

    staff: bool = False  # one of us, or somebody whom we have told
    on: str = ""  # ref of the case that this one was merged into, where it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefused(Event):
    """Orders in an agent's name that nothing proves: they are asked whether they are theirs."""

    type: ClassVar[str] = "order_refused"

    agent: str  # address
    lines: tuple[str, ...]
    key: str  # of the arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyWrote(MailEvent):
    """Somebody whom an agent asked has answered: a note, which changes nothing."""

    type: ClassVar[str] = "third_party_wrote"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredElsewhere(MailEvent):
    """The same, and it became a case of its own that is linked."""

    type: ClassVar[str] = "answered_elsewhere"

    case: str = written("")  # ref of that case
    on: str = ""  # ref of the case that this one was merged into, where it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotWrote(MailEvent):
    """No person wrote it: stops nothing, reopens nothing. `because`: by what it is known."""

    type: ClassVar[str] = "robot_wrote"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorReported(Event):
    """What a monitor says of the thing it watches."""

    type: ClassVar[str] = "monitored"

    message_id: str = written("")
    subject: str = written("")
    state: str  # `core.severity.alerts.State`
    rank: int  # how bad it looks, 1 to 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBounced(Event):
    """A mail of ours came back, or was refused."""

    type: ClassVar[str] = "bounced"

    recipient: str
    kind: str  # of the mail
    reason: str  # `core.words.decision.Reason`
    status: str  # RFC 3463, "" where the report gives none
    server: str = written("")  # what the smarthost said
    named: tuple[str, ...] = ()  # whom the report names, where it names several
