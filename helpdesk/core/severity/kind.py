"""What a customer wants of us: a defect mended, a question answered, something changed, something new."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpdesk.core.severity.observe import Observation
    from helpdesk.core.severity.terms import Kind

_TROUBLE = ("failing", "slow", "wrong-result", "data-lost", "outage", "none-comes-through", "business-idle")


def kind_of(observed: Observation) -> Kind:
    """The kind of a case. Trouble that is told as a fact makes a defect, however politely it is asked about."""
    seen = observed.seen
    if observed.alert is not None:
        return "maintenance" if observed.alert.state == "notice" else "defect"
    if observed.robot is not None:
        return "question"
    trouble = seen.any(*_TROUBLE) and "over" not in observed.values
    if "wish" in seen and not (trouble and seen.any("ongoing", "core-stopped", "outage", "production")):
        return "enhancement"
    if trouble or ("security" in seen and "security-paper" not in seen and "question" not in seen):
        return "defect"
    if "maintenance" in seen:
        return "maintenance"
    if (
        seen.any("question", "question-mark", "admin", "docs", "fyi", "thanks", "security-paper")
        or "over" in observed.values
    ):
        return "question"
    return "defect" if seen.any("cosmetic", "edge-thing", "workaround", "security") else "question"
