"""What becomes of calls beyond mail, beside their rows: which are not sent any more, and what operators hear of a URL.

Nobody is woken by a call that somebody has taken meanwhile. The operators hear once that nothing gets through to a
URL, and once that something does again; their mail about it is all that a failure costs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.alert import AlertText
from helpdesk.core.words.calls import call_under_way
from helpdesk.operators.alerts import tell_operators
from helpdesk.store import alerts as alert_store
from helpdesk.store import cases as case_store
from helpdesk.store import outbox
from helpdesk.wires.courier import Failed, Retry, Sent

if TYPE_CHECKING:
    from helpdesk.config import Configuration
    from helpdesk.store.engine import Connection
    from helpdesk.store.outbox import Row
    from helpdesk.unit import Unit
    from helpdesk.wires.courier import Outcome

GIVE_UP_AFTER = timedelta(hours=1)  # a call that goes on is a new row each hour
_DOUBTED_AFTER = 3  # attempts, which are three minutes


def is_notification(row: Row) -> bool:
    """Whether a row is a call beyond mail, and no mail."""
    return row.kind == outbox.NOTIFICATION


def drop_if_over(connection: Connection, configuration: Configuration, row: Row) -> bool:
    """Drop a call that is not to be sent any more: somebody has it, or nobody reads there. Says whether it was."""
    over = configuration.notify_url(row.recipient) is None or row.case is None
    if not over and row.case is not None:
        over = call_under_way(case_store.load(connection, row.case)) is None
    if over:
        outbox.drop(connection, row.id)
    return over


def settle(unit: Unit, row: Row, outcome: Outcome | None) -> None:
    """Tell the operators where a URL begins to fail, or works again."""
    name = f"notify/{row.recipient}"
    known = alert_store.key_of_open(unit.connection, name)
    match outcome:
        case Sent() if known:
            alert_store.end(unit.connection, name)
            tell_operators(unit, key=f"{known}/over", text=_works_again(row))
        case Failed(reason) | Retry(reason) if not known:
            if isinstance(outcome, Failed) or row.attempts >= _DOUBTED_AFTER:
                key = f"condition/{name}/{row.id}"
                alert_store.begin(unit.connection, name, key)
                tell_operators(unit, key=key, text=_fails(row, reason))


def _fails(row: Row, reason: str) -> AlertText:
    return AlertText(
        headline=f"calls do not get through to {row.recipient}",
        what="A call beyond mail was refused, or not taken for some minutes. The mail about it went out all the same.",
        details=(("To", row.recipient), ("Case", f"HD-{row.case}"), ("Reason", reason)),
        todo="Put its URL right in the configuration, then try it with: helpdesk check",
    )


def _works_again(row: Row) -> AlertText:
    return AlertText(
        headline=f"calls get through to {row.recipient} again",
        what="One was taken just now.",
        details=(("To", row.recipient),),
        todo="Nothing to do.",
    )
