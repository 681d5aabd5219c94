"""What a customer is told of what happens inside the desk, where the policy wants it: another severity, another agent.

One mail for each mail or moment that changes it, on a case that the desk still owes something. Agents are named, never
addressed (threat P02).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import ProgressMail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.terms import Terms


def mails(before: Case | None, after: Case | None, terms: Terms, key: str) -> Iterator[Draft]:
    """To everybody on the case; `key` names the mail or the moment that changed it."""
    if before is None or after is None or not after.active or not terms.policy.lifecycle.progress_mails:
        return
    content = replace(_owner(before, after, terms), severity_was=_severity_was(before, after, terms))
    if content != ProgressMail():
        for person in after.readers:
            yield Draft(content, person, f"{key}/progress")


def _severity_was(before: Case, after: Case, terms: Terms) -> str:
    return "" if before.severity == after.severity else terms.policy.level(before.severity).name


def _owner(before: Case, after: Case, terms: Terms) -> ProgressMail:
    if before.assignee == after.assignee or not before.assignee:
        return ProgressMail()
    agent = terms.team.agent(after.assignee)
    return ProgressMail(owner_changed=True, owner=agent.name if agent else "")
