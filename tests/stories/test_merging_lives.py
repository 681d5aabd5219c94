"""Random lives of cases that are merged, split, linked and answered: the laws that hold in whatever order.

Every customer is of another company and says a word of their own. No mail to one of them holds a word, an address or
a case number of another one; both ledgers tell the whole case; nothing is in a circle; no mail is set aside.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import case_from
from helpdesk.store import spool
from tests.desk import ANN, BOB, JO, LENA, UTE, TestDesk
from tests.memory import in_memory, take_back
from tests.soak import amount

PAT = "pat@shop.example"  # nobody's customer
WORDS = {JO: "jos-word", UTE: "utes-word", PAT: "pats-word"}
ORDERS = (
    "#close\nDone.",
    "#resolve",
    "#wait 1d\nWhich version?",
    "#reopen",
    "#snooze 3h",
    "#severity urgent",
    "#note\nHopeless.",
    "#link HD-1",
    "#assign bob",
    "#kind question",
    "#ack",
)
CUSTOMERS, AGENTS = st.sampled_from(sorted(WORDS)), st.sampled_from([ANN, BOB, LENA])


class Lives(RuleBasedStateMachine):
    office = None  # what the operator wrote

    @initialize()
    def opens(self) -> None:
        self.desk = TestDesk(self.office, in_memory())
        self.owners: dict[str, str] = {}
        self.looked_at = 0
        self.a_customer_opens_a_case(JO)
        self.a_customer_opens_a_case(UTE)
        self.a_customer_opens_a_case(PAT)
        self.a_customer_answers_any_mail(UTE, 0, quote=False)

    # --- what people do

    @rule(who=CUSTOMERS)
    def a_customer_opens_a_case(self, who):
        if len(self.desk.case_numbers()) < 6:
            body = f"Priority: Medium\n\nNo rule fires. {WORDS[who]} {len(self.desk.case_numbers())}"
            self.desk.mail(
                who, "Rules", body, headers={"Message-ID": f"<{WORDS[who]}{self.desk.now:%H%M%S}@x.example>"}
            )

    @rule(who=CUSTOMERS, which=st.integers(0, 9), quote=st.booleans())
    def a_customer_answers_any_mail(self, who, which, quote):
        self._reply(who, f"It still fails, see {WORDS[who]}.", which, quote=quote)

    @rule(who=AGENTS, which=st.integers(0, 30), quote=st.booleans())
    def an_agent_answers_any_mail(self, who, which, quote):
        self._reply(who, "We are on it.", which, quote=quote)

    @rule(who=st.sampled_from([ANN, BOB]), which=st.integers(0, 5), into=st.integers(1, 4))
    def an_agent_merges(self, who, which, into):
        self._reply(who, f"#merge HD-{into}", which, to_kind="assigned")

    @rule(
        who=st.sampled_from([ANN, BOB]), which=st.integers(0, 5), text=st.sampled_from(["", "\nWe look at this apart."])
    )
    def an_agent_splits(self, who, which, text):
        if len(self.desk.case_numbers()) < 9:
            self._reply(who, f"#split{text}", which, to_kind="customer-message")

    @rule(
        who=AGENTS,
        which=st.integers(0, 30),
        order=st.sampled_from(ORDERS),
    )
    def an_agent_orders(self, who, which, order):
        self._reply(who, order, which)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours):
        self.desk.laboratory.advance(self.desk.now + timedelta(hours=hours), inclusive=True)

    def _reply(self, who, words, which, *, quote=False, to_kind=""):
        got = self.desk.sent_to(who, to_kind)
        if got:
            original = got[which % len(got)]
            self.desk.receive(self.desk.reply_to(original, who, words, quote=quote))

    # --- the laws

    @invariant()
    def nobody_learns_of_anybody(self):
        for mail in self.desk.sent[self.looked_at :]:
            self.looked_at += 1
            if mail.to not in WORDS:
                continue
            whole = (mail.raw + mail.text.encode() + mail.subject.encode()).decode(errors="replace")
            for other, word in WORDS.items():
                if other != mail.to:
                    assert word not in whole
                    assert other not in whole

    @invariant()
    def every_ledger_tells_its_case(self):
        for number in self.desk.case_numbers():
            case = self.desk.case(number)
            assert case_from(number, case.events) == case
            keys = [clock.key for clock in clocks(case, self.desk.rules.book.policy(case.policy))]
            assert len(keys) == len(set(keys))

    @invariant()
    def merging_leads_somewhere(self):
        found = {number: self.desk.case(number) for number in self.desk.case_numbers()}
        for number, case in found.items():
            last, seen = case, set()
            while last.merged_into:
                assert last.number not in seen
                seen.add(last.number)
                last = found[int(last.merged_into[3:])]
            if case.merged_into:
                assert number in last.merged
                assert case.snoozed is None

    @invariant()
    def a_merged_case_owes_nothing_once_the_other_one_is_over(self):
        for number in self.desk.case_numbers():
            case = self.desk.case(number)
            if not case.active:
                for merged in case.merged:
                    assert not self.desk.case(merged).active

    @invariant()
    def every_mail_is_somewhere(self):
        with self.desk.database.read() as connection:
            assert spool.quarantined(connection) == []

    def teardown(self) -> None:
        take_back()


def run(rules, *, examples: int, steps: int) -> None:
    Lives.office = rules
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Lives, settings=how)


def test_whatever_is_merged_and_split_nobody_is_shown_to_anybody(rules):
    """P01, A10"""
    run(rules, examples=4, steps=15)


@pytest.mark.slow
@pytest.mark.soak
def test_whatever_is_merged_and_split_nobody_is_shown_to_anybody_at_length(rules):
    """P01, A10"""
    run(rules, examples=amount(5, 200), steps=40)
