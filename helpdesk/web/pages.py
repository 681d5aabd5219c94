"""The pages: the queue, and one case with its clocks, mails and ledger. To look at; nothing can be changed here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpdesk.core.counted import counted
from helpdesk.core.enclosure import SECRET
from helpdesk.core.policy import TARGET_NAMES
from helpdesk.core.rating import ratings
from helpdesk.core.timeline import clocks
from helpdesk.letters import desk_zone
from helpdesk.phrases import moment, span
from helpdesk.report.explain import clock_lines
from helpdesk.web.excerpt import excerpt
from helpdesk.web.markup import element, page, text, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.case import Case, Event
    from helpdesk.core.clock import Clock
    from helpdesk.core.policy import Policy
    from helpdesk.store.cases import StoredMessage
    from helpdesk.web.excerpt import Excerpt
    from helpdesk.web.markup import Child, Markup

_NOTHING: Mapping[str, str] = {}
_GAP = re.compile(r" {2,}")  # the terminal's columns
VIEWS = {"open": "Open", "breached": "Breached", "all": "All"}


def queue_page(
    desk: str, view: str, cases: Sequence[tuple[Case, Policy]], now: datetime, *, more: int, problems: Sequence[str]
) -> str:
    """The queue, what is due first on top. `more` cases are not shown; `problems` are the desk's own."""
    items = [_item(case, policy, now) for case, policy in cases]
    return page(
        f"{desk}: cases",
        element("header", element("h1", desk), _views(view)),
        element(
            "main",
            *(element("p", problem, class_="problem") for problem in problems),
            element("ol", *items, class_="queue")
            if items
            else element("p", "There are no such cases.", class_="quiet"),
            element("p", f"and {more} more: helpdesk cases", class_="quiet") if more else None,
        ),
    )


def _views(chosen: str) -> Markup:
    links = [
        element("a", name, href=f"/?show={view}", aria_current="page" if view == chosen else "")
        for view, name in VIEWS.items()
    ]
    return element("nav", *links)


def _item(case: Case, policy: Policy, now: datetime) -> Markup:
    due = _next_due(case, policy)
    return element(
        "li",
        element(
            "p",
            element("a", case.ref, href=f"/cases/{case.ref}"),
            " ",
            _severity(case, policy),
            " ",
            element("span", f"in {case.merged_into}" if case.merged_into else case.status, class_="state"),
            " ",
            _due(due, desk_zone(case, policy), now) if due else None,
            class_="marks",
        ),
        element("p", element("a", case.subject or "(no subject)", href=f"/cases/{case.ref}"), class_="subject"),
        element("p", _who(case), class_="quiet"),
    )


def _who(case: Case) -> str:
    sender = case.requester.name or case.requester.address or "unknown sender"
    return f"{sender} ({case.customer or 'not a known customer'}) · with {case.assignee or 'nobody'}"


def _severity(case: Case, policy: Policy) -> Markup:
    return element("span", policy.level(case.severity).name, class_=f"severity rank{case.rank}")


def _next_due(case: Case, policy: Policy) -> Clock | None:
    running = [clock for clock in clocks(case, policy) if clock.stopped_at is None and clock.due_at]
    return min(running, key=lambda clock: clock.due_at or case.opened_at, default=None)


def _due(clock: Clock, zone: str, now: datetime) -> Markup | None:
    if clock.due_at is None:
        return None
    state = clock.state(now)
    left = clock.due_at - now
    told = f"{span(left)} late" if state == "breached" else f"due in {span(left)}" if clock.due_at > now else "due now"
    return element("span", f"{TARGET_NAMES[clock.target]} {told} · {moment(clock.due_at, zone)}", class_=f"due {state}")


# --- one case


CLOCKS, MAILS, EVENTS = 20, 50, 200  # of one case on one page


@dataclass(frozen=True, slots=True)
class MailPage:
    """The mails of a case that are shown, and how many files hang on those before them."""

    excerpt: Excerpt
    mails: Sequence[StoredMessage]
    files_before: int


def case_page(
    desk: str, case: Case, policy: Policy, mails: MailPage, now: datetime, *, asked: Mapping[str, str] = _NOTHING
) -> str:
    """One case as far as it went by `now`. `asked` says where its clocks, mails and events are to end."""
    zone, found = desk_zone(case, policy), clocks(case, policy)
    parts = {
        "clocks": excerpt(len(found), CLOCKS, asked.get("clocks", "")),
        "mails": mails.excerpt,
        "events": excerpt(len(case.events), EVENTS, asked.get("events", "")),
    }
    return page(
        f"{case.ref} {case.subject}",
        element("header", element("p", element("a", f"{desk}: cases", href="/")), element("h1", _title(case))),
        element(
            "main",
            _facts(case, policy, zone),
            *_heading("Clocks", "clocks", case, parts),
            *(_clock(clock, now) for clock in parts["clocks"].of(found)),
            *_heading("Mails", "mails", case, parts),
            *_messages(case, mails, zone),
            *_heading("Ledger", "events", case, parts),
            element("ol", *(_event(event, zone) for event in parts["events"].of(case.events)), class_="ledger"),
        ),
    )


def _heading(words: str, name: str, case: Case, parts: Mapping[str, Excerpt]) -> Iterator[Markup]:
    """Above a part of a case, with the way to what came earlier and later where there is more than is shown."""
    shown = parts[name]
    yield element("h2", words, id=name)
    if shown.earlier is None and shown.later is None:
        return
    links = [
        element("a", f"{direction} {words.lower()}", href=_elsewhere(case, parts, name, last))
        for direction, last in (("Earlier", shown.earlier), ("Later", shown.later))
        if last is not None
    ]
    yield element("p", f"{shown.first} to {shown.last} of {shown.total}, the newest at the end", class_="quiet")
    yield element("nav", *links)


def _elsewhere(case: Case, parts: Mapping[str, Excerpt], name: str, last: int) -> str:
    """The same page with one of its parts elsewhere."""
    ends = {other: last if other == name else part.last for other, part in parts.items()}
    moved = [f"{other}={end}" for other, end in ends.items() if end < parts[other].total]
    return f"/cases/{case.ref}{'?' if moved else ''}{'&'.join(moved)}#{name}"


def _title(case: Case) -> str:
    return f"{case.ref} {case.subject or '(no subject)'}"


def _facts(case: Case, policy: Policy, zone: str) -> Markup:
    reasons = [
        f"{reason['rule']}: {reason['effect']}" + (f" ({reason['evidence']})" if reason["evidence"] else "")
        for event in case.of_type("assessed")
        for reason in event.facts["reasons"]
    ]
    requester = case.requester
    told: dict[str, Child] = {
        "Status": case.status,
        "Severity": policy.level(case.severity).name + (", please review" if case.review else ""),
        "Because": together(*(element("p", reason) for reason in reasons)),
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
        "Notes": "; ".join(case.tags),
        "Missing": ", ".join(case.missing),
        "Rated": "; ".join(f"{one.grade} by {one.by}" for one in ratings(case)),
    }
    rows = [together(element("dt", name), element("dd", value)) for name, value in told.items() if value]
    return element("dl", *rows)


def _references(refs: Sequence[str]) -> Child:
    return together(*(element("a", f"{ref} ", href=f"/cases/{ref}") for ref in refs)) if refs else ""


def _clock(clock: Clock, now: datetime) -> Markup:
    """The lines of `case explain`, each of which carries its own sum."""
    head, *lines = clock_lines(clock, now)
    return element(
        "section",
        element("h3", head, class_=f"due {clock.state(now)}"),
        *(element("p", _GAP.sub("  ", line.strip()), class_=f"line depth{_depth(line)}") for line in lines),
        class_="clock",
    )


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip())) // 2


def _messages(case: Case, mails: MailPage, zone: str) -> Iterator[Markup]:
    first = mails.files_before + 1  # attachments are counted over the whole case
    for message in mails.mails:
        yield _message(message, zone, [_file(case, part, first + at) for at, part in enumerate(message.attachments)])
        first += len(message.attachments)


def _file(case: Case, part: Mapping[str, Any], number: int) -> Markup:
    words = f"{part['name'] or 'unnamed'} ({part['type']}, {counted(part['size'], 'byte')})"
    if part.get("kept") == SECRET:
        return together(text(f"{words}: not shown here, {SECRET}"))
    return element("a", words, href=f"/cases/{case.ref}/attachments/{number}")


def _message(message: StoredMessage, zone: str, files: Sequence[Markup]) -> Markup:
    seen = "" if message.visibility == "public" else message.visibility
    return element(
        "article",
        element(
            "p",
            element("strong", message.author_name or message.author or "unknown sender"),
            f" {message.role}, {moment(message.at, zone)} ",
            element("span", seen, class_="state") if seen else None,
        ),
        element("pre", message.reply or message.text),
        element("ul", *(element("li", file) for file in files), class_="quiet") if files else None,
        class_=f"mail {message.visibility}",
    )


def _event(event: Event, zone: str) -> Markup:
    facts = ", ".join(f"{key} {value}" for key, value in event.facts.items() if isinstance(value, str | int) and value)
    return element(
        "li",
        element("span", moment(event.at, zone), class_="quiet"),
        " ",
        element("strong", event.type.replace("_", " ")),
        f" by {event.by or 'nobody'}",
        element("span", f": {facts[:200]}", class_="quiet") if facts else None,
    )


def message_page(title: str, words: str) -> str:
    """A page that says one thing: what is not there, or why not."""
    return page(
        title,
        element(
            "main", element("h1", title), element("p", words), element("p", element("a", "To the queue", href="/"))
        ),
    )
