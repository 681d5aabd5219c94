"""`helpdesk check --round-trip`: a mail to each mailbox by the way that our mail takes; it makes no case and calls nobody."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading

import pytest

from helpdesk.daemon import Daemon
from helpdesk.desk import load_rules
from helpdesk.diagnosis.round_trip import _mail
from tests.desk import LOGIK, THREEKIT
from tests.test_check import edit, name_servers, with_imap, with_smarthost  # noqa: F401
from tests.test_cli import run  # noqa: F401
from tests.wire.imap_servers import PASSWORD, mailbox  # noqa: F401
from tests.wire.smarthost import ScriptedSmarthost, closed_port

BOXES = [LOGIK, THREEKIT, "forum@threekit.example", "nothing@logik.example"]


@contextlib.contextmanager
def running(folder):
    """The daemon of that folder, in threads of its own."""
    daemon, ready = Daemon(load_rules(folder / "helpdesk.toml")), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(daemon.run(ready=lambda *_: ready.set())))
    thread.start()
    assert ready.wait(120)
    try:
        yield daemon
    finally:
        daemon.stop.set()
        thread.join(120)


def trips(run, *words):  # noqa: F811
    code, out, _ = run("check", "--round-trip", "--json", *words)
    return code, {one["part"]: one for one in json.loads(out)["checks"] if one["part"].startswith("round trip")}


@pytest.fixture
def hasty(monkeypatch):
    """Nobody waits for what will not come."""
    monkeypatch.setattr("helpdesk.diagnosis.round_trip._PATIENCE", 0.0)


# --- what the desk makes of such a mail


@pytest.fixture
def trip(desk):
    """A fresh mail that tries the way to a mailbox."""
    return lambda address=LOGIK: _mail(desk.rules, desk.rules.configuration.mailbox(address), desk.now).raw


@pytest.mark.parametrize("address", BOXES)
def test_it_ends_as_ignored_with_no_case_and_no_mail(desk, trip, address):
    worked = desk.receive(trip(address))

    assert (worked.outcome, worked.case, worked.because) == ("ignored", None, "it only tried the way here")
    assert (desk.sent, desk.case_numbers()) == ([], [])


def test_its_token_is_good_once_and_for_an_hour(desk, trip):
    first, late, elsewhere = trip(), trip(), trip(THREEKIT)
    again = b"X-Relay: on a second way\r\n" + first
    assert [desk.receive(raw).outcome for raw in (first, again)] == ["ignored", "loop"]
    desk.at("2026-05-19 10:16")
    assert desk.receive(late).outcome == "loop"
    assert desk.receive(elsewhere.replace(THREEKIT.encode(), LOGIK.encode())).outcome != "ignored"
    assert desk.case_numbers() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token.replace("<0.", "<1."),
        lambda token: token.replace("@logik", "@elsewhere"),
        lambda token: token.replace(".0", ".1"),
        lambda token: token.replace("@", "a@"),
        lambda _: "<0.0123456789abcdef.x@logik.example>",
    ],
)
def test_what_we_did_not_sign_is_no_token(desk, change):
    token = desk.rules.signer.round_trip_id(LOGIK, at=0x0123, nonce="0" * 8)
    signed = desk.rules.signer.round_trip_at
    assert signed(token.upper(), mailbox=LOGIK) == 0x0123
    assert signed(change(token), mailbox=LOGIK) is None
    assert desk.mail("jo@acme.example", headers={"X-Helpdesk-ID": change(token)}).outcome == "opened"


def test_it_is_known_where_a_relay_wrote_another_message_id(desk, trip):
    raw = trip().replace(b"\r\nMessage-ID: <0.", b"\r\nMessage-ID: <relay.0.", 1)
    assert desk.receive(raw).outcome == "ignored"


# --- the command


def test_a_mail_goes_to_each_mailbox_and_is_worked_by_the_daemon(run, tmp_path, edit):  # noqa: F811
    """The desk's own listener stands for the smarthost, and for the way back."""
    port = closed_port()
    with_smarthost(edit, f"smtp://127.0.0.1:{port}")
    edit(("[smtp_out]", f'[smtp_in]\nlisten = "127.0.0.1:{port}"\n[smtp_out]'))
    with running(tmp_path):
        code, found = trips(run)
        code_again, again = trips(run)

    assert (code, code_again) == (0, 0), (found, again)
    assert set(found) == {f"round trip {address}" for address in BOXES}
    assert all("sent, accepted and worked within" in one["text"] for one in (*found.values(), *again.values()))
    assert json.loads(run("cases", "--json")[1]) == []
    assert json.loads(run("outbox", "list", "--all", "--json")[1]) == []


def test_where_no_mail_comes_back_it_is_skipped_with_a_line(run):  # noqa: F811
    code, out, _ = run("check", "--round-trip")
    skipped = "ok: round trip: skipped: outgoing mail goes into a folder (maildir:), and none comes back"
    assert (code, out.splitlines()[-1]) == (0, skipped)


def test_without_a_database_no_mail_is_sent(run, edit):  # noqa: F811
    with ScriptedSmarthost() as smarthost:
        with_smarthost(edit, smarthost.url)
        code, found = trips(run)
    assert (code, smarthost.accepted) == (1, [])
    assert found["round trip"]["text"].startswith("database: empty yet")


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, "the smarthost has not taken it: RCPT: 550 5.1.1 no such user"),
        ({}, "the smarthost has taken it (250 2.0.0 Ok: queued as 2-1), the desk has not: does the daemon run, and does your mail server pass it on to a listener ([smtp_in] is not set)?"),
    ],
)  # fmt: skip
def test_the_last_place_that_it_reached_is_named(run, edit, script, said):  # noqa: F811
    assert run("db", "upgrade")[0] == 0
    with ScriptedSmarthost(script) as smarthost:
        with_smarthost(edit, smarthost.url)
        code, found = trips(run)
    assert (code, found[f"round trip {LOGIK}"]["text"]) == (1, said)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("delivers", [True, False])
def test_a_mail_that_lies_in_its_mailbox_is_seen_there(run, edit, monkeypatch, mailbox, delivers):  # noqa: F811
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    assert run("db", "upgrade")[0] == 0
    with ScriptedSmarthost() as smarthost:
        take = smarthost.accept
        monkeypatch.setattr(smarthost, "accept", lambda mail: (delivers and mailbox.append(mail.content), take(mail)))
        with_smarthost(edit, smarthost.url)
        with_imap(edit, "127.0.0.1", mailbox.port, mailbox.username, tls="none", folder=mailbox.folder)
        _, found = trips(run)
    place = f"{mailbox.folder} of {mailbox.username} at 127.0.0.1"
    assert found[f"round trip {LOGIK}"]["text"] == (
        f"it lies in {place}, and the desk has not fetched it: does the daemon run?"
        if delivers
        else "the smarthost has taken it (250 2.0.0 Ok: queued as 2-1), and it is not in "
        f"{place}: look into its folder for junk, and at the smarthost's log"
    )


@pytest.mark.usefixtures("hasty")
def test_a_mail_that_waits_in_the_spool_is_seen_there(run, edit, tmp_path, monkeypatch):  # noqa: F811
    port = closed_port()
    with_smarthost(edit, f"smtp://127.0.0.1:{port}")
    edit(("[smtp_out]", f'[smtp_in]\nlisten = "127.0.0.1:{port}"\n[smtp_out]'))
    monkeypatch.setattr(Daemon, "_work", lambda _: None)
    with running(tmp_path):
        _, found = trips(run)
    said = "the desk has accepted it and not worked it: helpdesk health and the daemon's log say why"
    assert found[f"round trip {LOGIK}"]["text"] == said
