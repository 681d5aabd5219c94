"""Whose turn it is after an answer, what a customer hears who stays silent, and who waits for a third party."""

from __future__ import annotations

import pytest

from helpdesk.core.clocks.overview import overview
from helpdesk.core.clocks.timeline import clocks, heard_events
from helpdesk.core.clocks.turn import turn_of
from helpdesk.core.words.case import case_from
from helpdesk.core.words.events import AgentAnswered, AnswerLost
from helpdesk.desk import load_rules
from helpdesk.report.shapes import case_shape
from tests.console import card
from tests.desk import ANN, BOB, JO, KEY, KIM, STRANGER, TestDesk, wall, write_office
from tests.memory import in_memory
from tests.stories.test_customers import said

# Mon-Fri 9-17 in Berlin, with Germany's holidays, and a promise of each kind.
POLICY = """
key = "logik"
name = "Mill"
languages = ["en", "de"]
{top}
[plans.standard]
name = "Standard"
{plan}
[plans.premier]
name = "Premier"
[regions.central]
calendar = "berlin"
[regions.emea]
calendar = "berlin"
[calendars.berlin]
timezone = "Europe/Berlin"
hours = "mon-fri 09:00-17:00"
holidays = {{ country = "DE" }}
[calendars.always]
timezone = "Europe/Berlin"
hours = "24x7"
[severities.urgent]
rank = 1
name = "Urgent"
[severities.normal]
rank = 2
name = "Normal"
{targets}
[classifier]
default = "normal"
stated = "initial"
[[intake]]
key = "priority"
label = "Priority"
aliases = ["priority"]
required = false
[lifecycle]
{lifecycle}
[[example]]
at = 2026-05-19T09:00:00+02:00
severity = "normal"
due = 2026-05-19T17:00:00+02:00
why = "a day"
"""
FIRST = '[targets.standard.first_response]\nurgent = "1h"\nnormal = "8h"\n'
FOLLOW = '[targets.standard.follow_up]\nurgent = "1h"\nnormal = "8h"\n'
RESOLUTION = '[targets.standard.resolution]\nurgent = "24h"\nnormal = "40h"\n'
WAIT = "remind_after_days = 3\nclose_after_days = 4\n"
TURN = 'turn_remind_after = "4bd"\nturn_close_after = "4bd"\n'
ZONE = "Europe/Berlin"
ASKED = "Some orders show a wrong sum."
QUESTION = "Which version do you run?"


@pytest.fixture
def mill(tmp_path):
    """A desk in Berlin, with these lines in its policy."""

    def make(*, targets=FIRST + FOLLOW, lifecycle=WAIT, top="", plan="", start="2026-05-26 10:00"):
        (tmp_path / "policies").mkdir(exist_ok=True)
        text = POLICY.format(targets=targets, lifecycle=lifecycle, top=top, plan=plan)
        (tmp_path / "policies" / "logik.toml").write_text(text, encoding="utf-8")
        path = write_office(tmp_path)
        path.write_text(path.read_text().replace("[desk]\n", '[desk]\npolicies = "policies"\n'), encoding="utf-8")
        desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), in_memory())
        desk.at(start, ZONE)
        return desk

    return make


def goes(desk, *steps):
    """Let a correspondence happen: (when, who, words), to the newest mail that they got."""
    for when, who, words in steps:
        desk.at(when, ZONE)
        if who == JO and not desk.case_numbers():
            desk.mail(JO, "Sums", words)
        else:
            desk.reply(who, words, to_kind="assigned" if who == ANN else "")


def turn(desk, number=1):
    """Whose turn the queue shows, and since when on the wall."""
    shape = case_shape(desk.case(number), desk.rules.book.policy("logik"), [], desk.now)
    return shape["turn"], shape["turn_since"]


def since(text):
    return wall(text, ZONE).isoformat()


# --- the turn


TURNS = [
    ([(JO, ASKED)], "desk", 0),
    ([(JO, ASKED), (ANN, QUESTION)], "customer", 1),
    ([(JO, ASKED), (ANN, QUESTION), (ANN, "Or tell us the number of the build.")], "customer", 1),
    ([(JO, ASKED), (ANN, QUESTION), (JO, "It is 7.2.")], "desk", 2),
    ([(JO, ASKED), (JO, "And it is urgent for us.")], "desk", 0),
    ([(JO, ASKED), (ANN, "#note\nI have seen this before.")], "desk", 0),
    ([(JO, ASKED), (ANN, "#severity urgent")], "desk", 0),
    ([(JO, ASKED), (ANN, "#wait")], "customer", 1),
    ([(JO, ASKED), (ANN, QUESTION), (ANN, "#wait 5d")], "customer", 1),
    ([(JO, ASKED), (ANN, "#wait vendor\nWe have asked the maker.")], "vendor", 1),
    ([(JO, ASKED), (ANN, "#wait vendor"), (ANN, "They are at it, we keep you posted.")], "vendor", 1),
    ([(JO, ASKED), (ANN, "#wait vendor"), (JO, "Any news?")], "desk", 2),
    ([(JO, ASKED), (ANN, "#wait vendor"), (JO, "Any news?"), (ANN, "Not yet.")], "customer", 3),
    ([(JO, ASKED), (ANN, "#wait vendor"), (ANN, "#wait\nPlease send us the file.")], "customer", 2),
    ([(JO, ASKED), (ANN, QUESTION), (JO, "Thanks!")], "customer", 1),
    ([(JO, ASKED), (ANN, "#resolve\nPlease try again.")], "nobody", 1),
    ([(JO, ASKED), (ANN, "#resolve\nPlease try again."), (JO, "It is still wrong.")], "desk", 2),
    ([(JO, ASKED), (ANN, "#close"), (ANN, "#reopen")], "desk", 2),
]


@pytest.mark.parametrize(("mails", "whose", "since_mail"), TURNS)
def test_the_turn_is_theirs_whom_the_last_word_was_to(mill, mails, whose, since_mail):
    desk = mill()
    hours = [f"2026-05-26 {10 + number}:00" for number in range(len(mails))]
    goes(desk, *((hour, who, words) for hour, (who, words) in zip(hours, mails, strict=True)))

    assert turn(desk) == (whose, since(hours[since_mail]))


def test_a_turn_stops_no_clock_and_is_shown_everywhere(mill):
    desk = mill(targets=FIRST + FOLLOW + RESOLUTION)
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, QUESTION))
    policy = desk.rules.book.policy("logik")

    assert [clock.state(desk.now) for clock in desk.clocks() if clock.target == "resolution"] == ["running"]
    assert desk.case().status == "open"
    assert card(desk, desk.case()).turn.startswith("Customer's turn")
    assert [line.turn for line in overview([(desk.case(), policy)], desk.now).lines] == ["customer"]
    desk.reply(ANN, "#note\nI have seen this before.", to_kind="assigned")
    assert "Turn: the customer's since Tue 26 May 2026, 11:00 CEST" in said(desk.last(ANN))


def test_an_answer_that_never_left_leaves_the_turn_with_the_desk(mill):
    desk = mill()
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, QUESTION))
    case = desk.case()
    key = case.of_type(AgentAnswered)[0].key
    lost = AnswerLost(desk.now, desk.now, "desk", key=key, left=False)
    after = case.after(lost)
    assert (turn_of(after).whose, turn_of(after).since) == ("desk", case.opened_at)
    assert "agent_answered" not in {event.type for event in heard_events(after)}


# --- a customer who is silent, business days

SILENCES = {
    # when we ask, reminded, closed
    "before Christmas": ("2026-12-23 16:00", "2026-12-29 16:00", "2027-01-05 16:00"),
    "on a Friday": ("2026-05-29 11:00", "2026-06-03 11:00", "2026-06-09 11:00"),
    "on a Saturday": ("2026-05-30 11:00", "2026-06-03 17:00", "2026-06-09 17:00"),
    "at night": ("2026-05-26 21:00", "2026-05-29 17:00", "2026-06-04 17:00"),
    "before Whitsun": ("2026-05-21 09:30", "2026-05-27 09:30", "2026-06-02 09:30"),
}


@pytest.mark.parametrize(("asked", "reminded", "closed"), SILENCES.values(), ids=SILENCES)
def test_reminder_and_closing_of_a_wait_fall_on_business_days(mill, asked, reminded, closed):
    desk = mill(start=asked[:10] + " 09:00")
    desk.mail(JO, "Sums", ASKED)
    goes(desk, (asked, ANN, f"#wait\n{QUESTION}"))
    desk.at("2027-01-15 12:00", ZONE)

    assert [mail.at for mail in desk.sent_to(JO, "reminder")] == [wall(reminded, ZONE)]
    assert [mail.at for mail in desk.sent_to(JO, "closed")] == [wall(closed, ZONE)]


def test_a_plan_that_is_served_around_the_clock_counts_every_day(mill):
    desk = mill(plan='calendar = "always"', start="2026-05-29 10:00")
    desk.mail(JO, "Sums", ASKED)
    goes(desk, ("2026-05-29 11:00", ANN, f"#wait\n{QUESTION}"))
    desk.at("2026-06-30 12:00", ZONE)

    assert [mail.at for mail in desk.sent_to(JO, "reminder")] == [wall("2026-06-01 11:00", ZONE)]


def test_a_turn_is_recomputed_from_the_ledger(mill):
    desk = mill(targets=FIRST + FOLLOW + RESOLUTION, top='pauses = ["vendor"]')
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, "#wait vendor 2d\nWe have asked the maker."))
    case, policy = desk.case(), desk.rules.book.policy("logik")
    again = case_from(case.number, case.events)

    assert (again, turn_of(again)) == (case, turn_of(case))
    assert clocks(again, policy) == desk.clocks()


def test_a_silent_customer_whose_turn_it_is_reads_the_question_again_and_then_a_greeting(mill):
    desk = mill(lifecycle=TURN)
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, f"Hello Jo,\n\n{QUESTION}"))
    desk.at("2026-06-30 12:00", ZONE)

    reminder, closing = desk.last(JO, "reminder"), desk.last(JO, "closed")
    assert (reminder.at, closing.at) == (wall("2026-06-01 11:00", ZONE), wall("2026-06-05 11:00", ZONE))
    assert f"> {QUESTION}" in reminder.text
    assert "have not heard from you since" in said(reminder)
    assert closing.text.startswith("Hello")
    assert reminder.automatic
    assert closing.automatic
    assert turn(desk)[0] == "nobody"


NEVER = {
    "without the keys": {"lifecycle": WAIT},
    "in a shipped policy's manner": {"lifecycle": "reopen_within_days = 14"},
    "while a resolution runs": {"targets": FIRST + FOLLOW + RESOLUTION, "lifecycle": TURN},
}


@pytest.mark.parametrize("policy", NEVER.values(), ids=NEVER)
def test_nobody_is_reminded_of_a_turn(mill, policy):
    desk = mill(**policy)
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, QUESTION))
    desk.at("2026-06-30 12:00", ZONE)

    assert "reminder" not in desk.kinds_to(JO)
    assert desk.case().status == "open"


UNTOUCHED = {
    "at rank 1": [(JO, f"Priority: Urgent\n\n{ASKED}"), (ANN, QUESTION)],
    "while it is ours": [(JO, ASKED), (ANN, QUESTION), (JO, "It is 7.2.")],
    "while a third party is at it": [(JO, ASKED), (ANN, "#wait vendor\nWe have asked the maker.")],
    "nor over an agent's own span": [(JO, ASKED), (ANN, f"#wait 90d\n{QUESTION}")],
}


@pytest.mark.parametrize("mails", UNTOUCHED.values(), ids=UNTOUCHED)
def test_a_case_is_not_closed_for_silence(mill, mails):
    desk = mill(lifecycle=TURN + WAIT)
    goes(desk, *((f"2026-05-26 {10 + number}:00", who, words) for number, (who, words) in enumerate(mails)))
    desk.at("2026-06-30 12:00", ZONE)

    assert "reminder" not in desk.kinds_to(JO)
    assert desk.case().active


def test_a_conversation_of_merged_cases_is_not_closed_for_silence_without_a_wait(mill):
    """What was said on one of them may be owed on the other."""
    desk = mill(lifecycle=TURN)
    desk.mail(JO, "Sums", ASKED)
    desk.mail(KIM, "Sums of orders", ASKED)
    desk.reply(desk.case(2).assignee, "#merge HD-1", to_kind="assigned")
    desk.reply(desk.case(1).assignee, QUESTION, to_kind="assigned")
    desk.at("2026-06-30 12:00", ZONE)

    assert turn(desk)[0] == turn(desk, 2)[0] == "customer"
    assert "reminder" not in [*desk.kinds_to(JO), *desk.kinds_to(KIM)]


def test_who_came_later_is_reminded_without_what_was_said_before(mill):
    desk = mill(lifecycle=TURN)
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, QUESTION))
    goes(desk, ("2026-05-26 12:00", ANN, f"#cc add {KIM}"))
    desk.at("2026-06-02 12:00", ZONE)

    assert QUESTION in desk.last(JO, "reminder").text
    assert QUESTION not in desk.last(KIM, "reminder").text


def test_a_new_answer_begins_the_silence_anew(mill):
    desk = mill(lifecycle=TURN)
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, QUESTION))
    goes(desk, ("2026-05-29 11:00", ANN, "Or is it the old one?"))
    desk.at("2026-06-05 12:00", ZONE)

    assert [mail.at for mail in desk.sent_to(JO, "reminder")] == [wall("2026-06-04 11:00", ZONE)]
    assert "> Or is it the old one?" in desk.last(JO, "reminder").text
    assert turn(desk) == ("customer", since("2026-05-26 11:00")), "it has been their turn all the time"


# --- a third party


@pytest.mark.parametrize("pauses", [False, True])
def test_a_wait_for_a_third_party_pauses_what_the_policy_names_and_never_the_first_response(mill, pauses):
    top = 'pauses = ["vendor"]' if pauses else ""
    desk = mill(targets=FIRST + FOLLOW + RESOLUTION, top=top)
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, "#wait vendor 3d the maker has the device"))

    states = {clock.target: clock.state(desk.now) for clock in desk.clocks()}
    assert states == {"first_response": "running", "resolution": "paused" if pauses else "running"}
    echo = said(desk.last(ANN, "echo"))
    assert "waiting for a third party until 2026-05-29 11:00 CEST: the maker has the device" in echo
    assert ("no clock stops" in echo) is not pauses
    assert "maker" not in " ".join(mail.text for mail in desk.sent_to(JO))
    desk.at("2026-05-29 11:00", ZONE)
    assert "You were waiting for a third party on HD-1" in said(desk.last(ANN, "reminder"))
    assert (desk.case().status, turn(desk)) == ("open", ("desk", since("2026-05-29 11:00")))
    assert {clock.state(desk.now) for clock in desk.clocks() if clock.target == "resolution"} == {"running"}


@pytest.mark.parametrize("line", ["#wait vendor3", "#wait 3x", "#wait customer why", "#wait soon", "#wait vendor 0d"])
def test_a_wait_that_says_something_else_comes_back(mill, line):
    desk = mill()
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, line))

    assert "not done" in desk.last(ANN, "echo").subject
    assert desk.case().status == "open"


# --- an answer from another address


def writes_from_elsewhere(desk, subject="Re: [HD-1] Sums"):
    desk.mail(STRANGER, subject, "We run 7.2. This is my private address, our mail server is down.")


@pytest.mark.parametrize("how", [f"#wait\n{QUESTION}", QUESTION])
def test_an_unverified_answer_keeps_a_case_from_being_closed_for_silence_and_is_shown(mill, how):
    desk = mill(lifecycle=WAIT + TURN)
    goes(desk, ("2026-05-26 10:00", JO, ASKED), ("2026-05-26 11:00", ANN, how))
    desk.at("2026-05-27 10:00", ZONE)
    writes_from_elsewhere(desk)

    shown = desk.last(ANN, "customer-message")
    assert "NOT VERIFIED" in shown.subject
    assert "It became HD-2" in said(shown)
    assert "We run 7.2." in shown.text
    assert (desk.case().links, desk.case(2).links) == (("HD-2",), ("HD-1",))
    desk.at("2026-06-30 12:00", ZONE)
    assert "reminder" not in desk.kinds_to(JO)
    assert desk.case().active

    desk.reply(ANN, f"#wait\n{QUESTION}", to_kind="assigned")
    desk.at("2026-07-30 12:00", ZONE)
    assert desk.case().status == "closed", "the agent has seen it, and waits again"


@pytest.mark.parametrize("mails", [[(JO, ASKED)], [(JO, ASKED), (ANN, "#resolve\nDone.")]], ids=["ours", "over"])
def test_where_nobody_waits_for_the_customer_a_stranger_only_opens_a_case(mill, mails):
    desk = mill(lifecycle=WAIT + TURN)
    goes(desk, *((f"2026-05-26 {10 + number}:00", who, words) for number, (who, words) in enumerate(mails)))
    writes_from_elsewhere(desk)

    assert not desk.events("answered_elsewhere")
    assert "customer-message" not in [*desk.kinds_to(ANN), *desk.kinds_to(BOB)]
