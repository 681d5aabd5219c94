"""What holds mail or a key is its owner's alone, whatever the umask, and `check` says where it is not."""

from __future__ import annotations

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpdesk.cli.shared import write_file
from helpdesk.store.backup import copy_to
from helpdesk.store.claims import WorkLock
from helpdesk.store.engine import Database
from helpdesk.store.private_file import exposed, make_private, unreadable
from helpdesk.wires.courier import Outgoing
from helpdesk.wires.maildir import MaildirCourier


@pytest.fixture(params=[0o000, 0o022, 0o027, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder):
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


@pytest.mark.usefixtures("umask")
def test_database_log_index_backup_and_export_are_their_owners_alone(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'helpdesk.db'}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE outbox (state, next_at, claimed_by, claimed_until)")
    copy_to(database, tmp_path / "copy.db")
    write_file(tmp_path / "attachment", b"theirs")
    lock = WorkLock(database)
    lock.take()
    found = modes(tmp_path)
    assert {"helpdesk.db", "helpdesk.db-wal", "helpdesk.db-shm", "helpdesk.db-daemons", "copy.db", "attachment"} <= set(
        found
    )
    assert set(found.values()) == {0o600}
    lock.leave()
    database.close()


@pytest.mark.usefixtures("umask")
def test_a_maildir_lets_nobody_else_in(tmp_path):
    courier = MaildirCourier(tmp_path / "out")
    courier.deliver(Outgoing("support@desk.example", "jo@acme.example", b"Subject: x\r\n\r\nx\r\n", "<1@desk.example>"))
    assert {mode & 0o077 for name, mode in modes(tmp_path).items() if name != "out"} == {0}


def test_what_is_written_over_is_closed_and_what_is_no_file_is_left(tmp_path):
    (tmp_path / "wide").write_bytes(b"long ago")
    (tmp_path / "wide").chmod(0o644)
    write_file(tmp_path / "wide", b"new")
    assert (tmp_path / "wide").read_bytes() == b"new"
    assert modes(tmp_path) == {"wide": 0o600}
    write_file("/dev/null", b"gone")


def test_a_database_that_is_there_keeps_its_mode_and_its_content(tmp_path):
    """Who has given a group the right to read it meant that."""
    file = tmp_path / "helpdesk.db"
    sqlite3.connect(file).executescript("CREATE TABLE songs (title TEXT)")
    file.chmod(0o640)
    assert not make_private(file)
    with Database(f"sqlite:///{file}").read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM songs").scalar_one() == 0
    assert modes(tmp_path)["helpdesk.db"] == 0o640


def test_threads_that_open_a_new_database_at_once_all_write_to_it(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'helpdesk.db'}")

    def insert(number):
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS numbers (number)")
            connection.exec_driver_sql("INSERT INTO numbers VALUES (?)", (number,))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(insert, range(32)))
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM numbers").scalar_one() == 32
    database.close()


@pytest.mark.parametrize(
    ("mode", "others", "said"),
    [
        (0o600, "go", ""),
        (0o400, "go", ""),
        (0o640, "go", "mode 0640"),
        (0o604, "go", "chmod go= "),
        (0o620, "go", "mode 0620"),
        (0o640, "o", ""),
        (0o644, "o", "chmod o= "),
    ],
)
def test_a_file_that_others_may_open_is_told_with_what_to_do(tmp_path, mode, others, said):
    file = tmp_path / "a key"
    assert exposed(file, others) == "", "what is not there is nobody's"
    file.touch()
    file.chmod(mode)
    remark = exposed(file, others)
    assert said in remark
    assert bool(remark) == bool(said)
    assert not remark or remark.endswith(f"'{file}'"), "to be pasted into a shell"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
@pytest.mark.parametrize(
    ("owner", "group", "mode", "said"),
    [
        (65534, 0, 0o600, ""),
        (0, 65534, 0o640, ""),
        (0, 0, 0o644, ""),
        (0, 0, 0o600, "nobody, whose the database is, may not open it (mode 0600)"),
        (0, 0, 0o640, "may not open it (mode 0640)"),
        (65534, 65534, 0o040, "may not open it (mode 0040)"),
    ],
)
def test_what_the_owner_of_the_database_may_not_open_is_said(tmp_path, owner, group, mode, said):
    token, database = tmp_path / "token", tmp_path / "helpdesk.db"
    for file in (token, database):
        file.touch()
    os.chown(database, 65534, 65534)
    os.chown(token, owner, group)
    token.chmod(mode)
    assert said in unreadable(token, database)
    assert bool(said) is bool(unreadable(token, database))
    assert unreadable(tmp_path / "none", database) == unreadable(token, tmp_path / "none") == ""
