"""The mail that is worked in memory before the first real one: it leaves nothing, and its failure stops nobody."""

from __future__ import annotations

import importlib
import sys

import pytest
import sqlalchemy as sa

from helpdesk import failpoints
from helpdesk.desk import Desk
from helpdesk.letters import Letters
from helpdesk.store.tables import metadata
from tests.desk import JO


def rows(database) -> dict[str, int]:
    with database.read() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_a_rehearsal_writes_every_letter_of_a_new_case_and_keeps_nothing(desk, monkeypatch):
    written = []
    write = Letters.write

    def writing(self, draft, *arguments, **how):
        written.extend((draft.kind, *getattr(draft.content, "also", ())))
        return write(self, draft, *arguments, **how)

    monkeypatch.setattr(Letters, "write", writing)
    before = rows(desk.database)
    desk.laboratory.desk.warm_up()

    assert {"ack", "assigned"} <= set(written)
    assert rows(desk.database) == before
    desk.mail(JO)
    assert desk.case_numbers() == [1]


def test_a_rehearsal_passes_no_failpoint(desk, monkeypatch):
    monkeypatch.setenv("HELPDESK_FAILPOINTS", "work.decided=raise")
    try:
        importlib.reload(failpoints)
        for module in ("helpdesk.desk.rehearsal", "helpdesk.desk.work"):
            for name in ("failpoint", "out_of_reach"):
                monkeypatch.setattr(sys.modules[module], name, getattr(failpoints, name), raising=False)
        desk.laboratory.desk.warm_up()
        with pytest.raises(failpoints.InjectedFault):
            failpoints.failpoint("work.decided")
    finally:
        monkeypatch.delenv("HELPDESK_FAILPOINTS")
        importlib.reload(failpoints)


def test_a_rehearsal_that_fails_is_logged_and_the_first_mail_is_worked(desk, monkeypatch, capsys):
    def broken(*_arguments):
        raise ValueError("a template is broken")

    monkeypatch.setattr(sys.modules["helpdesk.desk.rehearsal"], "work_mail", broken)
    desk.laboratory.desk.warm_up()

    assert isinstance(desk.laboratory.desk, Desk)
    assert desk.mail(JO).outcome == "opened"
