"""A monitor tells of a problem, tells of it again, and tells that it is over: all of that is one case."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from helpdesk.desk import load_rules
from helpdesk.shipped import shipped
from helpdesk.store.tables import metadata
from tests.desk import ANN, JO, KEY, KIM, LOGIK, TestDesk, write_office

NAGIOS = "nagios@acme.example"
PROBLEM = "Notification Type: PROBLEM\nService: {service}\nHost: {host}\nState: {state}\n\n{info}"
RECOVERY = "Notification Type: RECOVERY\nService: {service}\nHost: {host}\nState: OK\n\nHTTP OK"


def fails(desk, *, host="web1", service="HTTP", state="CRITICAL", info="Connection refused", from_=NAGIOS, **how):
    subject = f"** PROBLEM Service Alert: {host}/{service} is {state} **"
    return desk.mail(from_, subject, PROBLEM.format(host=host, service=service, state=state, info=info), **how)


def recovers(desk, *, host="web1", service="HTTP", from_=NAGIOS, **how):
    subject = f"** RECOVERY Service Alert: {host}/{service} is OK **"
    return desk.mail(from_, subject, RECOVERY.format(host=host, service=service), **how)


def told(desk):
    """The subjects that the agent of the case got from the monitor, without case number and due time."""
    mails = desk.sent_to(ANN, "customer-message")
    return [mail.subject.split("] ")[1].split(" · ")[0] for mail in mails]


def states(desk, number=1):
    return [event.state for event in desk.events("monitored", number=number)]


def test_a_recovery_is_told_on_the_case_of_its_problem_and_ends_nothing(desk):
    fails(desk)
    desk.at("2026-05-19 09:40")
    became = recovers(desk)

    assert (became.outcome, became.case) == ("appended", 1)
    assert desk.case_numbers() == [1]
    assert (states(desk), desk.case().status, desk.state()) == (["problem", "recovered"], "open", "running")
    assert told(desk) == ["RECOVERED"]
    assert "The case stays open and its clocks run on" in " ".join(desk.last(ANN).text.split())
    assert "> HTTP OK" in desk.last(ANN).text


def test_a_problem_that_is_repeated_is_counted_and_nobody_is_mailed(desk):
    fails(desk)
    before = len(desk.sent)
    for _ in range(5):
        assert fails(desk).case == 1

    assert len(desk.sent) == before
    assert states(desk) == ["problem"] * 6


def test_whoever_keeps_the_case_hears_that_it_fails_again(desk):
    fails(desk)
    recovers(desk)
    recovers(desk)  # said twice, told once
    fails(desk)
    fails(desk)

    assert desk.case_numbers() == [1]
    assert told(desk) == ["RECOVERED", "FAILS AGAIN"]


def test_whoever_keeps_the_case_hears_that_it_is_worse(desk):
    fails(desk, service="disk", state="WARNING", info="DISK WARNING - free space: / 9 %")
    assert fails(desk, service="disk", state="CRITICAL", info="DISK CRITICAL - free space: / 1 %").case == 1

    assert told(desk) == ["WORSE"]
    assert desk.case().rank == 3  # the label is the agent's to change
    assert 'first line "#severity" changes it' in desk.last(ANN).text


def test_another_thing_another_monitor_and_another_mailbox_are_cases_of_their_own(desk):
    fails(desk)
    assert recovers(desk, host="web2").case == 2
    assert recovers(desk, service="SSH").case == 3
    assert recovers(desk, from_="nagios@orion.example").case == 4
    assert recovers(desk, to="support@threekit.example").case == 5
    assert states(desk) == ["problem"]


def test_a_recovery_without_a_known_problem_opens_a_case_and_no_problem_joins_that(desk):
    """It opened as something that is over; a problem needs a severity and clocks of its own."""
    assert recovers(desk).outcome == "opened"
    assert (fails(desk).outcome, fails(desk).case) == ("opened", 2)
    assert recovers(desk).case == 2


def test_a_recovery_after_the_end_is_on_the_record_and_opens_nothing_again(desk):
    fails(desk)
    desk.reply(ANN, "#close\nRestarted.")
    before = len(desk.sent)
    desk.at("2026-05-19 10:30")
    became = recovers(desk)

    assert (became.outcome, became.case) == ("appended", 1)
    assert (desk.case().status, states(desk)) == ("closed", ["problem", "recovered"])
    assert len(desk.sent) == before
    assert desk.state() == "met"


def test_a_problem_after_the_end_opens_a_new_case_that_says_what_it_follows(desk):
    fails(desk)
    desk.reply(ANN, "#close\nRestarted.")
    became = fails(desk)

    assert (became.outcome, became.case) == ("opened", 2)
    assert desk.case(2).links == ("HD-1",)
    assert recovers(desk).case == 2


def test_a_recovery_long_after_the_end_opens_a_case(desk):
    """The policy's `reopen_within_days` says for how long a mail belongs to a case that is over."""
    fails(desk)
    desk.reply(ANN, "#close\nRestarted.")
    desk.at("2026-06-09 10:00")

    assert recovers(desk).case == 2


def test_a_wait_goes_on_whatever_the_monitor_says(desk):
    fails(desk)
    desk.reply(ANN, "#wait 3d\nWe watch it.")
    fails(desk)
    recovers(desk)

    assert desk.case().status == "waiting"
    assert states(desk) == ["problem", "problem", "recovered"]


def test_a_monitors_own_number_joins_what_its_words_do_not(desk):
    """Zabbix: the subject of the recovery may be worded as its owner likes."""
    text = "Problem started at 10:01:00 on 2026.05.19\nProblem name: {}\nHost: db1\nOriginal problem ID: 4711"
    desk.mail(NAGIOS, "Problem: Replication lag is 312 s", text.format("Replication lag is 312 s"))
    text = "Problem has been resolved at 10:06:00 on 2026.05.19\nProblem name: {}\nHost: db1\nOriginal problem ID: 4711"
    assert desk.mail(NAGIOS, "Resolved: lag", text.format("lag")).case == 1


def test_a_merged_case_is_told_of_where_it_is_answered(desk):
    fails(desk)
    desk.mail(JO)
    assigned = next(mail for mail in desk.sent if "[HD-1]" in mail.subject and mail.kind == "assigned")
    desk.receive(desk.reply_to(assigned, ANN, "#merge HD-2"))
    assert desk.case(1).merged_into == "HD-2"
    became = recovers(desk)

    assert became.case == 2
    assert states(desk, 2) == ["recovered"]


def test_a_person_who_writes_of_the_same_thing_opens_a_case(desk):
    fails(desk)
    text = "Hi, is web1/HTTP is CRITICAL still a problem for you? We see errors, please help. Thanks, Jo"
    assert desk.mail(NAGIOS, "web1/HTTP is CRITICAL", text).case == 2


def test_terse_words_of_a_person_are_never_taken_for_repetition(desk):
    """No greeting, a monitor's name, and the very subject of last time: all the same somebody is to read it."""
    for body in ("Grafana shows nothing.", "Grafana shows nothing, now for all of the users."):
        desk.mail(JO, "Problem: Grafana is DOWN", body)

    assert desk.case_numbers() == [1, 2]
    assert len([mail for mail in desk.sent if mail.kind == "assigned"]) == 2


def test_nobody_is_known_by_two_from_addresses(desk):
    """Who is not one sender is no monitor that we know."""
    fails(desk, from_=f"{NAGIOS}, {JO}")
    assert recovers(desk, from_=f"{NAGIOS}, {JO}").case == 2


def test_the_names_of_an_erased_case_are_forgotten(desk):
    fails(desk)
    desk.reply(ANN, "#redact")

    with desk.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(metadata.tables["watched"])).scalar() == 0
    assert recovers(desk).case == 2


# --- nobody reads the mail that a monitor gets


def foot(mail):
    return " ".join(mail.text.rpartition("-- \n")[2].split())


FIRING = "alertname = HighLatency\ninstance = web1\nseverity = critical"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "** PROBLEM Service Alert: web1/HTTP is CRITICAL **",
            PROBLEM.format(host="web1", service="HTTP", state="CRITICAL", info=""),
        ),
        ("[FIRING:1] HighLatency web1", FIRING),
    ],
)
def test_what_does_not_say_that_it_is_automatic_is_not_acknowledged_either(desk, subject, text):
    """RFC 3834 section 2: few monitors say what they are."""
    assert desk.mail(NAGIOS, subject, text).outcome == "opened"

    assert desk.kinds_to(NAGIOS) == []
    assert desk.events("acknowledged")[0].because == "nothing automatic is answered automatically"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Problem: the login", "The login is down."),
        ("Problem: Grafana is DOWN", "Grafana shows nothing."),
        ("Fwd: [FIRING:1] HighLatency web1", f"See below.\n\n{FIRING}"),
        ("Re: [FIRING:1] HighLatency web1", "It fires again."),
    ],
)
def test_a_person_is_acknowledged_and_answered_however_terse(desk, subject, text):
    desk.mail(JO, subject, text)
    desk.reply(ANN, "We are on it.", to_kind="assigned")

    assert desk.kinds_to(JO) == ["ack", "relay"]
    assert "your text goes to the customer" in foot(desk.last(ANN, "assigned"))


def test_what_an_agent_writes_on_a_monitors_case_stays_in_the_team_and_counts_as_the_answer(desk):
    fails(desk)
    desk.reply(ANN, "The disk is being replaced. SECRET-CANARY", to_kind="assigned")

    assert desk.kinds_to(NAGIOS) == []
    assert desk.state() == "met"
    assert desk.last(ANN, "echo").subject.startswith("[HD-1] done: kept in the team, and counts as the answer")


@pytest.mark.parametrize(("order", "status"), [("#resolve", "resolved"), ("#close", "closed")])
def test_the_end_of_a_monitors_case_is_told_to_nobody(desk, order, status):
    fails(desk)
    desk.reply(ANN, f"{order}\nRestarted.", to_kind="assigned")

    assert (desk.case().status, desk.state()) == (status, "met")
    assert desk.kinds_to(NAGIOS) == []
    assert "nobody is told: a monitor reads no mail" in " ".join(desk.last(ANN, "echo").text.split())


def test_every_mail_about_a_monitors_case_says_the_same_of_where_a_reply_goes(desk):
    fails(desk)
    recovers(desk)
    fails(desk)
    desk.at("2026-05-21 09:15")
    desk.reply(ANN, "#severity low", to_kind="assigned")

    mails = [mail for mail in desk.sent_to(ANN) if "First lines that begin with #" in foot(mail)]
    assert {"assigned", "customer-message", "warning", "breach", "echo"} <= {mail.kind for mail in mails}
    assert len({foot(mail) for mail in mails}) == 1
    assert foot(mails[0]).startswith("Reply and your text stays in the team: the case came from a monitor")


def test_whoever_is_brought_in_is_answered_and_the_monitor_is_not(desk):
    fails(desk)
    desk.reply(ANN, f"#cc add {KIM}\nWeb1 is being replaced.", to_kind="assigned")
    recovers(desk)
    assert "your text goes to the customer" in foot(desk.last(ANN, "customer-message"))
    desk.reply(ANN, "#resolve\nIt has a new disk.", to_kind="customer-message")

    assert desk.kinds_to(KIM) == ["relay", "closed"]
    assert desk.kinds_to(NAGIOS) == []


def test_with_answer_it_is_sent_to_the_address_all_the_same(desk):
    """What looks like a monitor's may be a person's after all."""
    fails(desk)
    desk.reply(ANN, "#answer\nDo you read this?", to_kind="assigned")

    assert "Do you read this?" in desk.last(NAGIOS, "relay").text


def test_the_customer_of_a_case_that_went_into_a_monitors_is_answered(desk):
    fails(desk)
    desk.mail(JO)
    assigned = next(mail for mail in desk.sent if "[HD-2]" in mail.subject and mail.kind == "assigned")
    desk.receive(desk.reply_to(assigned, assigned.to, "#merge HD-1"))
    first = next(mail for mail in desk.sent if "[HD-1]" in mail.subject and mail.kind == "assigned")
    desk.receive(desk.reply_to(first, first.to, "We replace its disk."))
    desk.receive(desk.reply_to(first, first.to, "#resolve\nWeb1 has a new disk."))

    assert "We replace its disk." in desk.last(JO, "relay").text
    assert "Web1 has a new disk." in desk.last(JO, "closed").text
    assert desk.kinds_to(NAGIOS) == []


PASS = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\r\n"
FAIL = b"Authentication-Results: mx.desk.example; dmarc=fail header.from=acme.example\r\n"


@pytest.fixture
def guarded(tmp_path, desk_database):
    """The same desk behind a border that writes Authentication-Results."""
    office = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    return TestDesk(load_rules(office, environment={}, signing_key=KEY), desk_database)


def _mail(desk, proof, subject, text):
    head = f"From: {NAGIOS}\r\nTo: {LOGIK}\r\nSubject: {subject}\r\nMessage-ID: {desk.laboratory.message_id()}\r\n"
    return desk.receive(proof + f"{head}Date: {desk.now:%a, %d %b %Y %H:%M:%S +0000}\r\n\r\n{text}\r\n".encode())


@pytest.mark.parametrize("proof", [b"", FAIL])
def test_a_recovery_that_anybody_could_have_written_is_not_told_on_the_case(guarded, proof):
    """A01, A10: what is believed of an outage needs the proof that an agent's word does."""
    down, up = "** PROBLEM Host Alert: web1 is DOWN **", "** RECOVERY Host Alert: web1 is UP **"
    _mail(guarded, PASS, down, "Notification Type: PROBLEM\nHost: web1\nState: DOWN")
    forged = _mail(guarded, proof, up, "Notification Type: RECOVERY\nHost: web1\nState: UP")

    assert (forged.outcome, forged.case) == ("opened", 2)
    assert states(guarded) == ["problem"]
    assert "authentication result" in guarded.events("opened", number=2)[0].because
    assert _mail(guarded, PASS, up, "Notification Type: RECOVERY\nHost: web1\nState: UP").case == 1


def test_where_the_desk_asks_for_no_proof_a_case_of_a_proven_mail_still_does(tmp_path, desk_database):
    office = write_office(tmp_path, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\nrequire_authentication = "never"\n'))
    desk = TestDesk(load_rules(office, environment={}, signing_key=KEY), desk_database)
    down, up = "** PROBLEM Host Alert: web1 is DOWN **", "** RECOVERY Host Alert: web1 is UP **"
    _mail(desk, b"", down, "Notification Type: PROBLEM\nHost: web1\nState: DOWN")
    assert _mail(desk, PASS, down, "Notification Type: PROBLEM\nHost: web1\nState: DOWN").case == 1
    assert _mail(desk, b"", up, "Notification Type: RECOVERY\nHost: web1\nState: UP").case == 2


def test_a_policy_may_end_what_recovered_by_itself(tmp_path, desk_database):
    (tmp_path / "policies").mkdir()
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    text = text.replace("[lifecycle]\n", "[lifecycle]\nresolve_recovered = true\n")
    (tmp_path / "policies" / "logik.toml").write_text(text, encoding="utf-8")
    office = write_office(tmp_path)
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\npolicies = "policies"\n'))
    desk = TestDesk(load_rules(office, environment={}, signing_key=KEY), desk_database)
    fails(desk)
    recovers(desk)

    assert desk.case().status == "resolved"
    assert desk.facts("resolved")[0] == {"because": "the monitor says that it has recovered"}
    assert "it is resolved, as the policy says" in " ".join(desk.last(ANN).text.split())
    assert desk.kinds_to(NAGIOS) == []

    fails(desk, host="web2")
    desk.reply(desk.case(2).assignee, "We are on it.")
    recovers(desk, host="web2")
    assert desk.case(2).status == "open"
