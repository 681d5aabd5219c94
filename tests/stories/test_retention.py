"""What the desk holds, and how long: purging by age keeps what happened, exporting hands out everything."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.events import AgentAnswered
from helpdesk.desk import load_rules
from helpdesk.mail.read.masking import masked_mail
from helpdesk.privacy import purge
from helpdesk.report.compliance import compliance_shape
from helpdesk.report.export import export
from helpdesk.report.statement import draw, statement_shape
from helpdesk.store import cases, erasure, migrate, outbox, spool
from helpdesk.store.engine import Database
from helpdesk.store.tables import metadata
from helpdesk.unit import Unit
from tests.celigo import celigo_desk, la
from tests.desk import ANN, BOB, JO, KEY, KIM, STRANGER, TestDesk, alert, everything, measure, wall, write_office

CANARY = "Canary-4711"
PDF = (
    f"From: Jo Park {CANARY} <{JO}>\r\nTo: support@logik.example\r\nCc: Kim {CANARY} <{KIM}>\r\nSubject: About {CANARY}\r\n"
    "Message-ID: <first@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    f"--b\r\nContent-Type: text/plain\r\n\r\nPriority: Urgent\r\nSteps to reproduce: {CANARY}\r\n\r\nNo rule fires.\r\n"
    "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=invoice.pdf\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n"
).encode()


def days_later(desk, days):
    desk.laboratory.now = desk.now + timedelta(days=days)
    return desk.now


def purged(desk, *, older_than=400, dry_run=False):
    before = desk.now - timedelta(days=older_than)
    return purge(desk.laboratory.desk.units, before=before, by="operator", now=desk.now, dry_run=dry_run)


def a_whole_case(desk):
    """Jo asks, Ann answers, Kim joins in, Ann resolves: HD-1."""
    desk.receive(PDF)
    desk.reply(ANN, f"I look into {CANARY}.")
    desk.reply(KIM, f"{CANARY} is still broken.", to_kind="relay")
    desk.reply(ANN, f"#note\nAsk {CANARY} again.", to_kind="customer-message")
    desk.at("2026-05-19 10:30")
    desk.reply(ANN, "#resolve\nRepaired.", to_kind="customer-message")


def clocks_of(desk, number=1):
    with desk.database.read() as connection:
        case = cases.load(connection, number)
        return clocks(case, Unit(connection, desk.rules, desk.now).policy_of(case))


def balances(desk):
    """Received is what became of it."""
    with desk.database.read() as connection:
        return sum(spool.received(connection).values()) == sum(spool.counts(connection).values())


# --- purge


def test_what_ended_long_ago_loses_its_words_and_its_people_and_keeps_its_clocks(desk):
    a_whole_case(desk)
    before, acted = clocks_of(desk), [event.type for event in desk.case().events]
    assert CANARY in everything(desk)
    days_later(desk, 401)
    counts = purged(desk)

    held = everything(desk)
    assert [word for word in (CANARY, JO, KIM, "Jo Park", "invoice.pdf") if word in held] == []
    assert clocks_of(desk) == before
    case = desk.case()
    assert [event.type for event in case.events] == [*acted, "purged", "flagged"]
    assert case.requester.address == "person-1.hd-1@erased.invalid"
    assert (case.customer, case.plan, case.severity, case.assignee) == ("acme", "standard", "urgent", ANN)
    assert "purged" in case.tags
    assert {event.by for event in case.of_type(AgentAnswered)} == {ANN}
    assert (counts["cases"], counts["people"], counts["texts"]) == (1, 2, 5)
    assert balances(desk)


def test_a_second_purge_finds_nothing_to_do(desk):
    a_whole_case(desk)
    days_later(desk, 401)
    purged(desk)
    days_later(desk, 500)

    assert sum(purged(desk).values()) == 0
    assert len(desk.events("purged")) == 1


def test_a_dry_run_counts_the_same_and_touches_nothing(desk):
    a_whole_case(desk)
    days_later(desk, 401)
    held = everything(desk)
    counted = purged(desk, dry_run=True)

    assert everything(desk) == held
    assert counted == purged(desk)
    assert counted["cases"] == 1


def test_what_is_open_or_younger_stays(desk):
    a_whole_case(desk)
    desk.mail(JO, "Another thing", "No layout loads.")
    days_later(desk, 399)
    held = everything(desk)
    assert sum(purged(desk).values()) == 0
    days_later(desk, 2)
    purged(desk)

    assert CANARY not in everything(desk)
    assert "No layout loads." in everything(desk), "HD-2 is open"
    assert held != everything(desk)


def test_the_age_counts_from_the_last_thing_that_happened(desk):
    """Somebody unverified who writes to an old case keeps it from the purge: there may be a reason."""
    a_whole_case(desk)
    old = desk.last(JO, "relay").message
    days_later(desk, 300)
    desk.mail(STRANGER, f"Re: [HD-1] {old.subject}", "Me too.", to=desk.last(JO, "relay").reply_to)
    days_later(desk, 200)

    assert purged(desk)["cases"] == 0
    assert CANARY in everything(desk)


def test_an_answer_to_a_purged_case_opens_a_new_one(desk):
    a_whole_case(desk)
    late = desk.written_reply(JO, "It is broken again.", to_kind="relay")
    days_later(desk, 401)
    purged(desk)
    worked = desk.receive(late)

    assert (worked.outcome, worked.case) == ("opened", 2)
    assert desk.case().status == "resolved"
    assert desk.case(2).events[0].linked == "HD-1"


def test_old_mail_without_a_case_goes_too_and_the_ledger_still_balances(desk):
    """Robots, what is ignored, copies: the rows stay, for the ledger and against duplicates; what they said goes."""
    robot = {"Auto-Submitted": "auto-replied"}
    desk.mail(JO, f"Away {CANARY}", "I am away.", headers=robot)
    desk.mail(JO, f"Ignored {CANARY}", "Nothing.", to="nothing@logik.example")
    desk.receive(PDF)
    desk.receive(PDF)
    desk.laboratory.desk.alert(alert(headline=CANARY))
    desk.laboratory.deliver()
    days_later(desk, 401)
    counts = purged(desk)

    assert (counts["cases"], counts["mails"]) == (0, 2), "HD-1 is open"
    with desk.database.read() as connection:
        rows = connection.execute(sa.select(metadata.tables["spool"])).all()
        kept = spool.bytes_of(connection, [row.id for row in rows])
        assert {row.outcome: row.id not in kept for row in rows} == {
            "robot": True,
            "ignored": True,
            "opened": False,
            "duplicate": True,
        }
        assert {row.mail_from for row in rows if row.outcome != "opened"} == {""}
        assert [row.raw for row in outbox.rows(connection) if row.kind == "alert"] == [None]
    assert balances(desk)


def test_quarantined_mail_is_left_to_the_operators(desk):
    desk.mail(JO)
    with desk.database.write() as connection:
        number = connection.execute(sa.select(metadata.tables["spool"].c.id)).scalar_one()
        connection.execute(
            sa.update(metadata.tables["spool"]).values(state="quarantined", outcome="quarantined", case_id=None)
        )
    days_later(desk, 4000)
    purged(desk)

    with desk.database.read() as connection:
        assert spool.raw(connection, number)


def test_reports_and_credit_statements_say_what_they_said(tmp_path, desk_database):
    """CEL-12, CEL-13: events, violations, share and credit are of the ledger, and that stays."""
    desk = celigo_desk(tmp_path, desk_database)
    desk.opens("urgent", "07-10 16:00")
    desk.answers("07-13 17:00", "#resolve\nDone.")
    desk.opens("high", "07-14 09:00")
    desk.answers("07-14 09:30", "#resolve\nDone.")

    def said():
        with desk.database.read() as connection:
            statement = statement_shape(draw(Unit(connection, desk.rules, la("10-02 09:00")), "acme", "2026Q3"))
            found = [
                (case, Unit(connection, desk.rules, desk.now).policy_of(case))
                for case in cases.stream(connection, cases.Opened())
            ]
        for entry in (*statement["events"], *statement["violations"]):
            entry.pop("subject")
        return statement, compliance_shape(measure(found, desk.now))

    days_later(desk, 500)
    before = said()
    assert len(before[0]["violations"]) == 1
    assert purged(desk)["cases"] == 2
    assert said() == before


def test_cases_that_were_merged_split_rated_and_linked_are_forgotten_too(desk):
    """Whatever else the ledger came to hold: no word and no person is left in any table."""
    desk.mail(f"Jo Park <{JO}>", f"First {CANARY}", CANARY)
    desk.mail(f"Kim {CANARY} <{KIM}>", f"Second {CANARY}", CANARY)
    desk.reply(BOB, "#merge HD-1", to_kind="assigned")
    desk.reply(ANN, f"Look at {CANARY}, please.", to_kind="assigned")
    desk.reply(KIM, f"{CANARY} it is.", to_kind="relay")
    desk.reply(ANN, "#resolve\nDone.", to_kind="customer-message")
    before = [clocks_of(desk, number) for number in (1, 2)]
    days_later(desk, 401)
    assert purged(desk)["cases"] == 2

    held = everything(desk)
    assert [word for word in (CANARY, JO, KIM, "Jo Park") if word in held] == []
    assert [clocks_of(desk, number) for number in (1, 2)] == before


def kept(tmp_path, database, keep):
    more = f'keep = "{keep}"\n' if keep else ""
    config = write_office(tmp_path)
    config.write_text(config.read_text(encoding="utf-8").replace("[desk]\n", f"[desk]\n{more}"), encoding="utf-8")
    return TestDesk(load_rules(config, environment={}, signing_key=KEY), database)


def test_the_desk_purges_by_itself_what_is_older_than_it_keeps(tmp_path, desk_database):
    desk = kept(tmp_path, desk_database, "60w")
    a_whole_case(desk)
    days_later(desk, 419)
    assert sum(desk.laboratory.desk.purge().values()) == 0
    days_later(desk, 2)

    assert desk.laboratory.desk.purge()["cases"] == 1
    assert CANARY not in everything(desk)
    assert desk.events("purged")[0].by == "desk"


def test_without_an_age_everything_is_kept(desk):
    a_whole_case(desk)
    days_later(desk, 5000)

    assert desk.laboratory.desk.purge() == {}
    assert CANARY in everything(desk)


def test_a_purge_that_is_stopped_goes_on_at_the_next(desk):
    for number, agent in enumerate((ANN, BOB, ANN), start=1):
        desk.mail(JO, f"Case {number}", CANARY)
        desk.reply(agent, "#close\nDone.", to_kind="assigned")
    days_later(desk, 401)
    done = []
    how = {"before": desk.now - timedelta(days=400), "by": "desk", "now": desk.now}
    first = purge(desk.laboratory.desk.units, **how, watched=done.append, stopping=lambda: bool(done))

    assert first["cases"] == 1
    assert purge(desk.laboratory.desk.units, **how)["cases"] == 2


def test_a_case_that_is_answered_meanwhile_is_left_alone(desk, monkeypatch):
    """Between the look and the transaction somebody wrote."""
    a_whole_case(desk)
    address = desk.last(JO, "relay").reply_to
    days_later(desk, 401)
    look, looks = erasure.ended, []

    def ended(connection, **which):
        found = look(connection, **which)
        looks.append(found)
        if len(looks) == 1:
            connection.rollback()
            assert desk.mail(STRANGER, "Re: [HD-1]", "Me too.", to=address).case == 1
        return found

    monkeypatch.setattr(erasure, "ended", ended)
    counts = purged(desk)

    assert looks[0] == [1]
    assert counts["cases"] == 0
    assert CANARY in everything(desk)


# --- export


def exported(desk, number=1):
    file = io.BytesIO()
    with desk.database.read() as connection:
        case = cases.load(connection, number)
        export(connection, case, Unit(connection, desk.rules, desk.now).policy_of(case), desk.now, file)
    return zipfile.ZipFile(file)


def test_an_export_holds_everything_but_the_keys_of_reply_addresses_and_says_so(desk):
    a_whole_case(desk)
    archive = exported(desk)

    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["case"] == "HD-1"
    assert manifest["erased"] == []
    for file in manifest["files"]:
        content = archive.read(file["name"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"]), file["name"]
    assert {file["name"] for file in manifest["files"]} | {"manifest.json"} == set(archive.namelist())
    assert archive.read("received/0001.eml") == PDF
    assert archive.read("attachments/0001-invoice.pdf") == b"%PDF-1.4\n"
    shape = json.loads(archive.read("case.json"))
    assert [event["type"] for event in shape["events"]] == [event.type for event in desk.case().events]
    assert [message["from"] for message in shape["messages"]] == [JO, ANN, KIM, ANN, ANN]
    received = json.loads(archive.read("received/index.json"))
    assert [entry["outcome"] for entry in received] == ["opened", *["appended"] * 4]
    sent = json.loads(archive.read("sent/index.json"))
    with desk.database.read() as connection:
        rows = outbox.rows(connection, case=1)
    assert [archive.read(entry["file"]) for entry in sent] == [masked_mail(row.raw) for row in rows]
    assert not any(re.search(rb"\+1\.[a-z][a-z2-7]{26}@", archive.read(name)) for name in archive.namelist())
    assert "ack" in {entry["kind"] for entry in sent}
    assert b'key = "logik"' in archive.read("policy.toml")
    assert b"first response" in archive.read("clocks.txt")


def test_an_export_holds_nothing_of_another_case(desk):
    a_whole_case(desk)
    desk.mail(KIM, "Another thing", "OTHER-CASE")

    archive = exported(desk)
    assert not any(b"OTHER-CASE" in archive.read(name) for name in archive.namelist())


def test_an_export_after_an_erasure_names_what_is_gone(desk):
    a_whole_case(desk)
    days_later(desk, 401)
    purged(desk)
    archive = exported(desk)

    manifest = json.loads(archive.read("manifest.json"))
    assert "received/0001.eml" in manifest["erased"]
    assert not any(name.endswith(".eml") for name in archive.namelist())
    assert not any(CANARY.encode() in archive.read(name) for name in archive.namelist())


# --- the commands


@pytest.fixture
def on_disk(tmp_path, monkeypatch):
    """An office with a case that ended in May 2024."""
    office = write_office(tmp_path)
    (tmp_path / "secret").write_bytes(KEY + b"\n")
    database = Database(f"sqlite:///{tmp_path}/helpdesk.db")
    migrate.upgrade(database)
    desk = TestDesk(load_rules(office, environment={}), database)
    desk.laboratory.now = wall("2024-05-21 09:15")
    desk.receive(PDF)
    desk.reply(ANN, "#resolve\nRepaired.", to_kind="assigned")
    monkeypatch.chdir(tmp_path)
    yield desk
    database.close()


def run(*words, answer=""):
    return CliRunner().invoke(app, [*words], input=answer)


def test_purge_asks_counts_and_erases_from_the_command_line(on_disk, tmp_path):
    assert run("purge", "--older-than", "400d", answer="n\n").exit_code == 1
    assert CANARY in everything(on_disk)
    dry = run("purge", "--older-than", "400d", "--dry-run")
    assert "Would be erased:" in dry.stdout
    assert "Nothing was erased." in dry.stdout
    assert CANARY in everything(on_disk)
    done = run("purge", "--older-than", "57w", "--yes", "--json")

    assert done.exit_code == 0
    shape = json.loads(done.stdout)
    assert (shape["dry_run"], shape["cases"], shape["people"], shape["mails"]) == (False, 1, 2, 2)
    assert datetime.fromisoformat(shape["before"]) < datetime.now(UTC)
    assert CANARY not in everything(on_disk)
    assert "There is nothing of that age" in run("purge", "--older-than", "400d", "--yes").stdout
    on_disk.database.close()
    on_the_disk = b"".join(file.read_bytes() for file in tmp_path.glob("helpdesk.db*"))
    assert CANARY.encode() not in on_the_disk, "the pages were overwritten"


@pytest.mark.parametrize("age", ["", "400", "0d", "-3d", "a year", "999999d"])
def test_an_age_that_is_none_is_refused_in_words(on_disk, age):
    refused = run("purge", "--older-than", age, "--yes")

    assert refused.exit_code == 2
    assert 'such as "400d" or "60w"' in " ".join(refused.stderr.split())


def test_export_writes_a_file_for_its_owner_alone_and_never_over_another(on_disk, tmp_path):
    done = run("export", "HD-1")
    assert done.exit_code == 0
    assert stat.S_IMODE((tmp_path / "HD-1.zip").stat().st_mode) == 0o600
    assert zipfile.ZipFile(tmp_path / "HD-1.zip").testzip() is None
    again = run("export", "HD-1")
    assert again.exit_code == 2
    assert "File exists" in again.stderr
    told = json.loads(run("export", "HD-1", "-o", str(tmp_path / "other.zip"), "--json").stdout)
    assert (told["ref"], told["erased"]) == ("HD-1", [])
    assert told["files"] == len(zipfile.ZipFile(tmp_path / "other.zip").namelist()) - 1
    assert run("export", "HD-9", "-o", str(tmp_path / "none.zip")).exit_code != 0
    assert not (tmp_path / "none.zip").exists()
