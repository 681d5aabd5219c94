"""Addresses that few servers take are read, kept and shown; who cannot be written to costs nobody else their mail."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpdesk.core.words.addresses import unwritable
from helpdesk.desk import load_rules
from helpdesk.mail.read.parse import parse
from helpdesk.store import outbox, spool
from helpdesk.wires import smtp_syntax
from tests.desk import ANN, JO, KEY, KIM, LOGIK, TestDesk, write_office
from tests.memory import in_memory, take_back
from tests.soak import amount

ODD = [
    "mei..lin@keitai.example",
    ".rita.@keitai.example",
    '"rita."@keitai.example',
    '"rita o"@keitai.example',
    '"ri\\"ta"@keitai.example',
    "jörg@acme.example",
    "😀@acme.example",
    "rita@mail_7",
    "rita@[192.0.2.1]",
    "rita@acme.example.",
    f"{'r' * 70}@acme.example",
    f"rita@{'a' * 70}.example",
    f"rita@{'acme.' * 52}example",
    "rita@-acme.example",
    "rita@acme..example",
    "ri\x01ta@acme.example",
    "ri\u202eta@acme.example",
]


def rows(desk: TestDesk, address: str) -> list[tuple[str, str, str]]:
    with desk.database.read() as connection:
        return [(row.kind, row.state, row.detail) for row in outbox.rows(connection) if row.recipient == address]


class Office:
    """Desks of one office, one for each example."""

    def __init__(self, rules) -> None:
        self.rules = rules

    def desk(self) -> TestDesk:
        take_back()
        return TestDesk(self.rules, in_memory())


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Office:
    return Office(load_rules(write_office(tmp_path_factory.mktemp("elsewhere")), environment={}, signing_key=KEY))


def raw(from_: str, *, cc: str = "", body: str = "No rule fires.") -> bytes:
    return f"From: {from_}\r\nTo: {LOGIK}\r\nCc: {cc}\r\nSubject: Rules\r\n\r\n{body}\r\n".encode()


@pytest.mark.parametrize("address", ODD)
def test_a_mail_from_an_address_that_cannot_be_written_to_is_a_case(desk, address):
    became = desk.laboratory.receive(raw(f"Rita <{address}>"), (LOGIK,), "")[0]
    requester = desk.case().requester

    assert became.outcome == "opened"
    assert requester.address in desk.last(ANN, "assigned").text.replace("\n", " ")
    kind, state, detail = rows(desk, requester.address)[0]
    assert (kind, state) == ("ack", "failed")
    assert "expected" in detail


@pytest.mark.parametrize("address", ODD)
def test_one_bad_address_on_copy_costs_nobody_else_the_answer(desk, address):
    """In the first mail, in a later one, and by an agent's answer after each; the way out is the address as shown."""
    desk.mail(JO)
    desk.reply(ANN, "Which version is it?")
    sent = desk.last(JO, "relay")
    reply = desk.reply_to(sent, JO, "7.3.").replace(b"Subject:", f"Cc: {KIM}, Rita <{address}>\r\nSubject:".encode(), 1)
    desk.receive(reply)
    (rita,) = {person.address for person in desk.case().participants} - {KIM}
    became = desk.reply(ANN, "It is repaired.")

    assert became.outcome == "appended"
    assert "It is repaired." in desk.last(JO, "relay").text
    assert "It is repaired." in desk.last(KIM, "relay").text
    assert [(kind, state) for kind, state, _ in rows(desk, rita)] == [("relay", "failed")]

    desk.reply(ANN, f"#cc remove {rita}\n\nOne more thing.")
    assert [person.address for person in desk.case().participants] == [KIM]
    assert len(rows(desk, rita)) == 1


@pytest.mark.parametrize("shown", ["'pat@partner.example'", "<pat@partner.example>", "pat@partner.example"])
def test_who_was_added_is_removed_however_their_address_is_written(desk, shown):
    desk.mail(JO)
    desk.reply(ANN, f"#cc add {KIM} pat@partner.example\nHello")
    desk.reply(ANN, f"#cc remove {shown}\nHello again")
    desk.reply(ANN, f"#cc remove {shown}\nAnd again")

    assert [person.address for person in desk.case().participants] == [KIM]
    assert "pat@partner.example was off the case already" in " ".join(desk.last(ANN, "echo").text.split())


BEYOND_ASCII = st.characters(min_codepoint=0xA1, exclude_categories=["Cs"])
WORDS = st.text(st.sampled_from("aZ0!#$%&'*+/=?^_`{|}~-.") | BEYOND_ASCII, min_size=1, max_size=20)
QUOTED = st.text(st.sampled_from("a @<>(),:;[]'") | BEYOND_ASCII, max_size=20).map('"{}"'.format)
HOSTS = st.text(st.sampled_from("aZ0._-") | BEYOND_ASCII, min_size=1, max_size=20) | st.just("[IPv6:2001:db8::1]")
LOCALS = st.one_of(
    st.builds("{}@{}".format, WORDS | QUOTED, HOSTS).filter(smtp_syntax._SENDER.fullmatch),
    st.builds(
        "{}@{}".format,
        st.one_of(st.sampled_from(["a..b", ".", '"a b"', '"a@b"', "a'b", "'a", "ä", "x" * 300]), st.text(max_size=70)),
        st.one_of(
            st.sampled_from(["acme.example", "[::1]", "x_y", "a.", "ß.example", "'", "。"]), st.text(max_size=70)
        ),
    ),
)
FORMS = st.sampled_from(["{}", "Rita <{}>", "<{}", "[{}]", "'{}'", "Rita {}", '"Rita" <mailto:{}>', "({}) {}", "{};"])


@given(form=FORMS, address=LOCALS, on_copy=LOCALS)
@settings(
    max_examples=amount(4, 2_000), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
def test_whatever_address_a_mail_has_it_is_worked_and_all_others_are_answered(elsewhere, form, address, on_copy):
    """All that the listener lets in as a sender, SMTPUTF8 included, and whatever else can stand in From and Cc."""
    desk = elsewhere.desk()
    from_ = form.replace("{}", address).replace("\r", "").replace("\n", "")
    cc = on_copy.replace("\r", "").replace("\n", "")
    desk.mail(JO)
    desk.reply(ANN, "Which version is it?")
    opened = desk.laboratory.receive(raw(from_, cc=cc), (LOGIK,), "")[0]
    reply = desk.reply_to(desk.last(JO, "relay"), JO, "7.3.").replace(b"Subject:", f"Cc: {cc}\r\nSubject:".encode(), 1)
    desk.receive(reply)
    answered = desk.reply(ANN, "It is repaired.")

    assert opened.outcome == "opened"
    assert (answered.outcome, answered.case) == ("appended", 1)
    assert "It is repaired." in desk.last(JO, "relay").text
    for person in desk.case().participants:
        states = {state for kind, state, _ in rows(desk, person.address) if kind == "relay"}
        assert states == {"failed" if unwritable(person.address) else "sent"}
        desk.reply(ANN, f"#cc remove {person.address}\n\nHello.")
    assert desk.case().participants == ()
    with desk.database.read() as connection:
        assert {outcome for (_, outcome) in spool.counts(connection)} <= {"opened", "appended"}


def test_what_is_read_is_what_would_be_read_of_itself():
    """Shown in a mail and typed again, an address is the same."""
    for address in ODD[:-1]:  # what nobody sees is spelled out
        (person,) = parse(raw(f"<{address}>")).senders
        assert parse(raw(f"<{person.address}>")).senders == (person,)
