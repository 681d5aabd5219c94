"""Edits take effect without a restart; a broken edit keeps the old state and tells the operators, once.

Looked at once a second and on SIGHUP: the configuration, customers, policies, templates, snippets. What the wires were
built from (addresses, accounts, the database) takes effect at the next start, and the log says so. Cases keep the
policy version they were opened under: only new ones run under a changed file.
"""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

from helpdesk.core.words.alert import AlertText
from helpdesk.credentials import refuse_notify_urls
from helpdesk.errors import ConfigurationError
from helpdesk.log import logger
from helpdesk.operators import OpenAlerts
from helpdesk.unit import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from helpdesk.config import Configuration
    from helpdesk.desk import Desk

_log = logger("reload")
_WIRES = ("database", "smtp_in", "smtp_out", "web", "log", "severity")

Fingerprint = frozenset[tuple[str, int, int]]


class Reloader:
    """Watches the operator's files for one desk. `look` is called from one thread, `ask` from any."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen = fingerprint(desk.rules.configuration)
        self._asked = threading.Event()
        self._open_alerts = OpenAlerts(desk.units, desk.now)
        self._refused = ""  # digest of the problems that the operators were told of last
        self._started = False
        self._may_be_orphans = True  # cases of agents who are gone, since the start or an edit

    def ask(self) -> None:
        """Read everything again at the next look, changed or not (SIGHUP)."""
        self._asked.set()

    def look(self) -> bool:
        """Read everything again if something changed; True when the desk runs by new rules now."""
        if not self._started:
            self._started = True
            self._recovered()  # the desk has started by these files, so they are right
        self._hand_on()
        seen = fingerprint(self._desk.rules.configuration)
        if seen == self._seen and not self._asked.is_set():
            return False
        self._asked.clear()
        self._seen = seen
        before = self._desk.rules.configuration
        try:
            rules = load_rules(before.path)
            refuse_notify_urls(rules.configuration)
        except ConfigurationError as wrong:
            self._refuse(wrong)
            return False
        self._desk.exchange(rules)
        _log.info("rules exchanged", configuration=str(before.path))
        for table in _WIRES:
            if getattr(before.file, table) != getattr(rules.configuration.file, table):
                _log.warning("takes effect at the next start", table=table)
        self._recovered()
        self._may_be_orphans = True
        self._hand_on()
        return True

    def _hand_on(self) -> None:
        """Until it is done: the database may be away."""
        if self._may_be_orphans:
            self._desk.sign_out()
            self._desk.hand_on()
            self._may_be_orphans = False

    def _refuse(self, wrong: ConfigurationError) -> None:
        for problem in wrong.problems:
            _log.error("edit refused", problem=problem)
        digest = hashlib.sha256("\n".join(wrong.problems).encode()).hexdigest()[:16]
        if digest == self._refused:
            return
        self._refused = digest
        refused = AlertText(
            headline="an edit was refused",
            what="A changed file is wrong. The desk goes on as it was before the edit.",
            details=tuple(("Problem", problem) for problem in wrong.problems),
            todo="Correct it; it is read again by itself.",
        )
        self._open_alerts.begin("edit", refused, mark=f"-{digest}")

    def _recovered(self) -> None:
        self._refused = ""
        accepted = AlertText(
            headline="the edit is accepted now",
            what="The files are right again, and the desk runs by them.",
            todo="Nothing to do.",
        )
        self._open_alerts.end("edit", accepted)


def fingerprint(configuration: Configuration) -> Fingerprint:
    """What the watched files look like from outside: name, time of change, size."""
    found = set()
    for path in _files(configuration):
        try:
            about = path.stat()
        except OSError:
            continue  # being replaced right now: the next look sees it
        found.add((str(path), about.st_mtime_ns, about.st_size))
    return frozenset(found)


def _files(configuration: Configuration) -> Iterator[Path]:
    desk = configuration.file.desk
    yield configuration.path
    customers, policies = configuration.place(desk.customers), configuration.place(desk.policies)
    if customers is not None:
        yield customers
    if policies is not None:
        yield from policies.glob("*.toml")
    for words in map(configuration.place, (desk.templates, desk.snippets)):
        if words is not None:
            yield from words.rglob("*.txt")
