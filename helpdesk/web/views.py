"""What the console looks at: the desk's units of work, and what its daemon knows of its own health."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.log import logger
from helpdesk.store import case_counts
from helpdesk.store.backlog import Backlog, backlog
from helpdesk.store.writable import hindrance
from helpdesk.web import health
from helpdesk.web.health import Facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from helpdesk.unit import Units
    from helpdesk.watch import Watch

_log = logger("console")


@dataclass(frozen=True, slots=True)
class Views:
    """The desk as far as it can be looked at."""

    name: str
    units: Units
    watch: Watch
    now: Callable[[], datetime]
    started_at: datetime

    @property
    def public_url(self) -> str:
        """Where people reach the console, without a slash at the end; "" where that is not configured."""
        return self.units.rules.configuration.file.desk.public_url.rstrip("/")

    @property
    def has_token(self) -> bool:
        """Whether somebody may read by a token."""
        return bool(self.units.rules.configuration.file.web.token_file)

    def health(self) -> tuple[int, str]:
        """HTTP status and JSON."""
        facts = self.facts()
        return (503 if health.status(facts) == "failing" else 200), json.dumps(health.shape(facts), indent=2) + "\n"

    def metrics(self) -> tuple[str, str]:
        """Every figure, as Prometheus reads it, and the type of that text."""
        # Many desks are never asked: the library and the HTTP server that it brings along take a megabyte.
        from helpdesk.web.metrics import CONTENT_TYPE, metrics_text  # noqa: PLC0415

        facts, cases = self.facts(), {}
        if facts.backlog is not None:
            with self.units.database.read() as connection:
                cases = case_counts.by_status(connection)
        return metrics_text(facts, cases, self.units.counters), CONTENT_TYPE

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
