"""What the operators have declared: switches that are down, known incidents, dated maintenance.

Pure values and two questions: which incident a mail speaks of, and which maintenance windows an instant lies in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.offering.policy import Policy

_SOON = timedelta(minutes=1)  # a window is asked for by an instant: the stretch to look at must not be empty


@dataclass(frozen=True, slots=True)
class Incident:
    """A problem that is known and told of. `policies` empty: of every offering."""

    key: str
    title: str
    words: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    opened_at: datetime | None = None

    def concerns(self, policy: str) -> bool:
        """Whether cases of that policy can be about it."""
        return not self.policies or policy in self.policies

    def matches(self, text: str) -> bool:
        """Whether a text speaks of it: every one of its match words is in there, as a whole word."""
        lowered = text.lower()
        return bool(self.words) and all(
            re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", lowered) for word in self.words
        )


@dataclass(frozen=True, slots=True)
class Downtime:
    """Something that was down, by its name. Instants aware UTC; `ended_at` None: it still is.

    `policies` empty: of every offering; `incident` is the key of the one that it was declared with, `by` who did.
    """

    name: str
    began_at: datetime
    ended_at: datetime | None = None
    policies: tuple[str, ...] = ()
    incident: str = ""
    number: int = 0  # once it is stored
    by: str = ""

    def concerns(self, policy: str) -> bool:
        """Whether it is about that offering."""
        return not self.policies or policy in self.policies


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """One stretch of planned unavailability. Instants aware UTC."""

    name: str
    sector: str
    begins_at: datetime
    ends_at: datetime
    policy: str = ""
    impact: str = ""  # by which its notice is owed; "": nothing is


@dataclass(frozen=True, slots=True)
class DeclaredState:
    """All that is declared now."""

    down: tuple[str, ...] = ()
    incidents: tuple[Incident, ...] = ()
    windows: tuple[MaintenanceWindow, ...] = ()

    def incident(self, policy: str, text: str) -> Incident | None:
        """The known incident that a mail to an offering speaks of."""
        return next(
            (incident for incident in self.incidents if incident.concerns(policy) and incident.matches(text)), None
        )

    def windows_at(self, policy: Policy, at: datetime) -> Iterator[MaintenanceWindow]:
        """The maintenance windows of an offering that an instant lies in: declared ones first, then the file's."""
        for declared in self.windows:
            if declared.policy == policy.key and declared.begins_at <= at < declared.ends_at:
                yield declared
        yield from (one for one in windows_between(policy, at, at + _SOON) if one.begins_at <= at < one.ends_at)


def windows_between(policy: Policy, since: datetime, until: datetime) -> Iterator[MaintenanceWindow]:
    """The windows of a policy file that touch [since, until)."""
    for entry in policy.maintenance:
        for begins, ends in entry.between(since, until):
            yield MaintenanceWindow(entry.name, entry.sector, begins, ends, policy.key, entry.impact)
