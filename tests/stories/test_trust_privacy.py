"""What stays in the team stays there: notes, agents' addresses, secrets of the desk (threats P01 to P04)."""

from __future__ import annotations

import io
from dataclasses import fields
from datetime import timedelta

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from helpdesk import log
from helpdesk.core.words.message import Envelope
from helpdesk.desk import load_rules
from helpdesk.mail.write.compose import Letter
from helpdesk.store.spool import Accepted
from tests.desk import ANN, BOB, JO, KIM, LENA, LOGIK, OPS, STRANGER, UTE, TestDesk, write_office
from tests.memory import in_memory, take_back
from tests.soak import amount

STAFF = {ANN, BOB, LENA, OPS, "ann.berg@home.example"}
AGENTS = st.sampled_from([ANN, BOB, LENA])
CUSTOMERS = st.sampled_from([JO, KIM, UTE])


class Team(RuleBasedStateMachine):
    """Customers, agents and strangers do what they do; whatever is internal carries a canary."""

    office = None  # what the operator wrote
    steps = 0  # of all runs

    @initialize()
    def opens(self) -> None:
        self.desk = TestDesk(self.office, in_memory())
        self.said, self.looked_at = 0, 0
        self.desk.mail(JO)

    def internal(self) -> str:
        self.said += 1
        return f"INTERNAL-{self.said}-CANARY"

    def got(self, address: str) -> bool:
        return bool(self.desk.sent_to(address))

    @rule(who=CUSTOMERS, cc=st.sampled_from(["", KIM, UTE, STRANGER]))
    def a_customer_opens_a_case(self, who, cc):
        self.desk.mail(who, "The rules", "No rule fires.", cc="" if cc == who else cc)

    @rule(who=st.sampled_from([JO, KIM, UTE, STRANGER]), cc=st.sampled_from(["", KIM, STRANGER]), quote=st.booleans())
    def a_customer_answers(self, who, cc, quote):
        if self.got(who):
            self.desk.reply(who, "It still fails.", cc="" if cc == who else cc, quote=quote)

    @rule(who=AGENTS, quote=st.booleans())
    def an_agent_notes(self, who, quote):
        if self.got(who):
            self.desk.reply(who, f"#note\n{self.internal()}", quote=quote)

    @rule(
        who=AGENTS,
        order=st.sampled_from(["#close", "#resolve", "#reopen", "#wait 1d", "#severity critical", "#exclude x"]),
    )
    def an_agent_orders_with_a_note(self, who, order):
        if self.got(who):
            self.desk.reply(who, f"{order}\n#note\n{self.internal()}")

    @rule(who=AGENTS)
    def an_agent_makes_a_mistake(self, who):
        if self.got(who):
            self.desk.reply(who, f"#nonsense\n{self.internal()}")

    @rule(who=AGENTS)
    def an_agent_answers_the_desk_itself(self, who):
        echoes = self.desk.sent_to(who, "echo")
        if echoes and "Nothing was changed" not in echoes[-1].text:
            self.desk.reply(who, f"Thanks, desk. {self.internal()}", to_kind="echo")

    @rule(who=AGENTS, how=st.sampled_from(["add", "remove"]), person=st.sampled_from([KIM, UTE, STRANGER, BOB]))
    def an_agent_says_who_is_on_the_case(self, who, how, person):
        if self.got(who):
            self.desk.reply(who, f"#cc {how} {person}\n#note\n{self.internal()}")

    @rule(
        who=AGENTS,
        order=st.sampled_from(
            ["#kind question", "#area rule", "#snooze 3h", "#link HD-1", "#merge HD-2", "#merge HD-1"]
        ),
    )
    def an_agent_puts_a_case_right_with_a_note(self, who, order):
        if self.got(who):
            self.desk.reply(who, f"{order}\n#note\n{self.internal()}")

    @rule(who=AGENTS, to=AGENTS)
    def an_agent_hands_over_with_a_note(self, who, to):
        if self.got(who):
            self.desk.reply(who, f"#assign {to}\n#note\n{self.internal()}")

    @rule(who=AGENTS, quote=st.booleans(), signed=st.booleans())
    def an_agent_answers(self, who, quote, signed):
        if self.got(who):
            self.desk.reply(who, "We are on it." + (f"\n\n-- \n{who}" if signed else ""), quote=quote)

    @rule(who=AGENTS)
    def an_agent_is_away(self, who):
        if self.got(who):
            self.desk.reply(who, f"I am away. {self.internal()}", headers={"Auto-Submitted": "auto-replied"})

    @rule(who=AGENTS, by=st.sampled_from([JO, STRANGER, BOB]))
    def an_agents_mail_is_forwarded_and_answered(self, who, by):
        if self.got(who) and by != who:
            self.desk.reply(by, f"What is this? {self.internal() if by in STAFF else ''}", holder=who, quote=True)

    @rule(who=AGENTS)
    def somebody_writes_in_an_agents_name(self, who):
        self.desk.mail(f"Ann <{who}>", "Re: The rules [HD-1]", self.internal())

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours):
        self.desk.laboratory.advance(self.desk.now + timedelta(hours=hours), inclusive=True)

    @invariant()
    def nothing_internal_left_the_team(self):
        Team.steps += 1
        mails = self.desk.laboratory.notebook.mails
        for _, mail, message in mails[self.looked_at :]:
            if mail.recipient not in STAFF:
                whole = mail.raw + message.text.encode()
                assert b"INTERNAL-" not in whole, mail.recipient
                assert not any(address.encode() in whole for address in STAFF), mail.recipient
        self.looked_at = len(mails)

    def teardown(self) -> None:
        take_back()


def run(rules, *, examples: int, steps: int) -> None:
    Team.office = rules
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Team, settings=how)


def test_no_note_and_no_agents_address_ever_reaches_a_customer(rules):
    """P01, P02: whatever the team and the customers do, in any order."""
    run(rules, examples=4, steps=12)


@pytest.mark.slow
@pytest.mark.soak
def test_no_note_and_no_agents_address_ever_reaches_a_customer_at_length(rules):
    """P01, P02: some four hundred steps, and a hundred thousand in `make soak`."""
    Team.steps = 0
    wanted = amount(400, 100_000)
    run(rules, examples=wanted // 40, steps=40)
    assert Team.steps > wanted * 0.8


@pytest.fixture
def desk(story_databases, request, rules) -> TestDesk:
    """In memory only: what is written is decided before anything is stored."""
    return TestDesk(rules, story_databases.of("memory", request))


def test_no_byte_of_a_customers_mail_names_an_agents_address(desk):
    """P02: not in From, Reply-To, Message-ID, References, envelope, quotes or signatures, on any kind of mail."""
    desk.mail(JO, body="Priority: Critical\n\nAll is down.", cc=KIM)
    desk.reply("ann.berg@home.example", f"Call me.\n\n-- \nAnn, {ANN}, ann.berg@home.example", holder=ANN, quote=True)
    desk.reply(JO, "Whom?", to_kind="relay", quote=True)
    desk.reply(ANN, f"Me: ANN@desk.example, or <{BOB}>.\n#severity low", to_kind="customer-message")
    desk.reply(ANN, "#resolve\nDone.", to_kind="customer-message")

    theirs = [mail for mail in desk.sent if mail.to in {JO, KIM}]
    assert {mail.kind for mail in theirs} >= {"ack", "relay", "closed"}
    for mail in theirs:
        whole = (mail.raw + mail.envelope_from.encode() + mail.text.encode()).lower()
        assert b"desk.example" not in whole, mail.kind
        assert b"home.example" not in whole, mail.kind


def test_whoever_was_on_blind_copy_is_no_participant_and_gets_nothing(desk):
    """P03"""
    desk.mail(JO, headers={"Bcc": STRANGER}, cc=KIM)
    desk.reply(ANN, "Hello both.")

    assert [person.address for person in desk.case().participants] == [KIM]
    assert desk.sent_to(STRANGER) == []


def test_each_reader_gets_a_mail_of_their_own_and_sees_nobody_else(desk):
    """P03: one envelope a recipient, no Bcc and no Cc header, and a reply address that is theirs alone."""
    desk.mail(JO, cc=f"{KIM}, lee@acme.example")
    desk.reply(ANN, "Hello all.")

    relays = [mail for mail in desk.sent if mail.kind == "relay"]
    assert [mail.to for mail in relays] == [JO, KIM, "lee@acme.example"]
    assert len({mail.reply_to for mail in relays}) == 3
    for mail in relays:
        assert [person.address for person in mail.message.to] == [mail.to]
        assert mail.message.header("Cc") == mail.message.header("Bcc") == ""


def test_a_letter_has_no_place_for_a_blind_copy():
    """P03: nor for header fields of anybody's choice."""
    assert not {"bcc", "headers"} & {field.name for field in fields(Letter)}


@pytest.fixture
def logged():
    """All that is logged, as it is written for programs."""
    lines = io.StringIO()
    processors = log._chain(json=True)
    structlog.configure(
        processors=processors, wrapper_class=structlog.BoundLogger, logger_factory=structlog.PrintLoggerFactory(lines)
    )
    yield lines
    structlog.reset_defaults()
    log.quiet()


def test_what_the_desk_logs_and_tells_its_operators_holds_no_words_of_mails_and_no_secret(
    tmp_path, logged, story_databases, request
):
    """P04: canaries in the mail and the keys; also where the database refuses a mail three times."""
    body, subject, key = "BODY-CANARY", "SUBJECT-CANARY", "KEY-CANARY-" + "k" * 30
    (tmp_path / "secret").write_text(key, encoding="ascii")
    rules = load_rules(write_office(tmp_path), environment={})
    desk = TestDesk(rules, story_databases.of("memory", request))
    desk.mail(JO, subject, body)
    desk.reply(ANN, f"#nonsense {body}")
    with desk.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_more BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    try:
        raw = f"From: {KIM}\r\nTo: {LOGIK}\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode()
        desk.laboratory.desk.accept([Accepted(LOGIK, raw, Envelope(KIM, (LOGIK,)), "smtp", desk.now)])
        for _ in range(12):
            desk.laboratory.desk.work()
            desk.laboratory.now += timedelta(minutes=1)
    finally:
        with desk.database.write() as connection:
            connection.exec_driver_sql("DROP TRIGGER no_more")
    desk.laboratory.deliver()

    told = desk.last(OPS, "alert")
    assert "was set aside" in told.subject
    for canary in (body, subject, key):
        assert canary not in told.text
        assert canary not in logged.getvalue()
    assert "could not be worked" in logged.getvalue()
    assert not any(key.encode() in mail.raw for mail in desk.sent)
    assert key not in repr(rules)
