"""A mail's severity under what applies to its case, and what the ledger keeps of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helpdesk.core.severity import assess
from helpdesk.core.severity.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.decision import Arrival
    from helpdesk.core.people import Terms
    from helpdesk.core.severity import Verdict

_WORD = re.compile(r"[^\W_]+")
_COMPONENT = re.compile(r"product|component|module|area|package|app", re.IGNORECASE)
_NAMING = ("product:", "component:")
_DIGITS = 4  # of a probability: enough to explain it, and the same on every machine


def judge(arrival: Arrival, fields: Mapping[str, str], terms: Terms) -> Verdict:
    """Judge one mail. `fields` are the intake answers that are known of the case.

    What a first mail says that others wrote is judged by itself. It is not the customer's word: it lowers nothing, and
    where it is worse than what they say themselves, a person is asked to look, at once if it may be rank 1.
    """
    verdict = _assessed(arrival, arrival.message.reply, fields, terms)
    if not arrival.others:
        return verdict
    voice = _assessed(arrival, arrival.others, {}, terms)
    if voice.rank >= verdict.rank:
        return verdict
    reason = Reason("quoted words", "asks for a look: what others wrote in it is worse than the customer's own words")
    suspect = verdict.s1_suspect or voice.rank == 1
    return replace(verdict, review=True, s1_suspect=suspect, reasons=(*verdict.reasons, reason))


def _assessed(arrival: Arrival, text: str, fields: Mapping[str, str], terms: Terms) -> Verdict:
    message = arrival.message
    return assess(
        subject=message.subject,
        text=text,
        terms=terms.policy.severity,
        stated=fields.get("priority"),
        fields=fields,
        products=_products(fields, terms),
        robot=message.robot.kind if message.robot else None,
        channel=terms.mailbox.channel,
        expected=terms.languages,
        model=terms.model,
        second_voter=terms.second_voter,
    )


def _products(fields: Mapping[str, str], terms: Terms) -> tuple[str, ...]:
    """What a field names as the product or component that the case is about (LAI-4).

    A field for it may say more than the name. What the mail says elsewhere names nothing: it may be a remark; and who
    has bought one product may well write of another.
    """
    bought = terms.customer.products if terms.customer else ()
    capped = [cap.when.partition(":")[2] for cap in terms.policy.severity.caps if cap.when.startswith(_NAMING)]
    said = [_spaced(value) for key, value in fields.items() if _COMPONENT.search(key)]
    inside = (name for name in (*bought, *capped) if any(_spaced(name) in value for value in said))
    return tuple(dict.fromkeys((*inside, *fields.values())))


def _spaced(text: str) -> str:
    """Only words, with a space around each: `beta-app` is `beta app`."""
    return " ".join(("", *_WORD.findall(text.casefold()), ""))


def facts_of(verdict: Verdict, terms: Terms) -> dict[str, Any]:
    """The facts of an `assessed` event: the whole verdict, what decided it, and by which model."""
    return {
        "severity": verdict.severity,
        "rank": verdict.rank,
        "found": terms.policy.severity.at_rank(verdict.found).key,
        "stated": verdict.stated,
        "confidence": round(verdict.confidence, _DIGITS),
        "probabilities": [round(share, _DIGITS) for share in verdict.probabilities],
        "review": verdict.review,
        "s1_suspect": verdict.s1_suspect,
        "kind": verdict.kind,
        "area": verdict.area,
        "reasons": reasons_of(verdict),
        "set_by": verdict.reasons[0].rule if verdict.reasons else "default",
        "model": terms.model.version,
    }


def reasons_of(verdict: Verdict) -> list[dict[str, str]]:
    """Every reason as plain data, what decided first."""
    return [{"rule": reason.rule, "effect": reason.effect, "evidence": reason.evidence} for reason in verdict.reasons]
