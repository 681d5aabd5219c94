"""A call goes beyond mail, too: to what its agent reads, and to the channels of the rotation and of the operators.

What is sent says how severe, which case and when something is due, and not a word of a customer's. An agent's own
URL gets a link that acknowledges this one call in their name; a channel, which anybody may read, one that asks who it
is. It is a row of the outbox beside the mail's, in the same transaction, and nobody's mail waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.calls import calls
from helpdesk.core.words.drafts import StepMail, SuspicionMail
from helpdesk.letters import desk_zone, readers_zone
from helpdesk.mail.write.compose import Letter, compose
from helpdesk.person import Person
from helpdesk.phrases import moment
from helpdesk.store.outbox import NOTIFICATION, Queued

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.config import Configuration, NotifyUrl
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Draft
    from helpdesk.core.words.terms import Terms
    from helpdesk.openhours.rotation import Rotation
    from helpdesk.unit.rules import Rules

_MINE = "Acknowledge"
_ANYBODYS = "Sign in to acknowledge"
_BY_MAIL = "Acknowledge it by answering the mail."


def notifications_of(rules: Rules, case: Case, draft: Draft, terms: Terms, now: datetime) -> Iterator[Queued]:
    """What goes out beside the mail of a draft, if that is a call; several drafts of one call share what they share."""
    if not rules.configuration.notify_urls or not _is_call(draft):
        return
    for to in rules.configuration.notify_urls:
        zone = _zone(to, rules.configuration, case, draft, terms, now)
        if zone:
            yield _notification(rules, to, case, draft, terms, zone, now)


def _is_call(draft: Draft) -> bool:
    """Whether somebody is woken by it, and asked to say that they have it (`core.words.calls`)."""
    content = draft.content
    asks = isinstance(content, SuspicionMail) or (isinstance(content, StepMail) and content.step.acknowledge)
    return asks and draft.kind == "escalation"


def _zone(to: NotifyUrl, configuration: Configuration, case: Case, draft: Draft, terms: Terms, now: datetime) -> str:
    """In whose time the call is read there; "" where it is not for them."""
    kind, holder = to.holder
    if kind == "agent":
        agent = configuration.agent(draft.to.address)
        return readers_zone(draft.to, case, terms) if agent and agent.address == holder else ""
    if kind == "operators":
        return desk_zone(case, terms.policy) if configuration.operator(draft.to.address) else ""
    return next((one.timezone for one in _called(draft, terms, now) if one.name == holder), "")


def _called(draft: Draft, terms: Terms, now: datetime) -> Iterator[Rotation]:
    """The rotation that the team is called by, and those whose turn it is to sit where the ladder names a seat."""
    if terms.team.rotation:
        yield terms.team.rotation
    for seat in terms.team.seats:
        if seat.rotation and draft.to in seat.taken_by(now):
            yield seat.rotation


def _notification(
    rules: Rules, to: NotifyUrl, case: Case, draft: Draft, terms: Terms, zone: str, now: datetime
) -> Queued:
    key = f"{case.number}/{draft.key}/{NOTIFICATION}/{to.name}"
    domain = terms.mailbox.address.rpartition("@")[2]
    letter = Letter(
        from_=Person(terms.mailbox.address, terms.desk),
        to=Person("", to.name),
        subject=_headline(case, draft, terms),
        message_id=rules.signer.message_id(case=case.number, nonce=key, domain=domain),
        date=now,
        text=f"{_due(draft, zone, now)}\n{_what_to_do(rules, to, case, terms)}\n",
    )
    raw = compose(letter)
    return Queued(key, case.number, NOTIFICATION, to.name, "", letter.message_id, raw, subject=letter.subject)


def _headline(case: Case, draft: Draft, terms: Terms) -> str:
    if isinstance(draft.content, SuspicionMail):
        return f"{case.ref}: may be {terms.policy.severity.at_rank(1).name}"
    return f"{case.ref}: {terms.policy.level(case.severity).name}"


def _due(draft: Draft, zone: str, now: datetime) -> str:
    """What is due, and when; nothing where nothing is promised."""
    content = draft.content
    if isinstance(content, StepMail):
        what, due_at = content.step.target, content.step.due_at
    else:
        what, due_at = "an answer", content.due_at if isinstance(content, SuspicionMail) else None
    if due_at is None:
        return "No time is promised."
    return f"{what[:1].upper()}{what[1:]} {'was' if due_at < now else 'is'} due {moment(due_at, zone)}."


def _what_to_do(rules: Rules, to: NotifyUrl, case: Case, terms: Terms) -> str:
    """A link, where there is a console that it can lead to; by mail whoever was called acknowledges."""
    file, begun = rules.configuration.file, calls(case)
    if not (file.desk.public_url and file.web.listen and begun):
        return _BY_MAIL
    kind, holder = to.holder
    place = f"{file.desk.public_url.rstrip('/')}/calls"
    if kind == "agent" and terms.team.agent(holder) is None:
        return _BY_MAIL
    if kind != "agent":
        return f"{_ANYBODYS}: {place}/{case.ref}"
    return f"{_MINE}: {place}/{rules.signer.call_token(case=case.number, person=holder, at=begun[-1].at)}"
