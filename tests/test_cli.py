"""The commands as programs and people meet them: exit codes, the JSON of the contract, and problems in words."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import metadata
from itertools import takewhile
from pathlib import Path

import pytest
import sqlalchemy as sa
import typer

from helpdesk.archive import ArchivedMail
from helpdesk.cli import app, main
from helpdesk.cli.registry import COMMANDS, examples, within
from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk, load_rules
from helpdesk.importing.mail import import_one
from helpdesk.log.failure import TracebackFile
from helpdesk.mail.read.masking import REPLY_TAG
from helpdesk.offering.files import find
from helpdesk.shipped import shipped
from helpdesk.store import history, migrate
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from helpdesk.store.tables import case_count, to_index
from tests.desk import CUSTOMERS, write_office

MAIL = """\
From: Jo Park <jo@acme.example>
To: support@logik.example
Subject: The rules do not fire
Message-ID: <{number}@acme.example>
Received: from mx.acme.example by mx.logik.example; Tue, 19 May 2026 09:15:00 -0500
Date: Mon, 18 May 2026 09:00:00 -0500

Case Priority: Urgent

Since this morning no rule fires.
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in the office's folder; gives (exit code, standard output, standard error)."""
    write_office(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)

    def command(*words, stdin=""):
        monkeypatch.setattr(sys, "argv", ["helpdesk", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory, migrated_file):
    """A database with one case in it, to be copied; made by the desk that the commands open."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copy(migrated_file, folder / "helpdesk.db")
    database = Database(f"sqlite:///{folder / 'helpdesk.db'}")
    desk = Desk(database=database, rules=load_rules(write_office(folder)), now=lambda: datetime.now(UTC))
    desk.begin()
    (outcome,) = import_one(desk, ArchivedMail("mail.eml", MAIL.format(number=1).encode()))
    assert outcome["outcome"] == "opened"
    database.close()
    return folder / "helpdesk.db"


@pytest.fixture
def filled(run, tmp_path, filled_database):
    """An office with a database and one case in it."""
    shutil.copy(filled_database, tmp_path / "helpdesk.db")
    (tmp_path / "mail.eml").write_text(MAIL.format(number=1))
    return run


def an_instant(text):
    return datetime.fromisoformat(text).utcoffset() is not None


# --- wrong use


def test_without_a_command_it_says_what_there_is(run):
    code, out, err = run()

    assert code == 2
    assert "policy" in out + err


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["case", "show"],
        ["case", "show", "HD-x"],
        ["case", "show", "HD-99"],
        ["case", "explain", "HD-99"],
        ["cases", "--config", "nowhere.toml"],
        ["policy", "show", "nothing"],
        ["policy", "due", "logik"],
        ["policy", "due", "logik", "--severity", "urgent", "--at", "yesterday"],
        ["policy", "due", "logik", "--severity", "urgent", "--at", "2026-05-19T09:15:00"],
        ["policy", "due", "logik", "--severity", "awful", "--at", "2026-05-19T09:15:00-05:00"],
        ["policy", "due", "logik", "--severity", "urgent", "--at", "2026-05-19T09:15:00-05:00", "--plan", "gold"],
        ["policy", "due", "logik", "--severity", "urgent", "--at", "2026-05-19T09:15:00-05:00", "--target", "lunch"],
        ["policy", "due", "--batch", "nowhere.jsonl"],
        ["classify", "logik", "nowhere.eml"],
        ["import", "nowhere"],
        ["simulate", "nowhere.toml"],
        ["outbox", "show", "99"],
        ["policy", "versions", "nothing"],
        ["redact", "HD-99"],  # which is not asked about first
        ["quarantine", "retry", "99"],
        ["quarantine", "show", "1"],  # which became a case
        ["ledger", "--day", "tomorrow"],
    ],
)
def test_wrong_use_is_exit_code_two_and_words(filled, words):
    code, out, err = filled(*words)

    assert code == 2, (out, err)
    assert err
    assert "Traceback" not in err
    assert out == ""


@pytest.mark.parametrize(
    "words",
    [
        *(["case", *words] for words in (["show", "zz"], ["explain", "zz"], ["verify", "zz", "1"])),
        ["case", "order", "zz", "--as", "ann@desk.example", "#ack"],
        ["case", "attachment", "zz", "1", "-o", "file"],
        ["cases", "--after", "zz"],
        ["export", "zz"],
        ["redact", "zz"],
        ["history", "open", "zz"],
        ["purge"],
    ],
)
def test_wrong_words_are_wrong_before_there_is_a_database(run, words):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "expected" in err


def test_a_database_that_is_not_there_yet_is_a_problem_that_says_what_to_do(run):
    code, _, err = run("cases")

    assert code == 1
    assert "run: helpdesk db upgrade" in err


def test_wrong_configuration_says_every_problem_at_once_and_starts_nothing(run, tmp_path):
    broken = (
        '[desk]\nnmae = "Acme"\noperators = ["ops"]\n[smtp_out]\nurl = "ftp://x"\n'
        '[[mailbox]]\naddress = "support"\npolicy = "logik"\nteam = "nobody"\n'
        '[[agent]]\nname = 5\nemail = "ann@desk.example"\n'
    )
    (tmp_path / "helpdesk.toml").write_text(broken)
    code, out, err = run("serve")
    lines = err.splitlines()

    assert (code, out) == (2, "")
    assert all(line.startswith("helpdesk.toml: ") for line in lines)
    assert any("desk.nmae: no such key" in line for line in lines)
    assert any("agent.1.name: expected" in line for line in lines)
    assert not (tmp_path / "secret").exists()

    (tmp_path / "helpdesk.toml").write_text(broken.replace("nmae", "name").replace("name = 5", 'name = "Ann"'))
    code, _, err = run("serve")
    assert code == 2
    for expected in (
        "desk.operators: expected",
        "smtp_out.url: expected",
        "mailbox.1.address: expected",
        "mailbox.1.team: expected",
    ):
        assert expected in err


def test_wrong_customers_and_policies_are_said_together(run, tmp_path):
    with (tmp_path / "helpdesk.toml").open("a") as file:
        file.write('\n[[mailbox]]\naddress = "x@y.example"\npolicy = "none"\nteam = "first line"\n')
    (tmp_path / "customers.toml").write_text('[[customer]]\nkey = "a"\nname = "A"\npolicy = "logik"\nplan = "gold"\n')
    code, _, err = run("cases")

    assert code == 2
    assert "mailbox.5.policy: expected one of" in err
    assert "customer.1.plan: expected one of standard, premier, not 'gold'" in err


# --- init, db


def test_init_writes_a_configuration_that_is_right(run, tmp_path):
    code, out, _ = run("init", "fresh")
    assert code == 0
    assert "helpdesk serve" in out

    assert run("db", "upgrade", "--config", "fresh/helpdesk.toml")[0] == 0
    assert run("cases", "--config", "fresh/helpdesk.toml")[1] == "There are no cases.\n"
    assert run("init", "fresh")[0] == 2, "it overwrites nothing"


def test_db_current_says_where_the_database_is(filled):
    code, out, _ = filled("db", "current")

    assert code == 0
    assert migrate.head() in out


@pytest.mark.parametrize("command", [["db", "current"], ["cases"], ["check"]], ids=" ".join)
def test_a_database_that_is_not_made_yet_is_said_to_be_so_and_is_not_made_by_asking(run, tmp_path, command):
    run("init", "fresh")
    _, out, err = run(*command, "--config", "fresh/helpdesk.toml")

    assert "database: empty yet; helpdesk serve makes the tables, or run: helpdesk db upgrade" in out + err
    assert "None" not in out + err
    assert not (tmp_path / "fresh" / "helpdesk.db").exists()


@pytest.mark.parametrize("command", [["db", "current"], ["cases"], ["check"]], ids=" ".join)
def test_a_database_of_another_program_is_said_to_be_one(run, tmp_path, command):
    run("init", "fresh")
    foreign = sqlite3.connect(tmp_path / "fresh" / "helpdesk.db")
    foreign.execute("CREATE TABLE songs (title TEXT)")
    foreign.close()
    _, out, err = run(*command, "--config", "fresh/helpdesk.toml")

    assert "it has no tables of the desk's, and others (songs); is it the right one?" in out + err
    assert "None" not in out + err


@pytest.mark.parametrize("command", [["db", "current"], ["db", "upgrade"], ["cases"]], ids=" ".join)
def test_a_database_of_a_newer_version_is_left_alone(run, tmp_path, command):
    run("init", "fresh")
    newer = sqlite3.connect(tmp_path / "fresh" / "helpdesk.db")
    newer.executescript("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999');")
    newer.close()
    code, out, err = run(*command, "--config", "fresh/helpdesk.toml")

    assert "it is at revision 9999, which this version does not know" in out + err
    assert code == (0 if command == ["db", "current"] else 1)
    assert "Traceback" not in err


def test_check_tells_of_files_that_others_may_open(run, tmp_path):
    run("init", "fresh")
    run("db", "upgrade", "--config", "fresh/helpdesk.toml")
    assert "others on this host" not in run("check", "--config", "fresh/helpdesk.toml")[1]
    (tmp_path / "fresh" / "helpdesk.db").chmod(0o644)
    (tmp_path / "fresh" / "secret").write_text("0123456789abcdef" * 4)
    (tmp_path / "fresh" / "secret").chmod(0o640)
    out = run("check", "--config", "fresh/helpdesk.toml")[1]
    assert [line.rpartition("/")[2] for line in out.splitlines() if "others on this host" in line] == [
        "helpdesk.db",
        "secret",
    ]


# --- import


def test_a_file_is_called_as_it_was_named_to_the_command(filled, tmp_path):
    """Two folders may hold a mail of one name each; and both commands call it the same."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mail.eml").write_text(MAIL.format(number=folder))
    for command in (["classify", "logik"], ["import"]):
        out = filled(*command, "a/mail.eml", "b/mail.eml", tmp_path / "mail.eml", "--json")[1]
        named = [json.loads(line)["file"] for line in out.splitlines()]
        assert named == ["a/mail.eml", "b/mail.eml", str(tmp_path / "mail.eml")]
    assert "a/mail.eml: " in filled("classify", "logik", "a/mail.eml")[1]


def test_import_prints_one_object_a_mail(filled, tmp_path):
    (tmp_path / "inbox.mbox").write_text(
        f"From jo Tue May 19 09:15:00 2026\n{MAIL.format(number=2)}\nFrom jo Tue May 19 09:15:00 2026\n{MAIL.format(number=1)}"
    )
    (tmp_path / "elsewhere.eml").write_text(MAIL.format(number=3).replace("support@logik", "someone@else"))
    code, out, _ = filled("import", "inbox.mbox", "elsewhere.eml", "--json")
    shapes = [json.loads(line) for line in out.splitlines()]

    assert code == 1, "one was rejected"
    assert [(shape["file"], shape["outcome"], shape["case"]) for shape in shapes] == [
        ("inbox.mbox#1", "opened", "HD-2"),
        ("inbox.mbox#2", "duplicate", "HD-1"),
        ("elsewhere.eml", "rejected", None),
    ] or shapes[1]["case"] is None
    assert set(shapes[0]) >= {
        "file",
        "outcome",
        "case",
        "message_id",
        "from",
        "subject",
        "text",
        "reply",
        "attachments",
        "robot",
    }
    assert shapes[0]["from"] == "jo@acme.example"


def test_an_import_says_of_each_mail_that_it_does_not_take_why(filled, tmp_path):
    (tmp_path / "elsewhere.eml").write_text(MAIL.format(number=3).replace("support@logik", "someone@else"))
    (tmp_path / "nobody.eml").write_text("From: jo@acme.example\nSubject: To nobody\n\nHello\n")
    code, out, _ = filled("import", "elsewhere.eml", "nobody.eml")

    assert code == 1
    assert "elsewhere.eml: rejected: it is to someone@else.example, and ours are support@logik.example, " in out
    assert "nobody.eml: rejected: it names no recipient, and ours are support@logik.example, " in out
    assert "--mailbox ADDRESS" in out

    shapes = [json.loads(line) for line in filled("import", "elsewhere.eml", "mail.eml", "--json")[1].splitlines()]
    assert shapes[0]["because"].startswith("it is to someone@else.example")


def test_an_import_says_why_a_mail_became_no_case(filled, tmp_path):
    """A copy, a robot's, one to a mailbox that is not read: `because` has it; what opens a case needs none."""
    (tmp_path / "copy.eml").write_text(MAIL.format(number=1))
    (tmp_path / "ignored.eml").write_text(MAIL.format(number=4).replace("support@logik", "nothing@logik"))
    (tmp_path / "new.eml").write_text(MAIL.format(number=5))
    out = filled("import", "copy.eml", "ignored.eml", "new.eml", "--json")[1]

    assert [(shape["outcome"], shape["because"]) for shape in map(json.loads, out.splitlines())] == [
        ("duplicate", "the same mail was taken before"),
        ("ignored", "the mailbox is ignored"),
        ("opened", None),
    ]


def test_an_import_into_a_mailbox_that_is_not_ours_is_wrong_use(filled, tmp_path):
    (tmp_path / "elsewhere.eml").write_text(MAIL.format(number=3).replace("support@logik", "someone@else"))
    code, out, err = filled("import", "elsewhere.eml", "--mailbox", "support@logic.example")

    assert (code, out) == (2, "")
    assert err.startswith("--mailbox: expected one of support@logik.example, ")


def test_mail_without_a_mailbox_of_ours_can_be_sent_to_one(filled, tmp_path):
    (tmp_path / "elsewhere.eml").write_text(MAIL.format(number=3).replace("support@logik", "someone@else"))
    code, out, _ = filled("import", "elsewhere.eml", "--json", "--mailbox", "support@threekit.example")

    assert (code, json.loads(out)["outcome"]) == (0, "opened")


def test_imported_mail_was_received_when_its_last_server_says(filled):
    shape = json.loads(filled("case", "show", "HD-1", "--json")[1])

    assert shape["opened_at"] == "2026-05-19T14:15:00+00:00"


# --- cases


def test_a_case_as_json_is_what_the_contract_says(filled):
    code, out, _ = filled("case", "show", "HD-1", "--json")
    shape = json.loads(out)

    assert code == 0
    assert set(shape) >= {
        "ref",
        "mailbox",
        "policy",
        "policy_version",
        "plan",
        "customer",
        "requester",
        "subject",
        "severity",
        "rank",
        "severity_set_by",
        "stated",
        "kind",
        "status",
        "assignee",
        "tags",
        "opened_at",
        "clocks",
        "messages",
        "events",
    }
    assert (shape["ref"], shape["customer"], shape["requester"]) == ("HD-1", "acme", "jo@acme.example")
    assert (shape["severity"], shape["rank"], shape["status"]) == ("urgent", 2, "open")
    clock = shape["clocks"][0]
    assert set(clock) >= {
        "target",
        "started_at",
        "due_at",
        "state",
        "stopped_at",
        "breached_at",
        "warranted",
        "because",
    }
    assert (clock["target"], clock["state"], clock["due_at"]) == (
        "first_response",
        "breached",
        "2026-05-19T16:15:00+00:00",
    )
    assert clock["breached_at"] == "2026-05-19T16:15:00+00:00"
    assert all(set(event) == {"at", "recorded_at", "type", "by", "facts"} for event in shape["events"])
    assert all(an_instant(event["at"]) for event in shape["events"])


def test_a_case_is_found_by_its_number_in_any_writing(filled):
    for writing in ("1", "hd-1", "HD-1"):
        assert json.loads(filled("case", "show", writing, "--json")[1])["ref"] == "HD-1"


def test_the_queue_as_json_and_as_a_table(filled):
    assert [shape["ref"] for shape in json.loads(filled("cases", "--json")[1])] == ["HD-1"]
    assert "HD-1" in filled("cases")[1]
    assert json.loads(filled("cases", "--json", "--customer", "orion")[1]) == []
    assert json.loads(filled("cases", "--json", "--open", "--breached")[1])[0]["ref"] == "HD-1"


def test_explain_shows_what_was_counted_span_by_span(filled):
    out = filled("case", "explain", "HD-1")[1]
    assert len(out.splitlines()) < 20, "months of closed nights after the breach explain nothing"
    assert "Tue 2026-05-19 09:15 - Tue 2026-05-19" in out
    assert "due Tue 19 May 2026, 11:15 CDT" in out


def test_hostile_text_in_a_subject_does_not_reach_the_terminal(filled, tmp_path):
    """C11"""
    (tmp_path / "evil.eml").write_text(
        MAIL.format(number=9).replace("The rules do not fire", "=?utf-8?q?=1B]0;owned=07_[bold]x?=")
    )
    filled("import", "evil.eml")
    for words in (["cases"], ["case", "show", "HD-2"], ["case", "explain", "HD-2"], ["outbox", "list"]):
        out = filled(*words)[1]
        assert "\x1b]" not in out, words
        assert "\x07" not in out, words


# --- policy due

QUESTION = {"policy": "logik", "plan": "standard", "severity": "medium", "at": "2026-05-22T16:40:00-05:00"}


def test_a_due_time_as_json(run):
    code, out, _ = run(
        "policy", "due", "logik", "--plan", "standard", "--severity", "medium", "--at", QUESTION["at"], "--json"
    )
    shape = json.loads(out)

    assert code == 0
    assert set(shape) >= {
        "policy",
        "plan",
        "severity",
        "region",
        "channel",
        "target",
        "calendar",
        "started_at",
        "due_at",
        "warranted",
        "because",
    }
    assert datetime.fromisoformat(shape["due_at"]) == datetime.fromisoformat("2026-05-26T13:40:00-05:00")
    assert (shape["region"], shape["calendar"], shape["warranted"]) == ("central", "central", True)


def test_a_due_time_in_words_says_why(run):
    out = run("policy", "due", "logik", "--severity", "medium", "--at", QUESTION["at"])[1]

    assert "Memorial Day" in out
    assert "due Tue 26 May 2026, 13:40 CDT" in out


def test_a_combination_without_a_target_says_why(run):
    words = ["policy", "due", "threekit", "--severity", "high", "--at", QUESTION["at"], "--channel", "forum", "--json"]
    shape = json.loads(run(*words)[1])

    assert shape["due_at"] is None
    assert shape["because"] == ["forum posts carry no service level"]


def test_many_questions_get_an_answer_a_line_also_the_wrong_ones(run):
    questions = [
        QUESTION,
        {**QUESTION, "severity": "critical", "region": "emea", "channel": "email", "target": "first_response"},
        {**QUESTION, "severity": "awful"},
        {**QUESTION, "at": "2026-05-22T16:40:00"},
        {**QUESTION, "at": 5},
        {"policy": "logik"},
        "nonsense",
        {**QUESTION, "at": "9999-12-31T23:00:00-05:00"},
        {**QUESTION, "severity": "low"},
    ]
    code, out, _ = run("policy", "due", "--batch", "-", stdin="\n".join(map(json.dumps, questions)) + "\n{broken\n\n")
    answers = [json.loads(line) for line in out.splitlines()]

    assert code == 1
    assert len(answers) == len(questions) + 1
    assert ["error" in answer for answer in answers] == [False, False, *[True] * 6, False, True]
    assert answers[0]["due_at"] == "2026-05-26T18:40:00+00:00"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("{broken", "expected a JSON object: "),
        ("[]", "expected a JSON object of arguments"),
        (json.dumps({**QUESTION, "plann": "standard"}), "plann: no such argument; there are policy, plan, "),
        (json.dumps({**QUESTION, "at": None}), "at: expected this argument, which is missing"),
        (json.dumps({**QUESTION, "at": 5}), "at: expected text, not 5"),
        (json.dumps({**QUESTION, "at": "2026-02-30T09:00Z"}), "at: expected a time with an offset such as "),
        (json.dumps({**QUESTION, "at": "2026-02-20T09:00"}), "at: expected a time with an offset such as "),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong_with_it(run, question, said):
    code, out, _ = run("policy", "due", "--batch", "-", stdin=question)
    assert code == 1
    assert json.loads(out)["error"].startswith(said)


def test_only_right_questions_are_exit_code_zero(run):
    assert run("policy", "due", "--batch", "-", stdin=json.dumps(QUESTION))[0] == 0


def test_the_policies_are_listed_and_check(run):
    listed = {shape["key"]: shape for shape in json.loads(run("policy", "list", "--json")[1])}
    assert listed["logik"]["plans"] == ["standard", "premier"]
    assert listed["logik"]["severities"] == ["critical", "urgent", "medium", "low"]

    code, out, _ = run("policy", "check", "--json")
    findings = json.loads(out)
    assert code == 0, [finding for finding in findings if finding["level"] == "error"]
    slower = [
        f
        for f in findings
        if f["level"] == "warning" and f["key"].startswith("targets.premier") and "logik" in f["file"]
    ]
    assert slower, "LGK-4: Premier is slower than Standard"


# --- outbox, ledger


def test_the_outbox_lists_what_waits(filled):
    heading, row, *_ = filled("outbox", "list")[1].splitlines()
    assert row[heading.index("next try") :].startswith("20"), "when it is tried next"
    rows = json.loads(filled("outbox", "list", "--json")[1])

    told = {(kind, row["to"], row["state"]) for row in rows for kind in (row["kind"], *row["also"])}
    assert told >= {("ack", "jo@acme.example", "queued"), ("assigned", "ann@desk.example", "queued")}
    assert all(an_instant(row["created_at"]) for row in rows)
    assert "Subject: Re: The rules do not fire [HD-1]" in filled("outbox", "show", rows[0]["number"])[1]
    assert filled("outbox", "drop", rows[0]["number"])[0] == 0
    assert len(json.loads(filled("outbox", "list", "--json")[1])) == len(rows) - 1
    assert len(json.loads(filled("outbox", "list", "--json", "--all")[1])) == len(rows)


def test_the_ledger_balances(filled):
    filled("import", "mail.eml")
    code, out, _ = filled("ledger", "--json")

    assert code == 0
    (shape,) = json.loads(out)
    assert shape == {"mailbox": "support@logik.example", "received": 2, "opened": 1, "duplicate": 1, "balances": True}
    assert json.loads(filled("ledger", "--day", "2020-01-01", "--json")[1]) == []


def test_counts_that_are_wrong_are_told_by_the_ledger_and_put_right_by_command(filled, tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'helpdesk.db'}")
    with database.write() as connection:
        connection.execute(sa.update(case_count).values(number=7))
        connection.execute(sa.delete(to_index))
    database.close()

    code, out, err = filled("ledger", "--json")
    assert code == 1
    assert err == ("1 count of cases is wrong: helpdesk db recount\n1 mail is not in the index: helpdesk db recount\n")
    assert all(shape["balances"] for shape in json.loads(out))
    assert filled("db", "recount")[:2] == (0, "1 count put right, 1 case read.\n")
    assert filled("ledger")[0] == 0


def test_the_queue_is_printed_from_a_case_on_and_no_further_than_asked(run, tmp_path, monkeypatch):
    """Pages of one case each make the same list; the JSON stays one list."""
    monkeypatch.setattr("helpdesk.cli.cases._PAGE", 1)
    for number in (1, 2, 3):
        (tmp_path / f"{number}.eml").write_text(MAIL.format(number=number), encoding="utf-8")
    run("db", "upgrade")
    assert run("import", "1.eml", "2.eml", "3.eml")[0] == 0
    refs = [shape["ref"] for shape in json.loads(run("cases", "--json")[1])]

    assert sorted(refs) == ["HD-1", "HD-2", "HD-3"]
    assert [shape["ref"] for shape in json.loads(run("cases", "--json", "--limit", "2")[1])] == refs[:2]
    assert [shape["ref"] for shape in json.loads(run("cases", "--json", "--after", refs[0])[1])] == refs[1:]
    assert json.loads(run("cases", "--json", "--after", refs[2])[1]) == []
    lines = run("cases")[1].splitlines()
    assert (lines[0].split()[0], [line.split()[0] for line in lines[1:]]) == ("case", refs)


def test_a_mail_is_shown_without_the_key_of_its_reply_address(filled):
    """Who gets to see what an operator pastes somewhere must not write in another's name."""
    for row in json.loads(filled("outbox", "list", "--json")[1]):
        shown = filled("outbox", "show", row["number"])[1]
        told = json.loads(filled("outbox", "show", row["number"], "--json")[1])
        assert not any(REPLY_TAG.search(text) for text in (shown, told["mail"], told["text"]))
        assert "***@logik.example" in shown
        assert "[HD-1]" in told["subject"]


@pytest.mark.parametrize(
    "words",
    [
        ["cases"],
        ["report"],
        ["credits", "--quarter", "2026Q2"],
        ["policy", "show", "logik"],
    ],
)
@pytest.mark.parametrize(
    ("key", "nearest"), [("acm", "acme"), ("ACME", "acme"), ("Orion GmbH", "orion"), ("lumen.example", "lumen")]
)
def test_a_customer_key_that_nobody_has_is_wrong_use_and_the_nearest_is_named(filled, words, key, nearest):
    code, out, err = filled(*words, "--customer", key)

    assert (code, out) == (2, "")
    assert err == f"there is no customer {key!r}; the nearest is {nearest!r}\n"


def test_the_cases_of_a_customer_who_is_gone_from_the_file_are_still_theirs(filled, tmp_path):
    (tmp_path / "customers.toml").write_text(CUSTOMERS.replace('"acme"', '"acme-old"'), encoding="utf-8")
    code, out, _ = filled("cases", "--customer", "acme", "--json")

    assert (code, [case["ref"] for case in json.loads(out)]) == (0, ["HD-1"])
    assert filled("report", "--customer", "acme")[0] == 0
    assert "the nearest is 'acme-old'" in filled("credits", "--customer", "acme", "--quarter", "2026Q2")[2]


# --- what operators declare


def test_what_is_declared_says_for_whom_it_changes_what(filled):
    """LAI-5, LAI-6, TKT-9, LGT-9; the same by mail: tests/stories/test_operators.py."""
    opened = filled("incident", "open", "Slow", "--title", "All is slow", "--words", "slow, rules", "--policy", "logik")
    assert opened[:2] == (
        0,
        'incident slow is open: mail to logik with "slow" and "rules" in it is linked to it; their clocks run on\n',
    )
    assert filled("incident", "open", "slow", "--title", "Again")[0] == 1
    assert filled("incident", "open", "x", "--title", "X", "--policy", "nosuch")[0] == 2
    assert filled("status", "set", "Website", "down")[1].startswith("website is down: no offering asks for it")
    assert filled("status", "set", "website", "down")[1].startswith("website was down already, since ")
    assert [shape["name"] for shape in json.loads(filled("status", "show", "--json")[1])] == ["website"]
    assert filled("incident", "close", "slow")[0] == 0
    assert json.loads(filled("incident", "list", "--json")[1])[0]["closed_at"] is not None
    assert filled("incident", "open", "slow", "--title", "Slow again")[0] == 0
    closed = json.loads(filled("incident", "close", "slow", "--json")[1])
    assert (closed["title"], closed["closed_at"] is not None) == ("Slow again", True)
    assert closed["done"].startswith("incident slow is closed")


def test_maintenance_is_planned_in_a_zone_or_with_an_offset(filled):
    """TKT-9, LGT-9"""
    begins, ends = "2099-05-30 20:00 America/Chicago", "2099-05-30T23:00-05:00"
    out = filled("maintenance", "add", "logik", "Move", "--from", begins, "--to", ends)[1]
    assert "maintenance 1 is planned: Move, Sat 30 May 2099, 20:00 CDT to Sat 30 May 2099, 23:00 CDT" in out
    past = filled("maintenance", "add", "logik", "Move", "--from", "2020-05-30T20:00Z", "--to", "2020-05-30T21:00Z")[1]
    assert past.endswith(", which is over; nobody is told of it\n")
    assert filled("maintenance", "add", "logik", "Move", "--from", ends, "--to", begins)[0] == 2
    assert filled("maintenance", "add", "logik", "Move", "--from", "tonight", "--to", ends)[0] == 2
    planned = json.loads(filled("maintenance", "list", "--json")[1])
    assert [shape["number"] for shape in planned if shape["name"] == "Move"] == [1]
    assert json.loads(filled("maintenance", "announce", "1", "--json")[1])["number"] == 1


def test_a_customer_with_the_domain_of_a_mailbox_is_warned_of(run, tmp_path):
    (tmp_path / "customers.toml").write_text(
        CUSTOMERS.replace('["acme.example"]', '["acme.example", "LOGIK.example"]', 1), encoding="utf-8"
    )
    _, said, _ = run("check")

    assert said.count("is the domain of a mailbox of ours") == 1
    assert "warning: customer acme: logik.example is the domain of a mailbox of ours" in said


def test_a_customer_with_a_domain_of_anybodys_is_warned_of(run, tmp_path):
    """All who have their mail there would be that customer's people."""
    given = CUSTOMERS.replace('["acme.example"]', '["acme.example", "GMail.com", "web.de"]', 1)
    (tmp_path / "customers.toml").write_text(given, encoding="utf-8")
    code, said, _ = run("check")
    assert code == 0
    for domain in ("gmail.com", "web.de"):
        assert f"warning: customer acme: anybody has an address at {domain};" in said


@pytest.mark.parametrize(("language", "warned"), [("fr", True), ("en", False), ("", False)])
def test_own_words_that_go_before_ours_in_the_language_of_a_customer_are_warned_of(run, tmp_path, language, warned):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "ack.txt").write_text("Subject: x\nHello,\n", encoding="utf-8")
    for name, was, now in (
        ("helpdesk.toml", "[desk]\n", '[desk]\ntemplates = "words"\n'),
        (
            "customers.toml",
            'key = "acme"\n',
            f'key = "acme"\nlanguage = "{language}"\n' if language else 'key = "acme"\n',
        ),
    ):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert was in text
        (tmp_path / name).write_text(text.replace(was, now, 1), encoding="utf-8")

    assert ("warning: templates/ack.txt: goes before the shipped fr/ack.txt" in run("check")[1]) == warned


def test_a_template_that_its_mail_does_not_fit_fails_the_check_and_one_of_no_mail_is_warned_of(run, tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "akc.txt").write_text("Subject: x\n", encoding="utf-8")
    file = tmp_path / "helpdesk.toml"
    text = file.read_text(encoding="utf-8").replace("[desk]\n", '[desk]\ntemplates = "words"\n', 1)
    file.write_text(text, encoding="utf-8")
    assert "warning: templates/akc.txt: no mail is written by it; the nearest is ack.txt" in run("check")[1]
    (tmp_path / "words" / "ack.txt").write_text("Subject: x\n{{ subjct }}\n", encoding="utf-8")
    code, _, problem = run("check")

    assert code == 2
    assert 'templates/ack.txt: line 2: there is no name "subjct" here; the nearest is "subject"' in problem


def test_history_is_listed_and_opened_by_command(run, tmp_path):
    """A mailbox with old mail: how much there is, from when to when; then a case of it, without an acknowledgment."""
    database = Database(f"sqlite:///{tmp_path / 'helpdesk.db'}")
    migrate.upgrade(database)
    at = datetime(2026, 5, 19, 12, tzinfo=UTC)
    box = "support@logik.example"
    with database.write() as connection:
        history.begin(connection, mailbox=box, folder="INBOX", uidvalidity=1, uidnext=9, now=at)
    rules = load_rules(tmp_path / "helpdesk.toml")
    desk = Desk(database=database, rules=rules, now=lambda: at)
    desk.begin()
    raw = MAIL.format(number=1).encode()
    desk.accept([Accepted(box, raw, Envelope("", (box,)), "imap", at - timedelta(days=9), "INBOX", 1, 3)])
    desk.work()
    database.close()
    (listed,) = json.loads(run("history", "list", "--json")[1])
    assert listed == {
        "mailbox": "support@logik.example",
        "number": 1,
        "oldest": "2026-05-10T12:00:00+00:00",
        "newest": "2026-05-10T12:00:00+00:00",
    }
    assert run("history", "open", "nobody@logik.example")[0] == 2
    assert run("history", "open", "support@logik.example", "--since", "2026-05-11")[0] == 1
    code, out, _ = run("history", "open", "Support@Logik.example", "1")
    assert (code, out.strip()) == (0, "1 mail is worked now; nobody gets an acknowledgment.")
    assert run("history", "list")[1].strip() == "No mail is history."


# --- policies without a desk

BROKEN_STORY = (
    '[[example]]\nat = 2026-05-19T09:15:00-05:00\nseverity = "urgent"\n'
    'then = [{ after = "1h", do = "answer", expect = { first_response = { state = "breached" } } }]\n'
)


@pytest.fixture
def own_policy(run, tmp_path, monkeypatch):  # after `run`, which goes to a folder with a configuration
    """A policy file in a folder without a configuration."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return folder / "mine.toml"


def test_a_policy_file_is_checked_and_asked_without_a_configuration(run, own_policy):
    words = ["--severity", "medium", "--at", QUESTION["at"], "--json"]
    assert run("policy", "check", "mine.toml")[0] == 0
    code, out, _ = run("policy", "due", "mine.toml", *words)
    assert (code, json.loads(out)["due_at"]) == (0, json.loads(run("policy", "due", "logik", *words)[1])["due_at"])
    lines = [{**QUESTION, "policy": str(own_policy)}, {key: QUESTION[key] for key in QUESTION if key != "policy"}]
    code, out, _ = run("policy", "due", "mine.toml", "--batch", "-", stdin="\n".join(map(json.dumps, lines)))
    assert code == 0
    assert {json.loads(line)["due_at"] for line in out.splitlines()} == {"2026-05-26T18:40:00+00:00"}
    assert run("policy", "due", "gone.toml", *words)[0] == 2


def test_a_simulation_says_which_mails_became_no_case(run, tmp_path):
    write_office(tmp_path)
    mail = 'at = 2026-05-22T16:40:00-05:00\nfrom = "it@acme.example"\nsubject = "Down"\nbody = "It is down."\n'
    for address, said in (("support@logik.example", False), ("suport@logik.example", True)):
        steps = f'[[step]]\n{mail}to = "{address}"\n'
        text = f'config = "helpdesk.toml"\nuntil = 2026-05-22T16:41:00-05:00\n{steps}'
        (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
        code, out, _ = run("simulate", str(tmp_path / "scenario.toml"))
        assert code == 0
        assert (f"rejected        Down     it is to {address}, and ours are " in out) == said, out


MATRIX = """
[classifier.matrix.table]
all = { soon = "critical", later = "low" }
[[intake]]
key = "impact"
label = "Impact"
[[intake]]
key = "urgency"
label = "Urgency"
"""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"fields": {"impact": "all", "urgency": "soon"}}, "critical"),
        ({"fields": {"impact": "all", "urgency": "soon"}, "severity": "medium"}, "medium"),
        ({"fields": {"impact": "all"}}, "severity: expected this argument, or impact and urgency which make one"),
        ({"fields": {"impact": "many", "urgency": "soon"}}, "impact: expected one of all, not 'many'"),
        ({}, "severity: expected this argument, which is missing"),
        ({"severity": "low", "language": "ja"}, "low"),
        ({"severity": "low", "language": "fi"}, "low"),
        (
            {"severity": "low", "language": "Japanese"},
            "language: expected two letters of ISO 639-1 such as en or ja, not ",
        ),
        (
            {"severity": "low", "language": "ja-JP"},
            "language: expected two letters of ISO 639-1 such as en or ja, not ",
        ),
    ],
)
def test_a_severity_is_asked_for_or_made_by_impact_and_urgency(run, own_policy, asked, said):
    own_policy.write_text(own_policy.read_text(encoding="utf-8") + MATRIX, encoding="utf-8")
    question = json.dumps({"at": QUESTION["at"], **asked})
    (answer,) = map(json.loads, run("policy", "due", "mine.toml", "--batch", "-", stdin=question)[1].splitlines())
    assert answer.get("severity", answer.get("error", "")).startswith(said), answer


def test_a_due_time_by_impact_and_urgency_needs_no_severity(run, own_policy):
    own_policy.write_text(own_policy.read_text(encoding="utf-8") + MATRIX, encoding="utf-8")
    words = ["policy", "due", "mine.toml", "--at", QUESTION["at"], "--field", "impact=all", "--field", "urgency=soon"]
    assert run(*words)[:2] == run(*words, "--severity", "critical")[:2]


def test_a_story_that_does_not_come_out_fails_the_check(run, own_policy):
    own_policy.write_text(own_policy.read_text(encoding="utf-8") + BROKEN_STORY, encoding="utf-8")
    code, out, _ = run("policy", "check", "mine.toml")
    assert code == 1
    assert "then.1.expect.first_response: expected breached, found met\n    first response: met\n" in out
    (found,) = [one for one in json.loads(run("policy", "check", "mine.toml", "--json")[1]) if "details" in one]
    assert found["details"][0] == "first response: met"


def test_a_desk_hears_nothing_of_policies_that_it_does_not_use(run, tmp_path):
    """Its own files, and those of its mailboxes and customers."""
    used = {"logik", "threekit"}
    files = {Path(one["file"]).stem for one in json.loads(run("policy", "check", "--json")[1])}
    assert files == used
    said = run("check")[1]
    assert f"ok: policies: {len(used)} policies, " in said
    assert not [line for line in said.splitlines() if "celigo.toml" in line]


def test_examples_are_listed_when_asked_for_and_found_when_named(run, monkeypatch, tmp_path):
    examples = tmp_path / "shipped" / "policies" / "examples"
    examples.mkdir(parents=True)
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    (examples / "mill.toml").write_text(text.replace('key = "logik"', 'key = "mill"'), encoding="utf-8")
    monkeypatch.setattr(find, "example_files", lambda: [examples / "mill.toml"])

    def keys(*words):
        return {shape["key"] for shape in json.loads(run("policy", "list", "--json", *words)[1])}

    assert keys("--examples") - keys() == {"mill"}
    words = ["--severity", "medium", "--at", QUESTION["at"]]
    assert run("policy", "due", "mill", *words)[0] == 0
    assert run("policy", "show", "mill")[1].startswith("Logik")
    assert run("policy", "check", "mill")[0] == 0


def test_a_mailbox_may_run_by_an_example(run, tmp_path):
    path = tmp_path / "helpdesk.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('policy = "threekit"', 'policy = "suse"', 1), encoding="utf-8"
    )
    assert "suse" in load_rules(path, environment={}, signing_key=b"k" * 32).book.policies
    assert "suse.toml" in run("policy", "check")[1]
    assert "suse" not in {shape["key"] for shape in json.loads(run("policy", "list", "--json")[1])}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_it_says_of_itself(name):
    said = typer.main.get_command(app).commands[name].help
    assert " ".join(said.split("\n\n")[0].split()) == COMMANDS[name].does


@pytest.fixture(scope="session")
def every_command():
    """Each command and group, by its words."""
    return dict(within(typer.main.get_command(app).commands))


def test_every_help_has_examples_and_each_of_them_is_right(every_command):
    """A person copies the line that is nearest to what they want."""
    leaves = {words for words, command in every_command.items() if not hasattr(command, "commands")}
    assert set(examples()) == leaves
    for words, lines in examples().items():
        context = typer.main.get_command(app).make_context("helpdesk", words.split(), resilient_parsing=True)
        shown = every_command[words].get_help(context)
        for line in lines:
            first, *given = shlex.split(line, comments=True)
            assert [first, *given[: len(words.split())]] == ["helpdesk", *words.split()], line
            given = [*takewhile(lambda word: word not in {"||", ">"}, given)]
            every_command[words].make_context(words, given[len(words.split()) :])
            assert f"  {line}" in shown, line


@pytest.mark.parametrize("words", [(), ("cases",), ("case",), ("case", "show"), ("policy", "due")])
def test_every_command_says_its_version_and_has_a_short_way_to_its_help(run, words):
    code, out, err = run(*words, "--version")
    assert (code, out, err) == (0, f"helpdesk {metadata.version('helpdesk')}\n", "")
    assert run(*words, "-h") == run(*words, "--help")
    assert "xamples:" in run(*words, "-h")[1] or not words


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("csaes", "'cases'"),
        ("chek", "'check'"),
        ("quarantaine", "'quarantine'"),
        ("serv", "'serve'"),
        ("outbox lst", "'list'"),
        ("case shwo HD-1", "'show'"),
        ("cases --opne", "--open"),
    ],
)
def test_what_was_mistyped_is_guessed(run, words, meant):
    code, _, err = run(*words.split())
    assert code == 2
    assert meant in err


@pytest.mark.parametrize(
    ("typed", "offered"), [("ca", {"cases", "case"}), ("case sh", {"show"}), ("cases --op", {"--open"}), ("zz", set())]
)
def test_a_shell_completes_commands_and_options(typed, offered):
    asked = {
        "COMP_WORDS": f"helpdesk {typed}",
        "COMP_CWORD": str(len(typed.split())),
        "_HELPDESK_COMPLETE": "complete_bash",
    }
    program = "import sys; from helpdesk.cli import main; sys.argv = ['helpdesk']; main()"
    ran = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert set(ran.stdout.split()) == offered


def test_a_defect_is_one_sentence_that_says_where_its_details_are(run, monkeypatch, tmp_path):
    """A traceback on a terminal helps nobody who sits there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("helpdesk.log._TRACEBACKS", TracebackFile())
    monkeypatch.setattr("helpdesk.cli.queues.reading", lambda _: {}["missing"])
    code, out, err = run("outbox", "list")
    (file,) = tmp_path.glob("helpdesk-*.jsonl")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "KeyError: 'missing'" in err
    assert str(file) in err
    assert "Traceback" in json.loads(file.read_text())["exception"]


def test_details_of_a_defect_are_private_have_no_secret_and_go_to_no_file_of_somebody_elses(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    details, reply_to = TracebackFile(), f"support+7.a{'b' * 26}@desk.example"
    first = Path(details.keep(ValueError(f"{reply_to} password: xk7-Tz92qq"), "failed"))
    kept = first.read_text(encoding="utf-8")
    assert (first.stat().st_mode & 0o777, "bbb" in kept, "xk7-Tz92qq" in kept) == (0o600, False, False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    first.unlink()
    first.symlink_to(elsewhere)
    second = Path(details.keep(ValueError("again"), "failed"))
    assert (second != first, elsewhere.read_text()) == (True, "")
    assert "again" in second.read_text(encoding="utf-8")


def test_the_list_of_commands_loads_none_of_them():
    """A shell asks for it, and a person who has mistyped: it takes what the command line takes, and nothing of the desk."""
    program = (
        "import sys, atexit; from helpdesk.cli import main; sys.argv[1:] = ['--help'];"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(ran.stderr.split())
    heavy = {"sqlalchemy", "pydantic", "jinja2", "rich", "asyncio", "apscheduler", "holidays", "dateutil", "email"}
    assert "  serve " in ran.stdout
    assert not heavy & loaded
    assert {name for name in loaded if name.startswith("helpdesk.")} <= {
        "helpdesk.cli",
        "helpdesk.cli.registry",
        "helpdesk.errors",
    }
    assert len(loaded) < 200  # 145 on Python 3.11


def test_a_command_that_reads_loads_neither_what_judges_nor_what_writes(tmp_path, migrated_file):
    shutil.copy(migrated_file, tmp_path / "helpdesk.db")
    config = write_office(tmp_path)
    program = (
        f"import sys, atexit; from helpdesk.cli import main; sys.argv[1:] = ['cases', '--config', {str(config)!r}];"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    unused = {
        "helpdesk.letters",
        "helpdesk.templates",
        "helpdesk.severity",
        "helpdesk.core.receive",
        "holidays",
        "jinja2",
    }
    assert "There are no cases." in ran.stdout
    assert not unused & set(ran.stderr.split())
