"""Every error the desk raises on purpose.

    HelpdeskError
    ├── ConfigurationError   what the operator wrote is wrong; carries every problem found, one a line
    ├── NeverOpen            a calendar has no open time within the next three years
    ├── NotFound             a case, policy, plan, ... that was asked for by name is not there
    ├── Refused              somebody outside may not do this; only this text leaves the building
    ├── StaleCase            another process changed the case in between: do the unit of work again
    └── Unavailable          the database or a wire does not answer now; always temporary

Anything else that is raised is a defect, and to the outside it is temporary (design law 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class HelpdeskError(Exception):
    """The root: catch it to catch all that the desk raises on purpose."""


class ConfigurationError(HelpdeskError):
    """What the operator wrote is wrong.

    `problems` holds every problem found, each `file: key: what was expected`.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class NeverOpen(HelpdeskError):
    """A calendar does not open within three years of the instant asked for, or a target is forty years away."""


class NotFound(HelpdeskError):
    """Something that was asked for by name is not there; the text says what there is instead."""


class Refused(HelpdeskError):
    """Somebody outside may not do this. Only this error's text may leave the building."""


class StaleCase(HelpdeskError):
    """The case changed between reading and writing it; repeating the unit of work is right."""


class Unavailable(HelpdeskError):
    """The database or a wire does not answer now. Always temporary."""
