"""What a customer is told of what happens inside the desk, where the policy wants it: another severity, another agent.

One mail for each mail or moment that changes it, on a case that the desk still owes something. Agents are named, never
addressed (threat P02).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpdesk.core.decision import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.case import Case
    from helpdesk.core.people import Terms


def mails(before: Case | None, after: Case | None, terms: Terms, key: str) -> Iterator[Draft]:
    """To everybody on the case; `key` names the mail or the moment that changed it."""
    if before is None or after is None or not after.active or not terms.policy.lifecycle.progress_mails:
        return
    facts = {**_severity(before, after, terms), **_owner(before, after, terms)}
    if facts:
        for person in after.readers:
            yield Draft("progress", person, "customer", f"{key}/progress", facts=facts)


def _severity(before: Case, after: Case, terms: Terms) -> dict[str, Any]:
    if before.severity == after.severity:
        return {}
    return {"severity_was": terms.policy.level(before.severity).name}


def _owner(before: Case, after: Case, terms: Terms) -> dict[str, Any]:
    if before.assignee == after.assignee or not before.assignee:
        return {}
    agent = terms.team.agent(after.assignee)
    return {"owner_changed": True, "owner": agent.name if agent else ""}
