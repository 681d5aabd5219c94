"""What operators declare reaches the next mail: a website that is down, a known incident, planned maintenance."""

from __future__ import annotations

import pytest

from helpdesk.core.words.events import DowngradeProposed, EscalationRequested
from helpdesk.errors import NotFound, Refused
from helpdesk.offering.declared import Incident, MaintenanceWindow
from helpdesk.operators.announce import announce
from helpdesk.store import declarations
from helpdesk.unit import Unit
from tests.desk import ANN, LENA, wall
from tests.policies.offices import customer, open_desk

EVA, JO, RAY = "eva@nord.example", "jo@acme.example", "ray@gate.example"
COMPLETE = "Organisation: Nord\nProject: shop\n\n"
OUTAGE = "Since 20:15 our production is down, nobody can work, there is no way round it."


@pytest.fixture
def laioutr(tmp_path):
    customers = customer("nord", "laioutr", contacts=[{"email": EVA, "registered": True}])
    return open_desk(
        tmp_path, policy="laioutr", channels=("email", "website"), customers=customers, start="2026-05-19 09:15"
    )


@pytest.fixture
def logik(tmp_path):
    """Friday 22 May 2026, 20:15 in Chicago: the weekend's routine maintenance has begun."""
    return open_desk(tmp_path, policy="logik", customers=customer("acme", "logik"), start="2026-05-22 20:15")


@pytest.fixture
def gate(tmp_path):
    customers = customer(
        "gate", "logicgate", contacts=[{"email": RAY}], account_contacts=["am@desk.example", "csm@desk.example"]
    )
    return open_desk(
        tmp_path, policy="logicgate", channels=("email", "escalation"), customers=customers, start="2026-05-19 09:15"
    )


def declare(desk, what, *arguments, **named):
    with desk.database.write() as connection:
        return getattr(declarations, what)(connection, *arguments, **named)


def test_lai_5_e_mail_is_warranted_while_the_support_website_is_down(laioutr):
    """LAI-5: `helpdesk status set website down` lifts it for what comes then, and only for that."""
    declare(laioutr, "set_switch", "website", down=True, by="ops", since=laioutr.now)
    laioutr.mail(EVA, "Editor", COMPLETE + "The editor shows an error.", to="email@laioutr.example")
    declare(laioutr, "set_switch", "website", down=False, by="ops", since=laioutr.now)
    laioutr.mail(EVA, "Studio", COMPLETE + "The studio shows an error.", to="email@laioutr.example")

    assert laioutr.first_response(1).warranted
    assert not laioutr.first_response(2).warranted


def test_lai_6_a_case_about_a_known_incident_is_exempt_with_the_reason(laioutr):
    """LAI-6: linked by its match words, of which the acknowledgment tells; the agent says that it is that."""
    known = Incident("checkout", "Orders fail at the checkout", ("checkout", "orders"))
    declare(laioutr, "open_incident", known, by="ops", since=laioutr.now)
    laioutr.mail(EVA, "Orders", COMPLETE + "Our orders fail at the checkout.", to="website@laioutr.example")
    laioutr.mail(EVA, "Editor", COMPLETE + "The editor shows an error.", to="website@laioutr.example")

    assert laioutr.state(1) == "running"
    laioutr.receive(laioutr.reply_to(laioutr.sent_to(ANN, "assigned")[0], ANN, "#incident checkout"))
    assert laioutr.state(1) == "exempt"
    assert laioutr.first_response(1).exempt == "known incident checkout: Orders fail at the checkout"
    assert "incident checkout" in laioutr.case(1).tags
    assert "a problem that we know and are already working on: Orders fail at the checkout" in " ".join(
        laioutr.sent_to(EVA, "ack")[0].text.split()
    )
    assert laioutr.state(2) == "running"


def test_lai_6_an_agent_links_a_case_to_an_incident_by_mail(laioutr):
    """LAI-6: and a case that was late before stays late."""
    laioutr.mail(EVA, "Editor", COMPLETE + "The editor shows an error.", to="website@laioutr.example")
    declare(laioutr, "open_incident", Incident("editor", "The editor fails"), by="ops", since=laioutr.now)
    laioutr.reply(ANN, "#incident editor\nThis is known; see the status page.", to_kind="assigned")

    assert "incident editor" in laioutr.case().tags
    assert "This is known" in laioutr.last(EVA, "relay").text


def test_an_incident_is_open_once_and_closed_once(laioutr):
    declare(laioutr, "open_incident", Incident("x", "X"), by="ops", since=laioutr.now)
    with pytest.raises(Refused):
        declare(laioutr, "open_incident", Incident("x", "X"), by="ops", since=laioutr.now)
    declare(laioutr, "close_incident", "x", laioutr.now)
    with pytest.raises(NotFound):
        declare(laioutr, "close_incident", "x", laioutr.now)


def test_lgk_11_unavailability_during_a_window_is_told_and_tagged(logik):
    """LGK-11: the clock runs on; only the acknowledgment knows more."""
    logik.mail(JO, "Down", OUTAGE, to="email@logik.example")

    assert "maintenance" in logik.case().tags
    assert "planned maintenance, Routine maintenance" in " ".join(logik.last(JO, "ack").text.split())
    assert logik.state() == "running"


@pytest.mark.parametrize(("at", "body"), [("2026-05-22 20:15", "How do I add a field?"), ("2026-05-24 05:00", OUTAGE)])
def test_lgk_11_a_question_or_a_mail_after_the_window_is_like_any_other(logik, at, body):
    """LGK-11: a window ends at its end."""
    logik.at(at)
    logik.mail(JO, "Hello", body, to="email@logik.example")

    assert "maintenance" not in logik.case().tags


def test_tkt_9_dated_maintenance_is_added_without_a_restart(tmp_path):
    """TKT-9: preview and production, by command; the next mail knows it."""
    desk = open_desk(tmp_path, policy="threekit", customers=customer("acme", "threekit"), start="2026-05-19 09:15")
    window = MaintenanceWindow(
        "Player update", "Production", wall("2026-05-19 09:00"), wall("2026-05-19 11:00"), "threekit"
    )
    declare(desk, "plan_maintenance", window, by="ops", now=desk.now)
    desk.mail(
        JO, "Player", "The player on our live site is down, nobody can see a product.", to="email@threekit.example"
    )

    assert "maintenance" in desk.case().tags
    assert "Player update" in desk.last(JO, "ack").text


def test_lgt_9_a_scheduled_outage_is_announced_to_the_contacts_once(gate):
    """LGT-9"""
    window = MaintenanceWindow("Database move", "", wall("2026-05-30 20:00"), wall("2026-05-30 23:00"), "logicgate")
    number = declare(gate, "plan_maintenance", window, by="ops", now=gate.now)
    for told in ([RAY], []):
        with gate.database.write() as connection:
            assert announce(Unit(connection, gate.rules, gate.now), number) == told
    gate.laboratory.deliver()

    (notice,) = gate.sent_to(RAY, "maintenance")
    assert "Database move" in notice.subject
    assert "Sat 30 May 2026, 20:00 CDT" in notice.text


def test_lgt_7_a_customer_escalates_through_the_account_contacts_and_no_clock_moves(gate):
    """LGT-7: on the record, and to the people the customer knows."""
    gate.mail(RAY, "Report", "The report shows an error.", to="email@logicgate.example")
    due = gate.first_response().due_at
    gate.reply(RAY, "Nothing happens. Please escalate this to our account manager.", to_kind="ack")

    for contact in ("am@desk.example", "csm@desk.example"):
        assert "asks for escalation" in gate.last(contact, "escalation").text
    assert gate.case().of_type(EscalationRequested)
    assert gate.first_response().due_at == due


def test_lgt_7_a_mail_to_the_escalation_address_is_about_the_case_it_names(gate):
    """LGT-7: by a person of the case; anybody else opens a case of their own."""
    gate.mail(RAY, "Report", "The report shows an error.", to="email@logicgate.example")
    gate.mail(RAY, "HD-1: still no answer", "We are waiting.", to="escalation@logicgate.example")

    assert gate.case_numbers() == [1]
    assert gate.case().of_type(EscalationRequested)[0].because == "written to the escalation address"
    assert gate.last("am@desk.example", "escalation")
    assert gate.kinds_to(LENA) == []


def test_lai_9_who_owes_information_is_reminded_then_a_downgrade_is_proposed(laioutr):
    """LAI-9: two days, then three; the agent decides."""
    laioutr.mail(EVA, "Slow", COMPLETE + "Our live shop is slow for everybody.", to="website@laioutr.example")
    laioutr.reply(ANN, "#severity s2\n#wait\nPlease send us the order numbers.", to_kind="assigned")
    laioutr.at("2026-05-21 09:15")
    assert laioutr.last(EVA, "reminder").at == wall("2026-05-21 09:15")

    laioutr.at("2026-05-22 09:15")
    assert "S3 Problem" in laioutr.last(ANN, "reminder").text
    assert laioutr.case().severity == "s2"
    assert laioutr.case().of_type(DowngradeProposed)
    laioutr.at("2026-06-22 09:15")
    assert len(laioutr.sent_to(EVA, "reminder")) == 1


def test_lai_9_a_case_that_is_no_worse_than_that_is_proposed_no_downgrade(laioutr):
    laioutr.mail(EVA, "Slow", COMPLETE + "Our live shop is slow for everybody.", to="website@laioutr.example")
    laioutr.reply(ANN, "#severity s3\n#wait\nPlease send us the order numbers.", to_kind="assigned")
    laioutr.at("2026-06-22 09:15")

    assert laioutr.sent_to(EVA, "reminder")
    assert not laioutr.case().of_type(DowngradeProposed)


def test_lai_9_an_answer_ends_the_wait_and_everything_that_would_have_come(laioutr):
    laioutr.mail(EVA, "Slow", COMPLETE + "Our live shop is slow for everybody.", to="website@laioutr.example")
    laioutr.reply(ANN, "#severity s2\n#wait\nPlease send us the order numbers.", to_kind="assigned")
    laioutr.at("2026-05-20 09:15")
    laioutr.reply(EVA, "Here they are: 1, 2 and 3.", to_kind="relay")
    laioutr.at("2026-05-26 09:15")

    assert laioutr.sent_to(EVA, "reminder") == []
    assert not laioutr.case().of_type(DowngradeProposed)
