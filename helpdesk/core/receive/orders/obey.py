"""What each order does, by its word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.receive.orders import correction, exemption, milestone, other_cases, people, status, third_party
from helpdesk.core.receive.orders.table import ORDERS, form_of
from helpdesk.core.words.drafts import CommandForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.core.receive.orders.command import Command, Verb
    from helpdesk.core.receive.orders.execution import Execution


def obey(execution: Execution, command: Command) -> None:
    """Do what a command says; those that are about the whole mail (`#note`, `#answer`, `#ack`) are `agent`'s."""
    act = _ACTS.get(command.verb)
    if act:
        act(execution, command)


def _help(execution: Execution, _command: Command) -> None:
    execution.done.append("the list of commands")
    execution.help = tuple(CommandForm(form_of(verb), order.does) for verb, order in ORDERS.items())


_ACTS: dict[Verb, Callable[[Execution, Command], None]] = {
    "severity": correction.severity,
    "kind": correction.kind,
    "area": correction.area,
    "detail": correction.detail,
    "assign": people.assign,
    "team": people.team,
    "tag": correction.tag,
    "ask": third_party.ask,
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
    "spam": status.spam,
    "help": _help,
}
