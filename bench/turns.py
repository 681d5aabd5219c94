"""Who gets how much of the one writer: accepting and sending while a backlog is worked, one process, SQLite.

    python bench/turns.py [--backlog 1000] [--mails 300]

A backlog lies in the spool and the worker is at it. Meanwhile mails are accepted one after the other, each waiting for
the commit of the one before, and a sender empties the outbox into a Maildir. Then the same without a backlog. `worked`
is what the worker got done meanwhile.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from desk import write_desk
from mix import opening

from helpdesk import log
from helpdesk.committer import Committer
from helpdesk.core.receive import acknowledgment
from helpdesk.core.words.message import Envelope
from helpdesk.credentials import open_outgoing
from helpdesk.daemon import wall_clock
from helpdesk.desk import Desk, load_rules
from helpdesk.store import migrate, tables
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted

if TYPE_CHECKING:
    from collections.abc import Callable

_BOX = "support@desk.example"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--backlog", type=int, default=1000)
    options.add_argument("--mails", type=int, default=300)
    arguments = options.parse_args()
    log.quiet()
    acknowledgment.EVERYWHERE_A_MINUTE = 10**9
    for backlog in (arguments.backlog, 0):
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder), backlog, arguments.mails)


def _measure(folder: Path, backlog: int, mails: int) -> None:
    write_desk(folder, "sqlite:///helpdesk.db")
    rules = load_rules(folder / "helpdesk.toml")
    database = Database(rules.configuration.database_url)
    migrate.upgrade(database)
    desk = Desk(database=database, rules=rules, now=wall_clock)
    desk.begin()
    for start in range(0, backlog, 50):
        desk.accept([_accepted(number) for number in range(start, start + 50)])
    while _count(database, tables.outbox) < (mails if backlog else 0):
        desk.work()  # something to send, and everything is warm
    stop = threading.Event()
    courier = open_outgoing(rules.configuration)
    loops = [
        threading.Thread(target=_loop, args=(stop, desk.work)),
        threading.Thread(target=_loop, args=(stop, lambda: desk.deliver(courier))),
    ]
    committer = Committer(desk.accept)
    done, sent = _done(database), _sent(database)
    for loop in loops:
        loop.start()
    began, waits = time.perf_counter(), []
    for number in range(mails):
        at = time.perf_counter()
        committer.submit([_accepted(1_000_000 + number)]).result()
        waits.append(time.perf_counter() - at)
    took = time.perf_counter() - began
    if backlog:  # long enough to count what is sent
        time.sleep(max(0.0, 10 - took))
    spent = time.perf_counter() - began
    done, sent = _done(database) - done, _sent(database) - sent
    stop.set()
    for loop in loops:
        loop.join()
    committer.close()
    database.close()
    print(
        f"backlog {backlog:5}: {mails} mails accepted in {took:5.1f} s "
        f"(median {statistics.median(waits) * 1000:4.0f} ms, slowest {max(waits) * 1000:4.0f} ms); "
        f"{sent / spent:5.1f} sent/s, {done / spent:5.1f} worked/s"
    )


def _accepted(number: int) -> Accepted:
    mail = opening("short", number)
    return Accepted(_BOX, mail.raw, Envelope(mail.sender, (_BOX,)), "smtp", wall_clock())


def _loop(stop: threading.Event, piece: Callable[[], object]) -> None:
    while not stop.is_set():
        if not piece():
            stop.wait(0.05)


def _count(database: Database, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one())


def _done(database: Database) -> int:
    return _count(database, tables.spool, tables.spool.c.state == "done")


def _sent(database: Database) -> int:
    return _count(database, tables.outbox, tables.outbox.c.state == "sent")


if __name__ == "__main__":
    main()
