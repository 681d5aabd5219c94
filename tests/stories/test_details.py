"""What a customer adds after the first mail is read into the case, and its agent sees what it changes (LAI-5, LAI-3)."""

from __future__ import annotations

import pytest

from helpdesk.core.words.case import case_from
from helpdesk.shipped import shipped
from tests.desk import ANN, JO
from tests.policies.offices import customer, open_desk

EVA, TOM = "eva@nord.example", "tom@nord.example"
WEBSITE = "website@laioutr.example"
OUTAGE = "Since nine o'clock no customer can pay in the live shop, for any of our brands."
UNNAMED = ("the mail does not name: Organisation", "the mail does not name: Project")


@pytest.fixture
def nord(tmp_path):
    """Friday 27 March 2026, 16:00 in Berlin; Eva is a registered contact of Nord."""
    contacts = [{"email": EVA, "registered": True}]
    customers = customer("nord", "laioutr", contacts=contacts, timezone="Europe/Berlin")
    return open_desk(
        tmp_path, policy="laioutr", channels=("email", "website"), customers=customers, start="2026-03-27 10:00"
    )


def told(desk, who=ANN):
    return " ".join(desk.last(who, "customer-message").text.split())


def inline(ack, answers, mark):
    """The acknowledgment with answers below its questions, or behind them where they begin with a colon."""
    lines = []
    for line in ack.split("\n"):
        answer = answers.get(line, "")
        lines += [f"{mark}{line}{answer}"] if answer.startswith(":") else [f"{mark}{line}", *filter(None, [answer])]
    return "\n".join(lines)


# --- what was asked for


@pytest.mark.parametrize("quote", [True, False])
@pytest.mark.parametrize(
    "answer",
    [
        "Organisation: Nord, Project: shop-eu",
        "Hello, sure. Organisation: Nord; Project: shop-eu. Kind regards, Eva",
        "Organisation: Nord Project: shop-eu",
        "* Organisation - Nord\n* Project - shop-eu",
        "1. Company = Nord\n2. Project name = shop-eu",
        "Organisation\nNord\n\nProject\nshop-eu",
        "| Organisation | Nord |\n| Project | shop-eu |",
        "Organisation, Project: Nord, shop-eu",
        "Hallo, unsere Organisation ist Nord und das Projekt heißt shop-eu.",
        "Firma: Nord\nProjekt: shop-eu",
        "Société : Nord, projet : shop-eu",
        "Empresa: Nord, proyecto: shop-eu",
        "Organisatie: Nord, projectnaam: shop-eu",
        "Azienda: Nord, progetto: shop-eu",
        "Empresa: Nord, projeto: shop-eu",
    ],
)
def test_who_answers_with_what_was_asked_for_is_owed_the_promise(nord, answer, quote):
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    assert "- Organisation\n- Project" in nord.last(EVA, "ack").text
    assert not nord.first_response().warranted

    nord.at("2026-03-27 10:20")
    nord.reply(EVA, answer, to_kind="ack", quote=quote)

    case = nord.case()
    assert dict(case.intake) == {"organisation": "Nord", "project": "shop-eu"}
    assert (case.missing, case.unwarranted) == (("environment", "steps"), ())
    assert nord.first_response().warranted
    assert "Read from this mail: - Organisation: Nord - Project: shop-eu - warranted" in told(nord)
    assert len(nord.sent_to(EVA)) == 1, "nothing is asked twice"
    assert case_from(case.number, case.events) == case


@pytest.mark.parametrize("mark", ["> ", ""])
def test_answers_are_read_between_our_questions_and_behind_them(nord, mark):
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    ack = nord.last(EVA, "ack").text
    answers = {"- Organisation": "Nord", "- Project": ": shop-eu"}
    introduction = "On Fri, 27 Mar 2026 at 16:00, Laioutr <website@laioutr.example> wrote:"
    nord.reply(EVA, f"Please see below.\n\n{introduction}\n{inline(ack, answers, mark)}", to_kind="ack")

    assert dict(nord.case().intake) == {"organisation": "Nord", "project": "shop-eu"}


def test_who_says_that_the_answers_stand_in_our_mail_states_nothing_of_what_we_wrote(nord):
    """Outlook marks nothing, and such a mail is shown whole: "Severity: S1 Critical Incident" is ours."""
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    answers = {"- Organisation": ": Nord", "- Project": "shop-eu"}
    header = (
        "From: Acme Support <website@laioutr.example>\nSent: Friday, March 27, 2026 4:00 PM\n"
        "To: eva@nord.example\nSubject: Re: Checkout [HD-1]"
    )
    ack = inline(nord.last(EVA, "ack").text, answers, "")
    nord.reply(EVA, f"Please see my answers below in blue.\n\n{header}\n\n{ack}", to_kind="ack")

    assert dict(nord.case().intake) == {"organisation": "Nord", "project": "shop-eu"}
    assert nord.case().stated == ""


def test_what_we_wrote_ourselves_is_nobodys_answer(nord):
    """The acknowledgment says "Severity: S3 Problem" and "your mail does not name: Project"."""
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    nord.reply(EVA, "Any news?", to_kind="ack", quote=True)

    assert not nord.events("details_given")
    assert "Read from this mail" not in told(nord)


@pytest.mark.parametrize(
    "answer",
    [
        "Our organisation: nobody can log in any more.",
        "Organisation: nobody can log in",
        "The project is DOWN and the company is not amused.",
        "The state of the project is Critical.",
        "Organisation: tbd\nProject: ...",
        "2026-03-27 10:02:11 ERROR, project: unset, company: null",
    ],
)
def test_a_label_in_a_sentence_names_nothing(nord, answer):
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    nord.reply(EVA, answer, to_kind="ack")

    assert {"organisation", "project"} <= set(nord.case().missing)
    assert nord.case().unwarranted == UNNAMED


def test_a_guess_is_shown_and_binds_nothing_until_the_agent_says_so(nord):
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    nord.reply(EVA, "we're Nord, project shop-eu", to_kind="ack")
    assert nord.case().unwarranted == UNNAMED
    assert "Organisation may be Nord: #detail organisation Nord says so" in told(nord)
    assert "Project may be shop-eu: #detail project shop-eu says so" in told(nord)

    nord.reply(ANN, "#detail organisation Nord\n#detail project shop-eu")
    assert (nord.case().unwarranted, nord.first_response().warranted) == ((), True)
    assert "Project: shop-eu" in nord.last(ANN, "echo").text
    nord.reply(EVA, "Project: shop-us", to_kind="ack")
    assert dict(nord.case().intake)["project"] == "shop-eu", "what an agent has set stays"
    assert "#detail project shop-us sets it" in told(nord)


def test_an_agent_who_is_no_friend_of_forms_is_told_which_details_there_are(nord):
    nord.mail(EVA, "Checkout", f"We are Nord.\n\n{OUTAGE}", to=WEBSITE)
    assert "Organisation may be Nord" in " ".join(nord.last(ANN, "assigned").text.split())

    nord.reply(ANN, "#detail shop eu")
    assert "#detail, one of organisation, project, environment, steps" in " ".join(nord.last(ANN, "echo").text.split())


def test_one_of_two_is_taken_and_the_other_is_still_missing(nord):
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    nord.reply(EVA, "Organisation: Nord", to_kind="ack")
    assert nord.case().unwarranted == UNNAMED[1:]
    assert "not warranted still: the mail does not name: Project" in told(nord)

    nord.reply(EVA, "Project: shop-eu", to_kind="ack")
    assert nord.case().unwarranted == ()


def test_a_colleague_on_copy_may_answer_and_nobody_else(nord):
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE, cc=TOM)
    both = "Organisation: Nord, Project: shop-eu"
    nord.mail("mallory@elsewhere.example", "Re: Checkout [HD-1]", both, to=WEBSITE)
    assert nord.case().unwarranted == UNNAMED

    nord.mail(TOM, "Re: Checkout [HD-1]", both, to=WEBSITE)
    assert nord.case().unwarranted == ()
    assert nord.events("details_given")[0].by == TOM


def test_a_value_is_corrected_and_the_agent_sees_both(nord):
    nord.mail(EVA, "Checkout", f"Organisation: Nord\nProject: shop-eu\n\n{OUTAGE}", to=WEBSITE)
    nord.reply(EVA, "Sorry, project: shop-us", to_kind="ack")

    assert dict(nord.case().intake)["project"] == "shop-us"
    assert "Project: shop-us, was shop-eu" in told(nord)
    nord.reply(EVA, "As I said, project: shop-us.", to_kind="ack")
    assert "Read from this mail" not in told(nord)


def test_details_that_come_after_the_promise_was_late_make_no_breach_of_warranty(nord):
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    nord.at("2026-03-30 08:00")
    assert nord.state() == "breached"
    nord.reply(EVA, "Organisation: Nord, Project: shop-eu", to_kind="ack")
    assert not nord.first_response().warranted

    nord.reply(ANN, "We are on it.", to_kind="assigned")
    nord.at("2026-03-30 09:00")
    nord.reply(EVA, "How long will it take?", to_kind="relay")
    assert nord.first_response().because == UNNAMED
    assert all(clock.warranted for clock in nord.clocks()[1:])


def test_details_that_come_in_time_make_it_owed_and_late_for_all(nord):
    nord.mail(EVA, "Checkout", OUTAGE, to=WEBSITE)
    nord.at("2026-03-27 10:40")
    nord.reply(EVA, "Organisation: Nord, Project: shop-eu", to_kind="ack")
    nord.at("2026-03-27 11:10")

    assert (nord.state(), nord.first_response().warranted) == ("breached", True)


# --- severity and area


def test_a_severity_stated_afterwards_raises_at_once(desk):
    """LGK-9: the customer is asked for it, and it is the initial severity whenever it comes."""
    desk.mail(JO, "Rules", "A rule shows the old price in one quote.")
    before = desk.first_response().due_at
    desk.at("2026-05-19 09:40")
    desk.reply(JO, "Case priority: Critical", to_kind="ack", quote=True)

    case = desk.case()
    assert (case.severity, case.stated) == ("critical", "Critical")
    assert desk.first_response().due_at < before
    assert "severity: Critical, was" in told(desk, case.assignee)
    assert "customer states Critical" in told(desk, case.assignee)


def test_it_lowers_only_while_nobody_has_answered(desk):
    desk.mail(JO, "Rules", "Case priority: Urgent\n\nA rule shows the old price in one quote.")
    desk.reply(JO, "On second thoughts, priority: Low", to_kind="ack")
    assert desk.case().severity == "low"

    desk.mail(JO, "Layouts", "Case priority: Urgent\n\nA layout shows the old logo in one quote.")
    agent = desk.case(2).assignee
    desk.reply(agent, "We are looking.", to_kind="assigned")
    desk.reply(JO, "Priority: Low", to_kind="relay")
    assert (desk.case(2).severity, desk.case(2).stated) == ("urgent", "Low")
    assert "Urgent stays, and #severity low sets it" in told(desk, agent)


def test_doubt_about_a_worse_severity_makes_none_milder(nord):
    """LAI-3: what is stated is evidence among other, and where it is far from what was found a person looks."""
    contact = "Organisation: Nord, Project: shop-eu\n\n"
    nord.mail(EVA, "Reports", f"{contact}How do I export a report as CSV?", to=WEBSITE)
    before = nord.case()
    nord.reply(EVA, "Severity: S1", to_kind="ack")

    assert nord.case().rank <= before.rank
    assert (nord.case().stated, nord.case().review) == ("S1", True)
    assert "because the customer states S1" in told(nord)


def test_worse_words_with_a_worse_statement_raise_at_once(nord):
    nord.mail(EVA, "Reports", "Our reports load slowly today for a few people.", to=WEBSITE)
    nord.reply(EVA, "Severity: S1\n\nNobody can order any more in any of our live shops, all is down.", to_kind="ack")
    assert nord.case().severity == "s1"


def test_what_an_agent_has_set_stays_and_the_difference_is_proposed(desk):
    desk.mail(JO, "Rules", "A rule shows the old price in one quote.")
    agent = desk.case().assignee
    desk.reply(agent, "#severity medium\n#area layout", to_kind="assigned")
    desk.reply(JO, "Priority: Critical\nApplication area: Rules", to_kind="ack")

    case = desk.case()
    assert (case.severity, case.area, case.stated) == ("medium", "layout", "Critical")
    assert "Medium stays, and #severity critical sets it" in told(desk, agent)
    assert "layout stays, and #area rule sets it" in told(desk, agent)


def test_the_area_follows_and_with_it_what_is_covered(desk):
    """LGK-8"""
    desk.mail(JO, "Old price", "Since this morning the wrong price is shown, it is broken.")
    assert "no covered area recognised" in desk.case().tags
    desk.reply(JO, "Application area: Rules", to_kind="ack")

    assert desk.case().area == "rule"
    assert "no covered area recognised" not in desk.case().tags

    for answer in ("Coffee", "Rules"):
        desk.reply(JO, f"Application area: {answer}", to_kind="ack")
    assert [event.area for event in desk.events("area_set")] == ["rule"], (
        "what is no area, or the same again, sets none"
    )


def test_the_same_priority_once_more_is_no_news(desk):
    desk.mail(JO, "[P1] Rules", "Case priority: Urgent\n\nA rule shows the old price.")
    agent = desk.case().assignee
    desk.reply(JO, "Priority: urgent. Any news?", to_kind="ack")

    assert not desk.events("severity_set", "details_given")
    assert "For you to decide" not in told(desk, agent)


# --- by kind


def test_a_serial_number_is_asked_for_a_defect_and_not_for_an_offer(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    text = (shipped("policies") / "cloudextend.toml").read_text("utf-8")
    field = '[[intake]]\nkey = "serial"\nlabel = "Serial number"\nkinds = ["defect"]\n\n'
    (own / "cloudextend.toml").write_text(text.replace("[[intake]]", f"{field}[[intake]]", 1), encoding="utf-8")
    desk = open_desk(
        tmp_path,
        policy="cloudextend",
        customers=customer("acme", "cloudextend"),
        start="2026-05-19 09:15",
        desk='policies = "own"',
    )
    to = "email@cloudextend.example"
    desk.mail(JO, "Sync", "The sync fails with an error since this morning, nothing is saved.", to=to)
    desk.mail(JO, "Offer", "How much would ten more seats cost us?", to=to)

    assert desk.case(1).missing[0] == "serial"
    assert "serial" not in desk.case(2).missing
    acks = [mail.text for mail in desk.sent_to(JO, "ack")]
    assert ["Serial number" in text for text in acks] == [True, False]

    desk.reply(JO, "Seriennummer: 4711-A", to=desk.sent_to(JO, "ack")[0].reply_to)
    assert dict(desk.case(1).intake)["serial"] == "4711-A"
    desk.mail(ANN, "Re: Offer [HD-2]", "#kind defect", to=desk.sent_to(ANN, "assigned")[1].reply_to)
    assert "serial" in desk.case(2).missing
