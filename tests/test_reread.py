"""A case that has just come in is read once more: raised at once, lowered only as a proposal, never after a person."""

import json
from dataclasses import replace

import pytest

from helpdesk.desk.reread import Rereading
from helpdesk.errors import Unavailable
from helpdesk.unit.mail_reader import MailReader
from tests.desk import JO
from tests.test_mail_reader import FOUND, ODD, Chats

MEMORY = pytest.mark.parametrize("desk_database", ["memory"], indirect=True)
MILDER = json.dumps({"effect": {"is": "none", "quotes": ["goes away without a key card"]}})
pytestmark = MEMORY


def reread(desk, worked, answer=FOUND):
    chats = Chats(answer)
    rereading = Rereading(desk.laboratory.desk.units, MailReader(chats, daily=9, share=1), lambda: desk.now)
    rereading.put([worked])
    assert rereading.read_next()
    assert not rereading.read_next()
    return rereading, chats


def test_a_case_is_raised_once_with_its_promises_from_the_beginning(desk):
    worked = desk.mail(JO, "Odd", ODD)
    assert desk.case().rank == 3
    due = desk.first_response().due_at
    reread(desk, worked)
    assert desk.case().severity == "critical"
    assert [event.set_by for event in desk.events("assessed")][1] == "reader"
    assert desk.first_response().started_at == desk.case().opened_at
    assert desk.first_response().due_at < due
    desk.laboratory.deliver()
    told = desk.last(desk.case().assignee, "reminder")
    assert "effect: stopped (goes away without a key card)" in told.text
    _, chats = reread(desk, worked, MILDER)
    assert chats.asked == []
    assert desk.case().severity == "critical"


def test_a_milder_reading_is_a_proposal(desk):
    worked = desk.mail(JO, "Odd", ODD)
    reread(desk, worked, MILDER)
    assert desk.case().severity == "medium"
    assert "reader: may be Low; #severity low sets it" in desk.case().tags


def test_a_policy_or_a_customer_may_keep_their_mails_from_it(desk):
    worked = desk.mail(JO, "Odd", ODD)
    units = desk.laboratory.desk.units
    customers = units.rules.customers
    without = {key: replace(one, reader=False) for key, one in customers.by_key.items()}
    units.rules = replace(units.rules, customers=replace(customers, by_key=without))
    assert reread(desk, worked)[1].asked == []


@pytest.mark.parametrize("body", ["We look into it.", "#note\nWe look into it.", "#severity medium"])
def test_nothing_changes_after_a_person(desk, body):
    worked = desk.mail(JO, "Odd", ODD)
    desk.reply(desk.case().assignee, body)
    _, chats = reread(desk, worked)
    assert chats.asked == []
    assert desk.case().severity == "medium"


@pytest.mark.parametrize("answer", [Unavailable("it is down"), "no findings", "{}"])
def test_a_reader_that_fails_changes_nothing_and_is_said(desk, answer):
    worked = desk.mail(JO, "Odd", ODD)
    before = desk.case()
    rereading, _ = reread(desk, worked, answer)
    assert desk.case() == before
    assert rereading.problem


def test_a_case_that_waited_too_long_is_left_alone(desk):
    worked = desk.mail(JO, "Odd", ODD)
    desk.at("2026-05-19 09:40")
    assert reread(desk, worked)[1].asked == []
