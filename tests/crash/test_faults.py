"""Some cycles of `make crash` on every arrangement: faults that take a moment, and the laws after each."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from helpdesk.store import outbox
from helpdesk.store.engine import Database
from helpdesk.store.outbox import TABLE, Queued
from helpdesk.store.owner import Owner
from tests.claims import end_claims_past_the_dot
from tests.crash import laws
from tests.crash.run import Only, Over, run
from tests.crash.scene import ARRANGEMENTS, Ground
from tests.process import PATIENCE, letter, until
from tests.soak import SOAKING, amount
from tests.wire.smarthost import AcceptedMail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.store.engine import Connection
    from tests.crash.scene import Arrangement

_SEED = 31
_NOW = datetime(2026, 5, 22, 16, 40, tzinfo=UTC)
_HELD_UP = "SELECT count(*) FROM pg_locks WHERE NOT granted"


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


def sent(message_id: str, *, answered: bool = True) -> AcceptedMail:
    content = f"Message-ID: {message_id}\r\n\r\n".encode()
    mail = AcceptedMail("a@desk.example", ("b@client.example",), content, content, False, "", 1)
    if answered:
        mail.answered.set()
    return mail


class Kinds:
    """The outbox, as far as copies ask for it."""

    def __init__(self, **kinds: str) -> None:
        self._rows = [type("Row", (), {"message_id": f"<{name}>", "kind": kind}) for name, kind in kinds.items()]

    def rows(self, _sql: str) -> list[object]:
        return self._rows


def unexcused(tally: laws.Tally, *accepted: AcceptedMail) -> list[str]:
    found = Kinds(a="relay", b="relay", c="relay", d="ack")
    return [copy.message_id for copy in laws.doubled(found, tally, accepted)]


def test_a_copy_is_excused_by_what_happened_to_that_mail_and_an_acknowledgments_by_nothing() -> None:
    died = laws.Tally(at_the_dot=Counter(["<a>", "<d>"]))
    assert unexcused(died, sent("<a>"), sent("<a>")) == []
    assert unexcused(died, sent("<a>"), sent("<a>"), sent("<a>")) == ["<a>"]
    assert unexcused(died, sent("<b>"), sent("<b>")) == ["<b>"]
    assert unexcused(died, sent("<d>", answered=False), sent("<d>")) == ["<d>"]
    assert unexcused(laws.Tally(), sent("<c>", answered=False), sent("<c>")) == []
    assert unexcused(laws.Tally(), sent("<c>", answered=False), sent("<c>"), sent("<c>")) == ["<c>"]


def test_an_error_past_the_dot_excuses_one_copy_whenever_it_comes_and_one_elsewhere_none() -> None:
    tally = laws.Tally()
    tally.injects("out.pre_dot")
    assert unexcused(tally, sent("<a>"), sent("<a>")) == ["<a>"]
    tally.injects("out.post_250")
    assert unexcused(tally, sent("<a>"), sent("<a>")) == []
    assert unexcused(tally, sent("<a>"), sent("<a>"), sent("<b>"), sent("<b>")) == ["<b>"]


@dataclass
class Dots:
    """Two mails past their final dot, of an owner each, in a database; `dead` is one of the owners."""

    database: Database
    living: Owner = field(default_factory=lambda: Owner("host-11-aa"))
    dead: Owner = field(default_factory=lambda: Owner("host-12-bb"))

    def put(self) -> None:
        with self.database.write() as connection:
            outbox.add(connection, [self._queued(number) for number in (1, 2)], _NOW)
            for owner in (self.living, self.dead):
                [row] = outbox.claim(connection, owner, now=_NOW)
                assert outbox.hand_over(connection, owner, row, lease=timedelta(minutes=12))

    def change_hands(self, connection: Connection) -> None:
        """What was the dead one's is the living one's, and past its dot once more."""
        connection.execute(sa.update(TABLE).where(TABLE.c.id == 2).values(claimed_by=self.living.name))

    def freed(self) -> list[str]:
        with self.database.write() as connection:
            outbox.settle(connection, Owner("host-13-cc"))
            return [row.message_id for row in outbox.rows(connection, states=["queued"])]

    @staticmethod
    def _queued(number: int) -> Queued:
        return Queued(f"relay/{number}", None, "relay", f"{number}@client.example", "", f"<{number}@x>", b"raw")


@pytest.fixture
def dots(cluster) -> Iterator[Dots]:
    name = cluster.create()
    database = Database(cluster.url_of(name))
    made = Dots(database)
    made.put()
    yield made
    database.close()
    cluster.drop(name)


def test_who_has_died_at_a_dot_is_known_by_its_claim_however_long_ago_the_smarthost_was_given_the_mail(
    dots: Dots,
) -> None:
    """A note that waits for a minute on a busy machine is lost by a death like any other."""
    tally, found = laws.Tally(), laws.Records(dots.database.engine)
    tally.died(found, 12)
    assert tally.at_the_dot == {"<2@x>": 1}
    assert unexcused(tally, sent("<2@x>"), sent("<2@x>"), sent("<1@x>"), sent("<1@x>")) == ["<1@x>"]


def test_no_claim_of_a_living_daemon_is_ended_which_was_a_dead_ones_a_moment_ago(dots: Dots) -> None:
    """It would be sent again, and nothing that happened to the desk would be the reason."""
    with ThreadPoolExecutor(1) as pool, dots.database.engine.connect() as living:
        dots.change_hands(living)
        ends = pool.submit(end_claims_past_the_dot, dots.database.engine, but=[11])
        until(lambda: laws.Records(dots.database.engine).number(_HELD_UP), "who ends claims waits for this one")
        living.commit()
        ends.result(PATIENCE)
    assert dots.freed() == []


def test_the_claims_of_the_dead_are_ended(dots: Dots) -> None:
    end_claims_past_the_dot(dots.database.engine, but=[11])
    assert dots.freed() == ["<2@x>"]


def test_letters_that_are_nowhere_are_found() -> None:
    tally = laws.Tally()
    tally.add([letter(1), letter(2)])
    ledger = type("Ledger", (), {"numbers": lambda: {1, 2}})
    rows = [type("Row", (), {"message_id": letter(1).message_id})]
    found = type("Found", (), {"rows": lambda _: rows})
    assert laws.lost(found, ledger, tally) == {2}
