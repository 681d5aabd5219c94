"""What operators were told of and is not over yet: each beginning once, and its end once.

It is known from the outbox, so that a restart in between tells nobody twice and forgets no end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from helpdesk.operators import alerts
from helpdesk.store import desk_mails

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from helpdesk.core.words.alert import AlertText
    from helpdesk.unit import Units

_log = structlog.get_logger("troubles")


class OpenAlerts:
    """What operators of one desk were told of and not yet of its end, each under a name that its alerts carry."""

    def __init__(self, units: Units, now: Callable[[], datetime]) -> None:
        self._units, self._now = units, now
        self._told: dict[str, str] = {}  # by name: the key under which its beginning was told, "" when over

    def known(self, name: str) -> bool:
        """Whether operators were told of it, and not yet of its end."""
        if name not in self._told:
            prefix = f"alert/condition/{name}/"
            with self._units.database.read() as connection:
                key = desk_mails.newest_alert(connection, prefix)
            began, _, rest = key.removeprefix(prefix).partition("/")
            self._told[name] = f"condition/{name}/{began}" if key and not rest.startswith("over/") else ""
        return bool(self._told[name])

    def known_to_anybody(self, name: str) -> bool:
        """The same, also where another daemon on this database has told it since we last looked."""
        if not self._told.get(name):
            self._told.pop(name, None)
        return self.known(name)

    def begin(self, name: str, text: AlertText, *, mark: str = "") -> None:
        """Tell of it, also where it is known. `mark` tells apart two tellings within a second."""
        self._tell(name, f"condition/{name}/{self._now():%Y%m%dT%H%M%S}{mark}", text)

    def end(self, name: str, text: AlertText) -> None:
        """Tell that it is over, if it was told of."""
        if self.known(name):
            self._tell(name, f"{self._told[name]}/over", text)
            self._told[name] = ""

    def _tell(self, name: str, key: str, text: AlertText) -> None:
        _log.warning("told the operators", trouble=name, headline=text.headline)
        with self._units.write(self._now()) as unit:
            alerts.tell_operators(unit, key=key, text=text)
        self._told[name] = key
