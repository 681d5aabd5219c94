"""One case with its clocks, mails and ledger, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.enclosure import SECRET
from helpdesk.core.words.events import SeverityAssessed, to_facts
from helpdesk.core.words.rating import ratings
from helpdesk.letters import desk_zone, turn_words
from helpdesk.phrases import moment
from helpdesk.plural import plural
from helpdesk.report.attached import load_attachment
from helpdesk.report.explain import clock_lines
from helpdesk.store import cases as case_store
from helpdesk.web.excerpt import excerpt
from helpdesk.web.page import Page
from helpdesk.web.refs import number_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.events import Event
    from helpdesk.offering.policy import Policy
    from helpdesk.store.cases import StoredMessage
    from helpdesk.web.excerpt import Excerpt
    from helpdesk.web.visit import Visit

_NOTHING: Mapping[str, str] = {}
CLOCKS, MAILS, EVENTS = 20, 50, 200  # of one case on one page
MOST_FACTS = 200  # characters of an event's facts


@dataclass(frozen=True, slots=True)
class Words:
    """Some words on a page, a link where `href` says to where."""

    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class MailPage:
    """The mails of a case that are shown, and how many files hang on those before them."""

    excerpt: Excerpt
    mails: Sequence[StoredMessage]
    files_before: int


def case(visit: Visit) -> Response:
    """One case; the query says where its clocks, mails and events are to end. Raises NotFound, Refused."""
    number = number_in(visit.place["ref"])
    with visit.read() as unit:
        connection = unit.connection
        found = visit.opened(case_store.load(connection, number))
        policy = unit.policy_of(found)
        shown = excerpt(case_store.message_count(connection, number), MAILS, visit.query.get("mails", ""))
        skip = shown.first - 1
        messages = case_store.messages_from(connection, number, skip=skip, limit=shown.size)
        files_before = case_store.attachment_count(connection, number, first=skip)
    mails = MailPage(shown, messages, files_before)
    return visit.page("case.html", **case_values(found, policy, mails, visit.now, asked=visit.query))


def attachment(visit: Visit) -> Response:
    """One attachment of a case, counted from 1 over all its mails. Raises NotFound, Refused."""
    number = number_in(visit.place["ref"])
    with visit.read() as unit:
        visit.opened(case_store.load(unit.connection, number))
        file = load_attachment(unit.connection, number, number_in(visit.place["number"]))
    # A stranger's file: it is saved and never shown, whatever its type says (threat C06).
    headers = {"Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}"}
    return Response(file.data, media_type="application/octet-stream", headers=headers)


def case_values(
    case: Case, policy: Policy, mails: MailPage, now: datetime, *, asked: Mapping[str, str] = _NOTHING
) -> dict[str, Any]:
    """One case as far as it went by `now`. `asked` says where its clocks, mails and events are to end."""
    zone, found = desk_zone(case, policy), clocks(case, policy)
    excerpts = {
        "clocks": excerpt(len(found), CLOCKS, asked.get("clocks", "")),
        "mails": mails.excerpt,
        "events": excerpt(len(case.events), EVENTS, asked.get("events", "")),
    }
    return {
        "title": f"{case.ref} {case.subject}",
        "case": case,
        "facts": _facts(case, policy, zone),
        "parts": {name: _part(name, case, excerpts) for name in excerpts},
        "clocks": [_clock(clock, now) for clock in excerpts["clocks"].of(found)],
        "mails": list(_mails(case, mails, zone)),
        "events": [_event(event, zone) for event in excerpts["events"].of(case.events)],
    }


_TITLES = {"clocks": "Clocks", "mails": "Mails", "events": "Ledger"}


def _part(name: str, case: Case, excerpts: Mapping[str, Excerpt]) -> dict[str, Any]:
    """A part of a case, with the way to what came earlier and later where there is more than is shown."""
    title, shown = _TITLES[name], excerpts[name]
    links = [
        Words(f"{direction} {title.lower()}", _elsewhere(case, excerpts, name, last))
        for direction, last in (("Earlier", shown.earlier), ("Later", shown.later))
        if last is not None
    ]
    return {"name": name, "title": title, "excerpt": shown, "links": links}


def _elsewhere(case: Case, excerpts: Mapping[str, Excerpt], name: str, last: int) -> str:
    """The same page with one of its parts elsewhere."""
    ends = {other: last if other == name else part.last for other, part in excerpts.items()}
    moved = [f"{other}={end}" for other, end in ends.items() if end < excerpts[other].total]
    return f"/cases/{case.ref}{'?' if moved else ''}{'&'.join(moved)}#{name}"


def _facts(case: Case, policy: Policy, zone: str) -> dict[str, list[Words]]:
    """What is known of a case, each under its name; what is not known is left out."""
    requester = case.requester
    lines: dict[str, str | list[Words]] = {
        "Status": case.status,
        "Turn": turn_words(case, desk_zone(case, policy)) if case.active else "",
        "Severity": policy.level(case.severity).name + (", please review" if case.review else ""),
        "Because": _reasons(case),
        "From": requester.shown,
        "Answers to": case.addressee.shown if case.addressee.address != requester.address else "",
        "Also": ", ".join(person.address for person in case.participants),
        "Customer": case.customer or "unknown",
        "Offering": f"{policy.name} {policy.plan(case.plan).name}, region {case.region}, channel {case.channel}",
        "Policy": f"{case.policy} {case.policy_version}",
        "With": case.assignee or "nobody",
        "Kind": case.kind + (f", area {case.area}" if case.area else ""),
        "Opened": moment(case.opened_at, zone),
        "Reminder": f"{moment(case.snoozed.until, zone)}, for {case.snoozed.by}" if case.snoozed else "",
        "Linked": _references(case.links),
        "Merged into": _references([case.merged_into] if case.merged_into else []),
        "Merged": _references([f"HD-{number}" for number in case.merged]),
        "Notes": "; ".join((*case.tags, *case.labels)),
        "Missing": ", ".join(case.missing),
        "Rated": "; ".join(f"{one.grade} by {one.by}" for one in ratings(case)),
    }
    return {name: [Words(value)] if isinstance(value, str) else value for name, value in lines.items() if value}


def _reasons(case: Case) -> list[Words]:
    return [
        Words(f"{reason['rule']}: {reason['effect']}" + (f" ({reason['evidence']})" if reason["evidence"] else ""))
        for event in case.of_type(SeverityAssessed)
        for reason in event.reasons
    ]


def _references(refs: Sequence[str]) -> list[Words]:
    return [Words(ref, f"/cases/{ref}") for ref in refs]


def _clock(clock: Clock, now: datetime) -> dict[str, Any]:
    """The lines of `case explain`, each of which carries its own sum."""
    head, *lines = clock_lines(clock, now)
    return {"head": head, "state": clock.state(now), "lines": [_line(line) for line in lines]}


def _line(line: str) -> dict[str, Any]:
    """A line without the terminal's columns; two blanks at its beginning are one step of depth."""
    words = [piece.strip() for piece in line.split("  ") if piece.strip()]
    return {"depth": (len(line) - len(line.lstrip())) // 2, "words": "  ".join(words)}


def _mails(case: Case, page: MailPage, zone: str) -> Iterator[dict[str, Any]]:
    first = page.files_before + 1  # attachments are counted over the whole case
    for mail in page.mails:
        yield {
            "visibility": mail.visibility,
            "author": mail.author_name or mail.author or "unknown sender",
            "role": mail.role,
            "at": moment(mail.at, zone),
            "text": mail.reply or mail.text,
            "files": [_file(case, part, first + at) for at, part in enumerate(mail.attachments)],
        }
        first += len(mail.attachments)


def _file(case: Case, part: Mapping[str, Any], number: int) -> Words:
    words = f"{part['name'] or 'unnamed'} ({part['type']}, {plural(part['size'], 'byte')})"
    if part.get("kept") == SECRET:
        return Words(f"{words}: not shown here, {SECRET}")
    return Words(words, f"/cases/{case.ref}/attachments/{number}")


def _event(event: Event, zone: str) -> dict[str, str]:
    facts = ", ".join(
        f"{key} {value}" for key, value in to_facts(event).items() if isinstance(value, str | int) and value
    )
    return {
        "at": moment(event.at, zone),
        "type": event.type.replace("_", " "),
        "by": event.by or "nobody",
        "facts": facts[:MOST_FACTS],
    }


PAGES = (
    Page("/cases/{ref}", show=case),
    Page("/cases/{ref}/attachments/{number}", show=attachment),
)
