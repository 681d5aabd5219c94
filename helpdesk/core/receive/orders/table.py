"""The one table of what an agent can order: how it is written, what it does, and what takes it back.

Mail, the command line and the console go by it; `arguments` reads what stands behind each word, `obey` does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.core.receive.orders.command import Command, Verb
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.terms import Terms


@dataclass(frozen=True, slots=True)
class OrderForm:
    """One order. `shape` stands behind its word; `undo` gives the order that takes it back, from the case before.

    `insists`: a `!` behind the word does it all the same; `repeats`: several in a mail make sense; `to_customer`: the
    text below is for the customer, whatever mail was answered.
    """

    shape: str
    does: str
    insists: bool = False
    repeats: bool = False
    to_customer: bool = False
    undo: Callable[[Command, Case, Terms], str] | None = None


def form_of(verb: str) -> str:
    """How it is written, without what it does."""
    return next(f"#{verb} {form.shape}".rstrip() for known, form in ORDERS.items() if known == verb)


def undone_by(command: Command, before: Case, terms: Terms) -> str:
    """The order that takes this one back, given the case as it was before; "" where none does."""
    undo = ORDERS[command.verb].undo
    return undo(command, before, terms) if undo else ""


def _assign(_command: Command, before: Case, _terms: Terms) -> str:
    return f"#assign! {before.assignee}" if before.assignee else ""


def _team(_command: Command, before: Case, terms: Terms) -> str:
    return f"#team {before.team or terms.team.name}"


def _tag(command: Command, _before: Case, _terms: Terms) -> str:
    return " ".join(("#tag", *(() if command.argument == "off" else ("off",)), *command.tags))


def _severity(_command: Command, before: Case, _terms: Terms) -> str:
    return f"#severity {before.severity}"


def _kind(_command: Command, before: Case, _terms: Terms) -> str:
    return f"#kind {before.bound_kind or before.kind}"


def _area(_command: Command, before: Case, _terms: Terms) -> str:
    return f"#area {before.area}" if before.area else ""


def _detail(command: Command, before: Case, _terms: Terms) -> str:
    was = dict(before.intake).get(command.argument, "")
    return f"#detail {command.argument} {was}" if was and "\n" not in was else ""


def _reopen(_command: Command, before: Case, _terms: Terms) -> str:
    return "#reopen" if before.status == "open" else ""


def _cc(command: Command, _before: Case, _terms: Terms) -> str:
    how = "add" if command.argument == "remove" else "remove"
    return " ".join(("#cc", how, *(person.address for person in command.people)))


def _requester(_command: Command, before: Case, _terms: Terms) -> str:
    return f"#requester {before.requester.address}" if before.requester.address else ""


def _exclude(command: Command, _before: Case, _terms: Terms) -> str:
    return "" if command.argument == "off" else "#exclude off"


ORDERS: dict[Verb, OrderForm] = {
    "note": OrderForm("", "the text below stays in the team", repeats=True),
    "severity": OrderForm(
        "KEY [initially] [reason]", "sets the severity; initially: the first one was wrong", undo=_severity
    ),
    "assign": OrderForm("NAME-OR-ADDRESS", "gives the case to an agent of the team", insists=True, undo=_assign),
    "team": OrderForm("NAME", "gives the case to another team, who assigns it anew", undo=_team),
    "tag": OrderForm("NAME... | off NAME...", "what you sort cases by; off: takes it away", repeats=True, undo=_tag),
    "answer": OrderForm(
        "", "the text below goes to the customer, whatever mail you answer", repeats=True, to_customer=True
    ),
    "snippet": OrderForm("NAME", "the text of that name, above what you write below", repeats=True),
    "ask": OrderForm(
        "ADDRESS [SUBJECT]",
        "asks a third party what you write below, and nothing else; they answer the team",
        insists=True,
    ),
    "kind": OrderForm("KIND", "corrects what the case is: question, defect, maintenance or enhancement", undo=_kind),
    "area": OrderForm("NAME", "corrects the application area", undo=_area),
    "detail": OrderForm(
        "FIELD VALUE",
        "keeps what the customer is asked for, such as #detail project shop-eu",
        repeats=True,
        undo=_detail,
    ),
    "wait": OrderForm("[vendor] [3d]", "waits for the customer, or for a third party", insists=True, undo=_reopen),
    "snooze": OrderForm("3d | 2026-06-01 [09:00] | mon", "reminds you then; no clock stops"),
    "resolve": OrderForm(
        "", "resolved, with the text below as the answer", insists=True, to_customer=True, undo=_reopen
    ),
    "close": OrderForm("", "closed, and the customer is told", insists=True, to_customer=True, undo=_reopen),
    "reopen": OrderForm("", "open again"),
    "started": OrderForm("", "the work has begun"),
    "workaround": OrderForm("[what]", "the customer can go on another way"),
    "planned": OrderForm("2026-06-01 [what]", "until when what is to be done"),
    "agreed": OrderForm(
        "2026-06-01 [12:00]", "the date that you agreed with the customer: it is due then; again moves it"
    ),
    "cc": OrderForm("add|remove ADDRESS...", "who gets the answers to come, too", repeats=True, undo=_cc),
    "requester": OrderForm(
        "ADDRESS",
        "whose case it is: they get the answers to come, and their customer's terms apply",
        to_customer=True,
        undo=_requester,
    ),
    "new": OrderForm(
        "ADDRESS [SUBJECT]", "in a mail of its own to the support address: a case for somebody who called"
    ),
    "link": OrderForm("HD-9", "links the two cases", repeats=True),
    "merge": OrderForm("HD-9", "this case goes into HD-9, where both are answered"),
    "split": OrderForm(
        "[subject]",
        "the customer's mail becomes a case of its own, with the text below as its answer",
        to_customer=True,
    ),
    "exclude": OrderForm(
        "KEY [reason] | off", "the promises do not apply, and the customer hears why; off: they do", undo=_exclude
    ),
    "incident": OrderForm("KEY", "the case is about a known incident", repeats=True, undo=_exclude),
    "escalate": OrderForm(
        "[reason] | off", "tells who looks after the account, and the customer that it did; off: not"
    ),
    "ack": OrderForm("", "you have it: nobody else is called", repeats=True),
    "nocall": OrderForm("", "you have it, and the call was not worth waking for: it is counted"),
    "spam": OrderForm(
        "",
        "closes a case of somebody unknown that nobody has answered; nobody outside is told",
        insists=True,
        undo=_reopen,
    ),
    "redact": OrderForm("", "erases all that was sent on this case; it is asked for again", repeats=True),
    "help": OrderForm("", "sends this list", repeats=True),
}
