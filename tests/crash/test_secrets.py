"""P04: no secret and no word of a mail in any line that the daemon prints, whatever goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests.crash import laws
from tests.process import Dialogue, Letter, Premises, kill, letter, stop, until
from tests.wire.imap_servers import Liar
from tests.wire.smarthost import ScriptedSmarthost

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cluster
    from tests.process import Foundry

_SMTP, _IMAP, _DATABASE = "canary-of-smtp", "canary-of-imap", "canary-of-the-database"
_SUBJECT, _BODY, _HEADER = "canary-in-the-subject", "canary-in-the-body", "canary-in-a-header"
_CANARIES = (_SMTP, _IMAP, _DATABASE, _SUBJECT, _BODY, _HEADER)

_IMAP_TABLE = """
  [mailbox.imap]
  host = "127.0.0.1"
  port = {port}
  tls = "none"
  username = "support"
  password_env = "TEST_IMAP_PASSWORD"
"""
_LOGIN = """
username = "desk"
password_env = "TEST_SMTP_PASSWORD"
"""


def telling(number: int) -> Letter:
    """A mail that is full of canaries, in every place that a parser or a database may complain about."""
    plain = letter(number)
    head = b"Subject: " + _SUBJECT.encode() + b"\r\nContent-Type: text/plain; charset=" + _HEADER.encode() + b"\r\n"
    return Letter(
        number, head + b"From: " + plain.sender.encode() + b"\r\n\r\n" + _BODY.encode() + b"\r\n", plain.sender
    )


def test_no_secret_and_no_word_of_a_mail_is_printed(tmp_path: Path, foundry: Foundry, cluster: Cluster) -> None:
    """P04: refused logins, a database that complains of a row, a mail that cannot be worked, a stop and a kill."""
    url = sa.make_url(cluster.url_of(cluster.create(template="template1"))).set(password=_DATABASE)
    secrets = {"TEST_SMTP_PASSWORD": _SMTP, "TEST_IMAP_PASSWORD": _IMAP}
    with Liar() as liar, ScriptedSmarthost(users={"desk": "another"}) as smarthost:
        desk = Premises(
            tmp_path,
            database=url.render_as_string(hide_password=False),
            smarthost=smarthost.url,
            imap=_IMAP_TABLE.format(port=liar.port),
            login=_LOGIN,
            starter=foundry,
            environment=secrets,
        )
        running = desk.start()
        with Dialogue(desk.port) as dialogue:
            dialogue.deliver(telling(1))
            until(lambda: "535" in desk.logged(), "the smarthost refused us")
            until(lambda: liar.logins, "the mailbox refused us")
            # PostgreSQL tells the whole row that it refuses.
            found = laws.records(desk)
            with found.engine.begin() as connection:
                connection.execute(sa.text("ALTER TABLE message ADD CONSTRAINT no CHECK (id < 2)"))
                connection.execute(sa.text("ALTER TABLE spool ADD CONSTRAINT no CHECK (id < 4)"))
            dialogue.deliver(telling(2))
            until(lambda: _set_aside(found), "it was set aside")
            dialogue.deliver(telling(3))
            assert dialogue.deliver(telling(4)).startswith("451 4.3.0")
        kill(running)
        running = desk.start()
        assert stop(running) == 0

    said = [desk.logged(), *(str(row.error) for row in found.rows("SELECT error FROM spool"))]
    alerts = found.rows("SELECT raw FROM outbox_raw JOIN outbox ON outbox_id = id WHERE kind = 'alert'")
    assert alerts
    said += [bytes(row.raw).decode() for row in alerts]
    for canary in (*_CANARIES, (tmp_path / "secret").read_text().strip()):
        assert not any(canary in text for text in said), canary


def _set_aside(found: laws.Records) -> int:
    """How many were: three attempts are minutes apart, which need not be waited for."""
    found.change("UPDATE spool SET next_at = NULL WHERE state = 'waiting' AND attempts < 3")
    return found.number("SELECT count(*) FROM spool WHERE state = 'quarantined'")


@pytest.mark.slow
@pytest.mark.parametrize("place", ["work.decided", "work.pre_commit", "tick.pre_commit", "out.pre_mark"])
def test_an_error_amid_a_mail_is_logged_without_it(tmp_path: Path, foundry: Foundry, place: str) -> None:
    """P04: a traceback names code, and no content."""
    desk = Premises(tmp_path, starter=foundry)
    running = desk.start(f"{place}=raise")
    with Dialogue(desk.port) as dialogue:
        dialogue.deliver(telling(1))
    found = laws.records(desk)
    until(lambda: laws.is_quiet(found) or (place == "out.pre_mark" and "InjectedFault" in desk.logged()), "it went on")
    assert stop(running) == 0
    for canary in _CANARIES:
        assert canary not in desk.logged()
