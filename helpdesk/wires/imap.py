"""The IMAP poller: takes every mail that lies in one folder, once it is durable with us and never before.

    look what lies there -> fetch -> accept (durable when it returns) -> move to `processed`, or flag

Where much lies there, what came last is taken first, and what comes meanwhile before the rest of it: an outage that is
reported now does not wait for the mail of last week.

Killed between any two of these, the next poll does the rest: `known` says what was accepted earlier, and the
desk makes it harmless to accept the same mail again. A mail that a person has read in another program is taken
like any other: no flag is ever evidence.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.failpoints import failpoint
from helpdesk.wires.imap_account import Account
from helpdesk.wires.imap_doubts import Doubts
from helpdesk.wires.imap_others import Others
from helpdesk.wires.imap_reports import (
    AloneAgain,
    Backoff,
    CommandRefused,
    Failing,
    Interrupted,
    MailboxUnavailable,
    NotPutAway,
    Outage,
    Oversized,
    Persisting,
    Recovered,
    Renumbered,
    Report,
    TakenByOthers,
    Unfetchable,
)
from helpdesk.wires.imap_session import AT_ONCE, ImapSession, Listed, Patience

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

__all__ = [
    "Account",
    "AloneAgain",
    "Backoff",
    "Failing",
    "Fetched",
    "Interrupted",
    "MailboxProbe",
    "MailboxUnavailable",
    "NotPutAway",
    "Oversized",
    "Patience",
    "Persisting",
    "Poller",
    "Recovered",
    "Renumbered",
    "Report",
    "TakenByOthers",
    "Unfetchable",
    "lies_there",
    "probe",
]

_WINDOW = 500  # UIDs asked of `known` at once
_UNTOLD = 1000  # reports kept for an operator who cannot be told now; the latest count
_BROKEN_IDLES = 5  # in a row, before we ask instead of waiting to be called
_WITHOUT_IDLE = 60 * 60.0  # seconds
_BATCH_OCTETS = 8 * 2**20  # mails fetched together are together no larger than this; one alone may be


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as it lies in the folder; of one that is too big, `omitted` octets of its end were left there."""

    raw: bytes = field(repr=False)
    received_at: datetime | None  # INTERNALDATE: when the server got it; None where it says nothing sensible
    folder: str
    uidvalidity: int
    uid: int
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class MailboxProbe:
    """What a visit to a mailbox found. `certificate`: the server's (DER), None without TLS."""

    mails: int
    certificate: bytes | None
    moves: bool  # whether taken mail can be moved to `processed`
    folders: tuple[str, ...]  # that are there; none where the server does not say


def probe(account: Account) -> MailboxProbe:
    """Sign in, count what lies in the folder, list folders where mail is moved, leave. Raises MailboxUnavailable."""
    session = ImapSession.begin(account, Patience())
    try:
        mails = len(session.present())
        return MailboxProbe(mails, session.certificate, session.moves, session.folders() if account.processed else ())
    finally:
        session.close()


def lies_there(account: Account, message_id: str) -> bool:
    """Whether a mail with that Message-ID lies in the folder. Raises MailboxUnavailable."""
    session = ImapSession.begin(account, Patience())
    try:
        return session.holds(message_id)
    finally:
        session.close()


class Poller:
    """Takes the mail of one account. One thread uses it; others only set the event that `run` was given.

    `accept` returns when the mails are durable; when it raises, none of them was taken and the mailbox stays as
    it is. `known` says which of these UIDs were accepted earlier. `report` is told what an operator should know;
    where it raises, it is told the same again later. `begin` is told of the folder, by its UIDVALIDITY and the UID
    that comes next, before the first mail is taken, and `emptied` is called once all that lay there was. `alone` says
    whether this is the only process of the desk. `tls` replaces the context that trusts the system's authorities.
    """

    def __init__(  # noqa: PLR0913  (a poller is its doors)
        self,
        account: Account,
        *,
        accept: Callable[[Sequence[Fetched]], None],
        known: Callable[[int, Sequence[int]], AbstractSet[int]],
        report: Callable[[Report], None],
        patience: Patience | None = None,
        retry: Backoff | None = None,
        tls: ssl.SSLContext | None = None,
        begin: Callable[[int, int], None] = lambda uidvalidity, uidnext: None,  # noqa: ARG005
        emptied: Callable[[], None] = lambda: None,
        alone: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.account = account
        self._accept = accept
        self._known = known
        self._report = report
        self._patience = patience or Patience()
        self._tls = tls
        self._clock = clock
        self._untold: deque[Report] = deque(maxlen=_UNTOLD)
        self._outage = Outage(account.mailbox, self._untold.append, retry=retry or Backoff(), clock=clock)
        self._stop = threading.Event()
        self._session: ImapSession | None = None
        self._connected = 0.0
        self._polled: float | None = None
        self._uidvalidity: int | None = None
        self._doubts = Doubts()
        self._not_put_away: str | None = None
        self._begin_reading: Callable[[int, int], None] | None = begin  # until it has been told
        self._emptied: Callable[[], None] | None = emptied
        self._alone = alone
        self._others = Others(account.mailbox, account.folder, self._untold.append, clock=clock)
        self._uidnext: int | None = None  # mails below it may have come before we watched
        self._broken_idles = 0
        self._no_idle_until: float | None = None

    @property
    def since_poll(self) -> timedelta | None:
        """How long ago the mailbox was last read to its end; None where that never happened."""
        return None if self._polled is None else timedelta(seconds=self._clock() - self._polled)

    def run(self, stop: threading.Event) -> None:
        """Take mail as it comes; return within two seconds of `stop`, or when `accept` has returned."""
        self._stop = stop
        try:
            while not stop.is_set():
                self._cycle()
        finally:
            self.close()

    def poll(self) -> int:
        """Connect if need be, take everything that lies there and put it away; return how many were accepted.

        Raises MailboxUnavailable, or what `accept` or `known` raise; then a later poll takes the rest.
        """
        taken = 0
        with self._connection() as session:
            if self._begin_reading:
                self._begin_reading(session.uidvalidity, session.next_uid())
                self._begin_reading = None
            while more := self._sweep(session):
                taken += more
                if self._stopping():
                    break  # otherwise once more: mail may have come meanwhile
        self._polled = self._clock()
        if self._emptied and not self._stopping():
            self._emptied()
            self._emptied = None
        self._tell()
        return taken

    def close(self) -> None:
        """Leave the server. A later `poll` connects anew."""
        if self._session:
            self._session.close()
            self._session = None

    def _cycle(self) -> None:
        try:
            self.poll()
            self._outage.over()
            self._tell()
            self._rest()
        except MailboxUnavailable as error:
            self._pause(error)
        except Exception as error:  # noqa: BLE001 - whatever the desk raises, its mail must still lie there
            self._pause(MailboxUnavailable("desk", type(error).__name__))

    def _rest(self) -> None:
        """Wait for news, for `poll` at most: then all is looked through anyway."""
        with self._connection() as session:
            if self.account.idle and session.can_idle and not self._without_idle():
                self._idle(session)
            else:
                self._stop.wait(self.account.poll.total_seconds())
        self._outage.held(timedelta(seconds=self._clock() - self._connected))

    def _idle(self, session: ImapSession) -> None:
        began, wait = self._clock(), min(self.account.poll, self._patience.idle)
        try:
            session.idle(wait)
        except CommandRefused:  # whatever the server says that it can: it is asked instead
            self._no_idle_until = self._clock() + _WITHOUT_IDLE
        except MailboxUnavailable:
            self._broken_idles += 1
            if self._broken_idles >= _BROKEN_IDLES:
                self._no_idle_until = self._clock() + _WITHOUT_IDLE
            raise
        self._broken_idles = 0
        between = self._patience.between.total_seconds() - (self._clock() - began)
        if self._no_idle_until is None and between > 0 and self._clock() - began < wait.total_seconds():
            self._stop.wait(between)  # the server had something to say at once, perhaps always has

    def _without_idle(self) -> bool:
        if self._no_idle_until is not None and self._clock() >= self._no_idle_until:
            self._no_idle_until, self._broken_idles = None, 0
        return self._no_idle_until is not None

    def _pause(self, error: MailboxUnavailable) -> None:
        if self._stopping():
            return
        pause = self._outage.failed(error.cause, error.detail)
        with suppress(Exception):  # most likely the same desk that could not take the mail
            self._tell()
        self._stop.wait(pause)

    def _tell(self) -> None:
        while self._untold:
            self._report(self._untold[0])
            self._untold.popleft()

    @contextmanager
    def _connection(self) -> Iterator[ImapSession]:
        session = self._session = self._session or self._begin()
        try:
            yield session
        except MailboxUnavailable:
            self._session = None
            session.abandon()
            raise

    def _begin(self) -> ImapSession:
        session = ImapSession.begin(self.account, self._patience, tls=self._tls, stopping=self._stopping)
        self._connected = self._clock()
        if self._uidvalidity is not None and self._uidvalidity != session.uidvalidity:
            # What we know by UID is about other mails now. The desk sees by their octets which it has.
            mailbox, folder = self.account.mailbox, self.account.folder
            self._untold.append(Renumbered(mailbox, folder, old=self._uidvalidity, new=session.uidvalidity))
            self._doubts = Doubts()
            self._uidnext = None
        self._uidvalidity = session.uidvalidity
        if self._uidnext is None:
            self._uidnext = session.uidnext
        return session

    def _stopping(self) -> bool:
        return self._stop.is_set()

    def _sweep(self, session: ImapSession) -> int:
        """Take all that lies there now; return how many were accepted."""
        present = self._doubts.in_order(session.present())
        self._note_gone(session, present)
        if session.vanished and self._alone():
            self._others.took(session.vanished)
        # Where taken mail leaves the folder, whatever is known and lies there still has to leave it.
        unmarked = set(present) if session.moves or not present else session.unmarked()
        windows = [present[start : start + _WINDOW] for start in range(0, len(present), _WINDOW)][::-1]
        settled = max(present, default=session.floor - 1) + 1
        taken = 0
        while windows:
            if self._stopping():
                return taken
            unknown = self._unknown(session, windows.pop(), unmarked)
            uids, rest = self._doubts.first(unknown, AT_ONCE)
            if rest:
                windows.append(rest)
            if uids:
                accepted = self._take(session, uids)
                taken += len(accepted)
                settled = min([settled, *(uid for uid in uids if uid not in accepted)])
            if uids and windows and (arrived := session.arrived()):
                windows.append(self._doubts.in_order(arrived))
        session.floor = settled
        self._others.looked()
        return taken

    def _unknown(self, session: ImapSession, window: Sequence[int], unmarked: AbstractSet[int]) -> list[int]:
        """Of these mails, those that were not accepted before; the others are put away where that was not done."""
        known = self._known(session.uidvalidity, window) if window else set()
        self._put_away(session, [uid for uid in window if uid in known and uid in unmarked])
        return [uid for uid in window if uid not in known]

    def _note_gone(self, session: ImapSession, present: Sequence[int]) -> None:
        """Mails that were listed here, and which nobody of this desk has taken, are somewhere else now."""
        self._others.took(len(self._by_nobody_of_ours(session, sorted(self._others.gone(present)))))

    def _by_nobody_of_ours(self, session: ImapSession, taken: Sequence[int]) -> set[int]:
        """Of mails that somebody has taken, those that no process of this desk has: it would have them on disk."""
        return set(taken) - self._known(session.uidvalidity, taken) if taken else set()

    def _take(self, session: ImapSession, uids: Sequence[int]) -> set[int]:
        """Fetch, accept and put away; return which of these mails were accepted."""
        with self._doubts.suspecting(uids):
            listed = session.listed(uids)
        self._others.missed(set(uids).difference(mail.uid for mail in listed))
        # What came while we watched was not flagged by this desk before its database was lost, or restored.
        recent = [mail.uid for mail in listed if mail.taken and mail.uid >= (self._uidnext or mail.uid + 1)]
        self._others.took(len(self._by_nobody_of_ours(session, recent)))
        accepted: set[int] = set()
        for mails in _by_octets(listed):
            accepted.update(self._take_batch(session, mails))
        for uid in self._doubts.not_given(set(uids) - accepted):
            self._untold.append(Unfetchable(self.account.mailbox, self.account.folder, uid))
        return accepted

    def _take_batch(self, session: ImapSession, mails: Sequence[Listed]) -> list[int]:
        with self._doubts.suspecting([mail.uid for mail in mails]):
            fetched = self._fetch(session, mails)
            failpoint("imap.fetched")
            if fetched:
                self._accept(fetched)
        failpoint("imap.committed")
        self._note_accepted(fetched)
        failpoint("imap.pre_move")
        uids = [mail.uid for mail in fetched]
        self._put_away_new(session, [mail for mail in mails if mail.uid in uids])
        failpoint("imap.post_move")
        return [mail.uid for mail in fetched]

    def _fetch(self, session: ImapSession, mails: Sequence[Listed]) -> list[Fetched]:
        """Read these mails, the too big ones in part; those that the server does not give are absent."""
        too_big = {mail.uid for mail in mails if self._too_big(mail)}
        bodies = session.bodies([mail for mail in mails if mail.uid not in too_big])
        bodies |= session.beginnings([mail for mail in mails if mail.uid in too_big])
        return [
            Fetched(
                bodies[mail.uid],
                mail.received_at,
                self.account.folder,
                session.uidvalidity,
                mail.uid,
                omitted=max(mail.size - len(bodies[mail.uid]), 1) if mail.uid in too_big else 0,
            )
            for mail in mails
            if mail.uid in bodies
        ]

    def _too_big(self, mail: Listed) -> bool:
        return mail.size > self.account.max_size or self._doubts.understated(mail.uid)

    def _note_accepted(self, fetched: Sequence[Fetched]) -> None:
        self._doubts.clear(mail.uid for mail in fetched)
        for mail in fetched:
            if mail.omitted:
                kept = len(mail.raw)
                self._untold.append(Oversized(self.account.mailbox, mail.uid, size=kept + mail.omitted, kept=kept))

    def _put_away_new(self, session: ImapSession, mails: Sequence[Listed]) -> None:
        """Put away what was accepted just now, and see what somebody else has put away meanwhile."""
        if not mails:
            return
        uids = [mail.uid for mail in mails]
        others = session.taken(uids) - {mail.uid for mail in mails if mail.taken} if self._alone() else set()
        self._put_away(session, uids)
        if self._alone():
            self._others.took(len(others | session.not_moved))

    def _put_away(self, session: ImapSession, uids: Sequence[int]) -> None:
        if not uids:
            return
        trouble = session.put_away(uids)
        if trouble and trouble != self._not_put_away:
            self._untold.append(NotPutAway(self.account.mailbox, trouble))
        self._not_put_away = trouble


def _by_octets(mails: Sequence[Listed]) -> Iterator[list[Listed]]:
    """Cut into batches that fit in memory; a mail that does not is a batch by itself."""
    batch: list[Listed] = []
    octets = 0
    for mail in mails:
        if batch and octets + mail.size > _BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
        batch.append(mail)
        octets += mail.size
    if batch:
        yield batch
