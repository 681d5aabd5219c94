"""What customers do, and what a mail of theirs makes of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypedDict

from helpdesk.core.words.events.base import Event, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Unwarranted(TypedDict):
    """Why promises were kept but not answered for."""

    unwarranted: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent(Event):
    """A mail that was placed on a case: its Message-ID and subject, and why it belongs there."""

    message_id: str = written("")
    subject: str = written("")
    because: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Event, stored_as="opened"):
    """A mail became this case."""

    mailbox: str  # address that it came to
    policy: str  # key of the policy that applies
    policy_version: str
    plan: str
    region: str
    channel: str
    customer: str  # key, "" for somebody unknown
    requester: str  # address
    requester_name: str
    answers_to: str = written("")  # who gets what is written to the requester, where it is another
    subject: str
    language: str
    written_in: str = ""  # the language of the mail where its script tells another
    intake: Mapping[str, str]  # what was answered of what the policy asks for, by key
    missing: tuple[str, ...]  # keys of what was not
    tags: tuple[str, ...]
    unwarranted: tuple[str, ...] = written(())  # why its promises are kept but not answered for
    down: tuple[str, ...] = written(())  # the operators' switches that were down
    because: str = written("")  # why the mail opened a case
    linked: str = written("")  # ref of the case that it follows
    monitor: bool = written(default=False)  # no person wrote it: its requester reads no mail
    for_by: str = ""  # address of the agent who opened it for somebody
    for_how: str = ""  # and how: `behalf.How`
    unconfirmed: bool | None = None  # whether it is not proven that they did; None where no agent opened it
    unproven: tuple[str, ...] = ()  # keys of answers that choose no promise: nobody who may has stated them
    addons: tuple[str, ...] = ()  # keys of what the customer bought beside the plan
    split_from: str = ""  # ref of the case that the mail was split off
    past: bool = False  # it was dealt with before the desk began, or elsewhere: no promise of ours is about it


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWrote(MailEvent, stored_as="customer_wrote"):
    """A mail of the requester or a participant."""

    channel: str = ""  # by which the case goes on, where it is another than before
    language: str = ""  # in which it goes on, likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsGiven(Event, stored_as="details_given"):
    """The customer answered what the policy asks for, after the first mail; or an agent wrote it down for them."""

    intake: Mapping[str, str]  # the new answers, by key
    intake_was: Mapping[str, str] | None = written(None)  # what they replace; None in older ledgers
    missing: tuple[str, ...]  # keys of what is missing still
    unwarranted: tuple[str, ...]
    was: Unwarranted
    stated: str = written("")  # the severity that the mail states, in its words
    review: bool = written(default=False)  # whether somebody should look at the severity
    message_id: str | None = None  # None where an agent wrote it down
    unproven: tuple[str, ...] = ()  # keys of answers that choose no promise: nobody who may has stated them


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerThanked(MailEvent, stored_as="thanked"):
    """The customer said thanks, or that it works, and nothing else: reopens nothing, owes nothing."""

    confirms: bool = written(default=False)  # that it works
    ends_calls: bool = written(default=False)  # so surely theirs that nobody is called on


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRated(Event, stored_as="rated"):
    """Whether they were satisfied; the last of each person counts."""

    grade: Literal["good", "bad"]
    comment: str = written("")
    message_id: str = written("")
    because: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedWrote(Event, stored_as="merged_wrote"):
    """The customer of a case that went into this one wrote: its clocks run, not this one's."""

    case: str  # ref of theirs
    message_id: str = written("")
    subject: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRequested(Event, stored_as="escalation_requested"):
    """The customer asks for escalation, or an agent passes that on; it alters no clock."""

    because: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAgain(Event, stored_as="sent_again"):
    """It was sent without what was erased: its clocks begin anew."""

    because: str = written("")
