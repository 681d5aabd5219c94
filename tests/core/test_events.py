"""Every event is what its facts say: written as JSON and read back it is the same, and a ledger the same to the byte."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.words import events
from helpdesk.core.words.events import Event, class_of, from_facts, to_facts
from helpdesk.lab.scenario import read_scenario
from helpdesk.lab.simulate import Laboratory, simulate
from helpdesk.store.tables import event as event_table

SCENARIOS = Path(__file__).parents[2] / "demo" / "scenarios"
AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)
STAMP = (AT, AT, "ann@desk.example")
KINDS = sorted(
    (one for one in vars(events).values() if isinstance(one, type) and issubclass(one, Event) and one.type),
    key=lambda kind: kind.type,
)

words = st.text(max_size=12)
numbers = st.integers(0, 10**6)
shares = st.floats(0, 1)
former = dict.fromkeys(("address", "answers_to", "customer", "plan", "region"), words)


def several(one: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(one, max_size=3).map(tuple)


# By how a field is annotated: a type that is new here needs its own line.
VALUES = {
    "str": words,
    "str | None": st.none() | words,
    "int": numbers,
    "int | None": st.none() | numbers,
    "bool": st.booleans(),
    "bool | None": st.none() | st.booleans(),
    "bool | str": st.booleans() | words,
    "float": shares,
    "float | None": st.none() | shares,
    "tuple[str, ...]": several(words),
    "tuple[str, ...] | None": st.none() | several(words),
    "tuple[float, ...]": several(shares),
    "Mapping[str, str]": st.dictionaries(words, words, max_size=3),
    "Mapping[str, str] | None": st.none() | st.dictionaries(words, words, max_size=3),
    "Mapping[str, int]": st.dictionaries(words, numbers, max_size=3),
    "Literal['good', 'bad']": st.sampled_from(["good", "bad"]),
    "tuple[ReasonFact, ...]": several(st.fixed_dictionaries({"rule": words, "effect": words, "evidence": words})),
    "tuple[UnseenWord, ...]": several(st.fixed_dictionaries({"message_id": words, "at": words})),
    "tuple[MistakeFact, ...]": several(st.fixed_dictionaries({"line": words, "expected": words})),
    "Unwarranted": st.fixed_dictionaries({"unwarranted": st.lists(words, max_size=3)}),
    "FormerRequester": st.fixed_dictionaries({**former, "unwarranted": st.lists(words, max_size=3)}),
}


def any_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    common = {one.name for one in fields(Event)}
    own = {one.name: VALUES[one.type.replace('"', "'")] for one in fields(kind) if one.name not in common}
    return st.builds(lambda **values: kind(*STAMP, **values), **own)


def read_back(event: Event) -> Event:
    return from_facts(event.type, STAMP, json.loads(json.dumps(to_facts(event))))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_an_event_that_is_written_and_read_is_the_same(kind, data):
    event = data.draw(any_of(kind))
    assert read_back(event) == event
    assert json.dumps(to_facts(read_back(event))) == json.dumps(to_facts(event))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
@settings(max_examples=10, deadline=None)
@given(data=st.data(), more=st.dictionaries(words, words | numbers, max_size=3))
def test_what_is_not_known_of_an_event_is_kept_and_stands_where_it_stood(kind, data, more):
    facts = {**{f"x-{key}": value for key, value in more.items()}, **to_facts(data.draw(any_of(kind)))}
    assert json.dumps(to_facts(from_facts(kind.type, STAMP, facts))) == json.dumps(facts)


def test_a_fact_that_an_older_ledger_lacks_has_its_default_and_is_not_added():
    facts = {"severity": "high", "rank": 2, "was": "low"}
    event = from_facts("severity_set", STAMP, facts)
    assert (event.reason, event.review, to_facts(event)) == ("", None, facts)


def test_a_change_of_an_event_that_was_read_stands_behind_what_was_there():
    event = from_facts("agent_answered", STAMP, {"key": "mail/1", "message_id": "<1@x>"})
    changed = to_facts(replace(event, on="HD-2"))
    assert json.dumps(changed) == '{"key": "mail/1", "message_id": "<1@x>", "on": "HD-2"}'


def test_an_event_of_a_newer_version_is_kept_as_it_is():
    event = from_facts("weighed", STAMP, {"grams": 7})
    assert (event.type, to_facts(event), class_of("weighed")) == ("weighed", {"grams": 7}, type(event))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["monitor", "night", "outage", "thanks"])
def test_every_event_of_a_ledger_is_printed_as_it_is_stored(name, monkeypatch):
    stored = []

    def keep(laboratory: Laboratory) -> None:
        with laboratory.database.read() as connection:
            stored.extend(connection.execute(sa.text(f"SELECT type, facts FROM {event_table.name}")).all())

    monkeypatch.setattr(Laboratory, "close", keep)
    simulate(read_scenario(SCENARIOS / f"{name}.toml"))
    assert len(stored) > 5
    assert [json.dumps(to_facts(from_facts(kind, STAMP, json.loads(facts)))) for kind, facts in stored] == [
        facts for _, facts in stored
    ]
