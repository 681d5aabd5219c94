"""Which case a mail belongs to, and who its sender is there.

The order of belief: a signed reply token; one of our own signed Message-IDs together with a sender who belongs to the
case; the case number in the subject, or that it answers what a person wrote on the case, only for a person of the
case; for a monitor's mail, that the same monitor told of the same thing before. Nobody else gets in: a stranger with a
right number or a copied thread opens a new case that is linked and marked. An agent acts only with an agent's token
that was given to them, from an address of theirs, and with an aligned authentication result where that is asked for;
anything less is shown to the assignee and obeyed by nobody.

An agent's token carries no date. It lasts as long as they are an agent of the team and the case is alive, and
`TOKEN_OUTLIVES_CASE` longer; what was once sent with it cannot be sent again, nor kept for later (threat A06).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from unicodedata import normalize

from helpdesk.core.words.events import OrderConfirmed, OrderRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent, Team
    from helpdesk.core.words.watched import Watched

Role = Literal["agent", "customer", "outsider"]

TOKEN_OUTLIVES_CASE = timedelta(days=90)  # after its closing
CONFIRMED_WITHIN = timedelta(hours=24)  # an order that was refused
OLDEST_MAIL = timedelta(days=7)  # between its Date and its arrival

_REFERENCE = re.compile(r"\[?\bHD-(\d{1,12})\b\]?", re.IGNORECASE)
_DASHES = re.compile("[\u2010-\u2015\u2212]")


@dataclass(frozen=True, slots=True)
class TokenSeen:
    """A reply token on the mail: for which case and purpose, and whether it was given to this sender.

    `genuine`: it was given to somebody of the case, though perhaps not to this sender.
    """

    case: int
    purpose: Literal["customer", "agent", "note", "operator", "bounce", "good", "bad", "third-party", "confirm"]
    given_to_sender: bool
    genuine: bool = False
    order: str = ""  # that it confirms: the key of the mail that has it


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a mail shows about where it belongs."""

    sender: str  # the one From address, "" where From names nobody or several
    tokens: tuple[TokenSeen, ...] = ()
    own_ids: tuple[int, ...] = ()  # cases of our Message-IDs in In-Reply-To and References, nearest first
    subject_numbers: tuple[int, ...] = ()
    known: tuple[int, ...] = ()  # cases that have a mail, not ours, which this one answers, nearest first
    bordered: bool = False  # the operator has named a border, whose results say who is proven
    authenticated: bool = False
    authentication_required: bool = False
    received_at: datetime | None = None
    dated_at: datetime | None = None  # its Date, where it has one
    repeated_on: frozenset[int] = frozenset()  # cases on which a mail of an agent had this Message-ID before

    @property
    def case_numbers(self) -> tuple[int, ...]:
        """Every case that is named, the most believable first, each once: what must be read to place the mail."""
        named = (*(token.case for token in self.tokens), *self.own_ids, *self.subject_numbers, *self.known)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the mail belongs and what its sender may do there. `case` None: a new case."""

    case: int | None
    role: Role
    because: str
    agent: Agent | None = None
    linked: int | None = None  # the case a stranger named without belonging to it
    rating: Literal["", "good", "bad"] = ""  # it only says whether they were satisfied
    verified: bool = False  # a signed token or Message-ID stands behind it: they may bring others in
    authenticated: bool = False  # of a new case: its sender's domain is proven
    proven: bool = False  # the same, of a mail on a case too
    stays: bool = False  # an agent answers a mail whose plain replies stay in the team
    informed: bool = False  # no agent, but we had told them of the case: their reply says that somebody has it
    askable: bool = False  # nothing proves that it is the agent's: they are asked, where it has orders
    confirms: str = ""  # an agent says yes to that order: the key of the mail that has it
    asked: bool = False  # an agent asked them, and they answer that mail
    watched: Watched | None = None  # a monitor's mail, and what it is about
    not_on: tuple[int, ...] = ()  # an agent wrote to the reply addresses of these cases as well
    answers_us: bool = False  # it has something in it that we signed, no matter for whom


def numbers_in_subject(subject: str) -> tuple[int, ...]:
    """The case numbers that a subject names, in order; what people type, programs turn into wider signs and dashes."""
    plain = subject if subject.isascii() else _DASHES.sub("-", normalize("NFKC", subject))
    return tuple(int(number) for number in _REFERENCE.findall(plain))


def place_robot(evidence: Evidence, cases: Mapping[int, Case]) -> Placement:
    """Where a robot's mail belongs: only what we signed names a case for it, never a number alone (threat L06)."""
    signed = (*(token.case for token in evidence.tokens if token.genuine), *evidence.own_ids)
    number = next((number for number in signed if number in cases), None)
    return Placement(number, "outsider", "no person wrote it")


@dataclass(frozen=True, slots=True)
class WatchedCase:
    """The last case that this sender's mails to this mailbox made of what they watch. `proven`: one of them was."""

    case: int
    proven: bool


def place_monitor(placement: Placement, evidence: Evidence, seen: Watched, earlier: WatchedCase | None) -> Placement:
    """A monitor's mail that names no case of ours belongs to the case of what it is about.

    Names can be guessed, so a sender who is not proven gets onto no case of one who was, and onto none at all where
    the desk asks agents for proof: what is believed of an outage is worth as much.
    """
    placement = replace(placement, watched=seen)
    if earlier is None or placement.linked is not None:
        return placement
    if not seen.proven and (earlier.proven or evidence.authentication_required):
        because = (
            f"a monitor tells of what HD-{earlier.case} is about, but the mail's authentication result is not right"
        )
        return replace(placement, because=because)
    return replace(placement, case=earlier.case, role="customer", because="the same monitor tells of the same thing")


def place(evidence: Evidence, cases: Mapping[int, Case], team: Team) -> Placement:
    """Decide where a mail belongs. `cases` holds those of `evidence.case_numbers` that exist in this mailbox."""
    agent = team.agent(evidence.sender)
    named = [number for number in evidence.case_numbers if number in cases]
    if agent:
        return _place_agent(evidence, cases, named, agent)
    asked = [one for one in evidence.tokens if one.purpose == "third-party" and one.given_to_sender]
    if asked and asked[0].case in cases:  # whatever else they are on the case
        return Placement(asked[0].case, "outsider", "an agent asked them, and they answer that mail", asked=True)
    for number in named:
        placed = _place_customer(evidence, cases[number])
        if placed:
            return placed
    shown = (*(token.case for token in evidence.tokens if token.given_to_sender), *evidence.own_ids)
    off = next((number for number in shown if number in cases and evidence.sender in cases[number].removed), None)
    if off is not None:
        return Placement(off, "outsider", "an agent took them off the case")
    lent = next((token for token in evidence.tokens if token.genuine and token.case in cases), None)
    if lent is not None:
        return _place_reader(lent, evidence, cases[lent.case])
    return _place_on_new_case(evidence, cases, named)


def _place_on_new_case(evidence: Evidence, cases: Mapping[int, Case], named: list[int]) -> Placement:
    """Somebody who has no place on the cases that they name, if they name any."""
    doubted = next((number for number in named if _answers_known(evidence, cases[number])), None)
    if doubted is not None:
        because = "answers a mail of the case, but the mail's authentication result is not right"
        return Placement(None, "customer", because, linked=doubted)
    if named:
        return Placement(None, "customer", "names a case of somebody else", linked=named[0])
    return Placement(None, "customer", "names no case of ours", authenticated=evidence.authenticated)


def _place_reader(lent: TokenSeen, evidence: Evidence, case: Case) -> Placement:
    """Somebody with a reply address of the case who is no person of it: we had told them, or it was passed on."""
    if not lent.given_to_sender or lent.purpose not in {"agent", "note"}:
        return Placement(case.number, "outsider", "another person's reply address")
    doubt = _doubt(evidence, case)
    because = doubt or "the reply address of somebody whom we had told"
    return Placement(case.number, "outsider", because, informed=not doubt)


def _place_agent(evidence: Evidence, cases: Mapping[int, Case], named: list[int], agent: Agent) -> Placement:
    acting = [t for t in evidence.tokens if t.purpose in {"agent", "note"} and t.given_to_sender and t.case in named]
    yes = next((t for t in evidence.tokens if t.order and t.case in cases), None)
    if yes and may_confirm(cases[yes.case], yes.order, evidence.received_at):
        because = "says yes to an order in their name"
        return Placement(yes.case, "agent", because, agent=agent, verified=True, stays=True, confirms=yes.order)
    if acting:
        number, stays = acting[0].case, acting[0].purpose == "note"
        doubt = _doubt(evidence, cases[number])
        if not doubt:
            because = "agent's token and address"
            others = tuple(dict.fromkeys(token.case for token in acting if token.case != number))
            return Placement(number, "agent", because, agent=agent, verified=True, stays=stays, not_on=others)
        return Placement(number, "outsider", doubt, agent=agent, askable=number not in evidence.repeated_on)
    if named:
        because, askable = "an agent's address without that agent's token", named[0] not in evidence.repeated_on
        return Placement(named[0], "outsider", because, agent=agent, askable=askable)
    return Placement(None, "customer", "names no case of ours", authenticated=evidence.authenticated)


def may_confirm(case: Case, order: str, at: datetime | None) -> bool:
    """Whether that order can still be confirmed: it is not too old or erased, and nobody has said yes to it."""
    refused = next((event for event in case.of_type(OrderRefused) if event.key == order), None)
    if refused is None or not refused.lines or any(event.key == order for event in case.of_type(OrderConfirmed)):
        return False
    return at is None or at - refused.recorded_at <= CONFIRMED_WITHIN


def why_not_obeyed(evidence: Evidence, *, whose: str, repeated: bool) -> str:
    """Why a mail with the right token and from the right address is not obeyed all the same; "" if it is.

    `whose` is an agent's or an operator's; `repeated`: a mail of theirs had this Message-ID before.
    """
    if evidence.authentication_required and not evidence.authenticated:
        return f"the {whose}'s token is right, but the mail's authentication result is not"
    if repeated:
        return f"an {whose}'s mail with the same Message-ID came before: it is a repetition"
    at, dated = evidence.received_at, evidence.dated_at
    if at and dated and at - dated > OLDEST_MAIL:
        return f"its Date is more than {OLDEST_MAIL.days} days before its arrival"
    return ""


def _doubt(evidence: Evidence, case: Case) -> str:
    """Why an agent's mail with the right token is not obeyed all the same; "" if it is."""
    doubted = why_not_obeyed(evidence, whose="agent", repeated=case.number in evidence.repeated_on)
    at = evidence.received_at
    if doubted or not at or case.status != "closed" or not case.status_since:
        return doubted
    if at - case.status_since > TOKEN_OUTLIVES_CASE:
        return f"the agent's token has ended: the case is closed for more than {TOKEN_OUTLIVES_CASE.days} days"
    return ""


def _place_customer(evidence: Evidence, case: Case) -> Placement | None:
    """The sender's place on one case, or None if they have none there."""
    number = case.number
    if evidence.sender in case.removed:
        return None
    tokens = [token for token in evidence.tokens if token.case == number]
    if any(token.given_to_sender and token.purpose == "customer" for token in tokens):
        return Placement(number, "customer", "reply token", verified=True)
    if case.person(evidence.sender) and number in evidence.own_ids:
        because = "answers a mail of ours, from a person of the case"
        return Placement(number, "customer", because, verified=True)
    rating = next((token for token in tokens if token.purpose in {"good", "bad"}), None)
    if rating:
        return _place_rating(rating, evidence, case)
    return _place_unproven(evidence, case, named=bool(tokens) or number in evidence.subject_numbers)


def _place_unproven(evidence: Evidence, case: Case, *, named: bool) -> Placement | None:
    """The place of who merely names the case, or a mail on it: only people of the case have one."""
    if case.person(evidence.sender) and named:
        return Placement(case.number, "customer", "names the case, from a person of the case")
    if _answers_known(evidence, case) and (evidence.authenticated or not evidence.bordered):
        return Placement(case.number, "customer", "answers a mail of the case, from a person of the case")
    return None


def _answers_known(evidence: Evidence, case: Case) -> bool:
    """Whether a person of the case answers a mail of theirs, or of another person, that is on it.

    No secret is in such a Message-ID, and everybody on copy has it. What a monitor threads is told by what it watches.
    """
    of_the_case = case.person(evidence.sender) is not None and evidence.sender not in case.removed
    return case.number in evidence.known and of_the_case and not case.monitor


def _place_rating(token: TokenSeen, evidence: Evidence, case: Case) -> Placement:
    """A click in a closing mail says one thing and lets nobody do another; others who have the link say nothing."""
    if token.given_to_sender or (token.genuine and case.person(evidence.sender)):
        because = "a link of a closing mail"
        return Placement(case.number, "customer", because, rating="good" if token.purpose == "good" else "bad")
    return Placement(case.number, "outsider", "a link of a closing mail that was not given to them")
