"""The figures of the desk in Prometheus' text format, version 0.0.4."""

from __future__ import annotations

from importlib import metadata
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from helpdesk.counters import COUNTED, TIMED
from helpdesk.web.health import causes, status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from prometheus_client import Metric

    from helpdesk.counters import Counters
    from helpdesk.store.backlog import Backlog, Waiting
    from helpdesk.web.health import Facts

__all__ = ["CONTENT_TYPE", "metrics_text"]

Figures = dict[tuple[str, ...], float]  # by the values of the labels


def metrics_text(facts: Facts, cases: Mapping[tuple[str, bool], int], counters: Counters) -> str:
    """Every figure. `cases` counts by (status, whether a promise was broken)."""
    registry = CollectorRegistry()
    registry.register(_Desk(facts, cases))
    registry.register(_Happened(counters))
    return generate_latest(registry).decode()


class _Desk(Collector):
    """The figures of the desk at one moment, for Prometheus."""

    def __init__(self, facts: Facts, cases: Mapping[tuple[str, bool], int]) -> None:
        self._facts = facts
        self._cases = cases

    def collect(self) -> Iterator[GaugeMetricFamily]:
        facts = self._facts
        yield _many(
            "info",
            "The version that runs, and 1 for it.",
            ["version"],
            {(metadata.version("helpdesk"),): 1.0},
        )
        yield _one(
            "start_time_seconds", "When this process began, in seconds since 1970.", facts.started_at.timestamp()
        )
        yield _one("up", "1 unless the desk is failing.", status(facts) != "failing")
        yield _one("database_up", "Whether the database answers.", facts.backlog is not None)
        yield _many(
            "progress_age_seconds",
            "Since a part of the daemon last came through its loop.",
            ["part"],
            {(part,): age.total_seconds() for part, age in facts.ages.items()},
        )
        yield _many(
            "cause",
            "What ails the desk, and 1 for each; none where it is well.",
            ["cause", "status"],
            {(cause.name, cause.status): 1.0 for cause in sorted(causes(facts), key=lambda cause: cause.name)},
        )
        yield _many(
            "door_mails",
            "Mails that came to the listener since the start.",
            ["answer"],
            {("taken",): facts.door[0], ("turned away",): facts.door[1]},
        )
        yield _one("mailboxes_failing", "IMAP mailboxes that cannot be read.", len(facts.failing))
        if facts.backlog is not None:
            yield from _mails(facts.backlog, facts.now)
            yield _many(
                "cases",
                "Cases by status and by whether a promise was broken.",
                ["status", "breached"],
                {(state, str(late).lower()): number for (state, late), number in sorted(self._cases.items())},
            )


class _Happened(Collector):
    """What was counted and timed since the start."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def collect(self) -> Iterator[Metric]:
        for event in COUNTED:
            counts = CounterMetricFamily(f"helpdesk_{event.name}", event.explanation, labels=event.labels)
            for labels, number in sorted(self._counters.counts(event).items()):
                counts.add_metric(labels, number)
            yield counts
        for event in TIMED:
            timed = HistogramMetricFamily(f"helpdesk_{event.name}", event.explanation, labels=event.labels)
            for labels, found in sorted(self._counters.durations(event)):
                numbers = zip((*map(floatToGoString, event.limits), "+Inf"), accumulate(found.numbers), strict=True)
                timed.add_metric(labels, [*numbers], found.total)
            yield timed


def _mails(backlog: Backlog, now: datetime) -> Iterator[GaugeMetricFamily]:
    yield from _waiting("unworked", "accepted and not yet worked", backlog.unworked, now)
    yield from _waiting("unsent", "written and not yet sent", backlog.unsent, now)
    yield _one("mails_sent_again", "Mails that were sent again though they may have arrived.", backlog.copies)
    yield _one("mails_quarantined", "Mails that were set aside.", backlog.quarantined)


def _waiting(name: str, explanation: str, waiting: Waiting, now: datetime) -> Iterator[GaugeMetricFamily]:
    age = (now - waiting.oldest_at).total_seconds() if waiting.oldest_at else 0.0
    yield _one(f"mails_{name}", f"Mails {explanation}.", waiting.number)
    yield _one(f"mails_{name}_oldest_seconds", f"Age of the oldest mail {explanation}.", age)


def _one(name: str, explanation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"helpdesk_{name}", explanation, value=float(value))


def _many(name: str, explanation: str, labels: list[str], figures: Figures) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"helpdesk_{name}", explanation, labels=labels)
    for values, figure in figures.items():
        family.add_metric(values, float(figure))
    return family
