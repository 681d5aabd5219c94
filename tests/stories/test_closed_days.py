"""Days on which a desk is closed, or closes early: what its customers were promised over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.report.explain import case_clocks_text
from tests.desk import wall
from tests.policies.offices import customer, open_desk
from tests.policies.test_half_days import POLICY

if TYPE_CHECKING:
    from pathlib import Path

RESI = "resi@weissbier.example"
HOURS = "Priority: Urgent\n\nThe kettle's control shows nothing, nobody can brew."


def office(folder: Path, calendar: str, zone: str):
    (folder / "policies").mkdir()
    text = POLICY.format(calendar=calendar, zone=zone)
    (folder / "policies" / "brew.toml").write_text(text, encoding="utf-8")
    theirs = customer("weissbier", "brew", timezone=zone)
    return open_desk(folder, policy="brew", customers=theirs, start="2025-01-07 08:00", desk='policies = "policies"')


@pytest.mark.parametrize(
    ("zone", "calendar", "written", "due", "closed_for"),
    [
        (  # the day before Assumption Day, a Friday in 2025
            "Europe/Berlin",
            'holidays = { country = "DE", subdivision = "BY", categories = ["catholic"] }',
            *("2025-08-14 15:00", "2025-08-18 10:00", "weekend, Assumption Day"),
        ),
        (  # Veterans Day of 2028 is kept on Friday 10 November, and this desk works on it
            "America/New_York",
            'holidays = { country = "US", without = ["Veterans Day"] }',
            *("2028-11-09 16:00", "2028-11-10 11:00", ""),
        ),
        (
            "Europe/Berlin",
            'days = [{ name = "Shrove Tuesday", on = "easter - 47 days", closed = "12:30-24:00" }]',
            *("2026-02-17 10:00", "2026-02-18 09:30", "Shrove Tuesday"),
        ),
        (
            "Europe/Athens",
            'days = [{ name = "Easter Monday", on = "orthodox easter + 1 day" }]',
            *("2026-04-10 15:00", "2026-04-14 10:00", "weekend, Easter Monday"),
        ),
        (
            "Europe/Zurich",
            'holidays = { country = "CH", subdivision = "SO", categories = ["half_day"], half_days_from = "13:10" }',
            *("2025-05-01 11:05", "2025-05-02 09:55", "Labor Day"),
        ),
    ],
)
def test_a_closed_day_moves_what_is_due_and_is_named(tmp_path, zone, calendar, written, due, closed_for):
    desk = office(tmp_path, calendar, zone)
    desk.at(written, zone)
    desk.mail(RESI, "The kettle is dark", HOURS, to="email@brew.example")

    assert desk.first_response().due_at == wall(due, zone)
    said = case_clocks_text(desk.case(), desk.rules.book.policy("brew"), desk.now)
    assert closed_for in said
    assert "Veterans" not in said
