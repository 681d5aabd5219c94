"""A case on which something due cannot be done silences nobody else, and somebody hears of it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from helpdesk.store import cases as case_store
from helpdesk.store.backlog import backlog
from helpdesk.store.tables import event
from helpdesk.web.health import Facts, causes
from tests.desk import JO, KIM, OPS


def test_a_case_that_cannot_go_on_is_told_once_counted_and_holds_up_no_other(desk):
    desk.mail(JO, "The first")
    desk.mail(KIM, "The second", "The rules of the second bundle do not fire.")
    with desk.database.write() as connection:
        damaged = sa.and_(event.c.case_id == 1, event.c.type == "assessed")
        connection.execute(sa.update(event).where(damaged).values(facts={}))
    desk.laboratory.now = desk.first_response(2).due_at
    for _ in range(3):
        desk.laboratory.desk.tick()
    desk.laboratory.deliver()

    assert desk.events("step_taken", number=2)
    told = desk.sent_to(OPS, "alert")
    assert [mail.subject for mail in told if "HD-1" in mail.subject] == [
        mail.subject for mail in told if "does not go on" in mail.subject
    ]
    assert len([mail for mail in told if "HD-1 does not go on" in mail.subject]) == 1
    with desk.database.read() as connection:
        found = backlog(connection, desk.now)
    assert found.due.number == 1
    assert found.due.oldest_at is not None


def test_health_fails_once_what_is_due_has_not_been_done_for_five_minutes(desk):
    desk.mail(JO)
    with desk.database.read() as connection:
        due = case_store.earliest_due(connection)

    def named(now, started_at):
        with desk.database.read() as connection:
            known = backlog(connection, now)
        return [cause.name for cause in causes(Facts(now, started_at, {}, {}, {}, (), timedelta(), (0, 0), known))]

    assert named(due + timedelta(minutes=4), desk.now) == []
    assert "cases.stuck" in named(due + timedelta(hours=1), desk.now)
    started = due + timedelta(minutes=58)
    assert "cases.stuck" not in named(due + timedelta(hours=1), started), "it was down, and is catching up"
