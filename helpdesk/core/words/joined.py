"""A call and an assignment for the same person are one mail: that of the call, which says that the case is theirs, too.

Only what one unit of work writes is joined: nothing waits for what may come.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.words.drafts import AssignedMail, CallingMail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.core.words.decision import Draft


def joined(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The drafts about one case, with one for who is called and given the case; of several calls to them the last."""
    drafts = tuple(drafts)
    given = {draft.to.address: draft for draft in drafts if isinstance(draft.content, AssignedMail)}
    calls = {draft.to.address: draft for draft in drafts if draft.to.address in given and _calls(draft)}
    for draft in drafts:
        call, assignment = calls.get(draft.to.address), given.get(draft.to.address)
        if call is None or assignment is None or (draft is not call and draft is not assignment):
            yield draft
        elif draft is call:
            yield _with(draft, assignment)


def _calls(draft: Draft) -> bool:
    return isinstance(draft.content, CallingMail) and draft.kind == "escalation"


def _with(call: Draft, given: Draft) -> Draft:
    """The call, with what the other has to say."""
    content, assigned = call.content, given.content
    if not isinstance(content, CallingMail) or not isinstance(assigned, AssignedMail):
        raise TypeError(f"a call and an assignment were expected, not {content} and {assigned}")
    content = replace(content, given=assigned, attached=assigned.attached, instead=content.instead or assigned.instead)
    return replace(
        call,
        content=content,
        text=given.text or call.text,
        author=given.author or call.author,
        enclosures=given.enclosures or call.enclosures,
        shows=given.shows or call.shows,
    )
