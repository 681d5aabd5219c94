"""In which zone operators read and write times."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from helpdesk.operators.declare import operators_zone
from tests.desk import KEY, write_office

DIGEST = ("[desk]", '[desk]\ndigest = "08:00 Asia/Tokyo"')


def agent(name: str, zone: str) -> str:
    row = f'[[agent]]\nname = "{name}"\nemail = "{name}@desk.example"\nteams = ["first line"]\n'
    return f'\n{row}timezone = "{zone}"\n' if zone else f"\n{row}"


ROTATION = (
    '\n[[rotation]]\nname = "nights"\ntimezone = "{}"\nhandover = "mon 09:00"\n'
    'start = 2026-05-18\nprimary = ["ann@desk.example"]\n'
)


@pytest.mark.parametrize(
    ("more", "digest", "zone"),
    [
        ("", False, "UTC"),
        (agent("kim", ""), False, "UTC"),
        (agent("kim", "Europe/Berlin"), False, "Europe/Berlin"),
        (agent("kim", "Europe/Berlin") + ROTATION.format("Europe/Berlin"), False, "Europe/Berlin"),
        (ROTATION.format("Europe/Paris"), False, "Europe/Paris"),
        (agent("kim", "Europe/Berlin") + ROTATION.format("America/Chicago"), False, "UTC"),
        (agent("kim", "Europe/Berlin"), True, "Asia/Tokyo"),
    ],
)
def test_the_zone_is_the_digests_else_the_one_that_all_name(tmp_path, more, digest, zone):
    path = write_office(tmp_path, more=more)
    if digest:
        path.write_text(path.read_text().replace(*DIGEST))
    rules = load_rules(path, environment={}, signing_key=KEY)
    assert operators_zone(rules.configuration) == zone
