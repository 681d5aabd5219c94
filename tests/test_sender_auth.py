"""Which results are believed of a mail, by the way on which it came to the desk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk.config import load_configuration
from helpdesk.core.words.message import Envelope
from helpdesk.errors import ConfigurationError
from helpdesk.mail.read.parse import parse
from helpdesk.store.spool import Spooled
from helpdesk.unit import sender_proof
from tests.desk import write_office

MICROSOFT = b"Authentication-Results: spf=pass smtp.mailfrom=acme.example;\r\n dmarc=pass action=none header.from=acme.example\r\n"
GATEWAY = b"Received: from mx.desk.example (mx.desk.example [198.51.100.7]) by store.desk.example with ESMTP; x\r\n"
OURS = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\r\n"
BORDER = b"Received: from mail.acme.example (mail.acme.example [192.0.2.1]) by mx.desk.example with ESMTPS; x\r\n"
REST = b"From: Ann <ann@acme.example>\r\nSubject: x\r\n\r\nHello.\r\n"


def proof(folder, raw, *, authserv_id, source, remote=""):
    path = write_office(folder, more=f'\n[smtp_in]\nauthserv_id = "{authserv_id}"\ntrusted_relays = ["198.51.100.7"]\n')
    envelope = Envelope("ann@acme.example", ("support@logik.example",), remote)
    mail = Spooled(1, "support@logik.example", raw, envelope, source, datetime(2026, 5, 22, tzinfo=UTC), 1)
    return sender_proof(load_configuration(path, environment={}), mail, parse(raw)).result


@pytest.mark.parametrize(
    ("source", "remote", "expected"),
    [
        ("imap", "", "pass"),
        ("simulate", "", "pass"),
        ("import", "", "none"),
        ("smtp", "192.0.2.1", "none"),
        ("smtp", "127.0.0.1", "none"),
        ("smtp", "198.51.100.7", "none"),
    ],
)
def test_the_topmost_field_is_believed_of_mail_that_lay_in_a_mailbox_only(tmp_path, source, remote, expected):
    assert proof(tmp_path, MICROSOFT + REST, authserv_id="!topmost", source=source, remote=remote) == expected


@pytest.mark.parametrize(
    ("source", "remote", "expected"),
    [("imap", "", "pass"), ("import", "", "pass"), ("smtp", "127.0.0.1", "pass"), ("smtp", "192.0.2.1", "none")],
)
def test_a_server_of_ours_behind_the_border_is_read_past(tmp_path, source, remote, expected):
    raw = GATEWAY + OURS + BORDER + REST
    assert proof(tmp_path, raw, authserv_id="mx.desk.example", source=source, remote=remote) == expected


def test_another_word_with_an_exclamation_mark_is_refused(tmp_path):
    path = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "!top"\n')
    with pytest.raises(ConfigurationError, match=r"smtp_in\.authserv_id: expected the id of your border, or !topmost"):
        load_configuration(path, environment={})
