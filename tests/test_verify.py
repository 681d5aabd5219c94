"""`helpdesk case verify REF N`: why a mail was or was not trusted."""

from __future__ import annotations

import base64
import json

import pytest
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.desk import load_rules
from helpdesk.errors import NotFound
from helpdesk.report.verify import verify_shape
from helpdesk.store import migrate
from helpdesk.store.engine import Database
from helpdesk.unit import Unit
from tests.desk import ANN, JO, KEY, STRANGER, TestDesk, write_office


@pytest.fixture
def desk(tmp_path) -> TestDesk:
    """A desk over a file, behind a border that checks who wrote."""
    office = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    (tmp_path / "secret").write_bytes(KEY + b"\n")
    database = Database(f"sqlite:///{tmp_path}/helpdesk.db")
    migrate.upgrade(database)
    yield TestDesk(load_rules(office, environment={}), database)
    database.close()


def checks(desk, number: int) -> dict[str, tuple[bool, str]]:
    with desk.database.read() as connection:
        shape = verify_shape(Unit(connection, desk.rules, desk.now), 1, number)
    return {check["check"]: (check["holds"], check["why"]) for check in shape["checks"]} | {
        "then": shape["then"]["trusted"]
    }


def authentic(raw: bytes) -> bytes:
    return b"Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\r\n" + raw


def test_an_agents_mail_that_was_obeyed_shows_both_proofs(desk):
    """A01"""
    desk.mail(JO)
    desk.receive(authentic(desk.written_reply(ANN, "We are on it.")))
    shown = checks(desk, 2)

    assert shown["then"] == "obeyed"
    assert shown["reply token"] == (True, "agent's, for HD-1, given to this sender")
    assert shown["authentication"] == (True, "dmarc=pass header.from=desk.example (asked of agents here)")
    assert shown["thread"][0]


def test_an_agents_mail_without_a_result_says_what_was_missing(desk):
    """A01, A04"""
    desk.mail(JO)
    desk.receive(b"Authentication-Results: mx.else.example; dmarc=pass\r\n" + desk.written_reply(ANN, "#close"))
    shown = checks(desk, 2)

    assert shown["then"] == "obeyed by nobody"
    assert shown["reply token"][0]
    assert shown["authentication"] == (False, "no Authentication-Results of mx.desk.example (asked of agents here)")


def test_a_strangers_use_of_somebodys_reply_address_says_whose_it_is(desk):
    """A08"""
    desk.mail(JO)
    desk.reply(STRANGER, "Reopen it.", holder=JO)

    assert checks(desk, 2)["reply token"] == (False, "customer's, for HD-1, given to somebody else")


def test_the_command_prints_it_for_people_and_for_programs(desk, tmp_path):
    desk.mail(JO)
    asked = ["case", "verify", "HD-1", "1", "--config", str(tmp_path / "helpdesk.toml")]
    told = CliRunner().invoke(app, asked)
    shape = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)

    assert "on the case, as customer" in told.stdout
    assert (shape["ref"], shape["mail"], shape["then"]["role"]) == ("HD-1", 1, "customer")


def test_a_mail_that_is_not_there_is_said_to_be_missing(desk):
    desk.mail(JO)
    with desk.database.read() as connection, pytest.raises(NotFound, match="HD-1 has 1 mail, there is no number 2"):
        verify_shape(Unit(connection, desk.rules, desk.now), 1, 2)


def test_an_attachment_is_cut_out_into_a_file(desk, tmp_path):
    """C08: `case attachment REF N -o FILE`, and what it says of what cannot be."""
    coded = base64.b64encode(b"content").decode()
    part = f"Content-Type: a/b\r\nContent-Disposition: attachment; filename=../x.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n"
    head = f"From: {JO}\r\nTo: support@logik.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    desk.receive(f"{head}--b\r\n\r\nSee the file.\r\n--b\r\n{part}--b--\r\n".encode())
    config = ["--config", str(tmp_path / "helpdesk.toml")]

    done = CliRunner().invoke(app, ["case", "attachment", "HD-1", "1", "-o", str(tmp_path / "out"), *config])
    assert (tmp_path / "out").read_bytes() == b"content"
    assert "7 bytes" in done.stdout
    with pytest.raises(NotFound, match=r"has 1 attachments?, there is no number 2"):
        CliRunner().invoke(app, ["case", "attachment", "HD-1", "2", "-o", "x", *config], catch_exceptions=False)
    nowhere = str(tmp_path / "no" / "where")
    with pytest.raises(NotFound, match="expected a file that can be written"):
        CliRunner().invoke(app, ["case", "attachment", "HD-1", "1", "-o", nowhere, *config], catch_exceptions=False)
