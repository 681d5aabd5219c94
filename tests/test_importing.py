"""Old mail: when was it received, as far as its headers can be trusted?"""

from __future__ import annotations

import errno
import json
import os
import threading
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from helpdesk.archive import ArchivedMail, Unreadable, mails_in
from helpdesk.cli import app
from helpdesk.desk import Desk, load_rules
from helpdesk.errors import NotFound
from helpdesk.importing.mail import received_at
from helpdesk.mail.read.parse import parse
from helpdesk.store.claims import WorkLock
from helpdesk.store.engine import Database
from tests.desk import write_office

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
RECEIVED = "Received: from a by b with ESMTP; Tue, 19 May 2026 09:15:00 -0500\n"
OLDER = "Received: from x by a; Mon, 18 May 2026 01:00:00 +0000\n"
DATE = "Date: Sun, 17 May 2026 10:00:00 +0200\n"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (RECEIVED + OLDER + DATE, "2026-05-19 14:15"),
        (OLDER + RECEIVED + DATE, "2026-05-18 01:00"),
        (DATE, "2026-05-17 08:00"),
        ("", "2026-05-20 12:00"),
        ("Received: from a by b; nonsense\n" + DATE, "2026-05-17 08:00"),
        ("Received: from a by b\n" + DATE, "2026-05-17 08:00"),
        ("Date: Tue, 19 May 2099 10:00:00 +0000\n", "2026-05-20 12:00"),
        ("Date: Thu, 01 Jan 1970 00:00:00 +0000\n", "2026-05-20 12:00"),
        ("Date: never\n", "2026-05-20 12:00"),
        ("Received: from a by b; Tue, 19 May 2026 09:15:00\n", "2026-05-19 09:15"),
        ("Received: from a by b; Tue, 19 May 2026 09:15:00 -0000\n", "2026-05-19 09:15"),
    ],
)
def test_the_newest_trustworthy_time_is_never_later_than_now(headers, expected):
    message = parse(f"From: jo@acme.example\n{headers}\nHello\n".encode())

    assert received_at(message, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_mail_is_found_in_files_mboxes_maildirs_and_folders_of_them(tmp_path):
    (tmp_path / "a.eml").write_bytes(b"Subject: a\n\nA\n")
    (tmp_path / "b.mbox").write_bytes(
        b"From x Tue May 19 09:15:00 2026\nSubject: b\n\nB\n\nFrom x Tue May 19 09:16:00 2026\nSubject: c\n\nC\n"
    )
    for part in ("cur", "new", "tmp"):
        (tmp_path / "maildir" / part).mkdir(parents=True)
    (tmp_path / "maildir" / "new" / "1").write_bytes(b"Subject: d\n\nD\n")
    (tmp_path / "maildir" / "tmp" / "2").write_bytes(b"Subject: unfinished\n\n")
    (tmp_path / ".hidden").write_bytes(b"Subject: no\n\n")

    assert subjects_in(tmp_path) == ["a", "b", "c", "d"]


def subjects_in(path):
    return [parse(found.raw).subject for found in mails_in(path) if isinstance(found, ArchivedMail)]


def test_a_path_that_is_not_there_is_said_in_words_before_any_mail(tmp_path):
    (tmp_path / "a.eml").write_bytes(b"Subject: a\n\nA\n")
    with pytest.raises(NotFound, match="there is nothing"):
        next(mails_in(tmp_path / "a.eml", tmp_path / "none"))


def test_what_cannot_be_read_keeps_nothing_back_that_follows(tmp_path, monkeypatch):
    for name in ("a.eml", "g.eml"):
        (tmp_path / name).write_bytes(f"Subject: {name}\n\nHello\n".encode())
    (tmp_path / "b.eml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "c.eml")
    (tmp_path / "d.eml").mkdir()
    (tmp_path / "d.eml" / "inside").write_bytes(b"Subject: inside\n\nHello\n")
    (tmp_path / "e").write_bytes(b"From x\nSubject: secret\n\nHello\n")
    (tmp_path / "f").mkdir()
    for part in ("cur", "new"):
        (tmp_path / "f" / part).mkdir()
    (tmp_path / "f" / "new" / "1").symlink_to(tmp_path / "nowhere")
    (tmp_path / "f" / "new" / "2").write_bytes(b"Subject: delivered\n\nHello\n")
    opened = type(tmp_path).open
    denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def guarded(path, *arguments, **named):
        if path.name == "e":
            raise denied
        return opened(path, *arguments, **named)

    monkeypatch.setattr(type(tmp_path), "open", guarded)

    assert subjects_in(tmp_path) == ["a.eml", "inside", "delivered", "g.eml"]
    unread = [found for found in mails_in(tmp_path) if isinstance(found, Unreadable)]
    assert [(found.name.removeprefix(f"{tmp_path}/"), found.because) for found in unread] == [
        ("b.eml", "it is no file and no folder"),
        ("c.eml", "it is no file and no folder"),
        ("e", "it cannot be read: Permission denied"),
        ("f/new/1", "it is no file and no folder"),
    ]


_FIRST = b"From jo@acme.example Tue May 19 09:15:00 2026\nSubject: first\n\nHello,\n"
_AT_ELEVEN = b"From - Tue, 19 May 2026 11:00:00 +0200\n"


@pytest.mark.parametrize(
    ("between", "subjects"),
    [
        (b"\n" + _AT_ELEVEN + b"Subject: second\n\n", ["first", "second"]),
        (_AT_ELEVEN + b"Subject: second\n\n", ["first", "second"]),
        (b"\n" + _AT_ELEVEN + b"\n", ["first", ""]),
        (b"\nFrom ???@??? nobody knows when\nSubject: second\n\n", ["first", "second"]),
        (b"\r\n" + _AT_ELEVEN + b"Subject: second\r\n\r\n", ["first", "second"]),
        (b"\nFrom here on nothing works.\n", ["first"]),
        (b"From Monday on it was slow:\nNote: since Tue 10:30\n", ["first"]),
        (b"From\n", ["first"]),
        (b"\n>From the shop:\nSubject: x\n", ["first"]),
    ],
)
def test_a_line_of_the_text_begins_no_mail_in_an_mbox(tmp_path, between, subjects):
    (tmp_path / "box").write_bytes(_FIRST + between + b"and goodbye\n")

    assert subjects_in(tmp_path) == subjects
    lines = b"".join(found.raw for found in mails_in(tmp_path))
    assert lines.count(b"\n") >= (_FIRST + between).count(b"\n") - len(subjects)


def test_an_import_may_hold_back_what_it_writes(tmp_path):
    """Six months of mail must not be acknowledged all at once because somebody tried the import."""
    config = write_office(tmp_path)
    (tmp_path / "old.eml").write_bytes(
        b"From: jo@acme.example\nTo: support@logik.example\nSubject: Rules\n"
        + DATE.encode()
        + b"\nOne rule does not fire.\n"
    )
    run = CliRunner()
    run.invoke(app, ["db", "upgrade", "--config", str(config)])
    said = run.invoke(app, ["import", str(tmp_path / "old.eml"), "--hold", "--config", str(config)])
    assert said.exit_code == 0, said.output
    rows = json.loads(run.invoke(app, ["outbox", "list", "--json", "--config", str(config)]).output)
    assert {row["state"] for row in rows} == {"held"}
    assert {row["kind"] for row in rows} >= {"ack", "assigned"}

    released = run.invoke(app, ["outbox", "release", "--config", str(config)])
    assert released.output == f"{len(rows)} mails are sent now.\n"
    rows = json.loads(run.invoke(app, ["outbox", "list", "--json", "--config", str(config)]).output)
    assert {row["state"] for row in rows} == {"queued"}


def test_no_time_of_receipt_is_too_odd_to_be_read():
    """One such mail would end the import of all behind it."""
    now = datetime(2026, 5, 19, tzinfo=UTC)
    for stamp in ("Mon, 01 Jan 0001 00:00:00 +1400", "Fri, 31 Dec 9999 23:59:59 -1400", "", ";;;", "x" * 500):
        assert received_at(parse(f"Received: from a by b; {stamp}\r\n\r\n".encode()), now) <= now


def written_office(tmp_path):
    config = write_office(tmp_path)
    (tmp_path / "old.eml").write_bytes(
        b"From: jo@acme.example\nTo: support@logik.example\nSubject: Rules\n"
        + DATE.encode()
        + b"\nOne rule does not fire.\n"
    )
    assert CliRunner().invoke(app, ["db", "upgrade", "--config", str(config)]).exit_code == 0
    return config


def test_beside_a_running_daemon_the_mail_is_accepted_and_the_daemon_works_it(tmp_path):
    """An SQLite file is worked by one process, and a second would take its claims for a dead one's."""
    config = written_office(tmp_path)
    rules = load_rules(config)
    database = Database(rules.configuration.database_url)
    daemon, lock = Desk(database=database, rules=rules, now=lambda: datetime.now(UTC)), WorkLock(database)
    lock.take()
    said = []
    command = ["import", str(tmp_path / "old.eml"), "--json", "--config", str(config)]
    importing = threading.Thread(target=lambda: said.append(CliRunner().invoke(app, command)))
    importing.start()
    worked = []
    while importing.is_alive():
        worked += daemon.work()
        importing.join(0.05)
    lock.leave()
    database.close()

    assert [done.outcome for done in worked] == ["opened"]
    assert said[0].exit_code == 0, said[0].output
    assert json.loads(said[0].stdout)["outcome"] == "opened"


def test_what_a_running_daemon_would_send_cannot_be_held_back(tmp_path):
    config = written_office(tmp_path)
    database = Database(load_rules(config).configuration.database_url)
    lock = WorkLock(database)
    lock.take()
    said = CliRunner().invoke(app, ["import", str(tmp_path / "old.eml"), "--hold", "--config", str(config)])
    lock.leave()
    database.close()

    assert said.exit_code != 0
    assert "--hold cannot hold back what the running daemon writes" in str(said.exception) + said.output


def test_what_a_link_names_outside_of_an_archive_is_not_read(tmp_path):
    (tmp_path / "secret").write_text("Subject: a key\n\nnever", "utf-8")
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "own.eml").write_text("Subject: own\n\nHello", "utf-8")
    (archive / "a.eml").symlink_to(archive / "own.eml")
    (archive / "b.eml").symlink_to(tmp_path / "secret")
    (archive / "up").symlink_to(tmp_path)

    found = list(mails_in(archive))
    assert [one.name for one in found if isinstance(one, Unreadable)] == [str(archive / "b.eml"), str(archive / "up")]
    assert {parse(one.raw).subject for one in found if isinstance(one, ArchivedMail)} == {"own"}
