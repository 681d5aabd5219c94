"""Cases of other desks, one a line of a file (JSON), as `docs/moving.md` has them: without clocks and mail.

What was said becomes mails of the spool, so that it is shown, searched, exported and erased as all other mail is. A
case whose first mail is known was taken before, unless that is on a case with another number there: two may have the
same mail. A line that is wrong is said, and keeps no other back.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.archive import read_inside
from helpdesk.core.receive.past import BECAUSE, PastMail, ended, opened, requester_of
from helpdesk.core.words.events import CaseAssigned
from helpdesk.core.words.message import Envelope
from helpdesk.desk.past import keep, past_mail
from helpdesk.errors import ConfigurationError, NotFound
from helpdesk.importing.mail import expect_mailbox, recipients_of
from helpdesk.mail.inside.sensitive import look_through
from helpdesk.mail.read.parse import parse
from helpdesk.person import Person
from helpdesk.plain_text import on_one_line
from helpdesk.store import spool
from helpdesk.store.spool import Accepted, content_key
from helpdesk.toml_reader import fill, toml_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Mailbox
    from helpdesk.core.words.terms import Terms
    from helpdesk.desk import Desk
    from helpdesk.unit import Unit

_ELSEWHERE = "elsewhere: "  # begins the tag that has its number there
_HEADER = SMTP.clone(utf8=True)
_ID = re.compile(r"<[^<>\s\"(),:;\[\]\\]+@[^<>\s\"(),:;\[\]\\@]+>")
_TYPE = re.compile(r"(?:application|audio|font|image|text|video)/[\w.+-]+", re.ASCII)


@toml_table
class OtherPerson:
    """Somebody as another desk knows them."""

    email: str
    name: str = ""


@toml_table
class OtherFile:
    """A file that was sent along, in the import's folder."""

    file: str
    name: str = ""
    type: str = "application/octet-stream"


@toml_table
class OtherMessage:
    """What was said: the mail itself as a file, or who said what."""

    at: datetime
    author: OtherPerson | None = None
    role: Literal["customer", "agent"] | None = None
    internal: bool = False
    text: str = ""
    html: str = ""
    message_id: str = ""
    file: str = ""
    attachments: list[OtherFile] = field(default_factory=list)


@toml_table
class OtherCase:
    """A case of another desk, a line."""

    id: str
    subject: str
    messages: list[OtherMessage]
    requester: OtherPerson | None = None
    status: Literal["open", "waiting", "resolved", "closed"] = "closed"
    mailbox: str = ""
    assignee: str = ""
    severity: str = ""
    closed_at: datetime | None = None
    tags: list[str] = field(default_factory=list)


def lines_of(file: Path) -> int:
    """How many lines a file has. Raises NotFound."""
    try:
        with file.open("rb") as lines:
            return sum(1 for _ in lines)
    except OSError as problem:
        raise NotFound(f"{file}: expected a readable file: {problem.strerror}") from None


class CaseImport:
    """Takes the cases of one file. `mailbox`: for those that name none."""

    def __init__(self, desk: Desk, file: Path, mailbox: str = "", *, dry_run: bool = False) -> None:
        """Raises NotFound for a mailbox that is not ours."""
        expect_mailbox(desk, mailbox)
        boxes = desk.rules.configuration.mailboxes
        self._desk = desk
        self._file = file
        self._mailbox = mailbox.lower() or (boxes[0].address if len(boxes) == 1 else "")
        self._numbers = count(-1, -1) if dry_run else None

    def run(self) -> Iterator[dict[str, Any]]:
        """Yields what became of each: its id there, `imported`, `known` or `rejected`, its case here, and why."""
        with self._file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield self._taken(f"{self._file}:{number}", line)

    def _taken(self, place: str, line: bytes) -> dict[str, Any]:
        there = None
        try:
            there = _read(place, line)
            mailbox = self._home(there)
            mails = [self._mail(there, message, number, mailbox) for number, message in enumerate(there.messages, 1)]
            outcome, case = self._written(there, mailbox, mails)
        except ConfigurationError as problem:
            return _shape(there, "rejected", None, "; ".join(problem.problems))
        except NotFound as problem:
            return _shape(there, "rejected", None, f"{place}: {problem}")
        return _shape(there, outcome, None if self._numbers else case, "")

    def _home(self, there: OtherCase) -> Mailbox:
        configuration = self._desk.rules.configuration
        mailbox = configuration.mailbox((there.mailbox or self._mailbox).lower())
        if mailbox is None:
            ours = ", ".join(box.address for box in configuration.mailboxes)
            raise NotFound(f"mailbox: expected one of {ours}, not {there.mailbox!r}; or --mailbox")
        return mailbox

    def _mail(self, there: OtherCase, message: OtherMessage, number: int, mailbox: Mailbox) -> bytes:
        if message.file:
            return read_inside(self._file.parent, message.file)
        try:
            return _composed(there, message, number, mailbox.address, self._file.parent)
        except (ValueError, LookupError, TypeError) as problem:  # what the library makes no header of
            raise NotFound(f"messages.{number}: expected what a mail can be made of: {problem}") from None

    def _written(self, there: OtherCase, mailbox: Mailbox, mails: Sequence[bytes]) -> tuple[str, int | None]:
        with self._desk.units.write(self._desk.now(), waits=True) as unit:
            first = content_key(mailbox.address, mails[0])
            known = spool.known(unit.connection, [first])
            taken = _taken_before(unit, there, *known[first]) if known else 0
            if taken != 0:
                return "known", taken
            case = _keep(unit, there, mailbox, mails, self._numbers)
            if self._numbers:
                unit.connection.rollback()
        return "imported", case


def _taken_before(unit: Unit, there: OtherCase, mail: int, on: int | None) -> int | None:
    """The case that it is here, None where its mail became none; 0 where that is on cases of others alone."""
    for number in dict.fromkeys((on, *spool.cases_of_copies(unit.connection, mail))):
        case = unit.find([number]).get(number) if number else None
        tags = [tag for tag in case.tags if tag.startswith(_ELSEWHERE)] if case else []
        if not tags or f"{_ELSEWHERE}{there.id}" in tags:
            return number
    return 0


def _read(place: str, line: bytes) -> OtherCase:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise ConfigurationError([f"{place}: expected a JSON object on the line: {problem}"]) from None
    data = _clean(data)
    if isinstance(data, dict) and isinstance(data.get("id"), int):
        data["id"] = str(data["id"])
    there = fill(OtherCase, data, place)
    naive = [f"messages.{n}.at" for n, one in enumerate(there.messages, 1) if one.at.tzinfo is None]
    naive += ["closed_at"] if there.closed_at and there.closed_at.tzinfo is None else []
    if naive:
        raise ConfigurationError([f"{place}: {key}: expected a time with its offset" for key in naive])
    try:
        _ = [at.astimezone(UTC) for at in (*(one.at for one in there.messages), there.closed_at) if at]
    except OverflowError:  # the first hour of the year 1, an empty date of some programs
        raise ConfigurationError([f"{place}: expected times that there are in UTC"]) from None
    if not there.messages:
        raise ConfigurationError([f"{place}: messages: expected at least one"])
    return there


def _clean(value: Any) -> Any:
    """Without what no database keeps: NUL, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return {_clean(key): _clean(one) for key, one in value.items()} if isinstance(value, dict) else value


def _composed(there: OtherCase, said: OtherMessage, number: int, mailbox: str, folder: Path) -> bytes:
    """What was said, as a mail; the same each time, so that it is known again."""
    author = said.author or there.requester or OtherPerson(mailbox)
    to = there.requester if said.role == "agent" and there.requester else OtherPerson(mailbox)
    digest = hashlib.sha256(f"{there.id}\0{number}\0{there.subject}".encode()).hexdigest()[:32]
    mail = EmailMessage(policy=_HEADER)
    for name, value in {
        "From": formataddr((on_one_line(author.name), on_one_line(author.email)), "utf-8")
        if author.email.isascii()
        else "",
        "To": formataddr((on_one_line(to.name), on_one_line(to.email)), "utf-8") if to.email.isascii() else "",
        "Subject": on_one_line(there.subject),
        "Date": format_datetime(said.at),
        "Message-ID": said.message_id if _ID.fullmatch(said.message_id) else f"<{digest}@import.invalid>",
    }.items():
        if value:
            mail[name] = value
    mail.set_content(said.text or said.html, subtype="plain" if said.text or not said.html else "html")
    for one in said.attachments:
        main, _, sub = (one.type if _TYPE.fullmatch(one.type) else "application/octet-stream").partition("/")
        name = on_one_line(one.name) or one.file.rpartition("/")[2]
        mail.add_attachment(read_inside(folder, one.file), maintype=main, subtype=sub, filename=name)
    if mail.is_multipart():
        mail.set_boundary(f"={digest}=")
    return mail.as_bytes()


def _keep(unit: Unit, there: OtherCase, mailbox: Mailbox, raws: Sequence[bytes], numbers: Iterator[int] | None) -> int:
    accepted = []
    for said, raw in zip(there.messages, raws, strict=True):
        message = parse(raw)
        sender = message.sender.address if message.sender else ""
        envelope = Envelope(sender, tuple(recipients_of(message)))
        at = min(said.at.astimezone(UTC), unit.now)
        accepted.append(Accepted(mailbox.address, raw, envelope, "import", at, history=True))
    rows = spool.put(unit.connection, accepted, unit.now)
    mails = sorted(
        (_past(unit, number, mail, said) for number, mail, said in zip(rows, accepted, there.messages, strict=True)),
        key=lambda mail: mail.at,
    )
    case = _case(unit, there, mailbox, mails)
    placed = keep(unit, case, mails, numbers)
    for mail in mails:
        number, home = mail.number, placed[mail.number]
        now, message = unit.now, mail.message
        spool.finish(unit.connection, number, outcome="history", case=home, now=now, because=BECAUSE, message=message)
    return placed[mails[0].number]


def _past(unit: Unit, number: int, mail: Accepted, said: OtherMessage) -> PastMail:
    message = parse(mail.raw)
    found = past_mail(unit, number, mail.received_at, message, look_through(mail.raw, message))
    author = found.author or (Person(said.author.email.lower(), said.author.name) if said.author else None)
    by_us = found.by_us if said.role is None else said.role == "agent"
    return PastMail(number, found.at, found.message, author, by_us, internal=said.internal)


def _case(unit: Unit, there: OtherCase, mailbox: Mailbox, mails: Sequence[PastMail]) -> Case:
    asked = there.requester
    named = Person(asked.email.lower(), asked.name) if asked and asked.email else None
    requester = named or requester_of(mails, unit.rules.configuration.addresses)
    if requester is None:
        raise NotFound("requester: expected who asked; nobody outside has written or been written to")
    terms = unit.terms(mailbox, case=None, sender=requester.address)
    tags = (*there.tags, f"{_ELSEWHERE}{there.id}")
    severity = _severity(there, terms)
    case = opened(mails, requester, terms, unit.now, subject=there.subject, tags=tags, severity=severity)
    agent = terms.team.agent(there.assignee.lower()) if there.assignee else None
    if agent is not None:
        case = case.after(CaseAssigned(case.opened_at, unit.now, "desk", agent=agent.address, because=BECAUSE))
    return ended(case, there.status, unit.now, at=there.closed_at)


def _severity(there: OtherCase, terms: Terms) -> str:
    """Its key here; "" where the policy has none of that name, and the default stands."""
    wanted = there.severity.casefold()
    levels = terms.policy.severity.levels
    return next((one.key for one in levels if wanted in {one.key.casefold(), one.name.casefold()}), "")


def _shape(there: OtherCase | None, outcome: str, case: int | None, because: str) -> dict[str, Any]:
    return {
        "id": there.id if there else None,
        "outcome": outcome,
        "case": f"HD-{case}" if case else None,
        "because": because or None,
    }
