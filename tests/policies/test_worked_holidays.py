"""A holiday on which the desk works is worked on whenever it is kept, under whatever name the calendar has it."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.offering.files.days import left_over
from helpdesk.offering.files.lint import check_file
from tests.test_docs import EXAMPLE


@pytest.mark.parametrize(
    ("name", "without", "kept"),
    [
        ("Veterans Day", ["Veterans Day"], ""),
        ("Veterans Day (observed)", ["Veterans Day"], ""),
        ("Boxing Day (substitute day)", ["Boxing Day"], ""),
        ("Boxing Day (Substitute Day)", ["Boxing Day"], ""),
        ("Boxing Day; Christmas Day (observed)", ["Christmas Day"], "Boxing Day"),
        ("Veterans Day (observed)", ["Veterans Day (observed)"], ""),
        ("Veterans Day", ["Veterans Day (observed)"], "Veterans Day"),
        ("Day of the Dead (All Souls)", ["Day of the Dead"], "Day of the Dead (All Souls)"),
        ("New Year's Day", [], "New Year's Day"),
        ("Eid al-Fitr (estimated)", ["Eid al-Fitr"], ""),
        ("Islamic New Year (observed, estimated)", ["Islamic New Year"], ""),
        ("Asarnha Bucha (in lieu)", ["Asarnha Bucha"], ""),
        ("Christmas Eve (from 1pm)", ["Christmas Eve"], ""),
        ("Eid al-Fitr (Second Day) (estimated)", ["Eid al-Fitr"], "Eid al-Fitr (Second Day) (estimated)"),
        ("Veterans Day (observed)", ["veterans day"], ""),
        ("Monday following All Saints' Day", ["All Saints' Day"], ""),
        ("Alternative holiday for Buddha's Birthday (estimated)", ["Buddha's Birthday"], ""),
        ("Day after New Year's Day", ["New Year's Day"], "Day after New Year's Day"),
        ("New Year's Day", ["New Year’s Day"], ""),  # noqa: RUF001 - as word processors write it
    ],
)
def test_a_name_takes_its_twin_along_and_nothing_else(name, without, kept):
    assert left_over(name, without) == kept


def test_every_day_that_a_name_matched_is_named(tmp_path):
    assert EXAMPLE
    text = EXAMPLE[1].replace('without = ["Columbus Day"]', 'without = ["Veterans Day"]')
    file = tmp_path / "orchard.toml"
    file.write_text(text, encoding="utf-8")

    [told] = [found.text for found in check_file(file) if found.key.endswith("holidays.without")]
    assert "'Veterans Day' is worked on: 2026-11-11, " in told
    assert "2028-11-10 (Veterans Day (observed))" in told
    assert f"{date(2045, 11, 11)}" in told
