"""Agents open cases for others, and nobody can do so in their name."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from helpdesk.lab.mailer import Sheet, write
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, LOGIK, OPS, STRANGER, UTE, TestDesk, write_office

PROOF = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\n"
PASS = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\n"
FORWARD = (
    "please log this one\n\n---------- Forwarded message ---------\nFrom: Jo Miller <jo@acme.example>\n"
    "Date: Tue, May 19, 2026 at 8:02 AM\nSubject: Doors\nTo: Ann Berg <ann@desk.example>\n\nHi Ann, the price is wrong.\n"
)


@pytest.fixture
def desk(tmp_path, story_databases, request) -> TestDesk:
    """A border is named: what it has proven is proven."""
    path = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    return TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))


@pytest.fixture
def borderless(story_databases, request, rules) -> TestDesk:
    return TestDesk(rules, story_databases.of("memory", request))


def wrote(desk, body, subject="Fwd: Doors", *, from_=ANN, to=LOGIK, cc="", proof=PROOF, **headers):
    sheet = Sheet(from_, to, subject, body, cc, {name.replace("_", "-"): value for name, value in headers.items()})
    return desk.receive(proof + write(sheet, at=desk.now, message_id=desk.laboratory.message_id()))


def outside(desk) -> list[tuple[str, str]]:
    return [(kind, to) for kind, to in desk.told() if not to.endswith("@desk.example")]


def test_a_customers_mail_that_an_agent_passes_on_is_the_customers_case(desk):
    assert wrote(desk, FORWARD).outcome == "opened"
    case = desk.case()

    assert (case.requester.address, case.customer, case.subject, case.assignee) == (JO, "acme", "Doors", ANN)
    assert case.opened_at == desk.now
    assert desk.state() == "running"
    assert outside(desk) == [("ack", JO)]
    told = " ".join(desk.last(ANN, "assigned").text.split())
    assert "Your reply goes to Jo Miller <jo@acme.example>" in told
    assert "written Tue, May 19, 2026 at 8:02 AM" in told
    assert "the price is wrong" in told
    assert "please log this one" not in "".join(mail.text for mail in desk.sent_to(JO))
    desk.receive(PROOF + desk.written_reply(ANN, "Hello Jo, we fix it.", to_kind="assigned"))
    assert outside(desk) == [("ack", JO), ("relay", JO)]
    assert desk.state() == "met"
    assert all(ANN not in mail.raw.decode() for mail in desk.sent_to(JO))


def test_a_note_of_a_call_is_the_case_of_who_called(desk):
    wrote(
        desk, "#new Jo Miller <jo@acme.example> No prices since noon\nShe called: no price is shown anywhere.", "call"
    )
    case = desk.case()

    assert (case.requester.address, case.requester.name, case.subject) == (JO, "Jo Miller", "No prices since noon")
    assert case.assignee == ANN
    assert outside(desk) == [("ack", JO)]
    assert "She called" not in desk.last(JO, "ack").text
    assert "no price is shown anywhere" in desk.last(ANN, "assigned").text
    assert desk.state() == "running"


@pytest.mark.parametrize(
    ("order", "subject"),
    [
        ("#new jo@acme.example Doors", "Doors"),
        ("#NEW <jo@acme.example>: Doors", "Doors"),
        ('#new "Jo Miller" <jo@acme.example> Doors are wrong', "Doors are wrong"),
        ("#new jo@acme.example<mailto:jo@acme.example> Doors", "Doors"),
        ("\n\n#new jo@acme.example", "A call"),
        ("#new: jo@acme.example Doors", "Doors"),
        ("#new for jo@acme.example: Doors", "Doors"),
        ("\uff03new jo@acme.example Doors", "Doors"),
    ],
)
def test_the_order_is_read_as_people_and_programs_write_it(desk, order, subject):
    wrote(desk, f"{order}\n\nShe called.", "A call")

    assert (desk.case().requester.address, desk.case().subject) == (JO, subject)


def test_an_order_beside_it_is_not_done_and_its_agent_reads_so(desk):
    wrote(desk, "#new jo@acme.example Doors\n#severity critical\nShe called.", "A call")

    assert desk.case().severity != "critical"
    assert "not understood: orders beside #new" in " ".join(desk.last(ANN, "assigned").text.split())


@pytest.mark.parametrize("body", [f"#severity critical\n\n{FORWARD}", "#severity critical\nThe doors do not close."])
def test_an_order_in_a_mail_that_opens_a_case_is_not_done_either(desk, body):
    wrote(desk, body)

    assert desk.case().severity != "critical"
    told = " ".join(desk.last(ANN, "assigned").text.split())
    assert "not understood: orders in a mail that opens a case" in told


def test_a_case_of_nobody_that_becomes_somebodys_is_not_called_nobodys_any_more(desk):
    wrote(desk, "The doors do not close.", "Doors")
    assert any("for nobody yet" in tag for tag in desk.case().tags)
    desk.receive(PROOF + desk.written_reply(ANN, f"#requester {JO}", to_kind="assigned"))

    assert desk.case().requester.address == JO
    assert not any("for nobody yet" in tag for tag in desk.case().tags)
    assert desk.state() == "running"


@pytest.mark.parametrize(
    "order", ["#new", "#new Doors", "#new support@logik.example Doors", "#new bob@desk.example Doors"]
)
def test_an_order_that_names_nobody_outside_opens_a_case_of_nobody(desk, order):
    wrote(desk, f"{order}\n\nShe called.", "A call")

    assert desk.case().requester.address == ""
    assert outside(desk) == []
    assert "not understood" in " ".join(desk.last(ANN, "assigned").text.split())


def test_a_mail_to_a_customer_with_us_on_copy_begins_their_case_and_no_clock(desk):
    wrote(desk, "Hello Jo, as discussed.", "Your call", to=JO, cc=LOGIK, Message_ID="<ac1@mail.desk.example>")
    assert (desk.case().requester.address, desk.case().assignee, desk.state()) == (JO, ANN, "none")
    assert outside(desk) == []
    desk.at("2026-05-19 11:00")
    sheet = Sheet(JO, ANN, "Re: Your call", "It is shop 7.", LOGIK, {"In-Reply-To": "<ac1@mail.desk.example>"})
    became = desk.receive(PASS + write(sheet, at=desk.now, message_id="<2@acme.example>"))

    assert (became.outcome, became.case) == ("appended", 1)
    assert desk.first_response().started_at == desk.now
    assert desk.state() == "running"
    assert outside(desk) == []


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(ANN, LOGIK, "Fwd: Doors", FORWARD),
        Sheet(ANN, LOGIK, "call", "#new jo@acme.example Doors\nShe called."),
        Sheet(ANN, JO, "Doors", "Hello Jo.", LOGIK),
    ],
)
@pytest.mark.parametrize("border", ["named", "missing", "never asked"])
def test_what_is_not_proven_sends_nothing_outside_until_its_agent_answers(
    tmp_path, story_databases, request, sheet, border
):
    """`require_authentication = "never"` and a missing border mean asking, not trust."""
    path = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n' if border == "named" else "")
    if border == "never asked":
        path.write_text(path.read_text().replace("[desk]\n", '[desk]\nrequire_authentication = "never"\n'))
    desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))
    desk.receive(write(sheet, at=desk.now, message_id="<1@mail.desk.example>"))

    assert outside(desk) == []
    asked = desk.last(ANN, "echo")
    assert desk.kinds_to(ANN) == ["echo"]
    assert not any(word in asked.raw.decode() for word in ("Doors", "wrong", "called", "log this"))
    desk.at("2026-05-21 09:00")
    assert outside(desk) == []
    answer = desk.written_reply(ANN, "yes", to_kind="echo")
    desk.receive((PROOF if border == "named" else b"") + answer)

    assert not desk.case().unconfirmed
    assert outside(desk) == ([] if sheet.cc else [("ack", JO)])
    assert not any("not confirmed" in tag for tag in desk.case().tags)
    desk.receive((PROOF if border == "named" else b"") + desk.written_reply(ANN, "#answer\nWe fix it.", to_kind="echo"))
    assert outside(desk)[-1] == ("relay", JO)


def test_whoever_writes_in_an_agents_name_reaches_nobody_and_is_called_spam(desk):
    wrote(desk, FORWARD, proof=b"")
    desk.receive(PROOF + desk.written_reply(ANN, "#spam", to_kind="echo"))

    assert desk.case().status == "closed"
    assert outside(desk) == []


def test_an_agent_is_asked_three_times_an_hour(borderless):
    for number in range(5):
        wrote(borderless, f"#new jo@acme.example Call {number}\nShe called.", proof=b"")

    assert borderless.case_numbers() == [1, 2, 3, 4, 5]
    assert borderless.kinds_to(ANN) == ["echo"] * 3
    assert "the name of ann@desk.example" in borderless.last(OPS, "alert").subject
    assert outside(borderless) == []


def test_a_copy_that_is_proven_is_no_second_case(desk):
    raw = write(Sheet(ANN, LOGIK, "Fwd: Doors", FORWARD, "", {}), at=desk.now, message_id="<fw@mail.desk.example>")
    desk.receive(raw)
    desk.receive(PROOF + b"X-Hop: 1\n" + raw)

    assert desk.case_numbers() == [1]
    assert not desk.case().unconfirmed
    assert outside(desk) == [("ack", JO)]


@pytest.mark.parametrize("who", [ANN, "ann.berg@home.example", LENA])
def test_a_plain_mail_of_an_agent_is_nobodys_case_and_promises_nothing(desk, who):
    """An agent is no customer: no acknowledgment, no clock, and no answer to themselves."""
    became = wrote(desk, "The backup of shop 7 should be looked at.", "Backup", from_=who, proof=b"")

    assert became.outcome == "opened"
    assert desk.case().requester.address == ""
    assert desk.state() in {"exempt", "none"}
    assert outside(desk) == []
    assert "ack" not in desk.kinds_to(who)
    keeper = desk.case().assignee
    assert "#requester" in desk.last(keeper, "assigned").text
    desk.receive(PROOF + desk.written_reply(keeper, "Hello Jo, we look at it.", to_kind="assigned"))
    assert outside(desk) == []
    assert desk.last(keeper).subject.startswith("[HD-1] not done")
    desk.receive(PROOF + desk.written_reply(keeper, "#requester jo@acme.example\nHello Jo.", to_kind="assigned"))
    assert outside(desk) == [("relay", JO)]
    assert desk.state() == "met"


def test_an_agent_whom_a_customers_row_names_is_a_customer(tmp_path, story_databases, request):
    path = write_office(tmp_path)
    customers = path.parent / "customers.toml"
    customers.write_text(
        customers.read_text()
        + '\n[[customer]]\nkey = "us"\nname = "Us"\npolicy = "logik"\ndomains = ["desk.example"]\n'
    )
    desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))
    desk.mail(BOB, "Our own shop", "It is down for me.")

    assert (desk.case().requester.address, desk.kinds_to(BOB)[0]) == (BOB, "ack")


def test_a_stranger_who_passes_a_mail_on_opens_their_own_case(desk):
    """Only an agent of the team opens cases for others: text never says who somebody is (law 23)."""
    wrote(desk, FORWARD, from_=STRANGER, proof=b"")

    assert desk.case().requester.address == STRANGER
    assert ("ack", JO) not in desk.told()


def test_files_come_along_and_others_on_copy_of_a_forward_do_not(desk):
    raw = (
        "From: Ann Berg <ann@desk.example>\nTo: support@logik.example\nSubject: Fwd: Doors\nMessage-ID: <f@desk.example>\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
        f"{FORWARD}\n--b\nContent-Type: image/png; name=shop.png\nContent-Disposition: attachment\n\nxxxx\n--b--\n"
    )
    desk.receive(PROOF + raw.encode())

    assert [part.name for part in desk.last(ANN, "assigned").message.attachments] == ["shop.png"]
    assert desk.case().participants == ()


def test_who_else_the_agent_wrote_to_is_on_the_case(desk):
    wrote(desk, "Hello both.", "Doors", to=f"{JO}, {KIM}", cc=f"{LOGIK}, {UTE}")

    assert [person.address for person in desk.case().people] == [JO, KIM, UTE]


def test_the_order_in_an_answer_comes_back(desk):
    """It is for a mail of its own: in an answer it would go to the customer."""
    desk.receive(PASS + write(Sheet(JO, LOGIK, "Doors", "Wrong."), at=desk.now, message_id="<1@acme.example>"))
    desk.receive(PROOF + desk.written_reply(desk.case().assignee, "#new kim@acme.example Doors\nShe called."))

    assert outside(desk) == [("ack", JO)]
    assert "#new" in desk.last(desk.case().assignee).subject


@pytest.mark.parametrize("words", ["No, that was not me.", "no", "Nein, das war ich nicht.", "Not me!", "Non, pas moi"])
def test_who_says_no_confirms_nothing_and_is_asked_again(tmp_path, story_databases, request, words):
    desk = TestDesk(
        load_rules(write_office(tmp_path), environment={}, signing_key=KEY), story_databases.of("memory", request)
    )
    desk.receive(write(Sheet(ANN, LOGIK, "Fwd: Doors", FORWARD), at=desk.now, message_id="<1@mail.desk.example>"))
    desk.receive(desk.written_reply(ANN, words, to_kind="echo"))

    assert desk.case().unconfirmed
    assert outside(desk) == []
    assert 'first line "#spam"' in " ".join(desk.last(ANN, "echo").text.split())
