"""What is chosen out of the suite is there, and a part of a product has something of everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.soak import SOAKING, products, some

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", ["fast.txt", "on_postgresql.txt"])
def test_whatever_a_lane_names_is_there(name):
    """A story that has another name now would silently be told on no PostgreSQL."""
    missing = []
    for line in (TESTS / name).read_text(encoding="utf-8").splitlines():
        file, _, test = line.partition("::")
        place = TESTS.parent / file
        function = test.partition("[")[0]
        found = place.exists() and (not function or re.search(rf"(?m)^def {function}\(", place.read_text("utf-8")))
        missing += [] if found else [line]
    assert missing == []


@pytest.mark.skipif(SOAKING, reason="`make soak` runs every test whole, so that there is no shorter lane to look at")
def test_a_part_of_a_product_has_each_element_of_each_list():
    rows = products("abcdefg", [1, 2, 3], [True])
    assert [set(column) for column in zip(*rows, strict=True)] == [set("abcdefg"), {1, 2, 3}, {True}]
    assert rows == products("abcdefg", [1, 2, 3], [True])
    assert len(rows) == 7
    assert some(range(100), 9) == some(range(100), 9)
    assert len(set(some(range(100), 9))) == 9
