"""What goes into a decision and what comes out of it.

In: an `Arrival`, one mail with its place. Out: a `Decision`, the case as it should now be, the events that make it
so, and `Draft`s, mail to write. A draft names a recipient and holds what the mail says (`drafts`); no text of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.core.words.agent_text import NOTHING, AgentText
from helpdesk.core.words.unseen import ALL_SEEN, Sight

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from helpdesk.core.words.addressee import Addressee
    from helpdesk.core.words.behalf import Behalf
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.drafts import AudienceOf, CaseContent, MailKind
    from helpdesk.core.words.enclosure import Enclosure
    from helpdesk.core.words.events import Event
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.owed import Owed
    from helpdesk.core.words.people import Agent, Customer, Mailbox
    from helpdesk.core.words.placement import Placement
    from helpdesk.core.words.terms import RelatedCase, Terms
    from helpdesk.core.words.thanks import Thanks
    from helpdesk.person import Person

Outcome = Literal[
    "opened",
    "appended",
    "ordered",  # an operator's, to the desk itself
    "robot",
    "bounce",
    "loop",
    "duplicate",
    "quarantined",
    "history",  # it lay there before the desk began; kept from cases until somebody opens it
    "held",  # kept from cases until a person says that a person wrote it
    "ignored",
    "rejected",
]
Visibility = Literal["public", "internal", "unverified", "robot", "rating"]
ReturnReason = Literal["permanent", "temporary", "complaint"]  # why a mail of ours came back


@dataclass(frozen=True, slots=True)
class Answered:
    """Acknowledgments written to this sender lately, and to everybody within the last minute."""

    hour: int = 0
    day: int = 0
    memory: int = 0  # within `acknowledgment.MEMORY`
    unanswered: int = 0  # within `acknowledgment.LONG_MEMORY`, for cases that no agent has answered
    alike: int = 0  # of these, for cases that began with the same words
    newest: datetime | None = None  # when the newest of them went out
    everywhere: int = 0
    complained: bool = False  # the sender called mail of ours spam


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail of ours that was refused, or that a report is about: proven by what we signed, not by what it says.

    `answer` is the key of the agent's mail that it passes on, and `lost` whether that reaches nobody else. `left`:
    the smarthost had taken it.
    """

    case: int
    recipient: str
    kind: str  # of the mail that came back
    reason: ReturnReason
    status: str  # RFC 3463, "" where the report gives none
    staff: bool  # it was to one of us
    named: tuple[str, ...] = ()  # whom the report names, where it names several: readers behind that recipient
    row: int = 0  # of the outbox
    server: str = ""  # why the smarthost refused it, or why it was given up
    for_good: bool = True
    left: bool = True
    gives: bool = False  # it told its reader that the case is theirs
    answer: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A customer's mail that can become a case of its own.

    `arrival` is as if it came now to open a case, `terms` are those of its sender, `number` is kept for the case. It
    stands in the ledger of the case `owner`.
    """

    arrival: Arrival
    terms: Terms
    number: int
    owner: int


@dataclass(frozen=True, slots=True)
class Split:
    """The order to make a case of a piece: under which subject, and with which first answer (`text` "": none)."""

    subject: str
    text: str
    agent: Agent
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail with its place.

    `received_at` is when our side's first server took it: clocks count from there. `key` is what makes it unique
    among all mail. `written` is what an agent wrote in it; `folded` counts the lines of a customer's mail that are not
    shown, `others` are words of a first mail that its author says are somebody else's. `answers` is a follow-up as it
    answers what we asked, with lines of ours marked by `>`; `first_words` are those of the mail that opened its case.
    """

    message: Message
    placement: Placement
    received_at: datetime
    key: str
    addressee: Addressee
    customers: Mapping[str, Customer] = field(default_factory=dict)  # of the addresses that it names, by address
    written: AgentText = NOTHING
    folded: int = 0
    others: str = ""
    answers: str = ""
    first_words: str = ""
    answered: Answered = Answered()
    linked_ref: str = ""
    to_escalation: bool = False  # written to a mailbox of the channel `escalation`
    sensitive: tuple[str, ...] = ()  # secrets and others' data that are masked in it, each `kind in place`
    returned: Returned | None = None  # on a delivery report about a mail of ours
    mailboxes: frozenset[str] = frozenset()  # every address we receive at
    number: int = 0  # of the mail in the spool
    named: Mapping[int, RelatedCase] = field(default_factory=dict)  # who goes on for each that orders name
    asked: int = 0  # within the last hour the agent in whose name it is, whether mails in it were theirs
    snippets: Mapping[str, str] = field(default_factory=dict)  # that orders can name, with the words of those they do
    piece: Piece | None = None  # what `#split` makes a case of, where it stands among the orders
    unsplittable: str = ""  # why there is nothing to make a case of
    through: int | None = None  # the merged case that it was written to, whose place this one has taken
    unwanted: str = ""  # why it is held where its sender is nobody: marked as spam by our border, or blocked
    released_by: str = ""  # who said that a person wrote it, though it was held or taken for a robot's
    history: bool = False  # it lay there before the desk began, and was opened with others, perhaps unread
    thanks: Thanks | None = None  # all that a customer's mail on the case says; of a rating, beside it
    behalf: Behalf | None = None  # for whom an agent's mail opens a case
    sight: Sight = ALL_SEEN  # what of the case the agent who wrote had not seen
    came_to: Mailbox | None = None  # which may be another than its case's
    null_sender: bool = False  # it came with MAIL FROM:<>, and wants no answer (RFC 5321 section 4.5.5)

    @property
    def sender(self) -> str:
        """The one From address, "" where From names nobody or several."""
        return self.message.sender.address if self.message.sender else ""


@dataclass(frozen=True, slots=True)
class CaseBeside:
    """An open case of the same customer, or of the same person, as it is told of beside one."""

    number: int
    requester: str  # address
    subject: str
    mailbox: str
    team: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Mail to write. `key` and the recipient make it unique within the case: it is sent once, ever."""

    content: CaseContent
    to: Person
    key: str
    text: str = ""  # what a person wrote and we pass on
    author: str = ""  # the name of who wrote it
    enclosures: tuple[Enclosure, ...] = ()  # files that go along
    shows: tuple[int, ...] = ()  # the numbers in the spool of the mails whose words stand in it
    owed: Owed | None = field(default=None, compare=False)  # on its case, once all is decided
    others: tuple[CaseBeside, ...] = field(default=(), compare=False)  # open beside its case, once it is written

    @property
    def kind(self) -> MailKind:
        """What it is in the outbox."""
        return self.content.kind

    @property
    def audience(self) -> AudienceOf:
        """On which side its reader is."""
        return self.content.audience


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a mail or to a moment. `case` None: the mail is kept in the log and makes no case."""

    case: Case | None
    events: tuple[Event, ...] = ()
    drafts: tuple[Draft, ...] = ()
    outcome: Outcome = "appended"
    visibility: Visibility = "public"
    reply: str = ""  # what the sender said, without commands
    because: str = ""
    erase: bool = False  # what the case holds is to be erased, this mail included
    split: Split | None = None  # a case is to be made of a mail of this one
    moves: int = 0  # the number in the spool of the mail that goes from its old case to this one
    insists: bool = False  # an agent wants its answer sent, though it be to a monitor
    clocks: tuple[Clock, ...] = ()  # of the case as it should be, where they are known
    also: tuple[tuple[Decision, Terms], ...] = ()  # what it does to other cases, in the same transaction


CaseEffects = tuple["tuple[Event, ...]", tuple[Draft, ...]]  # what a rule adds to a decision


class DecisionBuilder:
    """A decision about one case as it is made: each step is given the case as the steps before it leave it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.events: list[Event] = []
        self.drafts: list[Draft] = []

    def happened(self, *events: Event) -> None:
        """These are facts of the case from now on."""
        self.case = self.case.after(*events)
        self.events += events

    def add(self, effects: CaseEffects) -> None:
        """These are facts of the case from now on, and that mail is written."""
        events, drafts = effects
        self.happened(*events)
        self.drafts += drafts

    def decision(self, **how: Any) -> Decision:
        """All of it; `how` are further fields of the decision."""
        return Decision(self.case, tuple(self.events), tuple(self.drafts), **how)
