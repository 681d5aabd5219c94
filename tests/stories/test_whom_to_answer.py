"""Whom a mail's answers go to, who that is, and what happens where there is nobody."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from helpdesk.mail.read.parse import parse
from helpdesk.privacy.erased import outsiders
from tests.desk import ANN, BOB, JO, KEY, KIM, LOGIK, STRANGER, UTE, TestDesk, write_office

VISITOR = "vera@visitor.example"
FORM = "web@shop.example"


def raw(*head: str, body: str = "No rule fires.") -> bytes:
    return "\r\n".join((*head, f"To: {LOGIK}", "Subject: Rules", "", body, "")).encode()


def opens(desk: TestDesk, *head: str):
    """A mail with these fields instead of a From opens a case."""
    return desk.laboratory.receive(raw(*head), (LOGIK,), "")[0]


def first_line(mail) -> str:
    return " ".join(mail.text.split("\n\n")[0].split())


def answered(desk: TestDesk) -> list[str]:
    return [mail.to for mail in desk.sent if mail.kind == "relay"]


# --- who says to have written


@pytest.mark.parametrize(
    "head",
    [
        (f"From: Jo Park <{JO}>, Kim <{KIM}>",),
        (f"From: Jo Park <{JO}>", f"From: Kim <{KIM}>"),
        (f"Sender: Jo Park <{JO}>",),
        ("From: =?utf-8?q?Jo_Park_=3Cjo=40acme=2Eexample=3E?=",),
        ("From: =?utf-8?b?Sm8gUGFyayA8am9AYWNtZS5leGFtcGxlPg==?=",),
        ("From: Shop floor", f"Sender: Jo Park <{JO}>"),
        ("From: <>", f"Reply-To: Jo Park <{JO}>"),
        (f"From: {LOGIK}, Jo Park <{JO}>",),
        (f"From: {ANN}, Jo Park <{JO}>",),
    ],
)
def test_who_is_not_proven_to_have_written_is_shown_and_answered_and_is_nobody_we_know(desk, head):
    became = opens(desk, *head)
    case = desk.case()
    desk.reply(ANN, "We look into it.")

    assert became.outcome == "opened"
    assert (case.requester.address, case.requester.name) == (JO, "Jo Park")
    assert case.customer == ""
    assert "Jo Park <jo@acme.example>" in desk.last(ANN, "assigned").text
    assert answered(desk) == [JO]
    assert desk.state() == "met"


@pytest.mark.parametrize("head", [(), ("From: ",), ("From: Shop floor",), (f"Reply-To: {LOGIK}",), (f"Sender: {ANN}",)])
def test_an_answer_to_nobody_comes_back_and_no_clock_stops(desk, head):
    opens(desk, *head)
    desk.reply(ANN, "#severity low\nWe look into it.")

    assert first_line(desk.last(ANN, "assigned")).startswith("NOBODY CAN BE WRITTEN TO on this case")
    echo = desk.last(ANN, "echo")
    assert echo.subject == "[HD-1] not done: nobody was written to"
    assert "#requester jo@acme.example" in echo.text
    assert "We look into it." in echo.text
    assert desk.state() == "running"
    assert answered(desk) == []
    assert desk.case().severity != "low"


def test_what_a_person_wrote_as_their_name_is_shown(desk):
    opens(desk, "From: Shop floor, hall 3")

    assert "Shop floor, hall 3" in desk.last(ANN, "assigned").text


def test_a_case_without_anybody_can_be_closed_and_says_that_nobody_was_told(desk):
    opens(desk)
    desk.reply(ANN, "#close")

    assert desk.case().status == "closed"
    assert "nobody is told: nobody on this case can be written to" in desk.last(ANN, "echo").text.replace("\n", " ")


def test_a_note_needs_nobody(desk):
    opens(desk)
    desk.reply(ANN, "#note\nWho can this be?")

    assert desk.events("agent_noted")


# --- whose case it is


def test_an_order_says_whose_case_it_is_and_the_text_goes_there(desk):
    opens(desk)
    desk.at("2026-05-19 10:15")
    before = desk.first_response()
    desk.reply(ANN, f"#requester Jo Park <{JO}>\nWe look into it.")
    case = desk.case()

    assert answered(desk) == [JO]
    assert "No rule fires." not in desk.last(JO, "relay").text
    assert (case.requester.address, case.customer, case.plan) == (JO, "acme", "standard")
    assert "not entitled: unknown sender" not in case.tags
    assert desk.state() == "met"
    assert not before.warranted
    assert desk.first_response().warranted
    echo = " ".join(desk.last(ANN, "echo").text.split())
    assert "Jo Park <jo@acme.example> is the requester now, and no more unknown sender" in echo
    assert "customer Acme Corp, plan Standard" in echo
    assert "Customer: Acme Corp" in echo
    assert first_line(desk.last(ANN, "echo")) == "Your reply stays in the team."


def test_the_terms_follow_and_the_used_time_is_kept(desk):
    """Orion's plan promises another time in another region: what was used stays used."""
    opens(desk)
    desk.at("2026-05-19 10:15")
    used = desk.first_response().used(desk.now)
    desk.reply(ANN, f"#requester {UTE}")
    clock, case = desk.first_response(), desk.case()

    assert (case.customer, case.plan, case.region) == ("orion", "premier", "emea")
    assert clock.stretches[0].used_at(clock.stretches[0].end) == used
    assert clock.stretches[-1].why == "the case of somebody else"
    assert clock.stretches[-1].consumed == used
    assert clock.stretches[-1].calendar.timezone == "Europe/Berlin"
    assert desk.state() == "running"
    (event,) = desk.events("requester_set")
    assert (event.by, event.was["customer"]) == (ANN, "")


def test_what_was_answered_before_stays_what_it_was(desk):
    """A clock that has stopped is measured by the terms of whose case it was."""
    desk.mail(STRANGER)
    desk.at("2026-05-19 10:15")
    desk.reply(ANN, "Which version?")
    before = desk.first_response()
    desk.at("2026-05-19 11:15")
    desk.reply(ANN, f"#requester {UTE}\nDo you know?")

    assert desk.first_response().due_at == before.due_at
    assert desk.first_response().warranted == before.warranted


def test_the_old_one_gets_no_more_and_is_not_believed(desk):
    desk.mail(JO)
    desk.reply(ANN, f"#requester {UTE}\nHello Ute.")
    desk.reply(ANN, "And one more thing.", to_kind="assigned")
    reply = desk.reply(JO, "And me?", to_kind="ack")

    assert answered(desk) == [UTE, UTE]
    assert reply.case == 1
    assert desk.last(ANN, "customer-message").subject.startswith("[HD-1] NOT VERIFIED")
    assert "jo@acme.example" not in desk.last(UTE, "relay").raw.decode()
    ours = {mail.message.message_id for mail in desk.sent_to(UTE)}
    assert set(desk.last(UTE, "relay").message.references) <= ours


def test_who_was_on_copy_stays_and_can_become_the_requester(desk):
    desk.mail(JO, cc=KIM)
    desk.reply(ANN, f"#requester {KIM}\nHello Kim.")

    assert answered(desk) == [KIM]
    assert desk.case().participants == ()


@pytest.mark.parametrize(
    "order",
    ["#requester", "#requester nobody", f"#requester {ANN}", f"#requester {LOGIK}", f"#requester {JO} {KIM}",
     "#requester a..b@acme.example", "#requester support+1.cabc@logik.example"],
)  # fmt: skip
def test_a_requester_is_one_address_of_a_customer(desk, order):
    desk.mail(STRANGER)
    desk.reply(ANN, f"{order}\nHello")

    assert desk.case().requester.address == STRANGER
    assert desk.last(ANN, "echo").subject.startswith(f"[HD-1] not done: {order}"[:40])


def test_the_echo_names_the_old_requester_once(desk):
    opens(desk)
    desk.reply(ANN, f"#requester Jo Park <{JO}>\nHello")
    desk.reply(ANN, f"#requester {UTE}\nHello")

    echo = " ".join(desk.last(ANN, "echo").text.split())
    assert "and no more Jo Park <jo@acme.example>, who gets no more mail" in echo


def test_the_line_that_the_desk_offers_is_an_order_and_what_came_back_can_be_given_again(desk):
    opens(desk)
    offered = f"#requester {JO}"
    assert f'"{offered}"' in desk.last(ANN, "assigned").text
    desk.reply(ANN, f"Hi,\n{offered}\nWe look into it.", to_kind="assigned", quote=True)
    assert answered(desk) == []
    desk.reply(ANN, f"{offered}\nWe look into it.", to_kind="echo", quote=True)

    assert answered(desk) == [JO]


def test_the_requester_once_more_changes_nothing(desk):
    desk.mail(JO)
    desk.reply(ANN, f"#requester {JO}\nHello")

    assert desk.events("requester_set") == []
    assert answered(desk) == [JO]


# --- where somebody asks to be answered


def test_a_form_is_answered_where_its_reply_to_says_and_the_agent_reads_where(desk):
    desk.mail(f"Shop <{FORM}>", headers={"Reply-To": f"Vera <{VISITOR}>"})
    desk.reply(ANN, "Please try again.")
    answer = desk.last(VISITOR, "relay")
    back = desk.reply(VISITOR, "It is still broken.", to_kind="relay")

    assert answered(desk) == [VISITOR]
    assert desk.kinds_to(FORM) == []
    assert desk.case().requester.address == FORM
    told = " ".join(desk.last(ANN, "assigned").text.split())
    assert told.startswith(f"Your reply goes to Vera <{VISITOR}>, where {FORM} asks to be answered.")
    assert (back.outcome, back.case) == ("appended", 1)
    assert answer.reply_to != desk.last(VISITOR, "ack").from_
    assert desk.events("customer_wrote")[-1].because == "reply token"


def test_whoever_is_answered_may_take_somebody_on_copy(desk):
    desk.mail(FORM, headers={"Reply-To": VISITOR})
    desk.reply(ANN, "Which shop?")
    desk.reply(VISITOR, "The big one.", to_kind="relay", cc="friend@visitor.example")
    desk.reply(ANN, "Thank you.")

    assert [mail.to for mail in desk.sent if mail.kind == "relay"][1:] == [VISITOR, "friend@visitor.example"]


@pytest.mark.parametrize(
    "reply_to", [ANN, "ann.berg@home.example", "ops@desk.example", LOGIK, "support+1.cabc@logik.example"]
)
def test_nothing_of_ours_is_answered(desk, reply_to):
    desk.mail(FORM, headers={"Reply-To": reply_to})
    desk.reply(ANN, "Which shop?")

    assert answered(desk) == [FORM]


def test_of_several_addresses_the_first_that_is_not_ours_is_answered(desk):
    desk.mail(FORM, headers={"Reply-To": f"{LOGIK}, {VISITOR}, third@visitor.example"})

    assert desk.kinds_to(VISITOR) == ["ack"]
    assert desk.kinds_to("third@visitor.example") == []


def test_where_a_reply_to_cannot_be_written_to_from_is_answered_and_the_agent_reads_why(desk):
    opens(desk, f"From: {FORM}", "Reply-To: ve..ra@visitor.example")
    desk.reply(ANN, "Which shop?")

    assert answered(desk) == [FORM]
    assert "not answered at ve..ra@visitor.example" in " ".join(desk.last(ANN, "assigned").text.split())


def test_a_customers_mail_that_proves_nothing_is_answered_at_from_and_the_other_address_is_offered(desk):
    """Anybody can write a customer's From and their own Reply-To."""
    desk.mail(JO, headers={"Reply-To": STRANGER})
    desk.reply(ANN, "Which version?")

    assert answered(desk) == [JO]
    assert f"#requester {STRANGER}" in desk.last(ANN, "assigned").text.replace("\n", " ")
    assert desk.kinds_to(STRANGER) == []


@pytest.mark.parametrize("other", [KIM, UTE, FORM])
@pytest.mark.parametrize(
    ("reply_to", "answers"), [(VISITOR, JO), (f"{VISITOR}, {JO}", JO), (JO, JO), ("other", "other"), ("", JO)]
)
def test_a_second_author_leads_no_answer_away(desk, other, reply_to, answers):
    """Nobody of several is known to have written it: each address that is answered is one of theirs."""
    asked = other if reply_to == "other" else reply_to
    opens(desk, f"From: Jo Park <{JO}>, {other}", *([f"Reply-To: {asked}"] if asked else []))
    desk.reply(ANN, "Which version?")

    assert answered(desk) == [other if answers == "other" else answers]
    assert desk.kinds_to(VISITOR) == []
    assert (VISITOR in desk.last(ANN, "assigned").text) == (VISITOR in asked)


def test_a_customers_other_address_is_theirs(desk):
    desk.mail(JO, headers={"Reply-To": KIM})
    desk.reply(ANN, "Which version?")

    assert answered(desk) == [KIM]
    assert desk.case().customer == "acme"


def test_later_a_person_of_the_case_names_one_more_address(desk):
    desk.mail(JO)
    desk.reply(ANN, "Which version?")
    desk.reply(JO, "7.3.", headers={"Reply-To": "jo.park@home.example"})
    desk.mail(JO, "Re: HD-1", headers={"Reply-To": STRANGER})
    desk.reply(ANN, "Thank you.")

    assert [mail.to for mail in desk.sent if mail.kind == "relay"][1:] == [JO, "jo.park@home.example"]
    assert STRANGER in desk.case().tags[-1]


@pytest.fixture
def with_forms(story_databases, request, tmp_path) -> TestDesk:
    path = write_office(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('name = "Logik Support"', f'name = "Logik Support"\nforms = ["{JO}"]'), encoding="utf-8"
    )
    return TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))


def test_a_declared_form_of_a_customers_is_answered_at_its_reply_to(with_forms):
    with_forms.mail(JO, headers={"Reply-To": VISITOR})
    with_forms.mail(KIM, headers={"Reply-To": VISITOR})

    assert with_forms.kinds_to(VISITOR) == ["ack"]
    assert with_forms.kinds_to(KIM) == ["ack"]
    assert "The rules do not fire" not in with_forms.last(VISITOR, "ack").subject


def test_a_flood_of_reply_tos_is_counted_where_it_would_hit(desk):
    """L05: whatever From says, a victim gets a handful."""
    for number in range(40):
        desk.mail(f"a{number}@elsewhere.example", f"Question {number}", headers={"Reply-To": VISITOR})

    assert desk.kinds_to(VISITOR) == ["ack"] * 3
    assert len(desk.case_numbers()) == 40


def test_a_reply_to_is_nobodys_identity(desk):
    """Law 23: an agent's or a customer's address in it acts for nobody."""
    desk.mail(STRANGER, headers={"Reply-To": UTE})

    assert desk.case().customer == ""
    assert desk.case().requester.address == STRANGER


def test_an_alias_in_the_desks_own_domain_joins_only_where_a_customers_row_has_it(desk):
    desk.mail(JO)
    desk.reply(ANN, "Which version?")
    desk.reply(JO, "7.3.", cc="help@logik.example, friend@elsewhere.example")

    assert [person.address for person in desk.case().participants] == ["friend@elsewhere.example"]
    assert "on copy, not added: help@logik.example" in desk.case().tags[-1]


def test_all_of_it_is_read_from_one_place():
    message = parse(raw("From: =?utf-8?q?a=40b=2Eexample?=", "Sender: c@d.example", f"Reply-To: {BOB}"))

    assert message.senders == ()
    assert [person.address for person in message.written_from] == ["a@b.example"]
    assert [person.address for person in message.sent_by] == ["c@d.example"]


def test_what_is_forgotten_is_forgotten_in_the_notes_as_well(desk):
    desk.mail(JO, headers={"Reply-To": STRANGER}, cc=f"{VISITOR}, mei..lin@keitai.example")
    desk.reply(ANN, f"#requester {UTE}\nHello")
    people = outsiders(desk.case(), {UTE}, {ANN})

    assert {JO, STRANGER, VISITOR, UTE, "mei..lin@keitai.example"} <= set(people)
    assert ANN not in people
