"""Who may say what: reply addresses, copied threads, right numbers, agents without their token."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.desk import load_rules
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, LOGIK, OPS, STRANGER, TestDesk, typed_in, write_office


@pytest.fixture
def desk(desk):
    """A case of Jo's that Ann has answered, so that there is a history to steal."""
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", "Our key is SECRET-CANARY.")
    desk.reply(ANN, "Thank you, we use SECRET-CANARY to look at it.", quote=True)
    return desk


def test_a_stranger_with_the_right_number_opens_a_case_of_their_own(desk):
    """A11"""
    before = desk.case()
    became = desk.mail(STRANGER, "Re: The rules do not fire [HD-1]", "What did you write to Jo?")

    assert (became.outcome, became.case) == ("opened", 2)
    after = desk.case()
    assert replace(after, events=(), links=()) == replace(before, events=(), links=()), "nothing of it is changed"
    assert after.events[: len(before.events)] == before.events
    assert [event.type for event in after.events[len(before.events) :]] == ["answered_elsewhere", "linked"]
    assert desk.events("opened", number=2)[0].linked == "HD-1"
    assert "unverified" in desk.case(2).tags


def test_a_stranger_gets_nothing_of_the_case_they_named(desk):
    desk.mail(STRANGER, "Re: The rules do not fire [HD-1]", "What did you write to Jo?")
    desk.reply(desk.case(2).assignee, "Who are you?")

    theirs = b"".join(mail.raw for mail in desk.sent_to(STRANGER))
    assert b"SECRET-CANARY" not in theirs
    assert b"rules do not fire" not in desk.last(STRANGER, "ack").raw


def test_a_stranger_with_a_copied_thread_opens_a_case_of_their_own(desk):
    """A12: they have a mail of ours, with its Message-IDs."""
    ours = desk.last(JO, "relay").message
    headers = {"In-Reply-To": ours.message_id, "References": " ".join((*ours.references, ours.message_id))}
    became = desk.mail(STRANGER, ours.subject, "Please go on with me.", headers=headers)

    assert (became.outcome, became.case) == ("opened", 2)
    assert desk.case(1).participants == ()


def test_message_ids_of_ours_cannot_be_guessed(desk):
    """A12: the signature in the Message-ID is missing or somebody else's."""
    real = desk.last(JO, "relay").message.message_id
    made_up = [
        real[:8] + ("a" if real[8] != "a" else "b") + real[9:],
        "<1.0123456789abcdef@logik.example>",
        real.replace("<1.", "<2."),
    ]
    for number, message_id in enumerate(made_up, start=2):
        became = desk.mail(JO, "hello", "again", headers={"In-Reply-To": message_id, "References": message_id})
        assert (became.outcome, became.case) == ("opened", number)


def test_another_persons_reply_address_is_shown_to_the_assignee_and_changes_nothing(desk):
    """A08: a forwarded mail takes its reply address along."""
    desk.reply(ANN, "#close\nDone.")
    became = desk.reply(STRANGER, "Reopen it, and copy me in.", holder=JO, cc="accomplice@elsewhere.example")

    assert (became.outcome, became.case) == ("appended", 1)
    assert desk.case().status == "closed"
    assert desk.case().participants == ()
    shown = desk.last(ANN, "customer-message")
    assert "Careful! This mail from mallory@elsewhere.example is not verified" in shown.text
    assert desk.sent_to(STRANGER) == []
    assert desk.sent_to("accomplice@elsewhere.example") == []


def test_an_agents_reply_address_in_the_wrong_hands_orders_nothing(desk):
    """A01, A08: Ann forwards her notification, and the customer answers it."""
    desk.reply(JO, "#severity critical\n#close\nNow I am the agent.", holder=ANN)

    case = desk.case()
    assert (case.severity, case.status) == ("medium", "open")
    assert desk.kinds_to(JO).count("relay") == 1


def test_an_agents_address_without_the_agents_token_is_shown_and_obeyed_by_nobody(desk):
    """A01: anybody can write Ann's name into From."""
    became = desk.mail(ANN, "Re: The rules do not fire [HD-1]", "#close\nWe will not help you.")

    assert (became.outcome, became.case) == ("appended", 1)
    assert desk.case().status == "open"
    assert desk.kinds_to(JO) == ["ack", "relay"]
    shown = desk.last(ANN, "customer-message")
    assert "an agent's address without that agent's token" in " ".join(shown.text.split())


def test_an_agents_token_of_another_agent_orders_nothing(desk):
    desk.reply(BOB, "#close\nWe will not help you.", holder=ANN)

    assert desk.case().status == "open"
    assert desk.kinds_to(JO) == ["ack", "relay"]


def test_an_agents_token_of_another_case_orders_nothing_here(desk):
    """A06"""
    desk.mail(KIM, "Another thing", "It is slow.")
    address = desk.last(BOB, "assigned").reply_to
    forged = address.replace("+2.", "+1.")
    desk.mail(BOB, "Re: whatever", "#close\nBye.", to=forged)

    assert desk.case(1).status == "open"
    assert desk.case(2).status == "open"


def test_a_token_with_one_letter_changed_is_worth_nothing(desk):
    """A07"""
    address = desk.last(ANN, "assigned").reply_to
    for at in range(address.index(".a") + 2, address.index("@"), 5):
        changed = address[:at] + ("2" if address[at] != "2" else "3") + address[at + 1 :]
        desk.mail(ANN, "hello", "#close\nBye.", to=changed)

    assert desk.case(1).status == "open"
    assert desk.kinds_to(JO) == ["ack", "relay"]


def test_a_reply_address_survives_programs_that_change_the_case_of_letters(desk):
    """A07"""
    desk.mail(ANN, "Re: anything", "We look at it, in capitals.", to=desk.last(ANN, "assigned").reply_to.upper())

    assert "We look at it, in capitals." in desk.last(JO, "relay").text


def test_the_same_mail_of_an_agent_twice_has_one_effect(desk):
    """A06"""
    raw = desk.written_reply(ANN, "Once only.")
    desk.receive(raw)
    again = desk.receive(b"Received: from relay by mx; Tue, 19 May 2026 10:00:00 -0500\r\n" + raw)

    assert again.outcome == "duplicate"
    assert [typed_in(mail) for mail in desk.sent_to(JO, "relay")].count("Once only.") == 1


def test_somebody_on_copy_of_an_unverified_mail_does_not_join(desk):
    """A10: a mail that merely names the case brings nobody in."""
    became = desk.mail(JO, "Re: The rules do not fire [HD-1]", "Adding my colleague.", cc=STRANGER)

    assert became.case == 1
    assert desk.case().participants == ()
    desk.reply(ANN, "Hello Jo.", to_kind="customer-message")
    assert desk.sent_to(STRANGER) == []


def test_somebody_whom_a_verified_person_copies_in_sees_what_comes_and_not_what_was(desk):
    """A10"""
    desk.reply(JO, "Adding Kim.", cc=KIM)
    desk.reply(ANN, "Hello both.", to_kind="customer-message", quote=True)

    assert "Hello both." in desk.last(KIM, "relay").text
    assert b"SECRET-CANARY" not in b"".join(mail.raw for mail in desk.sent_to(KIM))


def test_an_unknown_senders_acknowledgment_repeats_none_of_their_words(desk):
    """L05: the address may be a victim's, and the words an advertisement."""
    desk.mail(f"BUY-PILLS-NOW <{STRANGER}>", "CHEAP-PILLS at http://pills.example", "Priority: WATCHES-TOO\n\nROLEX")

    ack = desk.last(STRANGER, "ack")
    for word in (b"PILLS", b"ROLEX", b"WATCHES", b"pills.example"):
        assert word not in ack.raw
    assert ack.subject == "[HD-2] Your message to Logik Support"


def test_an_unknown_address_gets_three_acknowledgments_an_hour_and_its_cases_are_opened_all_the_same(desk):
    """L03, L05"""
    for number in range(8):
        desk.mail(STRANGER, f"Hello {number}", f"Text {number}")

    assert desk.kinds_to(STRANGER) == ["ack"] * 3
    assert len(desk.case_numbers()) == 9
    assert desk.events("acknowledged", number=9)[0].sent is False


def test_an_operators_reply_to_an_escalation_reaches_the_assignee(desk):
    desk.at("2026-05-19 09:16")
    desk.mail(KIM, "No rule fires", "Priority: Critical\n\nEverything is down.")
    desk.at("2026-05-19 11:30")
    became = desk.reply(OPS, "Is the network up again?", to_kind="escalation")

    assert (became.outcome, became.case) == ("appended", 2)
    assert "Is the network up again?" in desk.last(desk.case(2).assignee, "customer-message").text
    assert "#assign" not in desk.last(OPS, "escalation").text


def test_staff_on_copy_are_no_participants(desk):
    done = desk.mail(JO, "With everybody", "Hello", cc=f"{ANN}, {LENA}, {KIM}")

    assert [person.address for person in desk.case(done.case).participants] == [KIM]


# --- where the border checks who wrote


@pytest.fixture
def guarded(desk_database, tmp_path):
    """The same desk behind a border that writes Authentication-Results."""
    office = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    desk = TestDesk(load_rules(office, environment={}, signing_key=KEY), desk_database)
    desk.mail(JO)
    return desk


PASS = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\r\n"
FAIL = b"Authentication-Results: mx.desk.example; dmarc=fail header.from=desk.example\r\n"
FORGED = b"Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=desk.example\r\n"


@pytest.mark.parametrize(
    ("authentication", "token", "acts"),
    [
        (PASS, True, True),
        (PASS, False, False),
        (FAIL, True, False),
        (FORGED, True, False),
        (b"", True, False),
        (b"", False, False),
    ],
)
def test_only_an_authenticated_mail_with_the_agents_token_acts(guarded, authentication, token, acts):
    """A01: one cell of the matrix."""
    to = guarded.last(ANN, "assigned").reply_to if token else LOGIK
    raw = guarded.written_reply(ANN, "#severity critical\nWe are on it.", to=to)
    guarded.receive(authentication + raw)

    assert (guarded.case().severity == "critical") is acts
    assert bool(guarded.sent_to(JO, "relay")) is acts
