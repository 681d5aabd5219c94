"""What a reader's findings do to a case: they raise its severity at once, and lower it only as a proposal.

They come some seconds after the case, and count while nobody has looked at it, once a case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import SeverityRaisedMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    CaseFlagged,
    CasePurged,
    CaseRedacted,
    KindSet,
    PageAcknowledged,
    PolicyChanged,
    SeverityAssessed,
    SeveritySet,
)
from helpdesk.core.words.verdict import READER, assessed

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.offering.severities import Kind

_SETTLED = (AgentAnswered, AgentNoted, PageAcknowledged, SeveritySet, PolicyChanged, CaseRedacted, CasePurged)


def may_be_reread(case: Case) -> bool:
    """Whether nobody has looked at it, and no reader has said anything of it."""
    found = case.of_type(SeverityAssessed)
    return case.active and len(found) == 1 and not case.of_type(*_SETTLED) and not any(map(_is_proposal, case.tags))


def reread(case: Case, verdict: Verdict, terms: Terms, now: datetime) -> Decision | None:
    """Decide what a verdict with a reader's findings changes; None where that is nothing."""
    if not may_be_reread(case) or not any(reason.rule == READER for reason in verdict.reasons):
        return None
    policy = terms.policy
    degree = policy.severity.degree(verdict.severity)
    if case.of_type(KindSet):
        degree, _ = terms.judge.bind_kind(degree, kind=cast("Kind", case.kind), terms=policy.severity)
    level, is_ = policy.severity_in(case.plan, policy.severity.at_degree(degree).key), policy.level(case.severity)
    read, was = policy.severity.degree(level.key), policy.severity.degree(is_.key)
    if read > was:
        flag = CaseFlagged(now, now, DESK, tag=f"{READER}: may be {level.name}; #severity {level.key} sets it")
        return Decision(case.after(flag), (flag,))
    if read == was:
        return None
    found = assessed(verdict, policy.severity, (now, now, DESK), model=terms.judge.version)
    event = replace(
        found,
        severity=level.key,
        rank=level.rank,
        stated=case.stated or None,
        kind=case.kind,
        area=case.area or None,
        set_by=READER,
    )
    after = case.after(event)
    shown = tuple(f"{one.effect} ({one.evidence})" for one in verdict.reasons if one.rule == READER)
    content = SeverityRaisedMail(was=is_.name, was_key=is_.key, shown=shown)
    drafts = tuple(Draft(content, person, "reader") for person in terms.keepers(case.assignee))
    return Decision(after, (event,), drafts)


def _is_proposal(tag: str) -> bool:
    return tag.startswith(f"{READER}: ")
