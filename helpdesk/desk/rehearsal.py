"""A mail is worked in memory before the first real one is claimed, so that no mail pays for what is loaded only once.

Models, templates, patterns and statements are made when they are first used, which takes twenty times as long as
working a mail. Where daemons die and start again all the time, it would be the same mail that waits in all of them, and
it would look like the one that kills them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.message import Envelope
from helpdesk.desk.ahead import ReadAhead
from helpdesk.desk.work import read_mail, work_mail
from helpdesk.failpoints import out_of_reach
from helpdesk.log import logger
from helpdesk.mail.read.parse import parse
from helpdesk.store import spool
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from helpdesk.store.tables import metadata
from helpdesk.unit import Units, store_policies

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.people import Mailbox
    from helpdesk.unit import Rules, Unit

_MAIL = """\
From: Rehearsal <rehearsal@customer.invalid>
To: {to}
Subject: The export is slow since this morning
Message-ID: <{to}.rehearsal@customer.invalid>
Date: Tue, 19 May 2026 09:15:00 +0000
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=-="

--=-=
Content-Type: text/plain; charset=utf-8

Hello,

since this morning the export takes an hour, and nobody can work with it.

On Mon, 18 May 2026, the desk wrote:
> It was mended.

--=-=
Content-Type: text/html; charset=utf-8

<p>Hello,</p><p>since this morning the export takes an hour, and nobody can work with it.</p>
--=-=--
"""
_log = logger("work")


def rehearse(rules: Rules, now: datetime) -> None:
    """Work a mail to a mailbox of each policy. Nothing is kept of it, and whatever fails stops nobody."""
    database = Database("sqlite://")
    try:
        metadata.create_all(database.engine)
        units = Units(database, rules)
        with units.write(now) as unit, out_of_reach():
            store_policies(unit.connection, rules.book, now)
            for mailbox in {mailbox.policy: mailbox for mailbox in rules.configuration.mailboxes}.values():
                _work(unit.another(), mailbox)
    except Exception:  # noqa: BLE001 - a real mail will show it, be counted and be set aside
        _log.exception("the rehearsal failed")
    finally:
        database.close()


def _work(unit: Unit, mailbox: Mailbox) -> None:
    raw = _MAIL.format(to=mailbox.address).replace("\n", "\r\n").encode()
    envelope = Envelope("rehearsal@customer.invalid", (mailbox.address,))
    [number] = spool.put(unit.connection, [Accepted(mailbox.address, raw, envelope, "smtp", unit.now)], unit.now)
    mail = spool.load(unit.connection, number)
    work_mail(unit, read_mail(unit.rules, mail, ReadAhead(parse(mail.raw))))
