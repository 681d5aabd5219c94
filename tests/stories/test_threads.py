"""Which case a mail belongs to, as real mail programs, forwards and newsletters have it."""

from __future__ import annotations

import base64

import pytest

from helpdesk.desk import load_rules
from helpdesk.lab.mailer import Sheet, write
from tests.desk import ANN, JO, KEY, KIM, LOGIK, STRANGER, THREEKIT, UTE, TestDesk, write_office
from tests.mail.test_parse import tnef


def fresh(desk, from_: str, subject: str, body: str, **headers: str):
    sheet = Sheet(from_, LOGIK, subject, body, "", {name.replace("_", "-"): value for name, value in headers.items()})
    return desk.receive(write(sheet, at=desk.now, message_id=desk.laboratory.message_id()))


@pytest.fixture
def desk(story_databases, request, rules) -> TestDesk:
    """In memory only: where a mail belongs is decided before anything is stored."""
    return TestDesk(rules, story_databases.of("memory", request))


@pytest.fixture
def answered(desk):
    desk.mail(JO, "The rules do not fire", "Our secret is HISTORY-CANARY.")
    desk.reply(ANN, "We look at it: HISTORY-CANARY.")
    return desk


def test_a_new_subject_on_a_case_closed_long_ago_is_a_new_case_that_names_the_old_one(answered):
    """The customer hits reply on an old mail, because the address is at hand."""
    answered.reply(ANN, "#close\nDone.", to_kind="assigned")
    answered.at("2026-06-09 10:00")
    became = answered.reply(JO, "The layouts are empty.", to_kind="closed", subject="Layouts are empty")

    assert (became.outcome, became.case) == ("opened", 2)
    assert answered.case(2).subject == "Layouts are empty"
    assert answered.events("opened", number=2)[0].linked == "HD-1"
    assert answered.case(1).status == "closed"


def test_a_new_subject_on_an_open_case_stays_on_it(answered):
    """Its reply address is plainer than its subject."""
    became = answered.reply(JO, "It is the layouts.", to_kind="relay", subject="Layouts, really")

    assert (became.outcome, became.case) == ("appended", 1)
    assert answered.case_numbers() == [1]


def test_several_people_who_answer_one_newsletter_open_a_case_each(desk):
    """They share a thread that is not ours: its Message-IDs name no case."""
    root = "<newsletter.2026-05@mailings.logik.example>"
    for who in (JO, UTE, STRANGER, KIM):
        fresh(desk, who, "Re: What is new in May", "This does not work for us.", In_Reply_To=root, References=root)

    assert desk.case_numbers() == [1, 2, 3, 4]
    assert [desk.case(number).requester.address for number in (1, 2, 3, 4)] == [JO, UTE, STRANGER, KIM]
    assert all(desk.case(number).participants == () for number in (1, 2, 3, 4))


def test_answers_to_a_mail_of_ours_that_belongs_to_no_case_open_a_case_each(desk):
    """Announced maintenance: one mail to each contact, signed by us, and of no case."""
    own = desk.rules.signer.message_id(case=0, nonce="maintenance/1", domain="logik.example")
    for who in (JO, UTE):
        fresh(desk, who, "Re: Maintenance", "What about us?", In_Reply_To=own, References=own)

    assert desk.case_numbers() == [1, 2]


def test_apple_mail_that_keeps_only_foreign_references_is_found_by_in_reply_to(answered):
    """Apple Mail overwrites References with a thread of its own."""
    ours = answered.last(JO, "relay").message.message_id
    became = fresh(
        answered, JO, "Re: anything", "Thanks.", In_Reply_To=ours, References="<a@apple.example> <b@apple.example>"
    )

    assert (became.outcome, became.case) == ("appended", 1)


def test_a_program_that_drops_in_reply_to_is_found_by_references(answered):
    ours = answered.last(JO, "relay").message.message_id
    became = fresh(answered, JO, "Re: anything", "Thanks.", References=f"<x@acme.example> {ours} <y@acme.example>")

    assert (became.outcome, became.case) == ("appended", 1)


def test_a_program_that_drops_both_is_found_by_the_number_in_the_subject(answered):
    became = fresh(answered, JO, "RE: [EXTERN] Re: The rules do not fire [HD-1]", "Thanks.")

    assert (became.outcome, became.case) == ("appended", 1)


@pytest.mark.parametrize("prefix", ["WG:", "Fwd:", "FW:", "TR:", "RV:"])
def test_a_forward_by_somebody_of_the_case_belongs_to_it(answered, prefix):
    """WG is what German Outlook writes."""
    body = "Zur Kenntnis.\n\n-----Ursprüngliche Nachricht-----\nVon: Kim\nGesendet: Montag\nAn: Jo\nBetreff: x\n\nDie Regeln gehen nicht."
    became = fresh(answered, JO, f"{prefix} The rules do not fire [HD-1]", body)

    assert (became.outcome, became.case) == ("appended", 1)
    assert "Zur Kenntnis" in answered.last(ANN, "customer-message").text


@pytest.mark.parametrize("prefix", ["WG:", "Fwd:"])
def test_a_forward_without_a_word_is_the_message(desk, prefix):
    """What was passed on is what the case is about."""
    body = "-----Ursprüngliche Nachricht-----\nVon: Kim <kim@acme.example>\nGesendet: Montag, 18. Mai 2026 16:00\nAn: Jo\nBetreff: Regeln\n\nDie Regeln gehen nicht."
    became = fresh(desk, JO, f"{prefix} Regeln", body)

    assert became.outcome == "opened"
    assert "Die Regeln gehen nicht." in desk.last(ANN, "assigned").text
    assert desk.case().requester.address == JO


def test_a_forward_of_our_mail_by_a_colleague_who_is_not_on_the_case_opens_a_new_one(answered):
    """A08, A11: they may read what was forwarded to them; the case does not know them."""
    ours = answered.last(JO, "relay").message
    became = fresh(answered, KIM, f"WG: {ours.subject}", "What is this about?", References=ours.message_id)

    assert (became.outcome, became.case) == ("opened", 2)
    assert b"HISTORY-CANARY" not in b"".join(mail.raw for mail in answered.sent_to(KIM))


def test_a_reply_with_a_winmail_dat_is_placed_and_its_files_are_shown(answered):
    """Outlook's rich text: the files are inside; the headers are as ever."""
    to = answered.last(JO, "relay").reply_to
    inside = base64.encodebytes(tnef(b"a.doc", b"content")).decode()
    raw = (
        f"From: {JO}\r\nTo: {to}\r\nSubject: RE: The rules\r\nMessage-ID: <w@acme.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee the file.\r\n'
        f"--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{inside}\r\n--b--\r\n"
    )
    became = answered.receive(raw.encode())

    assert (became.outcome, became.case) == ("appended", 1)
    assert "a.doc" in answered.last(ANN, "customer-message").text


# --- Cc: who comes in, and what they see


def test_who_is_copied_in_later_gets_what_comes_and_nothing_that_was(answered):
    """A10: not from the desk's mail, not from quotes in it."""
    answered.reply(JO, "Adding Kim, who knows more.", cc=KIM, to_kind="relay", quote=True)
    answered.reply(ANN, "Hello Kim, which version?", to_kind="customer-message", quote=True)
    answered.reply(JO, "She is away today.", to_kind="relay", quote=True)
    answered.reply(ANN, "#resolve\nIt was the cache.", to_kind="customer-message", quote=True)

    theirs = answered.sent_to(KIM)
    assert [mail.kind for mail in theirs] == ["relay", "closed"]
    assert b"HISTORY-CANARY" not in b"".join(mail.raw for mail in theirs)
    assert "The rules do not fire" in theirs[0].subject
    assert theirs[0].message.references == () or "HISTORY" not in theirs[0].text


def test_who_is_copied_in_can_answer_with_an_address_of_their_own(answered):
    answered.reply(JO, "Adding Kim.", cc=KIM, to_kind="relay")
    answered.reply(ANN, "Hello Kim.", to_kind="customer-message")
    became = answered.reply(KIM, "Version 7.", to_kind="relay")

    assert (became.outcome, became.case) == ("appended", 1)
    assert answered.last(KIM).reply_to != answered.last(JO, "relay").reply_to


def test_a_participant_brings_others_in_only_with_a_proof(answered):
    """A10: by answering a mail of ours, not by naming the number."""
    answered.reply(JO, "Adding Kim.", cc=KIM, to_kind="relay")
    fresh_mail = Sheet(KIM, LOGIK, "Re: [HD-1]", "Adding a friend.", STRANGER, {})
    answered.receive(write(fresh_mail, at=answered.now, message_id="<k1@acme.example>"))
    assert [person.address for person in answered.case().participants] == [KIM]

    answered.reply(ANN, "Hello Kim.", to_kind="customer-message")
    answered.reply(KIM, "Adding a friend, really.", cc=UTE, to_kind="relay")
    assert [person.address for person in answered.case().participants] == [KIM, UTE]


def test_an_agents_cc_brings_nobody_in(answered):
    """Agents answer customers by the desk; whom they copy in by hand gets the agent's own mail, not the desk's."""
    answered.reply(ANN, "Hello.", to_kind="assigned", cc=STRANGER)

    assert answered.case().participants == ()
    assert answered.sent_to(STRANGER) == []


def test_a_first_mail_brings_in_colleagues_and_shows_the_others_to_the_agent(desk):
    """A10, L05: its From may be made up, and who stands on copy never asked for our mail."""
    desk.mail(JO, cc=f"{KIM}, {UTE}, victim@elsewhere.example")
    desk.reply(ANN, "Hello.")

    assert [person.address for person in desk.case().participants] == [KIM]
    assert f"on copy, not added: {UTE}, victim@elsewhere.example" in " ".join(desk.last(ANN, "assigned").text.split())
    assert desk.sent_to(UTE) == desk.sent_to("victim@elsewhere.example") == []

    desk.reply(ANN, f"#cc add {UTE}\nHello both.", to_kind="assigned")
    assert "Hello both." in desk.last(UTE, "relay").text


def test_an_unknown_senders_first_mail_brings_in_nobody(desk):
    """A10, L05: an unknown sender's Cc is no way to make the desk write to strangers, nor to a customer."""
    victims = ", ".join(f"victim{number}@elsewhere.example" for number in range(40))
    desk.mail(STRANGER, cc=f"{KIM}, {victims}")
    desk.reply(ANN, "Hello.")

    assert desk.case().participants == ()
    assert "victim3@elsewhere.example and 36 more" in " ".join(desk.last(ANN, "assigned").text.split())
    assert not any("victim" in mail.to or mail.to == KIM for mail in desk.sent)


def test_an_authenticated_first_mail_brings_in_whom_it_likes(tmp_path, story_databases, request):
    """A10: where the border has proven the sender's domain, it is really they who ask for it."""
    office = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    rules = load_rules(office, environment={}, signing_key=KEY)
    desk = TestDesk(rules, story_databases.of("memory", request))
    for result in ("pass", "fail"):
        sheet = Sheet(JO, LOGIK, f"The rules {result}", "No rule fires.", f"{KIM}, {STRANGER}", {})
        raw = write(sheet, at=desk.now, message_id=desk.laboratory.message_id())
        desk.receive(
            b"Authentication-Results: mx.desk.example; dmarc=%s header.from=acme.example\r\n" % result.encode() + raw
        )

    assert [person.address for person in desk.case(1).participants] == [KIM, STRANGER]
    assert [person.address for person in desk.case(2).participants] == [KIM]


def test_a_mailbox_of_ours_on_copy_is_no_participant(desk):
    """The desk would write to itself."""
    desk.mail(JO, cc=f"{THREEKIT}, {KIM}")
    desk.reply(JO, "Adding the other desk.", cc=THREEKIT, to_kind="ack")

    assert [person.address for person in desk.case().participants] == [KIM]
    assert not any("not added" in tag for tag in desk.case().tags)


def test_a_list_of_fifty_on_copy_is_fifty_readers_of_later_answers_and_of_nothing_else(desk):
    """P03"""
    people = [f"user{number}@acme.example" for number in range(50)]
    desk.mail(JO, cc=", ".join(people))
    assert [mail.to for mail in desk.sent if mail.kind == "ack"] == [JO]
    desk.reply(ANN, "Hello all.")

    assert sum(mail.kind == "relay" for mail in desk.sent) == 51


def test_an_alias_that_leads_to_the_desk_is_nobody_on_copy(desk):
    """Mail to another address of theirs is passed on to us: only the envelope names our mailbox."""
    sheet = Sheet(JO, "helpdesk@alias.example", "The rules", "No rule fires.", STRANGER, {})
    desk.laboratory.receive(write(sheet, at=desk.now, message_id="<a1@acme.example>"), (LOGIK,), JO)

    assert desk.case().tags[-1].startswith(f"on copy, not added: {STRANGER} (")


def test_a_case_has_at_most_fifty_people_on_copy(desk):
    """L05: an answer is a mail to each."""
    desk.mail(JO)
    for batch in range(2):
        people = [f"user{batch}x{number}@elsewhere.example" for number in range(30)]
        desk.reply(JO, "Adding the whole floor.", cc=", ".join(people), to_kind="ack")

    assert len(desk.case().participants) == 50
    assert "on copy, not added: user1x20@elsewhere.example" in desk.case().tags[-1]


# --- what answers a mail of the customer's own


def test_whoever_answers_their_own_sent_mail_goes_on_with_their_case(desk):
    """They forgot the screenshot, and take the mail out of their folder of sent mail."""
    fresh(desk, JO, "Wrong total", "The total is wrong.", Message_ID="<first@mail.acme.example>")
    became = fresh(
        desk,
        JO,
        "Re: Wrong total",
        "It is shop 7.",
        In_Reply_To="<first@mail.acme.example>",
        Message_ID="<2@acme.example>",
    )
    further = fresh(desk, JO, "Another word", "And shop 9.", References="<first@mail.acme.example> <2@acme.example>")

    assert (became.outcome, became.case) == ("appended", 1)
    assert (further.outcome, further.case) == ("appended", 1)
    assert desk.kinds_to(JO) == ["ack"]


def test_a_mail_on_a_case_brings_nobody_in_and_lets_no_stranger_on(desk):
    """Everybody who was on copy has its Message-ID."""
    fresh(desk, JO, "Wrong total", "The total is wrong.", Message_ID="<first@mail.acme.example>")
    became = fresh(desk, STRANGER, "Re: Wrong total", "Send it to me.", In_Reply_To="<first@mail.acme.example>")
    sheet = Sheet(JO, LOGIK, "Re: Wrong total", "Ute knows more.", UTE, {"In-Reply-To": "<first@mail.acme.example>"})
    desk.receive(write(sheet, at=desk.now, message_id="<x@mail.acme.example>"))

    assert (became.outcome, became.case) == ("opened", 2)
    assert desk.case(2).links == ("HD-1",)
    assert desk.case(1).participants == ()
    assert any(UTE in tag for tag in desk.case(1).tags)


def test_a_mail_on_a_case_of_another_mailbox_is_not_this_ones(desk):
    fresh(desk, JO, "Wrong total", "The total is wrong.", Message_ID="<first@mail.acme.example>")
    sheet = Sheet(JO, THREEKIT, "Re: Wrong total", "It is shop 7.", "", {"In-Reply-To": "<first@mail.acme.example>"})

    assert desk.receive(write(sheet, at=desk.now, message_id="<x@acme.example>")).outcome == "opened"


@pytest.mark.parametrize(
    ("result", "became"),
    [
        ("", ("opened", 2)),
        ("Authentication-Results: mx.desk.example; dmarc=fail header.from=acme.example\n", ("opened", 2)),
        ("Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\n", ("appended", 1)),
    ],
)
def test_where_a_border_is_named_only_an_authenticated_mail_goes_on_by_it(
    tmp_path, story_databases, request, result, became
):
    """What is not proven is shown on a case of its own that names the other."""
    path = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))
    fresh(desk, JO, "Wrong total", "The total is wrong.", Message_ID="<first@mail.acme.example>")
    sheet = Sheet(JO, LOGIK, "Re: Wrong total", "Shop 7.", "", {"In-Reply-To": "<first@mail.acme.example>"})
    raw = write(sheet, at=desk.now, message_id="<x@acme.example>")
    done = desk.receive(result.encode() + raw)

    assert (done.outcome, done.case) == became
    if done.case == 2:
        assert desk.case(2).links == ("HD-1",)
        assert "unverified" in desk.case(2).tags
        assert (
            "authentication result" in " ".join(desk.last(ANN, "assigned").text.split()) or desk.case(2).assignee != ANN
        )
