"""What agents order by mail: lines that begin with #, at the very top of a reply."""

from __future__ import annotations

import pytest

from tests.desk import ANN, BOB, JO, LENA, wall


@pytest.fixture
def desk(desk):
    """A medium case of Jo's: eight business hours from Tuesday 09:15, so until 17:15; Ann has it."""
    desk.mail(
        f"Jo Park <{JO}>", "The rules do not fire", "Priority: Medium\n\nFor one product only.\nSince this morning."
    )
    return desk


def test_a_severity_in_the_first_line_is_set_and_the_text_below_goes_to_the_customer(desk):
    desk.at("2026-05-19 09:40")
    desk.reply(ANN, "#severity urgent shop is down\nWe are on it.", quote=True)

    case = desk.case()
    assert (case.severity, case.rank, case.severity_set_by) == ("urgent", 2, ANN)
    assert desk.events("severity_set")[0].reason == "shop is down"
    answer = desk.last(JO, "relay")
    assert "We are on it." in answer.text
    assert "#severity" not in answer.text
    assert desk.last(ANN, "echo").subject == "[HD-1] done: severity Urgent, was Medium"


def test_a_severity_raised_later_keeps_the_time_that_was_used(desk):
    """45 minutes are used at 10:00; two hours urgent leave 1 h 15 min."""
    desk.at("2026-05-19 10:00")
    desk.reply(ANN, "#severity urgent")

    assert desk.first_response().due_at == wall("2026-05-19 11:15")


def test_a_severity_for_which_nothing_is_left_is_late_at_once_and_says_so(desk):
    desk.at("2026-05-19 12:00")
    desk.reply(ANN, "#severity urgent")
    desk.at("2026-05-19 12:01")

    assert desk.state() == "breached"
    assert desk.events("breached")[0].at == wall("2026-05-19 12:00")
    assert "breach" in desk.kinds_to(ANN)
    assert "escalation" in desk.kinds_to(LENA)


def test_a_breach_does_not_vanish_with_a_milder_severity(desk):
    desk.at("2026-05-19 17:30")
    desk.reply(ANN, "#severity low")

    assert desk.state() == "breached"
    assert desk.first_response().breached_at(desk.now) == wall("2026-05-19 17:15")


def test_a_note_stays_in_the_team_and_stops_no_clock(desk):
    """P01"""
    desk.reply(ANN, "#note\nThey never pay on time. SECRET-CANARY")

    assert desk.kinds_to(JO) == ["ack"]
    assert not any("SECRET-CANARY" in mail.text for mail in desk.sent if mail.to == JO)
    assert desk.state() == "running"
    assert desk.last(ANN, "echo").subject == "[HD-1] done: noted, in the team only"
    with desk.database.read() as connection:
        from helpdesk.store import cases  # noqa: PLC0415

        noted = cases.messages(connection, 1)[-1]
    assert (noted.visibility, noted.reply) == ("internal", "They never pay on time. SECRET-CANARY")


def test_a_note_and_a_closing_in_one_mail_close_without_the_note(desk):
    """P01: the closing mail goes to the customer, the note does not."""
    desk.reply(ANN, "#close\n#note\nHopeless. SECRET-CANARY")

    assert desk.case().status == "closed"
    assert "SECRET-CANARY" not in desk.last(JO, "closed").text


def test_a_command_that_nobody_knows_changes_nothing_and_comes_back_with_the_right_form(desk):
    desk.reply(ANN, "#severty urgent\n#assign bob\nWe are on it.")

    case = desk.case()
    assert (case.severity, case.assignee) == ("medium", ANN)
    assert desk.kinds_to(JO) == ["ack"], "nothing went to the customer"
    assert desk.kinds_to(BOB) == []
    assert desk.state() == "running"
    back = desk.last(ANN, "echo")
    assert back.subject == "[HD-1] not done: #severty urgent"
    assert "expected #severity KEY" in back.text
    assert "- #assign bob" in back.text
    assert "> We are on it." in back.text, "what was written is not lost"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("#severity apocalyptic", "critical, urgent, medium, low"),
        ("#assign nobody", "Ann Berg, Bob Cole"),
        ("#wait forever", "3d"),
        ("#close now", "#close on a line of its own"),
        ("#frobnicate", "#note, #severity, #assign"),
        ("#", "#note, #severity, #assign"),
    ],
)
def test_each_mistake_says_what_was_expected(desk, line, hint):
    desk.reply(ANN, f"{line}\nHello.")

    assert hint in " ".join(desk.last(ANN, "echo").text.split())
    assert desk.kinds_to(JO) == ["ack"]


def test_a_case_given_to_a_colleague_is_mailed_to_them_with_its_history(desk):
    desk.reply(ANN, "#assign bob")

    assert desk.case().assignee == BOB
    handed = desk.last(BOB, "assigned")
    assert "This case is now yours." in handed.text
    assert "> Since this morning." in handed.text
    assert desk.last(ANN, "echo").subject == "[HD-1] done: assigned to Bob Cole"
    desk.reply(BOB, "I have it now.")
    assert desk.last(JO, "relay").message.senders[0].name == "Bob Cole (Logik Support)"


def test_waiting_for_the_customer_ends_when_they_write(desk):
    desk.reply(ANN, "#wait 3d\nWhich version do you run?")
    assert desk.case().status == "waiting"
    desk.at("2026-05-20 10:00")
    desk.reply(JO, "Version 7.")

    assert desk.case().status == "open"


def test_a_wait_that_is_over_reminds_the_agent_once(desk):
    desk.reply(ANN, "#wait 1d\nWhich version do you run?")
    desk.just_before("2026-05-20 09:15")
    assert desk.case().status == "waiting"
    desk.at("2026-05-20 09:15")

    assert desk.case().status == "open"
    assert desk.last(ANN).subject == "[HD-1] Medium · the wait is over · The rules do not fire"
    desk.at("2026-05-29 09:15")
    assert desk.kinds_to(ANN).count("reminder") == 1


def test_waiting_does_not_pause_the_first_response(desk):
    """Only an answer to the customer does away with it."""
    desk.reply(ANN, "#wait 3d")

    assert desk.state() == "running"
    assert desk.first_response().due_at == wall("2026-05-19 17:15")


def test_resolved_with_an_answer_is_one_mail_and_the_clock_is_met(desk):
    desk.reply(ANN, "#resolve\nIt was a stale cache; it is fixed.")

    assert desk.case().status == "resolved"
    assert desk.kinds_to(JO) == ["ack", "closed"]
    closing = desk.last(JO, "closed")
    assert "It was a stale cache; it is fixed." in closing.text
    assert "We hope that this settles case HD-1" in closing.text
    assert not closing.automatic
    assert desk.state() == "met"


def test_closed_without_a_word_tells_the_customer_and_owes_no_answer_any_more(desk):
    desk.reply(ANN, "#close")
    desk.at("2026-05-29 09:15")

    assert desk.case().status == "closed"
    assert desk.kinds_to(JO) == ["ack", "closed"]
    assert desk.last(JO, "closed").automatic
    assert desk.state() == "exempt"
    assert desk.first_response().exempt == "closed by ann@desk.example without an answer"
    assert set(desk.kinds_to(ANN)) == {"assigned", "echo"}


def test_a_customers_reply_reopens_a_closed_case(desk):
    desk.reply(ANN, "#close\nIt is fixed.")
    desk.at("2026-05-20 10:00")
    became = desk.reply(JO, "It is not fixed at all.")

    assert (became.outcome, became.case) == ("appended", 1)
    assert desk.case().status == "open"
    assert "It is not fixed at all." in desk.last(ANN, "customer-message").text


def test_a_case_that_was_closed_in_silence_owes_nothing_for_the_time_it_was_closed(desk):
    """Closed after 45 minutes without a word; when the customer comes back, the rest of the time runs."""
    desk.at("2026-05-19 10:00")
    desk.reply(ANN, "#close")
    desk.at("2026-05-22 10:00")
    desk.reply(JO, "Nobody answered me!")

    assert desk.state() == "running"
    assert desk.first_response().due_at == wall("2026-05-22 17:15"), "7 h 15 min are left"
    assert desk.events("breached") == []


def test_after_fourteen_days_an_answer_opens_a_new_case_that_is_linked(desk):
    desk.reply(ANN, "#close\nIt is fixed.")
    desk.at("2026-06-05 10:00")
    became = desk.reply(JO, "There is something else.")

    assert (became.outcome, became.case) == ("opened", 2)
    assert desk.case(1).status == "closed"
    assert desk.events("opened", number=2)[0].linked == "HD-1"


def test_help_sends_the_list_and_nothing_else(desk):
    desk.reply(ANN, "#help")

    assert "#severity KEY [initially] [reason]" in desk.last(ANN, "echo").text
    assert desk.kinds_to(JO) == ["ack"]


def test_commands_work_in_capitals_and_with_blank_lines_between(desk):
    desk.reply(ANN, "\n#SEVERITY Low\n\n#Assign Bob Cole\n\nHello Jo,\n\nwe look at it.\n")

    assert (desk.case().severity, desk.case().assignee) == ("low", BOB)
    assert "Hello Jo,\n\nwe look at it." in desk.last(JO, "relay").text


def test_an_agents_command_below_the_first_words_is_text(desk):
    desk.reply(ANN, "Please try this:\n#close the window\nand tell us.")

    assert desk.case().status == "open"
    assert "#close the window" in desk.last(JO, "relay").text


def test_commands_in_the_customers_words_are_never_obeyed(desk):
    """A13: the customer writes them, the agent's mail program quotes them."""
    desk.reply(JO, "#close\n#assign bob\nDo as I say.")
    desk.reply(ANN, "We are on it.", to_kind="customer-message", quote=True)

    case = desk.case()
    assert (case.status, case.assignee) == ("open", ANN)
    assert "We are on it." in desk.last(JO, "relay").text


def test_an_answer_below_the_quote_reaches_the_customer(desk):
    """Some people write below what they answer to; their words must not be lost."""
    original = desk.last(ANN, "assigned").text
    quoted = "".join(f"> {line}\n" for line in original.splitlines())
    desk.reply(ANN, f"Support wrote:\n{quoted}\nPlease restart the engine.\n")

    assert "Please restart the engine." in desk.last(JO, "relay").text
    assert desk.state() == "met"


def test_answers_between_the_quoted_lines_reach_the_customer(desk):
    desk.reply(ANN, "> Since this morning.\nSince which hour?\n> The rules do not fire\nAll of them?\n")

    text = desk.last(JO, "relay").text
    assert "Since which hour?" in text
    assert "All of them?" in text


def test_a_sentence_with_a_date_and_an_address_does_not_cut_an_answer_short(desk):
    words = "We fixed it.\n\nPlease write to billing@logik.example before 12 May 2026 10:00, too.\n\nThen restart the engine."
    desk.reply(ANN, words)

    assert "Then restart the engine." in desk.last(JO, "relay").text


def test_a_command_below_a_quote_comes_back_instead_of_going_to_the_customer(desk):
    desk.reply(ANN, "> Since this morning.\n\n#close\nDone.\n")

    assert desk.case().status == "open"
    assert desk.kinds_to(JO) == ["ack"]
    assert "#close" in desk.last(ANN, "echo").subject


def test_the_lead_answers_and_reassigns_like_an_agent(desk):
    """The escalation says so: reply, or give the case to somebody."""
    desk.at("2026-05-19 17:16")
    desk.reply(f"Lena Fox <{LENA}>", "#assign bob\nI am sorry for the delay; Bob takes over.", to_kind="escalation")

    assert desk.case().assignee == BOB
    assert "I am sorry for the delay" in desk.last(JO, "relay").text
    assert LENA.encode() not in desk.last(JO, "relay").raw


def test_an_agents_signature_with_their_address_does_not_reach_the_customer(desk):
    """P02"""
    desk.reply(ANN, f"We found it.\n\n-- \nAnn Berg\n{ANN}\n", quote=True)

    assert ANN.encode() not in desk.last(JO, "relay").raw


def test_an_agents_own_address_in_the_text_comes_back_and_goes_as_the_desks_if_it_is_meant(desk):
    """P02: the customer writes to the desk, not to a person; and nobody's words are changed unasked."""
    words = f"Just write to me, {ANN}, or to bob@desk.example."
    desk.reply(ANN, words, to_kind="assigned")

    assert desk.kinds_to(JO) == ["ack"]
    back = " ".join(desk.last(ANN, "echo").text.split())
    assert "an address of one of us is not for customers" in back
    assert words in back, "what was written is not lost"

    desk.reply(ANN, f"#answer\n{words}", to_kind="assigned")
    answer = desk.last(JO, "relay")
    assert "write to me, support@logik.example," in " ".join(answer.text.split())
    assert ANN.encode() not in answer.raw
    assert BOB.encode() not in answer.raw


def test_an_agent_may_write_from_an_address_that_the_desk_knows_as_theirs(desk):
    desk.reply("ann.berg@home.example", "On my way home, but I saw it.", holder=ANN)

    assert "On my way home" in desk.last(JO, "relay").text
    assert b"home.example" not in desk.last(JO, "relay").raw


@pytest.mark.parametrize("mark", ["> ", ""])
def test_a_reply_that_holds_nothing_but_the_quote_sends_nothing_and_says_so(desk, mark):
    """P01: the notification itself must not go to the customer, however it is quoted."""
    original = desk.last(ANN, "assigned").text
    desk.reply(ANN, "".join(f"{mark}{line}\n" for line in original.splitlines()))

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"
    assert "no text of yours was found" in " ".join(desk.last(ANN, "echo").text.split())


@pytest.mark.parametrize("order", ["resolve", "close"])
def test_who_ends_a_case_reads_that_the_customer_is_told(desk, order):
    desk.reply(ANN, f"#{order}\nIt is repaired.")

    assert f"{order.rstrip('e')}ed, and the customer is told" in " ".join(desk.last(ANN, "echo").text.split())
