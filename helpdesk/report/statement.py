"""The credit statement of a customer and a period: drawn from the record, requested once, sent as evidence.

The text on the terminal and the mail come from one template. The credits' terms are those of the policy in force; every
clock is measured under the policy version that its case ran under.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from helpdesk.core.clocks.answers import credited, credits_count
from helpdesk.core.clocks.credit import (
    credit_for,
    credit_for_each,
    request_window,
    sla_events,
)
from helpdesk.core.clocks.uptime import clock_time
from helpdesk.core.words.desk_mail import SlaEventLine, StatementMail
from helpdesk.errors import ConfigurationError, NotFound, Refused
from helpdesk.mail.write.compose import Letter, compose
from helpdesk.offering.credits import percent_words
from helpdesk.person import Person
from helpdesk.phrases import moment
from helpdesk.plain_text import on_one_line, printable
from helpdesk.report.availability import availability_for, measured, pieces_words, uptime_shape
from helpdesk.report.shapes import fields_of, instant
from helpdesk.store import cases as case_store
from helpdesk.store import credits as credit_store
from helpdesk.store.cases import Opened
from helpdesk.store.credits import CreditRequest
from helpdesk.store.outbox import Queued
from helpdesk.templates.words import as_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from helpdesk.core.clocks.attainment import Attained
    from helpdesk.core.clocks.credit import Credit, CreditPart, RequestWindow, SlaEvent
    from helpdesk.core.clocks.uptime import Uptime
    from helpdesk.core.words.desk_mail import SlaCounts
    from helpdesk.core.words.people import Customer, Mailbox
    from helpdesk.offering.credits import Credits
    from helpdesk.offering.policy import Policy
    from helpdesk.openhours.accounting import AccountingPeriod
    from helpdesk.templates import Rendered
    from helpdesk.unit import Rules, Unit


@dataclass(frozen=True, slots=True)
class Statement:
    """What a period came to, as of `drawn_at`. Instants aware UTC; `zone` is the customer's, for people."""

    customer: Customer
    policy: Policy
    terms: Credits
    period: AccountingPeriod
    zone: str
    since: datetime
    until: datetime
    events: tuple[SlaEvent, ...]  # in order of time, those that do not count too
    counts: SlaCounts
    goal: Attained | None  # while it is kept, no answer is credited
    uptimes: tuple[Uptime, ...]  # of what is credited, in the periods of which this one is made
    credit: Credit
    window: RequestWindow
    requested_at: datetime | None
    drawn_at: datetime

    @property
    def counted(self) -> tuple[SlaEvent, ...]:
        """The events that the share is of."""
        return tuple(event for event in self.events if event.counts)

    @property
    def violations(self) -> tuple[SlaEvent, ...]:
        """The broken promises."""
        return tuple(event for event in self.events if event.standing == "violated")


def draw(unit: Unit, key: str, label: str) -> Statement:
    """Draw the statement of a customer for a period such as 2026Q3.

    Raises NotFound for an unknown customer, a policy without credits, and what is no period of its credits.
    """
    customer = unit.rules.customers.customer(key)
    policy = unit.rules.book.policy(customer.policy)
    terms = policy.credits
    if terms is None:
        raise NotFound(f"{policy.name}, which {customer.name} bought, gives no credits")
    try:
        period = policy.fiscal_year.read(terms.per, label)
    except ValueError as problem:
        raise NotFound(str(problem)) from None
    calendar = policy.calendars[terms.calendar]
    since, until = period.bounds(calendar.zone)
    events = _events(unit, Opened(since=since, until=until, customer=key, policy=policy.key))
    answers = credited(policy, terms, period, events)
    uptimes = tuple(_uptimes(unit, customer, policy, period))
    requested = credit_store.find(unit.connection, key, str(period))
    return Statement(
        customer=customer,
        policy=policy,
        terms=terms,
        period=period,
        zone=_zone(customer, policy),
        since=since,
        until=until,
        events=tuple(event for event in events if credits_count(terms, event)),
        counts=answers.counts,
        goal=answers.goal,
        uptimes=uptimes,
        credit=_credit(customer, period, [answers.part, *(one.credit for one in uptimes)]),
        window=request_window(period, terms, calendar),
        requested_at=requested.requested_at if requested else None,
        drawn_at=unit.now,
    )


def _events(unit: Unit, which: Opened) -> tuple[SlaEvent, ...]:
    found = [
        event
        for case in case_store.stream(unit.connection, which)
        for event in sla_events(case, unit.policy_of(case), unit.now)
    ]
    return tuple(sorted(found, key=lambda event: event.started_at))


def _uptimes(unit: Unit, customer: Customer, policy: Policy, period: AccountingPeriod) -> Iterator[Uptime]:
    zone = policy.accounts_zone
    for terms in availability_for(policy, customer):
        for part in period.within(terms.per) if terms.credits else ():
            if part.bounds(zone)[0] <= unit.now:
                yield measured(unit, policy, terms, part, customer)


def _credit(customer: Customer, period: AccountingPeriod, parts: list[CreditPart]) -> Credit:
    try:
        return credit_for(customer, period, parts)
    except ValueError as problem:
        raise ConfigurationError([f"customers: {customer.key}.quarterly_fee: {problem}"]) from None


def _zone(customer: Customer, policy: Policy) -> str:
    region = policy.region(customer.region or policy.regions[0].key)
    return customer.timezone or policy.desk_timezone(region.key)


def request(unit: Unit, statement: Statement) -> Statement:
    """Record that the customer asked for this credit (CEL-13); returns the statement that says so.

    Raises Refused: too early, too late, a second time, not paid up.
    """
    refusal = statement.window.refusal(statement.drawn_at, statement.period)
    if refusal:
        raise Refused(refusal)
    if not statement.customer.paid_up:
        raise Refused(statement.credit.because)
    made = CreditRequest(
        customer=statement.customer.key,
        quarter=str(statement.period),
        requested_at=statement.drawn_at,
        events=statement.counts.events,
        violations=statement.counts.violations,
        percent=percent_words(statement.credit.percent),
        amount=str(statement.credit.amount or ""),
    )
    if not credit_store.add(unit.connection, made):
        name, period = statement.customer.name, statement.period
        raise Refused(f"{name} has asked for {period} already: one request a {period.kind}")
    return replace(statement, requested_at=statement.drawn_at)


# --- as JSON --------------------------------------------------------------------------------------------------------


def statement_shape(statement: Statement) -> dict[str, Any]:
    """What `credits --json` prints. Percentages and money are decimal strings."""
    credit = statement.credit
    return {
        "customer": statement.customer.key,
        "name": statement.customer.name,
        "policy": statement.policy.key,
        "plan": statement.customer.plan or None,
        "quarter": str(statement.period),
        "period": statement.period.kind,
        "from": instant(statement.since),
        "until": instant(statement.until),
        "drawn_at": instant(statement.drawn_at),
        "timezone": statement.zone,
        "share": {
            "violations": statement.counts.violations,
            "events": statement.counts.events,
            "percent": percent_words(statement.counts.share),
        },
        "credit": {
            "percent": percent_words(credit.percent),
            "fee": str(credit.fee) if credit.fee else None,
            "amount": str(credit.amount) if credit.amount else None,
            "paid_up": statement.customer.paid_up,
            "because": credit.because or None,
        },
        "parts": [
            {"period": str(part.period), "percent": percent_words(part.percent), "because": part.because}
            for part in credit.parts
        ],
        "availability": [uptime_shape(one) for one in statement.uptimes],
        "goal": goal_shape(statement.goal) if statement.goal else None,
        "request": {
            **fields_of(statement.window, "opens_at", "closes_at", "closes_on"),
            "requested_at": instant(statement.requested_at),
        },
        "violations": [_event_shape(event) for event in statement.violations],
        "events": [_event_shape(event) for event in statement.events],
    }


def _event_shape(event: SlaEvent) -> dict[str, Any]:
    promised = fields_of(event, "subject", "target", "severity", "promised", "started_at", "due_at")
    kept = fields_of(event, "stopped_at", "breached_at", "late_by", "standing", "counts", "because")
    return {"case": event.ref, **promised, **kept}


def goal_shape(found: Attained) -> dict[str, Any]:
    """How a goal stands, as JSON."""
    more = found.with_one_more_miss
    return {
        "goal": found.goal.key,
        "name": found.goal.name,
        "period": str(found.period),
        **fields_of(found, "met", "missed", "running"),
        "percent": None if found.share is None else percent_words(found.share),
        "wanted": percent_words(found.goal.share),
        "kept": found.kept,
        "one_more_miss": {"percent": percent_words(more.share) if more.share is not None else None, "kept": more.kept},
    }


# --- as text and mail -----------------------------------------------------------------------------------------------


def statement_words(statement: Statement, rules: Rules) -> Rendered:
    """The statement as its template says it. Raises ConfigurationError for a template that is wrong."""
    desk = rules.configuration.file.desk
    content = _content(statement, _mailbox(statement, rules).name or desk.name)
    return rules.letters.templates.render(content.template, "en", as_names(content))


def statement_mail(statement: Statement, rules: Rules, to: str) -> Queued:
    """The statement as a mail for the outbox. Raises Refused for somebody whom it does not concern."""
    reader = recipient(statement, rules, to)
    words, mailbox = statement_words(statement, rules), _mailbox(statement, rules)
    written_at = statement.drawn_at
    key = f"statement/{statement.customer.key}/{statement.period}/{written_at:%Y%m%dT%H%M%SZ}/{reader.address}"
    domain = mailbox.address.rpartition("@")[2]
    letter = Letter(
        from_=Person(mailbox.address, mailbox.name or rules.configuration.file.desk.name),
        to=reader,
        subject=words.subject,
        message_id=rules.signer.message_id(case=0, nonce=key, domain=domain),
        date=written_at,
        text=words.text,
        html=words.html,
    )
    # The null sender: a report that it could not be delivered must not come back as a case.
    return Queued(
        key, None, "statement", reader.address, "", letter.message_id, compose(letter), subject=letter.subject
    )


def recipient(statement: Statement, rules: Rules, to: str = "") -> Person:
    """Whom the statement goes to: an operator, or one whom the customer's entry names. Raises Refused.

    Without `to`, the customer's first account contact, else the first operator.
    """
    customer = statement.customer
    operators = {person.address: person for person in rules.configuration.operators}
    named = [*customer.account_contacts, *(contact.address for contact in customer.contacts)]
    known = {address: Person(address) for address in named} | operators
    wanted = to.strip().lower() or next(iter([*customer.account_contacts, *operators]), "")
    if wanted not in known:
        raise Refused(f"a statement of {customer.name} goes to {', '.join(known) or 'nobody yet'}, not to {wanted!r}")
    return known[wanted]


def _mailbox(statement: Statement, rules: Rules) -> Mailbox:
    mailboxes = rules.configuration.mailboxes
    return next((mailbox for mailbox in mailboxes if mailbox.policy == statement.policy.key), mailboxes[0])


def _content(statement: Statement, desk: str) -> StatementMail:
    zone, counted = statement.zone, statement.counted
    plan = statement.customer.plan
    return StatementMail(
        desk=desk,
        customer=statement.customer.name,
        policy=statement.policy.name,
        plan=statement.policy.plan(plan).name if plan else "",
        quarter=str(statement.period),
        period=statement.period.kind,
        drawn_at=moment(statement.drawn_at, zone),
        since=moment(statement.since, zone),
        until=moment(statement.until, zone),
        counts=statement.counts,
        share=f"{percent_words(statement.counts.share)} % ({statement.counts.violations} of {len(counted)})",
        goal=f"{statement.goal.goal.name}: {statement.goal.in_words}" if statement.goal else "",
        credit=_credit_words(statement.credit, statement.period),
        parts=tuple(_parts(statement)),
        outages=tuple(line for one in statement.uptimes for line in pieces_words(one, zone)),
        closes_on=f"{statement.window.closes_on:%A}, {statement.window.closes_on.isoformat()}",
        requested_at=moment(statement.requested_at, zone) if statement.requested_at else "",
        running=sum(event.standing == "running" for event in statement.events),
        violations=tuple(_violations(statement)),
        met=_lines((one for one in counted if one.standing == "met"), zone),
        uncounted=_lines((one for one in statement.events if one.standing in {"exempt", "not warranted"}), zone),
    )


def _parts(statement: Statement) -> Iterator[str]:
    """How the credit comes about, where that is more than one band of the share."""
    if len(statement.credit.parts) > 1 or statement.terms.by != "share" or statement.goal:
        yield from (f"{part.period}: {part.because}" for part in statement.credit.parts)


def _violations(statement: Statement) -> Iterator[SlaEventLine]:
    """The broken promises, each with what it alone adds to the credit, where it does."""
    kept = statement.goal is not None and statement.goal.kept
    each = () if kept else credit_for_each(statement.terms, statement.counts.violations)
    for event, credit in zip_longest(statement.violations, each):
        yield replace(_line(event, statement.zone), credit="" if credit is None else f"{percent_words(credit)} %")


def _credit_words(credit: Credit, period: AccountingPeriod) -> str:
    percent = f"{percent_words(credit.percent)} %"
    of_fee = f"{percent} of {credit.fee}" if credit.fee else f"{percent} of the {period.kind}'s fee"
    amount = f": {credit.amount}" if credit.amount else ""
    return f"{of_fee}{amount}{f' ({credit.because})' if credit.because else ''}"


def _lines(events: Iterable[SlaEvent], zone: str) -> tuple[SlaEventLine, ...]:
    return tuple(_line(event, zone) for event in events)


def _line(event: SlaEvent, zone: str) -> SlaEventLine:
    return SlaEventLine(
        ref=event.ref,
        subject=on_one_line(printable(event.subject)),
        target=event.kind.name,
        severity=event.severity,
        promised=event.promised,
        standing=event.standing,
        because="; ".join(event.because),
        late_by=clock_time(event.late_by),
        started_at=moment(event.started_at, zone),
        due_at=moment(event.due_at, zone) if event.due_at else "",
        stopped_at=moment(event.stopped_at, zone) if event.stopped_at else "",
        breached_at=moment(event.breached_at, zone) if event.breached_at else "",
    )
