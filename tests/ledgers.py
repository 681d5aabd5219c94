"""Ledgers written by hand: the case that some mails and orders make, without a desk to take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpdesk.core.words.case import DESK, Case, case_from
from helpdesk.core.words.events import from_facts

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.events import Event
    from helpdesk.offering.policy import Policy

ANN, JO = "ann@desk.example", "jo@acme.example"


@dataclass(frozen=True)
class Ledger:
    """A case of one policy. `case(...)` opens it and adds what happened: (type, instant, facts)."""

    policy: Policy
    plan: str
    channel: str = "online"
    region: str = "americas"

    def case(self, severity: str, at: datetime, *then: tuple[Any, ...], number: int = 1, **facts: Any) -> Case:
        events = [
            event("opened", at, JO, self._opening(facts)),
            event("assessed", at, DESK, self._assessed(severity)),
            event("customer_wrote", at, JO, {}),
        ]
        for kind, when, *more in then:
            given = dict(more[0]) if more else {}
            events.append(event(kind, when, JO if kind == "customer_wrote" else ANN, self._complete(kind, given)))
        return case_from(number, events)

    def _complete(self, kind: str, facts: dict[str, Any]) -> dict[str, Any]:
        if kind == "severity_set":
            return {"rank": self.policy.level(facts["severity"]).rank, "was": "", "reason": "", **facts}
        return {"seconds": 0, **facts} if kind == "waiting_set" else facts

    def _opening(self, facts: dict[str, Any]) -> dict[str, Any]:
        return {
            "mailbox": "online@celigo.example",
            "policy": self.policy.key,
            "policy_version": self.policy.version,
            "plan": self.plan,
            "region": self.region,
            "channel": self.channel,
            "customer": "acme",
            "requester": JO,
            "requester_name": "Jo",
            "subject": "The import fails",
            "language": "en",
            "tags": [],
            "intake": {},
            "missing": [],
            **facts,
        }

    def _assessed(self, severity: str) -> dict[str, Any]:
        rank = self.policy.level(severity).rank
        return {
            "severity": severity,
            "rank": rank,
            "set_by": "default",
            "stated": None,
            "kind": "defect",
            "area": None,
            "review": False,
            "reasons": [],
        }


def event(kind: str, at: datetime, by: str, facts: dict[str, Any]) -> Event:
    """An event as a ledger would have it."""
    return from_facts(kind, (at, at, by), facts)
