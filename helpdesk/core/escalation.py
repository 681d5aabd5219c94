"""A customer asks for escalation: their account contacts are told, it is on the record, and no clock moves (LGT-7).

Asked for by writing to a mailbox of the channel `escalation`, with the words that the policy names, or, where it names
any, as one asks for it in English, German, French and Spanish. A sentence that denies it asks for nothing.
"""
# ruff: noqa: E501  one language a line

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.case import Event
from helpdesk.core.decision import Draft
from helpdesk.core.message import Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.decision import Arrival
    from helpdesk.core.people import Terms


_ASKS = re.compile(
    r"(?<!\w)(?:"
    r"(?:please|pls|kindly|must|to|can you|could you|would you) escalate|escalate (?:this|it|our|my|the)|(?:requesting|request|ask for|asking for|want|need|demand) (?:an |the )?escalation|"
    r"(?:bitte|zu|möchten?(?: (?:das|dies|den fall|die anfrage))?|wollen|will|sie|werden|dies|das|fall|ticket|anfrage) eskalier(?:en|t)|eskalieren sie|(?:bitten?|bitte) um (?:eine )?eskalation|eskalation (?:gewünscht|erbeten)|(?:wünschen?|fordern?|verlangen?|beantragen?) (?:eine |die )?eskalation|"
    r"(?:veuillez|merci d'|faut|voudrais|voudrions|souhaite|souhaitons|pouvez-vous|demande d'|voulons|veux) ?escalader|escaladez|(?:demande|demandons|souhaitons|souhaite|requiers) (?:une |l'|d')?escalade|demande d'escalade|"
    r"(?:favor (?:de )?|quiero|queremos|solicito|solicitamos|necesito|necesitamos|pido|pedimos|pueden|puede|deseo|deseamos) escalar|(?:favor|que) escal(?:en|e)|escal(?:en|ar) (?:este|el|mi|nuestro|la|esta)|(?:solicit(?:o|amos|ud de)|pido|pedimos) (?:la |una |el |un )?(?:escalación|escalamiento|escalada|escalado)"
    r")(?!\w)"
    r"(?! (?:\w+ ){0,2}(?:privileges?|permissions?|rights|access))"
)
_DENIES = re.compile(
    r"(?<!\w)(?:not|never|no|without|cannot|\w+n't|nicht|kein|keine|keinen|keiner|ohne|niemals|ne|n'\w+|pas|sans|sin|nunca|tampoco)(?!\w)"
)
_DENIES_AFTER = re.compile(r"(?: (?:sie|das|es|dies|den fall|bitte|noch))* nicht(?!\w)")
_NEAR = 40  # characters before the words in which a denial denies them
_CLAUSE = re.compile(r"[.!?;:,\n]+")


def requested(arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    """The event, if this mail asks for escalation."""
    how = _how(arrival, terms)
    if how:
        yield Event("escalation_requested", arrival.received_at, now, arrival.sender, {"because": how})


def _how(arrival: Arrival, terms: Terms) -> str:
    if arrival.to_escalation:
        return "written to the escalation address"
    named = terms.policy.escalation_words
    text = f"{arrival.message.subject}\n\n{arrival.message.reply}".lower().replace("\u2019", "'")
    paragraphs = " ".join(line or "\n" for line in text.split("\n"))  # mail programs break lines anywhere
    clauses = (" ".join(clause.split()) for clause in _CLAUSE.split(paragraphs))
    asked = next((asked for clause in clauses if (asked := _asked(clause, named))), "") if named else ""
    return f"the mail says: {asked}" if asked else ""


def _asked(clause: str, named: Sequence[str]) -> str:
    """The words with which a clause asks for escalation; "" where it does not."""
    words = "|".join(re.escape(one.lower()) for one in named)
    found = re.search(rf"(?<!\w)(?:{words})(?!\w)", clause) or _ASKS.search(clause)
    if not found or _DENIES.search(clause[max(0, found.start() - _NEAR) : found.start()]):
        return ""
    return "" if _DENIES_AFTER.match(clause, found.end()) else found[0]


def mails(events: Sequence[Event], arrival: Arrival, terms: Terms) -> Iterator[Draft]:
    """To the customer's account contacts; without any, to the team's lead."""
    if not events:
        return
    named = terms.customer.account_contacts if terms.customer else ()
    people = [Person(address) for address in named] or ([terms.team.lead] if terms.team.lead else [])
    facts = {"asked": events[0].facts["because"], "sender": arrival.sender}
    sender = arrival.message.sender
    author = (sender.name or sender.address) if sender else "unknown sender"
    for person in people:
        key = f"{arrival.key}/asked"
        yield Draft("escalation", person, "agent", key, arrival.message.reply, author, facts, "escalation-asked")
