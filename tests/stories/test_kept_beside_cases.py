"""What is kept beside cases is what their events say, whatever happened: counts, due times, whose turn it is."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from helpdesk.core.clocks.measured import from_shape
from helpdesk.core.clocks.overview import Overview, overview
from helpdesk.core.clocks.timeline import clocks
from helpdesk.operators.open_cases import caseload
from helpdesk.privacy import purge, redact
from helpdesk.store import case_counts
from helpdesk.store import cases as case_store
from helpdesk.store import open_cases as open_case_store
from helpdesk.store.board import Reach
from helpdesk.store.tables import cases
from helpdesk.unit.recount import read_again
from tests.desk import ANN, BOB, JO, THREEKIT, UTE

_ORDERS = (
    "We look into it.",
    "#resolve\nThis is solved.",
    "#wait 2d\nWhich version is it?",
    "#severity critical",
    "#assign bob",
    "#merge HD-1",
    "#close",
    "#snooze 3d",
)


def happen_at_random(desk, chance, *, steps):
    """People write, agents order, time passes; some of it is refused, which is well."""
    for step in range(steps):
        action = chance.choice(("new", "new", "reply", "order", "order", "time", "redact"))
        if action == "new":
            to = {"to": THREEKIT} if chance.random() < 0.3 else {}
            desk.mail(chance.choice((JO, UTE)), f"Number {step}", f"Rule {step} does not fire since nine.", **to)
        elif action == "reply" and desk.sent_to(_address(JO), "ack"):
            desk.reply(JO, f"It still fails, {step} times.", to_kind="ack")
        elif action == "order":
            agent = chance.choice((ANN, BOB))
            if desk.sent_to(_address(agent), "assigned"):
                desk.receive(
                    desk.reply_to(chance.choice(desk.sent_to(_address(agent), "assigned")), agent, _order(chance))
                )
        elif action == "time":
            desk.laboratory.advance(desk.now + timedelta(hours=chance.choice((1, 5, 30, 200))), inclusive=True)
        elif action == "redact" and desk.case_numbers():
            erase(desk, chance.choice(desk.case_numbers()))
    before = desk.now - timedelta(days=10)
    purge(desk.laboratory.desk.units, before=before, by="operator", now=desk.now)


def _order(chance):
    return chance.choice(_ORDERS)


def _address(writer):
    return writer.partition("<")[2].rstrip(">") or writer


def erase(desk, number):
    with desk.laboratory.desk.units.write(desk.now) as unit:
        case = case_store.load(unit.connection, number)
        if not case.merged_into:
            mailbox = desk.rules.configuration.mailbox(case.mailbox)
            redact(unit, number, unit.terms(mailbox, case=case), by="operator")


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_beside_cases_is_what_their_events_say(desk, seed):
    happen_at_random(desk, random.Random(seed), steps=30)

    with desk.laboratory.desk.units.read(desk.now) as unit:
        assert case_counts.wrong(unit.connection) == 0
        for row in unit.connection.execute(sa.select(cases)).all():
            case = case_store.load(unit.connection, row.id)
            kept = case_store.beside(case, clocks(case, unit.policy_of(case)))
            assert {name: getattr(row, name) for name in kept.row} == kept.row, case.ref
            assert from_shape(row.measured) == kept.counted
            for clock, counted in zip(clocks(case, unit.policy_of(case)), kept.counted.clocks, strict=True):
                state = clock.state(unit.now)
                assert counted.state(unit.now) == ("running" if state == "paused" else state)


@pytest.mark.parametrize("read", ["all kept", "none kept", "kept anew"])
def test_a_caseload_is_that_of_every_open_case(desk, read):
    """Whether it was kept with each change, is of before that, or was read again."""
    happen_at_random(desk, random.Random(5), steps=40)
    units = desk.laboratory.desk.units
    if read != "all kept":
        with desk.database.write() as connection:
            nothing = {"due_at": None, "late_at": None, "waiting_since": None, "turn_since": None}
            is_open = cases.c.status.in_(("open", "waiting", "merged"))
            connection.execute(sa.update(cases).where(is_open).values(turn="?", **nothing))
    if read == "kept anew":
        assert sum(read_again(units, desk.now)) > 0

    with units.read(desk.now) as unit:
        every = overview(
            [(case, unit.policy_of(case)) for case in case_store.find(unit.connection, desk.case_numbers()).values()],
            unit.now,
        )
        named = unit.rules.configuration.agent_names
        every = Overview.of(replace(line, assignee=named.get(line.assignee, line.assignee)) for line in every.lines)
        until = desk.now + timedelta(days=1)
        found = caseload(unit, Reach(frozenset(open_case_store.mailboxes(unit.connection)), frozenset()), until=until)
    assert found.number == len(every.lines) > 0
    assert sum(number for _, number in found.turns) == found.number
    assert sum(number for _, number in found.by_severity) == found.number
    assert (found.late_number, found.due_number) == (len(every.late), len(every.due_by(until)))
    assert set(found.first.lines) == set(every.lines)
    assert found.first.late == every.late


def test_a_recount_that_comes_between_a_look_at_a_case_and_its_change_leaves_nothing_older(desk, monkeypatch):
    if desk.database.embedded:
        pytest.skip("SQLite has one writer at a time")
    desk.mail(JO)
    real, units = case_store._saving, desk.laboratory.desk.units

    def between(columns):
        monkeypatch.setattr(case_store, "_saving", real)
        older = case_store.Beside(replace(right.marks, due_at=None), right.counted)
        with suppress(sa.exc.OperationalError), desk.database.write() as other:  # which has to wait for us
            other.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            case_store.keep_beside(other, [(case, older)])
        return real(columns)

    monkeypatch.setattr(case_store, "_saving", between)
    with units.write(desk.now) as unit:
        (case,) = case_store.find(unit.connection, {1}).values()
        right = case_store.beside(case, clocks(case, unit.policy_of(case)))
        case_store.save(unit.connection, case, new=(), next_at=None, beside=right)

    assert right.marks.due_at is not None
    with desk.database.read() as connection:
        assert connection.execute(sa.select(cases.c.due_at)).scalar_one() == right.marks.due_at
