"""What a customer wants of us: a defect mended, a question answered, something changed, something new."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpdesk.offering.severities import Kind
    from helpdesk.severity.observe import Observation

_TROUBLE = ("failing", "slow", "wrong-result", "data-lost", "outage", "none-comes-through", "business-idle")


def kind_of(observed: Observation) -> Kind:
    """The kind of a case. Trouble that is told as a fact makes a defect, however politely it is asked about."""
    if observed.alert is not None:
        return "maintenance" if observed.alert.state == "notice" else "defect"
    if observed.robot is not None:
        return "question"
    return _of_person(observed)


def _of_person(observed: Observation) -> Kind:
    seen, over = observed.seen, "over" in observed.values
    trouble = seen.any(*_TROUBLE) and not over
    if "wish" in seen and not over and not (trouble and seen.any("ongoing", "core-stopped", "outage", "production")):
        return "enhancement"
    if trouble or ("security" in seen and not seen.any("security-paper", "question")):
        return "defect"
    if "maintenance" in seen:
        return "maintenance"
    asks = seen.any("question", "question-mark", "admin", "docs", "fyi", "thanks", "security-paper")
    flaw = seen.any("cosmetic", "edge-thing", "workaround", "security")
    return "defect" if flaw and not asks and not over else "question"
