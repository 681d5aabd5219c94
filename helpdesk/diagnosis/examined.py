"""What a look at one part of the desk found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.errors import HelpdeskError, Unavailable
from helpdesk.wires.certificate import valid_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Examined:
    """What works, in words; `warnings`: what will hurt; `notes`: what could not be found out, no fault of the desk."""

    text: str = ""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found where something was looked at, by its name, or the problem."""

    part: str
    found: Examined = Examined()
    problem: str = ""


def look(part: str, probe: Callable[[], Examined]) -> Looked:
    """Try one thing; what does not work is a problem in words."""
    try:
        return Looked(part, probe())
    except HelpdeskError as problem:
        return Looked(part, problem=str(problem).removeprefix(f"{part}: "))


def expiry(whose: str, certificate: bytes | None, now: datetime, *, renew: str) -> tuple[str, ...]:
    """A warning where a certificate ends within two weeks. Raises Unavailable where it has ended."""
    if certificate is None:
        return ()
    until = valid_until(certificate)
    if until <= now:
        raise Unavailable(f"{whose} ended on {until:%Y-%m-%d}: {renew}")
    return (f"{whose} ends on {until:%Y-%m-%d}: {renew}",) if until - now <= _SOON else ()
