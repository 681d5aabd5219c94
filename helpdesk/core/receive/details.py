"""What a customer adds to a case after its first mail: answers to what we asked, corrections, a severity stated late.

It counts as if the first mail had said it: `missing`, what is warranted, the stated severity, severity and area follow.
What an agent has set stays, and the difference is proposed to them. A stated severity raises at once, by the policy's
rule; it lowers only while nobody has been called and nobody has answered. What may be an answer, but is not said to be
one, is proposed, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from helpdesk.core.receive import choosing, scope
from helpdesk.core.receive.severity_request import asked_for
from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import (
    AgentAnswered,
    AreaSet,
    CalledAgain,
    DetailsGiven,
    Event,
    KindSet,
    PageAcknowledged,
    RankOneSuspected,
    SeveritySet,
    Stamp,
    StepTaken,
    Unwarranted,
)
from helpdesk.offering.intake import QUESTION, missing, read, without_hint
from helpdesk.offering.intake_words import folded
from helpdesk.offering.severities import StatedSeverity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.offering.intake import Intake
    from helpdesk.offering.policy import Policy
    from helpdesk.offering.severities import Degree, Kind, Level

_SHOWN = 80  # characters of an answer, beside the mail that has it whole


@dataclass(frozen=True, slots=True)
class Details:
    """What follows from a mail's details: events, and for its agent what they change and what they would change.

    `verdict` is what the desk finds with them, where they bear on the severity.
    """

    events: tuple[Event, ...] = ()
    changed: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    verdict: Verdict | None = None


def given(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Details:
    """Read a customer's further mail for what the policy asks for. `case` is as it was before it."""
    known = dict(case.intake)
    intake = read(arrival.answers, terms.policy.intake, known=known)
    said_before = {**known, **({"priority": case.stated} if case.stated else {})}
    bound = case.unproven if case.unproven and choosing.may_choose(arrival, terms) else frozenset()
    new = {
        key: value
        for key, value in intake.values.items()
        if key in bound or not _is_same(key, value, said_before.get(key, ""), terms)
    }
    kept = {key: new.pop(key) for key in _held(case) & new.keys()}
    stated = _stated(case, arrival, new, terms)
    differs = (f"{key} {kept[key]}, as the customer says; #detail {key} {kept[key]} sets it" for key in kept)
    unproven = choosing.unproven(new, arrival, terms)
    proposed = (
        *differs,
        *guesses(intake, {**known, **new}, case.kind, terms.policy),
        *choosing.proposed(new, unproven, "", case, arrival, terms),
        *choosing.not_understood(new, terms),
    )
    if stated and stated.by == "mailbox" and not stated.binds:
        level = terms.policy.level(stated.severity)
        proposed = (*proposed, f"severity: {level.name}, as {stated.words} states; #severity {level.key} sets it")
        stated = None
    if not new and not stated:
        return Details(proposed=proposed)
    reading = _Reading(case, arrival, terms, now, new, stated)
    reading.note()
    reading.kind()
    reading.severity()
    reading.area(new.get("area", ""))
    return Details(reading.record(), tuple(reading.changed), (*reading.proposed, *proposed), reading.verdict)


def _held(case: Case) -> set[str]:
    """The details that an agent has set."""
    answers = case.of_type(DetailsGiven)
    return {key for event in answers if event.message_id is None for key in event.intake}


def answered(case: Case, new: Mapping[str, str], terms: Terms, stamp: Stamp) -> DetailsGiven:
    """What new answers make of what is missing, and of what is warranted (LAI-5)."""
    was = dict(case.intake)
    values = {**was, **new}
    before, after = (
        {doubt.said for doubt in scope.unclaimed(case.requester, given, case.kind, terms)} for given in (was, values)
    )
    return DetailsGiven(
        *stamp,
        intake=dict(new),
        intake_was={key: was[key] for key in new if key in was},
        missing=tuple(missing(terms.policy.intake, values, case.kind)),
        unwarranted=tuple(why for why in case.unwarranted if why not in before or why in after),
        was=Unwarranted(unwarranted=list(case.unwarranted)),
    )


def _stated(case: Case, arrival: Arrival, new: Mapping[str, str], terms: Terms) -> StatedSeverity | None:
    """The severity that this mail states, and that was not stated last: its fields, its words, or where it was sent."""
    severity = terms.policy.severity
    if severity.matrix and not new.keys().isdisjoint(severity.matrix.fields):
        computed = severity.computed({**dict(case.intake), **new})
        if computed:
            return computed
    own = "\n".join(line for line in arrival.answers.splitlines() if not line.startswith(QUESTION))
    words = new.get("priority") or terms.judge.stated_words(own, severity) or asked_for(own, severity.levels)
    degree = _degree(words, terms)
    if not degree:
        return _by_mailbox(case, arrival, terms)
    if _is_same("priority", words, case.stated, terms):
        return None
    return StatedSeverity(words, severity.at_degree(degree).key)


def _by_mailbox(case: Case, arrival: Arrival, terms: Terms) -> StatedSeverity | None:
    """What another mailbox states than the one of the case, which is not what was stated last."""
    if arrival.came_to is None or arrival.came_to.address == case.mailbox:
        return None
    stated = terms.stated_by(arrival.came_to, arrival.sender)
    return stated if stated and stated.words != case.stated else None


def _is_same(key: str, answer: str, before: str, terms: Terms) -> bool:
    """Whether an answer says what was said before: of a priority, the same degree, or nothing that is one."""
    degree = _degree(before, terms) if key == "priority" else None
    if degree:
        return _degree(answer, terms) in {degree, None}
    return folded(answer) == folded(before)


def _degree(stated: str, terms: Terms) -> Degree | None:
    """How bad a customer states that it is; None where they state nothing of it."""
    return terms.judge.stated_degree(stated, terms.policy.severity) if stated else None


def guesses(intake: Intake, values: Mapping[str, str], kind: str, policy: Policy) -> tuple[str, ...]:
    """What may be an answer to what is missing, and how the agent makes it one."""
    wanted = missing(policy.intake, values, kind)
    labels = {field.key: without_hint(field.label) for field in policy.intake}
    return tuple(
        f"{labels[key]} may be {value}: #detail {key} {value} says so"
        for key, value in intake.guesses.items()
        if key in wanted
    )


class _Reading:
    """The details of one mail on one case, as they are worked out."""

    def __init__(
        self,
        case: Case,
        arrival: Arrival,
        terms: Terms,
        now: datetime,
        new: Mapping[str, str],
        stated: StatedSeverity | None,
    ) -> None:
        self.case = case
        self.arrival = arrival
        self.terms = terms
        self.now = now
        self.new = new
        self.given = answered(case, new, terms, (arrival.received_at, now, arrival.sender))
        self.values = {**dict(case.intake), **new}
        self.stated = stated
        self.events: list[Event] = []
        self.changed: list[str] = []
        self.proposed: list[str] = []
        self.verdict: Verdict | None = None

    @property
    def stamp(self) -> Stamp:
        return self.arrival.received_at, self.now, DESK

    def happened(self, event: Event) -> None:
        self.events.append(replace(event, at=self.case.not_before(type(event), event.at)))

    def record(self) -> tuple[Event, ...]:
        """All that is on the record: the answers, and what follows from them."""
        answers = replace(
            self.given,
            stated=self.stated.words if self.stated else "",
            review=self.verdict is not None and self.verdict.review,
            message_id=self.arrival.message.message_id,
            unproven=choosing.unproven(self.new, self.arrival, self.terms),
        )
        return (answers, *self.events)

    def note(self) -> None:
        """Say to the agent what was read."""
        was, new = dict(self.case.intake), self.new
        for field in self.terms.policy.intake:
            if field.key in new:
                before = f", was {brief(was[field.key])}" if field.key in was else ""
                self.changed.append(f"{without_hint(field.label)}: {brief(new[field.key])}{before}")
        left = self.given.unwarranted
        if len(left) < len(self.case.unwarranted):
            why = "; ".join(left)
            self.changed.append(f"not warranted still: {why}" if why else "warranted: nothing that it takes is missing")

    # --- kind

    def kind(self) -> None:
        """The kind that somebody states who may; one that an agent has set stays."""
        case, stated = self.case, choosing.stated_kind(self.new, self.arrival, self.terms)
        if not stated or stated == case.bound_kind:
            return
        if any(event.by != DESK for event in case.of_type(KindSet)):
            self.proposed.append(
                f"kind {stated}, as the customer says; {case.bound_kind} stays, and #kind {stated} sets it"
            )
            return
        at, now = self.arrival.received_at, self.now
        self.happened(choosing.kind_set(stated, case.kind, self.values, self.terms, at=at, now=now))
        self.changed.append(f"kind {stated}, was {case.bound_kind or case.kind}")

    # --- severity

    def severity(self) -> None:
        found = self._judged()
        if found is None:
            return
        self.verdict = found
        policy, case = self.terms.policy, self.case
        terms = policy.severity
        degree = self._towards_stated(terms.degree(found.severity))
        if case.of_type(KindSet):
            degree, _ = self.terms.judge.bind_kind(degree, kind=cast("Kind", case.kind), terms=terms)
        level, is_ = policy.severity_in(case.plan, terms.at_degree(degree).key), terms.level(case.severity)
        if level == is_:
            self._differs_from_stated()
        elif self._stays(level):
            self._propose(level)
        else:
            self.happened(
                SeveritySet(
                    *self.stamp,
                    severity=level.key,
                    rank=level.rank,
                    was=is_.key,
                    reason=self._why(),
                    review=found.review,
                )
            )
            self.changed.append(f"severity: {level.name}, was {is_.name}, because {self._why()}")

    def _towards_stated(self, degree: Degree) -> Degree:
        """What is stated moves the severity its way or not at all: doubt about a worse one makes none milder."""
        if self.stated is None:
            return degree
        terms = self.terms.policy.severity
        said, now_is = terms.degree(self.stated.severity), terms.degree(self.case.severity)
        return min(degree, now_is) if said <= now_is else max(degree, now_is)

    def _judged(self) -> Verdict | None:
        """The severity with the new details; None where they have no part in it."""
        first = self.arrival.first_words
        if self.stated:
            return self._with_statement(self.stated, f"{first}\n\n{self.arrival.message.reply}")
        if not first:
            return None
        after = self._judge(first, self.values)
        return after if after.severity != self._judge(first, dict(self.case.intake)).severity else None

    def _with_statement(self, stated: StatedSeverity, text: str) -> Verdict:
        """Both mails with what is stated; the newer one alone where it says that it is worse now, and is sure."""
        values = {**self.values, "priority": stated.words if stated.by == "words" else stated.severity}
        both, newer = self._judge(text, values), self._judge(self.arrival.message.reply, values, subject="")
        degree = self.terms.policy.severity.degree
        return newer if degree(newer.severity) < degree(both.severity) and not newer.review else both

    def _judge(self, text: str, values: Mapping[str, str], *, subject: str | None = None) -> Verdict:
        topic = self.case.subject if subject is None else subject
        message = replace(self.arrival.message, subject=topic, reply=text)
        return self.terms.judged(message, values, plan=self.case.plan)

    def _stays(self, level: Level) -> bool:
        """Whether the severity is a person's, or is not to be lowered any more."""
        case, degree = self.case, self.terms.policy.severity.degree
        if any(event.by != DESK for event in case.of_type(SeveritySet)):
            return True
        called = any(event.acknowledge for event in case.of_type(StepTaken))
        answered = case.of_type(AgentAnswered, PageAcknowledged, CalledAgain, RankOneSuspected)
        return degree(level.key) > degree(case.severity) and bool(called or answered)

    def _propose(self, level: Level) -> None:
        stays = self.terms.policy.level(self.case.severity).name
        self.proposed.append(
            f"severity: {level.name}, because {self._why()}; {stays} stays, and #severity {level.key} sets it"
        )

    def _why(self) -> str:
        if self.stated is None:
            return "of the details that the customer gave"
        if self.stated.by == "fields":
            return f"of what the customer states: {self.stated.words}"
        name = self.terms.policy.level(self.stated.severity).name
        return f"the customer {'wrote to' if self.stated.by == 'mailbox' else 'states'} {self._stated_name(name)}"

    def _stated_name(self, name: str) -> str:
        return f"{self.stated.words}, which states {name}" if self.stated and self.stated.by == "mailbox" else name

    def _differs_from_stated(self) -> None:
        """What the customer states and the policy's rule does not follow is shown."""
        policy = self.terms.policy
        if self.stated is None or policy.severity.stated == "ignored":
            return
        level = policy.severity_in(self.case.plan, self.stated.severity)
        if level.key != self.case.severity:
            self._propose(level)

    # --- area

    def area(self, answer: str) -> None:
        case, policy = self.case, self.terms.policy
        area = self.terms.judge.area_of(answer, policy.severity)
        if area is None or area == case.area:
            return
        if any(event.by != DESK for event in case.of_type(AreaSet)):
            self.proposed.append(f"area {area}, as the customer says; {case.area} stays, and #area {area} sets it")
            return
        self.happened(AreaSet(*self.stamp, area=area, was=case.area))
        self.changed.append(f"area {area}, was {case.area or 'none'}")
        for event in scope.coverage(replace(case, area=area), policy, self.stamp):
            self.happened(event)


def brief(answer: str) -> str:
    """An answer in one line, as it is shown beside the mail that has it whole."""
    line = " ".join(answer.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()} ..."
