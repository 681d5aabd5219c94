"""Agents put a case right by mail: its kind and area, who is on it, what it belongs to, when to hear of it again."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from helpdesk.core.words.case import case_from
from helpdesk.desk import load_rules
from helpdesk.store import cases
from helpdesk.store.learning import label_of
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, OPS, STRANGER, VIC, TestDesk, wall, write_office

MEDIUM = "Priority: Medium\n\nFor one product only.\nSince this morning. SECRET-OF-BEFORE"
GATE = """
[[mailbox]]
address = "email@logicgate.example"
policy = "logicgate"
team = "first line"

[[team]]
name = "second line"

[[mailbox]]
address = "second@logik.example"
policy = "logik"
team = "second line"

[[agent]]
name = "Cy Dorn"
email = "cy@desk.example"
timezone = "Europe/Berlin"
teams = ["first line", "second line"]

[[agent]]
name = "Dee Eng"
email = "dee@desk.example"
teams = ["second line"]
"""


@pytest.fixture
def desk(desk):
    """A medium case of Jo's: eight business hours from Tuesday 09:15, so until 17:15; Ann has it."""
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", MEDIUM)
    return desk


@pytest.fixture
def office_of_two_teams(desk_database, tmp_path):
    rules = load_rules(write_office(tmp_path, more=GATE), environment={}, signing_key=KEY)
    return TestDesk(rules, desk_database)


def said(desk, who=ANN):
    return " ".join(desk.last(who, "echo").text.split())


# --- kind and area


def test_a_kind_is_corrected_and_the_ledger_says_what_it_was(desk):
    desk.reply(ANN, "#kind question\nWe look into it.")

    assert desk.case().kind == "question"
    facts = desk.facts("kind_set")[0]
    assert (facts["kind"], facts["was"]) == ("question", "defect")
    assert "We look into it." in desk.last(JO, "relay").text
    assert "kind question, was defect; severity stays Medium" in said(desk)


def test_lgt_6_a_kind_that_may_not_be_rank_1_lowers_the_severity_and_the_clock_follows(office_of_two_teams):
    """LGT-6: a question is never Severity 1; when it was a defect after all, it is as before."""
    desk = office_of_two_teams
    desk.mail(
        "ray@site.example", "Outage", "Severity: 1\n\nThe site is down, nobody can work.", to="email@logicgate.example"
    )
    agent = desk.case().assignee
    desk.reply(agent, "#severity sev1", to_kind="assigned")
    first = desk.first_response().due_at
    desk.reply(agent, "#kind question", to_kind="assigned")

    assert (desk.case().rank, desk.case().severity_set_by) == (2, "desk")
    assert "a case of kind question is never Severity 1" in said(desk, agent)
    assert desk.first_response().due_at > first
    desk.reply(agent, "#kind defect", to_kind="assigned")
    assert desk.case().rank == 1
    assert desk.first_response().due_at == first
    assert label_of(desk.case()).rank == 1, "only what an agent said of the severity is learned"


def test_a_severity_in_the_same_mail_is_the_agents(office_of_two_teams):
    desk = office_of_two_teams
    desk.mail("ray@site.example", "Report", "The report shows an error.", to="email@logicgate.example")
    agent = desk.case().assignee
    desk.reply(agent, "#severity sev1 the board is waiting\n#kind enhancement", to_kind="assigned")

    assert (desk.case().kind, desk.case().rank) == ("enhancement", 1)


def test_cel_10_an_enhancement_is_low(tmp_path, desk_database):
    """CEL-10: its cap holds for what an agent calls an enhancement as it does for what the desk does."""
    more = '\n[[mailbox]]\naddress = "help@celigo.example"\npolicy = "celigo"\nteam = "first line"\n'
    desk = TestDesk(load_rules(write_office(tmp_path, more=more), environment={}, signing_key=KEY), desk_database)
    desk.mail("pat@shop.example", "Flow", "Priority: High\n\nThe flow is slow.", to="help@celigo.example")
    agent = desk.case().assignee
    desk.reply(agent, "#kind enhancement", to_kind="assigned")

    assert desk.case().severity == "low"
    assert "enhancements are Low" in said(desk, agent)


def test_closing_a_case_whose_kind_was_wrong_confirms_no_severity(desk):
    desk.reply(ANN, "#kind question")
    desk.reply(ANN, "#close\nDone.", to_kind="assigned")

    assert label_of(desk.case()) is None


def test_tkt_6_an_area_outside_the_plan_is_marked_and_the_mark_goes_with_the_area(desk):
    """TKT-6: a Standard customer's custom code is not in the plan; what turns out to be something else is."""
    desk.mail(VIC, "The editor", "The editor shows an error.", to="support@threekit.example")
    agent = desk.case(2).assignee
    desk.reply(agent, "#area custom code", to_kind="assigned")

    assert desk.case(2).area == "custom-code"
    assert "not in plan: custom-code" in desk.case(2).tags
    assert "marked: not in plan: custom-code" in said(desk, agent)
    desk.reply(agent, "#area editor", to_kind="assigned")
    assert not any("not in plan" in tag for tag in desk.case(2).tags)


def test_tkt_6_a_custom_integration_in_the_customers_words_is_marked_for_standard(desk):
    """TKT-6: "integration" alone is an area of the platform, the two words are not."""
    desk.mail(VIC, "Sync", "Priority: High\n\nOur custom integration with SAP fails.", to="support@threekit.example")

    assert desk.case(2).area == "custom-integration"
    assert "not in plan: custom-integration" in desk.case(2).tags


def test_lgk_8_a_defect_of_no_area_is_marked_until_an_agent_names_one(desk):
    """LGK-8"""
    desk.mail(JO, "Error", "Priority: Medium\n\nIt crashes with an error message when we click.")
    agent = desk.case(2).assignee
    assert "no covered area recognised" in desk.case(2).tags
    desk.reply(agent, "#area Matrix Loader", to_kind="assigned")

    assert desk.case(2).area == "matrix-loader"
    assert "no covered area recognised" not in desk.case(2).tags


# --- who is on the case


def test_a10_who_is_added_gets_what_comes_and_never_what_was(desk):
    """A10: no quote, no history, not in any header."""
    desk.reply(ANN, "Can you tell us more? ANSWER-OF-BEFORE")
    desk.reply(ANN, f"#cc add Kim Roe <{KIM}>\nKim, can you have a look?", to_kind="assigned", quote=True)

    assert [person.address for person in desk.case().participants] == [KIM]
    mail = desk.last(KIM, "relay")
    assert mail.text.startswith("Kim, can you have a look?")
    assert len(desk.sent_to(KIM)) == 1
    for old in (b"SECRET-OF-BEFORE", b"ANSWER-OF-BEFORE", JO.encode()):
        assert old not in mail.raw
    assert f"{KIM} gets the answers from now on, and nothing of before" in said(desk)


def test_who_was_added_may_answer(desk):
    desk.reply(ANN, f"#cc add {KIM}\nKim, can you have a look?")
    became = desk.reply(KIM, "It is the cache.")

    assert became.case == 1
    assert "It is the cache." in desk.last(ANN, "customer-message").text


def test_who_is_taken_off_gets_nothing_more_and_is_not_believed(desk):
    desk.reply(ANN, f"#cc add {KIM}\nKim, can you have a look?")
    desk.reply(ANN, f"#cc remove {KIM}\nThanks, we go on with Jo.", to_kind="assigned")

    assert len(desk.sent_to(KIM)) == 1
    assert desk.case().participants == ()
    desk.reply(KIM, "But I am still here.", holder=KIM)
    assert "NOT VERIFIED" in desk.last(ANN, "customer-message").subject
    desk.reply(JO, "Kim, too, says so.", cc=KIM)
    assert desk.case().participants == (), "only an agent brings them back"
    desk.reply(ANN, f"#cc add {KIM}", to_kind="assigned")
    assert [person.address for person in desk.case().participants] == [KIM]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (f"#cc add {BOB}", f"{BOB} is one of us"),
        (f"#cc add {OPS}", f"{OPS} is one of us"),
        ("#cc add support@threekit.example", "is one of us"),
        (f"#cc remove {JO}", "whose case it is"),
        (f"#cc remove {KIM}", "none but the requester is on the case"),
        ("#cc add", "#cc add or #cc remove, and addresses"),
        ("#cc add Kim", "#cc add or #cc remove, and addresses"),
        ("#cc kim@acme.example", "#cc add or #cc remove, and addresses"),
        ("#cc add kim@acme, nonsense, other nonsense", "not kim@acme, nonsense, other nonsense"),
        (f"#cc add nonsense, {KIM}; a@b, Kim <k@c>", "not nonsense, a@b, k@c"),
        (f"#cc add nonsense, {BOB}, {OPS}", f"not nonsense; addresses of customers; {BOB}, {OPS} are of us"),
        (f"#cc remove {KIM}, {JO}", f"other than {JO}, whose case it is; nobody: none but the requester"),
        ("#kind bug", "question, defect, maintenance, enhancement"),
        ("#area weather", "#area and one of field, rule"),
        ("#link", "the number of a case of your team"),
        ("#link HD-1", "another case than this one"),
        ("#link HD-77", "the number of a case of your team"),
        ("#snooze", "a moment within a year"),
        ("#snooze yesterday", "a moment within a year"),
        ("#snooze 2026-05-18", "a moment within a year"),
        ("#snooze 2028-01-01", "a moment within a year"),
        ("# note", "#note, without a blank behind the #"),
        ("#note\n#answer", "#note or #answer, not both in one mail"),
        ("#close\n#wait 3d", "#close or #wait, not both in one mail"),
        ("#resolve\n#snooze 3d", "#resolve or #snooze, not both in one mail"),
        ("#assign bob\n#assign ann", "one #assign in a mail"),
    ],
)
def test_each_mistake_changes_nothing_and_says_what_was_expected(desk, line, hint):
    """P02: none of our own addresses gets onto a case."""
    desk.reply(ANN, f"#severity low\n{line}\nHello.")

    assert hint in said(desk)
    assert "- #severity low" in desk.last(ANN, "echo").text
    assert desk.kinds_to(JO) == ["ack"]
    case = desk.case()
    assert (case.severity, case.status, case.participants, case.assignee) == ("medium", "open", (), ANN)


# --- cases that belong together


def test_two_cases_are_linked_and_each_names_the_other(desk):
    desk.mail(KIM, "The rules fire twice", MEDIUM)
    desk.reply(ANN, "#link HD-2\nWe know of another one.", to_kind="assigned")

    assert (desk.case(1).links, desk.case(2).links) == (("HD-2",), ("HD-1",))
    assert "linked to HD-2: The rules fire twice" in said(desk)
    desk.reply(KIM, "Any news?", to_kind="ack")
    assert "Linked: HD-1" in " ".join(desk.last(desk.case(2).assignee, "customer-message").text.split())
    for mail in [*desk.sent_to(JO), *desk.sent_to(KIM)]:
        assert not ("HD-1" in mail.text and "HD-2" in mail.text)
    desk.reply(ANN, "#link hd-2", to_kind="assigned")
    assert "was linked to HD-2 already" in said(desk)
    assert len(desk.events("linked")) == len(desk.events("linked", number=2)) == 1


def test_a_case_of_another_team_cannot_be_linked(office_of_two_teams):
    desk = office_of_two_teams
    desk.mail(JO, "The rules", MEDIUM)
    desk.mail(KIM, "For the others", MEDIUM, to="second@logik.example")
    first = desk.case(1).assignee
    if first == "cy@desk.example":
        desk.reply(first, f"#assign {ANN}", to_kind="assigned")
        first = ANN
    desk.reply(first, "#link HD-2", to_kind="assigned")

    assert "the number of a case of your team" in said(desk, first)
    assert desk.case(2).links == ()


def test_who_is_in_both_teams_may_link_them(office_of_two_teams):
    desk = office_of_two_teams
    desk.mail(JO, "The rules", MEDIUM)
    desk.mail(KIM, "For the others", MEDIUM, to="second@logik.example")
    first = desk.case(1).assignee
    if first != "cy@desk.example":
        desk.reply(first, "#assign cy", to_kind="assigned")
    desk.reply("cy@desk.example", "#link HD-2", to_kind="assigned")

    assert (desk.case(1).links, desk.case(2).links) == (("HD-2",), ("HD-1",))


# --- later


def test_a_case_that_is_put_off_comes_back_once_and_no_clock_stops(desk):
    desk.reply(ANN, "#snooze 3d")

    assert (desk.case().status, desk.state()) == ("open", "running")
    assert "you are reminded 2026-05-22 09:15 CDT; no clock stops" in said(desk)
    assert "due before that: first response 2026-05-19 17:15 CDT" in said(desk)
    desk.just_before("2026-05-22 09:15")
    assert "reminder" not in desk.kinds_to(ANN)
    desk.at("2026-05-22 09:15")
    assert "You asked to be reminded of HD-1" in desk.last(ANN, "reminder").text
    desk.at("2026-06-30 09:15")
    assert desk.kinds_to(ANN).count("reminder") == 1
    assert [event.at for event in desk.events("snooze_over")] == [wall("2026-05-22 09:15")]


@pytest.mark.parametrize(
    ("when", "at"),
    [
        ("12h", "2026-05-19 21:15"),
        ("2026-06-01", "2026-06-01 09:00"),
        ("2026-06-01 14:30", "2026-06-01 14:30"),
        ("mon", "2026-05-25 09:00"),
        ("Tuesday", "2026-05-26 09:00"),
        ("tue 9:30", "2026-05-19 09:30"),
    ],
)
def test_a_moment_is_read_on_the_wall_where_the_case_is_served(desk, when, at):
    desk.reply(ANN, f"#snooze {when}")

    assert desk.case().snoozed.until == wall(at)


def test_an_agent_with_a_zone_of_their_own_says_it_in_that(office_of_two_teams):
    desk = office_of_two_teams
    desk.mail(JO, "The rules", MEDIUM)
    desk.reply(desk.case().assignee, "#assign cy", to_kind="assigned")
    desk.reply("cy@desk.example", "#snooze mon")

    assert desk.case().snoozed.until == wall("2026-05-25 09:00", "Europe/Berlin")


def test_a_customers_mail_ends_it(desk):
    desk.reply(ANN, "#snooze 3d\nI look again on Friday.")
    desk.reply(JO, "It has got worse.")
    assert desk.case().snoozed is None
    desk.at("2026-05-29 09:15")

    assert "reminder" not in desk.kinds_to(ANN)


def test_a_later_one_takes_the_place_of_the_first_and_closing_ends_both(desk):
    desk.reply(ANN, "#snooze 1d")
    desk.reply(ANN, "#snooze 2d", to_kind="assigned")
    desk.at("2026-05-20 10:00")
    assert "reminder" not in desk.kinds_to(ANN)
    desk.reply(ANN, "#close\nDone.", to_kind="assigned")
    desk.at("2026-05-29 09:15")

    assert "reminder" not in desk.kinds_to(ANN)


def test_who_has_the_case_by_then_is_reminded(desk):
    desk.reply(ANN, "#snooze 1d")
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    desk.at("2026-05-20 09:15")

    assert desk.kinds_to(BOB).count("reminder") == 1
    assert "reminder" not in desk.kinds_to(ANN)


def test_a_reminder_that_was_missed_says_how_late_it_is(desk):
    desk.reply(ANN, "#snooze 2h\nWe are on it.")
    desk.is_down_until("2026-05-19 12:15")

    assert "comes 1 h late" in " ".join(desk.last(ANN, "reminder").text.split())


# --- where a plain reply goes


def test_an_answer_to_an_echo_stays_in_the_team_and_says_so(desk):
    """P01: there is nothing to answer a customer with."""
    desk.reply(ANN, "#severity low")
    assert "your text stays in the team" in " ".join(desk.last(ANN, "echo").text.split())
    desk.reply(ANN, "Thanks, desk. SECRET-CANARY", to_kind="echo")

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"
    assert "noted, in the team only: replies to that mail stay there, unless they begin with #answer" in said(desk)


def test_with_answer_it_goes_to_the_customer_all_the_same(desk):
    desk.reply(ANN, "#severity low")
    desk.reply(ANN, "#answer\nWe are on it.", to_kind="echo")

    assert "We are on it." in desk.last(JO, "relay").text
    assert desk.state() == "met"


@pytest.mark.parametrize(("order", "status"), [("#resolve", "resolved"), ("#close", "closed")])
def test_a_last_answer_goes_out_with_the_end_whatever_mail_was_answered(desk, order, status):
    """The text beside it is for the customer, and it answers: the clock is met and not exempt."""
    desk.reply(ANN, "#severity low")
    assert "#answer, #resolve or #close it goes to the customer" in " ".join(desk.last(ANN, "echo").text.split())
    desk.reply(ANN, f"{order}\nThe certificate was wrong; please clear your cache once.", to_kind="echo")

    assert (desk.case().status, desk.state()) == (status, "met")
    assert "please clear your cache once" in desk.last(JO, "closed").text
    assert desk.kinds_to(JO) == ["ack", "closed"]
    assert "noted, in the team" not in said(desk)


def test_a_note_beside_the_end_stays_in_the_team_whatever_mail_was_answered(desk):
    """P01"""
    desk.reply(ANN, "#severity low")
    desk.reply(ANN, "#resolve\n#note\nHopeless. SECRET-CANARY", to_kind="echo")

    assert desk.case().status == "resolved"
    assert "SECRET-CANARY" not in desk.last(JO, "closed").text


def test_what_a_mistake_sent_back_is_sent_again_by_answering_that(desk):
    desk.reply(ANN, "#severty low\nWe are on it.")
    assert "your text goes to the customer" in " ".join(desk.last(ANN, "echo").text.split())
    desk.reply(ANN, "#severity low\nWe are on it.", to_kind="echo", quote=True)

    assert desk.case().severity == "low"
    assert "We are on it." in desk.last(JO, "relay").text


def test_a_mistake_in_a_reply_that_stays_comes_back_as_one_that_stays(desk):
    desk.reply(ANN, "#severity low")
    desk.reply(ANN, "#severty low\nHopeless. SECRET-CANARY", to_kind="echo")
    desk.reply(ANN, "#severity low\nHopeless. SECRET-CANARY", to_kind="echo", quote=True)

    assert desk.kinds_to(JO) == ["ack"]


def test_words_of_a_stranger_are_not_answered_to_the_customer(desk):
    """P01: whoever answers them means the stranger, or nobody."""
    desk.reply(STRANGER, "Please send me the prices.", holder=JO, to_kind="ack")
    assert "your text stays in the team" in " ".join(desk.last(ANN, "customer-message").text.split())
    desk.reply(ANN, "We do not know you.", to_kind="customer-message")

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.sent_to(STRANGER) == []


@pytest.mark.parametrize("kind", ["assigned", "warning", "breach"])
def test_what_asks_for_an_answer_sends_it_to_the_customer_and_says_so(desk, kind):
    desk.at("2026-05-19 17:20")
    assert "your text goes to the customer" in " ".join(desk.last(ANN, kind).text.split())
    desk.reply(ANN, "We are on it.", to_kind=kind)

    assert "We are on it." in desk.last(JO, "relay").text


def test_the_leads_answer_to_an_escalation_goes_to_the_customer_and_the_mail_says_so(desk):
    desk.at("2026-05-19 17:20")
    assert "your text goes to the customer" in " ".join(desk.last(LENA, "escalation").text.split())


def test_the_list_of_commands_fits_a_terminal_and_a_phone(desk):
    desk.reply(ANN, "#help")
    mail = desk.last(ANN, "echo")

    assert max(map(len, mail.text.splitlines())) <= 72
    assert "- #wait [vendor] [3d]: waits for the customer, or for a third party" in mail.text
    assert "- #snooze 3d | 2026-06-01 [09:00] | mon: reminds you then; no clock stops" in " ".join(mail.text.split())


def test_every_command_is_recomputed_from_the_ledger(desk):
    desk.mail(KIM, "Another", MEDIUM)
    desk.reply(ANN, f"#kind question\n#area rule\n#cc add {KIM}\n#link HD-2\n#snooze 3d", to_kind="assigned")
    case = desk.case()

    assert case_from(1, case.events) == case
    assert (case.kind, case.area, case.links) == ("question", "rule", ("HD-2",))


OUTLOOK = """\
<html><body><p class="MsoNormal">#note<o:p></o:p></p><p class="MsoNormal">#severity&nbsp;urgent shop down<o:p></o:p></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">They pay late. SECRET-CANARY<o:p></o:p></p>
<p class="MsoNormal">Best regards,</p><p class="MsoNormal">Ann Berg</p>
<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Logik Support<br>
<b>Sent:</b> Tuesday, May 19, 2026 9:15 AM<br><b>To:</b> Ann Berg<br><b>Subject:</b> [HD-1] Medium</p></div>
<p class="MsoNormal">A new case for you.</p><p class="MsoNormal">#close</p></body></html>"""
GMAIL = """\
<div dir="ltr"><div>#note</div><div>#severity urgent shop down</div><div><br></div><div>They pay late. SECRET-CANARY</div>
</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, May 19, 2026 at 9:15 AM Logik Support &lt;
<a href="mailto:support@logik.example">support@logik.example</a>&gt; wrote:<br></div>
<blockquote class="gmail_quote"><div>#close</div></blockquote></div>"""
PHONE = """\
<html><body>#note<div>#severity urgent shop down</div><div>They pay late. SECRET-CANARY</div><div><br>Sent from my iPhone
<blockquote type="cite"><div>On 19 May 2026, at 09:15, Logik Support wrote:</div><div>#close</div></blockquote></div></body>"""


@pytest.mark.parametrize("page", [OUTLOOK, GMAIL, PHONE], ids=["outlook", "gmail", "phone"])
def test_a13_commands_in_a_mail_that_is_html_alone_are_read_and_the_quote_is_not(desk, page):
    """A13: what stands in a mail of ours is never an order; what we never wrote would be."""
    desk.reply(JO, "Do it now, please.\n#close\nAnd tell me.")
    page = page.replace("#close", "Do it now, please.<br>#close<br>And tell me.")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ANN, desk.last(ANN, "assigned").reply_to, "Re: [HD-1]"
    mail.set_content(page, subtype="html")
    desk.receive(mail.as_bytes())

    assert (desk.case().severity, desk.case().status) == ("urgent", "open")
    assert desk.kinds_to(JO) == ["ack"]
    with desk.database.read() as connection:
        assert cases.messages(connection, 1)[-1].reply.startswith("They pay late. SECRET-CANARY")


def test_what_is_so_already_is_said_and_not_done_twice(desk):
    desk.reply(ANN, "#close\nDone.", to_kind="assigned")
    desk.reply(ANN, "#close", to_kind="assigned")
    assert "was closed already; nobody is told again" in said(desk)
    assert desk.kinds_to(JO) == ["ack", "closed"]
    desk.reply(ANN, "#assign ann", to_kind="assigned")
    assert "was with Ann Berg already" in said(desk)
    desk.reply(ANN, "#note", to_kind="assigned")
    assert "nothing: no text of yours was found" in said(desk)


def test_a_last_word_on_a_closed_case_goes_to_the_customer(desk):
    desk.reply(ANN, "#close\nDone.", to_kind="assigned")
    desk.reply(ANN, "#close\nOne more thing: it needs a restart.", to_kind="assigned")

    assert desk.last(JO, "closed").text.count("One more thing") == 1
