"""Which causes the operators are told of by mail: those that a mail may still get out about.

What keeps mail in, and mailboxes and disks, are told by `desk.conditions` itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.operators import Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from helpdesk.watch.cause import HealthCause

_QUIET = timedelta(minutes=10)  # without it, before it is over: what comes and goes is told once
_LOOKS = 2  # at which it was there, before it is told


@dataclass(frozen=True, slots=True)
class _Words:
    headline: str
    over: str
    todo: str
    at_once: bool = False


_ALERTED: Mapping[str, _Words] = {
    "door.closed": _Words(
        "no mail is taken",
        "mail is taken again",
        "Those who sent it try again for days. See what the log says, and whether the database can be written.",
    ),
    "door.crowded": _Words(
        "too many want to bring mail at once",
        "there is room at the door again",
        "See who they are; name your own mail servers in trusted_relays, which have places of their own.",
    ),
    "clock.set": _Words(
        "the clock of the desk was set",
        "the clock of the desk has been right for an hour, or was set back",
        "Due times follow the clock. Let the host keep its time (chrony, systemd-timesyncd).",
        at_once=True,
    ),
    "log.unwritable": _Words(
        "the log cannot be written", "the log is written again", "Make room for it, or mend where it is sent."
    ),
    "heartbeat.unheard": _Words(
        "the heartbeat does not arrive", "the heartbeat arrives again", "See whether [desk] heartbeat is right."
    ),
}


class AlertedCauses:
    """Looked at once a minute, from one thread."""

    def __init__(self, causes: Callable[[], Iterable[HealthCause]], steady: Callable[[], float]) -> None:
        self._causes, self._steady = causes, steady
        self._looks = dict.fromkeys(_ALERTED, 0)  # in a row at which it was there
        self._seen = dict.fromkeys(_ALERTED, steady())  # when it was last there, or we began

    def conditions(self) -> Iterator[Condition]:
        """How it stands with each cause that operators are alerted to."""
        there = {cause.name: cause for cause in self._causes()}
        for name, words in _ALERTED.items():
            yield self._condition(name, words, there.get(name))

    def _condition(self, name: str, words: _Words, cause: HealthCause | None) -> Condition:
        now = self._steady()
        self._looks[name] = self._looks[name] + 1 if cause else 0
        quiet = now - self._seen[name] >= _QUIET.total_seconds()
        if cause:
            self._seen[name] = now
        established = self._looks[name] >= (1 if words.at_once else _LOOKS)
        return Condition(
            name=name,
            ails=True if established else False if not cause and quiet else None,
            headline=words.headline,
            what=f"{cause.text[0].upper()}{cause.text[1:]}." if cause else "",
            details=(),
            todo=words.todo,
            over=words.over,
        )
