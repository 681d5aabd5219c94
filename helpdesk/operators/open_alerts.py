"""What operators were told of and is not over yet: each beginning once, and its end once.

It is on disk, so that a restart in between tells nobody twice and forgets no end.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from helpdesk.log import logger
from helpdesk.operators import alerts
from helpdesk.store import alerts as alert_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from helpdesk.core.words.alert import AlertText
    from helpdesk.unit import Unit, Units

_log = logger("troubles")


class OpenAlerts:
    """What operators of one desk were told of and not yet of its end, each under a name of its own."""

    def __init__(self, units: Units, now: Callable[[], datetime]) -> None:
        self._units, self._now = units, now
        self._keys: dict[str, str] = {}  # by name: the key under which its beginning was told, "" when over

    def known(self, name: str) -> bool:
        """Whether operators were told of it, and not yet of its end."""
        if name not in self._keys:
            with self._units.database.read() as connection:
                self._keys[name] = alert_store.key_of_open(connection, name)
        return bool(self._keys[name])

    def known_to_anybody(self, name: str) -> bool:
        """The same, also where another daemon on this database has told it since we last looked."""
        if not self._keys.get(name):
            self._keys.pop(name, None)
        return self.known(name)

    def begin(self, name: str, text: AlertText, *, mark: str = "") -> None:
        """Tell of it, also where it is known. `mark` tells apart two tellings within a second."""
        key = f"condition/{name}/{self._now():%Y%m%dT%H%M%S}{mark}"
        with self._told(name, key, text) as unit:
            alert_store.begin(unit.connection, name, key)
        self._keys[name] = key

    def end(self, name: str, text: AlertText) -> None:
        """Tell that it is over, if it was told of."""
        if self.known(name):
            with self._told(name, f"{self._keys[name]}/over", text) as unit:
                alert_store.end(unit.connection, name)
            self._keys[name] = ""

    @contextmanager
    def _told(self, name: str, key: str, text: AlertText) -> Iterator[Unit]:
        _log.warning("told the operators", trouble=name, headline=text.headline)
        with self._units.write(self._now()) as unit:
            alerts.tell_operators(unit, key=key, text=text)
            yield unit
