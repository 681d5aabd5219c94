"""The operator's own language model as a reader of mails: asked within a budget, remembered, and never relied on.

What leaves the house is the subject and the customer's own sentences, with secrets, addresses and numbers masked. An
answer is remembered by the digest of what was sent. Both the memory and the day's budget are of this process.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING

from helpdesk.config import read_span
from helpdesk.core.words.addresses import comparable
from helpdesk.errors import Unavailable
from helpdesk.mail.inside.sensitive import masked_for_others
from helpdesk.severity.reader import NOTHING_READ, QUESTION, believed, own_prose, question, understood
from helpdesk.unit.reader_key import read_key
from helpdesk.wires import chat

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from helpdesk.config import Configuration
    from helpdesk.severity.reader import ReadFindings

_REMEMBERED = 1_000  # answers


class MailReader:
    """Reads mails for one desk; safe to use from every thread. `chat` answers a text, or raises Unavailable."""

    def __init__(self, chat: Callable[[str], str], *, daily: int, share: float) -> None:
        """`daily`: how many mails are sent in a day, of one sender at most that `share`."""
        self._chat = chat
        self._daily = daily
        self._of_sender = max(1, int(daily * share))
        self._day: date | None = None
        self._sent: Counter[str] = Counter()
        self._answers: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, subject: str, text: str, *, sender: str, now: datetime) -> ReadFindings:
        """What it reports of a mail; nothing where the budget is spent. Raises Unavailable."""
        return self._read(subject, text, lambda: self._may_send(comparable(sender), now.date()))

    def ask(self, subject: str, text: str) -> ReadFindings:
        """The same for an operator, who has no budget. Raises Unavailable."""
        return self._read(subject, text, lambda: True)

    def _read(self, subject: str, text: str, may_send: Callable[[], bool]) -> ReadFindings:
        if not own_prose(text).strip():
            return NOTHING_READ
        sent = question(subject, text, masked_for_others)
        key = hashlib.sha256(sent.encode()).hexdigest()
        with self._lock:
            answer = self._answers.get(key)
            if answer is None and not may_send():
                return NOTHING_READ
        return believed(answer if answer is not None else self._answer(key, sent), text)

    def _answer(self, key: str, sent: str) -> str:
        answer = self._chat(sent)
        if not understood(answer):
            raise Unavailable("the reader answered something else than findings")
        with self._lock:
            self._answers[key] = answer
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return answer

    def _may_send(self, sender: str, day: date) -> bool:
        if day != self._day:
            self._day, self._sent = day, Counter()
        if self._sent.total() >= self._daily or self._sent[sender] >= self._of_sender:
            return False
        self._sent[sender] += 1
        return True


def open_reader(configuration: Configuration) -> MailReader | None:
    """The reader that is configured; None where none is. Raises ConfigurationError."""
    table = configuration.file.severity.reader
    if not table.url:
        return None
    model = chat.ChatModel(table.url, table.model, read_key(configuration.place(table.key_file)))
    patience = read_span(table.timeout)

    def answer(text: str) -> str:
        return chat.ask(model, QUESTION, text, patience=patience)

    return MailReader(answer, daily=table.daily, share=table.share)
