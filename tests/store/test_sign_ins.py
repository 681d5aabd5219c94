"""Links to sign in to the console: so many an hour to one address, however many ask at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from helpdesk.store import sign_ins

AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)
LINK = {"browser": "hers", "path": "/", "now": AT}


def test_who_asks_while_another_request_is_not_committed_is_counted_with_it(database):
    given = []

    def ask(address, number):
        with database.write() as connection:
            given.append((address, sign_ins.ask(connection, link=f"{address}-{number}", address=address, **LINK)))

    with database.write() as connection:
        for number in range(sign_ins.HOURLY - 1):
            assert sign_ins.ask(connection, link=f"first-{number}", address="ann@desk.example", **LINK)
        if not database.embedded:  # another address waits for nobody
            ask("bob@desk.example", 0)
        threads = [threading.Thread(target=ask, args=("ann@desk.example", number)) for number in range(6)]
        for thread in threads:
            thread.start()
        threads[0].join(0.3)  # without a lock it would be through by now
    for thread in threads:
        thread.join()

    assert sorted(asked for address, asked in given if address == "ann@desk.example") == [False] * 5 + [True]
    assert ("bob@desk.example", True) in given or database.embedded
