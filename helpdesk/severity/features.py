"""A mail's effects as the numbers that the softmax weighs, and the combinations that single effects cannot say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.severity.shares import softmax

if TYPE_CHECKING:
    from helpdesk.offering.severities import Rank
    from helpdesk.severity.alerts import MonitoringAlert
    from helpdesk.severity.effects import Effects
    from helpdesk.severity.shipped import Row

OPINION = ("words-1", "words-2", "words-3", "words-4")  # what the words lean to, as features
# What a policy itself says of a rank: no mail that was fitted to can know it, so it is weighed beside what was.
POLICY_CUES = ("policy-cue-1", "policy-cue-2", "policy-cue-3", "policy-cue-4")
LEAST = 0.02  # no phrase is so sure that the cues are not heard
STOPS = (
    "outage",
    "thing-dead",
    "halted",
    "none-comes-through",
    "core-stopped",
    "nobody-can",
    "business-idle",
    "all-affected",
    "we-cannot",
    "users-cannot",
)
MILDER = ("slow", "intermittent", "partial", "background")
ONE = ("one-user-or-item", "one-numbered", "one-named", "one-person", "only-me", "own-account")
SEVERAL = ("partial", "some-numbered", "one-place", "many", "many-affected")
TROUBLE = (*STOPS, *MILDER, "failing", "wrong-result", "data-lost")
ASKS = (
    "question",
    "question-mark",
    "wish",
    "admin",
    "docs",
    "fyi",
    "thanks",
    "maintenance",
    "security-paper",
)

# Effects that only tell where or give a reason its evidence; what they mean is in the combinations.
UNWEIGHED = frozenset(
    {
        "prod-named",
        "prod-trouble",
        "prod-fine",
        "nonprod-named",
        "nonprod-trouble",
        "nonprod-fine",
        "system-failing",
        "thanks",
    }
)


NAMED = 0.6  # what an effect weighs that only the subject names, where the mail has a body
QUOTED = 0.35  # and what only a log, a form or another machine says


def of_person(
    effects: Effects, *, quoted: Effects, stated: Rank | None, lean: Row | None, has_body: bool
) -> dict[str, float]:
    """The features of a mail that a person wrote. `stated` is a rank only where the policy takes it as evidence.

    `quoted` are the effects in what a machine says.

    What the words lean to comes in as the logarithm of its probability of each rank: two opinions, multiplied.
    """
    features = {"bias": 1.0}
    features.update((name, QUOTED) for name in quoted.found if name not in UNWEIGHED)
    features.update(
        (name, NAMED if has_body and name in effects.named else 1.0) for name in effects.found if name not in UNWEIGHED
    )
    features.update(_combinations(effects))
    if stated is not None:
        features[f"stated-{stated}"] = 1.0
    if lean is not None:
        shares = softmax(lean)
        features.update((name, math.log(max(LEAST, share))) for name, share in zip(OPINION, shares, strict=True))
    return features


def of_alert(alert: MonitoringAlert) -> dict[str, float]:
    """The features of a monitoring alert; exactly one of the `alert-` kinds and the bias."""
    return {"bias": 1.0, f"alert-{alert_kind(alert)}": 1.0}


def of_robot() -> dict[str, float]:
    """The features of a mail that no person wrote and no monitor either."""
    return {"bias": 1.0, "robot": 1.0}


def alert_kind(alert: MonitoringAlert) -> str:
    """Name the one thing that an alert comes down to."""
    if alert.state == "recovered":
        return "recovered"
    if alert.non_production:
        return "non-production"
    if alert.state == "notice" or alert.edge:
        return "notice" if alert.state == "notice" else "edge"
    return _problem_kind(alert)


def _problem_kind(alert: MonitoringAlert) -> str:
    warning = alert.level == 3
    if alert.gone and not alert.one_of_many and not warning:
        return "gone-gradually" if alert.gradual else "gone"
    return "warning" if warning and not alert.gone and not alert.felt else "degraded"


@dataclass(frozen=True, slots=True)
class _Situation:
    """What the combinations ask of a mail's effects."""

    effects: Effects
    stops: int
    elsewhere: bool  # only where nobody works
    over: bool
    trouble: bool  # here and now
    way: bool  # around it


def _situation(effects: Effects) -> _Situation:
    elsewhere = "non-production" in effects
    over = "broken-again" not in effects and (
        effects.any("solved", "added-good") or ("taken-back" in effects and "ends-badly" not in effects)
    )
    return _Situation(
        effects=effects,
        stops=sum(name in effects for name in STOPS),
        elsewhere=elsewhere,
        over=over,
        trouble=effects.any(*TROUBLE) and not elsewhere and not over and "announced" not in effects,
        way="workaround" in effects and not effects.any("no-workaround", "tried-in-vain", "costly"),
    )


def _combinations(effects: Effects) -> dict[str, float]:
    found = _situation(effects)
    values = {**_stops(found), **_narrow_faults(found), **_other_matters(found)}
    return {name: value for name, value in values.items() if value}


def _stops(found: _Situation) -> dict[str, float]:
    """Work stands still, and what else is said of it."""
    effects, stops, trouble, way = found.effects, found.stops, found.trouble, found.way
    return {
        "stop": min(stops, 4) / 2 if trouble else 0.0,
        "stop-strong": float(trouble and stops > 2),
        "stop-plain": float(trouble and stops > 0 and not effects.any(*MILDER, "else-works", "edge-thing") and not way),
        "stop-and-milder": float(trouble and stops > 0 and effects.any(*MILDER)),
        "stop-and-way": float(trouble and stops > 0 and way),
        "stop-and-edge": float(trouble and stops > 0 and effects.any("edge-thing", "cosmetic")),
        "stop-and-else-works": float(trouble and stops > 0 and "else-works" in effects),
        "stop-and-place": float(trouble and stops > 0 and "one-place" in effects),
        "stop-and-low-key": float(trouble and stops > 0 and effects.any("low-key", "trouble-denied")),
        "stop-though-asked": float(trouble and stops > 0 and "question-mark" in effects),
        "fails-though-asked": float(
            trouble and not stops and "question-mark" in effects and effects.any("failing", "core-failing")
        ),
    }


def _narrow_faults(found: _Situation) -> dict[str, float]:
    """What it comes down to, where something speaks for more or for less."""
    effects, stops, trouble, way = found.effects, found.stops, found.trouble, found.way
    return {
        "lost-now": float("data-lost" in effects and not found.elsewhere and not found.over),
        "only-was": float(trouble and "was-trouble" in effects and not effects.any("ongoing", "again")),
        "cosmetic-only": float("cosmetic" in effects and not stops and not effects.any("failing", *MILDER)),
        "docs-only": float("docs" in effects and not stops and not effects.any("production", *MILDER)),
        "figures-matter": float(
            trouble and effects.any("wrong-figures") and not effects.any("one-user-or-item", "only-me", "low-key")
        ),
        "stop-but-at-times": float(trouble and stops > 0 and "intermittent" in effects),
        "slow-at-the-edge": float(
            trouble and "slow" in effects and effects.any("edge-thing", "low-key") and "core-failing" not in effects
        ),
        "way-but-costly": float(trouble and "workaround" in effects and "costly" in effects),
        "milder-only": float(trouble and not stops and effects.any(*MILDER)),
        "edge-only": float(
            trouble and not stops and effects.any("edge-thing", "cosmetic", "one-user-or-item", "only-me", "low-key")
        ),
        "fails-only": float(
            trouble
            and not stops
            and not effects.any(
                *MILDER, "edge-thing", "cosmetic", "one-user-or-item", "only-me", "own-account", "low-key"
            )
        ),
        "way-only": float(trouble and way and not stops),
    }


def _other_matters(found: _Situation) -> dict[str, float]:
    """It is over, somebody asks or wishes, or few of many have it."""
    effects, trouble, elsewhere, over = found.effects, found.trouble, found.elsewhere, found.over
    return {
        "over": float(over),
        "asks-only": float(
            effects.any(*(ask for ask in ASKS if ask != "question-mark"))
            and not effects.any(*TROUBLE)
            and "security" not in effects
        ),
        "wish-with-trouble": float("wish" in effects and trouble),
        "asks-with-trouble": float(effects.any("question", "admin", "docs", "fyi") and trouble),
        "dead-now": float(
            trouble and "thing-dead" in effects and not effects.any("was-trouble", "partial", "else-works")
        ),
        "asks-after-trouble": float("asks-after-it" in effects and trouble),
        "security-live": float(
            "security" in effects
            and not elsewhere
            and not over
            and "security-paper" not in effects
            and (trouble or "exposure" in effects or not effects.any("wish", "question", "admin"))
        ),
        "one-of-many": float(effects.any(*ONE) and effects.any("others-fine", "else-works") and not elsewhere),
        "some-of-many": float(
            effects.any(*SEVERAL)
            and effects.any("others-fine", "else-works")
            and not effects.any(*ONE)
            and not elsewhere
        ),
        "says-nothing": float(not effects.any(*TROUBLE, *ASKS, "security", "cosmetic")),
    }
