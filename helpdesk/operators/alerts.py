"""The general rule for alerts to the operators: whatever raises many of a kind, they are told a few and a count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.words.alert import AlertText
from helpdesk.operators import repeated as rule
from helpdesk.operators.repeated import SINGLY, WITHIN
from helpdesk.plural import plural
from helpdesk.store import alerts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from helpdesk.core.words.alert import OperatorAlert
    from helpdesk.operators.repeated import NextTelling
    from helpdesk.store.alerts import Run
    from helpdesk.store.engine import Database
    from helpdesk.unit import Unit, Units

WITHHELD_FROM_ALL = "acknowledgments/everybody"  # about no sender in particular


@dataclass(frozen=True, slots=True)
class _AlertKind:
    """How alerts of a kind are told: so many one by one, then as a condition under a `title`, else the newest's."""

    singly: int = SINGLY
    title: str = ""
    todo: str = "See to the cause; the log has each."


_FLOOD = "Their mails still open cases: helpdesk cases. If it is a flood, stop it at your mail server."
_KINDS: Mapping[str, _AlertKind] = {
    "quarantine": _AlertKind(todo="Look at them with: helpdesk quarantine list"),
    "outbox": _AlertKind(todo="Look at them with: helpdesk outbox list"),
    "acknowledgments": _AlertKind(todo=_FLOOD),
    WITHHELD_FROM_ALL: _AlertKind(singly=0, title="acknowledgments to unknown addresses are withheld", todo=_FLOOD),
}
_OTHER = _AlertKind()


def raise_alert(unit: Unit, alert: OperatorAlert) -> None:
    """Tell the operators of something that went wrong, once for each key; many of a kind are counted instead."""
    if is_told(unit, kind=alert.kind, key=alert.key, headline=alert.text.headline):
        tell_operators(unit, key=alert.key, mailbox=alert.mailbox, text=alert.text)


def tell_operators(unit: Unit, *, key: str, mailbox: str = "", text: AlertText) -> None:
    """Write to the operators about the desk itself, once for each key."""
    configuration = unit.rules.configuration
    unit.queue(
        unit.rules.letters.alert(operator, mailbox=configuration.voice(mailbox), key=key, text=text, now=unit.now)
        for operator in configuration.operators
    )


def is_told(unit: Unit, *, kind: str, key: str, headline: str) -> bool:
    """Count an alert that is raised now; whether it is told by itself."""
    before = alerts.number(unit.connection, kind, since=unit.now - WITHIN)
    if not alerts.note(unit.connection, kind=kind, key=key, headline=headline, at=unit.now):
        return False
    return rule.is_told_singly(before, singly=_singly(kind))


def tell(units: Units, now: datetime) -> int:
    """Tell what has become of alerts that came in numbers; returns of how many kinds."""
    with units.read(now) as unit:
        found = alerts.runs(unit.connection)
    outstanding = [
        (run, told, step)
        for run, told in found
        if (step := rule.due(run, told, now, singly=_singly(run.kind))) or rule.over(run, now)
    ]
    if not outstanding:
        return 0
    number = 0
    with units.write(now) as unit:
        for run, told, step in outstanding:
            headline = alerts.newest(unit.connection, run.kind)
            ended = step != "begin" and rule.over(run, now)
            ours = alerts.close(unit.connection, run) if ended else alerts.tell(unit.connection, run, told, now)
            if step and ours:
                _write(unit, run, step, headline)
                number += 1
    return number


def next_at(database: Database) -> datetime | None:
    """When there is something to tell next, should no more come."""
    with database.read() as connection:
        found = alerts.runs(connection)
    return min((rule.next_at(run, told, singly=_singly(run.kind)) for run, told in found), default=None)


def _singly(kind: str) -> int:
    return _KINDS.get(kind, _OTHER).singly


def _write(unit: Unit, run: Run, step: NextTelling, newest: str) -> None:
    key = f"alike/{run.kind}/{run.began_at:%Y%m%dT%H%M%S}/{run.number}/{step}"
    tell_operators(unit, key=key, text=_text(run, step, newest))


def _text(run: Run, step: NextTelling, newest: str) -> AlertText:
    kind = _KINDS.get(run.kind, _OTHER)
    title = kind.title or newest
    hour = f"{WITHIN.total_seconds() / 3600:.0f} hour"
    if step == "end":
        what = f"Nothing like it has happened for {hour}. It was {plural(run.number, 'time')} in all."
        headline, todo = f"over, {run.number} in all: {title}", "Nothing to do."
    else:
        what = (
            f"This has happened {plural(run.number, 'time')} by now. From here on it is counted: you hear when it is "
            f"ten times as often, once a day, and when it has been over for {hour}."
        )
        headline = f"{run.number} times: {title}" if run.number > 1 else title
        todo = kind.todo
    details = (("Number", str(run.number)), ("Since", f"{run.began_at:%Y-%m-%d %H:%M} UTC"), ("Newest", newest))
    return AlertText(headline=headline, what=what, details=details, todo=todo)
