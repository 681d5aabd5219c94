"""Orders on a case's team and tags, and orders that an agent types instead of mailing them."""

from __future__ import annotations

from dataclasses import fields

import pytest

from helpdesk.desk import load_rules
from helpdesk.desk.order import agent_called, order
from helpdesk.errors import ConfigurationError, NotFound
from helpdesk.templates import Snippets, SnippetWords
from tests.desk import ANN, BOB, JO, KEY, STRANGER, TestDesk, write_office

TEAMS = """
[[team]]
name = "Billing"

[[agent]]
name = "Cleo Dahl"
email = "cleo@desk.example"
teams = ["Billing"]
"""
CLEO = "cleo@desk.example"
SNIPPETS = {
    "refund.txt": "Dear {{ name }},\n\nwe pay back what {{ ref }} ({{ subject }}) is about. {{ agent }} of {{ desk }}",
    "de/refund.txt": "Wir erstatten {{ ref }}.",
    "Billing/refund.txt": "Billing pays back {{ ref }}.",
    "Billing/dunning.txt": "Please pay.",
    "greeting.txt": "{% if plan == 'Gold' %}Hello.{% endif %}",
}


def rules_of(folder, *, more=""):
    path = write_office(folder, more=TEAMS + more)
    path.write_text(path.read_text().replace("[desk]", '[desk]\nsnippets = "snippets"', 1))
    return load_rules(path, environment={}, signing_key=KEY)


@pytest.fixture
def desk(tmp_path, story_databases, request):
    for file, text in SNIPPETS.items():
        (tmp_path / "snippets" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "snippets" / file).write_text(text, encoding="utf-8")
    desk = TestDesk(rules_of(tmp_path), story_databases.of("memory", request))
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", "Priority: Medium\n\nFor one product only.")
    return desk


def typed(desk, text, *, by="ann", number=1):
    with desk.laboratory.desk.units.write(desk.now) as unit:
        return order(unit, number, agent_called(desk.laboratory.desk.rules, by), text)


# --- tags


def test_tags_stand_beside_the_notes_of_the_desk_and_never_for_them(desk):
    """The desk goes by notes of its own, such as `unverified`: an agent's tag of that name changes nothing of it."""
    desk.reply(ANN, "#tag unverified VIP")
    assert (desk.case().labels, desk.case().tags) == (("unverified", "vip"), ())
    assert "unverified, vip" in desk.last(ANN, "echo").text
    desk.reply(JO, "Any news?")
    assert "NOT VERIFIED" not in desk.last(ANN, "customer-message").text
    desk.reply(ANN, "#tag vip\n#tag off unverified")
    assert desk.case().labels == ("vip",)
    assert all("vip" not in mail.text.lower() for mail in desk.sent_to(JO))


# --- teams


def test_another_team_has_the_case_its_agents_act_on_it_and_the_customer_notices_nothing(desk):
    desk.reply(ANN, "#team billing")

    case = desk.case()
    assert (case.team, case.assignee) == ("Billing", CLEO)
    handed = desk.last(CLEO, "assigned")
    assert "> For one product only." in handed.text
    assert desk.kinds_to(JO) == ["ack"]
    desk.reply(JO, "Any news?")
    assert desk.last(CLEO, "customer-message")
    desk.reply(CLEO, "It is paid now.")
    relay = desk.last(JO, "relay")
    assert relay.message.senders[0].name == "Cleo Dahl (Logik Support)"
    assert CLEO not in relay.text
    desk.reply(ANN, "#note\nThanks, Cleo.")
    assert desk.events("agent_noted"), "who was in the old team may still write"
    desk.reply(CLEO, "#team first line")
    assert desk.case().assignee in {ANN, BOB}


@pytest.mark.parametrize(("holder", "kind"), [(ANN, "assigned"), (ANN, "echo"), (JO, "ack")])
@pytest.mark.parametrize("text", ["It is paid now.", "#answer\nIt is paid now.", "#resolve", "#team billing", "Thanks"])
def test_an_agent_of_another_team_hears_that_nothing_was_sent(desk, holder, kind, text):
    """Nothing goes to the customer, no order is done, no clock stops; what tells them has nothing of the case in it."""
    desk.reply(ANN, "#tag vip", to_kind="assigned")
    for number in range(5):
        desk.reply(CLEO, text, holder=holder, to_kind=kind)
        told = desk.sent_to(CLEO)
        assert len(told) == min(number + 1, 3)  # who goes on may be a machine

    assert told[0].subject == "[Acme Support] not done: your mail on HD-1"
    assert "an answer of somebody in first line" in " ".join(told[0].text.split())
    assert not any(words in told[0].text for words in ("The rules do not fire", "Jo Park", "It is paid now."))
    assert (desk.kinds_to(JO), desk.case().status, desk.case().team, desk.state()) == (["ack"], "open", "", "running")
    assert "NOT VERIFIED" in desk.last(ANN, "customer-message").subject


@pytest.mark.parametrize("text", ["They have not paid since March.", "#team billing"])
def test_an_agent_of_another_team_who_names_a_case_opens_none(desk, text):
    """Whoever has the case is shown it, and they hear that nothing was sent: no clock runs for a colleague's word."""
    desk.mail(CLEO, "Re: [HD-1] The rules do not fire", text)

    assert desk.case_numbers() == [1]
    assert desk.kinds_to(CLEO) == ["echo"]
    assert "an answer of somebody in first line" in " ".join(desk.last(CLEO).text.split())
    assert "NOT VERIFIED" in desk.last(ANN, "customer-message").subject
    assert (desk.kinds_to(JO), desk.case().team, desk.state()) == (["ack"], "", "running")


def test_an_agent_of_another_team_who_names_no_case_is_anybody(desk):
    desk.mail(CLEO, "The rules do not fire", "Since nine.")
    desk.mail(CLEO, "[HD-77] The rules do not fire", "Since nine.")

    assert desk.case_numbers() == [1, 2, 3]


@pytest.mark.parametrize("writer", [STRANGER, "kim@acme.example", "ops@desk.example"])
def test_who_is_no_agent_hears_nothing_of_it(desk, writer):
    desk.reply(writer, "It is paid now.", holder=ANN, to_kind="assigned")
    assert desk.sent_to(writer) == []


def test_a_machine_in_their_name_hears_nothing_either(desk):
    desk.reply(CLEO, "Away.", holder=ANN, to_kind="assigned", headers={"Auto-Submitted": "auto-replied"})
    assert desk.sent_to(CLEO) == []


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("#team sales", "#team and one of first line, Billing"),
        ("#team", "#team and one of"),
        ("#team billing\n#assign bob", "#team or #assign, not both"),
    ],
)
def test_a_team_that_is_none_and_a_team_beside_a_name_come_back(desk, line, hint):
    desk.reply(ANN, line)

    assert hint in " ".join(desk.last(ANN, "echo").text.split())
    assert desk.case().team == ""


def test_a_case_without_a_configured_team_any_more_is_its_mailboxs(desk, tmp_path):
    desk.reply(ANN, "#team billing")
    (tmp_path / "later").mkdir()
    desk.laboratory.desk.exchange(load_rules(write_office(tmp_path / "later"), environment={}, signing_key=KEY))
    desk.laboratory.desk.hand_on()

    assert desk.case().assignee in {ANN, BOB}


# --- typed orders


def test_a_typed_order_does_what_a_mail_does_and_its_echo_is_printed_instead(desk):
    done = typed(desk, "#assign bob")
    desk.laboratory.deliver()

    assert done.done == ("assigned to Bob Cole",)
    assert done.undo == (f"#assign! {ANN}",)
    assert desk.case().assignee == BOB
    assert desk.last(BOB, "assigned")
    assert "echo" not in desk.kinds_to(ANN)


def test_a_typed_answer_stops_the_clock_reaches_the_customer_and_is_found_again_where_it_does_not_arrive(desk):
    typed(desk, "#resolve\nIt is fixed in 7.3.")
    desk.laboratory.deliver()

    assert "It is fixed in 7.3." in desk.last(JO, "closed").text
    assert desk.case().status == "resolved"
    assert desk.state() == "met"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("assign bob", "an order first"),
        ("", "an order first"),
        ("Hello Jo,\n#resolve", "an order first"),
        ("#assign nobody", "#assign and one of"),
        ("#resolve\n#close", "not both"),
        ("#note\n#assgin bob", None),
        ("#close\nAsk bob@desk.example.", "not for customers"),
    ],
)
def test_a_mistake_in_typed_orders_changes_nothing(desk, text, expected):
    before = desk.case()
    ordered = typed(desk, text)
    desk.laboratory.deliver()

    assert ordered.mistakes or expected is None
    assert expected is None or expected in ordered.mistakes[0].expected
    assert expected is None or desk.case() == before
    assert desk.kinds_to(JO) == ["ack"]


@pytest.mark.parametrize("by", ["nobody", STRANGER, JO, "", "desk.example"])
def test_who_is_no_agent_types_no_orders(desk, by):
    with pytest.raises(NotFound, match="is no agent"):
        typed(desk, "#resolve", by=by)


def test_an_agent_of_another_team_types_none_either(desk):
    with pytest.raises(NotFound, match="Cleo Dahl is not in first line"):
        typed(desk, "#resolve", by="cleo")


def test_orders_on_a_merged_case_are_done_on_the_one_that_goes_on(desk):
    desk.mail(f"Jo Park <{JO}>", "Prices are missing", "Priority: Medium\n\nIn the shop.")
    typed(desk, "#merge HD-2")
    done = typed(desk, "#tag prices")

    assert (done.ref, desk.case(2).labels, desk.case(1).labels) == ("HD-2", ("prices",), ())


# --- snippets


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("#snippet refund", "Dear Jo Park,\n\nwe pay back what HD-1 (The rules do not fire) is about. Ann Berg of"),
        ("#snippet REFUND\nBye.", "is about. Ann Berg of Logik Support\n\nBye.\n"),
        ("#SNIPPET  refund\n#wait 2d\nBye.", "\n\nBye.\n"),
        ("#answer\n#snippet refund\n\n#close the window", "\n\n#close the window"),
    ],
)
def test_a_snippet_goes_to_the_customer_above_the_text(desk, body, sent):
    desk.reply(ANN, body, quote=True)

    assert sent in desk.last(JO, "relay").text
    assert desk.state() == "met"


def test_a_snippet_is_the_last_answer_beside_resolve_and_a_note_beside_note(desk):
    desk.reply(ANN, "#note\n#snippet refund")
    assert desk.kinds_to(JO) == ["ack"]
    desk.reply(ANN, "#resolve\n#snippet refund")
    assert "we pay back what HD-1" in desk.last(JO, "closed").text


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("#snippet refnd", "#snippet and one of greeting, refund"),
        ("#snippet", "#snippet and one of"),
        ("#snippet dunning", "#snippet and one of greeting, refund"),
        ("#snippet ../refund", "#snippet and one of"),
        ("#snippet greeting", "greeting has none"),
        ("Hello Jo,\n\n#snippet refund", "on the very first lines"),
    ],
)
def test_a_snippet_that_is_none_changes_nothing_and_names_those_of_the_team(desk, line, hint):
    desk.reply(ANN, f"{line}\nBye.")

    assert hint in " ".join(desk.last(ANN, "echo").text.split())
    assert desk.kinds_to(JO) == ["ack"]


def test_a_team_sends_its_own_snippet(desk):
    desk.reply(ANN, "#team billing")
    desk.reply(CLEO, "#snippet refund")

    assert "Billing pays back HD-1." in desk.last(JO, "relay").text


@pytest.mark.parametrize(
    ("team", "language", "said"),
    [
        ("first line", "en", "Dear "),
        ("first line", "de", "Wir erstatten"),
        ("first line", "fr", "Dear "),
        ("Billing", "en", "Billing pays"),
        ("BILLING", "de", "Wir erstatten"),
        ("Billing", "fr", "Billing pays"),
    ],
)
def test_a_snippet_in_the_customers_language_goes_before_one_of_the_team(tmp_path, desk, team, language, said):
    words = SnippetWords(**{one.name: "" for one in fields(SnippetWords)})
    text = Snippets(tmp_path / "snippets", ["first line", "Billing"]).text(
        "Refund", team=team, language=language, words=words
    )

    assert text.startswith(said)


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("bad.txt", "Hello {{ nmae }}", "snippets/bad.txt: 'nmae' is not given to it; there are ref"),
        ("bad.txt", "{% if ref == 'x' %}{{ due }}{% endif %}", "'due' is not given to it"),
        ("bad.txt", "Hello {{ name", "snippets/bad.txt: line 1: "),
        ("bad.txt", "{{ name | shout }}", "No filter named 'shout'"),
        ("Sales/x.txt", "Hello", "snippets/Sales/x.txt: expected it in a folder of a team, of a language"),
        ("de/Billing/x.txt", "Hello", "expected it in a folder of a team"),
    ],
)
def test_what_is_wrong_with_a_snippet_is_found_before_anybody_sends_it(tmp_path, file, text, problem):
    (tmp_path / "snippets" / file).parent.mkdir(parents=True)
    (tmp_path / "snippets" / file).write_text(text)

    with pytest.raises(ConfigurationError) as wrong:
        rules_of(tmp_path)
    assert problem in "\n".join(wrong.value.problems)
