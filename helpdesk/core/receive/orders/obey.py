"""What each order does, by its word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.receive.orders import correction, exemption, milestone, other_cases, people, status
from helpdesk.core.receive.orders.command import FORMS, Command, Orders, Verb
from helpdesk.core.words.drafts import CommandForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.core.receive.orders.execution import Execution


def nothing(_execution: Execution, _command: Command, _orders: Orders) -> None:
    """Nothing to do by itself: `agent` has read `#note`, `#answer`, `#redact` and `#ack`."""


def show_help(execution: Execution, _command: Command, _orders: Orders) -> None:
    """Obey `#help`."""
    execution.done.append("the list of commands")
    execution.help = tuple(CommandForm(*form.split("  ", 1)) for form in FORMS.values())


OBEY: dict[Verb, Callable[[Execution, Command, Orders], None]] = {
    "note": nothing,
    "answer": nothing,
    "severity": correction.severity,
    "kind": correction.kind,
    "area": correction.area,
    "detail": correction.detail,
    "assign": people.assign,
    "wait": status.wait,
    "snooze": status.snooze,
    "resolve": status.resolve,
    "close": status.close,
    "reopen": status.reopen,
    "started": milestone.reached,
    "workaround": milestone.reached,
    "planned": milestone.reached,
    "agreed": milestone.agreed,
    "cc": people.cc,
    "requester": people.requester,
    "link": other_cases.link,
    "merge": other_cases.merge,
    "split": other_cases.split,
    "exclude": exemption.exclude,
    "incident": exemption.incident,
    "escalate": exemption.escalate,
    "ack": nothing,
    "spam": status.spam,
    "redact": nothing,
    "help": show_help,
}
