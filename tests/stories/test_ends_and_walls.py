"""When a promise ends, and by whose wall a contract does."""

from __future__ import annotations

import re

import pytest

from helpdesk.shipped import shipped
from tests.desk import JO, LOGIK, wall
from tests.policies.offices import customer, open_desk

ASKED = "Priority: High\n\nThe form does not open."


def office(folder, *customers):
    """A Laioutr desk that promises a resolution as well."""
    (folder / "policies").mkdir()
    text = (shipped("policies") / "laioutr.toml").read_text(encoding="utf-8")
    plan = re.search(r"\[targets\.(\w+)\.first_response\]", text)[1]
    promised = "".join(f'{key} = "40h"\n' for key in re.findall(r"^\[severities\.(\w+)\]", text, re.MULTILINE))
    text += f"\n[targets.{plan}.resolution]\n{promised}"
    (folder / "policies" / "laioutr.toml").write_text(text, encoding="utf-8")
    return open_desk(
        folder,
        policy="laioutr",
        customers="".join(customer(key, "laioutr") for key in customers),
        start="2026-05-26 04:00",
        desk='policies = "policies"',
    )


def resolution(desk):
    return next(clock for clock in desk.clocks() if clock.target == "resolution")


def test_to_close_what_was_resolved_moves_no_end(tmp_path):
    desk = office(tmp_path, "nord")
    desk.mail("eva@nord.example", "Form", ASKED, to="email@laioutr.example")
    desk.at("2026-05-26 05:00")
    desk.reply("ann@desk.example", "#resolve\nIt opens again.", to_kind="assigned")
    assert resolution(desk).stopped_at == desk.now
    before = [(clock.target, clock.stopped_at) for clock in desk.clocks()]
    desk.at("2026-06-09 05:00")
    desk.reply("ann@desk.example", "#close", to_kind="assigned")

    assert desk.case().status == "closed"
    assert [(clock.target, clock.stopped_at) for clock in desk.clocks()] == before


@pytest.mark.parametrize(
    ("zone", "sent", "entitled"),
    [
        ("America/Chicago", ("2026-05-29 19:01", "America/Chicago"), True),
        ("America/Chicago", ("2026-05-30 00:01", "America/Chicago"), False),
        ("Asia/Tokyo", ("2026-05-01 08:30", "Asia/Tokyo"), True),
        ("Asia/Tokyo", ("2026-04-30 23:59", "Asia/Tokyo"), False),
        ("", ("2026-05-29 23:59", "America/Chicago"), True),  # of a customer without a zone: that of their hours
    ],
)
def test_the_days_of_a_contract_are_days_on_the_customers_wall(tmp_path, zone, sent, entitled):
    contract = {"entitled_from": "DATE1", "entitled_to": "DATE2", **({"timezone": zone} if zone else {})}
    text = customer("acme", "logik", plan="standard", region="central", **contract)
    text = text.replace('"DATE1"', "2026-05-01").replace('"DATE2"', "2026-05-29")
    desk = open_desk(tmp_path, policy="logik", customers=text, start="2026-04-01 09:00")
    desk.laboratory.now = wall(*sent)
    desk.mail(JO, to=LOGIK.replace("support", "email"))

    assert ("not entitled: no active subscription" not in desk.case().tags) is entitled


def test_who_waits_together_with_a_merged_case_waits_no_longer_when_its_customer_answers(tmp_path):
    desk = office(tmp_path, "nord", "sued")
    desk.mail("eva@nord.example", "Form", ASKED, to="email@laioutr.example")
    desk.mail("uwe@sued.example", "Form too", ASKED, to="email@laioutr.example")
    desk.reply("ann@desk.example", "#merge HD-1", to_kind="assigned")
    desk.at("2026-05-26 05:00")
    first = next(mail for mail in desk.sent_to("ann@desk.example", "assigned") if "[HD-1]" in mail.subject)
    desk.receive(desk.reply_to(first, "ann@desk.example", "#wait 9d\nWhich browser is it?"))
    assert resolution(desk).state(desk.now) == "paused"
    desk.at("2026-05-27 05:00")
    desk.reply("uwe@sued.example", "It is the newest one.")

    assert desk.case().status == "open"
    assert resolution(desk).state(desk.now) == "running"
