"""Secrets and other people's data: shown by kind and place, erased on an order, and asked for again (LAI-11)."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.desk import load_rules
from helpdesk.privacy import in_words
from helpdesk.store import migrate, outbox
from helpdesk.store.engine import Database
from helpdesk.store.tables import metadata
from tests.desk import ANN, BOB, JO, KEY, KIM, TestDesk, everything, wall, write_office

CANARY = "Canary-4711!"
LETTER = f"Priority: Urgent\nSteps to reproduce: log in as {CANARY}-user\n\nOur password: {CANARY}\nNo rule fires."


def words(mail) -> str:
    return " ".join(mail.text.split())


def test_the_agent_is_told_kind_and_place_and_never_the_secret(desk):
    """LAI-11"""
    desk.mail(JO, f"Password: {CANARY}", f"Hello,\n\nour password is {CANARY}.\nIt fails.")
    desk.reply(JO, f"Or try: password={CANARY}", to_kind="ack")
    desk.mail(KIM, "Another", f"password: {CANARY}", to=desk.last(JO, "ack").reply_to)

    assert CANARY not in "".join(mail.raw.decode() for mail in desk.sent if mail.to in {ANN, BOB})
    assert "our password is [password]" in " ".join(desk.last(ANN, "assigned").text.split())
    assert "masked: password in the text, line 3" in " ".join(desk.last(ANN, "assigned").text.split())
    assert any(tag.startswith("masked: password in the text") for tag in desk.case().tags)


def test_what_an_agent_writes_is_theirs_to_say(desk):
    desk.mail(JO)
    desk.reply(ANN, "Use the password: start-1234 for the first login.")

    assert "start-1234" in desk.last(JO, "relay").text


def test_redact_erases_the_mails_their_texts_and_all_copies(desk):
    """LAI-11: raw mail, parsed text, ledger, outbox, and the order itself where it quotes."""
    desk.mail(f"Jo <{JO}>", f"About {CANARY}-login", LETTER, cc=KIM)
    desk.reply(ANN, f"I see {CANARY} in your mail.")
    desk.reply(JO, f"Yes, {CANARY}, what about it?")
    assert CANARY in everything(desk)
    desk.reply(ANN, f"#redact\nPlease never send such a thing.\n\n> {CANARY}", to_kind="assigned", quote=True)

    assert CANARY not in everything(desk)
    erased = desk.events("redacted")[0]
    assert (erased.by, erased.erased["mails"], erased.erased["texts"]) == (ANN, 4, 4)
    assert erased.erased["sent"] >= 5
    assert desk.case().subject == "(erased)"
    assert "redacted" in desk.case().tags
    assert not any(tag.startswith("masked") for tag in desk.case().tags), "there is nothing left to erase"
    told = " ".join(desk.last(ANN, "echo").text.split())
    assert "erased: 4 mails as they came, 4 texts with their attachments" in told
    assert "the customer is asked to send it again" in told
    asked = desk.last(JO, "resend-anonymised")
    assert "we have erased it" in " ".join(asked.text.split())
    assert asked.automatic
    assert CANARY not in asked.raw.decode()
    assert "Please never send such a thing." in desk.last(JO, "relay").text


def test_the_case_goes_on_where_it_was(desk):
    desk.mail(JO, body=LETTER)
    desk.reply(ANN, "#redact")
    became = desk.reply(JO, "Here it is again, without the password.", to_kind="resend-anonymised")

    assert became.case == 1
    assert "without the password" in desk.last(ANN, "customer-message").text
    assert desk.state() == "running", "this policy exempts nothing"
    assert "No response time is promised" not in words(desk.last(JO, "resend-anonymised"))


def test_the_echo_fits_a_phone_and_a_terminal(desk):
    desk.mail(JO, body=LETTER)
    desk.reply(ANN, "#redact")
    echo = desk.last(ANN, "echo")

    assert echo.subject == "[HD-1] done: erased for good"
    assert max(map(len, echo.text.splitlines())) <= 72


def test_mail_that_was_not_sent_yet_is_not_sent_any_more(desk):
    """LAI-11: raw bytes of the outbox go too."""
    desk.mail(JO, body=LETTER)
    raw = desk.written_reply(ANN, f"About {CANARY}.")
    with desk.database.write() as connection:
        connection.execute(sa.update(metadata.tables["outbox"]).values(state="queued", next_at=desk.now, sent_at=None))
    sent = len(desk.sent)
    desk.laboratory.deliver, deliver = (lambda: None), desk.laboratory.deliver
    desk.receive(raw)
    desk.receive(desk.written_reply(ANN, "#redact"))
    desk.laboratory.deliver = deliver
    desk.laboratory.deliver()

    with desk.database.read() as connection:
        states = [(row.kind, row.state) for row in outbox.rows(connection)]
    assert ("ack", "dropped") in states
    assert ("relay", "dropped") in states
    assert {mail.kind for mail in desk.sent[sent:]} == {"resend-anonymised", "echo"}
    assert CANARY not in everything(desk)


LAIOUTR = """
[[mailbox]]
address = "support@laioutr.example"
policy = "laioutr"
team = "first line"
"""


@pytest.fixture
def laioutr(desk_database, tmp_path) -> TestDesk:
    rules = load_rules(write_office(tmp_path, more=LAIOUTR), environment={}, signing_key=KEY)
    return TestDesk(rules, desk_database)


def test_where_the_policy_says_so_the_promises_do_not_apply_from_then_on(laioutr):
    """LAI-11: the clock is exempt, with the policy's reason."""
    laioutr.mail(JO, "Checkout fails", LETTER, to="support@laioutr.example")
    laioutr.reply(ANN, "#redact")
    laioutr.at("2026-05-29 09:15")

    assert laioutr.state() == "exempt"
    assert "personal data" in laioutr.first_response().exempt
    assert "No answer time is promised for this case until we have it again." in words(
        laioutr.last(JO, "resend-anonymised")
    )
    assert laioutr.events("breached") == []
    assert "its promises do not apply until then, and begin anew with that mail" in " ".join(
        laioutr.last(ANN, "echo").text.split()
    )


def test_a_breach_that_happened_before_stays(laioutr):
    laioutr.mail(JO, "Checkout fails", LETTER, to="support@laioutr.example")
    laioutr.at("2026-05-29 09:15")
    laioutr.reply(ANN, "#redact", to_kind="assigned")

    assert laioutr.state() == "breached"


def test_what_was_erased_is_counted_as_people_count():
    said = in_words({"mails": 1, "texts": 2, "unsent": 0}, exempt="", resent=False)
    assert said.startswith("erased: 1 mail as it came, 2 texts with their attachments; ")


def test_an_operator_erases_from_the_command_line(tmp_path):
    """LAI-11: `helpdesk redact REF` says what it erased."""
    office = write_office(tmp_path)
    (tmp_path / "secret").write_bytes(KEY + b"\n")
    database = Database(f"sqlite:///{tmp_path}/helpdesk.db")
    migrate.upgrade(database)
    desk = TestDesk(load_rules(office, environment={}), database)
    desk.laboratory.now = wall("2026-05-19 09:15")
    desk.mail(JO, body=LETTER)
    refused = CliRunner().invoke(app, ["redact", "HD-1", "--config", str(office)], input="n\n")
    assert refused.exit_code == 1
    assert CANARY in everything(desk)
    done = CliRunner().invoke(app, ["redact", "HD-1", "--config", str(office), "--yes", "--json"])

    assert done.exit_code == 0
    assert json.loads(done.stdout)["erased"]["mails"] == 1
    assert CANARY not in everything(desk)
    database.close()
    on_disk = b"".join(file.read_bytes() for file in tmp_path.glob("helpdesk.db*"))
    assert CANARY.encode() not in on_disk, "the pages were overwritten"
