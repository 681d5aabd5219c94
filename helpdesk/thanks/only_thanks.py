"""Whether a customer's mail only thanks, or says that it works, so that it is shown to the agent and owes no answer.

When in doubt it is a mail like any other: on a case that waits for its customer a confirmation, an "ok" or a "perfect"
may be the very answer that is waited for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.words.enclosure import DECORATION, MACHINERY
from helpdesk.core.words.rating import comment_in
from helpdesk.core.words.thanks import Thanks
from helpdesk.thanks.reading import is_approval, read_thanks

if TYPE_CHECKING:
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.message import Attachment
    from helpdesk.core.words.terms import Terms

_OF_THE_MAIL = frozenset((MACHINERY, DECORATION))
_NO_SUBJECT = ("nosubject", "ohnebetreff", "sansobjet", "sinasunto")  # as our mails call it
_CARDS = frozenset(("text/vcard", "text/x-vcard"))
_REF = re.compile(r"\[?(HD-[0-9]+)\b\]?", re.IGNORECASE)
_PREFIXES = re.compile(
    r"^\s*(?:(?:re|aw|antw|antwort|sv|fw|fwd|wg|tr|rv|res|rif|r)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)


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
    if not _same_subject(case, message.subject):
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


def _same_subject(case: Case, subject: str) -> bool:
    """Whether the subject is still ours or theirs; a new one may be all that somebody has to say."""
    said = _PREFIXES.sub("", subject).strip()
    begins = _REF.match(said)
    if begins and begins[1].upper() == case.ref:
        return True  # as our own subjects begin
    theirs = _plain(_PREFIXES.sub("", case.subject))
    bare = _REF.sub(lambda ref: "" if ref[1].upper() == case.ref else ref[0], said)
    return _plain(bare) in {"", theirs, *(() if theirs else _NO_SUBJECT)}


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
