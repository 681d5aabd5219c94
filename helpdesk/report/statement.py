"""The credit statement of a customer and a quarter: drawn from the record, requested once, sent as evidence.

The text on the terminal and the mail come from one template. The credits' terms are those of the policy in force; every
clock is measured under the policy version that its case ran under.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from helpdesk.core.clocks.credit import credit_for, request_window, share_of, sla_events
from helpdesk.core.words.desk_mail import SlaCounts, SlaEventLine, StatementMail
from helpdesk.errors import ConfigurationError, NotFound, Refused
from helpdesk.mail.write.compose import Letter, compose
from helpdesk.person import Person
from helpdesk.phrases import moment
from helpdesk.report.shapes import instant
from helpdesk.store import cases as case_store
from helpdesk.store import credits as credit_store
from helpdesk.store.cases import Opened
from helpdesk.store.credits import CreditRequest
from helpdesk.store.outbox import Queued
from helpdesk.templates.words import as_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta
    from fractions import Fraction

    from helpdesk.core.clocks.credit import Credit, Quarter, RequestWindow, SlaEvent
    from helpdesk.core.words.people import Customer, Mailbox
    from helpdesk.offering.policy import Policy
    from helpdesk.templates import Rendered
    from helpdesk.unit import Rules, Unit


@dataclass(frozen=True, slots=True)
class Statement:
    """What a quarter came to, as of `drawn_at`. Instants aware UTC; `zone` is the customer's, for people."""

    customer: Customer
    policy: Policy
    quarter: Quarter
    zone: str
    since: datetime
    until: datetime
    events: tuple[SlaEvent, ...]  # in order of time, those that do not count too
    share: Fraction
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


def draw(unit: Unit, key: str, quarter: Quarter) -> Statement:
    """Draw the statement of a customer. Raises NotFound for an unknown customer or a policy without credits."""
    customer = unit.rules.customers.customer(key)
    policy = unit.rules.book.policy(customer.policy)
    terms = policy.credits
    if terms is None:
        raise NotFound(f"{policy.name}, which {customer.name} bought, gives no credits")
    calendar = policy.calendars[terms.calendar]
    since, until = quarter.bounds(calendar.zone)
    which = Opened(since=since, until=until, customer=key, policy=policy.key)
    events = _events(unit, which)
    share = share_of(events)
    requested = credit_store.find(unit.connection, key, str(quarter))
    return Statement(
        customer=customer,
        policy=policy,
        quarter=quarter,
        zone=_zone(customer, policy),
        since=since,
        until=until,
        events=events,
        share=share,
        credit=_credit(customer, policy, share),
        window=request_window(quarter, terms, calendar),
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


def _credit(customer: Customer, policy: Policy, share: Fraction) -> Credit:
    if policy.credits is None:
        raise ValueError("a policy with credits was expected")
    try:
        return credit_for(customer, policy.credits, share)
    except ValueError as problem:
        raise ConfigurationError([f"customers: {customer.key}.quarterly_fee: {problem}"]) from None


def _zone(customer: Customer, policy: Policy) -> str:
    region = policy.region(customer.region or policy.regions[0].key)
    return customer.timezone or policy.calendars[region.calendar].timezone


def request(unit: Unit, statement: Statement) -> Statement:
    """Record that the customer asked for this credit (CEL-13); returns the statement that says so.

    Raises Refused: too early, too late, a second time, not paid up.
    """
    refusal = statement.window.refusal(statement.drawn_at, statement.quarter)
    if refusal:
        raise Refused(refusal)
    if not statement.customer.paid_up:
        raise Refused(statement.credit.because)
    made = CreditRequest(
        customer=statement.customer.key,
        quarter=str(statement.quarter),
        requested_at=statement.drawn_at,
        events=len(statement.counted),
        violations=len(statement.violations),
        percent=_plain(statement.credit.percent),
        amount=str(statement.credit.amount or ""),
    )
    if not credit_store.add(unit.connection, made):
        raise Refused(f"{statement.customer.name} has asked for {statement.quarter} already: one request a quarter")
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
        "quarter": str(statement.quarter),
        "from": instant(statement.since),
        "until": instant(statement.until),
        "drawn_at": instant(statement.drawn_at),
        "timezone": statement.zone,
        "share": {
            "violations": len(statement.violations),
            "events": len(statement.counted),
            "percent": _plain(_rounded(statement.share)),
        },
        "credit": {
            "percent": _plain(credit.percent),
            "fee": str(credit.fee) if credit.fee else None,
            "amount": str(credit.amount) if credit.amount else None,
            "paid_up": statement.customer.paid_up,
            "because": credit.because or None,
        },
        "request": {
            "opens_at": instant(statement.window.opens_at),
            "closes_at": instant(statement.window.closes_at),
            "closes_on": statement.window.closes_on.isoformat(),
            "requested_at": instant(statement.requested_at),
        },
        "violations": [_event_shape(event) for event in statement.violations],
        "events": [_event_shape(event) for event in statement.events],
    }


def _event_shape(event: SlaEvent) -> dict[str, Any]:
    return {
        "case": event.ref,
        "subject": event.subject,
        "target": event.target,
        "severity": event.severity,
        "promised": event.promised,
        "started_at": instant(event.started_at),
        "due_at": instant(event.due_at),
        "stopped_at": instant(event.stopped_at),
        "breached_at": instant(event.breached_at),
        "late_by": int(event.late_by.total_seconds()),
        "standing": event.standing,
        "counts": event.counts,
        "because": list(event.because),
    }


def _rounded(share: Fraction) -> Decimal:
    return (Decimal(share.numerator) * 100 / Decimal(share.denominator)).quantize(Decimal("0.01"))


def _plain(percent: Decimal) -> str:
    """`10`, `10.1`: no zeros that say nothing, no exponent."""
    text = f"{percent:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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
    key = f"statement/{statement.customer.key}/{statement.quarter}/{written_at:%Y%m%dT%H%M%SZ}/{reader.address}"
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
        quarter=str(statement.quarter),
        drawn_at=moment(statement.drawn_at, zone),
        since=moment(statement.since, zone),
        until=moment(statement.until, zone),
        counts=SlaCounts(len(counted), len(statement.violations)),
        share=f"{_plain(_rounded(statement.share))} % ({len(statement.violations)} of {len(counted)})",
        credit=_credit_words(statement.credit),
        closes_on=f"{statement.window.closes_on:%A}, {statement.window.closes_on.isoformat()}",
        requested_at=moment(statement.requested_at, zone) if statement.requested_at else "",
        running=sum(event.standing == "running" for event in statement.events),
        violations=_lines(statement.violations, zone),
        met=_lines((one for one in counted if one.standing == "met"), zone),
        uncounted=_lines((one for one in statement.events if one.standing in {"exempt", "not warranted"}), zone),
    )


def _credit_words(credit: Credit) -> str:
    percent = f"{_plain(credit.percent)} %"
    of_fee = f"{percent} of {credit.fee}" if credit.fee else f"{percent} of the quarter's fee"
    amount = f": {credit.amount}" if credit.amount else ""
    return f"{of_fee}{amount}{f' ({credit.because})' if credit.because else ''}"


def _lines(events: Iterable[SlaEvent], zone: str) -> tuple[SlaEventLine, ...]:
    return tuple(_line(event, zone) for event in events)


def _line(event: SlaEvent, zone: str) -> SlaEventLine:
    return SlaEventLine(
        ref=event.ref,
        subject=_printable(event.subject),
        target=event.kind.name,
        severity=event.severity,
        promised=event.promised,
        standing=event.standing,
        because="; ".join(event.because),
        late_by=_exactly(event.late_by),
        started_at=moment(event.started_at, zone),
        due_at=moment(event.due_at, zone) if event.due_at else "",
        stopped_at=moment(event.stopped_at, zone) if event.stopped_at else "",
        breached_at=moment(event.breached_at, zone) if event.breached_at else "",
    )


def _exactly(amount: timedelta) -> str:
    """`27:05:30`: evidence is exact to the second."""
    minutes, seconds = divmod(int(amount.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def _printable(text: str) -> str:
    # A customer's mail wrote it: nothing of it may steer a terminal or the layout of a letter (threat C11).
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
