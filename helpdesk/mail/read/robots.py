"""Mail that no person wrote, and why we think so.

By what it is, never by how it travelled (`transport`): reports first, as a third of them carry `Auto-Submitted:
auto-replied` too; then what calls for nothing (`notices`), and answers that a program gives (`automatic`). None of it
is answered automatically (RFC 3834 s2). Whether our own mail came back is not told here but by what we signed in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.words.message import Robot
from helpdesk.mail.read.automatic import automatic_answer
from helpdesk.mail.read.bounces import Bounce, bounce, read_bounce
from helpdesk.mail.read.headers import text_of
from helpdesk.mail.read.notices import notice

if TYPE_CHECKING:
    from helpdesk.core.words.message import Message
    from helpdesk.mail.read.mime import Tree

__all__ = ["Bounce", "bounce", "robot"]


def robot(message: Message, tree: Tree) -> Robot | None:
    """Why no person wrote this mail; None where a person seems to have."""
    return (
        _report(tree)
        or _bounced(tree)
        or notice(message, tree)
        or automatic_answer(message, message.transport)
        or _unknown_report(tree)
    )


def _bounced(tree: Tree) -> Robot | None:
    found = read_bounce(tree)
    if found is None:
        return None
    return Robot("bounce-permanent" if found.permanent else "bounce-temporary", found.why)


_REPORTS = {
    "message/feedback-report": "a feedback report (RFC 5965)",
    "message/disposition-notification": "a reading receipt (RFC 8098)",
}
_MACHINE_REPORTS = {"application/tlsrpt+gzip", "application/tlsrpt+json"}


def _report(tree: Tree) -> Robot | None:
    for part in tree.parts:
        if part.type in _REPORTS and part.depth:
            return Robot("auto-reply", _REPORTS[part.type])
        if part.type in _MACHINE_REPORTS:
            return Robot("auto-reply", "a TLS report (RFC 8460)")
        if _DMARC_REPORT.match(part.file_name):
            return Robot("auto-reply", "a DMARC report (RFC 7489)")
    return None


def _unknown_report(tree: Tree) -> Robot | None:
    """A report of whatever kind is made by a program (RFC 6522), such as one of successful delivery."""
    if tree.root.type == "multipart/report":
        return Robot("auto-reply", "a report (RFC 6522)")
    if tree.raw[tree.root.block.body : tree.root.block.body + 40].lstrip().startswith(b'{"notificationType":'):
        return Robot("auto-reply", "an Amazon SES notice")
    if _COMPLAINT.match(text_of(tree.root.block.first("subject"))) and len(tree.parts) > 1:
        return Robot("auto-reply", "a feedback report of Hotmail")
    return None


_COMPLAINT = re.compile(r"complaint about message from [\d.:a-fA-F]+$")

# RFC 7489 s7.2.1.1: receiver "!" policy-domain "!" begin "!" end
_DMARC_REPORT = re.compile(
    r"[\w.-]{1,255}![\w.-]{1,255}!\d{9,11}!\d{9,11}(?:![\w.-]{1,64})?\.(?:xml|zip|gz)", re.IGNORECASE
)
