"""Whether a mail reports that something is not available, and where: what planned maintenance may be the reason of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from helpdesk.core.words.verdict import Environment
    from helpdesk.severity.observe import Observation

_LISTS = word_lists("availability")

_GONE = ("outage", "thing-dead", "halted", "nobody-can", "all-affected", "core-stopped", "server-error")
_STOPPED = ("all-fails", "none-comes-through", "we-cannot", "users-cannot", "business-idle")
_OTHERWISE = ("wrong-result", "wrong-figures", "data-lost", "cosmetic")  # it is there, and does something wrong
_ONE = ("own-account", "others-fine", "one-user-or-item", "one-person", "one-named", "one-numbered")
# Coming in and getting through: of these alone nothing need be said but that it fails.
_ENTRANCE = _LISTS["entrance"]
_COMING_IN = ("log in", "sign in", "logging in", "signing in")
_WHOLE = ("thing-dead", "nobody-can", "all-affected")  # a blank PDF is no outage


def reports_unavailable(observed: Observation) -> bool:
    """Whether something is not there or lets nobody in, now."""
    alert, seen = observed.alert, observed.seen
    if alert is not None:
        return alert.state == "problem" and (alert.gone or not alert.gradual)
    if "over" in observed.values or "announced" in seen or (seen.any("edge-thing") and not seen.any(*_WHOLE)):
        return False
    if seen.any(*_GONE):
        return True
    return not seen.any(*_OTHERWISE) and (seen.any(*_STOPPED) or _lets_nobody_in(observed))


def _lets_nobody_in(observed: Observation) -> bool:
    """`we cannot log in`, `the connection times out`: and it is not one account of many."""
    troubled = [segment.words for segment in observed.segments if segment.failing or segment.has("slow")]
    return not observed.seen.any(*_ONE) and any(
        not _ENTRANCE.isdisjoint(words) or any(said in " ".join(words) for said in _COMING_IN) for words in troubled
    )


def environment_of(observed: Observation) -> Environment:
    """Which system it is about, where the mail says so."""
    if "non-production" in observed.seen or (observed.alert is not None and observed.alert.non_production):
        return "non-production"
    return "production" if "production" in observed.seen else ""
