"""One attachment of a case, cut out of the mail it came in: attachments are not stored a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.enclosure import SECRET
from helpdesk.errors import NotFound, Refused
from helpdesk.mail.write.enclose import File, cut
from helpdesk.plural import plural
from helpdesk.store import cases, spool

if TYPE_CHECKING:
    from helpdesk.store.engine import Connection


def load_attachment(connection: Connection, case: int, number: int, *, secrets: bool = False) -> File:
    """Attachment `number` of a case, counted from 1 over all its mails, oldest first.

    Raises NotFound, and Refused for one that may hold what must not be repeated, unless `secrets` are asked for.
    """
    places = cases.attachment_places(connection, case)
    if not 1 <= number <= len(places):
        raise NotFound(f"HD-{case} has {plural(len(places), 'attachment')}, there is no number {number}")
    mail, part, kept = places[number - 1]
    if kept == SECRET and not secrets:
        raise Refused(f"attachment {number} of HD-{case} is not shown here: {kept}")
    files = cut(spool.raw(connection, mail), [part])
    if not files:
        raise NotFound(f"attachment {number} of HD-{case} is not in its mail any more")
    return files[0]
