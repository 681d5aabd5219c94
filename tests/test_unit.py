"""A unit of work reads what applies once, and anew after it has written."""

from __future__ import annotations

from collections import Counter

import pytest

from helpdesk import clues
from helpdesk.core.words.message import Envelope
from helpdesk.lab.mailer import Sheet, write
from helpdesk.mail.read import parse
from helpdesk.store import cases, declarations
from helpdesk.store.spool import Accepted
from tests.desk import ANN, JO, LOGIK, TestDesk


@pytest.fixture
def desk(rules, story_databases, request) -> TestDesk:
    return TestDesk(rules, story_databases.of("memory", request))


@pytest.fixture
def calls(monkeypatch) -> Counter[str]:
    """How often each of these was called."""
    counted: Counter[str] = Counter()

    def count(module, name):
        original = getattr(module, name)

        def counting(*arguments, **named):
            counted[name] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, counting)

    for module, name in (
        (parse, "_parse"),
        (clues, "numbers_in_subject"),
        (cases, "find"),
        (cases, "messages"),
        (cases, "workloads"),
        (declarations, "declared_state"),
    ):
        count(module, name)
    return counted


def worked(desk: TestDesk, raw: bytes, sender: str) -> None:
    mail = Accepted(LOGIK, raw, Envelope(sender, (LOGIK,), "203.0.113.9", "mail.example"), "smtp", desk.now)
    desk.laboratory.desk.accept([mail])
    desk.laboratory.desk.work()


def test_a_customers_mail_is_parsed_and_its_clues_and_terms_are_read_once(desk, calls):
    sheet = Sheet(JO, LOGIK, "Export fails", "The export fails since this morning.", "", {})
    worked(desk, write(sheet, at=desk.now, message_id="<one@mail.acme.example>"), JO)

    assert {name: number for name, number in calls.items() if number != 1} == {}
    assert set(calls) >= {"_parse", "numbers_in_subject", "workloads", "declared_state"}


def test_an_agents_answer_has_the_words_of_its_case_read_once(desk, calls):
    desk.mail(JO, "Export fails", "The export fails since this morning.")
    calls.clear()
    desk.reply(ANN, "We are on it.", to_kind="assigned")

    assert (calls["numbers_in_subject"], calls["find"], calls["declared_state"], calls["messages"]) == (1, 1, 1, 1)


def test_what_was_read_is_kept_until_something_is_written(desk):
    desk.mail(JO, "Export fails", "The export fails since this morning.")
    with desk.laboratory.desk.units.write(desk.now) as unit:
        case = unit.find([1])[1]
        mailbox = unit.rules.configuration.mailbox(LOGIK)
        terms = unit.terms(mailbox, case=case)
        said = unit.messages(1)
        assert unit.find([1])[1] is case
        assert unit.terms(mailbox, case=case) is terms
        assert unit.messages(1) is said

        assert unit.another().find([1])[1] is not case, "the next mail of the batch reads for itself"
        unit.forget()
        assert unit.find([1])[1] is not case
        assert unit.terms(mailbox, case=case) is not terms
        assert unit.messages(1) is not said
