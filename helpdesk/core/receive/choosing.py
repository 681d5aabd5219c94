"""What a mail binds of that by which promises differ: the kind of case, answers that choose, way in and language.

A mailbox binds, and so does what a registered contact states who is proven to have written it. What anybody else
states, and what a mail's words look like, is proposed to the agent, who takes it over with an order (laws 20, 23).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import KindSet
from helpdesk.core.words.people import channel_key
from helpdesk.languages import language_of, script_language
from helpdesk.offering.cell import says
from helpdesk.offering.intake import missing
from helpdesk.offering.policy import KIND_FIELD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.events import CustomerWrote
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.verdict import Verdict


def may_choose(arrival: Arrival, terms: Terms) -> bool:
    """Whether a registered contact of the customer is proven to have written it."""
    return terms.registers(arrival.sender) and (arrival.placement.proven or arrival.placement.authenticated)


def unproven(values: Mapping[str, str], arrival: Arrival, terms: Terms) -> tuple[str, ...]:
    """The answers that would choose a promise if somebody had stated them who may."""
    chosen = terms.policy.choosing & values.keys()
    return tuple(sorted(chosen)) if chosen and not may_choose(arrival, terms) else ()


# --- the kind of case


def kind_of(values: Mapping[str, str], arrival: Arrival, terms: Terms) -> str:
    """The kind that a first mail binds: as it is stated, else as its mailbox has it; "" for none."""
    return stated_kind(values, arrival, terms) or _kind_of_mailbox(arrival, terms)


def stated_kind(values: Mapping[str, str], arrival: Arrival, terms: Terms) -> str:
    """The kind that somebody states who may; "" for none."""
    policy, said = terms.policy, values.get(KIND_FIELD, "")
    return policy.kind_called(said) if said and KIND_FIELD in policy.choosing and may_choose(arrival, terms) else ""


def _kind_of_mailbox(arrival: Arrival, terms: Terms) -> str:
    mailbox = arrival.came_to or terms.mailbox
    return mailbox.kind or terms.policy.channel(channel_key(mailbox, terms.policy)).kind


def of_kind(verdict: Verdict, kind: str, terms: Terms) -> Verdict:
    """The verdict on a case of that kind, whose rules bind its severity."""
    policy = terms.policy
    becomes = policy.desk_kind(kind)
    degree = policy.severity.degree(verdict.severity)
    lowered, reasons = terms.judge.bind_kind(degree, kind=becomes, terms=policy.severity)
    if lowered == degree:
        return replace(verdict, kind=becomes)
    level = policy.severity.at_degree(lowered)
    return replace(verdict, kind=becomes, severity=level.key, rank=level.rank, reasons=(*reasons, *verdict.reasons))


def kind_set(kind: str, was: str, values: Mapping[str, str], terms: Terms, *, at: datetime, now: datetime) -> KindSet:
    """The event that a mail binds the kind of its case."""
    becomes = terms.policy.desk_kind(kind)
    lacks = tuple(missing(terms.policy.intake, values, becomes))
    return KindSet(at, now, DESK, kind=becomes, was=was, missing=lacks, named="" if kind == becomes else kind)


# --- what its agent may take over


def proposed(
    values: Mapping[str, str], unbound: tuple[str, ...], found: str, case: Case, arrival: Arrival, terms: Terms
) -> Iterator[str]:
    """What would change a promise, and which order does it; `found` is the kind that the words look like."""
    policy = terms.policy
    registered = terms.registers(arrival.sender)
    why = "whose mail is not proven to be theirs" if registered else "who is no registered contact"
    for key in unbound:
        if key == KIND_FIELD:
            kind = policy.kind_called(values[key])
            if kind and kind != case.bound_kind:
                yield f"kind {kind}, as the customer says, {why}; #kind {kind} sets it, with its own promises"
        elif any(says(values[key], known) for known in policy.values_of(key)):
            yield f"{key} {values[key]}, as the customer says, {why}; #detail {key} {values[key]} lets it count"
    if not case.bound_kind and ("kind", "") in policy.varied:
        yield from _kind_by_words(found, arrival, terms)


def not_understood(values: Mapping[str, str], terms: Terms) -> Iterator[str]:
    """Answers that were to choose and are none of the values that there are."""
    for key in sorted(terms.policy.choosing & values.keys()):
        known = terms.policy.kind_names if key == KIND_FIELD else terms.policy.values_of(key)
        understood = terms.policy.kind_called(values[key]) if key == KIND_FIELD else ""
        if not understood and not any(says(values[key], one) for one in known):
            order = f"#kind {known[0]}" if key == KIND_FIELD else f"#detail {key} {known[0]}"
            yield f"{key} is none of {', '.join(known)}; an order such as {order} sets it"


def _kind_by_words(found: str, arrival: Arrival, terms: Terms) -> Iterator[str]:
    """The kind that a mail's words are for, where some promise differs by it."""
    policy = terms.policy
    named = {given.kinds[0] for given in policy.variations() if given.kinds}
    text = arrival.message.said
    for kind in policy.case_kinds:
        said = [word for word in kind.words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)]
        if said and kind.key in named:
            because = f"because the mail says {', '.join(said)}"
            yield f"kind {kind.key}, {because}; #kind {kind.key} sets it, with its own promises"
            return
    if found in named:
        yield f"kind {found}, as the mail reads; #kind {found} sets it, with its own promises"


# --- way in and language


def written_in(arrival: Arrival, terms: Terms) -> str:
    """The language of a first mail that its script alone tells, where promises differ by languages."""
    by_language = ("language", "") in terms.policy.varied
    return script_language(arrival.message.said) if by_language else ""


def followed(wrote: CustomerWrote, case: Case, arrival: Arrival, terms: Terms) -> CustomerWrote:
    """A further mail, with what it changes of the case's way in and language, as far as the policy follows them."""
    policy = terms.policy
    if "channel" in policy.follows and arrival.came_to:
        channel = channel_key(arrival.came_to, policy)
        wrote = replace(wrote, channel=channel if channel != case.channel else "")
    if "language" in policy.follows:
        language = _surely_written_in(arrival.message.reply, terms)
        wrote = replace(wrote, language=language if language != case.mail_language else "")
    return wrote


def _surely_written_in(text: str, terms: Terms) -> str:
    script = script_language(text)
    if script:
        return script
    found = language_of(text, expected=terms.languages)
    return found.code if found.sure else ""
