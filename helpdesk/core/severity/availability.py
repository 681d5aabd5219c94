"""Whether a mail reports that something is not available, and where: what planned maintenance may be the reason of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpdesk.core.severity.observe import Observation
    from helpdesk.core.severity.verdict import Environment

_GONE = ("outage", "thing-dead", "halted", "nobody-can", "all-affected", "core-stopped", "server-error")
_STOPPED = ("all-fails", "none-comes-through", "we-cannot", "users-cannot", "business-idle")
_OTHERWISE = ("wrong-result", "wrong-figures", "data-lost", "cosmetic")  # it is there, and does something wrong
_WHOLE = ("thing-dead", "nobody-can", "all-affected")  # a blank PDF is no outage


def reports_unavailable(observed: Observation) -> bool:
    """Whether something is not there or lets nobody in, now."""
    alert, seen = observed.alert, observed.seen
    if alert is not None:
        return alert.state == "problem" and (alert.gone or not alert.gradual)
    if "over" in observed.values or "announced" in seen or (seen.any("edge-thing") and not seen.any(*_WHOLE)):
        return False
    return seen.any(*_GONE) or (seen.any(*_STOPPED) and not seen.any(*_OTHERWISE))


def environment_of(observed: Observation) -> Environment:
    """Which system it is about, where the mail says so."""
    if "non-production" in observed.seen or (observed.alert is not None and observed.alert.non_production):
        return "non-production"
    return "production" if "production" in observed.seen else ""
