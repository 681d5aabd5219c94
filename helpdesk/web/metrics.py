"""The figures of the desk in Prometheus' text format, version 0.0.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.web.health import causes, status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.store.backlog import Waiting
    from helpdesk.web.health import Facts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, float]  # labels as they stand in braces, "" for none


def metrics_text(facts: Facts, cases: Mapping[tuple[str, bool], int]) -> str:
    """Every figure. `cases` counts by (status, whether a promise was broken)."""
    return "".join(
        f"# HELP {name} {told}\n# TYPE {name} gauge\n"
        + "".join(f"{name}{labels} {value:g}\n" for labels, value in samples)
        for name, told, samples in _families(facts, cases)
    )


def _families(facts: Facts, cases: Mapping[tuple[str, bool], int]) -> Iterator[tuple[str, str, Sequence[Sample]]]:
    yield "helpdesk_up", "1 unless the desk is failing.", [("", float(status(facts) != "failing"))]
    yield "helpdesk_database_up", "Whether the database answers.", [("", float(facts.backlog is not None))]
    yield (
        "helpdesk_progress_age_seconds",
        "Since a part of the daemon last came through its loop.",
        [(f'{{part="{part}"}}', age.total_seconds()) for part, age in facts.ages.items()],
    )
    yield (
        "helpdesk_cause",
        "What ails the desk, and 1 for each; none where it is well.",
        [(f'{{cause="{name}",status="{state}"}}', 1.0) for name, state in sorted(_named(facts))],
    )
    yield (
        "helpdesk_door_mails",
        "Mails that came to the listener since the start.",
        [
            ('{answer="taken"}', float(facts.door[0])),
            ('{answer="turned away"}', float(facts.door[1])),
        ],
    )
    yield "helpdesk_mailboxes_failing", "IMAP mailboxes that cannot be read.", [("", float(len(facts.failing)))]
    if facts.backlog is not None:
        yield from _waiting("unworked", "accepted and not yet worked", facts.backlog.unworked, facts.now)
        yield from _waiting("unsent", "written and not yet sent", facts.backlog.unsent, facts.now)
        yield (
            "helpdesk_mails_sent_again",
            "Mails that were sent again though they may have arrived.",
            [("", float(facts.backlog.copies))],
        )
        yield "helpdesk_mails_quarantined", "Mails that were set aside.", [("", float(facts.backlog.quarantined))]
        yield (
            "helpdesk_cases",
            "Cases by status and by whether a promise was broken.",
            [
                (f'{{status="{state}",breached="{str(breached).lower()}"}}', float(number))
                for (state, breached), number in sorted(cases.items())
            ],
        )


def _named(facts: Facts) -> set[tuple[str, str]]:
    return {(cause.name, cause.status) for cause in causes(facts)}


def _waiting(name: str, told: str, waiting: Waiting, now: datetime) -> Iterator[tuple[str, str, Sequence[Sample]]]:
    age = (now - waiting.oldest_at).total_seconds() if waiting.oldest_at else 0.0
    yield f"helpdesk_mails_{name}", f"Mails {told}.", [("", float(waiting.number))]
    yield f"helpdesk_mails_{name}_oldest_seconds", f"Age of the oldest mail {told}.", [("", age)]
