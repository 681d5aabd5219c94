"""One signed-in connection with one folder selected: what lies there, its octets, and putting mail away.

Only commands that name mails by UID are used: sequence numbers shift under our hands when another program
expunges (threat I02). Mails are read with BODY.PEEK, which sets no flag (threat I04). Nothing that a mail says
ever goes into a command (threat I10).
"""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from imapclient import DELETED, SEEN
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, ProtocolError

from helpdesk.wires.imap_account import sign_in
from helpdesk.wires.imap_reports import AnswerTooBig, CommandRefused, MailboxUnavailable, printable
from helpdesk.wires.imap_transport import Allowance, Hung, ImapConnection, TooMuch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from helpdesk.wires.imap_account import Account

TAKEN = b"$HelpdeskTaken"  # the keyword on mail that was taken: for people; we do not rely on it
AT_ONCE = 50  # mails a command: the knee of the curve, and below the 1000 octets of RFC 2683 section 3.2.1.5
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before that, a date is a mistake
BEGINNING = 256 * 1024  # octets taken of a mail that is too big: its header and, nearly always, its text
_MEBIBYTE = 2**20
_SEARCH_ANSWER = 16 * _MEBIBYTE  # the UIDs of about two million mails; imaplib's own limit is met at 150,000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take. A dead one is noticed within `idle` + `silence` (threats I06, I07, I08)."""

    connect: timedelta = timedelta(seconds=10)  # each address; TCP and TLS
    silence: timedelta = timedelta(seconds=30)  # without a single octet
    command: timedelta = timedelta(seconds=45)  # from the command to the end of its answer
    slowest: int = 16 * 1024  # octets a second: what large answers may take on top
    # IDLE is ended and begun anew this often: nothing else shows that the server still lives. RFC 2177 wants
    # it within 29 minutes, routers that forget connections within about ten.
    idle: timedelta = timedelta(seconds=20)
    # Between two looks that the server asks for: one that always has something to say is not to keep us busy.
    between: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as the folder lists it."""

    uid: int
    size: int  # octets; some servers only estimate
    received_at: datetime | None  # INTERNALDATE; None where it makes no sense
    taken: bool  # it bears the keyword of a desk that took it


class ImapSession:
    """Begun by `ImapSession.begin`. What raises MailboxUnavailable breaks it, but for CommandRefused."""

    def __init__(self, connection: ImapConnection, account: Account, allowance: Allowance, patience: Patience) -> None:
        self._connection = connection
        self._account = account
        self._allowance = allowance
        self._patience = patience
        self.floor = 1  # every mail below this UID is settled
        self._top = 0  # the highest UID seen
        self.vanished = 0  # mails that were announced and gone when we looked
        self.not_moved: set[int] = set()  # of the mails put away last, those that were gone when they were to be moved
        self._says_what_moved = False
        selected = self._ask("SELECT", connection.select_folder, account.folder)
        connection.forget_news()  # what lies there is no news
        if b"UIDVALIDITY" not in selected:
            raise MailboxUnavailable("protocol", "SELECT: no UIDVALIDITY")
        self.uidvalidity: int = selected[b"UIDVALIDITY"]
        # RFC 3501 section 2.3.1.1: every mail that comes from now on has this UID or a higher one.
        self.uidnext: int | None = selected.get(b"UIDNEXT")
        self._top = (self.uidnext or 1) - 1
        # RFC 3501 section 7.1: without PERMANENTFLAGS every flag can be kept.
        kept = selected.get(b"PERMANENTFLAGS", (rb"\*",))
        self._keeps_keyword = rb"\*" in kept or TAKEN in kept
        capable = self._ask("CAPABILITY", connection.capabilities)
        self.can_idle = b"IDLE" in capable
        self._can_move = b"MOVE" in capable
        self._can_expunge = b"UIDPLUS" in capable

    @classmethod
    def begin(
        cls,
        account: Account,
        patience: Patience,
        *,
        tls: ssl.SSLContext | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> ImapSession:
        """Connect, sign in and select. `tls` replaces the context that trusts the system's authorities."""
        allowance = Allowance(silence=patience.silence.total_seconds(), stopping=stopping)
        allowance.grant(seconds=patience.connect.total_seconds())
        context = None if account.tls == "none" else tls or ssl.create_default_context()
        with _told_apart("CONNECT"):
            connection = ImapConnection(
                account.host,
                account.port,
                tls=context if account.tls == "implicit" else None,
                allowance=allowance,
            )
        try:
            allowance.grant(seconds=patience.command.total_seconds())
            with _told_apart("LOGIN"):
                if account.tls == "starttls":
                    _expect_starttls(connection)
                    connection.starttls(context)
                sign_in(connection, account)
            return cls(connection, account, allowance, patience)
        except BaseException:
            connection.shutdown()
            raise

    @property
    def moves(self) -> bool:
        """Whether mail that was taken leaves the folder."""
        # Without UIDPLUS, EXPUNGE would remove what other people have marked as deleted (threat I12).
        return self._account.processed is not None and (self._can_move or self._can_expunge)

    @property
    def certificate(self) -> bytes | None:
        """The server's (DER); None without TLS."""
        return self._connection.certificate

    def folders(self) -> tuple[str, ...]:
        """The names of the folders that are there; none where the server does not say."""
        try:
            return tuple(str(name) for _, _, name in self._ask("LIST", self._connection.list_folders))
        except CommandRefused:
            return ()

    def holds(self, message_id: str) -> bool:
        """Whether a mail with that Message-ID lies in the folder."""
        return bool(self._ask("SEARCH", self._connection.uids, b"HEADER", b"Message-ID", message_id.encode("ascii")))

    def present(self) -> list[int]:
        """Look: the UIDs of all that lies at or above `floor` now."""
        self._ask("NOOP", self._connection.noop)
        announced, top = self._connection.news, self._top
        self._connection.forget_news()
        found = self._search(self.floor)
        self.vanished = 0
        return found if not announced or self._top > top else found + self._came_after_all(top)

    def _came_after_all(self, top: int) -> list[int]:
        """The server announced mail, and there is none: see whether UIDs were given to mails that are gone already."""
        try:
            status = self._ask("STATUS", self._connection.folder_status, self._account.folder, [b"UIDNEXT"])
        except CommandRefused:
            return []
        uidnext = status.get(b"UIDNEXT")
        if not isinstance(uidnext, int) or uidnext <= top + 1:
            return []
        found = self._search(top + 1)
        if not found:
            self.vanished, self._top = uidnext - 1 - top, uidnext - 1
        return found

    def arrived(self) -> list[int]:
        """Look what has come since the last look, by this or by `present`."""
        self._ask("NOOP", self._connection.noop)
        if not self._connection.news:
            return []
        self._connection.forget_news()
        return self._search(self._top + 1)

    def next_uid(self) -> int:
        """The UID that the next mail will have, or a lower one above all that lie there."""
        return self.uidnext or max(self.present(), default=0) + 1

    def unmarked(self) -> set[int]:
        """Look which of them do not seem taken: of those that are known, a crash came before the flag."""
        return set(self._search(self.floor, *([b"UNKEYWORD", TAKEN] if self._keeps_keyword else [b"UNSEEN"])))

    def listed(self, uids: Sequence[int]) -> list[Listed]:
        """Ask for size and date; what the server does not give, mostly because it is gone, is absent."""
        try:
            answer = self._fetch(uids, b"RFC822.SIZE", b"INTERNALDATE", b"FLAGS")
        except MailboxUnavailable as error:
            if error.cause != "protocol" or isinstance(error, AnswerTooBig) or len(uids) > 1:
                raise
            answer = self._fetch(uids, b"RFC822.SIZE", b"FLAGS")  # a date that cannot even be read as one
        return [mail for uid in uids if (mail := _listed(uid, answer.get(uid, {})))]

    def bodies(self, mails: Sequence[Listed]) -> dict[int, bytes]:
        """Read these mails; what the server does not give is absent."""
        octets = sum(mail.size for mail in mails)
        answer = self._fetch([mail.uid for mail in mails], b"BODY.PEEK[]", octets=octets)
        return dict(_bodies(answer))

    def beginnings(self, mails: Sequence[Listed]) -> dict[int, bytes]:
        """Read the first octets of these mails, to the end of a line; what the server does not give is absent."""
        length = min(BEGINNING, self._account.max_size)
        item = b"BODY.PEEK[]<0.%d>" % length
        answer = self._fetch([mail.uid for mail in mails], item, octets=length * len(mails))
        return {uid: body[: body.rfind(b"\n") + 1] or body for uid, body in _bodies(answer)}

    def put_away(self, uids: Sequence[int]) -> str | None:
        """Move these mails, or flag them; return what the server said if it refused. That stops nothing."""
        trouble = None
        self.not_moved = set()
        for start in range(0, len(uids), AT_ONCE):
            some = uids[start : start + AT_ONCE]
            trouble = (self._moved(some) if self.moves else self._marked(some)) or trouble
        return trouble

    def taken(self, uids: Sequence[int]) -> set[int]:
        """Look which of these mails are gone by now, or bear the keyword of a desk that took them."""
        self._ask("NOOP", self._connection.noop)  # until then, servers speak of mails that others have expunged
        answer = self._fetch(uids, b"FLAGS")
        return {uid for uid in uids if uid not in answer or _bears_keyword(answer[uid])}

    def idle(self, wait: timedelta) -> None:
        """Wait until the server reports something, for so long at most. Raises CommandRefused where it will not."""
        self._ask("IDLE", self._connection.begin_idle)
        self._connection.linger(wait.total_seconds())
        self._ask("DONE", self._connection.idle_done)

    def close(self) -> None:
        """Say goodbye where that takes no time, and close."""
        self._allowance.grant(seconds=1)
        with contextlib.suppress(Exception):
            self._connection.logout()
        self._connection.shutdown()

    def abandon(self) -> None:
        """Close the connection without a word: it is broken, or in the middle of one."""
        self._connection.shutdown()

    def _moved(self, uids: Sequence[int]) -> str | None:
        self._connection.forget_copied()
        try:
            if self._can_move:  # RFC 6851
                self._to_processed("MOVE", self._connection.move, uids)
            else:  # what it is made of
                self._to_processed("COPY", self._connection.copy, uids)
                self._ask("STORE", self._connection.add_flags, uids, [DELETED], silent=True)
                self._ask("EXPUNGE", self._connection.uid_expunge, uids)
        except CommandRefused as refusal:
            return self._marked(uids) or refusal.detail
        copied = self._connection.copied
        self._says_what_moved = self._says_what_moved or bool(copied)
        if self._says_what_moved:  # RFC 4315: what is not named was not there any more
            self.not_moved.update(uid for uid in uids if not any(first <= uid <= last for first, last in copied))
        return None

    def _to_processed(self, name: str, command: Callable[..., Any], uids: Sequence[int]) -> None:
        try:
            self._ask(name, command, uids, self._account.processed)
        except CommandRefused:  # perhaps the folder is missing, with [TRYCREATE] or without
            with contextlib.suppress(CommandRefused):
                self._ask("CREATE", self._connection.create_folder, self._account.processed)
            self._ask(name, command, uids, self._account.processed)

    def _marked(self, uids: Sequence[int]) -> str | None:
        flags = [SEEN, TAKEN] if self._keeps_keyword else [SEEN]
        try:
            self._ask("STORE", self._connection.add_flags, uids, flags, silent=True)
        except CommandRefused as refusal:
            return refusal.detail
        return None

    def _search(self, lowest: int, *criteria: bytes) -> list[int]:
        wanted = (b"UID", b"%d:*" % lowest, *criteria)
        found = self._ask("SEARCH", self._connection.uids, *wanted, octets=_SEARCH_ANSWER)
        self._top = max(self._top, *found, 0)
        # RFC 3501 section 6.4.8: n:* holds the last mail even where its UID is below n.
        return sorted(uid for uid in found if uid >= lowest)

    def _fetch(self, uids: Sequence[int], *items: bytes, octets: int = 0) -> dict[int, dict[bytes, Any]]:
        return dict(self._ask("FETCH", self._connection.fetch, uids, items, octets=octets))

    def _ask(self, what: str, command: Callable[..., Any], *args: object, octets: int = 0, **flags: bool) -> Any:
        """Give a command, and once more where the server only says that we missed an EXPUNGE (RFC 5530)."""
        try:
            return self._ask_once(what, command, *args, octets=octets, **flags)
        except CommandRefused as refusal:
            if "[EXPUNGEISSUED]" not in refusal.detail:
                raise
        self._ask_once("NOOP", self._connection.noop, octets=0)
        return self._ask_once(what, command, *args, octets=octets, **flags)

    def _ask_once(self, what: str, command: Callable[..., Any], *args: object, octets: int, **flags: bool) -> Any:
        # RFC822.SIZE may be an estimate; octets other than those of mails are few.
        seconds = self._patience.command.total_seconds() + octets / self._patience.slowest
        self._allowance.grant(seconds=seconds, octets=_MEBIBYTE + 2 * octets)
        with _told_apart(what):
            return command(*args, **flags)


def _expect_starttls(connection: ImapConnection) -> None:
    if not connection.has_capability("STARTTLS"):
        raise MailboxUnavailable("connection", "the server offers no STARTTLS, and without TLS nothing is said")


def _listed(uid: int, items: dict[bytes, Any]) -> Listed | None:
    size = items.get(b"RFC822.SIZE")
    if not isinstance(size, int):
        return None
    return Listed(uid, size, _moment(items.get(b"INTERNALDATE")), _bears_keyword(items))


def _moment(value: object) -> datetime | None:
    """INTERNALDATE in UTC; None where the server's makes no sense, and nobody may lose a mail by that."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        with contextlib.suppress(OverflowError, ValueError):  # the year 1, far in the east; a zone of four days
            at = value.astimezone(UTC)
            return at if at >= _EARLIEST else None
    return None


def _bears_keyword(items: dict[bytes, Any]) -> bool:
    flags = items.get(b"FLAGS", ())
    return isinstance(flags, tuple) and any(isinstance(flag, bytes) and flag.lower() == TAKEN.lower() for flag in flags)


def _bodies(answer: dict[int, dict[bytes, Any]]) -> Iterator[tuple[int, bytes]]:
    for uid, items in answer.items():
        for item, body in items.items():
            if item.startswith(b"BODY[]") and isinstance(body, bytes):  # NIL where the server cannot read it
                yield uid, body


@contextlib.contextmanager
def _told_apart(what: str) -> Iterator[None]:
    """Turn all that can go wrong on a wire into MailboxUnavailable, which says what it was."""
    try:
        yield
    except MailboxUnavailable:
        raise
    except Hung as error:
        raise MailboxUnavailable("silent", f"{what}: {error}") from error
    except TooMuch as error:
        raise AnswerTooBig("protocol", f"{what}: {error}") from error
    except IMAPClientReadOnlyError as error:  # which calls itself an abort
        raise CommandRefused("refused", f"{what}: the folder may only be read") from error
    except IMAPClientAbortError as error:
        raise MailboxUnavailable("closed", f"{what}: {printable(error)}") from error
    except ProtocolError as error:
        raise MailboxUnavailable("protocol", f"{what}: {type(error).__name__}") from error
    except IMAPClientError as error:
        raise CommandRefused("refused", printable(error)) from error
    except OSError as error:
        raise MailboxUnavailable("connection", f"{what}: {printable(error)}") from error
    except Exception as error:  # IMAPClient's parser raises anything on an answer that makes no sense
        raise MailboxUnavailable("protocol", f"{what}: {type(error).__name__}") from error
