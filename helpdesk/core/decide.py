"""Everything that can happen to a case goes through `receive` and `tick`.

Both are pure: they are told what arrived, what applies and what time it is, and answer with a `Decision`. Writing
mail, storing and sending come after, and decide nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from helpdesk.core import lifecycle, progress, redaction
from helpdesk.core.clocks import calling, ladder, suspicion
from helpdesk.core.clocks.owed import with_owed
from helpdesk.core.clocks.timeline import clocks, waited_for
from helpdesk.core.clocks.turn import turn_of
from helpdesk.core.receive import (
    acknowledgment,
    behalf,
    copied,
    details,
    escalation,
    exclusion,
    held,
    merging,
    monitor,
    rating,
    scope,
    undelivered,
    unreadable_parts,
)
from helpdesk.core.receive.agent import agent_writes
from helpdesk.core.receive.orders import snooze, splitting
from helpdesk.core.staffing import assignment, relief
from helpdesk.core.words import enclosure
from helpdesk.core.words.case import DESK, case_from, open_case
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import (
    AckMail,
    AssignedMail,
    CustomerMessageMail,
    EchoMail,
    KnownProblem,
    MonitorMail,
    ReopenedMail,
    ShownMail,
    WaitOverMail,
)
from helpdesk.core.words.events import (
    AcknowledgmentDecided,
    AgentMailReturned,
    AnsweredElsewhere,
    BreachWithdrawn,
    CaseFlagged,
    CaseLinked,
    CaseOpened,
    CasePurged,
    CaseReopened,
    ClockBreached,
    CustomerThanked,
    CustomerWrote,
    EscalationRequested,
    Event,
    MailEvent,
    OutsiderWrote,
    PageAcknowledged,
    RankOneSuspected,
    RobotWrote,
    SeverityAssessed,
    SeveritySet,
    Stamp,
    WaitingSet,
)
from helpdesk.core.words.people import channel_key
from helpdesk.core.words.verdict import assessed
from helpdesk.offering.intake import missing
from helpdesk.offering.intake import read as read_intake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.core.clocks.clock import Clock
    from helpdesk.core.receive.details import Details
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival, Outcome, Returned
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.thanks import Thanks
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.core.words.watched import State
    from helpdesk.offering.intake import Intake
    from helpdesk.offering.policy import Doubt
    from helpdesk.person import Person

_MailEvent = TypeVar("_MailEvent", bound=MailEvent)


def receive(case: Case | None, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what a mail does. `case` is the one that the mail was placed on, None for a new one.

    `arrival.received_at` starts and stops clocks; `now` is when we decide. Both aware UTC.
    """
    if case is not None and arrival.placement.watched:
        decision = _monitor_tells(case, arrival, arrival.placement.watched.state, terms, now)
    elif case is not None and arrival.message.robot and arrival.thanks:  # a sign of thanks under a mail of ours
        decision = _customer_thanks(case, arrival, arrival.thanks, terms, now)
    elif arrival.message.robot and arrival.placement.role != "agent":
        decision = _robot_writes(case, arrival, terms, now)
    elif case is None and arrival.behalf:
        alone = _opened_by(arrival.behalf.requester, arrival, terms, now)
        decision = behalf.opened(alone, arrival.behalf, arrival, terms, now)
    elif case is None:
        decision = _open_for_support(arrival, terms, now)
    else:
        decision = _person_writes(case, arrival, terms, now)
    decision = _split_off(decision, arrival, now) if decision.split else decision
    if arrival.placement.role != "agent" and not arrival.behalf:  # who has just written is there
        decision = relief.relieve(decision, terms, now, because="somebody wrote on it")
    decision = merging.follow(case, decision, arrival, terms, now)
    also = tuple(
        (_on_the_record(replace(other, insists=decision.insists), others, now), others)
        for other, others in decision.also
    )
    told = progress.mails(case if decision.outcome == "appended" else None, decision.case, terms, arrival.key)
    decision = replace(decision, drafts=(*decision.drafts, *told), also=also)
    return _on_the_record(decision, terms, now)


def _person_writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """A person's mail on a case, by who they are there."""
    if arrival.placement.role == "agent":
        return _agent_writes(case, arrival, terms, now)
    if arrival.placement.role == "outsider":
        return _outsider_writes(case, arrival, terms, now)
    if arrival.placement.rating:
        return rating.rated(case, arrival, arrival.placement.rating, terms, now)
    if arrival.thanks:
        return _customer_thanks(case, arrival, arrival.thanks, terms, now)
    if _too_old_to_reopen(case, arrival, terms):
        return _open(replace(arrival, linked_ref=case.ref), terms, now)
    writes = _merged_customer_writes if arrival.through else _customer_writes
    return writes(case, arrival, terms, now)


def tick(case: Case, terms: Terms, now: datetime) -> Decision:
    """Decide what time alone changes by `now`: breaches, steps of the ladder, the end of a wait."""
    before = case
    over, reminders = _wait_over(case, terms, now)
    case = case.after(*over)  # first, because clocks that waited run again from then on
    found = clocks(case, terms.policy)  # who has the case moves none of them
    given, told = _relieved(case, terms, found, now)
    events, drafts = ladder.climb(case.after(*given), terms, found, now)
    lived, letters = lifecycle.live(case, terms, found, now)
    alarmed, alarms = suspicion.repeat(case, terms, now)
    awake, wake = snooze.over(case.after(*given, *lived), terms, now)
    events, drafts = (*given, *events, *lived, *alarmed, *awake), (*told, *drafts, *letters, *alarms, *wake)
    after = case.after(*events)
    decision = Decision(after, (*over, *events), (*reminders, *drafts))
    decision = relief.relieve(decision, terms, now, because="it is time to go on with it")
    news = progress.mails(before, decision.case, terms, f"time/{now:%Y%m%dT%H%M%SZ}")
    return _on_the_record(replace(decision, drafts=(*decision.drafts, *news)), terms, now)


def _relieved(
    case: Case, terms: Terms, found: Sequence[Clock], now: datetime
) -> tuple[tuple[Event, ...], tuple[Draft, ...]]:
    """When time runs out on a case whose agent cannot act (LGK-2)."""
    reached = ladder.reached_by(case, terms, found, now)
    if not reached:
        return (), ()
    due = min((rung.clock.due_at for rung in reached if rung.clock.due_at), default=None)
    return relief.running_out(case, terms, now, due_at=due)


def next_at(case: Case, terms: Terms, found: Sequence[Clock] = ()) -> datetime | None:
    """The earliest instant at which time alone changes something; None while nothing can.

    `found` are the clocks of the case where they are known.
    """
    found = found or clocks(case, terms.policy)
    instants = [rung.at for rung in ladder.outstanding(case, terms, found)]
    standing = case.breaches
    instants += [
        clock.told_late_from
        for clock in found
        if clock.told_late_from is not None and ladder.clock_key(clock) not in standing
    ]
    instants += [step.at for step in lifecycle.outstanding(case, terms, found)]
    wakes_at = case.snoozed.until if case.snoozed else None
    others = (_wait_ends_at(case), wakes_at, suspicion.repeats_at(case, terms))
    return min([*instants, *(at for at in others if at)], default=None)


# --- a new case


def _open_for_support(arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    if not terms.policy.is_support(arrival.sender):
        return Decision(None, outcome="ignored", because="its sender is not a support channel")
    because = held.why_held(arrival, terms)
    if because:
        return Decision(None, outcome="held", because=because)
    return _open(arrival, terms, now)


def _open(arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    # Who is not proven to have written it is shown and written to; where that is nobody, the agents hear so.
    sender = arrival.message.sender or arrival.addressee.author
    return _opened_by(sender, arrival, terms, now)


def _opened_by(sender: Person, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    intake = read_intake(arrival.message.reply, terms.policy.intake, subject=arrival.message.subject)
    plan = scope.plan_key(terms)
    verdict = terms.judged(arrival.message, intake.values, others=arrival.others, to=arrival.came_to, plan=plan)
    unclaimed = tuple(scope.unclaimed(sender, intake.values, verdict.kind, terms))
    doubts = (*scope.unentitled(arrival, terms), *unclaimed)
    opened = _opening(sender, arrival, terms, intake, verdict, now)
    found = _assessed(verdict, arrival, terms, now)
    wrote = _came(CustomerWrote, arrival, now)
    joined = tuple(copied.by_first_mail(arrival, terms, now))
    outside = tuple(scope.findings(arrival, verdict, terms, now))
    escalated = tuple(escalation.requested(arrival, terms, now))
    given = assignment.assign(terms, now)
    acknowledged = acknowledgment.decided(
        arrival,
        now,
        known=_is_known(arrival.addressee.address, terms),
        proven=arrival.placement.authenticated and _is_known(arrival.sender, terms),
        channel=terms.mailbox.channel,
    )
    events = (
        opened,
        found,
        wrote,
        *monitor.said(arrival, now, rank=verdict.rank),
        *redaction.flags(arrival, now),
        *held.doubts(arrival, now),
        *unreadable_parts.notes(arrival, now),
        *copied.answered_instead(opened.answers_to, arrival, now),
        *joined,
        *copied.unreachable(sender, joined, arrival, now),
        *outside,
        *escalated,
        *given,
        acknowledged,
    )
    suspected = suspicion.raised(open_case(opened).after(found), verdict, arrival, terms, now)
    events = (*events, *suspected)
    case = open_case(opened).after(*events[1:])
    if arrival.released_by:  # a person has just looked at it, and decides whom else it needs
        late = ladder.passed(case, terms, clocks(case, terms.policy), now)
        events, case, suspected = (*events, *late), case.after(*late), ()
    guessed = details.guesses(intake, intake.values, verdict.kind, terms.policy)
    written = acknowledged.sent or acknowledged.unwritable
    drafts = (
        *([_acknowledgment(case, arrival, terms, doubts)] if written else []),
        *_to_agents(AssignedMail(proposed=guessed), case, arrival, terms),
        *escalation.mails(None, case, escalated, arrival, terms),
        *suspicion.alarms(case, suspected, terms, now),
    )
    return Decision(case, events, drafts, outcome="opened", reply=arrival.message.reply)


def _opening(
    sender: Person, arrival: Arrival, terms: Terms, intake: Intake, verdict: Verdict, now: datetime
) -> CaseOpened:
    policy, customer, mailbox = terms.policy, terms.customer, terms.mailbox
    entitled = [doubt.said for doubt in scope.unentitled(arrival, terms)]
    return CaseOpened(
        *_stamp(arrival, now),
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
        intake=dict(intake.values),
        missing=tuple(missing(policy.intake, intake.values, verdict.kind)),
        tags=(*entitled, *(["unverified"] if arrival.placement.linked is not None else [])),
        unwarranted=(
            *entitled,
            *(doubt.said for doubt in scope.unclaimed(sender, intake.values, verdict.kind, terms)),
        ),
        down=tuple(terms.declared.down),
        because=arrival.placement.because,
        linked=arrival.linked_ref,
        monitor=arrival.message.robot is not None or arrival.placement.watched is not None,
    )


def _answers_to(sender: Person, arrival: Arrival) -> str:
    """Who gets what is written to the requester, where that is another; a monitor names nobody who reads."""
    instead = arrival.addressee.address
    a_monitor = arrival.message.robot is not None or arrival.placement.watched is not None
    return "" if a_monitor or instead == sender.address else instead


def _is_known(address: str, terms: Terms) -> bool:
    """Whether an address is of the customer whose mail it is: one that is not may be anybody's (threat L05)."""
    return terms.customer is not None and terms.customer.includes(address)


def _acknowledgment(case: Case, arrival: Arrival, terms: Terms, doubts: Sequence[Doubt]) -> Draft:
    content = AckMail(
        # An address that we do not know may be forged: it gets none of the mail's own words back (threat L05).
        known=_is_known(case.addressee.address, terms),
        declared=tuple(_problem(event) for event in case.of_type(CaseFlagged) if event.say),
        escalated=bool(case.of_type(EscalationRequested)),
        follows=arrival.linked_ref if arrival.placement.linked is None else "",
        doubts=tuple(doubts),
    )
    return Draft(content, case.addressee, arrival.key)


def _problem(flagged: CaseFlagged) -> KnownProblem:
    return KnownProblem(flagged.name or flagged.say, datetime.fromisoformat(flagged.until) if flagged.until else None)


def _split_off(decision: Decision, arrival: Arrival, now: datetime) -> Decision:
    """Make a case of a customer's mail on another one, in the same transaction."""
    case, piece, order = decision.case, arrival.piece, decision.split
    if case is None or piece is None or order is None:
        raise ValueError("an order to split and what it is about were expected")
    came = splitting.of_its_people(piece, case, order.subject)
    alone = _open(came, piece.terms, now)
    events = tuple(splitting.began(alone.events, case, arrival, order, now))
    new = case_from(piece.number, events)
    drafts = (
        *_to_agents(AssignedMail(split_from=case.ref), new, came, piece.terms),
        *splitting.answers(new, arrival, order),
    )
    opened = Decision(new, events, drafts, outcome="opened", reply=order.text, moves=came.number)
    if new.assignee not in order.agent.addresses:
        opened = relief.relieve(opened, piece.terms, now, because="")
    return replace(decision, also=(*decision.also, (opened, piece.terms)))


# --- on a case


def _agent_writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    decision = agent_writes(case, arrival, terms, now)
    if decision.case is None or not decision.case.unconfirmed or not decision.case.active:
        return decision  # what was called spam stays what it was
    if any(isinstance(event, AgentMailReturned) and event.notice for event in decision.events):
        return decision  # a program confirms nothing
    spoken = any(draft.audience == "customer" for draft in decision.drafts)
    if not spoken and behalf.denies(decision.reply):
        return replace(decision, drafts=(*decision.drafts, *behalf.asked_again(arrival)))
    came = confirm(decision.case, arrival, terms, now, spoken=spoken)
    return replace(
        decision,
        case=came.case,
        events=(*decision.events, *came.events),
        drafts=(*came.drafts, *decision.drafts),
    )


def confirm(case: Case, arrival: Arrival, terms: Terms, now: datetime, *, spoken: bool = False) -> Decision:
    """Decide what follows from that an agent did open a case for somebody; `spoken`: they get a word of the agent."""
    told = behalf.confirmed(case, arrival.received_at, now, arrival.sender)
    owed = any(event.because == behalf.NOT_CONFIRMED for event in case.of_type(AcknowledgmentDecided))
    drafts: tuple[Draft, ...] = ()
    if owed and not spoken and case.addressee.address:
        told = (*told, AcknowledgmentDecided(now, now, DESK, sent=True, because=""))
        doubts = scope.unentitled(arrival, terms)
        drafts = (_acknowledgment(case, arrival, terms, tuple(doubts)),)
    return Decision(case.after(*told), told, drafts)


def _customer_writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    events: list[Event] = [_came(CustomerWrote, arrival, now), *redaction.flags(arrival, now)]
    events += redaction.sent_again(case, arrival, now)
    events += exclusion.proposed(arrival, terms, now, decided=exclusion.keys(case.events))
    events += unreadable_parts.notes(arrival, now)
    was_over = not case.active
    if was_over:
        reopened = CaseReopened(*_stamp(arrival, now), because="the customer wrote")
        events.append(replace(reopened, at=case.not_before(CaseReopened, reopened.at)))
    events += calling.again(case, arrival.received_at, terms, now, reopened=was_over)
    has_it = calling.acknowledger(case, terms, now) if case.rank == 1 else None
    before, escalated = case, tuple(escalation.requested(arrival, terms, now, case=case))
    events += escalated
    events += copied.by_person_of_case(case, arrival, terms, now)
    events += _assessed_at_last(case, arrival, terms, now)
    added = details.given(case.after(*events), arrival, terms, now)
    events += added.events
    case = case.after(*events)
    suspected = _reassessed(case, arrival, added, terms, now)
    case = case.after(*suspected)
    drafts = (
        *(_open_again(case, arrival, terms) if was_over else ()),
        *_to_agents(
            CustomerMessageMail(reopened=was_over, changed=added.changed, proposed=added.proposed),
            case,
            arrival,
            terms,
            also=has_it,
        ),
        *escalation.mails(before, case, escalated, arrival, terms),
        *suspicion.alarms(case, suspected, terms, now),
    )
    return Decision(case, (*events, *suspected), drafts, reply=arrival.message.reply)


def _assessed(verdict: Verdict, arrival: Arrival, terms: Terms, now: datetime) -> SeverityAssessed:
    return assessed(verdict, terms.policy.severity, (arrival.received_at, now, DESK), model=terms.judge.version)


def _assessed_at_last(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> tuple[Event, ...]:
    """What an agent wrote to somebody said nothing of how bad it is: their first mail does."""
    if case.for_how != "copied" or case.of_type(CustomerWrote, SeveritySet):
        return ()
    said = read_intake(arrival.message.reply, terms.policy.intake, subject=arrival.message.subject).values
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


def _merged_customer_writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """The customer of a case that was merged into this one: their own clocks run, and the agent reads it here."""
    merged = terms.merged_case(arrival.through or 0)
    theirs = replace(merged.terms, judge=terms.judge)
    came = _customer_writes(merged.case, arrival, theirs, now)
    case, events = merging.heard(case, came, arrival, merged.case, now)
    was_over = any(isinstance(event, CaseReopened) for event in events)
    contents = (draft.content for draft in came.drafts)
    read = next((one for one in contents if isinstance(one, CustomerMessageMail)), CustomerMessageMail())
    content = CustomerMessageMail(
        reopened=was_over, through=merged.case.ref, changed=read.changed, proposed=read.proposed
    )
    drafts = _to_agents(content, case, arrival, terms)
    came = replace(came, drafts=tuple(draft for draft in came.drafts if draft.kind != "customer-message"))
    return Decision(case, events, tuple(drafts), reply=arrival.message.reply, also=((came, theirs),))


def _customer_thanks(case: Case, arrival: Arrival, thanks: Thanks, terms: Terms, now: datetime) -> Decision:
    """Nothing is opened again and no clock runs; the agent sees it, and may read it otherwise."""
    event = replace(_came(CustomerThanked, arrival, now), confirms=thanks.confirms)
    if not arrival.through:
        events = (event, *copied.by_person_of_case(case, arrival, terms, now))
        return _thanked(case, events, arrival, thanks, terms)
    merged = terms.merged_case(arrival.through)
    events = (event, *copied.by_person_of_case(merged.case, arrival, merged.terms, now))
    came = Decision(merged.case.after(*events), events)
    return replace(_thanked(case, (event,), arrival, thanks, terms), also=((came, merged.terms),))


def _thanked(case: Case, events: tuple[Event, ...], arrival: Arrival, thanks: Thanks, terms: Terms) -> Decision:
    case = case.after(*events)
    content = CustomerMessageMail(thanked=True, confirms=thanks.confirms)
    drafts = _to_agents(content, case, arrival, terms)
    return Decision(case, events, tuple(drafts), reply=arrival.message.reply)


def _reassessed(
    case: Case, arrival: Arrival, added: Details, terms: Terms, now: datetime
) -> tuple[RankOneSuspected, ...]:
    """A further mail can make a case look worse; what was said before of priority and environment is kept in mind."""
    said = read_intake(arrival.message.reply, terms.policy.intake, subject=arrival.message.subject).values
    matrix = terms.policy.severity.matrix
    stated = {"priority", *(matrix.fields if matrix else ())}
    known = {key: value for key, value in case.intake if key not in stated}
    verdicts = (
        terms.judged(arrival.message, {**known, **said}, others=arrival.others, plan=case.plan),
        *([added.verdict] if added.verdict else []),
    )
    raised = (suspicion.raised(case, verdict, arrival, terms, now) for verdict in verdicts)
    return next(filter(None, raised), ())


def _outsider_writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    staff = arrival.placement.told or arrival.placement.agent is not None
    wrote = replace(_came(OutsiderWrote, arrival, now), staff=staff)
    events: list[Event] = [wrote, *redaction.flags(arrival, now)]
    sender = arrival.message.sender
    heard = arrival.placement.told and arrival.sender in ladder.called(case)
    if heard:
        events.append(PageAcknowledged(*_stamp(arrival, now), because="somebody who was told wrote"))
    case = case.after(*events)
    drafts = _to_agents(CustomerMessageMail(), case, arrival, terms)
    if heard and sender is not None:
        drafts.append(Draft(EchoMail(done=("acknowledged: nobody else is called",)), sender, arrival.key))
    return Decision(case, tuple(events), tuple(drafts), visibility="unverified", reply=arrival.message.reply)


def answered_elsewhere(case: Case, became: str, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what it means for a case that somebody unverified named it and got a case of their own, `became`.

    Where it is the customer's turn it may be their answer, from another address: who waits for it sees it.
    """
    if not case.active or turn_of(case).whose != "customer":
        return Decision(case)
    event = replace(_came(AnsweredElsewhere, arrival, now), case=became)
    events = (event, CaseLinked(arrival.received_at, now, DESK, to=became))
    after = case.after(*events)
    content = CustomerMessageMail(unverified=True, outsider=True, became=became)
    drafts = _to_agents(content, after, arrival, terms)
    decision = relief.relieve(
        Decision(after, events, tuple(drafts)), terms, now, because="somebody may have answered it from another address"
    )
    return merging.follow(case, decision, arrival, terms, now)


def _robot_writes(case: Case | None, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    robot = arrival.message.robot
    because = robot.why if robot else ""
    if case is None:
        if terms.mailbox.channel == "monitoring" and robot and robot.kind != "own-mail":
            return _open(arrival, terms, now)
        return Decision(None, outcome=robot_outcome(arrival.message), because=because)
    events: list[Event] = [replace(_came(RobotWrote, arrival, now), because=because)]
    back, drafts = arrival.returned, tuple[Draft, ...]()
    if back is not None:
        came = undelivered.happened(case, back, terms, at=arrival.received_at, now=now)
        drafts = tuple(undelivered.mails(came, case.after(*came), back, terms))
        events += came
    case = case.after(*events)
    outcome = robot_outcome(arrival.message)
    return Decision(case, tuple(events), drafts, outcome=outcome, visibility="robot", because=because)


def hand_on(case: Case, terms: Terms, now: datetime) -> Decision:
    """Decide who has the case of somebody who is no agent of its team any more, or whose absence has begun."""
    there = terms.team.agent(case.assignee)
    decision = relief.leaves(case, terms, now) if there else relief.departed(case, terms, now)
    also = tuple((Decision(one.case.after(*decision.events), decision.events), one.terms) for one in terms.merged)
    news = progress.mails(case, decision.case, terms, f"handed/{now:%Y%m%dT%H%M%SZ}")
    return _on_the_record(replace(decision, drafts=(*decision.drafts, *news), also=also), terms, now)


def did_not_arrive(case: Case, back: Returned, terms: Terms, now: datetime) -> Decision:
    """Decide what follows from a mail of a case that was refused, or given up."""
    events = undelivered.happened(case, back, terms, at=now, now=now)
    after = case.after(*events)
    decision = Decision(after, events, tuple(undelivered.mails(events, after, back, terms)))
    decision = relief.relieve(decision, terms, now, because="a mail of ours did not arrive")
    return _on_the_record(decision, terms, now)


def arrived_after_all(case: Case, answer: str, recipient: str, terms: Terms, now: datetime) -> Decision:
    """Decide what follows from an answer that was lost and is sent after all."""
    events, told = undelivered.arrived(case, answer, recipient, terms, now)
    return _on_the_record(Decision(case.after(*events), events, (told,) if told else ()), terms, now)


def _monitor_tells(case: Case, arrival: Arrival, state: State, terms: Terms, now: datetime) -> Decision:
    """The monitor that this case came of tells more of it; of what is over it can only say that it has recovered."""
    if _too_old_to_reopen(case, arrival, terms) or not (case.active or state == "recovered"):
        return _open(replace(arrival, linked_ref=case.ref), terms, now)
    verdict = terms.judged(arrival.message, {}, others=arrival.others, plan=case.plan)
    news = monitor.news(case, state, verdict.rank) if case.active else ""
    events = [*monitor.said(arrival, now, rank=verdict.rank), *redaction.flags(arrival, now)]
    events += monitor.ended(case, arrival, terms, now) if news == "recovered" else ()
    case = case.after(*events)
    suspected = suspicion.raised(case, verdict, arrival, terms, now) if news in {"again", "worse"} else ()
    case = case.after(*suspected)
    drafts = _to_agents(MonitorMail(news=news), case, arrival, terms) if news else []
    drafts += suspicion.alarms(case, suspected, terms, now)
    because = arrival.placement.because
    events += suspected
    return Decision(
        case, tuple(events), tuple(drafts), visibility="robot", reply=arrival.message.reply, because=because
    )


def robot_outcome(message: Message) -> Outcome:
    """What becomes of a mail that no person wrote, where it makes no case."""
    kind = message.robot.kind if message.robot else ""
    return "loop" if kind == "own-mail" else "bounce" if kind.startswith("bounce") else "robot"


def _to_agents(
    content: ShownMail, case: Case, arrival: Arrival, terms: Terms, *, also: Agent | None = None
) -> list[Draft]:
    """A mail to those who keep the case, and to whom else has it at hand."""
    sender, placement = arrival.message.sender, arrival.placement
    opens, outside = isinstance(content, AssignedMail), placement.role == "outsider"
    unverified = (outside and not placement.told) or "unverified" in case.tags
    content = replace(
        content,
        trust=placement.because,
        unverified=content.unverified or unverified,
        outsider=content.outsider or (outside and not opens),
        sender=sender.address if sender else "",
        attached=tuple(enclosure.told(arrival.message)),
        folded=arrival.folded,
    )
    text = arrival.message.text if opens else arrival.message.reply
    wrote = sender or arrival.addressee.author
    author = wrote.name or wrote.address or "unknown sender"
    files = enclosure.enclosures(arrival.message, arrival.number)
    return [
        Draft(content, person, arrival.key, text, author, files, shows=(arrival.number,))
        for person in dict.fromkeys((*terms.keepers(case.assignee), *([also.person] if also else [])))
    ]


def _too_old_to_reopen(case: Case, arrival: Arrival, terms: Terms) -> bool:
    """An answer to what ended long ago, or holds nothing any more, opens a new case."""
    window = terms.policy.lifecycle.reopen_within
    if case.active or case.status_since is None:
        return False
    if case.of_type(CasePurged):
        return True
    return window is not None and arrival.received_at - case.status_since > window


# --- the ledger


def _on_the_record(decision: Decision, terms: Terms, now: datetime) -> Decision:
    """Record each breach that has happened by `now`, and withdraw one that a mail received in time undoes.

    The clocks are read here for all that follows, and what is owed goes with the drafts.
    """
    decision = monitor.spared(decision)
    case = decision.case
    if case is None:
        return decision
    standing = case.breaches
    found = clocks(case, terms.policy)
    shown = {ladder.clock_key(clock): clock for clock in found}
    events: list[Event] = []
    for key, clock in shown.items():
        late = clock.breached_at(now)
        if late is not None and key not in standing:
            events.append(ClockBreached(late, now, DESK, clock=key, target=clock.target))
    for key, at in standing.items():
        undone = key not in shown or shown[key].breached_at(now) is None
        # Time alone never takes a breach back: what was received before it, and read after it, does.
        if undone and any(event.at <= at for event in decision.events):
            what = "answered" if key not in shown or shown[key].stopped_at else "changed"
            because = f"{what} in time, and read late"
            events.append(BreachWithdrawn(now, now, DESK, clock=key, because=because))
    case, drafts = case.after(*events), with_owed(decision.drafts, case, terms, now, found)
    return replace(decision, case=case, events=(*decision.events, *events), drafts=drafts, clocks=found)


def _wait_ends_at(case: Case) -> datetime | None:
    if case.status != "waiting" or case.status_since is None:
        return None
    seconds = case.of_type(WaitingSet)[-1].seconds
    return case.status_since + timedelta(seconds=seconds) if seconds else None


def _wait_over(case: Case, terms: Terms, now: datetime) -> tuple[tuple[Event, ...], tuple[Draft, ...]]:
    """The end of a wait that was set for a span: the case is open again, and its agent hears of it."""
    ends_at = _wait_ends_at(case)
    if ends_at is None or ends_at > now:
        return (), ()
    event = CaseReopened(ends_at, now, DESK, because="the wait is over")
    # A merged case waits together with the one that took its place, whose agent is told.
    agent = None if case.merged_into else terms.team.agent(case.assignee)
    key = f"wait/{ends_at:%Y%m%dT%H%M%SZ}"
    content = WaitOverMail(waited_for=waited_for(case.of_type(WaitingSet)[-1]))
    drafts = (Draft(content, agent.person, key),) if agent else ()
    return (event,), drafts


def _stamp(arrival: Arrival, now: datetime) -> Stamp:
    """Of what the sender of a mail does."""
    return arrival.received_at, now, arrival.sender


def _came(kind: type[_MailEvent], arrival: Arrival, now: datetime) -> _MailEvent:
    """That this mail came, as an event of that kind."""
    message, because = arrival.message, arrival.placement.because
    return kind(*_stamp(arrival, now), message_id=message.message_id, subject=message.subject, because=because)
