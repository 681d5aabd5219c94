"""Some cycles of `make crash` on every arrangement: faults that take a moment, and the laws after each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.crash import laws
from tests.crash.run import Only, Over, run
from tests.crash.scene import ARRANGEMENTS, Ground
from tests.process import letter
from tests.soak import SOAKING, amount
from tests.wire.smarthost import AcceptedMail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.crash.scene import Arrangement

_SEED = 31


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with Ground(brief=not SOAKING) as made:
        yield made


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.parametrize("arrangement", ARRANGEMENTS, ids=str)
def test_no_fault_loses_doubles_or_holds_up_a_mail(ground: Ground, arrangement: Arrangement) -> None:
    """S01, O01, D05, V01."""
    over = Over(cycles=amount(4, 125), minutes=0, a_round=amount(4, 10))
    totals = run(
        ground, over, seed=_SEED, told=lambda _, __: None, only=Only(arrangements=frozenset({str(arrangement)}))
    )
    assert totals.broken == []
    assert (totals.lost, totals.doubled, totals.set_aside) == (0, 0, 0)
    assert totals.promised > totals.cycles


# --- the laws themselves: what they would not see proves nothing -------------------------------------------


def sent(message_id: str, at: float) -> AcceptedMail:
    content = f"Message-ID: {message_id}\r\n\r\n".encode()
    return AcceptedMail("a@desk.example", ("b@client.example",), content, content, False, "", 1, at)


class Kinds:
    """The outbox, as far as copies ask for it."""

    def __init__(self, **kinds: str) -> None:
        self._rows = [type("Row", (), {"message_id": f"<{name}>", "kind": kind}) for name, kind in kinds.items()]

    def rows(self, _sql: str) -> list[object]:
        return self._rows


def test_a_copy_without_a_window_a_second_one_in_it_and_any_of_an_acknowledgment_are_found() -> None:
    found, tally, now = Kinds(a="relay", b="relay", c="relay", d="ack"), laws.Tally(), time.monotonic()
    tally.windows.append(laws.Window("death", 1, now, now))
    inside = [sent("<a>", now - 1), sent("<a>", now + 60)]
    again = [sent("<b>", now), sent("<b>", now + 70)]
    outside = [sent("<c>", now + 500), sent("<c>", now + 501)]
    acknowledged = [sent("<d>", now), sent("<d>", now + 2)]
    assert laws.doubled(found, tally, inside) == []
    assert [copy.message_id for copy in laws.doubled(found, tally, inside + again)] == ["<b>"]
    assert [copy.message_id for copy in laws.doubled(found, tally, inside + outside)] == ["<c>"]
    assert [copy.message_id for copy in laws.doubled(found, tally, acknowledged)] == ["<d>"]


def test_letters_that_are_nowhere_are_found() -> None:
    tally = laws.Tally()
    tally.add([letter(1), letter(2)])
    ledger = type("Ledger", (), {"numbers": lambda: {1, 2}})
    rows = [type("Row", (), {"message_id": letter(1).message_id})]
    found = type("Found", (), {"rows": lambda _: rows})
    assert laws.lost(found, ledger, tally) == {2}
