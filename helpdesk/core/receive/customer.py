"""What happens when a customer writes.

On no case, their mail opens one. Mail of programs that nobody here knows, and what is not wanted, is held, which is
neither a case nor lost. Somebody who is known is never held, whatever their mail carries, nor is what answers a mail of
ours, what comes by a list of ours, or what a form writes that the operator has named. Of strangers, bulk is held
(newsletters), and what a program says that it has written by itself.

On a case, their mail runs its clocks, opens what was over, answers what was asked (`details`), and may make it look
worse. What is only thanks does none of that, and neither does a rating, which is one click in a closing mail: the grade
is in the address that the mail goes to, so that an empty mail is enough and no program's way with subjects can blur it.
Who wrote something beside it is read by the agent, and where they were not content by the lead as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks import calling, ladder, suspicion
from helpdesk.core.clocks.owed import reopens_until
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.receive import (
    acknowledgment,
    choosing,
    details,
    entry,
    escalation,
    merged_cases,
    participants,
    scope,
)
from helpdesk.core.staffing import assignment
from helpdesk.core.words.case import DESK, Case, open_case
from helpdesk.core.words.decision import Arrival, Decision, DecisionBuilder, Draft
from helpdesk.core.words.drafts import AssignedMail, CustomerMessageMail, RatedMail, ReopenedMail
from helpdesk.core.words.events import (
    CaseOpened,
    CasePurged,
    CaseReopened,
    CustomerRated,
    CustomerThanked,
    CustomerWrote,
    DetailsGiven,
    Event,
    RankOneSuspected,
    SentAgain,
    SeverityAssessed,
    SeveritySet,
)
from helpdesk.core.words.exempted import PERSONAL_DATA, in_force
from helpdesk.core.words.people import channel_key
from helpdesk.core.words.rating import Grade, comment_in
from helpdesk.core.words.verdict import Verdict, assessed, in_plan
from helpdesk.offering.intake import Intake, missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.receive.details import Details
    from helpdesk.core.words.message import Transport
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.thanks import Thanks
    from helpdesk.person import Person

_MOST = 2_000  # characters of a comment that the ledger keeps; the mail is there whole


def writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what a customer's mail on a case does."""
    if arrival.placement.rating:
        return _rates(case, arrival, arrival.placement.rating, terms, now)
    if arrival.thanks:
        return thanks_us(case, arrival, arrival.thanks, terms, now)
    if is_too_old(case, arrival, terms):
        return opened(replace(arrival, linked_ref=case.ref), terms, now, follows=case)
    on_it = _writes_on_merged if arrival.through else _writes_on
    return on_it(case, arrival, terms, now)


# --- on no case: it opens one, unless it is held


def first_writes(arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what a mail does that belongs to no case."""
    if not terms.policy.is_support(arrival.sender):
        return Decision(None, outcome="ignored", because="its sender is not a support channel")
    because = _why_held(arrival, terms)
    if because:
        return Decision(None, outcome="held", because=because)
    return opened(arrival, terms, now)


def _why_held(arrival: Arrival, terms: Terms) -> str:
    """Why a mail that would open a case is held; "" where it opens one."""
    known = terms.customer is not None or arrival.sender in terms.ours or arrival.sender in terms.mailbox.forms
    by_hand = arrival.released_by and not arrival.history
    if known or by_hand or arrival.placement.answers_us or terms.mailbox.channel == "monitoring":
        return ""
    return arrival.unwanted or of_strangers(arrival.message.transport)


def of_strangers(transport: Transport) -> str:
    """Why a mail is held whose sender nobody knows and which answers nothing of ours; "" where it is not."""
    if transport.generated:
        return f"a program of somebody unknown wrote it ({transport.unanswered})"
    if transport.bulk and not transport.ours:
        return f"bulk of somebody unknown, by no list of ours ({transport.unanswered})"
    return ""


def opened(
    arrival: Arrival, terms: Terms, now: datetime, *, requester: Person | None = None, follows: Case | None = None
) -> Decision:
    """Decide what the case is that a mail opens: whose (`requester`, else its sender's), after which (`follows`)."""
    # Who is not proven to have written it is shown and written to; where that is nobody, the agents hear so.
    sender = requester or arrival.message.sender or arrival.addressee.author
    intake = terms.intake_of(arrival.message)
    plan = scope.plan_key(terms)
    verdict = terms.judged(arrival.message, intake.values, others=arrival.others, to=arrival.came_to, plan=plan)
    found_kind, kind = verdict.kind, choosing.kind_of(intake.values, arrival, terms)
    verdict = in_plan(choosing.of_kind(verdict, kind, terms), plan, terms.policy) if kind else verdict
    doubts = (*scope.unentitled(arrival, terms), *scope.unclaimed(sender, intake.values, verdict.kind, terms))
    opening = _opening(sender, arrival, terms, intake, verdict, now)
    found = _assessed(verdict, arrival, terms, now)
    joined = tuple(participants.by_first_mail(arrival, terms, now))
    escalated = tuple(escalation.requested(arrival, terms, now))
    acknowledged = acknowledgment.decided(arrival, terms, now)
    case = open_case(opening).after(found)
    suspected = suspicion.raised(case, verdict, arrival, terms, now)
    case = case.after(
        *_kind_bound(kind, found_kind, intake, arrival, terms, now),
        *_as_follow_up(follows, opening.plan, found.severity, arrival, terms, now),
        entry.came(CustomerWrote, arrival, now),
        *entry.reported(arrival, now, rank=verdict.rank),
        *entry.masked(arrival, now),
        *([entry.flagged(arrival, now, arrival.unwanted)] if arrival.unwanted else []),
        *entry.not_read(arrival, now),
        *participants.answered_instead(opening.answers_to, arrival, now),
        *joined,
        *participants.unreachable(sender, joined, arrival, now),
        *scope.findings(sender, arrival, verdict, intake.values, terms, now),
        *escalated,
        *assignment.assign(terms, now),
        acknowledged,
        *suspected,
    )
    if arrival.released_by:  # a person has just looked at it, and decides whom else it needs
        late = (*ladder.passed(case, terms, clocks(case, terms.policy), now), *suspicion.passed(case, terms, now))
        case, suspected = case.after(*late), ()
    guessed = (
        *details.guesses(intake, intake.values, verdict.kind, terms.policy),
        *choosing.proposed(intake.values, opening.unproven, found_kind, case, arrival, terms),
        *choosing.not_understood(intake.values, terms),
    )
    written = acknowledged.sent or acknowledged.unwritable
    drafts = (
        *([acknowledgment.letter(case, arrival, terms, doubts)] if written else []),
        *entry.to_agents(AssignedMail(proposed=guessed), case, arrival, terms),
        *escalation.mails(None, case, escalated, arrival, terms),
        *suspicion.alarms(case, suspected, terms, now),
    )
    return Decision(case, case.events, drafts, outcome="opened", reply=arrival.message.reply)


def _as_follow_up(
    follows: Case | None, plan: str, severity: str, arrival: Arrival, terms: Terms, now: datetime
) -> Iterator[SeveritySet]:
    """The severity of what follows a case that ended long ago, where the policy has one for it."""
    if follows:
        key = terms.policy.lifecycle.follow_up_severity
        yield from _set_to(key, plan, severity, f"it follows {follows.ref}", arrival, terms, now)


def _set_to(
    key: str, plan: str, was: str, reason: str, arrival: Arrival, terms: Terms, now: datetime
) -> Iterator[SeveritySet]:
    level = terms.policy.severity_in(plan, key) if key else None
    if level and level.key != was:
        yield SeveritySet(arrival.received_at, now, DESK, severity=level.key, rank=level.rank, was=was, reason=reason)


def _opening(
    sender: Person, arrival: Arrival, terms: Terms, intake: Intake, verdict: Verdict, now: datetime
) -> CaseOpened:
    policy, customer, mailbox = terms.policy, terms.customer, terms.mailbox
    entitled = [doubt.said for doubt in scope.unentitled(arrival, terms)]
    return CaseOpened(
        *entry.stamp(arrival, now),
        mailbox=mailbox.address,
        policy=policy.key,
        policy_version=policy.version,
        plan=scope.plan_key(terms),
        region=scope.region_key(terms),
        channel=channel_key(terms.mailbox, policy),
        customer=customer.key if customer else "",
        requester=sender.address,
        requester_name=sender.name,
        answers_to=_answers_to(sender, arrival),
        subject=arrival.message.subject,
        language=verdict.language,
        written_in=choosing.written_in(arrival, terms),
        intake=dict(intake.values),
        unproven=choosing.unproven(intake.values, arrival, terms),
        addons=scope.addon_keys(terms),
        missing=tuple(missing(policy.intake, intake.values, verdict.kind)),
        tags=(*entitled, *(["unverified"] if arrival.placement.linked is not None else [])),
        unwarranted=(
            *entitled,
            *(doubt.said for doubt in scope.unclaimed(sender, intake.values, verdict.kind, terms)),
        ),
        down=tuple(terms.declared.down),
        because=arrival.placement.because,
        linked=arrival.linked_ref,
        monitor=_is_by_monitor(arrival),
    )


def _kind_bound(
    kind: str, found: str, intake: Intake, arrival: Arrival, terms: Terms, now: datetime
) -> tuple[Event, ...]:
    if not kind:
        return ()
    return (choosing.kind_set(kind, found, intake.values, terms, at=arrival.received_at, now=now),)


def _answers_to(sender: Person, arrival: Arrival) -> str:
    """Who gets what is written to the requester, where that is another; a monitor names nobody who reads."""
    instead = arrival.addressee.address
    return "" if _is_by_monitor(arrival) or instead == sender.address else instead


def _is_by_monitor(arrival: Arrival) -> bool:
    return arrival.message.robot is not None or arrival.placement.watched is not None


def _assessed(verdict: Verdict, arrival: Arrival, terms: Terms, now: datetime) -> SeverityAssessed:
    return assessed(verdict, terms.policy.severity, (arrival.received_at, now, DESK), model=terms.judge.version)


# --- on a case


def is_too_old(case: Case, arrival: Arrival, terms: Terms) -> bool:
    """An answer to what ended long ago, or holds nothing any more, opens a new case."""
    if case.active:
        return False
    until = reopens_until(case, terms.policy)
    return case.past or bool(case.of_type(CasePurged)) or (until is not None and arrival.received_at > until)


def _writes_on(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    wrote = choosing.followed(entry.came(CustomerWrote, arrival, now), case, arrival, terms)
    was_over, decided = not case.active, scope.exclusion_keys(case.events)
    has_it = calling.acknowledger(case, terms, now) if case.rank == 1 else None
    escalated = tuple(escalation.requested(arrival, terms, now, case=case))
    made = DecisionBuilder(case)
    made.happened(
        wrote,
        *entry.masked(arrival, now),
        *_sent_again(case, arrival, now),
        *scope.excluded_by_words(arrival, terms, now, decided=decided),
        *entry.not_read(arrival, now),
        *(_reopened(case, arrival, terms, now) if was_over else ()),
        *calling.again(case, arrival.received_at, terms, now, because="the customer wrote", reopened=was_over),
        *escalated,
        *participants.by_person_of_case(case, arrival, terms, now),
        *_assessed_at_last(case, arrival, terms, now),
    )
    added = details.given(made.case, arrival, terms, now)
    made.happened(*added.events)
    if any("version" in event.intake for event in added.events if isinstance(event, DetailsGiven)):
        made.happened(*scope.out_of_support(arrival, dict(made.case.intake), terms, now, decided=decided))
    suspected = _reassessed(made.case, arrival, added, terms, now)
    made.happened(*suspected)
    shown = CustomerMessageMail(reopened=was_over, changed=added.changed, proposed=added.proposed)
    made.drafts += (
        *(_open_again(made.case, arrival, terms) if was_over else ()),
        *entry.to_agents(shown, made.case, arrival, terms, also=[has_it]),
        *escalation.mails(case, made.case, escalated, arrival, terms),
        *suspicion.alarms(made.case, suspected, terms, now),
    )
    return made.decision(reply=arrival.message.reply)


def _reopened(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Iterator[Event]:
    """The case is open again, with the severity that the policy has for that."""
    reopened = CaseReopened(*entry.stamp(arrival, now), because="the customer wrote")
    yield replace(reopened, at=case.not_before(CaseReopened, reopened.at))
    key = terms.policy.lifecycle.reopened_as
    yield from _set_to(key, case.plan, case.severity, "it is opened again", arrival, terms, now)


def _sent_again(case: Case, arrival: Arrival, now: datetime) -> Iterator[Event]:
    """The customer's first mail without anything to mask, after the case was exempted for what was erased (LAI-11)."""
    if arrival.sensitive or all(one.key != PERSONAL_DATA for one in in_force(case.events)):
        return
    yield SentAgain(*entry.stamp(arrival, now), because="without what was erased: the clocks begin anew")


def _assessed_at_last(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> tuple[Event, ...]:
    """What an agent wrote to somebody said nothing of how bad it is: their first mail does."""
    if case.for_how != "copied" or case.of_type(CustomerWrote, SeveritySet):
        return ()
    said = terms.intake_of(arrival.message).values
    return (_assessed(terms.judged(arrival.message, said, others=arrival.others, plan=case.plan), arrival, terms, now),)


def _open_again(case: Case, arrival: Arrival, terms: Terms) -> tuple[Draft, ...]:
    """Who has opened a case again hears that it is; at most once between two closings, so that it feeds no loop."""
    sender, known = arrival.message.sender, terms.customer is not None
    if not sender or not (arrival.placement.verified or known):
        return ()
    to = case.addressee if sender.address == case.requester.address else sender
    if acknowledgment.nobody_to_answer(to.address, arrival, terms.mailbox.channel):
        return ()
    return (Draft(ReopenedMail(), to, arrival.key),)


def _reassessed(
    case: Case, arrival: Arrival, added: Details, terms: Terms, now: datetime
) -> tuple[RankOneSuspected, ...]:
    """A further mail can make a case look worse; what was said before of priority and environment is kept in mind."""
    said = terms.intake_of(arrival.message).values
    matrix = terms.policy.severity.matrix
    stated = {"priority", *(matrix.fields if matrix else ())}
    known = {key: value for key, value in case.intake if key not in stated}
    verdicts = (
        terms.judged(arrival.message, {**known, **said}, others=arrival.others, plan=case.plan),
        *([added.verdict] if added.verdict else []),
    )
    raised = (suspicion.raised(case, verdict, arrival, terms, now) for verdict in verdicts)
    return next(filter(None, raised), ())


def _writes_on_merged(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """The customer of a case that was merged into this one: their own clocks run, and the agent reads it here."""
    merged = terms.merged_case(arrival.through or 0)
    theirs = replace(merged.terms, judge=terms.judge)
    came = _writes_on(merged.case, arrival, theirs, now)
    case, events = merged_cases.heard(case, came, arrival, merged.case, now)
    was_over = any(isinstance(event, CaseReopened) for event in events)
    contents = (draft.content for draft in came.drafts)
    read = next((one for one in contents if isinstance(one, CustomerMessageMail)), CustomerMessageMail())
    content = CustomerMessageMail(
        reopened=was_over, through=merged.case.ref, changed=read.changed, proposed=read.proposed
    )
    drafts = entry.to_agents(content, case, arrival, terms, written_on=merged.case)
    came = replace(came, drafts=tuple(draft for draft in came.drafts if draft.kind != "customer-message"))
    return Decision(case, events, tuple(drafts), reply=arrival.message.reply, also=((came, theirs),))


# --- thanks, and how they found it


def thanks_us(case: Case, arrival: Arrival, thanks: Thanks, terms: Terms, now: datetime) -> Decision:
    """Nothing is opened again and no clock runs; the agent sees it, and may read it otherwise.

    Whose case it is says that it works: then nobody is called on who was. A From alone ends no call.
    """
    merged = terms.merged_case(arrival.through) if arrival.through else None
    wrote_on, theirs = (merged.case, merged.terms) if merged else (case, terms)
    well = thanks.confirms and arrival.placement.verified and calling.is_under_way(wrote_on) and not wrote_on.monitor
    called = entry.called(wrote_on, theirs) if well else ()
    event = replace(entry.came(CustomerThanked, arrival, now), confirms=thanks.confirms, ends_calls=well)
    events = (event, *participants.by_person_of_case(wrote_on, arrival, theirs, now))
    also = ((Decision(wrote_on.after(*events), events), theirs),) if merged else ()
    events = (event,) if merged else events
    case = case.after(*events)
    content = CustomerMessageMail(thanked=True, confirms=thanks.confirms, uncalled=well)
    drafts = tuple(entry.to_agents(content, case, arrival, terms, also=called, written_on=wrote_on))
    return Decision(case, events, drafts, reply=arrival.message.reply, also=also)


def _rates(case: Case, arrival: Arrival, grade: Grade, terms: Terms, now: datetime) -> Decision:
    """Decide what a rating does: it stands on the record."""
    comment = comment_in(arrival.message.reply, case.ref)
    event = CustomerRated(
        *entry.stamp(arrival, now),
        grade=grade,
        comment=comment[:_MOST],
        message_id=arrival.message.message_id,
        because=arrival.placement.because,
    )
    events = (event, *entry.masked(arrival, now))
    case = case.after(*events)
    drafts = tuple(_rating_mails(case, arrival, grade, comment, terms))
    return Decision(case, events, drafts, visibility="rating", reply=comment or arrival.message.reply)


def _rating_mails(case: Case, arrival: Arrival, grade: Grade, comment: str, terms: Terms) -> Iterator[Draft]:
    sender = arrival.message.sender
    if sender is None or not comment or (grade == "good" and arrival.thanks):
        return
    lead = [terms.team.lead] if terms.team.lead and grade == "bad" else []
    readers = {person.address: person for person in (*terms.keepers(case.assignee), *lead)}
    author = sender.name_or_address
    for person in readers.values():
        yield Draft(RatedMail(grade=grade), person, arrival.key, comment, author)
