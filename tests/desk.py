"""A desk for stories: the real one, on a clock that is told the time and with a courier that remembers everything.

    desk.at("2026-05-19 09:15")                      # Tuesday morning in Chicago
    desk.mail("jo@acme.example", "The rules do not fire", "Priority: Urgent")
    desk.reply("ann@desk.example", "We are on it.", quote=True)
    assert desk.last("jo@acme.example").kind == "relay"

The people: Acme (logik standard, served from Chicago), Orion (logik premier, from Berlin), Lumen (threekit premier)
and Vega (threekit standard) are customers; Ann and Bob are the agents, Lena leads them, `ops@` runs the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from helpdesk.core.clocks.measured import measured
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.core.words.events import class_of, to_facts
from helpdesk.core.words.message import Envelope
from helpdesk.lab.mailer import Sheet, reply, write
from helpdesk.lab.simulate import Laboratory
from helpdesk.mail.read.parse import parse
from helpdesk.report.compliance import Compliance
from helpdesk.store import cases, outbox, tables
from helpdesk.store.spool import Accepted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.message import Message
    from helpdesk.desk import Rules, Worked
    from helpdesk.offering.policy import Policy
    from helpdesk.store.engine import Database

KEY = b"a key for tests, which keeps nothing secret"
LOGIK, THREEKIT = "support@logik.example", "support@threekit.example"
FORUM = "forum@threekit.example"
ANN, BOB, LENA, OPS = "ann@desk.example", "bob@desk.example", "lena@desk.example", "ops@desk.example"
JO, KIM = "jo@acme.example", "kim@acme.example"  # Acme: logik standard, central
UTE = "ute@orion.example"  # Orion: logik premier, emea
LOU = "lou@lumen.example"  # Lumen: threekit premier
VIC = "vic@vega.example"  # Vega: threekit standard
STRANGER = "mallory@elsewhere.example"

CONFIGURATION = """
[desk]
name = "Acme Support"
customers = "customers.toml"
operators = ["ops@desk.example"]

[database]
url = "sqlite:///helpdesk.db"

[smtp_out]
url = "maildir:outgoing"

[[mailbox]]
address = "support@logik.example"
policy = "logik"
team = "first line"
name = "Logik Support"

[[mailbox]]
address = "support@threekit.example"
policy = "threekit"
team = "first line"
name = "Threekit Support"

[[mailbox]]
address = "forum@threekit.example"
policy = "threekit"
team = "first line"
channel = "forum"
name = "Threekit Forum"

[[mailbox]]
address = "nothing@logik.example"
policy = "logik"
team = "first line"
channel = "ignore"

[[team]]
name = "first line"
lead = "lena@desk.example"

[[agent]]
name = "Ann Berg"
email = "ann@desk.example"
aliases = ["ann.berg@home.example"]
teams = ["first line"]

[[agent]]
name = "Bob Cole"
email = "bob@desk.example"
teams = ["first line"]
"""

CUSTOMERS = """
[[customer]]
key = "acme"
name = "Acme Corp"
policy = "logik"
plan = "standard"
region = "central"
timezone = "America/Chicago"
domains = ["acme.example"]

[[customer]]
key = "orion"
name = "Orion GmbH"
policy = "logik"
plan = "premier"
region = "emea"
timezone = "Europe/Berlin"
domains = ["orion.example"]
contacts = [{email = "partner@integrator.example", registered = true}]

[[customer]]
key = "lumen"
name = "Lumen Interiors"
policy = "threekit"
plan = "premier"
timezone = "America/New_York"
domains = ["lumen.example"]

[[customer]]
key = "vega"
name = "Vega Furniture"
policy = "threekit"
plan = "standard"
domains = ["vega.example"]

[[customer]]
key = "lapsed"
name = "Lapsed Ltd"
policy = "logik"
plan = "standard"
domains = ["lapsed.example"]
entitled_to = 2026-03-31
"""


def typed_in(mail: Any) -> str:
    """What its agent typed, of a mail to a customer: without the greeting, the end and the foot that the desk adds."""
    author, box = mail.message.sender.name.removesuffix(")").rsplit(" (", 1)
    text = mail.text.rpartition("\n-- \n")[0].strip()
    for end in (f"\n\nKind regards,\n{author}\n{box}", f"\n\n{box}"):
        text = text.removesuffix(end)
    to = mail.message.to[0].name
    return text.removeprefix(f"Hello {to},\n\n" if to else "Hello,\n\n")


def write_office(folder: Path, *, more: str = "") -> Path:
    """Write the configuration of the tests' desk; returns its path. `more` goes to the end of it."""
    (folder / "customers.toml").write_text(CUSTOMERS, encoding="utf-8")
    (folder / "helpdesk.toml").write_text(CONFIGURATION + more, encoding="utf-8")
    return folder / "helpdesk.toml"


def wall(text: str, zone: str = "America/Chicago") -> datetime:
    """An instant from the clock on a wall: `2026-05-22 16:40`, in Chicago unless said otherwise."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def alert(key: str = "test", *, headline: str, what: str = "", todo: str = "", **more: Any) -> OperatorAlert:
    """Something that operators hear of."""
    return OperatorAlert(kind=key, key=key, text=AlertText(headline=headline, what=what, todo=todo, **more))


def everything(desk: TestDesk) -> str:
    """All that every table holds, as text."""
    told: list[str] = []
    with desk.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                told += [
                    bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    return "\n".join(told)


def measure(found: Iterable[tuple[Case, Policy]], now: datetime) -> Compliance:
    """What a report counts of these cases, each under its policy version, at `now`."""
    compliance = Compliance()
    for case, policy in found:
        compliance.know(policy)
        compliance.add(case, measured(case, clocks(case, policy)), now)
    return compliance


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that left the desk."""

    at: datetime
    kinds: tuple[str, ...]
    to: str
    envelope_from: str
    raw: bytes
    message: Message

    @property
    def kind(self) -> str:
        return self.kinds[0]

    @property
    def subject(self) -> str:
        return self.message.subject

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def from_(self) -> str:
        return self.message.senders[0].address

    @property
    def reply_to(self) -> str:
        return self.message.reply_to[0].address

    @property
    def automatic(self) -> bool:
        return bool(self.message.header("Auto-Submitted"))


class TestDesk:
    """A desk whose time stands still until it is told otherwise."""

    __test__ = False  # it is no test

    def __init__(self, rules: Rules, database: Database, *, start: str = "2026-05-19 09:15") -> None:
        self.laboratory = Laboratory(rules, wall(start), database=database)
        self.rules = rules
        self.database = database

    # --- time

    @property
    def now(self) -> datetime:
        return self.laboratory.now

    def at(self, text: str, zone: str = "America/Chicago") -> None:
        """Let time pass until then, with everything that falls due on the way at its own instant."""
        when = wall(text, zone)
        if not self.case_numbers():
            self.laboratory.now = when  # a story begins when it likes
        self.laboratory.advance(when, inclusive=True)

    def just_before(self, text: str, zone: str = "America/Chicago") -> None:
        """Let time pass until then; what is due at that very instant has not happened yet."""
        self.laboratory.advance(wall(text, zone), inclusive=False)

    def is_down_until(self, text: str, zone: str = "America/Chicago") -> None:
        """Let time pass while the desk does not run; then start it."""
        self.laboratory.now = wall(text, zone)
        self.work()
        self.laboratory.desk.tick()
        self.laboratory.deliver()

    # --- mail in

    def mail(
        self,
        from_: str,
        subject: str = "The rules do not fire",
        body: str = "Since this morning one rule does not fire.",
        *,
        to: str = LOGIK,
        cc: str = "",
        headers: dict[str, str] | None = None,
    ) -> Worked:
        """A fresh mail comes in; returns what became of it."""
        sheet = Sheet(from_, to, subject, body, cc, headers or {})
        return self.receive(write(sheet, at=self.now, message_id=self.laboratory.message_id()))

    def written_reply(
        self,
        from_: str,
        body: str,
        *,
        to_kind: str = "",
        quote: bool = False,
        to: str = "",
        subject: str = "",
        cc: str = "",
        holder: str = "",
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """A reply to the newest mail that `holder` (who writes, if not said) got, of that kind; not sent yet."""
        whose = (holder or parse(f"From: {from_}\r\n\r\n".encode()).senders[0].address).lower()
        original = self.last(whose, to_kind).message
        sheet = Sheet(from_, to, subject, body, cc, headers or {})
        return reply(original, sheet, at=self.now, message_id=self.laboratory.message_id(), quote=quote)

    def reply_to(self, original: Sent, from_: str, body: str, *, quote: bool = False) -> bytes:
        """A reply to that very mail; not sent yet."""
        sheet = Sheet(from_, "", "", body)
        return reply(original.message, sheet, at=self.now, message_id=self.laboratory.message_id(), quote=quote)

    def reply(self, from_: str, body: str, **how: Any) -> Worked:
        """A reply comes in; see `written_reply`."""
        return self.receive(self.written_reply(from_, body, **how))

    def receive(self, raw: bytes) -> Worked:
        """Bytes come in, and everything that follows from them now happens."""
        message = parse(raw)
        to = tuple(person.address for person in (*message.to, *message.cc))
        worked = self.laboratory.receive(raw, to, message.sender.address if message.sender else "")
        assert worked, f"no mailbox of ours is among {to}"
        return worked[0]

    def lies_in_the_mailbox_since(self, raw: bytes, received_at: datetime) -> Worked:
        """A mail that our side's server took then, and that the desk reads only now."""
        message = parse(raw)
        to = tuple(person.address for person in (*message.to, *message.cc))
        boxes = self.laboratory.desk.mailboxes_for(to)
        self.laboratory.desk.accept([Accepted(box, raw, Envelope("", to), "imap", received_at) for box in boxes])
        return self.work()[0]

    def work(self) -> Sequence[Worked]:
        """Work what waits."""
        done: list[Worked] = []
        while batch := self.laboratory.desk.work():
            done += batch
        self.laboratory.deliver()
        return done

    # --- mail out

    @property
    def sent(self) -> list[Sent]:
        """All that left the desk, in order."""
        with self.database.read() as connection:
            kinds = {row.message_id: row.kinds for row in outbox.rows(connection)}
        return [
            Sent(at, kinds[mail.message_id], mail.recipient, mail.mail_from, mail.raw, message)
            for at, mail, message in self.laboratory.notebook.mails
        ]

    def sent_to(self, address: str, kind: str = "") -> list[Sent]:
        return [mail for mail in self.sent if mail.to == address and kind in ("", *mail.kinds)]

    def last(self, address: str, kind: str = "") -> Sent:
        """The newest mail that somebody got, of that kind if one is named."""
        got = self.sent_to(address, kind)
        assert got, f"{address} got no mail of kind {kind or 'any'}; sent so far: {self.told()}"
        return got[-1]

    def kinds_to(self, address: str) -> list[str]:
        return [mail.kind for mail in self.sent_to(address)]

    def told(self) -> list[tuple[str, str]]:
        return [(mail.kind, mail.to) for mail in self.sent]

    # --- what is on the record

    def case(self, number: int = 1) -> Case:
        with self.database.read() as connection:
            return cases.load(connection, number)

    def case_numbers(self) -> list[int]:
        with self.database.read() as connection:
            return list(connection.execute(sa.select(tables.cases.c.id).order_by(tables.cases.c.id)).scalars())

    def clocks(self, number: int = 1) -> tuple[Clock, ...]:
        case = self.case(number)
        return clocks(case, self.rules.book.policy(case.policy))

    def first_response(self, number: int = 1) -> Clock:
        return self.clocks(number)[0]

    def state(self, number: int = 1) -> str:
        """What the first-response clock shows now."""
        return self.first_response(number).state(self.now)

    def events(self, *types: Any, number: int = 1) -> list[Any]:
        return list(self.case(number).of_type(*map(class_of, types)))

    def facts(self, *types: str, number: int = 1) -> list[dict[str, Any]]:
        """The same as they are printed."""
        return [to_facts(event) for event in self.events(*types, number=number)]
