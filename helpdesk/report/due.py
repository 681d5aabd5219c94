"""When something is due under a policy, and why: what is asked, and the answer as JSON and to be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from helpdesk.errors import NotFound
from helpdesk.offering.policy import Promise
from helpdesk.openhours.week import clock_words
from helpdesk.phrases import moment
from helpdesk.report.explain import counted_spans, received_late
from helpdesk.report.shapes import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.offering.policy import NoPromise, Policy, WorkedExample
    from helpdesk.openhours.calendar import Calendar

_LANGUAGE = re.compile("[a-z]{2}")
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class DueQuestion:
    """When the target is due of what is received at an instant, by whom and how."""

    at: datetime
    plan: str
    severity: str
    region: str
    channel: str
    target: str
    kind: str
    language: str
    fields: Mapping[str, str]
    addons: Sequence[str]

    def promise(self, policy: Policy) -> Promise | NoPromise:
        """What is promised then. Raises NotFound for a key that the policy does not have."""
        given = policy.circumstances(
            kind=self.kind, language=self.language, fields=self.fields, addons=self.addons, at=self.at
        )
        return policy.promise(
            self.target, plan=self.plan, severity=self.severity, region=self.region, channel=self.channel, given=given
        )


def question_of(policy: Policy, at: datetime, said: Mapping[str, Any]) -> DueQuestion:
    """The question with the policy's defaults where nothing was said. Raises NotFound."""
    fields = said.get("fields") or {}
    question = DueQuestion(
        at=at,
        plan=said.get("plan") or policy.plans[0].key,
        severity=said.get("severity") or _made(policy, fields),
        region=said.get("region") or policy.regions[0].key,
        channel=said.get("channel") or "email",
        target=said.get("target") or policy.first_answer.key,
        kind=said.get("kind") or "",
        language=said.get("language") or policy.languages[0],
        fields=fields,
        addons=said.get("addons") or (),
    )
    keys = [kind.key for kind in policy.kinds]
    if question.target not in keys:
        raise NotFound(f"target: expected one of {', '.join(keys)}, not {question.target!r}")
    if not _LANGUAGE.fullmatch(question.language):
        raise NotFound(f"language: expected two letters of ISO 639-1 such as en or ja, not {question.language!r}")
    return question


def question_in(policy: Policy, example: WorkedExample) -> DueQuestion:
    """What a worked example asks."""
    return DueQuestion(
        at=example.at,
        plan=example.plan,
        severity=example.severity,
        region=example.region,
        channel=example.channel,
        target=example.target,
        kind=example.kind,
        language=example.language or policy.languages[0],
        fields=example.fields,
        addons=example.addons,
    )


def _made(policy: Policy, fields: Mapping[str, str]) -> str:
    """The severity that impact and urgency make. Raises NotFound."""
    if policy.severity.matrix is None:
        raise NotFound("severity: expected this argument, which is missing")
    for key, answer, values in policy.severity.matrix.unknown(fields):
        raise NotFound(f"{key}: expected one of {', '.join(values)}, not {answer!r}")
    if made := policy.severity.matrix.statement(fields):
        return made.severity
    needed = " and ".join(policy.severity.matrix.fields)
    raise NotFound(f"severity: expected this argument, or {needed} which make one")


def due_shape(policy: Policy, question: DueQuestion) -> dict[str, Any]:
    """The answer, as `policy due --json` prints it. Raises NotFound."""
    promise, at = question.promise(policy), question.at
    shape: dict[str, Any] = {
        "policy": policy.key,
        "plan": question.plan,
        "severity": question.severity,
        "region": question.region,
        "channel": question.channel,
        "target": promise.target,
        "calendar": None,
        "started_at": instant(at),
        "due_at": None,
        "warranted": False,
        "because": list(promise.because),
    }
    if isinstance(promise, Promise):
        due_at = promise.within.due_at(promise.calendar, at)
        shape |= {
            "calendar": promise.calendar.name,
            "due_at": instant(due_at),
            "late_from": instant(promise.calendar.breached_at(due_at)),
            "warranted": promise.warranted,
            "because": [
                f"{promise.within} of {promise.calendar.name} ({promise.calendar.timezone})",
                *promise.applies,
                *_moved(promise, at),
                *promise.because,
            ],
        }
    return shape


def _moved(promise: Promise, at: datetime) -> Iterator[str]:
    """What is received after the cut-off counts from the next day."""
    calendar, begins = promise.calendar, promise.within.counts_from(promise.calendar, at)
    if begins > at and calendar.cut_off is not None:
        yield f"received after {clock_words(calendar.cut_off)}: counts from {moment(begins, calendar.timezone)}"


def due_text(policy: Policy, question: DueQuestion) -> str:
    """The answer to be read: what was counted and what not, span by span. Raises NotFound."""
    promise, at = question.promise(policy), question.at
    level, plan = policy.level(question.severity), policy.plan(question.plan)
    head = f"{policy.name} {plan.name}, {level.name}, {policy.kind(promise.target).name}"
    if not isinstance(promise, Promise):
        return f"{head}: no target, because {'; '.join(promise.because)}"
    calendar = promise.calendar
    due_at, begins = promise.within.due_at(calendar, at), promise.within.counts_from(calendar, at)
    return "\n".join(
        [
            f"{head}: {promise.within}",
            f"calendar {calendar.name} ({calendar.timezone})",
            *([f"applies: {', '.join(promise.applies)}"] if promise.applies else []),
            "",
            *received_late(begins, at, calendar),
            *counted_spans(calendar, begins, due_at, timedelta()),
            "",
            f"due {moment(due_at, calendar.timezone)}",
            *_late(calendar, due_at),
            *([] if promise.warranted else [f"not warranted: {'; '.join(promise.because)}"]),
        ]
    )


def _late(calendar: Calendar, due_at: datetime) -> Iterator[str]:
    late = calendar.breached_at(due_at)
    if late != due_at:
        yield f"a closing: late only from the next opening, {moment(late, calendar.timezone)}"
    elif calendar.ties == "next" and not calendar.is_open(due_at - _SECOND):
        yield "all of it is used at the closing before: due at the next opening"
