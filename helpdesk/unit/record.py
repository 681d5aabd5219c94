"""A draft becomes a letter: what was said on the case goes into it, and where it belongs in its reader's thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.words.case import number_of
from helpdesk.core.words.drafts import (
    AssignedMail,
    CallingMail,
    CustomerReminderMail,
    DowngradeMail,
    MergedMail,
    SeverityRaisedMail,
    SnoozeOverMail,
    StepMail,
    SuspicionMail,
    WaitOverMail,
)
from helpdesk.core.words.enclosure import Enclosure
from helpdesk.core.words.events import CustomerRated, CustomerThanked, CustomerWrote, RequesterSet
from helpdesk.letters import Thread, readers_zone, thread_of
from helpdesk.phrases import moment
from helpdesk.store import cases as case_store
from helpdesk.store import outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Draft
    from helpdesk.core.words.terms import Terms
    from helpdesk.store.cases import StoredMessage
    from helpdesk.store.engine import Connection
    from helpdesk.store.outbox import Queued
    from helpdesk.unit.rules import Rules

_LONGEST = 10  # Message-IDs of a thread
_LAST = 6  # messages; who wants to read more asks for the case
_REMINDS = (StepMail, SuspicionMail, WaitOverMail, SnoozeOverMail, DowngradeMail, SeverityRaisedMail)
_WHOSE = {"internal": ", a note", "unverified": ", not verified", "rating": ", a rating"}


def letter_of(
    connection: Connection, rules: Rules, case: Case, draft: Draft, terms: Terms, now: datetime, *, first: bool
) -> Queued:
    """A draft about a stored case, written down to its last byte. `first`: nothing was written about it before."""
    complete = _with_what_was_said(connection, case, draft, terms, rules.configuration.attachments)
    ours = [] if first else outbox.message_ids_to(connection, case.number, complete.to.address)
    return rules.letters.write(complete, case, terms, thread=_thread(case, complete, ours), now=now)


def _with_what_was_said(connection: Connection, case: Case, draft: Draft, terms: Terms, up_to: int) -> Draft:
    """Who is to act on a case, or hears of it, gets what was said: they may have nothing but this mail."""
    content = draft.content
    if isinstance(content, CustomerReminderMail) and content.repeats:
        return replace(draft, content=replace(content, question=_question(connection, case, content)))
    if isinstance(content, MergedMail):
        messages = case_store.messages(connection, content.merged_number)[-_LAST:]
        return _quoting(draft, messages, readers_zone(draft.to, case, terms))
    given = content.given if isinstance(content, CallingMail) else content
    handed_over = isinstance(given, AssignedMail) and given.handed_over
    if draft.text or not (handed_over or isinstance(content, _REMINDS)):
        return draft
    messages = case_store.messages(connection, case.number, *case.merged)[-_LAST:]
    files = _enclosures(messages, up_to) if handed_over else ()
    return replace(_quoting(draft, messages, readers_zone(draft.to, case, terms)), enclosures=files)


def _quoting(draft: Draft, messages: Sequence[StoredMessage], zone: str) -> Draft:
    """The draft with what was said in these mails."""
    said = list(filter(_by_somebody, messages))
    shows = tuple(message.spool_id for message in said if message.spool_id)
    return replace(draft, text="\n\n".join(_mail_words(message, zone) for message in said), shows=shows)


def _question(connection: Connection, case: Case, content: CustomerReminderMail) -> str:
    """What an agent wrote in that answer, as far as it is still there; on the case that this one went into, if so."""
    number = number_of(content.on) if content.on else case.number
    said = (
        message.reply
        for message in case_store.messages(connection, number)
        if message.role == "agent" and message.visibility == "public"
        if message.message_id == content.repeats
    )
    return next(said, "")


def _enclosures(messages: Sequence[StoredMessage], up_to: int) -> tuple[Enclosure, ...]:
    """The files of these mails, the newest first, that fit into one."""
    found, used = [], 0
    for message in reversed(messages):
        for part in message.attachments:
            if message.spool_id and not part.get("kept") and used + part["size"] <= up_to:
                found.append(Enclosure(message.spool_id, part["part"]))
                used += part["size"]
    return tuple(found)


def _by_somebody(message: StoredMessage) -> bool:
    return bool(message.reply) and message.visibility != "robot"


def _mail_words(message: StoredMessage, zone: str) -> str:
    who, whose = message.author_name or message.author, _WHOSE.get(message.visibility, "")
    return f"{who}, {moment(message.at, zone)}{whose}:\n{message.reply}"


def _written_by_customers(case: Case) -> list[str]:
    """The newest Message-IDs of what its own people wrote, oldest first: nobody sees those of another case's people.

    Agents' own Message-IDs are left out as well: they name the agents' mail servers (threat P02).
    """
    wrote: list[str] = []
    for event in case.of_type(CustomerWrote, CustomerThanked, CustomerRated, RequesterSet):
        # Nothing of before goes to whose case it is now.
        wrote = [] if isinstance(event, RequesterSet) else [*wrote, str(event.message_id)]
    return list(filter(None, wrote))[-_LONGEST:]


def _thread(case: Case, draft: Draft, ours: Sequence[str]) -> Thread:
    """Where a letter belongs in its reader's mail program, who got `ours` on the case, oldest first.

    A customer's thread is what they wrote and what they got; an agent's is what the agent got.
    """
    if draft.audience != "customer":
        return thread_of(ours)
    theirs = _written_by_customers(case)
    if not theirs:
        return thread_of(ours)
    references = tuple(dict.fromkeys((*theirs[:1], *ours, *theirs[1:])))
    return Thread(theirs[-1], references)
