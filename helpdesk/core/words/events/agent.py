"""What agents do by mail, and the operators at the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from helpdesk.core.words.events.base import Event, UnseenWord, keyed, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class MistakeFact(TypedDict):
    """A line that was no order, and what was expected in its place."""

    line: str
    expected: str


class FormerRequester(TypedDict):
    """Whose case it was, and what applied to it then."""

    address: str
    answers_to: str
    customer: str
    plan: str
    region: str
    unwarranted: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAnswered(Event, stored_as="agent_answered"):
    """The public reply that stops clocks."""

    message_id: str = written("")
    key: str = written("")  # of the arrival, by which the mails are found that pass it on
    unseen: tuple[UnseenWord, ...] = ()  # words of customers that it does not answer
    on: str = ""  # ref of the case where it was written, if it was another


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNoted(Event, stored_as="agent_noted"):
    """Words for the team."""

    message_id: str = written("")
    key: str = written("")
    because: str = ""  # why they stay there, where the agent did not ask for it


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderConfirmed(Event, stored_as="order_confirmed"):
    """Orders that were refused are theirs, they say: what these do follows."""

    key: str  # of the arrival that was refused
    on: str = ""  # ref of the case that this one was merged into, where it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyAsked(Event, stored_as="third_party_asked"):
    """An agent has asked somebody outside, who is none of the customer's: the customer has had no word."""

    address: str
    name: str = ""
    message_id: str = ""
    key: str  # of the arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningConfirmed(Event, stored_as="confirmed"):
    """An agent says that the mail which opened it for somebody was theirs."""

    because: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAssigned(Event, stored_as="assigned"):
    """Somebody has the case from here on."""

    agent: str  # address
    because: str = written("")
    on: str = ""  # ref of the case that this one was merged into, where it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSet(Event, stored_as="team_set"):
    """Another team has the case from here on, and nobody of it yet."""

    team: str  # name
    was: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsChanged(Event, stored_as="tagged"):
    """An agent sorts the case: these tags of theirs are on it from here on, or off."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveritySet(Event, stored_as="severity_set"):
    """The severity is another from here on."""

    severity: str  # key
    rank: int
    was: str  # key of the severity before
    reason: str = written("")
    initially: bool | None = None  # whether an agent says that it was so from the start; None where none said it
    review: bool | None = None  # whether somebody should look at it; None where details did not decide it
    kind: str = ""  # the kind that does not allow the one before, or does allow this one again
    lowered_from: str = ""  # key of the severity that the kind does not allow


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSet(Event, stored_as="kind_set"):
    """The case is of another kind from here on."""

    kind: str
    was: str = written("")
    missing: tuple[str, ...] | None = None  # keys of the details that this kind misses; None in older ledgers
    named: str = ""  # the policy's own kind, where it is one


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSet(Event, stored_as="area_set"):
    """The case is about another application area from here on."""

    area: str
    was: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingSet(Event, stored_as="waiting_set"):
    """An agent waits for the customer, or for a third party."""

    seconds: int  # 0: until they write
    whom: str = keyed("for", default="")  # "vendor", or "" for the customer
    reason: str | None = None  # what a third party is to do; None of the customer
    on: str = ""  # ref of the case that this one was merged into, where it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSnoozed(Event, stored_as="snoozed"):
    """Its agent is reminded at a moment of their choice."""

    until: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReached(Event, stored_as="milestone"):
    """An agent says how far they are: promises are met by it."""

    milestone: str  # started, workaround, planned
    says: str = ""  # in the agent's words
    due_on: str = ""  # until when it is planned, in ISO 8601; "" where nothing is
    on: str = ""  # ref of the case that this one was merged into, where it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class DateAgreed(Event, stored_as="date_agreed"):
    """A date was agreed with the customer; the last one holds."""

    until: str  # ISO 8601, UTC
    promises: tuple[str, ...]  # keys of those that are due then


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResolved(Event, stored_as="resolved"):
    """It is done, unless the customer says otherwise."""

    because: str = ""  # where no agent ordered it
    on: str = ""  # ref of the case that this one was merged into, where it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(Event, stored_as="closed"):
    """It is over."""

    because: str = ""  # where it was not just ordered
    on: str = ""  # ref of the case that this one was merged into, where it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened(Event, stored_as="reopened"):
    """It is open again, or waits no more."""

    because: str = written("")
    on: str = ""  # ref of the case that this one was merged into, where it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantAdded(Event, stored_as="participant_added"):
    """Somebody gets the answers from here on."""

    address: str
    name: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantRemoved(Event, stored_as="participant_removed"):
    """Somebody gets no more answers, and is not believed."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterSet(Event, stored_as="requester_set"):
    """Somebody else's case from here on: what applies to it is theirs, and what was used stays used."""

    address: str
    name: str
    customer: str  # key, "" for somebody unknown
    plan: str
    region: str
    unwarranted: tuple[str, ...]  # why its promises are kept but not answered for
    was: FormerRequester
    addons: tuple[str, ...] = ()  # keys of what they bought beside the plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinked(Event, stored_as="linked"):
    """Another case belongs to it."""

    to: str  # ref


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOff(Event, stored_as="split_off"):
    """A customer's mail became a case of its own, and waits for no answer here."""

    into: str  # ref of that case
    received_at: str = keyed("at")  # when the mail was, in ISO 8601
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMerged(Event, stored_as="merged"):
    """Other cases went into this one."""

    came_from: str = keyed("from")  # ref of the case that an agent merged
    cases: tuple[str, ...]  # refs of that one, and of those that had gone into it


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedInto(Event, stored_as="merged_into"):
    """This case went into another, where it is answered from then on."""

    into: str  # ref
    shared: tuple[str, ...]  # addresses of those who are people of both


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAcknowledged(Event, stored_as="page_acknowledged"):
    """An agent has it: nobody else is called."""

    because: str = written("")
    on: str = ""  # ref of the case that this one was merged into, where it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNotNeeded(Event, stored_as="call_not_needed"):
    """An agent says of the last call that it was not worth waking for."""

    on: str = ""  # ref of the case that this one was merged into, where it was said


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseExempted(Event, stored_as="exempted"):
    """Its promises need not be met, and why."""

    key: str = ""  # of the exclusion; "" where the case is nobody's
    because: str
    out_of_scope: bool | None = None  # whether the offering leaves it out altogether
    until_requester: bool = False  # only until it is somebody's


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionLifted(Event, stored_as="exclusion_lifted"):
    """As if it had never been exempted."""

    keys: tuple[str, ...]  # of what was in force


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMailReturned(Event, stored_as="command_refused"):
    """An agent's mail came back to them, and nothing of it was done."""

    mistakes: tuple[MistakeFact, ...] = written(())
    message_id: str = written("")
    notice: bool = False  # because it reads as an absence notice
    answer: str = ""  # the key of somebody else's answer that they had not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOpen(Event, stored_as="kept_open"):
    """An agent's order to end it, or to wait, over a mail of the customer's that they had not seen."""

    orders: tuple[str, ...]  # the lines that are not done
    unseen: tuple[UnseenWord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRedacted(Event, stored_as="redacted"):
    """Its content was erased."""

    erased: Mapping[str, int]  # how much, by what
