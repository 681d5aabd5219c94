"""Cases of other desks, and a whole desk out and in: nothing is lost, nothing is masked that must go on, or left open."""

from __future__ import annotations

import json
import stat
from datetime import timedelta

import pytest
import sqlalchemy as sa

from helpdesk.errors import NotFound, Unavailable
from helpdesk.importing.cases import CaseImport
from helpdesk.importing.desk import import_desk
from helpdesk.mail.read.masking import masked_mail
from helpdesk.privacy import redact
from helpdesk.report.whole import write_mbox, write_whole
from helpdesk.store import cases, dump, outbox, spool
from helpdesk.store.engine import Database
from helpdesk.store.migrate import upgrade
from tests.desk import ANN, JO, LOGIK, UTE


def nobody_watches(_done):
    pass


def exported(database, folder):
    folder.mkdir()
    with database.read() as connection:
        write_whole(connection, folder, nobody_watches)
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


@pytest.fixture
def other(desk, tmp_path):
    """An empty database of the same kind."""
    if desk.database.url.drivername.startswith("sqlite"):
        database = Database(f"sqlite:///{tmp_path / 'other.db'}")
        upgrade(database)
        yield database
        database.close()
    else:
        yield None


def live(desk):
    """A desk on which much has happened, with what waits and what was erased."""
    desk.at("2026-05-19 09:15")
    desk.mail(JO, "Ünïcode fails", "Nothing works. \N{PILE OF POO}")
    desk.reply(desk.case().assignee, "We are on it.", quote=True)
    desk.mail(UTE, "Another thing", "My password is hunter2: please help.")
    desk.mail(JO, "A third one")
    desk.at("2026-05-21 12:00")
    with desk.laboratory.desk.units.write(desk.now) as unit:
        case = unit.find([3])[3]
        terms = unit.terms(desk.rules.configuration.mailbox(LOGIK), case=case)
        redact(unit, 3, terms, by="desk", agent=None)


def refill(desk, other, folder):
    """The export goes into an empty desk; returns that."""
    if other is not None:
        import_desk(other, folder / "desk.jsonl", nobody_watches)
        return other
    with desk.database.write() as connection:  # PostgreSQL: the same one, emptied
        dump.clear(connection)
    import_desk(desk.database, folder / "desk.jsonl", nobody_watches)
    return desk.database


def test_a_desk_that_went_out_and_in_goes_out_the_same(desk, other, tmp_path):
    live(desk)
    first = exported(desk.database, tmp_path / "first")
    database = refill(desk, other, tmp_path / "first")
    assert exported(database, tmp_path / "second") == first
    with database.write() as connection:
        assert [case.ref for case in cases.find(connection, [1, 2, 3]).values()] == ["HD-1", "HD-2", "HD-3"]
        assert cases.next_number(connection) == 4
    assert not any(b"A third one" in content for content in first.values())
    modes = {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "first").rglob("*") if one.is_file()}
    assert modes == {0o600}


def test_mail_is_exported_byte_for_byte_and_unsent_mail_is_held(desk, other, tmp_path):
    live(desk)
    with desk.database.write() as connection:
        connection.execute(sa.text("UPDATE outbox SET state = 'queued', next_at = created_at WHERE id = 1"))
    files = exported(desk.database, tmp_path / "first")
    with desk.database.read() as connection:
        came = spool.bytes_of(connection, [1, 2, 3, 4])
        sent = [row.raw for row in outbox.rows(connection) if row.raw]
    assert sorted(content for name, content in files.items() if name.startswith("received/")) == sorted(came.values())
    assert sorted(content for name, content in files.items() if name.startswith("sent/")) == sorted(sent)
    database = refill(desk, other, tmp_path / "first")
    with database.read() as connection:
        states = {row.id: row.state for row in outbox.rows(connection)}
    assert states[1] == "held"


def test_an_mbox_of_all_mails_has_no_reply_address_in_it_that_could_be_used(desk, tmp_path):
    live(desk)
    with (tmp_path / "mails.mbox").open("wb") as file, desk.database.read() as connection:
        number = write_mbox(connection, file, nobody_watches)
    content = (tmp_path / "mails.mbox").read_bytes()
    assert content.count(b"\nFrom helpdesk ") + content.startswith(b"From helpdesk ") == number
    assert masked_mail(content) == content
    assert b"***@" in content


def row_with_a_mail(lines):
    return next(n for n, line in enumerate(lines) if json.loads(line).get("file"))


@pytest.mark.parametrize(
    "wrong", ["../out.eml", "/etc/passwd", "link.eml", "nothing.eml", "received", "a\0b", "received/../../out.eml"]
)
def test_files_of_an_import_lie_inside_its_folder(desk, other, tmp_path, wrong):
    live(desk)
    exported(desk.database, tmp_path / "first")
    (tmp_path / "out.eml").write_bytes(b"secret")
    (tmp_path / "first" / "link.eml").symlink_to(tmp_path / "out.eml")
    lines = (tmp_path / "first" / "desk.jsonl").read_text().splitlines()
    place = row_with_a_mail(lines)
    lines[place] = json.dumps({**json.loads(lines[place]), "file": wrong})
    (tmp_path / "first" / "desk.jsonl").write_text("\n".join(lines) + "\n")
    with pytest.raises(NotFound):
        refill(desk, other, tmp_path / "first")
    said = {"at": "2025-05-01T10:00:00Z", "file": wrong}
    inside = tmp_path / "first" / "cases.jsonl"
    inside.write_text(json.dumps({"id": "1", "subject": "x", "messages": [said]}) + "\n")
    (shape,) = CaseImport(desk.laboratory.desk, inside, LOGIK).run()
    assert shape["outcome"] == "rejected"


def test_a_whole_desk_goes_into_an_empty_one_and_a_changed_file_is_refused(desk, other, tmp_path):
    live(desk)
    exported(desk.database, tmp_path / "first")
    with pytest.raises(Unavailable, match="an empty one"):
        import_desk(desk.database, tmp_path / "first" / "desk.jsonl", nobody_watches)
    next((tmp_path / "first" / "received").iterdir()).write_bytes(b"another")
    with pytest.raises(NotFound, match="digest"):
        refill(desk, other, tmp_path / "first")


# --- another desk's cases


def said(at, who, text, **more):
    return {"at": f"2025-05-{at:02}T10:00:00+02:00", "author": {"email": who, "name": 'A, "B" Ü'}, "text": text, **more}


THEIRS = {
    "id": "4711",
    "subject": "Der Export\nbricht ab",
    "requester": {"email": JO, "name": "Jo Kern"},
    "severity": "Urgent",
    "assignee": ANN,
    "tags": ["export"],
    "messages": [
        said(1, JO, "It breaks.", attachments=[{"file": "files/log.txt", "type": "text/plain"}]),
        said(2, "former@desk.example", "Which version?", role="agent"),
        said(3, ANN, "He has the old one.", role="agent", internal=True),
        {"at": "2025-05-04T10:00:00Z", "file": "mail.eml"},
    ],
}


def take(desk, folder, *lines, mailbox=LOGIK, **how):
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files" / "log.txt").write_bytes(b"line 1\n")
    (folder / "mail.eml").write_bytes(
        f"From: {JO}\r\nTo: {LOGIK}\r\nMessage-ID: <own@x.example>\r\n\r\n1.4\r\n".encode()
    )
    file = folder / "cases.jsonl"
    file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return list(CaseImport(desk.laboratory.desk, file, mailbox, **how).run())


def test_a_case_of_another_desk_is_here_as_it_was_there_without_clocks_and_mail(desk, tmp_path):
    assert take(desk, tmp_path, THEIRS, dry_run=True)[0]["outcome"] == "imported"
    assert desk.case_numbers() == []
    (shape,) = take(desk, tmp_path, THEIRS)
    assert shape == {"id": "4711", "outcome": "imported", "case": "HD-1", "because": None}
    case = desk.case()
    assert (case.status, case.severity, case.assignee, case.customer) == ("closed", "urgent", ANN, "acme")
    assert case.tags == ("export", "elsewhere: 4711")
    with desk.database.read() as connection:
        shown = cases.messages(connection, 1)
    assert [(one.role, one.visibility, one.reply.strip()) for one in shown] == [
        ("customer", "public", "It breaks."),
        ("agent", "public", "Which version?"),
        ("agent", "internal", "He has the old one."),
        ("customer", "public", "1.4"),
    ]
    assert [part["name"] for part in shown[0].attachments] == ["log.txt"]
    assert (desk.clocks(), desk.told()) == ((), [])
    assert take(desk, tmp_path, THEIRS)[0]["outcome"] == "known"

    answer = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Re\r\nIn-Reply-To: <own@x.example>\r\n\r\nAgain.\r\n"
    worked = desk.receive(answer.encode())
    assert desk.case(worked.case).links == ("HD-1",)
    assert "HD-1" in desk.last(JO, "ack").text


def test_an_open_case_of_another_desk_goes_on_here_and_its_clocks_begin_with_the_next_word(desk, tmp_path):
    take(desk, tmp_path, {**THEIRS, "status": "open"}, {**THEIRS, "id": 2, "subject": "b", "status": "waiting"})
    assert [desk.case(number).status for number in (1, 2)] == ["open", "waiting"]
    desk.laboratory.advance(desk.now + timedelta(days=60), inclusive=True)
    assert (desk.clocks(), desk.told()) == ((), [])
    answer = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: [HD-1] Re\r\n\r\nWell?\r\n"
    assert desk.receive(answer.encode()).case == 1
    assert desk.clocks()[0].started_at == desk.now
    assert desk.kinds_to(ANN) == ["customer-message"]


def test_cases_of_another_desk_that_share_their_first_mail_are_each_taken_once(desk, tmp_path):
    """Of two the second was said to be known, under the number of the first."""
    shared = {"at": "2025-05-04T10:00:00Z", "file": "mail.eml"}
    lines = [{**THEIRS, "id": number, "messages": [shared, said(5, JO, f"Of {number}.")]} for number in ("a", "b")]
    assert [(one["outcome"], one["case"]) for one in take(desk, tmp_path, *lines)] == [
        ("imported", "HD-1"),
        ("imported", "HD-2"),
    ]
    assert [(one["outcome"], one["case"]) for one in take(desk, tmp_path, *lines)] == [
        ("known", "HD-1"),
        ("known", "HD-2"),
    ]
    assert desk.case_numbers() == [1, 2]


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("not json", "expected a JSON object"),
        ("[]", "expected"),
        ({"id": "1"}, "subject"),
        ({**THEIRS, "messages": []}, "at least one"),
        ({**THEIRS, "statsu": "open"}, "statsu"),
        ({**THEIRS, "status": "solved"}, "status"),
        ({**THEIRS, "mailbox": "x@y.example"}, "mailbox: expected one of"),
        ({**THEIRS, "messages": [{"at": "2025-05-01T10:00:00", "text": "x"}]}, "offset"),
        ({"id": "1", "subject": "x", "messages": [said(1, ANN, "x")]}, "requester"),
    ],
)
def test_a_line_that_is_wrong_is_said_and_keeps_no_other_back(desk, tmp_path, line, because):
    wrong, right = take(desk, tmp_path, line, THEIRS)
    assert (wrong["outcome"], right["outcome"]) == ("rejected", "imported")
    assert because in wrong["because"]
    assert "cases.jsonl:1" in wrong["because"]


@pytest.mark.parametrize(
    "odd",
    [
        said(1, "a;b@x.example", "x"),
        said(1, "jürgen@müller.example", "x"),
        said(1, "", ""),
        said(1, JO, "\ud800 and \0", message_id="<a b>"),
        said(1, JO, "", html="<p>Hello</p><script>x()</script>"),
        said(1, JO, "x", attachments=[{"file": "files/log.txt", "type": "message/rfc822", "name": "a\r\nb"}]),
        {**said(1, JO, "x"), "at": "2999-01-01T00:00:00Z"},
    ],
)
def test_odd_words_of_another_desk_are_taken(desk, tmp_path, odd):
    (shape,) = take(desk, tmp_path, {**THEIRS, "messages": [odd]})
    assert shape["outcome"] == "imported"
    assert desk.clocks() == ()
