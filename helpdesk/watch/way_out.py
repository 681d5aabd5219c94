"""The way out: whether mail gets to the smarthost, by what became of each that was tried.

A mail that is deferred is nothing; where none is taken any more, the newest reason is what a person has to see. That
no mail goes out is told to nobody by mail, so the desk is failing: at once where a person has to mend it, and for
whatever reason after half an hour.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.plural import plural
from helpdesk.watch.cause import HealthCause
from helpdesk.wires.courier import Failed, Retry, Sent, no_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from helpdesk.watch.cause import Level
    from helpdesk.wires.courier import Courier, Outcome, Outgoing

_AT_ONCE = timedelta()
# By how far it came (`Retry.stage`): the cause, in words, and how long it may last.
_STAGES: Mapping[str, tuple[str, str, timedelta]] = {
    "AUTH": ("smarthost.sign-in", "the smarthost refuses our sign-in", _AT_ONCE),
    "TLS": ("smarthost.tls", "there is no secure connection to the smarthost", _AT_ONCE),
    "STARTTLS": ("smarthost.tls", "there is no secure connection to the smarthost", _AT_ONCE),
    "Maildir": ("smarthost.maildir", "the Maildir cannot be written", _AT_ONCE),
}
_UNREACHED = ("smarthost.unreachable", "the smarthost cannot be reached", timedelta(minutes=1))
_DEFERRED = ("smarthost.deferring", "the smarthost takes no mail for now", timedelta(minutes=10))
_LONG = timedelta(minutes=30)
_SOME = 3  # in a row: one mail that is deferred or refused is its own fault


class WayOut:
    """Told of every outcome by the sender's threads; asked from any."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._lock = threading.Lock()
        self._sent = steady()  # when a mail was last sent, or we began
        self._deferred = self._refused = 0  # in a row, with none sent between them
        self._began = 0.0
        self._newest = Retry("")
        self._refusal = ""

    def heard(self, outcome: Outcome) -> None:
        """What became of a mail."""
        with self._lock:
            match outcome:
                case Sent():
                    self._sent = self._steady()
                    self._deferred = self._refused = 0
                case Retry():
                    if not self._deferred:
                        self._began = self._steady()
                    self._deferred += 1
                    self._newest = outcome
                case Failed(reason):
                    self._refused += 1
                    self._deferred, self._refusal = 0, reason  # it was reached

    @property
    def since_sent(self) -> timedelta:
        """How long ago a mail was sent, or this daemon began."""
        with self._lock:
            return timedelta(seconds=self._steady() - self._sent)

    def causes(self) -> Iterator[HealthCause]:
        """Why mail does not get out."""
        with self._lock:
            deferred, refused, newest, refusal = self._deferred, self._refused, self._newest, self._refusal
            lasted = timedelta(seconds=self._steady() - self._began)
        if deferred:
            name, words, patience = _stage(newest)
            if lasted >= patience and (deferred >= _SOME or name != _DEFERRED[0]):
                mended_by_hand = name not in {_UNREACHED[0], _DEFERRED[0]}
                level: Level = "failing" if mended_by_hand or lasted >= _LONG else "attention"
                yield HealthCause(name, level, f"{words}: {newest.reason}")
        elif refused >= _SOME:
            told = plural(refused, "mail was", "mails were")
            yield HealthCause("smarthost.refusing", "attention", f"the last {told} refused for good: {refusal}")


def _stage(outcome: Retry) -> tuple[str, str, timedelta]:
    return _STAGES.get(outcome.stage) or (_UNREACHED if outcome.unreached else _DEFERRED)


class Observed:
    """A courier whose outcomes are heard."""

    def __init__(self, courier: Courier, way_out: WayOut) -> None:
        self._courier, self._way_out = courier, way_out

    def deliver(self, mail: Outgoing, *, before_dot: Callable[[], None] = no_mark) -> Outcome:
        """Hand over one mail."""
        outcome = self._courier.deliver(mail, before_dot=before_dot)
        self._way_out.heard(outcome)
        return outcome

    def probe(self) -> bytes | None:
        """Try the way. Raises Unavailable."""
        return self._courier.probe()

    def close(self) -> None:
        """Hang up."""
        self._courier.close()
