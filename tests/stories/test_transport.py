"""Who wrote a mail is not how it travelled (law 13): groups, lists, Exchange and forwarding cost nobody their words."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk import ANN, JO, LOGIK, STRANGER, TestDesk, write_office

FIELDS = {
    "Precedence": ["bulk", "list", "junk", "first-class", "auto_reply", "auto-reply"],
    "List-Id": ["<it.acme.example>", "News <news.shop.example>", "<support.logik.example>"],
    "List-Post": ["<mailto:it@acme.example>", "NO"],
    "List-Unsubscribe": ["<https://crm.example/u/1>"],
    "Mailing-list": ["list it@acme.example; contact it+owners@acme.example"],
    "X-Google-Group-Id": ["99"],
    "X-BeenThere": ["it@acme.example"],
    "X-Loop": ["it@acme.example"],
    "X-Auto-Response-Suppress": ["All", "DR, OOF, AutoReply", "DR, RN, NRN"],
    "Auto-Submitted": ["auto-forwarded", "auto-generated", "no", "auto-notified"],
    "X-MS-Exchange-Generated-Message-Source": ["Mailbox Rules Agent", "Antispam Mailbox Delivery Agent"],
    "X-MS-Exchange-Inbox-Rules-Loop": ["jo@acme.example"],
    "X-FC-MachineGenerated": ["true"],
    "X-Cron-Env": ["<SHELL=/bin/sh>"],
    "X-Autoreply": ["yes", "Printer"],
    "X-Autorespond": ["1"],
    "X-Autoreply-From": ["jo@acme.example"],
    "X-Apple-Action": ["VACATION"],
    "Sender": ["lists@acme.example"],
    "Return-Path": ["<>", "<bounces@lists.acme.example>"],
    "Feedback-ID": ["1:2:3:crm"],
    "X-Spam-Flag": ["YES"],
}
TRAVELLED = st.dictionaries(st.sampled_from(sorted(FIELDS)), st.integers(0, 5), max_size=6).map(
    lambda chosen: {name: FIELDS[name][which % len(FIELDS[name])] for name, which in chosen.items()}
)
# What people write of, and what robots' subjects look like.
SUBJECTS = [
    "Checkout broken",
    "Autoresponder sends twice",
    "Automatic reply: is broken",
    "Out of office messages are lost",
    "Vacation days are counted wrongly",
    "Delivery failed for two of our customers",
    "Undeliverable mail from your shop",
    "Read receipts are not sent",
    "Accepted orders disappear",
    "Returned mail is not counted",
]
BODIES = [
    "Nobody can order in shop 7 since nine.",
    "The report page shows a fatal error, and mails to bob@acme.example are rejected: 550 user unknown.",
    "I am on vacation for 12 days, and the calendar says 13.",
    "The message was read on Monday, says the log, and nothing happened. Can you look?",
]
JUST_TEXT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def desk(story_databases, request, rules) -> TestDesk:
    """In memory only: what is decided here is decided before anything is stored."""
    return TestDesk(rules, story_databases.of("memory", request))


@JUST_TEXT
@given(TRAVELLED, st.sampled_from(SUBJECTS), st.sampled_from(BODIES), st.integers(0, 10**9))
def test_a_customers_mail_opens_a_case_and_reaches_an_agent_whatever_it_carries(desk, headers, subject, body, nonce):
    sent = len(desk.sent)
    became = desk.mail(JO, subject, f"{body}\n\n{nonce}", headers=headers)

    assert became.outcome == "opened"
    assert any(mail.kind == "assigned" for mail in desk.sent[sent:])


@pytest.mark.parametrize(
    "subject",
    ["Returned mail is not counted", "Undeliverable mail from your shop", "Delivery failed for two customers"],
)
@pytest.mark.parametrize("body", [BODIES[1], "Your log says 550 5.1.1 mailbox unavailable for kim@acme.example."])
def test_what_a_customer_tells_of_returned_mail_is_no_report_though_it_is_passed_on_without_a_sender(
    desk, subject, body
):
    passed_on = {"Return-Path": "<>", "Auto-Submitted": "auto-forwarded"}
    assert desk.mail(JO, subject, body, headers=passed_on).outcome == "opened"


@JUST_TEXT
@given(TRAVELLED, st.sampled_from(BODIES))
def test_a_reply_of_a_customer_opens_the_case_again_and_reaches_its_agent(desk, headers, body):
    number = desk.mail(JO, f"Question {len(desk.sent)}", "How is it done?").case
    desk.reply(desk.case(number).assignee, "#resolve\nSo.")
    closed = desk.last(JO, "closed")
    sent = len(desk.sent)
    became = desk.mail(JO, f"Re: {closed.subject}", body, to=closed.reply_to, headers=headers)

    assert (became.outcome, became.case) == ("appended", number)
    assert desk.case(number).status == "open"
    assert any(mail.kind == "customer-message" for mail in desk.sent[sent:])


@JUST_TEXT
@given(TRAVELLED)
def test_an_agents_answer_goes_to_the_customer_whatever_their_server_adds(desk, headers):
    number = desk.mail(JO, f"Question {len(desk.sent)}", "How is it done?").case
    sent = len(desk.sent)
    became = desk.reply(desk.case(number).assignee, "Press Export, below Rules.", headers=headers)

    assert (became.outcome, became.case) == ("appended", number)
    relayed = [mail for mail in desk.sent[sent:] if mail.kind == "relay"]
    assert [mail.to for mail in relayed] == [JO]
    assert "Press Export" in relayed[0].text


ANSWERING = [
    {"X-Autoreply": "yes"},
    {"X-Autorespond": "Down"},
    {"X-Autoresponder": "shop"},
    {"X-Autoreply-From": JO},
    {"X-Mail-Autoreply": "1"},
    {"Precedence": "auto_reply"},
]


@pytest.mark.parametrize("headers", ANSWERING)
def test_a_field_of_an_answering_program_alone_costs_nobody_their_words(desk, headers):
    number = desk.mail(JO, "Down", "Since nine nobody in Lyon can save an order.", headers=headers).case
    assert desk.kinds_to(JO) == []  # no acknowledgment
    desk.reply(desk.case(number).assignee, "#resolve\nPress Export, below Rules.", to_kind="assigned", headers=headers)
    assert "Press Export" in desk.last(JO).text
    desk.reply(JO, "It is down again.", headers=headers)

    assert desk.case_numbers() == [number]
    assert desk.case(number).status == "open"


def test_only_the_acknowledgment_is_withheld_and_the_case_says_why(desk):
    desk.mail(JO, headers={"List-Id": "<it.acme.example>"})

    decided = desk.facts("acknowledged")[0]
    assert desk.kinds_to(JO) == []
    assert decided == {"sent": False, "because": "nothing may answer it automatically: List-Id: <it.acme.example>"}
    desk.reply(ANN, "We are on it.")
    assert desk.kinds_to(JO) == ["relay"]


@pytest.mark.parametrize("sender", ["administrator@acme.example", "postmaster@acme.example", "bounces@acme.example"])
@pytest.mark.parametrize("name", ["", "System Administrator"])
@pytest.mark.parametrize(("subject", "body"), [(subject, body) for subject in SUBJECTS[5:7] for body in BODIES[:2]])
def test_people_behind_role_addresses_are_people(desk, sender, name, subject, body):
    became = desk.mail(f"{name} <{sender}>", subject, body)
    assert became.outcome == "opened"


# --- strangers

NEWSLETTER = {"List-Id": "<news.shop.example>", "List-Unsubscribe": "<https://shop.example/u>", "Precedence": "bulk"}


@pytest.mark.parametrize(
    "headers",
    [NEWSLETTER, {"Precedence": "bulk"}, {"Auto-Submitted": "auto-generated"}, {"X-Cron-Env": "<A=b>"}, *ANSWERING],
)
def test_bulk_and_programs_mail_of_strangers_is_held_and_can_be_let_in(desk, headers):
    from helpdesk.store import kept  # noqa: PLC0415

    became = desk.mail(STRANGER, "Offers of the week", "Buy one, get two.", headers=headers)
    assert (became.outcome, became.case) == ("held", None)
    assert desk.sent == []
    with desk.database.read() as connection:
        found, _ = kept.listed(connection, since=desk.now.replace(year=2020), limit=9)
    assert [(one.author, one.subject, one.outcome) for one in found] == [(STRANGER, "Offers of the week", "held")]
    with desk.database.write() as connection:
        kept.release(connection, found[0].number, by="ops@desk.example")
    desk.work()
    assert desk.case_numbers() == [1]
    assert desk.kinds_to(STRANGER) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Auto-Response-Suppress": "All"},
        {"Auto-Submitted": "auto-forwarded"},
        {"X-Loop": "x@elsewhere.example"},
        {"List-Id": "<support.logik.example>", "Precedence": "list"},
        {"List-Post": f"<mailto:{LOGIK}>", "List-Unsubscribe": "<https://groups.example/u>"},
        {"Mailing-list": f"list {LOGIK}; contact support+owners@logik.example"},
    ],
)
def test_a_strangers_own_words_and_what_comes_by_our_list_open_a_case(desk, headers):
    assert desk.mail(STRANGER, "Hello", "Do you have kilns?", headers=headers).outcome == "opened"


def test_bulk_of_a_stranger_that_answers_our_mail_is_not_held(desk):
    desk.mail(STRANGER, "Hello", "Do you have kilns?")
    desk.reply(ANN, "Yes.")
    assert desk.reply(STRANGER, "How many?", headers=NEWSLETTER).outcome == "appended"


# --- a group that writes under our address

GROUP = "helpdesk@googlegroups.example"


def through_group(desk, *, sender: str = LOGIK, author: str = JO, result: str = "", more: str = ""):
    head = f"Authentication-Results: mx.desk.example; {result}\r\n" if result else ""
    raw = (
        f"{head}From: \"'Jo' via Support\" <{sender}>\r\nX-Original-From: Jo <{author}>\r\nReply-To: Jo <{author}>\r\n"
        f"To: {LOGIK}\r\nSubject: Kiln\r\nMessage-ID: <{len(desk.sent)}@acme.example>\r\n{more}\r\nThe kiln is cold.\r\n"
    )
    return desk.laboratory.receive(raw.encode(), (LOGIK,), "group@desk.example")[0]


@pytest.mark.parametrize("more", ["", "Precedence: bulk\r\n"])
def test_the_author_whom_a_group_names_is_no_customer_by_that_alone(desk, more):
    became = through_group(desk, more=more)  # nor held for the group's own marks
    assert became.outcome == "opened"
    assert desk.case(became.case).customer == ""
    assert desk.sent_to(LOGIK) == []
    assert desk.kinds_to(JO) == []


def test_our_own_domains_proof_vouches_for_the_author_and_a_failed_one_does_not(tmp_path, story_databases, request):
    from helpdesk.desk import load_rules  # noqa: PLC0415
    from tests.desk import KEY  # noqa: PLC0415

    listener = '\n[smtp_in]\nlisten = "127.0.0.1:0"\nauthserv_id = "mx.desk.example"\n'
    rules = load_rules(write_office(tmp_path, more=listener), signing_key=KEY)
    desk = TestDesk(rules, story_databases.of("memory", request))
    proven = through_group(desk, result="dmarc=pass header.from=logik.example")
    forged = through_group(desk, result="dmarc=fail header.from=logik.example")
    an_agent = through_group(desk, author=ANN, result="dmarc=pass header.from=logik.example")

    assert (desk.case(proven.case).requester.address, desk.case(proven.case).customer) == (JO, "acme")
    assert desk.case(forged.case).customer == ""
    assert desk.case(an_agent.case).customer == ""
    assert [desk.events("acknowledged", number=number)[0].sent for number in (1, 2, 3)] == [False] * 3


@pytest.mark.parametrize("sender", [LOGIK, GROUP])
def test_a_group_that_the_operator_has_named_vouches_for_the_author(tmp_path, story_databases, request, sender):
    from helpdesk.desk import load_rules  # noqa: PLC0415
    from tests.desk import CONFIGURATION, KEY  # noqa: PLC0415

    path = write_office(tmp_path)
    named = CONFIGURATION.replace('name = "Logik Support"', f'name = "Logik Support"\ngroups = ["{GROUP}"]')
    path.write_text(named, encoding="utf-8")
    desk = TestDesk(load_rules(path, signing_key=KEY), story_databases.of("memory", request))
    became = through_group(desk, sender=sender, more=f"List-Post: <mailto:{GROUP}>\r\n")

    assert (desk.case(became.case).requester.address, desk.case(became.case).customer) == (JO, "acme")

    # To the group as to the mailbox: who answers to all does not write to somebody else.
    token = desk.last(ANN, "assigned").reply_to
    desk.reply(ANN, "It is switched on again.", to_kind="assigned", to=f"{token}, {GROUP}")
    assert "It is switched on again." in desk.last(JO, "relay").text


# --- our own mail


@pytest.mark.parametrize("kept", ["Message-ID", "X-Helpdesk-ID", "Reply-To"])
def test_our_own_mail_is_known_by_any_one_thing_that_we_signed(desk, kept):
    """L04: relays write another Message-ID, another From, and leave fields out."""
    desk.mail(JO)
    ack, sent = desk.last(JO, "ack"), len(desk.sent)
    head, _, body = ack.raw.partition(b"\r\n\r\n")
    signed = {b"message-id", b"x-helpdesk-id", b"reply-to"} - {kept.lower().encode()}
    lines = head.replace(b"\r\n ", b" ").split(b"\r\n")
    left = [line for line in lines if line.partition(b":")[0].lower() not in signed]
    left = [line.replace(b"auto-replied", b"no") for line in left]
    became = desk.laboratory.receive(b"\r\n".join(left) + b"\r\n\r\n" + body, (LOGIK,), JO)[0]

    assert became.outcome == "loop"
    assert len(desk.sent) == sent


# --- automatic answers


def test_an_order_of_an_agent_counts_though_a_program_sent_it(desk):
    """Law 13: an automatic answer is kept from cases, unless there is a genuine order in it."""
    desk.mail(JO)
    desk.reply(ANN, "#assign bob", headers={"Auto-Submitted": "auto-replied"})
    assert desk.case().assignee == "bob@desk.example"
