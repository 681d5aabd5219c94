"""Edits are taken without a restart; a broken one keeps the old state and tells the operators once."""

from __future__ import annotations

import os
from email import message_from_bytes
from email.policy import SMTP
from itertools import count

import pytest

from helpdesk.desk import load_rules
from helpdesk.reload import Reloader
from helpdesk.shipped import shipped
from helpdesk.store import outbox
from tests.desk import JO, KEY
from tests.policies.offices import customer, open_desk


@pytest.fixture
def desk(tmp_path):
    return open_desk(tmp_path, policy="logik", customers=customer("acme", "logik"), start="2026-05-19 09:15")


@pytest.fixture
def reloader(desk, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return Reloader(desk.laboratory.desk)


MOMENTS = count(1)


def write(path, text):
    """An edit, at a moment of its own: file systems tell time coarsely."""
    path.write_text(text, encoding="utf-8")
    at = path.stat().st_mtime + next(MOMENTS)
    os.utime(path, (at, at))


def alerts(desk):
    with desk.database.read() as connection:
        return [row for row in outbox.rows(connection) if row.kind == "alert"]


def text_of(row):
    return message_from_bytes(row.raw, policy=SMTP).get_body(("plain",)).get_content()


def test_nothing_is_read_while_nothing_changes(reloader):
    assert not reloader.look()


def test_a_new_customer_is_known_without_a_restart(desk, reloader, tmp_path):
    """LGK-1: the sender of the next mail is matched against the new file."""
    desk.mail("new@nova.example", to="email@logik.example")
    assert desk.case(1).customer == ""

    write(tmp_path / "customers.toml", customer("acme", "logik") + customer("nova", "logik", plan="premier"))
    assert reloader.look()
    desk.mail("new@nova.example", "Another", to="email@logik.example")
    assert (desk.case(2).customer, desk.case(2).plan) == ("nova", "premier")


def test_a_holiday_that_is_announced_moves_the_cases_after_it_without_a_restart(tmp_path, monkeypatch):
    """LAI-14: a company holiday is a line of the file; who was promised something before keeps it."""
    (tmp_path / "policies").mkdir()
    file = tmp_path / "policies" / "laioutr.toml"
    text = (shipped("policies") / "laioutr.toml").read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    more = 'policies = "policies"'
    desk = open_desk(
        tmp_path, policy="laioutr", channels=("website",), customers="", start="2026-03-27 10:00", desk=more
    )
    monkeypatch.chdir(tmp_path)
    reloader = Reloader(desk.laboratory.desk)
    desk.mail("eva@nord.example", "Editor", "Severity: S3\n\nA strange error.", to="website@laioutr.example")
    announced = 'holidays = { country = "DE" }\ndays = [{ name = "Company day", on = 2026-03-30 }]'
    write(file, text.replace('holidays = { country = "DE" }', announced))
    assert reloader.look()
    desk.mail("eva@nord.example", "Again", "Severity: S3\n\nA strange error.", to="website@laioutr.example")

    said = [desk.last("eva@nord.example", "ack").text, desk.sent_to("eva@nord.example", "ack")[0].text]
    assert ["Mon 30 Mar" in text for text in said] == [False, True]
    assert "Tue 31 Mar" in said[0]


def test_a_broken_edit_keeps_the_old_state_and_tells_the_operators_once(desk, reloader, tmp_path):
    write(tmp_path / "customers.toml", 'customer = "nobody"')
    assert not reloader.look()
    write(tmp_path / "customers.toml", 'customer = "nobody"')
    assert not reloader.look()

    (alert,) = alerts(desk)
    assert alert.recipient == "ops@desk.example"
    desk.mail(JO, to="email@logik.example")
    assert desk.case().customer == "acme"


def test_a_template_that_asks_for_what_its_mail_has_not_changes_nothing_and_is_told_of(tmp_path, monkeypatch):
    (tmp_path / "words").mkdir()
    more, customers = 'templates = "words"', customer("acme", "logik")
    desk = open_desk(tmp_path, policy="logik", customers=customers, start="2026-05-19 09:15", desk=more)
    monkeypatch.chdir(tmp_path)
    reloader = Reloader(desk.laboratory.desk)
    write(tmp_path / "words" / "ack.txt", "Subject: mine\n{% if known and false %}{{ subjct }}{% endif %}\n")
    assert not reloader.look()
    desk.mail(JO, to="email@logik.example")

    assert "mine" not in desk.last(JO, "ack").subject
    (alert,) = alerts(desk)
    assert 'templates/ack.txt: line 2: there is no name "subjct"' in " ".join(text_of(alert).split())


def test_the_operators_hear_that_the_edit_is_right_again(desk, reloader, tmp_path):
    write(tmp_path / "customers.toml", "customer = 1")
    reloader.look()
    write(tmp_path / "customers.toml", customer("acme", "logik"))
    assert reloader.look()

    assert len(alerts(desk)) == 2


def test_an_edit_that_is_mended_while_the_desk_is_down_is_told_of_after_the_start(desk, reloader, tmp_path):
    """The desk starts by right files only."""
    write(tmp_path / "customers.toml", "customer = 1")
    reloader.look()
    write(tmp_path / "customers.toml", customer("acme", "logik"))
    for _ in range(2):
        started = Reloader(desk.laboratory.desk)
        for _ in range(2):
            started.look()

    assert [b"the edit is accepted now" in row.raw for row in alerts(desk)] == [False, True]


def test_another_mistake_is_told_of_too(desk, reloader, tmp_path):
    for wrong in ("customer = 1", "customer = 1", "customers = 1"):
        write(tmp_path / "customers.toml", wrong)
        reloader.look()
    write(tmp_path / "customers.toml", customer("acme", "logik"))
    reloader.look()

    assert [b"an edit was refused" in row.raw for row in alerts(desk)] == [True, True, False]


def test_who_leaves_the_configuration_leaves_no_case_when_the_edit_is_read(desk, reloader, tmp_path):
    """At the start as well: the edit may have been made while the desk was down."""
    desk.mail(JO, to="email@logik.example")
    was, path = desk.case().assignee, tmp_path / "helpdesk.toml"
    for gone, comes, watching in (
        (was, "dora@desk.example", reloader),
        ("dora@desk.example", "eve@desk.example", None),
    ):
        write(path, path.read_text(encoding="utf-8").replace(gone, comes))
        if watching is None:
            desk.laboratory.desk.exchange(load_rules(path, environment={}, signing_key=KEY))
        (watching or Reloader(desk.laboratory.desk)).look()
        assert desk.case().assignee == comes
    assert [event.agent for event in desk.events("assigned")] == [was, "dora@desk.example", "eve@desk.example"]


def test_a_signal_reads_everything_again(reloader):
    reloader.ask()

    assert reloader.look()
    assert not reloader.look()
