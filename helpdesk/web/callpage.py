"""The page that a call's link opens: one button, by which somebody says that they have it.

An agent's own link (`unit.notifications`) holds a token for them and for one call: it shows nothing but what the call
said, and does nothing else. A channel's link asks who it is. The button does what `#ack` does by mail (LGT-5); a call
that somebody has looked at says who that was, and has no button any more. Looking changes nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.calls import LOOKED, call_under_way, calls
from helpdesk.core.words.case import DESK
from helpdesk.desk.order import TypedMail, write
from helpdesk.errors import NotFound, Refused
from helpdesk.letters import readers_zone
from helpdesk.mail.proof.address import CALL_TOKEN
from helpdesk.phrases import moment
from helpdesk.store import cases as case_store
from helpdesk.web import acts
from helpdesk.web.page import Page
from helpdesk.web.refs import number_in

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from helpdesk.core.words.calls import Call
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms
    from helpdesk.unit import Unit
    from helpdesk.web.visit import Visit

_NO_CALL = "there is no such call"
_DONE = "You have it: nobody else is called."
_LATE = "Somebody was faster, or this is another call by now."


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A call, and the agent who is asked by this link whether they have it."""

    case: Case
    terms: Terms
    agent: Agent
    call: Call

    @property
    def goes_on(self) -> bool:
        """Whether the button is there."""
        under_way = call_under_way(self.case)
        return under_way is not None and under_way.at == self.call.at


def show(visit: Visit) -> Response:
    """What the call said, and the button. Raises NotFound, Refused."""
    if not CALL_TOKEN.fullmatch(visit.place["token"]) and not visit.viewer.signed_in:
        return visit.go(f"/sign-in?to=/calls/HD-{number_in(visit.place['token'])}")
    with visit.read() as unit:
        found = _found(visit, unit)
    case, zone = found.case, readers_zone(found.agent.person, found.case, found.terms)
    due = [clock for clock in clocks(case, found.terms.policy) if clock.due_at and clock.stopped_at is None]
    first = min(due, key=lambda clock: clock.due_at or visit.now, default=None)
    return visit.page(
        "call.html",
        title=f"Call about {case.ref}",
        ref=case.ref,
        severity=_severity(found),
        since=moment(found.call.at, zone),
        due=_due(first, zone, visit.now) if first else "",
        agent=found.agent.name_or_address,
        taken=_taken(found, zone),
        goes_on=found.goes_on,
        call=found.call.at.isoformat(),
        opens=visit.viewer.signed_in,
    )


def acknowledge(visit: Visit) -> Response:
    """Somebody has it. Raises NotFound, Refused."""

    def acknowledging(unit: Unit) -> bool:
        found = _found(visit, unit)
        if not found.goes_on or found.call.at.isoformat() != visit.form.text("call"):
            return False
        key = f"order/call{found.call.at:%Y%m%dT%H%M%S%fZ}"
        return not write(unit, found.case.number, found.agent, TypedMail(key, orders=("#ack",))).mistakes

    path = f"/calls/{visit.place['token']}"
    if acts.worked(visit, acknowledging):
        return visit.go(path, _DONE)
    return visit.go(path, _LATE, kind="bad")


def _found(visit: Visit, unit: Unit) -> AnsweredCall:
    """Which call, and who is asked. Raises NotFound, Refused."""
    token = CALL_TOKEN.fullmatch(visit.place["token"])
    if not token and not visit.viewer.signed_in:
        raise Refused("Sign in to acknowledge a call.")
    number = int(token[1]) if token else number_in(visit.place["token"])
    case = _existing(unit, number)
    mailbox = unit.rules.configuration.mailbox(case.mailbox)
    if mailbox is None:
        raise NotFound(_NO_CALL)
    terms = unit.terms(mailbox, case=case)
    if token:
        return _of_token(token[0], case, terms, unit)
    return _of_viewer(visit, case, terms)


def _existing(unit: Unit, number: int) -> Case:
    """The case; where there is none, the answer is that of a link that is wrong: it tells nobody which there are."""
    with suppress(NotFound):
        return case_store.load(unit.connection, number)
    raise NotFound(_NO_CALL)


def _of_token(token: str, case: Case, terms: Terms, unit: Unit) -> AnsweredCall:
    for call in reversed(calls(case)):
        for agent in terms.team.members:
            if unit.rules.signer.verifies_call(token, person=agent.address, at=call.at):
                return AnsweredCall(case, terms, agent, call)
    raise NotFound(_NO_CALL)


def _of_viewer(visit: Visit, case: Case, terms: Terms) -> AnsweredCall:
    """The newest call about a case of theirs, for somebody who is signed in."""
    made, agent = calls(case), terms.team.agent(visit.viewer.address) if visit.viewer.signed_in else None
    if agent is None:
        raise Refused(f"{case.ref} is with another team: its agents and lead acknowledge its calls.")
    if not made:
        raise NotFound("nobody was called about this case")
    return AnsweredCall(case, terms, agent, made[-1])


def _due(clock: Clock, zone: str, now: datetime) -> str:
    name, at = clock.kind.name, clock.due_at or now
    return f"{name[:1].upper()}{name[1:]} {'was' if at < now else 'is'} due {moment(at, zone)}"


def _severity(found: AnsweredCall) -> str:
    policy = found.terms.policy
    if found.call.suspected and found.case.rank > 1:
        return f"may be {policy.severity.at_rank(1).name}"
    return policy.level(found.case.severity).name


def _taken(found: AnsweredCall, zone: str) -> str:
    """Who looked first, and when; "" while nobody has."""
    for event in found.case.of_type(*LOOKED):
        if event.at >= found.call.at and event.by != DESK and not found.goes_on:
            who = found.terms.team.agent(event.by)
            return f"{(who.name if who else '') or event.by} has it, since {moment(event.at, zone)}."
    return ""


PAGES = (Page("/calls/{token}", show=show, act=acknowledge, sees="anybody", acts="anybody"),)
