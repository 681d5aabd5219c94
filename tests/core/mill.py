"""A small desk without a database: an offering with a bit of everything, its people, and cases as their events make them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from helpdesk.core.words.addressee import Addressee
from helpdesk.core.words.case import DESK, case_from
from helpdesk.core.words.decision import Arrival
from helpdesk.core.words.events import CaseAssigned, CaseOpened, Event, SeveritySet
from helpdesk.core.words.message import Message
from helpdesk.core.words.people import Agent, Customer, Mailbox, Team
from helpdesk.core.words.placement import Placement
from helpdesk.core.words.terms import Terms
from helpdesk.offering.files import PolicyText, read_policy
from helpdesk.person import Person
from helpdesk.severity import SHIPPED

if TYPE_CHECKING:
    from helpdesk.core.words.case import Case
    from helpdesk.offering.policy import Policy

POLICY = """
key = "mill"
name = "Mill"
[plans.flour]
name = "Flour"
excludes = ["sails"]
[plans.bran]
name = "Bran"
[regions.river]
name = "River"
calendar = "day"
[regions.hill]
name = "Hilltop"
calendar = "east"
[calendars.day]
timezone = "UTC"
hours = "mon-fri 09:00-17:00"
[calendars.east]
timezone = "Asia/Tokyo"
hours = "mon-fri 09:00-17:00"
[severities.stopped]
rank = 1
name = "Stopped"
[severities.slow]
rank = 2
name = "Slow"
[severities.plain]
rank = 3
name = "Plain"
[targets.flour.first_response]
stopped = "2h"
slow = "4h"
plain = "8h"
[classifier]
default = "slow"
[classifier.areas]
wheel = ["wheel", "gear"]
sails = ["sail", "sails"]
"""
E = TypeVar("E", bound=Event)
ANN, BOB = Agent("Ann", "ann@desk.example"), Agent("Bob", "bob@desk.example")
LENA = Person("lena@desk.example", "Lena")
JO, KIM = Person("jo@acme.example", "Jo"), Person("kim@acme.example", "Kim")
STRANGER = Person("mallory@elsewhere.example", "Mallory")
MAILBOX = Mailbox("support@mill.example", "mill", "millers")
TEAM = Team("millers", (ANN, BOB), LENA)
ACME = Customer("acme", "Acme", "mill", plan="flour", domains=("acme.example",))


@cache
def offering(more: str = "") -> Policy:
    """The offering, with more in its file."""
    return read_policy(PolicyText("mill.toml", POLICY + more))


def terms(more: str = "", **others: Any) -> Terms:
    """What applies to a case of Acme's."""
    known = {"customer": ACME, "ours": frozenset({MAILBOX.address, ANN.address, BOB.address, LENA.address}), **others}
    return Terms("Desk", offering(more), MAILBOX, TEAM, SHIPPED, **known)


def utc(text: str) -> datetime:
    """An instant of May 2026: `22 10:00` is a Friday."""
    return datetime.fromisoformat(f"2026-05-{text}").replace(tzinfo=UTC)


def on(kind: type[E], at: str, by: str = ANN.address, /, **facts: Any) -> E:
    """What somebody, Ann if nobody else is named, did at that instant."""
    return kind(utc(at), utc(at), by, **facts)


def opened(*events: Event, at: str = "22 10:00", severity: str = "slow", **others: Any) -> Case:
    """A case of Jo's that Ann has, and what has happened on it."""
    then, level = utc(at), offering().level(severity)
    facts: dict[str, Any] = {
        "mailbox": MAILBOX.address,
        "policy": "mill",
        "policy_version": offering().version,
        "plan": "flour",
        "region": "river",
        "channel": "email",
        "customer": "acme",
        "requester": JO.address,
        "requester_name": JO.name,
        "subject": "The wheel",
        "language": "en",
        "intake": {},
        "missing": (),
        "tags": (),
    }
    first = (
        CaseOpened(then, then, JO.address, **facts | others),
        SeveritySet(then, then, DESK, severity=level.key, rank=level.rank, was=""),
        CaseAssigned(then, then, DESK, agent=ANN.address),
    )
    return case_from(1, (*first, *events))


def arrival(sender: Person = JO, text: str = "It stands still.", at: str = "22 11:00", **others: Any) -> Arrival:
    """A mail that came."""
    message = Message(
        "<1@acme.example>",
        senders=(sender,),
        to=(Person(MAILBOX.address),),
        subject="A question",
        text=text,
        reply=text,
    )
    known = {
        "message": message,
        "placement": Placement(1, "customer", "test", verified=True),
        "mailboxes": frozenset({MAILBOX.address}),
        **others,
    }
    return Arrival(received_at=utc(at), key="mail/1", addressee=Addressee(sender, sender), **known)
