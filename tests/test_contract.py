"""What other programs rely on: every command of the contract is there, and its JSON has these keys of these types.

A shape is written as what it looks like: `str`, `int`, `float`, `bool`, `AT` (RFC 3339 with an offset), a set for one of
several, `maybe(...)` for what may be null, a list of one for a list of such. More keys are fine, fewer or others are not.
"""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from helpdesk.store import migrate
from helpdesk.store.engine import Database
from tests.desk import write_office
from tests.test_cli import filled, filled_database, run  # noqa: F401 - fixtures


def AT(value):  # noqa: N802 - a type of the contract
    return isinstance(value, str) and datetime.fromisoformat(value).utcoffset() is not None


def maybe(shape):
    return lambda value: value is None or not list(differences(value, shape, ""))


def differences(value, shape, place):
    """Where a value is not what the shape says."""
    if isinstance(shape, dict) and isinstance(value, dict):
        yield from (f"{place}.{key}: is not there" for key in shape.keys() - value.keys())
        for key in shape.keys() & value.keys():
            yield from differences(value[key], shape[key], f"{place}.{key}")
    elif isinstance(shape, list) and isinstance(value, list):
        for number, entry in enumerate(value):
            yield from differences(entry, shape[0], f"{place}[{number}]")
    elif not fits(value, shape):
        yield f"{place}: expected {shape}, not {value!r}"


def fits(value, shape):
    if isinstance(shape, dict | list):
        return False  # it is neither an object nor a list
    if isinstance(shape, set):
        return value in shape
    if isinstance(shape, type):
        wanted = (int, float) if shape is float else shape
        return isinstance(value, wanted) and (shape is bool or not isinstance(value, bool))
    return shape(value)


TARGETS = {"first_response", "follow_up", "resolution"}
KINDS = {"defect", "question", "enhancement", "maintenance"}
ROBOTS = {"auto-reply", "vacation", "bounce-permanent", "bounce-temporary", "reaction", "own-mail", None}
OUTCOMES = {"opened", "appended", "robot", "bounce", "loop", "duplicate", "quarantined", "ignored", "rejected"}
OUTCOMES |= {"ordered"}
SENT = {"ack", "assigned", "customer-message", "relay", "warning", "breach", "escalation", "echo", "closed", "reopened"}
SENT |= {"reminder", "resend-anonymised", "out-of-scope", "maintenance", "alert", "digest", "statement", "sign-in"}
CLOCK = {
    "target": TARGETS,
    "started_at": AT,
    "due_at": maybe(AT),
    "state": {"running", "paused", "met", "breached", "exempt", "none"},
    "stopped_at": maybe(AT),
    "breached_at": maybe(AT),
    "warranted": bool,
    "because": [str],
}
CASE = {
    "ref": str,
    "mailbox": str,
    "policy": str,
    "policy_version": str,
    "plan": str,
    "customer": maybe(str),
    "requester": str,
    "subject": str,
    "severity": str,
    "rank": {1, 2, 3, 4},
    "severity_set_by": str,
    "stated": maybe(str),
    "kind": KINDS,
    "status": {"open", "waiting", "resolved", "closed"},
    "assignee": maybe(str),
    "tags": [str],
    "opened_at": AT,
    "clocks": [CLOCK],
    "messages": [{"at": AT, "from": str, "text": str, "reply": str}],
    "events": [{"at": AT, "type": str, "by": str, "facts": dict}],
}
DUE = {
    "policy": str,
    "plan": str,
    "severity": str,
    "region": str,
    "channel": str,
    "target": TARGETS,
    "calendar": str,
    "started_at": AT,
    "due_at": AT,
    "warranted": bool,
    "because": [str],
}
VERDICT = {
    "file": str,
    "severity": str,
    "rank": {1, 2, 3, 4},
    "stated": maybe(str),
    "confidence": float,
    "probabilities": [float],
    "review": bool,
    "s1_suspect": bool,
    "kind": KINDS,
    "area": maybe(str),
    "reasons": [{"rule": str, "effect": str, "evidence": str}],
    "intake": dict,
    "missing": [str],
    "language": str,
    "robot": ROBOTS,
}
MAIL = {
    "file": str,
    "outcome": OUTCOMES,
    "case": maybe(str),
    "message_id": str,
    "from": str,
    "subject": str,
    "text": str,
    "reply": str,
    "attachments": [{"name": str, "type": str, "size": int}],
    "robot": ROBOTS,
}
SIMULATED = {
    "cases": [CASE],
    "sent": [
        {
            "at": AT,
            "kind": SENT,
            "case": maybe(str),
            "from": str,
            "to": [str],
            "subject": str,
            "message_id": str,
            "in_reply_to": maybe(str),
            "reply_to": maybe(str),
            "auto_submitted": maybe(str),
            "text": str,
        }
    ],
    "inbox": [{**MAIL, "step": int}],
}
ASKED = [
    "--plan",
    "standard",
    "--severity",
    "urgent",
    "--at",
    "2026-05-22T16:40:00-05:00",
    "--target",
    "first_response",
]
FACTS = [  # command, shape
    (["cases"], [{**CASE, "messages": list}]),
    (["cases", "--open", "--breached", "--customer", "acme"], [CASE]),
    (["case", "show", "HD-1"], CASE),
    (["case", "explain", "HD-1"], {"ref": str, "clocks": [{**CLOCK, "stretches": [{"from": AT, "why": str}]}]}),
    (["check"], {"ok": bool, "checks": [{"part": str, "ok": bool, "text": str, "warnings": [str], "notes": [str]}]}),
    (["policy", "list"], [{"key": str, "name": str, "version": str, "plans": [str], "severities": [str]}]),
    (["policy", "show", "celigo"], {"key": str, "version": str, "targets": [{"within": str}], "calendars": dict}),
    (["policy", "check"], [{"level": {"warning", "assumption"}, "file": str, "key": str, "text": str}]),
    (["policy", "diff", "logik", "other.toml"], [{"what": str, "who": str, "was": str, "now": str}]),
    (["policy", "apply", "logik", "--dry-run"], {"dry_run": bool, "moved": list, "stuck": list}),
    (["policy", "versions", "logik"], [{"version": str, "stored_at": AT, "in_force": bool, "open_cases": int}]),
    (["policy", "due", "logik", *ASKED, "--region", "emea", "--channel", "email"], DUE),
    (["policy", "schema"], {"$schema": str, "properties": dict}),
    (["classify", "logik", "mail.eml"], VERDICT),
    (["import", "mail.eml"], MAIL),
    (["simulate", "scenario.toml"], SIMULATED),
    (["report", "--customer", "acme", "--from", "2026-01-01", "--to", "2026-12-31"], {"lines": list, "totals": dict}),
    (
        ["replay", "--from", "2026-01-01", "--to", "2026-12-31", "--policy", "other.toml"],
        {"policy": str, "version": str, "cases": list, "summary": dict},
    ),
    (["credits", "--customer", "brick", "--quarter", "2026Q2"], {"customer": str, "quarter": str}),
    (["quarantine", "list"], list),
    (["history", "list"], list),
    (
        ["outbox", "list"],
        [{"number": int, "case": maybe(str), "kind": SENT, "to": str, "state": str, "created_at": AT}],
    ),
    (["ledger"], [{"mailbox": str, "received": int, "balances": bool}]),
    (["outbox", "show", "1"], {"number": int, "to": str, "subject": str, "text": str, "mail": str, "enclosed": list}),
    (["incident", "list"], list),
    (["incident", "open", "slow", "--title", "All is slow"], {"key": str, "opened_at": AT, "done": str}),
    (["status", "show"], list),
    (["status", "set", "website", "down"], {"name": str, "state": {"down"}, "since": AT, "by": str, "done": str}),
    (["maintenance", "list"], [{"number": int, "policy": str, "from": AT, "to": AT, "recurring": bool}]),
    (
        ["maintenance", "add", "logik", "Move", "--from", "2099-05-30T20:00Z", "--to", "2099-05-30T22:00Z"],
        {"number": int, "name": str, "from": AT, "to": AT, "done": str},
    ),
    (["init", "new"], {"folder": str, "files": [str]}),
    (["backup", "copy.db"], {"file": str, "bytes": int}),
    (["db", "current"], {"revision": str, "needed": str, "current": bool}),
    (["export", "HD-1", "-o", "out.zip"], {"ref": str, "file": str, "files": int, "bytes": int, "erased": [str]}),
    (["purge", "--older-than", "400d", "--dry-run"], {"before": AT, "dry_run": bool, "cases": int, "mails": int}),
    (["redact", "HD-1", "--yes"], {"ref": str, "erased": dict}),
]
SCENARIO = """
config = "helpdesk.toml"
until = 2026-05-27T12:00:00-05:00

[[step]]
at = 2026-05-22T16:40:00-05:00
from = "it@acme.example"
to = "support@logik.example"
subject = "One rule does not fire"
body = "Since this morning one rule does not fire."

[[step]]
at = 2026-05-22T16:55:00-05:00
answer = { to = "ann@desk.example", kind = "assigned" }
body = "We are on it."
"""
BRICK = """
[[customer]]
key = "brick"
name = "Brick"
policy = "celigo"
plan = "premier"
domains = ["brick.example"]
quarterly_fee = "12000.00 EUR"
"""


@pytest.fixture
def office(filled, tmp_path):  # noqa: F811
    """A desk with a case, a customer who is owed credits, a scenario, and another version of the policy."""
    from helpdesk.shipped import shipped  # noqa: PLC0415

    write_office(tmp_path)
    with (tmp_path / "customers.toml").open("a", encoding="utf-8") as file:
        file.write(BRICK)
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    (tmp_path / "other.toml").write_text(text.replace('urgent = "2h"', 'urgent = "1h"'), encoding="utf-8")
    return filled


@pytest.mark.parametrize(("words", "shape"), FACTS, ids=[" ".join(words) for words, _ in FACTS])
def test_a_command_that_prints_facts_prints_them_as_json(office, words, shape):
    code, out, err = office(*words, *([] if words[1:] == ["schema"] else ["--json"]))

    assert code == 0, err
    assert list(differences(json.loads(out), shape, "")) == []


def test_what_has_no_target_has_no_due_time_and_says_why(office):
    words = ["threekit", "--severity", "critical", "--channel", "forum", "--at", "2026-05-22T16:40:00-05:00", "--json"]
    shape = json.loads(office("policy", "due", *words)[1])

    assert shape["due_at"] is None
    assert shape["because"]
    assert list(differences(shape, {**DUE, "due_at": maybe(AT), "calendar": maybe(str)}, "")) == []


def test_a_batch_takes_the_arguments_of_the_contract_and_answers_a_line_each(office):
    asked = {"policy": "celigo", "plan": "premier", "severity": "high", "at": "2026-05-22T16:40:00-05:00"}
    lines = [
        {**asked, "region": "emea", "channel": "online", "target": target} for target in ("first_response", "follow_up")
    ]
    code, out, _ = office("policy", "due", "--batch", "-", stdin="\n".join(map(json.dumps, lines)))

    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [answer["target"] for answer in answers] == ["first_response", "follow_up"]
    assert list(differences(answers, [DUE], "")) == []


def test_a_simulation_tells_every_mail_that_was_sent_and_what_came_in(office):
    shape = json.loads(office("simulate", "scenario.toml", "--json")[1])

    assert [mail["kind"] for mail in shape["sent"]] == ["ack", "assigned", "relay"]
    assert [(mail["outcome"], mail["step"]) for mail in shape["inbox"]] == [("opened", 1), ("appended", 2)]
    assert shape["cases"][0]["clocks"][0]["state"] == "met"
    bare = [*shape["sent"][0]["to"], shape["sent"][0]["from"], shape["cases"][0]["requester"]]
    assert all("<" not in address and "@" in address for address in bare)


def test_a_check_that_fails_says_so_in_json_too(run, tmp_path):  # noqa: F811
    """Before the first start there is no database, and that is well; one of another version is not."""
    code, out, _ = run("check", "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)
    database = next(part for part in json.loads(out)["checks"] if part["part"] == "database")
    assert "empty yet" in database["text"]
    assert not (tmp_path / "helpdesk.db").exists(), "looking makes nothing"
    older = Database(f"sqlite:///{tmp_path / 'helpdesk.db'}")
    migrate.upgrade(older, "0006")
    older.close()
    code, out, _ = run("check", "--json")

    assert (code, json.loads(out)["ok"]) == (1, False)
    assert any("run: helpdesk db upgrade" in part["text"] for part in json.loads(out)["checks"])


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ({"a": 1}, {"a": str}),
        ({"a": 1}, {"b": int}),
        ({"a": True}, {"a": int}),
        ([1, "2"], [int]),
        ("2026-05-22T16:40:00", AT),
        ("x", {"y"}),
        ({}, list),
        ({"a": 5}, {"a": maybe(str)}),
    ],
)
def test_the_comparison_notices_what_is_wrong(value, shape):
    assert list(differences(value, shape, ""))
