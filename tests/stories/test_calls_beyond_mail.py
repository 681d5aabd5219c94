"""A call goes beyond mail, too: to whom, with which words, for how long, and what becomes of it when nothing gets through."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.config import load_configuration
from helpdesk.core.words.calls import calls
from helpdesk.credentials import refuse_notify_urls
from helpdesk.desk import notified
from helpdesk.diagnosis import beyond_mail
from helpdesk.errors import ConfigurationError, Unavailable
from helpdesk.reload import Reloader
from helpdesk.store import outbox, tables
from helpdesk.unit import load_rules
from helpdesk.wires.courier import Failed, Retry, Sent, no_mark
from tests.desk import ANN, BOB, KEY, TestDesk
from tests.policies.offices import customer, open_desk

SECRET = "ntfys://ntfy.example/sEcReTtOpIc"
MORE = """
[web]
listen = "127.0.0.1:8080"

[[agent]]
name = "Bob Cole"
email = "bob@desk.example"
teams = ["first line"]
notify = ["ntfys://ntfy.example/sEcReTtOpIc", "twilio://ACsEcReT@15551234567/15557654321"]

[[rotation]]
name = "on-call"
timezone = "Europe/Berlin"
handover = "mon 09:00"
start = 2026-05-11
primary = ["ann@desk.example", "bob@desk.example"]
secondary = ["bob@desk.example", "ann@desk.example"]
notify = ["slack://T1JJ3T3L2/A1BRTD4JD/sEcReT"]
"""
BOBS = ["notify:agent/bob@desk.example/1", "notify:agent/bob@desk.example/2"]
CHANNEL = "notify:rotation/on-call/1"
DESK = 'public_url = "https://desk.example/"\nnotify = ["ntfys://ntfy.example/ops-sEcReT"]\n'


def open_gate(folder, *, desk=DESK, more=MORE):
    """Wednesday 20 May 2026, two in the morning in Chicago: Bob is primary, Ann, who has no URL, secondary."""
    opened = open_desk(
        folder,
        policy="logicgate",
        channels=("email", "monitoring"),
        customers=customer("gate", "logicgate"),
        start="2026-05-20 02:00",
        desk=desk,
        more=more,
    )
    opened.just_before("2026-05-20 02:00")
    return opened


@pytest.fixture
def desk(tmp_path):
    return open_gate(tmp_path)


def is_down(desk):
    alert = "CRITICAL: the words of a customer\nHost: app-production\nState: DOWN\nSince: 08:58"
    desk.mail("alerts@watch.example", "PROBLEM: app-production is DOWN", alert, to="monitoring@logicgate.example")
    desk.laboratory.desk.tick()
    desk.laboratory.deliver()


def notified_of(desk):
    return [mail for mail in desk.sent if mail.kind == "notification"]


def test_a_call_goes_to_what_its_agent_reads_and_to_the_channel_of_the_rotation(desk):
    is_down(desk)

    assert [mail.to for mail in notified_of(desk)] == [*BOBS, CHANNEL]
    assert len(desk.sent_to(BOB, "escalation")) == 1  # the mail goes as ever


def test_it_says_severity_number_and_due_and_no_word_of_a_customers(desk):
    is_down(desk)

    (own, _, channel) = notified_of(desk)
    assert own.subject == channel.subject == "HD-1: Severity 1"
    lines = own.text.splitlines()
    assert lines[0] == "First response is due Wed 20 May 2026, 03:00 CDT."
    assert re.fullmatch(r"Acknowledge: https://desk\.example/calls/1\.[a-z2-7]{26}", lines[1])
    assert channel.text.splitlines() == [
        "First response is due Wed 20 May 2026, 10:00 CEST.",
        "Sign in to acknowledge: https://desk.example/calls/HD-1",
    ]
    for mail in notified_of(desk):
        assert "app-production" not in mail.raw.decode()
        assert "words" not in mail.raw.decode()
        assert "sEcReT" not in mail.raw.decode()


def test_the_link_is_for_this_agent_and_this_call(desk):
    is_down(desk)
    token = notified_of(desk)[0].text.split("/calls/")[1].strip()
    begun = calls(desk.case())[-1].at

    signer = desk.rules.signer
    assert signer.verifies_call(token, person=BOB, at=begun)
    assert not signer.verifies_call(token, person=ANN, at=begun)
    assert not signer.verifies_call(token, person=BOB, at=begun + timedelta(seconds=1))
    assert not signer.verifies_call(f"2{token[1:]}", person=BOB, at=begun)


def test_a_call_that_goes_on_goes_on_there(desk):
    """As often as it does by mail; of the secondary, who has no URL, the channel hears."""
    is_down(desk)
    desk.at("2026-05-20 03:01")

    got = [mail.to for mail in notified_of(desk)]
    assert got.count(BOBS[0]) == got.count(BOBS[1]) == len(desk.sent_to(BOB, "escalation")) > 2
    assert got.count(CHANNEL) >= got.count(BOBS[0])
    assert len(desk.sent_to(ANN, "escalation")) > 0


def test_a_call_that_the_operators_get_goes_to_their_channel(desk):
    is_down(desk)
    desk.at("2026-05-20 03:01")

    assert "notify:operators/1" in [mail.to for mail in notified_of(desk)]


def test_what_is_no_call_stays_mail(desk):
    """A question is assigned and warned of; nobody's phone rings."""
    desk.mail("jo@gate.example", "A question", "How do I export a report?", to="email@logicgate.example")
    desk.at("2026-05-22 20:00")

    assert desk.sent_to(BOB) or desk.sent_to(ANN)
    assert notified_of(desk) == []


@pytest.mark.parametrize("missing", ["public_url", "listen"])
def test_without_a_console_it_is_acknowledged_by_mail(tmp_path, missing):
    more = MORE.replace('listen = "127.0.0.1:8080"', "") if missing == "listen" else MORE
    desk = open_gate(tmp_path, desk="" if missing == "public_url" else DESK, more=more)
    is_down(desk)

    assert {mail.text.splitlines()[1] for mail in notified_of(desk)} == {"Acknowledge it by answering the mail."}


def test_who_is_called_from_another_team_acknowledges_by_mail(tmp_path):
    """A page acts for the case's own team alone; a reply to the call is heard of whoever was called."""
    other = """
[[team]]
name = "second line"

[[agent]]
name = "Cy Dahl"
email = "cy@desk.example"
teams = ["second line"]
notify = ["ntfys://ntfy.example/cy"]
"""
    desk = open_gate(tmp_path, more=MORE + other)
    (tmp_path / "customers.toml").write_text(
        customer("gate", "logicgate", account_contacts=["cy@desk.example"]).replace("gate.example", "watch.example")
    )
    rules = load_rules(tmp_path / "helpdesk.toml", environment={}, signing_key=KEY)
    desk = TestDesk(rules, desk.database, start="2026-05-20 02:00")
    is_down(desk)
    desk.at("2026-05-20 02:46")

    (call,) = [mail for mail in notified_of(desk) if "cy@" in mail.to]
    assert call.text.splitlines()[1] == "Acknowledge it by answering the mail."


# --- its life in the outbox


class Phone:
    """A courier for calls that answers as it is told."""

    def __init__(self, *outcomes):
        self.outcomes, self.got = list(outcomes), []

    def deliver(self, mail, *, before_dot=no_mark):
        before_dot()
        self.got.append(mail.recipient)
        return self.outcomes.pop(0) if self.outcomes else Sent("answered 200")


def is_down_unnotified(desk):
    """The laboratory sends calls by itself; here a courier of the test's does."""
    desk.laboratory.notebook.at = desk.now
    desk.laboratory.deliver = lambda: desk.laboratory.desk.deliver(desk.laboratory.notebook)
    is_down(desk)


def states(desk):
    with desk.database.read() as connection:
        rows = [row for row in outbox.rows(connection) if row.kind == "notification"]
    return {row.recipient: (row.state, row.attempts, row.copies) for row in rows}


def test_no_mail_waits_for_a_call_and_no_call_is_sent_by_who_sends_mail(desk):
    is_down_unnotified(desk)

    assert {state for state, _, _ in states(desk).values()} == {"queued"}
    assert len(desk.sent_to(BOB, "escalation")) == 1
    phone = Phone()
    assert desk.laboratory.desk.notify(phone) == 3
    assert phone.got == [*BOBS, CHANNEL]
    assert desk.laboratory.desk.notify(phone) == 0


def later(desk, **span):
    desk.laboratory.now += timedelta(**span)


def test_what_is_not_taken_is_tried_again_and_an_uncertain_one_is_repeated(desk):
    is_down_unnotified(desk)
    phone = Phone(Retry("answered 503"), Retry("its answer did not come", uncertain=True))
    desk.laboratory.desk.notify(phone)
    assert states(desk) == {BOBS[0]: ("queued", 1, 0), BOBS[1]: ("queued", 1, 1), CHANNEL: ("sent", 1, 0)}

    later(desk, seconds=61)
    desk.laboratory.desk.notify(phone)
    assert states(desk) == {BOBS[0]: ("sent", 2, 0), BOBS[1]: ("sent", 2, 1), CHANNEL: ("sent", 1, 0)}


def test_what_somebody_has_taken_meanwhile_wakes_nobody(desk):
    is_down_unnotified(desk)
    desk.reply(BOB, "#ack", to_kind="escalation")

    phone = Phone()
    desk.laboratory.desk.notify(phone)
    assert phone.got == []
    assert {state for state, _, _ in states(desk).values()} == {"dropped"}


def alerts(desk):
    with desk.database.read() as connection:
        return [row for row in outbox.rows(connection) if row.kind == "alert"]


def test_operators_hear_once_of_a_url_that_fails_and_once_that_it_works_again(desk):
    is_down_unnotified(desk)
    broken = Failed("answered 404")
    desk.laboratory.desk.notify(Phone(broken, Sent("answered 200"), Sent("answered 200")))
    assert states(desk)[BOBS[0]] == ("failed", 1, 0)
    (told,) = alerts(desk)
    assert BOBS[0] in told.raw.decode()
    assert "answered 404" in told.raw.decode()
    assert "sEcReT" not in told.raw.decode()

    for outcome in (broken, broken, Sent("answered 200"), Sent("answered 200")):
        with desk.database.write() as connection:
            number = next(row.id for row in outbox.rows(connection) if row.recipient == BOBS[0])
            outbox.add(connection, [], desk.now)
            connection.execute(
                outbox.TABLE.update()
                .where(outbox.TABLE.c.id == number)
                .values(state="queued", next_at=desk.now, attempts=0)
            )
        desk.laboratory.desk.notify(Phone(outcome))
    assert len(alerts(desk)) == 2
    assert "again" in alerts(desk)[-1].raw.decode()


def test_what_is_deferred_for_an_hour_is_given_up_and_the_operators_know_after_minutes(desk):
    is_down_unnotified(desk)
    ill = [Retry("answered 503")] * 99
    seen = {}
    for minute in range(70):
        desk.laboratory.desk.notify(Phone(*ill))
        seen[minute] = len(alerts(desk))
        later(desk, minutes=1)
    assert seen[1] == 0
    assert seen[5] == 3  # one for each URL
    assert seen[69] == 3
    assert {state for state, _, _ in states(desk).values()} == {"failed"}
    assert not desk.events("AnswerLost")


def test_a_url_that_left_the_configuration_is_called_no_more(desk):
    is_down_unnotified(desk)
    with desk.database.write() as connection:
        row = next(row for row in outbox.rows(connection) if row.recipient == BOBS[0])
        nobody = type("Nobody", (), {"notify_url": staticmethod(lambda _name: None)})
        assert notified.drop_if_over(connection, nobody, row)
    assert states(desk)[BOBS[0]][0] == "dropped"


# --- what is configured


def refused(folder, *, desk="", more=""):
    with pytest.raises(ConfigurationError) as wrong:
        open_gate(folder, desk=desk, more=more)
    assert "sEcReT" not in str(wrong.value)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("desk", "more", "expected"),
    [
        ('notify = ["http://ntfy.example/sEcReT"]\n', "", "desk.notify: expected one of ntfys://"),
        ('notify = "ntfys://ntfy.example/sEcReT"\n', "", "desk.notify: expected a list, not 'ntfys://...'"),
        (
            'notify = [{url = "ntfys://ntfy.example/sEcReT"}]\n',
            "",
            "desk.notify.1: expected text, not {'url': 'ntfys://...'}",
        ),
        ("", MORE.replace("ntfys:", "json:"), "agent.2.notify: expected one of ntfys://"),
        ("", MORE.replace("slack:", "slacks:"), "rotation.1.notify: expected one of ntfys://"),
    ],
)
def test_a_wrong_url_is_refused_and_not_repeated(tmp_path, desk, more, expected):
    assert expected in refused(tmp_path, desk=desk, more=more)


INSIDE = re.sub(r', "twilio:[^"]*"', "", MORE.replace("ntfy.example", "127.0.0.1:9"))


def test_a_host_at_a_private_address_is_refused_at_the_check_the_start_and_a_reload(tmp_path):
    """`notify_private` lets it through; neither says anything of the URL, and no name server is asked."""
    desk = open_gate(tmp_path, desk="", more=INSIDE)
    configuration = desk.rules.configuration
    with pytest.raises(ConfigurationError) as start:
        refuse_notify_urls(configuration)
    with pytest.raises(Unavailable) as check:
        beyond_mail(configuration)
    reloader = Reloader(desk.laboratory.desk)
    (tmp_path / "helpdesk.toml").touch()
    reloader.ask()
    assert not reloader.look()
    desk.laboratory.deliver()

    (edit,) = [mail.text for mail in desk.sent if mail.kind == "alert"]
    for said in (str(start.value), str(check.value), edit):
        assert "notify_private = true" in said.replace("\n", " ")
        assert BOBS[0] in said
        assert "sEcReT" not in said
        assert "127.0.0.1" not in said

    refuse_notify_urls(open_gate(tmp_path, desk="notify_private = true\n", more=INSIDE).rules.configuration)


def test_a_configuration_shows_no_url(tmp_path):
    desk = open_gate(tmp_path)

    assert "sEcReT" not in repr(desk.rules.configuration)
    assert "sEcReT" not in repr(desk.rules.configuration.notify_urls)
    assert [one.name for one in load_configuration(tmp_path / "helpdesk.toml").notify_urls] == [
        "notify:operators/1",
        *BOBS,
        CHANNEL,
    ]


def test_the_outbox_is_shown_without_a_url_and_without_the_key_of_a_link(tmp_path, desk):
    url = f"sqlite:///{tmp_path / 'helpdesk.db'}"
    from helpdesk.store import migrate  # noqa: PLC0415
    from helpdesk.store.engine import Database  # noqa: PLC0415

    is_down(desk)
    filed = Database(url)
    migrate.upgrade(filed)
    with filed.write() as connection, desk.database.read() as memory:
        rows = [dict(row._mapping) for row in memory.execute(outbox.TABLE.select()) if row.kind == "notification"]
        connection.execute(outbox.TABLE.insert(), [{**row, "case_id": None} for row in rows])
        numbers = {row["id"] for row in rows}
        texts = [dict(row._mapping) for row in memory.execute(tables.outbox_raw.select()) if row.outbox_id in numbers]
        connection.execute(tables.outbox_raw.insert(), texts)
    filed.close()
    config = ["--config", str(tmp_path / "helpdesk.toml")]
    environment = {"HELPDESK_DATABASE_URL": url}
    listed = CliRunner().invoke(app, ["outbox", "list", "--all", "--json", *config], env=environment)
    number = json.loads(listed.stdout)[0]["number"]
    shown = CliRunner().invoke(app, ["outbox", "show", str(number), *config], env=environment)

    assert [row["to"] for row in json.loads(listed.stdout)] == [*BOBS, CHANNEL]
    assert "sEcReT" not in listed.output + shown.output
    assert "/calls/1.***" in shown.output
