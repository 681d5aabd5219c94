"""The form on a case's page: what an agent writes there, what they choose beside it, and which orders that makes.

The orders are those of the one table (`core.receive.orders.table`); the text is text.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from helpdesk.core.receive.orders.table import ORDERS
from helpdesk.core.words.addressee import nobody
from helpdesk.desk.order import TypedMail
from helpdesk.plain_text import on_one_line
from helpdesk.web.refs import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helpdesk.core.receive.orders.table import OrderForm
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Team
    from helpdesk.offering.policy import Policy
    from helpdesk.web.posted import PostedForm

_AN_ORDER = re.compile(rf"\s*#(?:{'|'.join(map(re.escape, ORDERS))})\b", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
# What has a field of its own, or belongs to no case that is there already.
_ELSEWHERE: Final = frozenset({"note", "answer", "new", "help", "severity", "assign", "resolve", "close", "reopen"})
NEXT: Final[Mapping[str, str]] = {
    "": "Leave it as it is",
    "#wait": "Wait for the customer",
    "#wait vendor": "Wait for a third party",
    "#resolve": "Resolve it",
    "#close": "Close it",
    "#reopen": "Open it again",
}


@dataclass(frozen=True, slots=True)
class FormChoice:
    """One of several: what is sent, and what is read."""

    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What stands in the form. `key` is that of the form, `seen` how many mails its reader was shown."""

    key: str
    seen: int
    text: str = ""
    note: bool = False
    next: str = ""
    assign: str = ""
    severity: str = ""
    verb: str = ""
    argument: str = ""
    insists: bool = False  # the order is done whatever would keep it from being done
    meant: bool = False  # what looks like ours goes to the customer all the same

    def after_seeing(self, mails: int) -> Composition:
        """The same, by somebody who has been shown so many mails."""
        return replace(self, seen=mails)

    @property
    def looks_like_orders(self) -> bool:
        """Whether a reply begins as orders do by mail, which here would be read by the customer."""
        return not self.note and _AN_ORDER.match(self.text) is not None

    @property
    def typed(self) -> TypedMail:
        """As the desk is given it."""
        bang = "!" if self.insists else ""
        lines = [
            "#note" if self.note else "#answer" if self.meant and self.text.strip() else "",
            f"#severity {self.severity}" if self.severity else "",
            f"#assign {self.assign}" if self.assign else "",
            f"#{self.verb}{bang} {self.argument}" if self.verb else "",
            self.next,
        ]
        orders = tuple(on_one_line(line) for line in lines if line.strip())
        return TypedMail(f"console/{self.key}", orders, self.text)


def new_composition(seen: int) -> Composition:
    """An empty form."""
    return Composition(key=secrets.token_urlsafe(18), seen=seen)


def read_composition(form: PostedForm) -> Composition:
    """What was posted; what is no choice of ours is none."""
    key, seen, verb, after = form.text("key"), form.text("seen"), form.text("verb"), form.text("next")
    return Composition(
        key=key if _KEY.fullmatch(key) else secrets.token_urlsafe(18),
        seen=whole_number(seen) or 0,
        text=form.text("text"),
        note=form.text("to") == "note",
        next=after if after in NEXT else "",
        assign=on_one_line(form.text("assign")),
        severity=on_one_line(form.text("severity")),
        verb=verb if verb in ORDERS else "",
        argument=on_one_line(form.text("argument")),
        insists=bool(form.text("insists")),
        meant=bool(form.text("meant")),
    )


# --- what there is to choose from


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseForm:
    """The form of one case, with what there is to choose from and what was chosen."""

    written: Composition
    nobody: bool  # there is nobody to write to
    writers: str  # who else is writing, in words
    to: str  # whom a reply goes to, by name
    next: Sequence[FormChoice]
    severities: Sequence[FormChoice]
    agents: Sequence[FormChoice]
    orders: Sequence[FormChoice]


def form_of(case: Case, policy: Policy, team: Team, written: Composition, writers: Sequence[str]) -> CaseForm:
    """The form for a case, on which others are writing, too."""
    keep = FormChoice("", "Leave it")
    reopens = case.status != "open"
    levels = policy.levels_of(case.plan)
    return CaseForm(
        written=written,
        nobody=nobody(case),
        writers=writers_words(writers),
        to=", ".join(person.shown for person in case.readers),
        next=[FormChoice(order, words) for order, words in NEXT.items() if order != "#reopen" or reopens],
        severities=[keep, *(FormChoice(one.key, one.name) for one in levels if one.key != case.severity)],
        agents=[
            keep,
            *(FormChoice(one.address, one.name_or_address) for one in team.members if one.address != case.assignee),
        ],
        orders=[
            FormChoice("", "None"),
            *(FormChoice(verb, _order_words(verb, form)) for verb, form in ORDERS.items() if verb not in _ELSEWHERE),
        ],
    )


def _order_words(verb: str, form: OrderForm) -> str:
    return f"{f'#{verb} {form.shape}'.strip()}: {form.does}"


def writers_words(names: Sequence[str]) -> str:
    """Who else is writing, in a sentence; "" where nobody is."""
    if not names:
        return ""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} writing on this case, too."
