"""One attachment of a case, cut out of the mail it came in: attachments are not stored a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.errors import NotFound
from helpdesk.mail.write.enclose import File, cut
from helpdesk.plural import plural
from helpdesk.store import cases, spool

if TYPE_CHECKING:
    from helpdesk.store.engine import Connection


def load_attachment(connection: Connection, case: int, number: int) -> File:
    """Attachment `number` of a case, counted from 1 over all its mails, oldest first. Raises NotFound."""
    places = cases.attachment_places(connection, case)
    if not 1 <= number <= len(places):
        raise NotFound(f"HD-{case} has {plural(len(places), 'attachment')}, there is no number {number}")
    mail, part = places[number - 1]
    files = cut(spool.raw(connection, mail), [part])
    if not files:
        raise NotFound(f"attachment {number} of HD-{case} is not in its mail any more")
    return files[0]
