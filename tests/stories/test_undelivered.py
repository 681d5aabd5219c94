"""An answer that reaches nobody is none: its case says so, its agent hears, and it is the desk's turn again (law 14)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from helpdesk.desk import load_rules
from helpdesk.desk.order import TypedMail, order, write
from helpdesk.store import outbox
from helpdesk.unit import Units
from helpdesk.wires.courier import Failed, Outcome, Outgoing, Retry, no_mark
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, LOGIK, LOU, OPS, TestDesk, write_office
from tests.stories.test_robots_bounces import comes_back, report

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.core.words.people import Agent
    from helpdesk.desk.order import TypedOrders
    from helpdesk.unit import Unit

GATE = "support@gate.example"
NO_SUCH_USER = "RCPT: 550 5.1.1 no such user"
FULL = "451 4.2.2 the mailbox is full"


class Smarthost:
    """A smarthost that refuses some addresses, each with its words; the others get their mail."""

    def __init__(self, desk: TestDesk) -> None:
        self.refuses: dict[str, Outcome] = {}
        self._notebook = desk.laboratory.notebook
        self._takes = self._notebook.deliver
        self._notebook.deliver = self.deliver

    def deliver(self, mail: Outgoing, *, before_dot=no_mark) -> Outcome:
        refused = self.refuses.get(mail.recipient)
        return refused or self._takes(mail, before_dot=before_dot)


@pytest.fixture
def smarthost(desk) -> Smarthost:
    return Smarthost(desk)


def sends_again(desk: TestDesk) -> None:
    """An operator does, what was refused."""
    with desk.database.write() as connection:
        for row in outbox.rows(connection, states=("failed",)):
            outbox.retry_now(connection, row.id, desk.now)
    desk.laboratory.deliver()


def news(desk: TestDesk) -> str:
    """What Ann read last about a mail that did not arrive."""
    return " ".join(desk.last(ANN, "alert").text.split())


def clocks(desk: TestDesk, number: int = 1) -> list[tuple[str, str]]:
    return [(clock.target, clock.state(desk.now)) for clock in desk.clocks(number)]


@pytest.mark.parametrize(
    "words", [NO_SUCH_USER, "dot: 554 5.7.1 rejected as spam", "RCPT: 552 5.2.2 mailbox full", "RCPT: 550 go away"]
)
def test_an_answer_that_is_refused_at_once_is_no_answer(desk, smarthost, words):
    desk.mail(JO)
    smarthost.refuses[JO] = Failed(words)
    desk.at("2026-05-19 10:00")
    desk.reply(ANN, "We are on it.")

    assert desk.state() == "running"
    assert news(desk).startswith("Your reply stays in the team. Your answer reached nobody")
    assert words in news(desk)
    (lost,) = desk.events("answer_lost")
    assert lost.because == words
    assert desk.case().status == "open"
    assert f"undeliverable: {JO}" in desk.case().tags


def test_a_case_that_was_resolved_to_nobody_is_open_again(desk, smarthost):
    desk.mail(JO)
    smarthost.refuses[JO] = Failed(NO_SUCH_USER)
    desk.reply(ANN, "#resolve\nIt is fixed in 7.3.")

    assert desk.case().status == "open"
    assert "and the case is open again" in news(desk)
    assert desk.state() == "running"


def by_mail(desk: TestDesk, text: str) -> None:
    desk.reply(ANN, f"#resolve\n{text}")


def in_console(desk: TestDesk, text: str) -> None:
    _worked(desk, lambda unit, agent: write(unit, 1, agent, TypedMail("console/aB3-x_9-", ("#resolve",), text)))


def at_command_line(desk: TestDesk, text: str) -> None:
    _worked(desk, lambda unit, agent: order(unit, 1, agent, f"#resolve\n{text}"))


def _worked(desk: TestDesk, ordering: Callable[[Unit, Agent], TypedOrders]) -> None:
    with Units(desk.database, desk.rules).write(desk.now) as unit:
        ordering(unit, desk.rules.configuration.agent(ANN))
    desk.work()


@pytest.mark.parametrize("answered", [by_mail, in_console, at_command_line])
def test_whichever_way_an_answer_went_it_is_taken_back_and_counts_when_it_is_sent_after_all(desk, smarthost, answered):
    desk.mail(JO)
    smarthost.refuses[JO] = Failed(NO_SUCH_USER)
    answered(desk, "It is fixed in 7.3.")
    assert (desk.case().status, desk.state(), len(desk.events("answer_lost"))) == ("open", "running", 1)

    smarthost.refuses.clear()
    sends_again(desk)
    assert (desk.state(), len(desk.events("answer_arrived"))) == ("met", 1)


def test_a_wait_for_somebody_who_was_never_asked_is_over(desk, smarthost):
    desk.mail(JO)
    smarthost.refuses[JO] = Failed(NO_SUCH_USER)
    desk.reply(ANN, "#wait 3d\nWhich version is it?")

    assert desk.case().status == "open"


def test_an_end_without_a_word_stays_an_end(desk, smarthost):
    """Else a case whose customer has gone could never be closed."""
    desk.mail(JO)
    smarthost.refuses[JO] = Failed(NO_SUCH_USER)
    desk.reply(ANN, "#close")

    assert desk.case().status == "closed"
    assert "could not be delivered" in news(desk)


def test_the_way_out_is_another_address(desk, smarthost):
    desk.mail(JO)
    smarthost.refuses[JO] = Failed(NO_SUCH_USER)
    desk.reply(ANN, "We are on it.")
    desk.at("2026-05-19 10:30")
    desk.reply(ANN, f"#requester {KIM}\nWe are on it.", to_kind="alert")

    assert [mail.to for mail in desk.sent if mail.kind == "relay"] == [KIM]
    assert desk.state() == "met"


def test_where_one_of_them_gets_it_it_is_an_answer(desk, smarthost):
    desk.mail(JO, cc=KIM)
    smarthost.refuses[JO] = Failed(NO_SUCH_USER)
    desk.reply(ANN, "We are on it.")

    assert desk.state() == "met"
    assert desk.events("answer_lost") == []
    assert f"A mail of this case to {JO} could not be delivered" in news(desk)


def test_where_none_of_them_gets_it_the_last_refusal_says_so(desk, smarthost):
    desk.mail(JO, cc=KIM)
    smarthost.refuses |= {JO: Failed(NO_SUCH_USER), KIM: Failed(NO_SUCH_USER)}
    desk.reply(ANN, "We are on it.")

    assert desk.state() == "running"
    assert len(desk.events("answer_lost")) == 1


def test_an_answer_that_waited_for_three_days_and_was_given_up_is_none_either(desk, smarthost):
    desk.mail(JO)
    smarthost.refuses[JO] = Retry(FULL)
    desk.reply(ANN, "We are on it.")
    assert desk.state() == "met"

    desk.laboratory.advance(desk.now + timedelta(days=3, hours=2), inclusive=True)

    assert desk.state() == "breached"
    assert "Your answer reached nobody" in news(desk)
    assert f"undeliverable: {JO}" not in desk.case().tags


@pytest.fixture
def gate(story_databases, request, tmp_path) -> TestDesk:
    """A desk with an offering that promises follow-ups."""
    more = f'[[mailbox]]\naddress = "{GATE}"\npolicy = "logicgate"\nteam = "first line"\n'
    rules = load_rules(write_office(tmp_path, more=more), environment={}, signing_key=KEY)
    return TestDesk(rules, story_databases.of("memory", request))


def test_an_answer_that_comes_back_later_was_one_and_a_follow_up_runs(gate):
    gate.mail(LOU, to=GATE)
    gate.at("2026-05-19 09:45")
    gate.reply(ANN, "We are on it.")
    answer = gate.last(LOU, "relay")
    comes_back(gate, report(answer.envelope_from, about=LOU, action="delayed", status="4.4.1"), answer.envelope_from)
    assert ("follow_up", "running") not in clocks(gate)

    gate.at("2026-05-19 11:00")
    comes_back(gate, report(answer.envelope_from, about=LOU, status="4.4.7"), answer.envelope_from)

    assert clocks(gate)[0] == ("first_response", "met")
    assert ("follow_up", "running") in clocks(gate)
    assert "Your answer reached nobody" in news(gate)

    gate.reply(ANN, "Once more: we are on it.", to_kind="assigned")
    assert ("follow_up", "running") not in clocks(gate)


def test_what_comes_back_after_a_later_answer_arrived_changes_nothing(desk):
    desk.mail(JO)
    desk.reply(ANN, "We are on it.")
    first = desk.last(JO, "relay")
    desk.at("2026-05-19 11:00")
    desk.reply(ANN, "It is repaired.")
    comes_back(desk, report(LOGIK, returned=first.message.message_id), LOGIK)

    assert desk.events("answer_lost") == []


def test_a_second_report_about_the_same_answer_is_told_to_nobody(desk):
    desk.mail(JO)
    desk.reply(ANN, "We are on it.")
    answer = desk.last(JO, "relay")
    for status in ("5.1.1", "5.1.0"):
        comes_back(desk, report(answer.envelope_from, status=status), answer.envelope_from)

    assert desk.kinds_to(ANN).count("alert") == 1
    assert len(desk.events("answer_lost")) == 1


def test_a_case_whose_agent_is_not_reached_goes_to_somebody_else(desk, smarthost):
    smarthost.refuses[ANN] = Failed(NO_SUCH_USER)
    desk.mail(JO)

    assert desk.case().assignee == BOB
    handed = desk.last(BOB, "assigned")
    assert "Since this morning one rule does not fire." in handed.text
    assert desk.events("assigned")[-1].because == "the mail that gives it to Ann Berg does not arrive"


def test_a_case_that_no_agent_hears_of_goes_to_the_lead_and_then_to_nobody_again(desk, smarthost):
    smarthost.refuses |= {ANN: Failed(NO_SUCH_USER), BOB: Failed(NO_SUCH_USER)}
    desk.mail(JO)
    assert desk.case().assignee == LENA

    smarthost.refuses[LENA] = Failed(NO_SUCH_USER)
    desk.mail(KIM, "Another thing")
    assert len(desk.events("assigned", number=2)) == 3
    assert "a mail could not be sent" in desk.last(OPS, "alert").subject


def test_a_report_about_an_assignment_does_the_same(desk):
    desk.mail(JO)
    assigned = desk.last(ANN, "assigned")
    comes_back(desk, report(LOGIK, returned=assigned.message.message_id, about=ANN), LOGIK)

    assert desk.case().assignee == BOB


def test_an_acknowledgment_that_is_refused_is_told_and_the_case_goes_on(desk, smarthost):
    smarthost.refuses[JO] = Failed(NO_SUCH_USER)
    desk.mail(JO)

    assert f"A mail of this case to {JO} could not be delivered" in news(desk)
    assert desk.state() == "running"
    assert desk.events("answer_lost") == []


@pytest.mark.parametrize("text", ["We are on it.", "#resolve\nIt is fixed."])
def test_an_answer_that_is_sent_after_all_counts_from_then_on(desk, smarthost, text):
    """An operator has put right what was wrong, and sends it once more."""
    desk.mail(JO)
    smarthost.refuses[JO] = Failed(NO_SUCH_USER)
    desk.reply(ANN, text)
    assert desk.state() == "running"

    desk.at("2026-05-19 10:00")
    smarthost.refuses.clear()
    sends_again(desk)

    assert desk.state() == "met"
    assert desk.first_response().stopped_at == desk.now
    assert desk.case().status == "open"
    echo = desk.last(ANN, "echo").text.replace("\n", " ")
    assert f"your answer has gone to {JO} after all" in echo
    assert len(desk.events("answer_arrived")) == 1
