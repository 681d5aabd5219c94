"""A customer who wants somebody above: passed on where it is sure, proposed where it may be, and no clock moves (LGT-7)."""

from __future__ import annotations

import pytest

from helpdesk.cli.policy import policy_check
from helpdesk.core.receive.appeal import appeal
from tests.desk import JO, KIM, LENA
from tests.policies.offices import customer, open_desk

MANAGER = "am@desk.example"
MAIL = "email@logik.example"
SURE = [
    "I want to speak to your manager.",
    "This is unacceptable, please escalate.",
    "Unacceptable! Escalate this immediately.",
    "We have waited for three days. This needs to be escalated.",
    "Can you please escalate our case to the second level?",
    "Get me your supervisor.",
    "Kindly forward this to your manager.",
    "Please escalate this if possible.",
    "Ich möchte mit Ihrem Vorgesetzten sprechen.",
    "Das ist inakzeptabel, bitte eskalieren.",
    "Je veux parler à votre responsable.",
    "Esto es inaceptable, por favor escalen el caso.",
    "Vorrei parlare con un responsabile.",
    "Kunt u dit escaleren?",
    "Quero falar com o seu gerente.",
]
UNSURE = [
    "If it is not fixed by Friday I will escalate.",
    "If you cannot fix this, please escalate it.",
    "Please escalate to your DNS provider.",
    "This is completely unacceptable.",
    "We find this unacceptable.",
    "How can I escalate this case?",
    "Why has this not been escalated?",
    "Wenn es bis Freitag nicht geht, werde ich eskalieren.",
    "C'est inacceptable.",
    "Dit is onacceptabel.",
]
NEITHER = [
    "Please do not escalate this yet.",
    "There is no need to escalate it.",
    "Our manager wants to know when it works.",
    "The field shows: unacceptable value.",
    "The escalation rule does not fire.",
    "When I click Escalate this, nothing happens.",
    'The page says "please escalate this case".',
    "We have escalated this to our DNS provider.",
    "I spoke to your manager yesterday, all is well.",
    "Please add the role of manager to my user.",
    "Bitte eskalieren Sie das nicht.",
    "Unser Chef möchte wissen, wann es geht.",
    "Thank you for the escalation, it works now.",
]


@pytest.fixture
def desk(tmp_path):
    known = customer("acme", "logik", account_contacts=[MANAGER])
    desk = open_desk(tmp_path, policy="logik", customers=known, start="2026-05-19 09:15")
    desk.mail(JO, "Rules", "No rule fires.", to=MAIL)
    return desk


def asked(desk, who=MANAGER) -> int:
    return sum("ESCALATION ASKED" in mail.subject for mail in desk.sent_to(who, "escalation"))


@pytest.mark.parametrize("text", SURE)
def test_lgt_7_a_request_inside_a_case_is_passed_on_and_the_customer_hears_so(desk, text):
    due = desk.first_response().due_at
    desk.reply(JO, text)

    assert asked(desk) == 1
    assert "passed on your wish" in desk.last(JO, "progress").text
    assert desk.first_response().due_at == due
    assert MANAGER not in desk.last(JO).text


@pytest.mark.parametrize("text", UNSURE)
def test_lgt_7_what_may_be_a_request_is_proposed_to_the_agent_who_passes_it_on(desk, text):
    desk.reply(JO, text)
    assert asked(desk) == 0
    assert desk.sent_to(JO, "progress") == []
    assert "may ask for escalation" in desk.last(desk.case().assignee, "customer-message").text

    desk.reply(desk.case().assignee, "#escalate waits since Monday", to_kind="customer-message")
    assert asked(desk) == 1
    assert len(desk.events("escalation_requested")) == 1
    assert f"passed on to {MANAGER}" in " ".join(desk.last(desk.case().assignee, "echo").text.split())
    assert "waits since Monday" in desk.last(MANAGER, "escalation").text
    assert "passed on your wish" in desk.last(JO, "progress").text
    assert "Monday" not in desk.last(JO, "progress").text
    assert not any("escalation" in tag for tag in desk.case().tags)
    assert desk.state() == "running"


@pytest.mark.parametrize("text", NEITHER)
def test_lgt_7_what_is_denied_quoted_or_about_something_else_is_none(desk, text):
    desk.reply(JO, text)

    assert asked(desk) == 0
    assert not any("escalation" in tag for tag in desk.case().tags)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("The API keeps failing, so please escalate this to your manager.", True),
        ("No permissions since Monday, nobody reacts, I want this escalated.", True),
        ("I'd like your manager to give me a ring about this.", True),
        ("We need this bumped up to your team lead.", True),
        ("Please get your manager involved.", True),
        ("Please treat this as an escalation.", True),
        ("I am asking again: let me talk to whoever is in charge.", True),
        ("Wir eskalieren hiermit offiziell.", True),
        ("Ich bitte um Rückruf Ihres Vorgesetzten.", True),
        ("Faites remonter ma demande à votre hiérarchie.", True),
        ("Ik eis dat dit geëscaleerd wordt.", True),
        ("If I hear nothing by noon I want to speak to your manager.", False),
        ("Vi prego di passare il caso al vostro responsabile.", False),
        ("So etwas ist für uns nicht hinnehmbar.", False),
        ("What do we have to do to have a case escalated?", False),
        ("Please call the function escalate() with the number.", None),
        ("Our users want to speak to a supervisor in the chat widget.", None),
        ("We would like the manager to get a copy when a quote is approved.", None),
    ],
)
def test_lgt_7_where_a_sentence_asks_for_it(text, sure):
    """What a product does is said in the clause that speaks of escalation, not in the one beside it."""
    found = appeal(text)
    assert (found.sure if found else None) is sure


def test_lgt_7_a_proposal_can_be_dismissed(desk):
    desk.reply(JO, "This is unacceptable.")
    desk.reply(desk.case().assignee, "#escalate off", to_kind="customer-message")

    assert asked(desk) == 0
    assert not any("escalation" in tag for tag in desk.case().tags)


def test_lgt_7_a_colleague_who_names_the_case_hears_that_it_was_passed_on(desk):
    desk.mail(KIM, "HD-1", "We are waiting for days. Please escalate HD-1.", to=MAIL)

    assert asked(desk) == 1
    assert "it names HD-1" in " ".join(desk.last(MANAGER, "escalation").text.split())
    assert "those who look after your account have been told" in " ".join(desk.last(KIM, "ack").text.split())


def test_lgt_7_a_subject_counts_where_it_is_new(desk):
    desk.reply(JO, "Nothing happens.", subject="Re: Rules [HD-1] - please escalate")
    assert asked(desk) == 1
    desk.mail(JO, "Please escalate: no prices", "No price is shown.", to=MAIL)
    assert asked(desk) == 2
    desk.reply(JO, "It is the same today.")
    assert asked(desk) == 2


def test_lgt_7_what_is_quoted_below_asks_for_nothing(desk):
    desk.reply(JO, "Please escalate.")
    desk.reply(desk.case().assignee, "We are on it.", to_kind="customer-message")
    desk.reply(JO, "Thank you. It is version 7.", quote=True, to_kind="relay")

    assert asked(desk) == 1


def test_lgt_7_who_asks_twice_a_day_is_told_once_and_heard_twice(desk):
    desk.reply(JO, "Please escalate.")
    desk.reply(JO, "I said: please escalate this.")

    assert asked(desk) == 2
    assert len(desk.sent_to(JO, "progress")) == 1
    desk.at("2026-05-20 09:30")
    desk.reply(JO, "Please escalate, for the third time.")
    assert len(desk.sent_to(JO, "progress")) == 2


def test_lgt_7_without_account_contacts_the_lead_hears_it(tmp_path):
    desk = open_desk(tmp_path, policy="logik", customers=customer("acme", "logik"), start="2026-05-19 09:15")
    desk.mail(JO, "Rules", "No rule fires. Please escalate.", to=MAIL)

    assert asked(desk, LENA) == 1


def test_lgt_7_policy_check_warns_where_nobody_but_the_agents_would_hear_it(tmp_path, capsys):
    open_desk(tmp_path, policy="logik", customers=customer("acme", "logik"), start="2026-05-19 09:15")
    file = tmp_path / "helpdesk.toml"
    policy_check(None, file)
    assert "for escalation" not in capsys.readouterr().out

    file.write_text(file.read_text("utf-8").replace(f'lead = "{LENA}"', ""), encoding="utf-8")
    policy_check(None, file)
    assert "who asks logik for escalation is heard by nobody but the agents" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["please ", "i want to ", "can you ", "escalate ", "your manager, ", '"'])
def test_a_text_that_begins_to_ask_again_and_again_takes_no_long_time(word):
    """Threat C05."""
    appeal(word * 5_000)
