"""Whether a customer's mail only thanks, or says that it works, so that it is shown to the agent and owes no answer.

When in doubt it is a mail like any other: on a case that waits for its customer a confirmation, an "ok" or a "perfect"
may be the very answer that is waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.enclosure import DECORATION, MACHINERY
from helpdesk.core.words.rating import comment_in
from helpdesk.core.words.subjects import new_subject
from helpdesk.core.words.thanks import Thanks
from helpdesk.thanks.reading import is_approval, read_thanks

if TYPE_CHECKING:
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.message import Attachment
    from helpdesk.core.words.terms import Terms

_OF_THE_MAIL = frozenset((MACHINERY, DECORATION))
_CARDS = frozenset(("text/vcard", "text/x-vcard"))


def thanks_in(case: Case | None, arrival: Arrival, terms: Terms) -> Thanks | None:
    """What a customer's mail on a case says, if that is only thanks; None otherwise.

    A rating is read for what stands beside it, a reaction for its sign.
    """
    placement, robot = arrival.placement, arrival.message.robot
    if case is None or placement.role != "customer" or placement.watched:
        return None
    if robot is not None:
        approves = robot.kind == "reaction" and not placement.rating and is_approval(robot.sign)
        return Thanks() if approves else None
    if placement.rating:
        return _beside_rating(case, arrival)
    if not arrival.through:
        return _only_thanks(case, arrival, terms)
    merged = terms.merged_case(arrival.through)
    return _only_thanks(merged.case, arrival, merged.terms)


def _beside_rating(case: Case, arrival: Arrival) -> Thanks | None:
    sender = arrival.message.sender
    return read_thanks(comment_in(arrival.message.reply, case.ref), names=[sender.name]) if sender else None


def _only_thanks(case: Case, arrival: Arrival, terms: Terms) -> Thanks | None:
    message = arrival.message
    if arrival.to_escalation or arrival.sensitive or not all(map(_says_nothing, message.attachments)):
        return None
    if new_subject(message.subject, of_case=case.subject, ref=case.ref):
        return None
    names = [case.requester.name, terms.desk, terms.mailbox.name, *(agent.name for agent in terms.team.members)]
    names += [message.sender.name, message.sender.address.partition("@")[0]] if message.sender else []
    thanks = read_thanks(message.reply, names=names)
    return thanks if thanks and not _may_be_an_answer(case, thanks) else None


def _may_be_an_answer(case: Case, thanks: Thanks) -> bool:
    """What a mail on an active case might answer: a question that the agent asked in passing, or waits on."""
    return (case.active and thanks.assents) or (case.status == "waiting" and thanks.confirms)


def _says_nothing(attached: Attachment) -> bool:
    """Whether an attachment is part of how people sign their mail."""
    return attached.kept in _OF_THE_MAIL or attached.type in _CARDS
