"""`#ask`: a third party is asked privately, and what they answer is a note and nothing else."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from helpdesk.lab.mailer import Sheet, reply, write
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, STRANGER, TestDesk, write_office

VENDOR = "help@vendor.example"
AWAY = "absences = [{from = 2026-05-20, to = 2026-05-29}]\n"


@pytest.fixture
def desk(desk):
    desk.mail(
        f"Jo Park <{JO}>", "The shop is empty", "Priority: Medium\n\nNo rule fires since we moved to the new plan."
    )
    return desk


def answer(desk, body, *, by=VENDOR, to="", headers=None, quote=True, cc=""):
    """The vendor's answer to the newest question, as their mail program makes it."""
    sheet = Sheet(by, to, "", body, cc, headers or {})
    original = desk.last(VENDOR, "ask").message
    desk.asked = getattr(desk, "asked", 0) + 1
    return reply(original, sheet, at=desk.now, message_id=f"<{desk.asked}.{len(body)}@vendor.example>", quote=quote)


# --- the question


def test_the_third_party_gets_what_was_typed_and_nothing_of_the_case(desk):
    clocks, case = desk.clocks(), desk.case()
    desk.reply(ANN, f"#ask Help Desk <{VENDOR}>\nIs your service down?", quote=True)

    asked = desk.last(VENDOR, "ask")
    assert asked.subject == "A question from Logik Support [HD-1]"
    assert asked.text.startswith("Is your service down?")
    for secret in ("shop is empty", "rule fires", "Jo", "acme", ANN, "Medium", "Standard"):
        assert secret.lower() not in asked.text.lower() + asked.subject.lower()
    assert asked.message.references == ()
    assert not asked.automatic
    assert desk.kinds_to(JO) == ["ack"]
    assert (desk.clocks(), desk.case().status) == (clocks, case.status), "no promise is met and nothing waits"
    assert "asked help@vendor.example" in desk.last(ANN, "echo").text


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (f"#ASK {VENDOR} Your order 4711", "Your order 4711 [HD-1]"),
        (f"#ask <{VENDOR}>", "A question from Logik Support [HD-1]"),
        (f"#ask {VENDOR}<mailto:{VENDOR}>", "A question from Logik Support [HD-1]"),
        (f"#wait vendor 3d\n#ask {VENDOR}", "A question from Logik Support [HD-1]"),
        (f"#ask {VENDOR}\n#severity low\n#tag vendor", "A question from Logik Support [HD-1]"),
    ],
)
def test_neighbours_of_the_order_are_read(desk, line, subject):
    desk.reply(ANN, f"{line}\nIs your service down?")

    assert desk.last(VENDOR, "ask").subject == subject


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("#ask\nHello", "#ask and the address of a third party"),
        ("#ask vendor\nHello", "#ask and the address of a third party"),
        (f"#ask {BOB}\nHello", "is one of us"),
        ("#ask support+x@logik.example\nHello", "is one of us"),
        (f"#ask {JO}\nHello", "is on the case"),
        (f"#ask {VENDOR}", "nothing stands below #ask"),
        (f"#ask {VENDOR}\n#note\nHello", "#ask or #note, not both"),
        (f"#resolve\n#ask {VENDOR}\nHello", "#resolve or #ask, not both"),
        (f"#answer\n#ask {VENDOR}\nHello", "#answer or #ask, not both"),
        (f"#ask {VENDOR}\n#ask other@vendor.example\nHello", "one #ask in a mail"),
        (f"Hello,\n\n#ask {VENDOR}\nIs it down?", "on the very first lines"),
        (f"#ask {VENDOR}\nWrite to {ANN} please", "an address of one of us is not for a third party"),
        (
            f"#ask {VENDOR}\nThey say: No rule fires since we moved to the new plan.",
            "what the customer wrote is not for a",
        ),
        (f"#ask {VENDOR} No rule fires since we moved to the new plan\n\nHello", "what the customer wrote"),
    ],
)
def test_what_is_no_question_comes_back_and_nothing_leaves(desk, body, hint):
    desk.reply(ANN, body)

    assert hint in " ".join(desk.last(ANN, "echo").text.split())
    assert desk.sent_to(VENDOR) == []
    assert desk.kinds_to(JO) == ["ack"]


def test_what_the_customer_wrote_goes_to_a_third_party_where_the_agent_insists(desk):
    desk.reply(ANN, f"#ask! {VENDOR}\nThey say: No rule fires since we moved to the new plan.")

    assert "No rule fires" in desk.last(VENDOR, "ask").text


# --- the answer


@pytest.mark.parametrize("headers", [{}, {"Precedence": "bulk"}, {"Reply-To": "other@vendor.example"}])
def test_the_answer_is_a_note_for_the_agent_and_changes_nothing(desk, headers):
    desk.reply(ANN, f"#ask {VENDOR}\nIs your service down?")
    before, clocks = desk.case(), desk.clocks()
    done = desk.receive(answer(desk, "#resolve\nYes, SECRET-CANARY.", headers=headers, cc=STRANGER))

    assert (done.outcome, done.case) == ("appended", 1)
    told = desk.last(ANN, "customer-message")
    assert told.subject.startswith("[HD-1] answer to #ask from help@vendor.example")
    assert "SECRET-CANARY" in told.text
    assert "stays in the team" in told.text
    after = desk.case()
    assert [event.type for event in after.events[len(before.events) :]] == ["third_party_wrote"]
    assert (after.people, after.status, desk.clocks()) == (before.people, before.status, clocks)
    assert not any("SECRET-CANARY" in mail.text for mail in desk.sent if mail.to != ANN)
    desk.reply(ANN, "Thanks, I tell them.")
    assert desk.kinds_to(JO) == ["ack"], "a plain reply to it stays in the team"


def test_an_answer_opens_nothing_that_is_over_and_ends_no_wait(desk):
    desk.reply(ANN, f"#wait vendor 3d\n#ask {VENDOR}\nIs your service down?")
    desk.receive(answer(desk, "Yes."))
    assert desk.case().status == "waiting"
    desk.reply(ANN, "#close")
    desk.receive(answer(desk, "No, it is up again."))
    assert desk.case().status == "closed"
    assert "up again" in desk.last(ANN, "customer-message").text


def test_the_words_of_a_third_party_reach_the_customer_only_where_it_is_meant(desk):
    desk.reply(ANN, f"#ask {VENDOR}\nIs your service down?")
    desk.receive(answer(desk, "We restarted the cache in Frankfurt at noon."))
    desk.reply(ANN, "#severity low\n#answer\n\nThey restarted the cache in Frankfurt at noon.")
    assert "Frankfurt" in desk.last(JO, "relay").text


def test_without_answer_the_words_of_a_third_party_come_back(desk):
    desk.reply(ANN, f"#ask {VENDOR}\nIs your service down?")
    desk.receive(answer(desk, "We restarted the cache in Frankfurt at noon."))
    raw = desk.reply_to(desk.last(ANN, "assigned"), ANN, "We restarted the cache in Frankfurt at noon.")
    desk.receive(raw)
    assert "what a third party wrote" in desk.last(ANN, "echo").text
    assert desk.kinds_to(JO) == ["ack"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-replied", "X-Autoreply": "yes"},
        {"X-Autorespond": "yes", "Auto-Submitted": "auto-replied; owner-email=help@vendor.example"},
    ],
)
def test_a_third_partys_auto_reply_is_on_the_record_and_nobody_hears(desk, headers):
    desk.reply(ANN, f"#ask {VENDOR}\nIs your service down?")
    before = len(desk.sent)
    done = desk.receive(answer(desk, "Thank you, your ticket is 4711.", headers=headers))

    assert (done.outcome, done.case) == ("robot", 1)
    assert len(desk.sent) == before


def test_from_another_address_it_is_what_any_strangers_mail_is(desk):
    desk.reply(ANN, f"#ask {VENDOR}\nIs your service down?")
    before = desk.case()
    done = desk.receive(answer(desk, "Yes, it is.", by="other@vendor.example"))

    assert (done.outcome, done.case) == ("opened", 2)
    assert "unverified" in desk.case(2).tags
    assert desk.case(1) == before


def test_without_the_token_it_is_what_any_strangers_mail_is(desk):
    desk.reply(ANN, f"#ask {VENDOR}\nIs your service down?")
    sheet = Sheet(VENDOR, "support@logik.example", "Re: A question [HD-1]", "Yes, it is.", "", {})
    done = desk.receive(write(sheet, at=desk.now, message_id="<x@vendor.example>"))

    assert (done.outcome, done.case) == ("opened", 2)


def test_a_third_party_on_the_customers_copy_joins_nothing(desk):
    """The vendor answered all and has put the customer on copy, who answers all: the question was private."""
    desk.reply(ANN, f"#ask {VENDOR}\nIs your service down?")
    desk.receive(answer(desk, "Yes, it is.", cc=JO))
    desk.reply(JO, "Who is that?", cc=f"{VENDOR}, {KIM}")

    assert [person.address for person in desk.case().participants] == [KIM]
    assert any(VENDOR in tag for tag in desk.case().tags)
    desk.reply(ANN, "A vendor of ours.")
    assert "relay" not in desk.kinds_to(VENDOR)


def test_a_person_of_the_case_who_was_asked_before_still_answers_that_question_as_a_note(desk):
    desk.reply(ANN, f"#ask {VENDOR}\nIs your service down?")
    desk.reply(ANN, f"#cc add {VENDOR}")
    before = desk.clocks()
    desk.receive(answer(desk, "Yes."))

    assert desk.events("third_party_wrote")
    assert desk.clocks() == before


@pytest.mark.parametrize(("bob", "heard"), [("", {ANN, BOB}), (AWAY, {ANN, LENA})])
def test_who_is_on_duty_hears_it_too_where_the_agent_is_not_and_the_case_stays_theirs(
    tmp_path, story_databases, request, bob, heard
):
    path = write_office(tmp_path)
    text = path.read_text().replace(f'"{ANN}"\n', f'"{ANN}"\n{AWAY}', 1).replace(f'"{BOB}"\n', f'"{BOB}"\n{bob}', 1)
    path.write_text(text)
    rules = load_rules(path, environment={}, signing_key=KEY)
    desk = TestDesk(rules, story_databases.of("memory", request))
    desk.mail(f"Jo Park <{JO}>", "The shop is empty", "Priority: Low\n\nNo rule fires.")
    desk.reply(desk.case().assignee, f"#assign ann\n#ask {VENDOR}\nIs your service down?")
    desk.reply(ANN, "#ack", to_kind="assigned")
    desk.at("2026-05-21 10:00")
    holder = desk.case().assignee
    desk.receive(answer(desk, "Yes."))

    assert {mail.to for mail in desk.sent if "answer to #ask" in mail.subject} == heard if holder == ANN else True
    assert desk.case().assignee == holder
