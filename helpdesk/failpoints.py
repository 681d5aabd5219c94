"""Named places where a test may kill the process, so that the crash table of HOW-IT-WORKS.md is proven, not believed.

A failpoint does nothing unless `HELPDESK_FAILPOINTS` names it: `smtp.post_commit=kill@3,out.pre_data=raise`.
Actions: `kill` (SIGKILL to ourselves), `raise` (an `InjectedFault`), `hang` (sleeps until killed). `@n` is the
n-th time the place is reached; without it, the first.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = (
    "smtp.data_read",
    "accept.pre_commit",
    "accept.post_commit",
    "smtp.pre_250",
    "imap.fetched",
    "imap.committed",
    "imap.pre_move",
    "imap.post_move",
    "work.claimed",
    "work.decided",
    "work.pre_commit",
    "work.post_commit",
    "out.claimed",
    "out.pre_data",
    "out.pre_dot",
    "out.post_dot",
    "out.post_250",
    "out.pre_mark",
    "tick.scanned",
    "tick.pre_commit",
    "tick.post_commit",
)


class InjectedFault(RuntimeError):
    """What `raise` raises: an error that nobody foresaw."""


def _armed(setting: str) -> dict[str, tuple[str, int]]:
    armed = {}
    for entry in filter(None, setting.split(",")):
        place, _, action = entry.partition("=")
        verb, _, nth = action.partition("@")
        if place not in PLACES or verb not in {"kill", "raise", "hang"}:
            raise ValueError(f"HELPDESK_FAILPOINTS: {entry!r}: expected PLACE=kill|raise|hang[@n]")
        armed[place] = (verb, int(nth or "1"))
    return armed


_ARMED = _armed(os.environ.get("HELPDESK_FAILPOINTS", ""))
_HITS: dict[str, int] = {}
_LOCK = threading.Lock()
_REHEARSING = threading.local()


@contextmanager
def out_of_reach() -> Iterator[None]:
    """What this thread does meanwhile is no more than a rehearsal: it passes no place."""
    _REHEARSING.value = True
    try:
        yield
    finally:
        _REHEARSING.value = False


def failpoint(place: str) -> None:
    """Do nothing, or what `HELPDESK_FAILPOINTS` asks for here."""
    if not _ARMED or place not in _ARMED or getattr(_REHEARSING, "value", False):
        return
    verb, nth = _ARMED[place]
    with _LOCK:
        _HITS[place] = _HITS.get(place, 0) + 1
        reached = _HITS[place] == nth
    if not reached:
        return
    if verb == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "raise":
        raise InjectedFault(place)
    else:
        threading.Event().wait()
