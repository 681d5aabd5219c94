"""A whole desk in memory on virtual time: the scenario's mails, and everything that becomes due between them.

It is the desk itself, not a model of it: the same doors over an in-memory database, a clock that is moved, and a
courier that keeps what it is given. Whatever falls due between two steps happens at its own instant, in order; at the
same instant the mail comes first, because on the dot is on time. No socket is opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk, Rules, Worked, load_rules
from helpdesk.errors import ConfigurationError
from helpdesk.lab import mailer
from helpdesk.mail.read.parse import parse
from helpdesk.report.shapes import case_shape, mail_shape, sent_shape
from helpdesk.store import cases, outbox, queue
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from helpdesk.store.tables import metadata
from helpdesk.wires.courier import Outgoing, Sent, no_mark

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from helpdesk.core.words.message import Message
    from helpdesk.lab.scenario import Scenario, StepTable
    from helpdesk.wires.courier import Outcome

_KEY = b"the laboratory signs with a key that everybody may know"
_AUTHSERV_ID = (
    "border.laboratory.invalid"  # stands in where none is configured: a step is authenticated unless it says otherwise
)


class Notebook:
    """A courier that never fails and remembers everything."""

    def __init__(self) -> None:
        self.mails: list[tuple[datetime, Outgoing, Message]] = []
        self.at: datetime | None = None

    def deliver(self, mail: Outgoing, *, before_dot: Callable[[], None] = no_mark) -> Outcome:
        """Remember the mail."""
        before_dot()
        if self.at is None:
            raise ValueError("the notebook was not told the time")
        self.mails.append((self.at, mail, parse(mail.raw)))
        return Sent("noted")

    def probe(self) -> None:
        """There is nothing to try."""

    def close(self) -> None:
        """There is nothing to close."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a step's mail at one mailbox; `worked` None: no mailbox of ours was meant."""

    step: int
    name: str
    worked: Worked | None
    message: Message
    recipients: tuple[str, ...]


class Laboratory:
    """A desk in memory and the means to write to it. `now` starts wherever the first event puts it."""

    def __init__(self, rules: Rules, start: datetime, *, database: Database | None = None) -> None:
        """`database` is an empty one to use instead of memory."""
        self.now = start
        self.notebook = Notebook()
        self.database = database or Database("sqlite://")
        if database is None:
            metadata.create_all(self.database.engine)
        self.desk = Desk(database=self.database, rules=rules, now=lambda: self.now)
        self.desk.begin()
        self._written = 0

    def advance(self, until: datetime, *, inclusive: bool) -> None:
        """Let time pass: everything due on the way happens at its own instant."""
        while (due := self.desk.earliest_due()) is not None and (due < until or (inclusive and due == until)):
            self.now = max(self.now, due)
            while self.desk.work():  # what failed is tried again
                pass
            self.desk.tick()
            self.desk.go_round()
            self.deliver()
        self.now = max(self.now, until)

    def deliver(self) -> None:
        """Send all that waits."""
        self.notebook.at = self.now
        while self.desk.deliver(self.notebook) or self.desk.notify(self.notebook):
            pass

    def receive(self, raw: bytes, recipients: tuple[str, ...], sender: str = "") -> list[Worked]:
        """Take a mail as if it had just come over the wire, and do all that follows from it now."""
        envelope = Envelope(sender, recipients)
        mails = [
            Accepted(mailbox, raw, envelope, "simulate", self.now) for mailbox in self.desk.mailboxes_for(recipients)
        ]
        ids = self.desk.accept(mails)
        worked: list[Worked] = []
        while batch := self.desk.work():
            worked += batch
        self.deliver()
        known = {done.spool_id for done in worked}
        others = self.desk.outcomes([number for number in ids if number not in known])  # copies, and what failed
        message = parse(raw)
        unworked = [Worked(number, one.outcome, one.case, message, one.because) for number, one in others.items()]
        return [*worked, *unworked]

    def newest_to(self, address: str, kind: str) -> Message | None:
        """The newest mail that somebody got, of that kind if one is named."""
        for _, mail, message in reversed(self.notebook.mails):
            if mail.recipient == address and (not kind or kind in self.kinds_of(mail)):
                return message
        return None

    def kinds_of(self, mail: Outgoing) -> tuple[str, ...]:
        """The kinds of a mail that was sent: one mail may say several things."""
        with self.database.read() as connection:
            return next((row.kinds for row in outbox.rows(connection) if row.message_id == mail.message_id), ())

    def message_id(self) -> str:
        """A Message-ID as a mail program would make it, the next of this run."""
        self._written += 1
        return f"<{self._written}.{self.now:%Y%m%d%H%M%S}@mail.laboratory.invalid>"

    def cases(self) -> list[dict[str, Any]]:
        """Every case, as `case show --json` prints it."""
        shapes = []
        with self.database.read() as connection:
            for number in sorted(queue.numbers(connection)):
                case = cases.load(connection, number)
                policy = self.desk.rules.book.policy(case.policy)
                shapes.append(case_shape(case, policy, cases.messages(connection, number), self.now))
        return shapes

    def sent(self) -> list[dict[str, Any]]:
        """Every mail that was sent, in order."""
        with self.database.read() as connection:
            rows = {row.message_id: row for row in outbox.rows(connection)}
        return [sent_shape(rows[mail.message_id], message) for _, mail, message in self.notebook.mails]

    def close(self) -> None:
        """Forget everything."""
        self.database.close()


def simulate(scenario: Scenario) -> dict[str, Any]:
    """Run a scenario; returns what `simulate --json` prints. Raises ConfigurationError."""
    rules = _rules(scenario)
    start = scenario.steps[0].at if scenario.steps else scenario.until
    laboratory = Laboratory(rules, start)
    player = _Player(scenario, laboratory)
    try:
        for number, step in enumerate(scenario.steps, start=1):
            laboratory.advance(step.at, inclusive=False)
            player.play(number, step)
        laboratory.advance(scenario.until, inclusive=True)
        return {"cases": laboratory.cases(), "sent": laboratory.sent(), "inbox": player.inbox()}
    finally:
        laboratory.close()


def _rules(scenario: Scenario) -> Rules:
    rules = load_rules(scenario.config, environment={}, signing_key=_KEY)
    configuration, file = rules.configuration, rules.configuration.file
    if file.smtp_in.authserv_id:
        return rules
    # What is asked of agents stays what the file says: `auto` asks nothing of them without a border.
    asked = replace(file.desk, require_authentication="always" if configuration.authentication_required else "never")
    file = replace(file, desk=asked, smtp_in=replace(file.smtp_in, authserv_id=_AUTHSERV_ID))
    return replace(rules, configuration=replace(configuration, file=file))


class _Player:
    """Plays the steps of one scenario."""

    def __init__(self, scenario: Scenario, laboratory: Laboratory) -> None:
        self._scenario = scenario
        self._laboratory = laboratory
        self._received: list[Received] = []

    def inbox(self) -> list[dict[str, Any]]:
        """What became of each mail in the end, in order."""
        numbers = [received.worked.spool_id for received in self._received if received.worked]
        became = self._laboratory.desk.outcomes(numbers)
        shapes = []
        for received in self._received:
            worked, message = received.worked, received.message
            if worked:
                fate = became[worked.spool_id]
                shape = mail_shape(received.name, fate.outcome, fate.case, message, fate.because)
            else:
                because = self._laboratory.desk.unknown(received.recipients)
                shape = mail_shape(received.name, "rejected", None, message, because)
            shapes.append({**shape, "step": received.step})
        return shapes

    def play(self, number: int, step: StepTable) -> None:
        """One step: a file, an answer, an inline mail, or nothing but the passing of time."""
        if step.mail:
            raw, name = self._scenario.file(step.mail).read_bytes(), step.mail
        elif step.answer:
            raw, name = self._signed(step, self._answer(number, step)), f"step {number}"
        elif step.sender:
            raw, name = self._signed(step, self._fresh(step)), f"step {number}"
        else:
            return
        message = parse(raw)
        recipients = tuple(person.address for person in (*message.to, *message.cc))
        sender = message.sender.address if message.sender else ""
        recipients = recipients or message.delivered_to
        worked = self._laboratory.receive(raw, recipients, sender)
        outcomes: list[Worked | None] = [*worked] or [None]
        self._received += [Received(number, name, done, message, recipients) for done in outcomes]

    def _fresh(self, step: StepTable) -> bytes:
        sheet = mailer.Sheet(step.sender, step.to, step.subject, step.body, step.cc, step.headers)
        return mailer.write(sheet, at=step.at, message_id=self._laboratory.message_id())

    def _answer(self, number: int, step: StepTable) -> bytes:
        if step.answer is None:
            raise ValueError("a step with an answer was expected")
        original = self._laboratory.newest_to(step.answer.to.lower(), step.answer.kind)
        if original is None:
            what = f"a mail of kind {step.answer.kind!r}" if step.answer.kind else "a mail"
            problem = f"step.{number}.answer: expected {what} to {step.answer.to} before {step.at}, there is none"
            raise ConfigurationError([f"{self._scenario.path}: {problem}"])
        sheet = mailer.Sheet(step.answer.to, step.to, step.subject, step.body, step.cc, step.headers)
        if step.answer.click:
            link = self._link(number, step.answer.click, original)
            sheet = replace(sheet, to=link, subject=step.subject or step.answer.click)
            return mailer.write(sheet, at=step.at, message_id=self._laboratory.message_id())
        return mailer.reply(original, sheet, at=step.at, message_id=self._laboratory.message_id(), quote=step.quote)

    def _link(self, number: int, name: str, original: Message) -> str:
        """The address that stands behind a link's name in the plain text of a mail."""
        found = re.search(rf"^{re.escape(name)}: +mailto:(\S+@\S+)$", original.text, re.MULTILINE)
        if found is None:
            problem = f"step.{number}.answer.click: expected the name of a link in {original.subject!r}, not {name!r}"
            raise ConfigurationError([f"{self._scenario.path}: {problem}"])
        return found[1]

    def _signed(self, step: StepTable, raw: bytes) -> bytes:
        """With the authentication result that our border would write on a genuine mail."""
        authserv_id = self._laboratory.desk.rules.configuration.file.smtp_in.authserv_id
        sender = parse(raw).sender
        if not step.authenticated or not authserv_id or sender is None:
            return raw
        domain = sender.address.rpartition("@")[2]
        result = f"Authentication-Results: {authserv_id}; dmarc=pass header.from={domain}\r\n"
        return result.encode() + raw
