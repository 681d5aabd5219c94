"""O01: killed while mail is on its way out. Nothing is lost, no acknowledgment goes twice, copies can be folded."""

from __future__ import annotations

import mailbox as maildirs
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from helpdesk.failpoints import PLACES
from tests.crash import laws
from tests.crash.life import Life
from tests.process import Ledger, Mta, Premises, letter, stop, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process import Foundry
    from tests.wire.smarthost import ScriptedSmarthost

_OUT = [place for place in PLACES if place.startswith("out.")]
_ACK, _ASSIGNED = 1, 2  # in which order a first mail's letters leave


def die_at_dot(life: Life, nth: int) -> None:
    """One letter comes to a desk that is up, so that its own mails are all there is to send."""
    running = life.desk.start(f"out.post_dot=kill@{nth}")
    life.write(1)
    until(lambda: running.status() is not None, "the dot is reached")
    life.died(running)


def test_an_acknowledgment_at_whose_dot_the_desk_died_is_left(
    tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry
) -> None:
    """O01: nobody can know whether it arrived. It did, so a second one would have been a second one."""
    with Life(tmp_path, smarthost, starter=foundry, connections=1) as life:
        die_at_dot(life, _ACK)
        [arrived] = smarthost.accepted
        assert arrived.rcpt_to[0].endswith("@client.example")
    assert Counter(mail.rcpt_to for mail in smarthost.accepted)[arrived.rcpt_to] == 1
    assert life.records.rows("SELECT kind FROM outbox WHERE state = 'uncertain'") == [("ack",)]


@pytest.mark.slow
def test_an_agents_mail_at_whose_dot_the_desk_died_is_sent_again_under_its_message_id(
    tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry
) -> None:
    """O01: a case that nobody hears of is worse than a mail that comes twice, and its reader's program can fold it."""
    with Life(tmp_path, smarthost, starter=foundry, connections=1) as life:
        die_at_dot(life, _ASSIGNED)
        assert Counter(smarthost.accepted[-1].rcpt_to) == {"ann@desk.example": 1}
        twice = smarthost.accepted[-1]
    copies = [mail for mail in smarthost.accepted if mail.message_id == twice.message_id]
    assert [mail.content for mail in copies] == [twice.content, twice.content]


@pytest.mark.slow
def test_a_maildir_has_every_mail_once_wherever_the_desk_died(tmp_path: Path, foundry: Foundry) -> None:
    """O01: the same mail to the same person is the same file, so not even a copy is possible."""
    desk = Premises(tmp_path, starter=foundry)
    ledger = Ledger(tmp_path / "ledger")
    mta = Mta([desk.port], ledger)
    numbers = iter(range(1, 100))
    for nth in (1, 2):
        for place in _OUT:
            running = desk.spawn(f"{place}=kill@{nth}")
            mta.send([letter(next(numbers))])
            until(lambda running=running: running.status() is not None, f"{place} is reached")
    running = desk.start()
    found = laws.records(desk)
    sent = len(_OUT) * 2
    until(lambda: len(ledger.numbers()) == sent, "every mail got its 250")
    until(lambda: laws.is_quiet(found), "nothing waits any more")
    assert stop(running) == 0
    mta.close()

    laws.acknowledged_once(found)
    files = Counter(mail["Message-ID"] for mail in maildirs.Maildir(tmp_path / "out"))
    rows = {row.message_id: row for row in found.rows("SELECT message_id, kind, state FROM outbox")}
    assert set(files.values()) == {1}
    assert set(files) <= set(rows)
    assert {row.kind for message_id, row in rows.items() if message_id not in files} <= {"ack"}
    assert {row.state for message_id, row in rows.items() if message_id not in files} <= {"uncertain"}
