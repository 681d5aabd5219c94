"""One case as a person reads it on a terminal."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from helpdesk.core.clocks import suspicion
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words import rating
from helpdesk.core.words.events import SeverityAssessed, to_facts
from helpdesk.letters import desk_zone, turn_words
from helpdesk.phrases import moment
from helpdesk.plain_text import printable
from helpdesk.plural import plural
from helpdesk.report.explain import clock_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.events import Event
    from helpdesk.core.words.rating import Rating
    from helpdesk.offering.policy import Policy
    from helpdesk.store.cases import StoredMessage

_LESS = 12  # lines of a mail that are shown
_LEDGER_WIDTH = 160


def case_text(case: Case, policy: Policy, messages: Sequence[StoredMessage], now: datetime) -> str:
    """The case, its clocks, its mails and its ledger."""
    zone, files = desk_zone(case, policy), itertools.count(1)
    lines = [
        f"{case.ref}  {case.subject}",
        f"{case.status}, with {case.assignee or 'nobody'}; opened {moment(case.opened_at, zone)}",
        *([f"given to the team {case.team}"] if case.team else []),
        *([f"turn: {turn_words(case, desk_zone(case, policy))}"] if case.active else []),
        f"from {case.requester.shown}, customer {case.customer or 'unknown'}",
        *([f"answers go to {case.addressee.shown}"] if case.addressee.address != case.requester.address else []),
        *([f"also {', '.join(person.address for person in case.participants)}"] if case.participants else []),
        f"{policy.name} {policy.plan(case.plan).name}, region {case.region}, channel {case.channel}",
        "",
        f"Severity {policy.level(case.severity).name}, set by {case.severity_set_by}"
        + (", to be reviewed" if case.review else ""),
        *(f"  {line}" for line in _verdict(case, policy, zone)),
        *(f"  note: {tag}" for tag in case.tags),
        *([f"  tagged {', '.join(case.labels)}"] if case.labels else []),
        *(f"  rated {_rating(one, zone)}" for one in rating.ratings(case)),
        f"Kind {case.kind}, area {case.area or 'none'}",
        *([f"MERGED into {case.merged_into}, where it is answered"] if case.merged_into else []),
        *([f"merged with {', '.join(f'HD-{number}' for number in case.merged)}"] if case.merged else []),
        *([f"linked to {', '.join(case.links)}"] if case.links else []),
        *([f"{case.snoozed.by} is reminded {moment(case.snoozed.until, zone)}"] if case.snoozed else []),
        "",
        *(line for clock in clocks(case, policy) for line in (*clock_lines(clock, now), "")),
        *(line for message in messages for line in (*_message_lines(message, zone, files), "")),
        "Ledger",
        *(f"  {_event_line(event, zone)}" for event in case.events),
    ]
    return "\n".join(map(printable, lines))


def _verdict(case: Case, policy: Policy, zone: str) -> Iterator[str]:
    """What the desk found, how sure it was, and why; what decided comes first."""
    for event in case.of_type(SeverityAssessed):
        names = (policy.severity.at_rank(rank).name for rank in (1, 2, 3, 4))
        shares = zip(names, event.probabilities, strict=True)
        yield "found: " + ", ".join(f"{name} {share:.0%}" for name, share in shares)
    suspected, measured = suspicion.open_suspicion(case), suspicion.clock(case, policy)
    if suspected:
        due = f", to be looked at by {moment(measured.due_at, zone)}" if measured and measured.due_at else ""
        yield f"MAY BE {policy.severity.at_rank(1).name.upper()}, since {moment(suspected.at, zone)}{due}"
    yield from _reasons(case)


def _rating(one: Rating, zone: str) -> str:
    said = f": {' '.join(one.comment.split())}" if one.comment else ""
    return f"{one.grade} by {one.by}, {moment(one.at, zone)}{said}"


def _reasons(case: Case) -> Iterator[str]:
    for event in case.of_type(SeverityAssessed):
        for reason in event.reasons:
            evidence = f" ({reason['evidence']})" if reason["evidence"] else ""
            yield f"{reason['rule']}: {reason['effect']}{evidence}"


def _message_lines(message: StoredMessage, zone: str, files: Iterator[int]) -> Iterator[str]:
    """One mail. Attachments have the numbers that `case attachment` takes: over all mails, oldest first."""
    seen = "" if message.visibility == "public" else f" [{message.visibility}]"
    yield f"{moment(message.at, zone)}  {message.author_name or message.author}{seen}"
    lines = message.reply.splitlines() or message.text.splitlines()
    for line in lines[:_LESS]:
        yield f"  | {line}"
    if len(lines) > _LESS:
        yield f"  | ... {plural(len(lines) - _LESS, 'more line')}"
    for part in message.attachments:
        size = plural(part["size"], "byte")
        yield f"  attachment {next(files)}: {part['name'] or 'unnamed'}, {part['type']}, {size}"


def _event_line(event: Event, zone: str) -> str:
    facts = ", ".join(
        f"{key} {value}" for key, value in to_facts(event).items() if isinstance(value, str | int) and value
    )
    line = f"{moment(event.at, zone)}  {event.type} by {event.by or 'nobody'}{': ' if facts else ''}{facts}"
    return line if len(line) <= _LEDGER_WIDTH else f"{line[: _LEDGER_WIDTH - 1]}…"
