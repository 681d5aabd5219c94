"""A mail to one of us names the other open cases of its customer that its reader may open, and no others."""

from __future__ import annotations

import pytest

from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import AssignedMail
from helpdesk.person import Person
from helpdesk.unit import Units, load_rules
from tests.desk import ANN, JO, KEY, OPS, TestDesk, write_office

SAM, SECOND = "sam@desk.example", "second@logik.example"
TWO_TEAMS = f"""
[[mailbox]]
address = "{SECOND}"
policy = "logik"
team = "second line"

[[team]]
name = "second line"

[[agent]]
name = "Sam Ode"
email = "{SAM}"
teams = ["second line"]
"""


@pytest.mark.parametrize(("reader", "named"), [(SAM, ["Printer"]), (ANN, ["Invoice"]), (OPS, ["Invoice", "Printer"])])
def test_subjects_do_not_cross_teams(desk_database, tmp_path, reader, named):
    rules = load_rules(write_office(tmp_path, more=TWO_TEAMS), environment={}, signing_key=KEY)
    desk = TestDesk(rules, desk_database)
    desk.mail(JO, "Invoice")
    desk.mail(JO, "Printer", to=SECOND)
    desk.mail(JO, "Screen", to=SECOND)
    case = desk.case(3)
    with Units(desk.database, rules).write(desk.now) as unit:
        mailbox = rules.configuration.mailbox(SECOND)
        unit.write(case, [Draft(AssignedMail(), Person(reader, ""), key="beside")], unit.terms(mailbox, case=case))
    desk.laboratory.deliver()
    text = desk.last(reader, "assigned").text
    assert [subject for subject in ("Invoice", "Printer") if subject in text] == named
