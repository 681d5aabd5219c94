"""The other cases that a mail is about, read with what applies to each, and held until the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.decision import Neighbour
from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.desk.record import Recorder


def neighbours(
    connection: sa.Connection, recorder: Recorder, numbers: Collection[int], now: datetime
) -> dict[int, Neighbour]:
    """Those of these cases that exist and whose mailbox is still configured, by number."""
    found = case_store.find(connection, case_store.hold(connection, numbers)) if numbers else {}
    mailboxes = {number: recorder.rules.configuration.mailbox(case.mailbox) for number, case in found.items()}
    return {
        number: Neighbour(case, recorder.terms(connection, mailbox, case=case, now=now))
        for number, case in found.items()
        if (mailbox := mailboxes[number]) is not None
    }
