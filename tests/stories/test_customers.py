"""What customers hear: in their own zone and language, what they need, and nothing of how the desk works inside."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from helpdesk.offering.declared import Incident, MaintenanceWindow
from helpdesk.shipped import shipped
from helpdesk.store import declarations
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, STRANGER, UTE, TestDesk, wall, write_office
from tests.policies.offices import customer, open_desk

GERMAN = "Guten Tag,\n\nseit heute Morgen werden die Regeln nicht mehr ausgeführt. Können Sie bitte nachsehen?"
LIFECYCLE = """
remind_after_days = 3
close_after_days = 4
progress_mails = true
"""


@pytest.fixture
def keen(tmp_path, story_databases, request) -> TestDesk:
    """The tests' desk; its policy speaks German too, reminds, closes and tells of progress."""
    office = write_office(tmp_path)
    (tmp_path / "policies").mkdir()
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    for was, now in (("[lifecycle]\n", f"[lifecycle]{LIFECYCLE}"), ('languages = ["en"]', 'languages = ["en", "de"]')):
        assert was in text
        text = text.replace(was, now)
    (tmp_path / "policies" / "logik.toml").write_text(text, encoding="utf-8")
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\npolicies = "policies"\n'))
    return TestDesk(load_rules(office, environment={}, signing_key=KEY), story_databases.of("memory", request))


def said(mail):
    return " ".join(mail.text.split())


# --- the acknowledgment


def test_the_promised_time_is_told_on_the_customers_own_wall_and_in_their_language(keen):
    """LGK-9, LAI-13: Jo's is in Chicago, Ute's in Berlin."""
    keen.mail(JO, "Rules", "Case Priority: Urgent\n\nNo rule fires since this morning, and we do not know why.")
    keen.mail(f"Ute Orth <{UTE}>", "Regeln", GERMAN)

    assert "First answer: within 2 hours, by Tue 19 May 2026, 11:15 CDT" in said(keen.last(JO, "ack"))
    assert "Uhr MESZ" in said(keen.last(UTE, "ack"))
    assert keen.last(UTE, "ack").text.startswith("Guten Tag Ute Orth,")


def test_the_acknowledgment_asks_for_exactly_what_is_missing(desk):
    """LGK-9"""
    desk.mail(JO, "Rules", "Case Priority: Urgent\nApplication Area: Rules\n\nNo rule fires.")
    asked = said(desk.last(JO, "ack"))

    assert "- Steps to reproduce" in asked
    assert "- When it was first noticed" in asked
    assert "- Case priority" not in asked
    assert "- Application area" not in asked


def test_lai_5_e_mail_is_pointed_to_the_website_while_it_is_up(tmp_path):
    """LAI-5"""
    desk = open_desk(tmp_path, policy="laioutr", customers=customer("acme", "laioutr"), start="2026-05-19 09:15")
    desk.mail(JO, "Editor", "The editor shows an error.", to="email@laioutr.example")
    with desk.database.write() as connection:
        declarations.set_switch(connection, "website", down=True, by="ops", since=desk.now)
    desk.mail(JO, "Studio", "The studio shows an error.", to="email@laioutr.example")

    first, second = desk.sent_to(JO, "ack")
    assert "Please open your case on the support website" in said(first)
    assert "website" not in said(second)


def test_lgk_11_maintenance_is_told_with_its_end_on_the_customers_wall_and_an_incident_by_its_name(keen):
    """LGK-11, LAI-6"""
    window = MaintenanceWindow("Database move", "", wall("2026-05-19 08:00"), wall("2026-05-19 12:00"), "logik")
    with keen.database.write() as connection:
        declarations.plan_maintenance(connection, window, by="ops", now=keen.now)
        known = Incident("rules", "Rules fail since 7.2", ("regeln",))
        declarations.open_incident(connection, known, by="ops", since=keen.now)
    keen.mail(JO, "Down", "Production is down, nobody can log in.")
    keen.mail(UTE, "Regeln", GERMAN)

    assert "planned maintenance, Database move, which lasts until Tue 19 May 2026, 12:00 CDT" in said(
        keen.last(JO, "ack")
    )
    german = said(keen.last(UTE, "ack"))
    assert "ist vielleicht ein Problem, das wir kennen und an dem wir schon arbeiten: Rules fail since 7.2." in german


# --- progress


def test_progress_is_told_where_the_policy_says_so_and_names_no_address(keen):
    """LAI-3"""
    keen.mail(JO, "Rules", "One rule does not fire.", cc=KIM)
    keen.reply(ANN, "#severity urgent\n#assign bob", to_kind="assigned")

    for reader in (JO, KIM):
        told = keen.last(reader, "progress")
        assert "We now treat your case HD-1 as Urgent; it was" in said(told)
        assert "Bob Cole looks after it." in said(told)
        assert "Next answer: by Tue 19 May 2026, 11:15 CDT" in said(told)
        assert told.automatic
        assert not {ANN, BOB, "desk.example"} & set(told.raw.decode().replace("<", " ").replace(">", " ").split())
        assert b"desk.example" not in told.raw
    keen.reply(BOB, "#severity urgent", to_kind="assigned")
    assert keen.kinds_to(JO).count("progress") == 1, "nothing has changed"


def test_progress_is_told_in_german_and_not_of_a_case_that_is_over(keen):
    """LAI-13"""
    keen.mail(UTE, "Regeln", GERMAN)
    keen.reply(ANN, "#assign bob", to_kind="assigned")
    assert "kümmert sich ab jetzt Bob Cole." in said(keen.last(UTE, "progress"))

    keen.reply(BOB, "#severity low\n#resolve\nEs geht wieder.", to_kind="assigned")
    assert keen.kinds_to(UTE) == ["ack", "progress", "closed"]


def test_without_the_policys_word_nobody_is_told_of_progress(desk):
    desk.mail(JO)
    desk.reply(ANN, "#severity urgent\n#assign bob", to_kind="assigned")

    assert desk.kinds_to(JO) == ["ack"]


# --- the reminder, and the end


def test_a_reminder_says_when_the_case_is_closed_and_then_it_is(keen):
    """LAI-9"""
    keen.mail(JO, "Rules", "No rule fires.")
    keen.reply(ANN, "#wait\nWhich version do you run?", to_kind="assigned")
    keen.at("2026-05-23 12:00")
    assert keen.kinds_to(JO) == ["ack", "relay", "reminder"]
    assert "we then close the case on Fri 29 May 2026, 09:15 CDT." in said(keen.last(JO, "reminder"))

    keen.at("2026-05-29 09:15")
    assert keen.case().status == "closed", "four business days later: Monday is Memorial Day"
    closing = said(keen.last(JO, "closed"))
    assert "Hello, We have not heard from you for a while and have closed case HD-1." in closing
    assert "A reply until Fri 12 Jun 2026, 09:15 CDT opens it again" in closing


def test_the_mail_of_a_resolved_case_says_until_when_a_reply_opens_it(desk):
    desk.mail(JO, "Re: Rules [HD-77]")
    desk.reply(ANN, "#resolve\nFixed.", to_kind="assigned")
    closing = desk.last(JO, "closed")
    assert "A reply until Tue 2 Jun 2026, 09:15 CDT opens it again" in said(closing)
    assert closing.subject == "Re: Rules [HD-1]", "neither Re: nor a number twice"

    desk.at("2026-06-02 09:16")
    assert desk.reply(JO, "It is back.", to_kind="closed").case == 2


def test_whoever_is_reminded_late_has_as_long_to_answer(keen):
    """A desk that was down over both instants does not remind and close in one breath."""
    keen.mail(JO, "Rules", "No rule fires.")
    keen.reply(ANN, "#wait\nWhich version do you run?", to_kind="assigned")
    keen.is_down_until("2026-06-01 10:00")
    assert keen.kinds_to(JO) == ["ack", "relay", "reminder"]
    assert keen.case().status == "waiting"

    keen.at("2026-06-05 09:59")
    assert keen.case().status == "waiting"
    keen.at("2026-06-05 10:00")
    assert keen.case().status == "closed"


def test_the_reminder_and_the_end_are_told_in_german(keen):
    """LAI-9, LAI-13"""
    keen.mail(UTE, "Regeln", GERMAN)
    keen.reply(ANN, "#wait\nWelche Version?", to_kind="assigned")
    keen.at("2026-06-01 12:00")

    assert "Wir schließen die Anfrage dann am Fr., 29.05.2026, 16:15 Uhr MESZ." in said(keen.last(UTE, "reminder"))
    assert "Guten Tag, wir haben länger nichts von Ihnen gehört" in said(keen.last(UTE, "closed"))


# --- open again


def test_whoever_opens_a_case_again_hears_of_it_and_only_they(desk):
    """LGT-8"""
    desk.mail(f"Jo Park <{JO}>", "Rules", "Priority: Urgent\n\nNo rule fires.", cc=KIM)
    desk.reply(ANN, "#resolve\nFixed.", to_kind="assigned")
    desk.reply(f"Jo Park <{JO}>", "It still fails.", to_kind="closed")
    desk.reply(JO, "Really.", to_kind="closed")

    assert desk.kinds_to(JO) == ["ack", "closed", "reopened"]
    assert desk.kinds_to(KIM) == ["closed"]
    told = desk.last(JO, "reopened")
    assert told.automatic
    assert "Thank you for your reply. Case HD-1 is open again" in said(told)
    assert "Re: Rules [HD-1]" in told.subject


def test_two_machines_that_answer_one_another_stop_at_the_first_opening(desk):
    """L03: without any header that says so."""
    desk.mail(JO, "Rules", "No rule fires.")
    desk.reply(ANN, "#resolve\nFixed.", to_kind="assigned")
    for _ in range(5):
        desk.reply(JO, "We have received your message and will look at it.")

    assert desk.kinds_to(JO).count("reopened") == 1


def test_a_reply_after_the_window_opens_a_case_that_says_what_it_follows(desk):
    """LGT-8"""
    desk.mail(JO, "Rules", "No rule fires.")
    desk.reply(ANN, "#close\nFixed.", to_kind="assigned")
    desk.at("2026-06-30 09:00")
    desk.reply(JO, "It fails again.", to_kind="closed")

    assert desk.case_numbers() == [1, 2]
    assert "Your message follows HD-1, which is closed." in said(desk.last(JO, "ack"))


def test_a_stranger_with_a_right_number_is_told_of_no_other_case(desk):
    """A11"""
    desk.mail(JO, "Rules", "No rule fires.")
    desk.mail(STRANGER, "Re: Rules [HD-1]", "Me, too.")

    assert "HD-1" not in said(desk.last(STRANGER, "ack"))


# --- escalation


@pytest.mark.parametrize(
    "body",
    [
        "As this is not acceptable, please escalate.",
        "We need an escalation to your manager.",
        "Bitte eskalieren Sie, da es immer noch nicht geht.",
        "Wir bitten um Eskalation.",
        "Veuillez escalader ce ticket, rien ne marche.",
        "Nous demandons une escalade.",
        "Por favor escalen este caso.",
        "Solicitamos la escalación del caso.",
    ],
)
def test_lgt_7_a_customer_asks_for_escalation_in_their_own_words(tmp_path, body):
    """LGT-7: the account contacts hear of it, and no clock moves."""
    known = customer("acme", "logicgate", account_contacts=["am@desk.example"])
    desk = open_desk(tmp_path, policy="logicgate", customers=known, start="2026-05-19 09:15")
    desk.mail(JO, "Export", "The export shows an error.", to="email@logicgate.example")
    due = desk.first_response().due_at
    desk.reply(JO, body)

    assert ["ESCALATION ASKED" in mail.subject for mail in desk.sent_to("am@desk.example")] == [True]
    assert desk.first_response().due_at == due


@pytest.mark.parametrize(
    "body",
    [
        "Please do not escalate this yet.",
        "There is no need to escalate it.",
        "Bitte eskalieren Sie das nicht.",
        "Ne pas escalader, merci de patienter.",
        "No es necesario escalar el caso.",
        "With this role a user is able to escalate privileges.",
    ],
)
def test_lgt_7_who_denies_it_asks_for_nothing(tmp_path, body):
    """LGT-7"""
    desk = open_desk(tmp_path, policy="logicgate", customers=customer("acme", "logicgate"), start="2026-05-19 09:15")
    desk.mail(JO, "Export", body, to="email@logicgate.example")

    assert desk.events("escalation_requested") == []
    assert [mail for mail in desk.sent_to(LENA, "escalation") if "ESCALATION ASKED" in mail.subject] == []


def test_lgt_7_a_first_mail_that_asks_for_escalation_is_told_that_it_was_heard(tmp_path):
    """LGT-7"""
    known = customer("acme", "logicgate", account_contacts=["am@desk.example"])
    desk = open_desk(tmp_path, policy="logicgate", customers=known, start="2026-05-19 09:15")
    desk.mail(JO, "Export", "The export shows an error. Please escalate.", to="email@logicgate.example")

    assert "those who look after your account have been told" in said(desk.last(JO, "ack"))
    assert "am@desk.example" not in desk.last(JO, "ack").text
