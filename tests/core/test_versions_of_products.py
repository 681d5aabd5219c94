"""Which entry speaks of a version as people write it, and until when it is supported."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.offering.versions import ProductVersion, numbers_of, version_of

VERSIONS = (
    ProductVersion((4, 0), before=True),
    ProductVersion((4,), before=False, supported_until=date(2026, 12, 31), extended={"long": date(2028, 12, 31)}),
    ProductVersion((4, 1), before=False, supported_until=date(2027, 12, 31)),
    ProductVersion((4, 1), before=False, product="shop", supported_until=date(2025, 12, 31)),
    ProductVersion((15,), before=False, product="sles"),
)


@pytest.mark.parametrize(
    ("written", "product", "numbers", "before", "of"),
    [
        ("4.1", "", (4, 1), False, "shop"),
        ("4.1.7-rc2", "crm", (4, 1), False, ""),
        ("v4.1", "Shop", (4, 1), False, "shop"),
        ("Version 4.2 (build 881)", "crm", (4,), False, ""),
        ("3.9.12", "", (4, 0), True, ""),
        ("4", "", (4,), False, ""),  # it is 4.0, and not before it
        ("15 SP5", "sles", (15,), False, "sles"),
        ("15.5", "crm", None, None, None),
        ("5.0", "", None, None, None),
        ("the newest", "", None, None, None),
        ("", "", None, None, None),
    ],
)
def test_a_version_is_spoken_of_by_the_most_exact_entry(written, product, numbers, before, of):
    found = version_of(VERSIONS, written, product)
    assert (found and found.numbers, found and found.before, found and found.product) == (numbers, before, of)


def test_an_addon_extends_support_and_never_shortens_it():
    one = VERSIONS[1]
    assert (one.until(()), one.until(("other",)), one.until(("long",))) == (
        date(2026, 12, 31),
        date(2026, 12, 31),
        date(2028, 12, 31),
    )
    assert VERSIONS[0].until(("long",)) is None


@given(st.lists(st.integers(0, 40), min_size=1, max_size=4), st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_a_version_is_before_another_or_not_as_numbers_are(one, other):
    """Counted anew: the first place at which they differ, and what is not said is 0."""
    places = [(a, b) for a, b in zip([*one, 0, 0, 0], [*other, 0, 0, 0], strict=False) if a != b]
    entry = ProductVersion(tuple(other), before=True)
    assert entry.covers(numbers_of(".".join(map(str, one))), "") == bool(places and places[0][0] < places[0][1])
