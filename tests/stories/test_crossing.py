"""An agent's mail crosses one of the customer's, and two agents write on one case.

Ann has the case of Jo's: it came on Tuesday at 09:15, and she got it at once.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from helpdesk.desk import load_rules
from tests.desk import ANN, BOB, JO, KEY, LENA, TestDesk, wall, write_office
from tests.memory import in_memory
from tests.stories.test_absences import DAYS, open_office

WORSE = "It got worse: since noon every order is charged twice. Please stop it!"
FIXED = "Hello Jo,\n\nthat was last night's import, it is corrected."


def opened(desk):
    desk.mail(f"Jo Park <{JO}>", "Orders are doubled", "Priority: Medium\n\nSome orders are doubled.")
    desk.at("2026-05-19 10:00")
    return desk


@pytest.fixture
def desk(desk):
    return opened(desk)


@pytest.fixture
def promising(tmp_path):
    """The same case, with a promise for what follows the first answer."""
    return opened(open_office(tmp_path, promises='\n[targets.standard.follow_up]\nmedium = "4h"\n'))


@pytest.fixture
def shared(desk):
    """Ann has handed the case to Bob; both have mail of it. Ten o'clock."""
    desk.reply(ANN, "#note\nI know them from the last migration.", to_kind="assigned")
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    return desk


def jo_writes(desk, at="2026-05-19 11:00"):
    desk.at(at)
    desk.reply(f"Jo Park <{JO}>", WORSE, to_kind="ack")


def follow_ups(desk):
    return [(clock.started_at, clock.stopped_at) for clock in desk.clocks() if clock.target == "follow_up"]


def test_a_mail_that_came_two_seconds_before_the_end_is_not_buried(promising):
    """Ann resolves in answer to the mail with which she got the case; she cannot know of the other."""
    jo_writes(promising, "2026-05-19 10:59:58")
    promising.at("2026-05-19 11:00")
    promising.reply(ANN, f"#resolve\n{FIXED}", to_kind="assigned", quote=True)

    assert (promising.case().status, promising.kinds_to(JO)) == ("open", ["ack", "relay"])
    assert promising.last(JO).text.startswith("Hello Jo,")
    assert promising.first_response().stopped_at == wall("2026-05-19 11:00")
    assert follow_ups(promising) == [(wall("2026-05-19 10:59:58"), None)]
    echo = promising.last(ANN, "echo")
    assert echo.subject == "[HD-1] not done: #resolve, the customer wrote meanwhile"
    assert f"> {WORSE}" in echo.text
    assert "#resolve! on the first line insists" in " ".join(echo.text.split())


@pytest.mark.parametrize("order", ["#resolve", "#close", "#wait 3d", "#wait", "#RESOLVE"])
@pytest.mark.parametrize("text", ["", FIXED])
def test_no_order_ends_a_case_or_lets_it_wait_over_an_unseen_mail(desk, order, text):
    jo_writes(desk)
    desk.reply(ANN, f"{order}\n{text}", to_kind="assigned")

    assert desk.case().status == "open"
    assert desk.events("kept_open")[0].orders == (order,)
    assert desk.kinds_to(JO) == ["ack", *(["relay"] if text else [])]
    assert WORSE in desk.last(ANN, "echo").text


@pytest.mark.parametrize(
    ("order", "status"), [("#resolve!", "resolved"), ("#close!", "closed"), ("#wait! 3d", "waiting")]
)
def test_whoever_insists_is_obeyed(desk, order, status):
    jo_writes(desk)
    desk.reply(ANN, f"{order}\n{FIXED}", to_kind="assigned")

    assert (desk.case().status, desk.events("kept_open"), follow_ups(desk)) == (status, [], [])


@pytest.mark.parametrize(
    ("answered", "status"),
    [("2026-05-19 11:00:30", "open"), ("2026-05-19 11:01:59", "open"), ("2026-05-19 11:02", "resolved")],
)
def test_what_was_there_for_two_minutes_was_seen_and_the_echo_only_mentions_it(desk, answered, status):
    jo_writes(desk)
    desk.at(answered)
    desk.reply(ANN, f"#resolve\n{FIXED}", to_kind="assigned")

    assert desk.case().status == status
    mentioned = "after the mail that you answered, Jo Park wrote once more" in " ".join(
        desk.last(ANN, "echo").text.split()
    )
    assert mentioned == (status == "resolved")


def test_whoever_answers_a_mail_has_seen_what_it_shows_however_fast(desk):
    jo_writes(desk)
    desk.at("2026-05-19 11:00:20")
    desk.reply(ANN, f"#resolve\n{FIXED}", to_kind="customer-message", quote=True)

    assert (desk.case().status, desk.events("kept_open")) == ("resolved", [])


def test_a_plain_answer_that_crosses_a_mail_is_no_answer_to_it(promising):
    jo_writes(promising)
    promising.reply(ANN, FIXED, to_kind="assigned")

    assert follow_ups(promising) == [(wall("2026-05-19 11:00"), None)]
    assert promising.last(ANN, "echo").subject == "[HD-1] the customer has written meanwhile"
    promising.at("2026-05-19 11:05")
    promising.reply(ANN, "We have stopped it.", to_kind="customer-message")
    assert follow_ups(promising) == [(wall("2026-05-19 11:00"), wall("2026-05-19 11:05"))]


def test_who_was_never_shown_a_mail_ends_no_case_over_it_a_day_later(shared):
    """Bob has the case; what Jo wrote since went to him alone."""
    jo_writes(shared)
    shared.at("2026-05-20 09:00")
    shared.reply(ANN, f"#resolve\n{FIXED}", to_kind="assigned")

    assert shared.case().status == "open"
    assert WORSE in shared.last(ANN, "echo").text
    shared.at("2026-05-20 09:10")
    shared.reply(ANN, "#resolve", to_kind="echo")
    assert shared.case().status == "resolved", "the echo has shown it"


def test_an_escalation_that_shows_it_counts(desk):
    jo_writes(desk)
    desk.at("2026-05-20 12:00")
    assert WORSE in desk.last(LENA, "escalation").text
    desk.reply(LENA, f"#resolve\n{FIXED}", to_kind="escalation")

    assert desk.case().status == "resolved"


def test_what_was_written_and_not_handed_over_was_not_seen(desk):
    jo_writes(desk)
    desk.at("2026-05-19 11:30")
    with desk.database.write() as connection:
        connection.execute(sa.text("UPDATE outbox SET state = 'failed' WHERE kind = 'customer-message'"))
    desk.reply(ANN, f"#resolve\n{FIXED}", to_kind="assigned")

    assert desk.case().status == "open"


def test_a_thank_you_that_crosses_the_end_is_no_reason_to_keep_it_open(desk):
    desk.at("2026-05-19 11:00")
    desk.reply(f"Jo Park <{JO}>", "Thank you!", to_kind="ack")
    desk.reply(ANN, f"#resolve\n{FIXED}", to_kind="assigned")

    assert desk.case().status == "resolved"


def test_what_lay_unread_in_our_mailbox_is_not_answered_by_what_was_worked_before_it(promising):
    """Jo's mail came first and was read last: nobody can have seen it."""
    promising.at("2026-05-19 11:00")
    late = promising.written_reply(f"Jo Park <{JO}>", WORSE, to_kind="ack")
    promising.at("2026-05-19 11:05")
    promising.reply(ANN, f"#resolve\n{FIXED}", to_kind="assigned")
    promising.at("2026-05-19 11:10")
    promising.lies_in_the_mailbox_since(late, wall("2026-05-19 11:00"))

    assert promising.case().status == "open"
    assert follow_ups(promising) == [(wall("2026-05-19 11:00"), None)]


# --- two agents on one case


def test_a_second_answer_comes_back_once_with_the_first_above_it(shared):
    shared.at("2026-05-19 10:30")
    shared.reply(BOB, "Hello Jo, we correct it tonight.", to_kind="assigned")
    shared.at("2026-05-19 10:31")
    shared.reply(ANN, "Hello Jo, please send us your logs.", to_kind="assigned", quote=True)

    assert shared.kinds_to(JO) == ["ack", "relay"]
    back = shared.last(ANN, "echo")
    assert back.subject.startswith("[HD-1] not sent: Bob Cole has answered meanwhile")
    assert back.text.index("we correct it tonight") < back.text.index("please send us your logs")
    shared.at("2026-05-19 10:32")
    shared.reply(ANN, "Hello Jo, please send us your logs.", to_kind="echo", quote=True)
    assert shared.last(JO).text.startswith("Hello Jo, please send us your logs.")
    assert "please send us your logs" in shared.last(BOB, "echo").text


def test_a_redaction_does_not_come_back_and_gives_nothing_back(shared):
    shared.at("2026-05-19 10:30")
    shared.reply(BOB, "Hello Jo, we correct it tonight.", to_kind="assigned")
    shared.reply(f"Jo Park <{JO}>", "The PIN of the shop is 8812.", to_kind="relay")
    shared.reply(ANN, "#redact\nPlease never send us such a thing.", to_kind="assigned")

    assert shared.events("redacted")
    assert "8812" not in shared.last(ANN, "echo").text


def test_sent_again_from_the_old_mail_it_goes_as_well(shared):
    shared.reply(BOB, "Hello Jo, we correct it tonight.", to_kind="assigned")
    for _ in range(2):
        shared.reply(ANN, "Hello Jo, please send us your logs.", to_kind="assigned")

    assert shared.kinds_to(JO) == ["ack", "relay", "relay"]


@pytest.mark.parametrize(
    ("at", "goes"), [("2026-05-19 10:01:59", False), ("2026-05-19 10:02", True), ("2026-05-19 10:30", True)]
)
def test_a_copy_that_was_there_for_two_minutes_was_seen(shared, at, goes):
    shared.reply(BOB, "Hello Jo, we correct it tonight.", to_kind="assigned")
    shared.at(at)
    shared.reply(ANN, "Hello Jo, and please send us your logs.", to_kind="assigned")

    assert (shared.kinds_to(JO) == ["ack", "relay", "relay"]) == goes


def test_who_wrote_lately_and_who_has_the_case_get_copies_and_replies_to_them_stay(shared):
    shared.reply(BOB, "Hello Jo, we correct it tonight.", to_kind="assigned")

    copy = shared.last(ANN, "echo")
    assert (copy.subject, copy.automatic) == ("[HD-1] Bob Cole has answered · Orders are doubled", True)
    assert "> Hello Jo, we correct it tonight." in copy.text
    sent = len(shared.sent)
    shared.reply(ANN, "Good that you have it.", to_kind="echo")
    assert {mail.to for mail in shared.sent[sent:]} == {ANN}, "a note is copied to nobody"
    assert shared.kinds_to(JO) == ["ack", "relay"]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("#assign lena", "given to lena@desk.example"),
        ("#wait 3d", "waiting for the customer"),
        ("#resolve", "resolved"),
        ("#close", "closed"),
        ("#severity urgent", "severity Urgent, was Medium"),
    ],
)
def test_who_has_the_case_hears_what_somebody_else_does_to_it(shared, order, said):
    shared.reply(ANN, order, to_kind="assigned")

    told = shared.last(BOB, "echo")
    assert told.subject.startswith(f"[HD-1] Ann Berg: {said}"[:55])
    assert f"By Ann Berg: {said}." in " ".join(told.text.split())
    assert shared.kinds_to(BOB).count("echo") == 1


def test_nobody_who_is_away_gets_copies(tmp_path):
    away = DAYS + "absences = [{from = 2026-05-21, to = 2026-06-12}]\n"
    desk = opened(open_office(tmp_path, ann=away))
    desk.reply(ANN, "#note\nI know them.", to_kind="assigned")
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    sent = len(desk.sent_to(ANN))
    desk.at("2026-05-21 10:00")
    desk.reply(BOB, "Hello Jo, we correct it tonight.", to_kind="assigned")

    assert desk.last(JO).kind == "relay"
    assert [mail.kind for mail in desk.sent_to(ANN)[sent:]] == []


def test_a_desk_may_let_second_answers_pass(tmp_path):
    path = write_office(tmp_path)
    text = path.read_text(encoding="utf-8").replace("[desk]\n", '[desk]\nsecond_answer_within = "0m"\n', 1)
    path.write_text(text, encoding="utf-8")
    rules = load_rules(path, environment={}, signing_key=KEY)
    desk = opened(TestDesk(rules, in_memory(), start="2026-05-19 09:15"))
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    desk.reply(BOB, "Hello Jo, we correct it tonight.", to_kind="assigned")
    desk.reply(ANN, "Hello Jo, please send us your logs.", to_kind="assigned")

    assert desk.kinds_to(JO) == ["ack", "relay", "relay"]


def test_two_unseen_mails_are_both_shown(desk):
    jo_writes(desk)
    desk.reply(f"Jo Park <{JO}>", "And the invoices are wrong as well.", to_kind="ack")
    desk.reply(ANN, f"#close\n{FIXED}", to_kind="assigned")

    echo = desk.last(ANN, "echo").text
    assert desk.case().status == "open"
    assert echo.index(WORSE) < echo.index("And the invoices are wrong as well.")


def test_whoever_does_it_alone_gets_no_copy(desk):
    desk.reply(ANN, FIXED, to_kind="assigned")
    desk.reply(ANN, "#resolve", to_kind="assigned")

    assert desk.kinds_to(ANN) == ["assigned", "echo"]


def test_a_case_that_is_given_on_is_one_mail_for_who_gets_it(desk):
    desk.reply(ANN, "#assign bob\n#severity urgent\nHello Jo, Bob looks at it.", to_kind="assigned")

    assert desk.kinds_to(BOB) == ["assigned"]
