"""The credit statement, from the first mail of a quarter to the request: CEL-9, CEL-11, CEL-12, CEL-13, end to end."""

from __future__ import annotations

import json

import pytest

from helpdesk.errors import NotFound, Refused
from helpdesk.mail.read.parse import parse
from helpdesk.report import statement as statements
from helpdesk.report.statement import draw, statement_mail, statement_shape, statement_words
from helpdesk.store import credits as credit_store
from helpdesk.store import migrate, outbox
from helpdesk.store.engine import Database
from helpdesk.unit import Unit
from tests.celigo import AM, BEA, EMAIL, JO, LA, Terminal, celigo_desk, celigo_desk_on_disk, la
from tests.desk import ANN, LENA, OPS, STRANGER

Q3 = "2026Q3"


@pytest.fixture
def desk(tmp_path):
    return celigo_desk(tmp_path)


@pytest.fixture
def stored(tmp_path, desk_database):
    """The same over both databases, for what is written down and queried."""
    return celigo_desk(tmp_path, desk_database)


@pytest.fixture
def terminal(tmp_path, capsys):
    return Terminal(tmp_path, capsys)


@pytest.fixture
def on_disk(tmp_path, migrated_file):
    return celigo_desk_on_disk(tmp_path, migrated_file)


def drawn(desk, at="10-02 09:00", customer="acme", quarter=Q3):
    with desk.database.read() as connection:
        return draw(Unit(connection, desk.rules, la(at)), customer, quarter)


def requested(desk, at, **asked):
    with desk.database.write() as connection:
        unit = Unit(connection, desk.rules, la(at))
        return statements.request(unit, draw(unit, "acme", Q3), **asked)


def told(events):
    return [(event.ref, event.target, event.standing) for event in events]


def a_busy_quarter(desk):
    """Seven cases of Acme; worked by hand, Preferred is open from Sunday 16:00 to Friday 17:00 Pacific.

    HD-1  High, Tue 7 July 09:00. First response within 8 h, due 17:00: answered 10:00, kept.
          Follow-up within a business day from Tue 11:00, due Wed 11:00: answered Thu 12:30, late by 25 h 30 min.
    HD-2  Urgent, Fri 10 July 16:00. Within 2 h: one on Friday, one from Sunday 16:00, due Sun 17:00: answered then, kept.
    HD-3  Normal, Mon 3 August 10:00. Within 2 business days, due Wed 10:00: answered Wed 10:01, late by 1 min.
    HD-4  Low: not warranted.
    HD-5  High, by e-mail: not warranted.
    HD-6  High, Mon 17 August 09:00, excluded at 09:30: exempt.
    HD-7  High, Wed 30 September 23:00: answered 23:30, kept, and still of this quarter in California.

    So there are 5 events and 2 violations: 40 %, above 10.1 %, credit 30 % of 12,000.
    """
    desk.opens("high", "07-07 09:00")
    desk.answers("07-07 10:00")
    desk.la("07-07 11:00")
    desk.reply(JO, "It is still slow.", to_kind="relay")
    desk.answers("07-09 12:30")
    desk.opens("urgent", "07-10 16:00")
    desk.answers("07-12 17:00")
    desk.opens("normal", "08-03 10:00")
    desk.answers("08-05 10:01")
    desk.opens("low", "08-10 09:00")
    desk.answers("08-10 09:30")
    desk.opens("high", "08-11 09:00", to=EMAIL)
    desk.answers("08-13 09:30")
    desk.opens("high", "08-17 09:00")
    desk.answers("08-17 09:30", "#exclude custom-code their own script\nThis is your script.")
    desk.opens("high", "09-30 23:00")
    desk.answers("09-30 23:30")


def test_cel_9_cel_11_cel_12_a_quarter_worked_by_hand(stored):
    """CEL-9, CEL-10, CEL-11, CEL-12: see `a_busy_quarter` for the sums."""
    a_busy_quarter(stored)
    statement = drawn(stored)
    assert told(statement.counted) == [
        ("HD-1", "first_response", "met"),
        ("HD-1", "follow_up", "violated"),
        ("HD-2", "first_response", "met"),
        ("HD-3", "first_response", "violated"),
        ("HD-7", "first_response", "met"),
    ]
    assert [(event.ref, event.standing) for event in statement.events if not event.counts] == [
        ("HD-4", "not warranted"),
        ("HD-5", "not warranted"),
        ("HD-6", "exempt"),
    ]
    assert (statement.counts.violations, statement.counts.events) == (2, 5)
    assert str(statement.credit.amount) == "3600.00 EUR"


def test_cel_12_the_violations_are_told_with_date_time_and_duration(desk):
    """CEL-12: as JSON in UTC and whole seconds."""
    a_busy_quarter(desk)
    shape = statement_shape(drawn(desk))
    follow_up, normal = shape["violations"]
    assert (follow_up["case"], follow_up["target"], follow_up["late_by"]) == ("HD-1", "follow_up", 25 * 3600 + 1800)
    assert (follow_up["started_at"], follow_up["due_at"], follow_up["stopped_at"]) == (
        "2026-07-07T18:00:00+00:00",
        "2026-07-08T18:00:00+00:00",
        "2026-07-09T19:30:00+00:00",
    )
    assert (normal["case"], normal["severity"], normal["late_by"]) == ("HD-3", "Normal", 60)
    assert shape["share"] == {"violations": 2, "events": 5, "percent": "40"}
    assert shape["credit"] == {
        "percent": "30",
        "fee": "12000.00 EUR",
        "amount": "3600.00 EUR",
        "paid_up": True,
        "because": None,
    }


def test_cel_12_one_violation_in_twenty_five_is_four_percent_and_gives_ten(desk):
    """CEL-12: on the dot of a band, through the whole desk. 24 answers in time, one 61 minutes late."""
    for number in range(24):
        day, hour = 3 + number // 12, 6 + number % 12
        desk.opens("high", f"08-{day:02d} {hour:02d}:00")
        desk.answers(f"08-{day:02d} {hour:02d}:10")
    desk.opens("urgent", "08-11 09:00")
    desk.answers("08-11 12:01")
    statement = drawn(desk)
    assert (len(statement.violations), len(statement.counted)) == (1, 25)
    assert (statement.credit.percent, str(statement.credit.amount)) == (10, "1200.00 EUR")


def test_a_case_belongs_to_the_quarter_in_which_it_was_received_in_california(desk):
    desk.opens("high", "06-30 23:30")
    desk.answers("07-09 12:00")  # late, and in July
    desk.opens("high", "09-30 23:30")
    desk.opens("high", "10-01 00:00")
    assert told(drawn(desk, quarter="2026Q2").violations) == [("HD-1", "first_response", "violated")]
    assert {event.ref for event in drawn(desk).events} == {"HD-2"}
    assert {event.ref for event in drawn(desk, quarter="2026Q4").events} == {"HD-3"}


def test_cel_11_essential_has_no_warranty_and_so_no_events(desk):
    """CEL-11"""
    desk.opens("urgent", "07-07 09:00", sender=BEA)
    desk.answers("07-09 09:00")
    statement = drawn(desk, customer="brick")
    assert (statement.counted, statement.credit.percent) == ((), 0)
    assert statement.events[0].because == ("the plan Essential is not warranted",)


def test_a_milder_severity_after_the_breach_takes_no_violation_back(desk):
    """What was owed when it was broken is owed."""
    desk.opens("urgent", "07-07 09:00")  # due 11:00
    desk.answers("07-07 12:00", "#severity low\nIt is cosmetic.")
    (violation,) = drawn(desk).violations
    assert (violation.severity, violation.late_by.total_seconds()) == ("Urgent", 3600)


# --- CEL-13: the request


def test_cel_13_a_request_is_recorded_once_a_quarter(stored):
    """CEL-13: with what the statement said, however the cases go on."""
    stored.opens("urgent", "07-07 09:00")
    stored.answers("07-07 12:00")
    made = requested(stored, "10-07 23:59")
    assert made.requested_at == la("10-07 23:59")
    assert drawn(stored, at="11-01 09:00").requested_at == la("10-07 23:59")
    with pytest.raises(Refused, match="one request a quarter"):
        requested(stored, "10-07 23:59")
    with stored.database.read() as connection:
        kept = credit_store.find(connection, "acme", "2026Q3")
    assert (kept.events, kept.violations, kept.percent, kept.amount) == (1, 1, "30", "3600.00 EUR")


def test_cel_13_requests_are_refused_outside_their_window(desk):
    """CEL-13: and the refusal says until when."""
    with pytest.raises(Refused, match="not over yet"):
        requested(desk, "09-30 23:59")
    with pytest.raises(Refused, match="until the end of 2026-10-07"):
        requested(desk, "10-08 00:00")
    assert drawn(desk).requested_at is None


def test_cel_13_only_who_has_paid_gets_a_credit(tmp_path):
    """CEL-13"""
    desk = celigo_desk(tmp_path, paid_up=False)
    desk.opens("urgent", "07-07 09:00")
    desk.answers("07-07 12:00")
    statement = drawn(desk)
    assert (statement.credit.percent, str(statement.credit.amount)) == (30, "0.00 EUR")
    with pytest.raises(Refused, match="paid up"):
        requested(desk, "10-02 09:00")
    assert drawn(desk).requested_at is None


def test_cel_13_a_request_for_one_quarter_leaves_the_others_open(desk):
    """CEL-13: one a quarter, not one for ever."""
    requested(desk, "10-02 09:00")
    assert drawn(desk, at="12-31 09:00", quarter="2026Q4").requested_at is None


# --- the evidence


def test_cel_13_the_statement_reads_as_evidence_in_the_customers_zone(tmp_path):
    """CEL-13: dates, times and durations, on the customer's wall clock."""
    desk = celigo_desk(tmp_path, timezone="Europe/Berlin")
    a_busy_quarter(desk)
    words = statement_words(drawn(desk), desk.rules)
    assert words.subject == "Service level statement 2026Q3 for Acme: 2 of 5 events violated"
    lines = [" ".join(line.split()) for line in words.text.splitlines()]
    for line in (
        "Share: 40 % (2 of 5)",
        "Credit: 30 % of 12000.00 EUR: 3600.00 EUR",
        "Request by: the end of Wednesday, 2026-10-07",
        "Case: HD-1 Flow of 07-07 09:00",
        "Promised: follow-up within 1 business day (High)",
        "Received: Tue 7 Jul 2026, 20:00 CEST",
        "Due: Wed 8 Jul 2026, 20:00 CEST",
        "Answered: Thu 9 Jul 2026, 21:30 CEST",
        "Late by: 25:30:00 of open time",
    ):
        assert line in lines
    assert "HD-5, first response (High), not warranted" in words.text


def test_a_subject_that_a_customer_wrote_cannot_steer_the_statement(tmp_path):
    """C11: no control characters, no template, no layout of its own."""
    desk = celigo_desk(tmp_path)
    desk.la("07-07 09:00")
    desk.mail(JO, "{{ 7*7 }} \x1b[31m\ue000> quote", "It fails.", to="online@celigo.example")
    desk.la("09-01 09:00")
    text = statement_words(drawn(desk), desk.rules).text
    assert "{{ 7*7 }}" in text
    assert "\x1b" not in text
    assert "\ue000" not in text


def test_cel_13_the_mail_goes_to_people_whom_the_customers_entry_or_the_desk_names(desk):
    """CEL-13: to nobody else, and never to a stranger."""
    desk.opens("urgent", "07-07 09:00")
    desk.answers("07-07 12:00")
    statement = drawn(desk)
    for reader in (AM, OPS, JO):
        mail = statement_mail(statement, desk.rules, reader.upper())
        assert (mail.kind, mail.recipient, mail.mail_from) == ("statement", reader, "")
        read = parse(mail.raw)
        assert read.senders[0].address == "online@celigo.example"
        assert "3600.00 EUR" in read.text
        assert read.header("Auto-Submitted")
    for stranger in (STRANGER, ANN, LENA):
        with pytest.raises(Refused, match=f"goes to {AM}, {JO}, {OPS}, not to"):
            statement_mail(statement, desk.rules, stranger)


def test_a_policy_without_credits_has_no_statement(tmp_path):
    desk = celigo_desk(tmp_path, policy="cloudextend", plan="essential")
    with pytest.raises(NotFound, match="gives no credits"):
        drawn(desk)


# --- the command


def test_the_command_prints_json_that_can_be_computed_with(on_disk, terminal):
    a_busy_quarter(on_disk)
    ran = terminal.run("credits", "--customer", "acme", "--quarter", "2026q3", "--json", at=la("10-02 09:00"))
    shape = json.loads(ran.out)
    assert (ran.code, shape["quarter"], shape["credit"]["amount"]) == (0, "2026Q3", "3600.00 EUR")
    assert shape["request"]["closes_on"] == "2026-10-07"
    assert shape["timezone"] == LA


def test_cel_13_the_command_records_mails_and_writes_in_one_go(on_disk, terminal, tmp_path):
    """CEL-13: the request is on the record, the mail in the outbox, the file can be sent as it is."""
    a_busy_quarter(on_disk)
    file = tmp_path / "acme.eml"
    asked = ("credits", "--customer", "acme", "--quarter", "2026Q3", "--request", "--mail", AM, "--output", str(file))
    ran = terminal.run(*asked, at=la("10-02 09:00"))
    assert ran.code == 0, ran.err
    assert "Requested:      Fri 2 Oct 2026, 09:00 PDT" in ran.out
    assert "Requested:      Fri 2 Oct 2026, 09:00 PDT" in parse(file.read_bytes()).text
    with on_disk.database.read() as connection:
        (row,) = [row for row in outbox.rows(connection) if row.kind == "statement"]
    assert (row.recipient, row.state, row.raw) == (AM, "queued", file.read_bytes())
    on_disk.la("10-02 09:00")
    assert on_disk.last(AM).kind == "statement"


def test_cel_13_a_second_or_late_request_ends_with_1_and_sends_nothing(on_disk, terminal):
    """CEL-13"""
    asked = ("credits", "--customer", "acme", "--quarter", "2026Q3", "--request")
    assert terminal.run(*asked, at=la("10-02 09:00")).code == 0
    again = terminal.run(*asked, "--mail", AM, at=la("10-02 10:00"))
    late = terminal.run(*asked, at=la("11-02 09:00"))
    assert (again.code, late.code) == (1, 1)
    assert "one request a quarter" in again.err
    assert "until the end of 2026-10-07" in late.err
    with on_disk.database.read() as connection:
        assert not [row for row in outbox.rows(connection) if row.kind == "statement"]


def test_a_mail_that_is_refused_takes_the_request_back_with_it(on_disk, terminal):
    """All or nothing: otherwise the one request of the quarter would be gone without a trace at the customer's."""
    asked = ("credits", "--customer", "acme", "--quarter", "2026Q3", "--request", "--mail", STRANGER)
    assert terminal.run(*asked, at=la("10-02 09:00")).code == 1
    assert drawn(on_disk).requested_at is None


@pytest.mark.parametrize(
    ("customer", "quarter", "problem"),
    [("nobody", "2026Q3", "there is no customer 'nobody'"), ("acme", "2026-3", "a quarter such as 2026Q3")],
)
def test_wrong_use_ends_with_2_and_says_what_was_expected(on_disk, terminal, customer, quarter, problem):
    ran = terminal.run("credits", "--customer", customer, "--quarter", quarter, at=la("10-02 09:00"))
    assert ran.code == 2
    assert problem in ran.err


# --- the table


def test_the_table_of_requests_comes_with_its_migration_and_keeps_what_there_is(empty_url):
    """Revision 0002: data of 0001 is carried across, and both ways lead to the same schema."""
    database = Database(empty_url)
    try:
        migrate.upgrade(database, "0001")
        with database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO policy_version (version, policy, name, text, stored_at) "
                "VALUES ('v1', 'celigo', 'celigo.toml', 'key', '2026-07-01 00:00:00+00')"
            )
        migrate.upgrade(database)
        assert migrate.differences(database) == []
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT version FROM policy_version").scalars().all() == ["v1"]
            assert connection.exec_driver_sql("SELECT count(*) FROM credit_request").scalar_one() == 0
    finally:
        database.close()
