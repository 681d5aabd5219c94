"""The ledger in sentences: every event has one, and it names people and severities as people do."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

import pytest

from helpdesk.core.words.events import Event, base, class_of
from helpdesk.letters import desk_zone
from helpdesk.report.sentences import LedgerWords
from tests.desk import ANN, BOB, JO

AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)
KINDS = sorted(kind for kind in base._CLASSES if kind and not kind.startswith("of_a_test"))
VALUES: dict[str, Any] = {"str": "x", "int": 1, "float": 0.5, "bool": True}
SPECIAL = {"until": AT.isoformat(), "was": {"address": JO, "unwarranted": ()}, "seconds": 60}


def sample(kind: str) -> Event:
    """An event with just what it must have."""
    common = {one.name for one in fields(Event)}
    given = {
        one.name: SPECIAL.get(one.name)
        if one.name in SPECIAL and one.type != "str"
        else _value(one.name, str(one.type))
        for one in fields(class_of(kind))
        if one.name not in common and one.default is MISSING and one.default_factory is MISSING
    }
    return class_of(kind)(AT, AT, ANN, **given)


def _value(name: str, declared: str) -> Any:
    if name == "until":
        return SPECIAL[name]
    return VALUES.get(declared, {} if "Mapping" in declared else () if "tuple" in declared else "x")


@pytest.fixture
def words(rules) -> LedgerWords:
    policy = rules.book.policy("logik")
    return LedgerWords(
        policy, "America/Chicago", lambda address: {ANN: "Ann Berg", BOB: "Bob Cole"}.get(address, address)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_has_a_sentence_of_its_own(words, kind):
    said = words.sentence(sample(kind))
    assert said.endswith(".")
    assert f"{kind.replace('_', ' ')} by" not in said.lower(), "what no sentence knows is told by its type"


def test_what_a_newer_version_wrote_is_told_by_its_facts(words):
    event = base.from_facts("of_a_test_yet_to_be", (AT, AT, ANN), {"colour": "green"})
    assert words.sentence(event) == f"Of a test yet to be by {ANN}: colour green."


def test_what_was_typed_on_a_page_says_so(words):
    event = base.from_facts("agent_answered", (AT, AT, ANN), {"message_id": "", "key": "", "way": "console"})
    assert words.sentence(event) == "Ann Berg answered the customer, by the console."


def test_a_step_says_what_was_sent_and_when(words):
    step = {"key": "k", "step": "75%", "kind": "warning", "target": "first_response", "to": [ANN]}
    event = base.from_facts("step_taken", (AT, AT, "desk"), step)
    assert words.sentence(event) == "Warning of first response (75%): told Ann Berg."


def test_a_case_reads_as_it_went(desk):
    desk.mail(JO, "The rules do not fire", "Case priority: Urgent")
    desk.reply(ANN, "#severity medium\n#wait 2d\nPlease send the log.")
    case = desk.case()
    policy = desk.rules.book.policy(case.policy)
    words = LedgerWords(policy, desk_zone(case, policy), lambda address: "Ann Berg" if address == ANN else address)
    said = [words.sentence(event) for event in case.events]
    for expected in (
        f"Opened for {JO} at support@logik.example",
        "The desk found severity Urgent.",
        "The desk gave it to Ann Berg",
        "Ann Berg answered the customer.",
        "Ann Berg set the severity to Medium, was Urgent",
        "Ann Berg set it to wait for the customer for 48 h.",
    ):
        assert any(line.startswith(expected) for line in said), (expected, said)
