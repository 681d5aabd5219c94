"""The four doors of the desk: accept, work, tick, deliver. Each is one unit of work that a test can call.

A door reads the clock once and hands that `now` on. What a door does is on disk when it returns, or did not happen:

    accept   bytes at the door            -> spool row                                      COMMIT A
    work     spool rows                   -> case, events, messages, outbox rows, next_at   COMMIT B, C
    tick     cases that time changes      -> events, outbox rows, next_at                   COMMIT C
    deliver  outbox rows                  -> sent, to be tried again, failed                COMMIT D

Beside them `go_round` writes what the wall clock makes due for the desk as a whole: digests, hand-overs, and how many
alerts of a kind there were; `renew` keeps what is worked and sent just now in our hands; `purge` erases what ended
longer ago than the operator keeps it.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.core.words.case import DESK
from helpdesk.core.words.message import base_address
from helpdesk.counters import RECEIVED, TICKED
from helpdesk.desk.deliver import Delivery, Sending, never, stop_sending
from helpdesk.desk.reading_pool import ReadingPool
from helpdesk.desk.rehearsal import rehearse
from helpdesk.desk.tick import tick
from helpdesk.desk.work import Worked
from helpdesk.desk.worker import NOTHING_PARSED, Worker
from helpdesk.failpoints import failpoint
from helpdesk.log import logger
from helpdesk.operators import Absences, Rounds, alerts, hand_on, raise_alert
from helpdesk.plural import plural
from helpdesk.privacy import purge
from helpdesk.store import attempts, case_counts, cases, history, outbox, refusals, search, sign_ins, spool
from helpdesk.store.claims import Keeper
from helpdesk.store.conversation import message_id_of
from helpdesk.unit import Rules, Units, load_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.words.message import Message
    from helpdesk.desk.pace import Pace
    from helpdesk.store.engine import Database
    from helpdesk.store.history import MailboxHistory
    from helpdesk.store.refusals import RefusedMail
    from helpdesk.store.spool import Accepted, Became
    from helpdesk.wires.courier import Courier

_log = logger("desk")
_NOTHING_FAILS: Mapping[str, str] = {}

__all__ = ["Desk", "Rules", "Worked", "load_rules"]


class Desk:
    """The desk over one database. Several may run on one PostgreSQL."""

    def __init__(
        self,
        *,
        database: Database,
        rules: Rules,
        now: Callable[[], datetime],
        holds: bool = False,
        workers: int = 0,
    ) -> None:
        """`now` gives aware UTC instants; only the doors call it. `holds`: what is written waits to be released.

        `workers`: so many processes read mail, beside this one.
        """
        self.database = database
        self.now = now
        self.keeper = Keeper(database)
        self.units = Units(database, rules, holds_mail=holds)
        self._sending = Sending(self.keeper)
        self._pool = ReadingPool(workers) if workers else None
        self._worker = Worker(self.units, self._pool)
        self._rounds = Rounds(self.units)
        self._absences = Absences(self.units)

    @property
    def rules(self) -> Rules:
        """All that the operator wrote: configuration, policies, customers and templates."""
        return self.units.rules

    def begin(self) -> None:
        """Store the policy versions that cases will remember. To be called once, before the doors open."""
        self.units.exchange(self.rules, self.now())

    def renew(self) -> None:
        """Let the claims of what is worked and sent just now last. To be called every `claims.RENEWAL`."""
        self.keeper.renew()

    def warm_up(self) -> None:
        """Load what the first mail would wait for; to be called once, before anything is worked."""
        if self._pool:
            self._pool.prepare(self.rules)
        rehearse(self.rules, self.now())
        self.units.warm_up()

    def stop_reading(self) -> None:
        """End the processes that read mail; to be called once nothing is worked any more."""
        if self._pool:
            self._pool.close()

    def exchange(self, rules: Rules) -> None:
        """Run by other rules from the next unit of work on; their policy versions are stored first."""
        self.units.exchange(rules, self.now())

    def hand_on(self) -> int:
        """Give on the cases of who is no agent any more; to be called at the start, and after `exchange`."""
        return hand_on(self.units, self.now())

    def sign_out(self) -> int:
        """Sign out of the console who is none of us any more; to be called as `hand_on` is."""
        with self.database.write() as connection:
            return sign_ins.end_others(connection, self.rules.configuration.staff)

    def mailboxes_for(self, recipients: Sequence[str]) -> list[str]:
        """The mailboxes that envelope recipients stand for, each once; empty when we know none of them."""
        known = {mailbox.address for mailbox in self.rules.configuration.mailboxes}
        found = dict.fromkeys(base_address(recipient) for recipient in recipients)
        return [address for address in found if address in known]

    def accept(self, mails: Sequence[Accepted]) -> list[int]:
        """Write mail to the spool. When this returns, it is on disk; a copy of a known mail is folded into it."""
        now = self.now()
        with self.database.write() as connection:
            ids = spool.put(connection, history.marked(connection, mails), now)
            failpoint("accept.pre_commit")
        failpoint("accept.post_commit")
        for number, mail in zip(ids, mails, strict=True):
            self.units.counters.count(RECEIVED, mail.mailbox, mail.source)
            _log.info("accepted", spool_id=number, message_id=message_id_of(mail.raw), **_arrived(mail))
        return ids

    def begin_reading(self, mailbox: str, folder: str, uidvalidity: int, uidnext: int) -> None:
        """An IMAP folder is about to be read: what lies there at the very first time, and is old, is history."""
        now = self.now()
        with self.database.write() as connection:
            history.begin(connection, mailbox=mailbox, folder=folder, uidvalidity=uidvalidity, uidnext=uidnext, now=now)

    def tell_history(self, mailbox: str) -> None:
        """Tell the operators, once a mailbox, what of it became history, and how to open it."""
        with self.database.read() as connection:
            summaries = history.summaries(connection, mailbox)
        for summary in summaries:
            self.alert(_history(summary))

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
        """Which of an IMAP folder's mails were accepted before."""
        with self.database.read() as connection:
            return spool.known_uids(connection, mailbox, folder, uidvalidity, uids)

    def unknown(self, recipients: Sequence[str]) -> str:
        """Why mail to these recipients is taken nowhere."""
        ours = ", ".join(mailbox.address for mailbox in self.rules.configuration.mailboxes)
        named = ", ".join(dict.fromkeys(recipients))
        return f"it is to {named}, and ours are {ours}" if named else f"it names no recipient, and ours are {ours}"

    def outcomes(self, ids: Sequence[int]) -> dict[int, Became]:
        """What became of accepted mails, `waiting` for what is not worked yet."""
        with self.database.read() as connection:
            return spool.outcomes(connection, ids)

    def work(self) -> list[Worked]:
        """Turn a batch of waiting mail into cases; empty when nothing is to be done now."""
        return self._worker.work(self.now())

    def work_at_once(self, ids: Sequence[int], parsed: Mapping[bytes, Message] = NOTHING_PARSED) -> None:
        """Work these mails without a pause between their attempts, for somebody who waits. See `outcomes`.

        `parsed`: by its bytes, what was parsed already.
        """
        self._worker.work_at_once(ids, self.now(), parsed)

    def index(self) -> int:
        """Read some mails of cases for the search; returns how many, 0 when none waits."""
        return search.index(
            self.database,
            lambda message_id, why: _log.error("a mail is left out of the search", message_id=message_id, problem=why),
        )

    def tick(self) -> int:
        """Do what time alone has made due; returns the number of cases it changed."""
        began = time.monotonic()
        done = tick(self.units, self.now())
        self.units.counters.time(TICKED, time.monotonic() - began)
        return done

    def go_round(self, *, failing: Mapping[str, str] = _NOTHING_FAILS) -> int:
        """Write the digest and hand-over mails that have come, and what became of alerts that came in numbers.

        What waits for somebody whose absence has begun is given on first.
        Returns how many were written. `failing` holds the mailboxes that cannot be read, and why.
        """
        now = self.now()
        self._absences.go(now)
        return self._rounds.go(now, failing=failing) + alerts.tell(self.units, now)

    def catch_up(self) -> None:
        """The clock was set back: what waits to be sent would wait for it to come round again."""
        with self.database.write() as connection:
            outbox.send_now(connection, self.now())

    def purge(self, *, stopping: Callable[[], bool] = never) -> Counter[str]:
        """Erase what ended longer ago than the configuration keeps it; nothing of cases where it names no age."""
        keep, now = self.rules.configuration.keep, self.now()
        self.note_refusals(())  # the old ones go
        with self.database.write() as connection:
            case_counts.fold(connection)
        if keep is None:
            return Counter()
        return purge(self.units, before=now - keep, by=DESK, now=now, stopping=stopping)

    def deliver(self, courier: Courier, *, pace: Pace | None = None, stopping: Callable[[], bool] = never) -> int:
        """Hand composed mail to the courier, as fast as the pace allows; returns how many mails were tried.

        Several threads may, each with a courier of its own. Once `stopping` says so, the mail on its way is the last.
        """
        delivery = Delivery(
            units=self.units,
            sending=self._sending,
            courier=courier,
            clock=self.now,
            pace=pace,
        )
        return delivery.deliver(stopping=stopping)

    def notify(self, courier: Courier, *, stopping: Callable[[], bool] = never) -> int:
        """The same for calls beyond mail, which no mail waits for; returns how many were tried."""
        with self.database.read() as connection:
            if not outbox.any_beyond_mail(connection):
                return 0
        delivery = Delivery(units=self.units, sending=self._sending, courier=courier, clock=self.now, beyond_mail=True)
        return delivery.deliver(stopping=stopping)

    def stop_sending(self) -> None:
        """What is on its way before its final dot is given back, for the next one to send."""
        stop_sending(self.units, self._sending, self.now())

    def alert(self, alert: OperatorAlert) -> None:
        """Tell the operators of something that went wrong, once for each key; many of a kind are counted instead."""
        with self.units.write(self.now()) as unit:
            raise_alert(unit, alert)

    def note_refusals(self, refused: Sequence[RefusedMail]) -> None:
        """Keep for a while what was refused at the door, so that it is found."""
        now = self.now()
        with self.database.write() as connection:
            refusals.note(connection, refused)
            refusals.forget(connection, before=now - refusals.KEPT)

    def earliest_due(self) -> datetime | None:
        """When time alone next makes something due: a step, a breach, a mail to be tried again, a digest."""
        with self.database.read() as connection:
            instants = [
                cases.earliest_due(connection),
                attempts.earliest_due(connection),
                outbox.earliest_due(connection),
            ]
        instants += [
            self._absences.next_at(self.now()),
            self._rounds.next_at(self.now()),
            alerts.next_at(self.database),
        ]
        return min((at for at in instants if at is not None), default=None)


def _arrived(mail: Accepted) -> dict[str, Any]:
    """Where a mail came from and how, for the log."""
    return {
        "mailbox": mail.mailbox,
        "source": mail.source,
        "remote": mail.envelope.remote,
        "octets": len(mail.raw),
    }


def _history(summary: MailboxHistory) -> OperatorAlert:
    lay = plural(summary.number, "mail that lay", "mails that lay")
    text = AlertText(
        headline=f"{plural(summary.number, 'old mail')} of {summary.mailbox} became history",
        what=f"The desk reads {summary.mailbox} for the first time. {lay} there for more than a week became "
        "history: cases that are over, which a reply opens a new case after; nobody was answered, and no clock runs.",
        details=(
            ("Mails", str(summary.number)),
            ("Oldest", f"{summary.oldest_at:%Y-%m-%d %H:%M} UTC"),
            ("Newest", f"{summary.newest_at:%Y-%m-%d %H:%M} UTC"),
        ),
        todo=f"To have it worked as mail that comes now: helpdesk history open {summary.mailbox}",
    )
    return OperatorAlert(kind="history", key=f"history/{summary.mailbox}", mailbox=summary.mailbox, text=text)
