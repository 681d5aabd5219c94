"""Doing what operators order, the same from the command line and by mail.

What is declared reaches the next mail; cases that are open stay as they are. Each order answers in one line what was
done and for whom it changes what.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.errors import Refused
from helpdesk.offering.declared import Downtime
from helpdesk.operators.announce import announce, audience_of
from helpdesk.operators.declaration import (
    FORMS,
    AnnounceMaintenance,
    Ask,
    CloseIncident,
    LetIn,
    OpenIncident,
    PlanMaintenance,
    SetStatus,
    Unstick,
    WithdrawOutage,
    form_of,
)
from helpdesk.operators.notice import budget_of, budgets, notice_of, notice_words
from helpdesk.operators.planned import coming, load_planned
from helpdesk.phrases import moment
from helpdesk.plain_text import on_one_line
from helpdesk.plural import plural
from helpdesk.store import declarations, kept, outages, outbox, spool
from helpdesk.store.declarations import Planned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from helpdesk.config import Configuration
    from helpdesk.offering.declared import MaintenanceWindow
    from helpdesk.offering.policy import Policy
    from helpdesk.operators.announce import AnnouncementAudience
    from helpdesk.operators.declaration import Declaration, Topic
    from helpdesk.unit import Unit

_RECENT = timedelta(days=7)
_A_YEAR = timedelta(days=366)
_LISTED = 50
_SUBJECT = 60  # characters


@dataclass(frozen=True, slots=True)
class Order:
    """In which unit of work declarations are made, and who makes them."""

    unit: Unit
    by: str

    @property
    def zone(self) -> str:
        """The zone in which operators are answered."""
        return operators_zone(self.unit.rules.configuration)


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in one line, or what was asked for, in several. `recipients` get a mail because of it."""

    summary: str
    lines: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


def obey(declaration: Declaration, order: Order) -> Done:
    """Do it. Raises NotFound and Refused, with nothing done."""
    match declaration:
        case OpenIncident():
            done = _open_incident(declaration, order)
        case CloseIncident():
            done = _close_incident(declaration, order)
        case SetStatus():
            done = _set_status(declaration, order)
        case WithdrawOutage(number):
            outages.withdraw(order.unit.connection, number, order.unit.now)
            done = Done(f"outage {number} is withdrawn: it counts for nothing")
        case PlanMaintenance(window):
            done = _plan(window, order)
        case AnnounceMaintenance(number):
            done = _announce(number, order)
        case Unstick():
            done = _unstick(declaration, order)
        case LetIn(number):
            kept.release(order.unit.connection, number, by=order.by)
            done = Done(f"mail {number} is worked as a person's; its sender gets no acknowledgment")
        case Ask(topic):
            done = _ANSWERS[topic](order)
    return done


# --- incidents (LAI-6)


def _open_incident(declaration: OpenIncident, order: Order) -> Done:
    incident, now = declaration.incident, order.unit.now
    for key in incident.policies:
        order.unit.rules.book.policy(key)
    since, until = _past(declaration.began_at, now), declaration.ended_at and _past(declaration.ended_at, now)
    declarations.open_incident(order.unit.connection, incident, by=order.by, since=since, until=until)
    taken_down = _taken_down(declaration, order, since, until)
    if until:
        return Done(f"incident {incident.key} is on the record, and over{taken_down}")
    concerned = [policy for policy in order.unit.rules.bound_policies if incident.concerns(policy.key)]
    if incident.words:
        quoted = _all(f'"{word}"' for word in incident.words)
        how = f"mail to {_all(policy.key for policy in concerned)} with {quoted} in it is linked to it"
    else:
        how = f"agents of {_all(p.key for p in concerned)} link cases to it (#incident {incident.key})"
    exempt = [policy.key for policy in concerned if policy.known_incidents_exempt]
    owed = "; their clocks run on"
    if exempt:
        owed += f" until an agent says #incident {incident.key}: then what {_all(exempt)} promises does not apply"
    return Done(f"incident {incident.key} is open: {how}{owed}{taken_down}")


def _taken_down(declaration: OpenIncident, order: Order, since: datetime, until: datetime | None) -> str:
    """Put on the record what an incident takes down, and say so."""
    if not declaration.down:
        return ""
    known = declaration.incident
    outage = Downtime(declaration.down, since, until, policies=known.policies, incident=known.key)
    outages.begin(order.unit.connection, outage, by=order.by, now=order.unit.now)
    zone = order.zone
    return f"; {declaration.down} is down from {moment(since, zone)} {f'to {moment(until, zone)}' if until else 'on'}"


def _past(at: datetime | None, now: datetime) -> datetime:
    """When something was, now where that was not said. Raises Refused for what is still to come."""
    if at and at > now:
        raise Refused("expected a time that is past: what is to come is planned, as maintenance")
    return at or now


def _close_incident(declaration: CloseIncident, order: Order) -> Done:
    key, connection = declaration.key, order.unit.connection
    at = _past(declaration.at, order.unit.now)
    opened = [row.opened_at for row in declarations.incidents(connection) if row.key == key and row.closed_at is None]
    if opened and at < opened[0]:
        raise Refused(f"incident {key} began at {moment(opened[0], order.zone)}: it cannot have ended before")
    declarations.close_incident(connection, key, at)
    outages.end(connection, incident=key, at=at)
    return Done(f"incident {key} is closed: new mail is like any other, linked cases stay linked")


def _incidents(order: Order) -> Done:
    rows = [row for row in declarations.incidents(order.unit.connection) if row.closed_at is None]
    zone = order.zone
    lines = [
        f"{row.key}: {row.title}, since {moment(row.opened_at, zone)}, by {row.opened_by}; "
        f"words: {', '.join(row.words) or 'none'}; for {', '.join(row.policies) or 'every offering'}"
        for row in rows
    ]
    return Done(_number(lines, "known problem"), tuple(lines))


# --- switches (LAI-5)


def _set_status(declaration: SetStatus, order: Order) -> Done:
    name, state = declaration.name, "down" if declaration.down else "up"
    before = next((row for row in declarations.switches(order.unit.connection) if row.name == name), None)
    if before is not None and before.down == declaration.down:
        return Done(f"{name} was {state} already, since {moment(before.since, order.zone)}: nothing changes")
    since = _past(declaration.at, order.unit.now)
    if before is not None and since < before.since:
        was = f"{name} is {'down' if before.down else 'up'} since {moment(before.since, order.zone)}"
        raise Refused(f"{was}; what was down before is an incident with --down, --from and --to")
    declarations.set_switch(order.unit.connection, name, down=declaration.down, by=order.by, since=since)
    if declaration.down:
        outages.begin(order.unit.connection, Downtime(name, since), by=order.by, now=order.unit.now)
    else:
        outages.end(order.unit.connection, name=name, at=since)
    lifted = [
        f"{channel.name} to {policy.key}"
        for policy in order.unit.rules.bound_policies
        for channel in policy.channels
        if channel.warranted_while_down == name
    ]
    measured = [
        f"{terms.name} to {policy.key}"
        for policy in order.unit.rules.bound_policies
        for terms in policy.uptime_of(name)
    ]
    counts = f"; it is measured as the availability of {_all(measured)}" if measured else ""
    if not lifted:
        return Done(f"{name} is {state}{counts or ': no offering asks for it, so nothing else changes'}")
    then = "is warranted until it is up again" if declaration.down else "is not warranted any more"
    return Done(f"{name} is {state}: new mail by {_all(lifted)} {then}{counts}")


def _status(order: Order) -> Done:
    zone = order.zone
    lines = [
        f"{row.name}: {'down' if row.down else 'up'} since {moment(row.since, zone)}, by {row.by}"
        for row in declarations.switches(order.unit.connection)
    ]
    return Done(_number(lines, "switch", "switches"), tuple(lines))


def _outages(order: Order) -> Done:
    zone, now = order.zone, order.unit.now
    lines = [
        f"{one.number}: {one.name} from {moment(one.began_at, zone)} "
        f"{f'to {moment(one.ended_at, zone)}' if one.ended_at else 'on'}"
        f"{f' (incident {one.incident})' if one.incident else ''}, by {one.by}"
        for one in outages.between(order.unit.connection, now - _A_YEAR, now)
    ]
    return Done(f"{_number(lines, 'outage')} in the last year", tuple(lines))


# --- maintenance (LGK-11, TKT-9, LGT-9)


def _plan(window: MaintenanceWindow, order: Order) -> Done:
    policy = order.unit.rules.book.policy(window.policy)
    window = replace(window, impact=_impact(window, policy))
    before = declarations.planned_before(order.unit.connection, window)
    if before:
        return Done(f"maintenance {before} is that window, planned before: {_when(window, policy)}; nothing changes")
    number = declarations.plan_maintenance(order.unit.connection, window, by=order.by, now=order.unit.now)
    if window.ends_at <= order.unit.now:
        return Done(
            f"maintenance {number} is on the record: {_when(window, policy)}, which is over; nobody is told of it"
        )
    audience = audience_of(order.unit, window)
    notice = notice_words(notice_of(order.unit, Planned(number, window, None)), policy.default_calendar.timezone)
    budget = budget_of(order.unit, policy, window.begins_at)
    further = [said for said in (notice, str(budget) if budget else "") if said]
    return Done(
        f"maintenance {number} is planned: {_when(window, policy)}; mail to {policy.key} that reports an outage in it "
        f"is told so. Nobody knows yet: maintenance announce {number} tells {_number(audience.people, 'contact')}"
        f"{_unreached(audience)}{''.join(f'; {said}' for said in further)}"
    )


def _impact(window: MaintenanceWindow, policy: Policy) -> str:
    """What a window disrupts, by the policy's names for it; the first where nothing is said. Raises Refused."""
    known = [period.impact for period in policy.maintenance_terms.notice]
    if window.impact and window.impact not in known:
        raise Refused(f"impact: {policy.key} knows {', '.join(known) or 'none'}, not {window.impact!r}")
    return window.impact or next(iter(known), "")


def _announce(number: int, order: Order) -> Done:
    plan = load_planned(order.unit, number)
    audience = audience_of(order.unit, plan.window)
    recipients = announce(order.unit, number)
    if not recipients:
        nobody = "were told before" if plan.announced_at else "are none: no customer names a contact, or has written"
        return Done(f"maintenance {number}: nobody is told now, the contacts {nobody}")
    summary = f"maintenance {number}: {_number(recipients, 'contact')} told: {_all(recipients)}{_unreached(audience)}"
    return Done(summary, recipients=tuple(recipients))


def _unreached(audience: AnnouncementAudience) -> str:
    who = [customer.key for customer in audience.unreached]
    return f"; not {_all(who)}, who named no contact and never wrote" if who else ""


def _maintenance(order: Order) -> Done:
    lines = []
    for plan in coming(order.unit):
        policy = order.unit.rules.book.policy(plan.window.policy)
        told = "customers told" if plan.announced_at else ""
        said = notice_words(notice_of(order.unit, plan), policy.default_calendar.timezone) or told
        lines.append(f"{plan.number}: {policy.key}, {_when(plan.window, policy)}{f', {said}' if said else ''}")
    return Done(f"{_number(lines, 'window')} planned", tuple(lines))


def _budget(order: Order) -> Done:
    lines = [str(budget) for budget in budgets(order.unit)]
    return Done(_number(lines, "budget"), tuple(lines))


def _when(window: MaintenanceWindow, policy: Policy) -> str:
    zone = policy.default_calendar.timezone
    sector = f" ({window.sector})" if window.sector else ""
    return f"{window.name}{sector}, {moment(window.begins_at, zone)} to {moment(window.ends_at, zone)}"


# --- what is stuck


def _unstick(declaration: Unstick, order: Order) -> Done:
    number, connection, by = declaration.number, order.unit.connection, order.by
    match declaration.where, declaration.act:
        case "quarantine", "retry":
            spool.retry(connection, number)
            return Done(f"mail {number} waits to be worked again, with three new attempts")
        case "quarantine", "drop":
            spool.ignore(connection, number, order.unit.now, by=by)
            return Done(f"mail {number} is ignored; its bytes stay")
        case "outbox", "retry":
            outbox.retry_now(connection, number, order.unit.now, by=by)
            return Done(f"mail {number} is at the front of the outbox")
        case _:
            outbox.drop(connection, number, by=by)
            return Done(f"mail {number} will not be sent")


def _quarantine(order: Order) -> Done:
    lines = [
        f"{row.id}: to {row.mailbox}, received {moment(row.received_at, order.zone)}: {row.error}"
        for row in spool.quarantined(order.unit.connection)
    ]
    return Done(f"{_number(lines, 'mail')} set aside", tuple(lines))


def _kept(order: Order) -> Done:
    found, number = kept.listed(order.unit.connection, since=order.unit.now - _RECENT, limit=_LISTED)
    lines = [kept_line(each) for each in found]
    lines += [f"and {number - len(found)} more"] if number > len(found) else []
    return Done(f"{_number(range(number), 'mail')} kept from cases in the last week", tuple(lines))


def kept_line(each: kept.KeptMail) -> str:
    """A mail that was kept from cases, on one line that begins with the number by which it is let in."""
    short = in_short(on_one_line(each.subject))
    return f"{each.number}: {each.author or 'nobody'} to {each.mailbox}: {short} ({each.outcome}: {each.because})"


def in_short(subject: str) -> str:
    """A subject as it stands in a list."""
    subject = subject or "(no subject)"
    return subject if len(subject) <= _SUBJECT else f"{subject[: _SUBJECT - 1].rstrip()}…"


def _outbox(order: Order) -> Done:
    lines = [
        f"{row.id}: {row.kind} to {row.recipient}, {row.state}: {row.detail}"
        for row in outbox.rows(order.unit.connection, states=("failed", "uncertain"))
    ]
    return Done(f"{_number(lines, 'mail')} not delivered", tuple(lines))


def _help(_order: Order) -> Done:
    return Done("what can be ordered", tuple(f"{form_of(name)}: {form.says}" for name, form in FORMS.items()))


_ANSWERS: Mapping[Topic, Callable[[Order], Done]] = {
    "incidents": _incidents,
    "status": _status,
    "outages": _outages,
    "maintenance": _maintenance,
    "budget": _budget,
    "quarantine": _quarantine,
    "outbox": _outbox,
    "kept": _kept,
    "help": _help,
}


# --- words


def operators_zone(configuration: Configuration) -> str:
    """The zone in which operators read and write times: the digest's, else the one that all name, else UTC."""
    if configuration.digest:
        return configuration.digest.timezone
    people = (agent.timezone for team in configuration.teams.values() for agent in team.members if agent.timezone)
    named = {*people, *(rotation.timezone for rotation in configuration.rotations)}
    return named.pop() if len(named) == 1 else "UTC"


def _all(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = [*words] or ["nobody"]
    return f"{', '.join(first)} and {last}" if first else last


def _number(things: Sequence[object], one: str, many: str = "") -> str:
    return plural(len(things), one, many) if things else f"no {many or f'{one}s'}"
