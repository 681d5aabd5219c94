"""What each mail about a case says, a class a template: decided here, put into words by `letters` and the template.

A field is a name that the template may use, but for those that `UNSAID` marks, and for the classes that `letters` puts
into words first (`templates.words`). Who it is to, and whose words go along, says the `Draft` around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.block import Mistake
    from helpdesk.core.words.unseen import CaseMail
    from helpdesk.offering.policy import Doubt, StepKind

MailKind = Literal[
    "ack",
    "assigned",
    "customer-message",
    "relay",
    "ask",
    "warning",
    "breach",
    "escalation",
    "echo",
    "closed",
    "reopened",
    "progress",
    "reminder",
    "resend-anonymised",
    "out-of-scope",
    "maintenance",
    "alert",
    "digest",
    "statement",
    "sign-in",
]
AudienceOf = Literal["customer", "agent", "third-party"]
UNSAID: Final = {"unsaid": True}  # metadata of a field that is no name in the template


@dataclass(frozen=True, slots=True)
class MailContent:
    """What one mail says. `template` names its file; a class without one is no mail yet."""

    template: ClassVar[str]
    usual_kind: ClassVar[MailKind]
    always_stays: ClassVar[bool] = False

    def __init_subclass__(cls, *, kind: MailKind | None = None, template: str = "", stays: bool = False) -> None:
        """Without a `template` of its own it is the one of its kind; `stays`: a plain reply to it stays in the team."""
        if kind:  # absent where `slots` makes the class once more, with all that it has
            cls.usual_kind, cls.template, cls.always_stays = kind, template or kind, stays
        if "template" in vars(cls):
            CONTENTS[cls.template] = cls

    @property
    def kind(self) -> MailKind:
        """What it is in the outbox."""
        return self.usual_kind


CONTENTS: Final[dict[str, type[MailContent]]] = {}  # by template


@dataclass(frozen=True, slots=True)
class CaseContent(MailContent):
    """What a mail about a case says."""

    audience: ClassVar[AudienceOf]

    @property
    def also(self) -> tuple[MailKind, ...]:
        """What else it is: the less urgent mails that it stands for."""
        return ()

    @property
    def stays(self) -> bool:
        """Whether a plain reply stays in the team: it holds nothing that one answers to a customer with."""
        return self.always_stays


# --- to customers


@dataclass(frozen=True, slots=True)
class ToCustomer(CaseContent):
    """What a mail to somebody on the customer's side says."""

    audience: ClassVar[AudienceOf] = "customer"


@dataclass(frozen=True, slots=True)
class KnownProblem:
    """An incident, or a maintenance until `until`, that what a customer writes of may come from."""

    name: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AckMail(ToCustomer, kind="ack"):
    """A case was opened. `known` false: the address may be forged, and gets none of the mail's words back (L05)."""

    known: bool
    declared: tuple[KnownProblem, ...] = ()
    escalated: bool = False
    follows: str = ""
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class RelayMail(ToCustomer, kind="relay"):
    """An agent answered."""


@dataclass(frozen=True, slots=True)
class ClosedMail(ToCustomer, kind="closed"):
    """A case is resolved or closed; `unanswered`: because the customer was silent."""

    unanswered: bool = False


@dataclass(frozen=True, slots=True)
class ReopenedMail(ToCustomer, kind="reopened"):
    """Their mail has opened a case again."""


@dataclass(frozen=True, slots=True)
class ProgressMail(ToCustomer, kind="progress"):
    """Severity or agent has changed. `severity_was` is "" where that is the same."""

    severity_was: str = ""
    owner_changed: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class PassedOnMail(ToCustomer, kind="progress", template="passed-on"):
    """Their wish for escalation was passed on, or `declined`: the name of the plan that it does not come with."""

    declined: str = ""


@dataclass(frozen=True, slots=True)
class OutOfScopeMail(ToCustomer, kind="out-of-scope"):
    """What was promised is not owed for this case, or is again (`lifted`). `out_of_scope`: nothing is.

    Why is said by `because`, or by the known `problem` that the case is about.
    """

    lifted: bool = False
    because: str = ""
    problem: str = ""
    out_of_scope: bool = False


@dataclass(frozen=True, slots=True)
class ResendMail(ToCustomer, kind="resend-anonymised"):
    """What they sent was erased; `exempt`: no time is promised until they send it again."""

    exempt: bool = False


@dataclass(frozen=True, slots=True)
class CustomerReminderMail(ToCustomer, kind="reminder", template="reminder-customer"):
    """An answer of theirs is missing.

    `question` are the agent's last words, where they got them: of the mail `repeats`, on the case `on` if on another.
    """

    waited: bool
    closes_at: datetime | None = None
    repeats: str = ""  # Message-ID
    on: str = ""
    question: str = ""


# --- to third parties


@dataclass(frozen=True, slots=True)
class AskMail(CaseContent, kind="ask", template="question"):
    """What an agent asks somebody outside; `topic` is its subject in the agent's words, "" for ours."""

    audience: ClassVar[AudienceOf] = "third-party"

    topic: str = ""


# --- to agents


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAgent(CaseContent):
    """What a mail to one of us says.

    `instead`: for whom its reader has, or hears of, the case. `attached` names files. `delayed`: how late it comes.
    """

    audience: ClassVar[AudienceOf] = "agent"

    instead: str = ""
    attached: tuple[str, ...] = ()
    delayed: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMail(ToAgent):
    """Somebody's mail on a case. `sender` is its address, `trust` how it was placed, `folded` its lines left out.

    `new_subject`: its subject, where that says something else than the case's.
    `handed_over`: the case was another's; `outsider`: who wrote is none of its people.
    """

    trust: str = ""
    unverified: bool = False
    sender: str = ""
    folded: int = 0
    new_subject: str = ""
    proposed: tuple[str, ...] = ()  # what the agent decides, in words
    handed_over: bool = False
    outsider: bool = field(default=False, metadata=UNSAID)

    @property
    def stays(self) -> bool:
        """Nobody of the case has written it."""
        return self.outsider


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedMail(ShownMail, kind="assigned"):
    """A case is theirs."""

    split_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingMail(ToAgent):
    """Somebody is wanted at once. `given`: the case is theirs by the same act, which this mail tells, too.

    It is the mail about the case then, and a plain reply to it goes where one to an assignment goes.
    """

    given: AssignedMail | None = None

    @property
    def also(self) -> tuple[MailKind, ...]:
        """That a case is theirs is told by no other mail."""
        return (self.given.kind,) if self.given else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMessageMail(ShownMail, kind="customer-message"):
    """Somebody wrote on the case."""

    changed: tuple[str, ...] = ()  # what was read from the mail, in words
    reopened: bool = False
    thanked: bool = False
    confirms: bool = False
    uncalled: bool = False  # it works, and nobody is called any more who was
    through: str = ""  # the merged case that it was written to
    became: str = ""  # the case that was made of it
    of_ours: bool = False  # unverified: it is in the name of an agent, who is told


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorMail(ShownMail, kind="customer-message", template="monitor"):
    """The monitor says more of its case."""

    news: str  # recovered, again, worse
    uncalled: bool = False  # recovered, and nobody is called any more who was


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyMail(ShownMail, kind="customer-message", template="third-party", stays=True):
    """Somebody whom an agent asked has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedMail(ToAgent, kind="customer-message", template="rated"):
    """A customer who rated a case has written something beside it."""

    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedMail(ToAgent, kind="assigned", template="merged"):
    """Another case went into theirs."""

    merged_ref: str
    merged_number: int = field(metadata=UNSAID)


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoMail(ToAgent, kind="echo"):
    """What an agent's orders did, or why nothing was done. `internal`: their mail was for the team."""

    done: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    files: tuple[str, ...] = ()
    help: tuple[CommandForm, ...] = ()
    left_out: str = ""
    kept_open: tuple[str, ...] = ()  # orders that are not done because of the unseen
    unseen: tuple[CaseMail, ...] = ()
    internal: bool = field(default=False, metadata=UNSAID)

    @property
    def stays(self) -> bool:
        """One that sends a mail back asks for it once more, and goes where it was to go."""
        return not self.mistakes or self.internal


@dataclass(frozen=True, slots=True)
class CommandForm:
    """A command as it is written, and what it does."""

    form: str
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMail(ToAgent, kind="echo", template="copy", stays=True):
    """A colleague answered the customer (`sent`), or did something to the case."""

    sent: bool
    done: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """A colleague's answer that came before."""

    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondAnswerMail(ToAgent, kind="echo", template="second-answer"):
    """An agent's answer comes back, because a colleague has answered meanwhile."""

    answered: EarlierAnswer
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmMail(ToAgent, kind="echo", template="confirm", stays=True):
    """Did they open this case? Nothing proves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefusedMail(ToAgent, kind="echo", template="order-refused", stays=True):
    """Are these orders theirs? Nothing proves it. `order` is the key of the mail that has them."""

    lines: tuple[str, ...]
    order: str = field(metadata=UNSAID)


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """A mail of a case that did not arrive; `lost`: it was an answer, and reached nobody."""

    recipient: str
    kind: str
    reason: str
    status: str
    named: tuple[str, ...]
    server: str
    for_good: bool
    lost: bool
    reopened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncedMail(ToAgent, kind="alert", template="bounced", stays=True):
    """A mail of a case did not arrive."""

    bounced: ReturnedMail


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationAskedMail(CallingMail, kind="escalation", template="escalation-asked"):
    """The customer asks for escalation, or an agent passes it on: `asked` says how, `sender` is the address."""

    asked: str
    sender: str

    @property
    def stays(self) -> bool:
        """It is for those who look after the account."""
        return self.given is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspicionMail(CallingMail, kind="escalation", template="escalation-suspected"):
    """A case may be of rank 1; `again`: nobody has looked."""

    probability: float
    again: bool
    due_at: datetime | None = None  # when an answer would be due, had it been of rank 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitOverMail(ToAgent, kind="reminder"):
    """A wait is over; `waited_for` is `customer` or `vendor`."""

    waited_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DowngradeMail(ToAgent, kind="reminder", template="reminder-downgrade"):
    """The customer is silent, and the severity may become that milder one."""

    downgrade_to: str
    downgrade_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityRaisedMail(ToAgent, kind="reminder", template="severity-raised"):
    """A reader has found more in the mail than the desk had: the severity is worse than it was."""

    was: str
    was_key: str
    shown: tuple[str, ...]  # what it found, with its quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeOverMail(ToAgent, kind="reminder", template="reminder-snooze"):
    """The moment has come at which they wanted to hear of the case again."""


# --- the ladder


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step of the ladder as it was taken: on which clock, and how."""

    kind: StepKind
    target: str  # its name for people
    asks: str  # what is to be done by then, in a word
    owes: str  # what the customer has not yet
    orders: tuple[str, ...]  # that meet it
    due_at: datetime | None
    late_from: datetime | None
    reached_at: datetime
    share: float
    after: timedelta
    acknowledge: bool
    unheard_for: timedelta | None  # for how long nobody has acknowledged
    turn: int  # which repetition
    until: tuple[str, ...] = ()  # what ends it instead of an acknowledgment
    open_for: timedelta | None = None  # since the opening, of steps that count from there


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMail(CallingMail):
    """A step of the ladder is taken; `missed` names those that this mail stands for as well."""

    step: TakenStep
    missed: tuple[str, ...] = ()

    @property
    def kind(self) -> MailKind:
        """As the policy calls the step."""
        return self.step.kind

    @property
    def stays(self) -> bool:
        """A reply to a call acknowledges it."""
        return self.step.acknowledge and self.given is None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningMail(StepMail, kind="warning"):
    """A share of the promised time is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachMail(StepMail, kind="breach"):
    """A promise is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationMail(StepMail, kind="escalation"):
    """The breach goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMail(StepMail, kind="escalation", template="page"):
    """A step at the opening of a case, or when it becomes severe."""

    @property
    def stays(self) -> bool:
        """A reply acknowledges it."""
        return self.given is None


@dataclass(frozen=True, slots=True)
class CustomerEscalationMail(ToCustomer, kind="escalation", template="escalation-customer"):
    """A step that names the escalation contact of the customer, or the people of the case (`own`)."""

    step: StepKind = field(metadata=UNSAID)
    own: bool = False

    @property
    def kind(self) -> MailKind:
        """As the policy calls the step."""
        return self.step
