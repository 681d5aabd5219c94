"""What was said on a case and what the desk wrote about it, in one order, as both sides saw it.

A mail that came in stands with what it caused: the acknowledgment, the answer as its readers got it, who was told. What
time alone caused stands by itself. Mail is shown as text and never as HTML (threat C06); what is not shown, be it
erased, masked or long, is named.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from helpdesk.core.words.case import ERASED
from helpdesk.core.words.enclosure import SECRET
from helpdesk.core.words.events import AgentAnswered, AgentNoted, ThirdPartyAsked
from helpdesk.mail.read.body import read_body
from helpdesk.mail.read.mime import read_tree
from helpdesk.plural import plural
from helpdesk.store import cases as case_store
from helpdesk.store import outbox, sent_mails
from helpdesk.store.outbox import NOTIFICATION
from helpdesk.web.excerpt import Excerpt, excerpt
from helpdesk.web.linked_text import TextPiece, linked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.store.cases import StoredMessage
    from helpdesk.store.engine import Connection
    from helpdesk.store.outbox import Queued
    from helpdesk.store.sent_mails import SentMail

MAILS: Final = 25  # that came in, on one page
SENT: Final = 400  # mails of ours on one page, the newest
LONGEST = 8_000  # characters of a mail on the page of its case; the rest has a page of its own
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

MAIL_NAMES: Final[Mapping[str, str]] = {
    "ack": "Acknowledgment",
    "assigned": "Assignment",
    "customer-message": "What was written",
    "relay": "Answer",
    "ask": "Question",
    "warning": "Warning",
    "breach": "Breach",
    "escalation": "Escalation",
    "echo": "Copy",
    "closed": "Closing",
    "reopened": "Reopening",
    "progress": "Progress",
    "reminder": "Reminder",
    "resend-anonymised": "Request to send it again",
    "out-of-scope": "Out of scope",
    "alert": "Alert",
    NOTIFICATION: "Call beyond mail",
}
_STATES: Final[Mapping[str, str]] = {
    "queued": "waits to be sent",
    "sending": "is being sent",
    "handed_over": "is being handed over",
    "sent": "sent",
    "failed": "not sent",
    "bounced": "came back",
    "uncertain": "may have been sent",
    "dropped": "will not be sent",
    "held": "is held back",
}
_LINK: Final = "a link in it acknowledges the call in the name of who got it"
_WRONG = frozenset({"failed", "bounced", "uncertain", "dropped", "held"})


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file of a mail: its name, type and size in words, its number on the case, or why it is not shown."""

    words: str
    number: int
    picture: bool = False
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class SaidMail:
    """A mail that came in, or words that were typed here. `number` counts them over the case from 1."""

    number: int
    at: datetime
    author: str
    address: str
    role: str
    visibility: str
    subject: str
    pieces: tuple[TextPiece, ...]
    more: str = ""  # what of it is not shown here
    erased: bool = False
    files: tuple[FileLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody we wrote to, and what became of that; `number` is the mail's."""

    name: str
    address: str
    state: str
    wrong: bool
    number: int
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OurMail:
    """A mail of ours in as many copies as it has readers. `outside`: not of the desk's own people."""

    at: datetime | None  # None: not yet
    what: str
    subject: str
    outside: bool
    reached: tuple[Reached, ...]
    pieces: tuple[TextPiece, ...] = ()
    erased: bool = False
    withheld: str = ""  # why its text is not shown

    @property
    def wrong(self) -> bool:
        """Whether somebody may not have it."""
        return any(one.wrong for one in self.reached)


@dataclass(frozen=True, slots=True)
class CorrespondenceEntry:
    """What was said, and what we wrote because of it."""

    at: datetime
    said: SaidMail | None = None
    ours: tuple[OurMail, ...] = ()

    @property
    def outside(self) -> tuple[OurMail, ...]:
        """What went to customers and third parties."""
        return tuple(one for one in self.ours if one.outside)

    @property
    def inside(self) -> tuple[OurMail, ...]:
        """What went to the desk's own people."""
        return tuple(one for one in self.ours if not one.outside)


@dataclass(frozen=True, slots=True)
class CorrespondencePage:
    """A part of it, oldest first."""

    excerpt: Excerpt
    entries: Sequence[CorrespondenceEntry] = field(default_factory=tuple)
    limit: int = 0  # so many mails of ours are shown, and there are more of them; 0 where all are shown


@dataclass(frozen=True, slots=True)
class Reader:
    """How people are called, and who of them is one of us."""

    called: Callable[[str], str]
    staff: Collection[str]

    def outside(self, mail: SentMail | Queued) -> bool:
        """Whether a mail of ours goes to somebody who is not of the desk; a call beyond mail never does."""
        return mail.kind != NOTIFICATION and mail.recipient not in self.staff

    def addressee(self, mail: SentMail | Queued) -> str:
        """Whom a mail of ours is for, by name; of a call beyond mail, as in `notify:agent/ann@desk.example/1`, too."""
        if mail.kind != NOTIFICATION:
            return self.called(mail.recipient)
        kind, _, name = mail.recipient.removeprefix("notify:").rpartition("/")[0].partition("/")
        return self.called(name or kind)


def read_correspondence(connection: Connection, case: Case, reader: Reader, asked: str = "") -> CorrespondencePage:
    """The newest part, or the one that ends with the mail that is asked for."""
    number = case.number
    shown = excerpt(case_store.message_count(connection, number), MAILS, asked)
    skip = shown.first - 1
    # One more, whose time ends what belongs to this part.
    found = case_store.messages_from(connection, number, skip=skip, limit=shown.size + 1)
    messages, after = found[: shown.size], found[shown.size :]
    sent = sent_mails.between(
        connection,
        number,
        since=messages[0].at if messages and skip else None,
        until=after[0].at if after else None,
        limit=SENT + 1,
    )
    left_out, sent = sent[:-SENT], sent[-SENT:]
    files_before = case_store.attachment_count(connection, number, first=skip)
    ours = _in_groups(sent, number, reader, lambda numbers: outbox.bytes_of(connection, numbers))
    entries = _in_order(case, messages, ours, reader, skip=skip, files_before=files_before)
    return CorrespondencePage(shown, entries, limit=SENT if left_out else 0)


def _in_order(
    case: Case,
    messages: Sequence[StoredMessage],
    ours: Sequence[tuple[str, OurMail]],
    reader: Reader,
    *,
    skip: int,
    files_before: int,
) -> list[CorrespondenceEntry]:
    keys = _keys(case)
    caused: dict[str, list[OurMail]] = defaultdict(list)
    for key, mail in ours:
        caused[key].append(mail)
    entries, files = [], files_before
    for number, message in enumerate(messages, skip + 1):
        said = said_mail(message, number, files, reader)
        files += len(message.attachments)
        key = f"mail/{message.spool_id}" if message.spool_id else keys.get(message.message_id, message.message_id)
        entries.append(CorrespondenceEntry(message.at, said, tuple(caused.pop(key, ()))))
    entries += [CorrespondenceEntry(mail.at, None, (mail,)) for mails in caused.values() for mail in mails if mail.at]
    return sorted(entries, key=lambda entry: entry.at)


def _keys(case: Case) -> dict[str, str]:
    """By which key the mails are found that pass on what was typed here."""
    typed = case.of_type(AgentAnswered, AgentNoted, ThirdPartyAsked)
    return {event.message_id: event.key for event in typed}


# --- what was said


def said_mail(
    message: StoredMessage, number: int, files_before: int, reader: Reader, *, whole: bool = False
) -> SaidMail:
    """A mail as it is shown: what its author wrote now, or with `whole` all that it says."""
    text = message.text if whole else message.reply or message.text
    shown = text if whole else text[:LONGEST]
    return SaidMail(
        number=number,
        at=message.at,
        author=message.author_name or reader.called(message.author) or "somebody without an address",
        address=message.author,
        role=message.role,
        visibility=message.visibility,
        subject=message.subject,
        pieces=tuple(linked(shown)),
        more="" if whole else _more(message, len(text) - len(shown)),
        erased=not message.text and message.subject == ERASED,
        files=tuple(_file(part, files_before + at) for at, part in enumerate(message.attachments, 1)),
    )


def _more(message: StoredMessage, cut: int) -> str:
    """What a mail says besides, which is quoted mostly; what was typed here has nothing else."""
    if cut > 0:
        return f"the whole mail, {plural(cut, 'character')} more"
    besides = len("".join(message.text.split())) - len("".join(message.reply.split()))
    return "the whole mail" if message.spool_id and message.reply and besides > 0 else ""


def _file(part: Mapping[str, object], number: int) -> FileLink:
    words = f"{part['name'] or 'unnamed'} ({part['type']}, {_size(int(str(part['size'])))})"
    withheld = SECRET if part.get("kept") == SECRET else ""
    return FileLink(words, number, picture=part["type"] in PICTURES and not withheld, withheld=withheld)


def _size(octets: int) -> str:
    for unit, one in (("MB", 1_000_000), ("kB", 1_000)):
        if octets >= one:
            return f"{octets / one:.1f} {unit}"
    return plural(octets, "byte")


# --- what we wrote


def _in_groups(
    sent: Iterable[SentMail], case: int, reader: Reader, read: Callable[[Collection[int]], Mapping[int, bytes]]
) -> list[tuple[str, OurMail]]:
    """Each mail of ours with the key of what caused it, one for all of its readers on one side."""
    grouped: dict[tuple[str, str, bool], list[SentMail]] = defaultdict(list)
    for mail in sent:
        key = mail.key.removeprefix(f"{case}/").removesuffix(f"/{mail.kind}/{mail.recipient}")
        grouped[key, mail.kind, reader.outside(mail)].append(mail)
    raws = read([mails[0].number for (_, _, outside), mails in grouped.items() if outside])
    return [(key, _our_mail(mails, reader, raws)) for (key, _, _), mails in grouped.items()]


def _our_mail(mails: Sequence[SentMail], reader: Reader, raws: Mapping[int, bytes]) -> OurMail:
    first = mails[0]
    outside, raw = reader.outside(first), raws.get(first.number)
    return OurMail(
        at=first.created_at,
        what=MAIL_NAMES.get(first.kind, first.kind),
        subject=first.subject,
        outside=outside,
        reached=tuple(reached(mail, reader) for mail in mails),
        pieces=tuple(linked(text_of(raw)[:LONGEST])) if raw is not None else (),
        erased=outside and raw is None,
    )


def reached(mail: SentMail, reader: Reader) -> Reached:
    """A reader of a mail of ours, and whether it got there."""
    detail = f": {mail.detail}" if mail.detail and mail.state in {*_WRONG, "queued"} else ""
    again = f", {plural(mail.copies, 'possible copy', 'possible copies')}" if mail.copies else ""
    state = f"{_STATES.get(mail.state, mail.state)}{detail}{again}"
    name = reader.addressee(mail)
    return Reached(name, mail.recipient, state, mail.state in _WRONG, mail.number, mail.sent_at)


def sent_mail(mail: SentMail, reader: Reader, raw: bytes | None) -> OurMail:
    """One mail of ours as its reader got it, whole; of a call beyond mail, whose link acknowledges it, no text."""
    ours = _our_mail([mail], reader, {})
    if mail.kind == NOTIFICATION:
        return replace(ours, withheld=_LINK)
    return replace(ours, pieces=tuple(linked(text_of(raw))) if raw is not None else (), erased=raw is None)


def to_be_sent(mails: Iterable[Queued], reader: Reader) -> list[OurMail]:
    """Mails that are not written yet, one for all of its readers on one side; what goes outside with its text."""
    grouped: dict[tuple[str, bool], list[Queued]] = defaultdict(list)
    for mail in mails:
        grouped[mail.kind, reader.outside(mail)].append(mail)
    return [_preview(found, reader, outside=outside) for (_, outside), found in grouped.items()]


def _preview(mails: Sequence[Queued], reader: Reader, *, outside: bool) -> OurMail:
    first = mails[0]
    readers = (
        Reached(reader.addressee(mail), mail.recipient, mail.unwritable, bool(mail.unwritable), 0) for mail in mails
    )
    text = text_of(first.raw) if outside else ""
    what = MAIL_NAMES.get(first.kind, first.kind)
    return OurMail(None, what, first.subject, outside, tuple(readers), tuple(linked(text)))


def text_of(raw: bytes) -> str:
    """What a mail of ours says, as text."""
    return read_body(read_tree(raw)).text
