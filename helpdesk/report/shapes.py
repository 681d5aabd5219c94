"""Cases, mails and due times as plain data: the JSON that `--json` prints and other programs rely on.

Times are RFC 3339 with an offset, durations whole seconds, addresses bare.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from helpdesk.core.clocks import suspicion
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.clocks.turn import turn_of
from helpdesk.core.words import rating
from helpdesk.core.words.events import RankOneSuspected, SeverityAssessed, to_facts
from helpdesk.offering.policy import Promise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.events import Event
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.rating import Rating
    from helpdesk.offering.policy import Policy
    from helpdesk.store.cases import StoredMessage
    from helpdesk.store.outbox import Row


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat() if at is not None else None


def fields_of(value: Any, *names: str) -> dict[str, Any]:
    """What is called alike here and in JSON."""
    return {name: as_json(getattr(value, name)) for name in names}


def as_json(value: Any) -> Any:
    """A value as it stands in JSON."""
    match value:
        case datetime():
            return instant(value)
        case timedelta():
            return int(value.total_seconds())
        case date() | Decimal():
            return str(value)
        case tuple() | list():
            return [as_json(one) for one in value]
        case dict():
            return {name: as_json(one) for name, one in value.items()}
    return value


def case_shape(case: Case, policy: Policy, messages: Sequence[StoredMessage], now: datetime) -> dict[str, Any]:
    """One case as `case show --json` prints it."""
    turn = turn_of(case)
    return {
        **fields_of(case, "ref", "mailbox", "policy", "policy_version", "plan", "region", "channel"),
        "customer": case.customer or None,
        "requester": case.requester.address,
        "answers_to": case.addressee.address,
        "participants": [person.address for person in case.participants],
        **fields_of(case, "subject", "severity", "rank", "severity_set_by"),
        "stated": case.stated or None,
        "review": case.review,
        **_verdict_shape(case),
        "suspicion": _suspicion_shape(case, policy, now),
        "kind": case.kind,
        "area": case.area or None,
        "language": case.language,
        "status": case.status,
        "turn": turn.whose,
        "turn_since": instant(turn.since),
        "assignee": case.assignee or None,
        "team": case.team or None,
        "tags": [*case.tags, *case.labels],
        "links": list(case.links),
        "merged_into": case.merged_into or None,
        "merged": [f"HD-{number}" for number in case.merged],
        "snoozed_until": instant(case.snoozed.until if case.snoozed else None),
        "intake": dict(case.intake),
        "missing": list(case.missing),
        "opened_at": instant(case.opened_at),
        "clocks": [clock_shape(clock, now) for clock in clocks(case, policy)],
        "ratings": [_rating_shape(one) for one in rating.ratings(case)],
        "messages": [_message_shape(message) for message in messages],
        "events": [_event_shape(event) for event in case.events],
    }


def _verdict_shape(case: Case) -> dict[str, Any]:
    """What the desk found when the case came in; what was decided since stands in the events."""
    assessed = case.first(SeverityAssessed)
    return {
        "found": assessed.found if assessed else None,
        "confidence": assessed.confidence if assessed else None,
        "probabilities": list(assessed.probabilities) or None if assessed else None,
        "s1_suspect": assessed.s1_suspect if assessed else False,
        "reasons": list(assessed.reasons) if assessed else [],
    }


def _rating_shape(one: Rating) -> dict[str, Any]:
    """Whether somebody was satisfied: what counts of them; all that they ever said stands in the events."""
    return {**fields_of(one, "by", "grade", "at"), "comment": one.comment or None}


def _suspicion_shape(case: Case, policy: Policy, now: datetime) -> dict[str, Any] | None:
    """The newest suspicion that the case is rank 1; its clock promises nothing to the customer."""
    raised = case.last(RankOneSuspected)
    if raised is None:
        return None
    measured = suspicion.clock(case, policy)
    return {
        "raised_at": instant(raised.at),
        "probability": raised.probability,
        "standing": suspicion.open_suspicion(case) is not None,
        "clock": clock_shape(measured, now) if measured else None,
    }


def clock_shape(clock: Clock, now: datetime) -> dict[str, Any]:
    """One clock of a case."""
    promise, breached_at = clock.promise, clock.breached_at(now)
    return {
        "target": clock.target,
        "started_at": instant(clock.started_at),
        "due_at": instant(clock.due_at),
        "state": clock.state(now),
        "stopped_at": instant(clock.stopped_at),
        "breached_at": instant(breached_at),
        "broken_due_at": instant(clock.broken_or_due_at(now) if breached_at else None),
        "used": int(clock.used(now).total_seconds()),
        "calendar": promise.calendar.name if isinstance(promise, Promise) else None,
        "promised": str(promise.within) if isinstance(promise, Promise) else None,
        "warranted": clock.warranted,
        "applies": list(promise.applies) if isinstance(promise, Promise) else [],
        "because": [*clock.because, *([clock.exempt] if clock.exempt else [])],
    }


def _message_shape(message: StoredMessage) -> dict[str, Any]:
    return {
        "at": instant(message.at),
        "from": message.author,
        "name": message.author_name,
        **fields_of(message, "role", "visibility", "message_id", "subject", "text", "reply"),
        "attachments": [
            {"name": part["name"], "type": part["type"], "size": part["size"]} for part in message.attachments
        ],
    }


def _event_shape(event: Event) -> dict[str, Any]:
    return {**fields_of(event, "at", "recorded_at", "type", "by"), "facts": to_facts(event)}


def mail_shape(name: str, outcome: str, case: int | None, message: Message | None, because: str = "") -> dict[str, Any]:
    """What became of one mail, as `import --json` prints it; `because`: why it became that, where it says."""
    sender = message.sender if message else None
    return {
        "file": name,
        "outcome": outcome,
        "case": f"HD-{case}" if case else None,
        "because": because or None,
        "message_id": message.message_id if message else "",
        "from": sender.address if sender else "",
        "subject": message.subject if message else "",
        "text": message.text if message else "",
        "reply": message.reply if message else "",
        "attachments": [fields_of(part, "name", "type", "size") for part in (message.attachments if message else ())],
        "robot": message.robot.kind if message and message.robot else None,
    }


def sent_shape(row: Row, message: Message) -> dict[str, Any]:
    """One mail of ours, as `simulate --json` prints it; `message` is the row's own bytes, parsed."""
    sender = message.sender
    return {
        "at": instant(row.sent_at),
        "kind": row.kind,
        "also": list(row.also),
        "case": f"HD-{row.case}" if row.case else None,
        "from": sender.address if sender else "",
        "to": [row.recipient],
        "subject": message.subject,
        "message_id": message.message_id,
        "in_reply_to": message.in_reply_to[0] if message.in_reply_to else None,
        "references": list(message.references),
        "reply_to": message.reply_to[0].address if message.reply_to else None,
        "auto_submitted": message.header("Auto-Submitted") or None,
        "text": message.text,
        "attachments": [fields_of(part, "name", "type", "size") for part in message.attachments],
    }


def outbox_shape(row: Row) -> dict[str, Any]:
    """A row of the outbox, as `outbox list --json` prints it."""
    return {
        "number": row.id,
        "key": row.key,
        "case": f"HD-{row.case}" if row.case else None,
        "kind": row.kind,
        "also": list(row.also),
        "to": row.recipient,
        **fields_of(row, "message_id", "state", "attempts", "copies", "created_at", "next_at", "sent_at", "detail"),
    }
