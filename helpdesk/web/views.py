"""What is read for each path: the store is asked, the answer is a page, JSON or figures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.log import logger
from helpdesk.report.attached import load_attachment
from helpdesk.store import case_counts, queue
from helpdesk.store import cases as case_store
from helpdesk.store.backlog import Backlog, backlog
from helpdesk.store.queue import Wanted
from helpdesk.store.writable import hindrance
from helpdesk.web import health
from helpdesk.web.excerpt import excerpt
from helpdesk.web.health import Facts
from helpdesk.web.metrics import metrics_text
from helpdesk.web.pages import MAILS, MailPage, case_page, queue_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from helpdesk.mail.write.enclose import File
    from helpdesk.unit import Units
    from helpdesk.watch import Watch

_NOTHING: Mapping[str, str] = {}
SHOWN = 200  # cases on one page
_log = logger("console")


@dataclass(frozen=True, slots=True)
class Views:
    """The desk as far as it can be looked at."""

    name: str
    units: Units
    watch: Watch
    now: Callable[[], datetime]
    started_at: datetime

    def health(self) -> tuple[int, str]:
        """HTTP status and JSON."""
        facts = self.facts()
        return (503 if health.status(facts) == "failing" else 200), json.dumps(health.shape(facts), indent=2) + "\n"

    def metrics(self) -> str:
        """Every figure."""
        facts = self.facts()
        if facts.backlog is None:
            return metrics_text(facts, {}, self.units.counters)
        with self.units.database.read() as connection:
            return metrics_text(facts, case_counts.by_status(connection), self.units.counters)

    def queue(self, view: str, after: int | None = None) -> str:
        """A page of the queue: the first, or the one behind a case. Raises NotFound."""
        now, wanted = self.now(), Wanted(only_open=view == "open", only_breached=view == "breached")
        with self.units.read(now) as unit:
            numbers = queue.page(unit.connection, wanted, size=SHOWN + 1, after=after)
            later = numbers[SHOWN - 1] if len(numbers) > SHOWN else None
            numbers = numbers[:SHOWN]
            found = case_store.find(unit.connection, numbers)
            shown = [(found[number], unit.policy_of(found[number])) for number in numbers]
            more = 0 if after is not None else max(queue.size(unit.connection, wanted) - len(numbers), 0)
        problems = health.shape(self.facts())["problems"]
        return queue_page(self.name, view, shown, now, more=more, later=later, problems=problems)

    def case(self, number: int, asked: Mapping[str, str] = _NOTHING) -> str:
        """One case; `asked` says where its clocks, mails and events are to end. Raises NotFound."""
        now = self.now()
        with self.units.read(now) as unit:
            connection = unit.connection
            case = case_store.load(connection, number)
            policy = unit.policy_of(case)
            shown = excerpt(case_store.message_count(connection, number), MAILS, asked.get("mails", ""))
            skip = shown.first - 1
            messages = case_store.messages_from(connection, number, skip=skip, limit=shown.size)
            files_before = case_store.attachment_count(connection, number, first=skip)
        return case_page(self.name, case, policy, MailPage(shown, messages, files_before), now, asked=asked)

    def attachment(self, case: int, number: int) -> File:
        """One attachment of a case, counted from 1 over all its mails. Raises NotFound."""
        with self.units.database.read() as connection:
            return load_attachment(connection, case, number)

    def facts(self) -> Facts:
        """All that health is judged by."""
        watch, known = self.watch, self._backlog()
        # A PostgreSQL that is away is waited for once.
        looked = self.units.database.embedded or known is not None
        return Facts(
            now=self.now(),
            started_at=self.started_at,
            progress=watch.parts.progress,
            ages=watch.parts.ages,
            failing=watch.mailboxes.failing,
            causes=tuple(watch.causes()),
            since_sent=watch.way_out.since_sent,
            door=watch.door.counts,
            backlog=known,
            unwritable=hindrance(self.units.database) if looked else "",
        )

    def _backlog(self) -> Backlog | None:
        try:
            with self.units.database.read() as connection:
                return backlog(connection, self.now())
        except Exception as problem:  # noqa: BLE001 - whatever the database says, it does not answer
            _log.warning("the database does not answer", problem=type(problem).__name__)
            return None
