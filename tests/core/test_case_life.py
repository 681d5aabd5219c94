"""Random lives of a case through `receive` and `tick`: the laws that hold whatever happens, in whatever order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.receive import receive
from helpdesk.core.tick import next_at, tick
from helpdesk.core.words.addressee import Addressee
from helpdesk.core.words.agent_text import AgentText
from helpdesk.core.words.case import case_from
from helpdesk.core.words.decision import Arrival
from helpdesk.core.words.events import BreachWithdrawn, ClockBreached, StepTaken
from helpdesk.core.words.message import Message, Robot
from helpdesk.core.words.people import Agent, Mailbox, Team
from helpdesk.core.words.placement import Placement
from helpdesk.core.words.terms import Terms
from helpdesk.offering.files import PolicyText, read_policy
from helpdesk.person import Person
from helpdesk.severity import SHIPPED
from helpdesk.thanks import thanks_in
from tests.soak import amount

POLICY = """
key = "all"
name = "All targets"
on_severity_change = "{rule}"

[plans.only]
name = "Only"
[regions.berlin]
calendar = "berlin"
[calendars.berlin]
timezone = "Europe/Berlin"
hours = "mon-fri 07:00-21:00"
holidays = {{ country = "DE" }}
[severities.s1]
rank = 1
name = "S1"
[severities.s2]
rank = 2
name = "S2"
[severities.s3]
rank = 3
name = "S3"
[targets.only.first_response]
s1 = {{ within = "1h", calendar = "24x7" }}
s2 = "4h"
s3 = "1bd"
[targets.only.follow_up]
s1 = {{ within = "2h", calendar = "24x7" }}
s2 = "8h"
[targets.only.resolution]
s1 = {{ within = "8h", calendar = "24x7" }}
s2 = "2bd"
s3 = "40h"
[classifier]
default = "s2"
[[ladder]]
at = "50%"
send = "warning"
to = ["assignee"]
[[ladder]]
at = "due"
send = "breach"
to = ["assignee", "lead"]
[[ladder]]
at = "due + 1h"
send = "escalation"
to = ["lead", "operators"]
[lifecycle]
reopen_within_days = 14
"""
POLICIES = {
    name: read_policy(PolicyText("all.toml", POLICY.format(rule=name)))
    for name in ("keep_consumed", "from_start", "restart")
}
ANN, BOB = Agent("Ann", "ann@desk.example"), Agent("Bob", "bob@desk.example")
MAILBOX = Mailbox("support@all.example", "all", "team")
TEAM = Team("team", (ANN, BOB), Person("lena@desk.example", "Lena"))
JO = Person("jo@acme.example", "Jo")
ORDERS = [
    "We look at it.",
    "#note\nHm.",
    "#severity s1",
    "#severity s2\nWe look at it.",
    "#severity s3 not so bad",
    "#wait",
    "#wait 12h\nWhich version?",
    "#wait 3d",
    "#resolve\nFixed.",
    "#close",
    "#reopen",
    "#assign bob",
    "#nonsense\nHello",
    "",
]
spans = st.one_of(
    st.sampled_from([timedelta(), timedelta(seconds=1), timedelta(hours=1), timedelta(days=3)]),
    st.integers(1, 4 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
)


class Life(RuleBasedStateMachine):
    """One case; time goes forward, mail is sometimes read late."""

    @initialize(
        at=st.sampled_from(["2026-03-27T15:10", "2026-04-02T16:00", "2026-10-23T20:00", "2026-12-30T12:00"]),
        name=st.sampled_from(sorted(POLICIES)),
        severity=st.sampled_from(["s1", "s2", "s3"]),
    )
    def opens(self, at, name, severity):
        self.now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        self.terms = Terms("Desk", POLICIES[name], MAILBOX, TEAM, SHIPPED, operators=(Person("ops@desk.example"),))
        self.mails = 0
        self.drafts = Counter()
        self.breaches = {}
        self.read_late = False
        self.case = None
        self.apply(receive(None, self.arrival(f"Priority: {severity}"), self.terms, self.now))

    def arrival(self, text, role="customer", received_at=None, robot=None):
        self.mails += 1
        sender = Person(ANN.address, ANN.name) if role == "agent" else JO
        message = Message(senders=(sender,), subject="x", text=text, reply=text, robot=robot)
        placement = Placement(1, role, "test", agent=ANN if role == "agent" else None, verified=True)
        own = AgentText(head=text) if role == "agent" else AgentText()
        at = received_at or self.now
        return Arrival(message, placement, at, f"mail/{self.mails}", Addressee(sender, sender), written=own)

    def apply(self, decision):
        before = self.case.events if self.case else ()
        assert decision.case.events == (*before, *decision.events), "the ledger only grows"
        case = case_from(1, decision.case.events)
        if self.case:
            assert decision.case == case, "a case is the fold of its ledger"
        self.case = case
        self.drafts.update((draft.key, draft.kind, draft.to.address) for draft in decision.drafts)

    def writes(self, text, role="customer", robot=None, received_at=None):
        arrival = self.arrival(text, role, received_at, robot)
        # Received before a breach that is on the record, or at its very instant: on the dot is on time.
        breaches = [event.at for event in self.case.of_type(ClockBreached)]
        self.read_late = self.read_late or arrival.received_at < self.now or self.now in breaches
        arrival = replace(arrival, thanks=thanks_in(self.case, arrival, self.terms))
        decision = receive(self.case, arrival, self.terms, self.now)
        if decision.outcome != "opened":  # too old to reopen: another case, which is not this story
            self.apply(decision)

    @rule(span=spans)
    def time_passes_unseen(self, span):
        """The desk is down."""
        self.now += span

    @rule(span=spans)
    def time_passes(self, span):
        until = self.now + span
        for _ in range(200):
            due = next_at(self.case, self.terms)
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            self.ticks()
        else:
            raise AssertionError("time does not advance")
        self.now = until

    @rule()
    def ticks(self):
        self.apply(tick(self.case, self.terms, self.now))
        due = next_at(self.case, self.terms)
        assert due is None or due > self.now, "after a tick nothing is due any more"

    @rule()
    def ticks_again(self):
        self.ticks()
        decision = tick(self.case, self.terms, self.now)
        assert (decision.events, decision.drafts) == ((), ()), "the same moment twice changes nothing"

    @rule()
    def customer_writes(self):
        self.writes("Any news?")

    @rule()
    def robot_writes(self):
        before = self.case
        self.writes("I am away", robot=Robot("vacation", "test"))
        assert [
            (clock.started_at, clock.due_at, clock.stopped_at) for clock in clocks(self.case, self.terms.policy)
        ] == [(clock.started_at, clock.due_at, clock.stopped_at) for clock in clocks(before, self.terms.policy)]
        assert self.case.status == before.status

    @rule(text=st.sampled_from(["Thank you!", "Thanks, it works now!"]))
    def customer_thanks(self, text):
        """It changes nothing, but for what may be the answer that is waited for."""
        before = self.case
        self.writes(text)
        if before.status != "waiting" or text == "Thank you!":
            assert clocks(self.case, self.terms.policy) == clocks(before, self.terms.policy)
            assert (self.case.status, self.case.status_since) == (before.status, before.status_since)

    @rule(text=st.sampled_from(ORDERS))
    def agent_writes(self, text):
        self.writes(text, role="agent")

    @precondition(lambda self: self.case is not None)
    @rule(text=st.sampled_from(["We look at it.", "#severity s3", "#close", "#wait 12h"]), late=spans)
    def agents_mail_is_read_late(self, text, late):
        self.writes(text, role="agent", received_at=max(self.case.opened_at, self.now - late))

    @invariant()
    def every_step_is_taken_once_and_every_mail_written_once(self):
        if getattr(self, "case", None) is None:
            return
        keys = [event.key for event in self.case.of_type(StepTaken)]
        assert len(keys) == len(set(keys))
        assert max(self.drafts.values(), default=0) <= 1

    @invariant()
    def what_the_ledger_says_of_breaches_is_what_the_clocks_show(self):
        if getattr(self, "case", None) is None:
            return
        last = {event.clock: event for event in self.case.of_type(ClockBreached, BreachWithdrawn)}
        standing = {clock: event.at for clock, event in last.items() if isinstance(event, ClockBreached)}
        shown = {clock.key: clock.breached_at(self.now) for clock in clocks(self.case, self.terms.policy)}
        for clock, at in standing.items():
            assert shown.get(clock) == at
        if not self.read_late:
            assert not self.case.of_type(BreachWithdrawn), "a breach that happened never vanishes"
            for clock, at in self.breaches.items():
                assert standing[clock] == at
            self.breaches = standing

    @invariant()
    def closed_cases_owe_nothing(self):
        if getattr(self, "case", None) is None or self.case.active or self.read_late:
            return
        assert not [clock for clock in clocks(self.case, self.terms.policy) if clock.state(self.now) == "running"]


# To make forty steps shorter takes minutes; a life is read as it was found.
_LIVES = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
TestCaseLife = Life.TestCase
TestCaseLife.settings = settings(_LIVES, max_examples=60, stateful_step_count=20)


@pytest.mark.slow
@pytest.mark.soak
class TestLongLives(Life.TestCase):
    settings = settings(_LIVES, max_examples=amount(30, 10_000), stateful_step_count=40)
