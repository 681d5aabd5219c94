"""Who may write and to whom: S10 (nothing but our own mailboxes) and S11 (odd forms and damage)."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.wires import smtp_syntax
from helpdesk.wires.smtp_in import Limits
from helpdesk.wires.smtp_syntax import Rejected
from tests.soak import amount

from .dialog import Desk, serving

OURS = [
    "<support@desk.example>",
    "<SUPPORT@Desk.Example>",
    "<sales@desk.example>",
    "support@desk.example",
    "<postmaster>",
]
NOT_OURS = [
    "<nobody@desk.example>",
    "<support@them.example>",
    "<support@desk.example.them.example>",
    "<support@sub.desk.example>",
    "<support>",
    "<support@>",
    "<@desk.example>",
    "<support@desk.example.>",
    "<support@desk.example@them.example>",
    "<victim@them.example@desk.example>",
    "<support@desk.example,victim@them.example>",
    "<support@desk.example>,<victim@them.example>",
    "<support@desk.example><victim@them.example>",
    "<support@desk.example> victim@them.example",
    "<victim%them.example@desk.example>",
    "<support%desk.example@them.example>",
    "<them.example!victim@desk.example>",
    "<desk.example!support>",
    "<@desk.example:victim@them.example>",
    "<@them.example,@desk.example:support@desk.example>",
    '<"victim@them.example"@desk.example>',
    '<"support"@desk.example>',
    '<"support@desk.example"@them.example>',
    '<"sup\\port"@desk.example>',
    '<"">',
    "<victim@[127.0.0.1]>",
    "<support@[127.0.0.1]>",
    "<support@[IPv6:::1]>",
    "<support@desk.example[127.0.0.1]>",
    "<support(comment)@desk.example>",
    "<support@(comment)desk.example>",
    "<sup port@desk.example>",
    "<support @desk.example>",
    "< support@desk.example>",
    "<.support@desk.example>",
    "<support.@desk.example>",
    "<sup..port@desk.example>",
    "<support@desk..example>",
    "<support@desk_example>",
    "<suppоrt@desk.example>",  # noqa: RUF001  (a Cyrillic o)
    "<ſupport@desk.example>",  # noqa: RUF001  (a long s, which casefolds to s)
    "<support@des\u212a.example>",  # the Kelvin sign, which lowers to k
    "<support@ｄesk.example>",  # noqa: RUF001  (full width)
    "<support@desk。example>",
    "<support\u200b@desk.example>",
    "<<support@desk.example>>",
    "<support@desk.example",
    "support@desk.example>",
    "<>",
    "",
    "support",
    "<|/bin/sh@desk.example>",
    "</var/mail/root@desk.example>",
    "<" + "a" * 300 + "@desk.example>",
]
PLAIN = re.compile(r"[^@\s%!\"(),:;<>\[\]\\\x80-\U0010ffff]+@[A-Za-z0-9.-]+")


@pytest.fixture(scope="module")
def client():
    with (
        serving(limits=Limits(max_errors=10**9, max_idle_commands=10**9)) as served,
        served.client() as client,
    ):
        client.desk = served.desk
        assert client.ask("EHLO client.example").startswith("250")
        assert client.ask("MAIL FROM:<a@client.example> SMTPUTF8").startswith("250")
        yield client


@pytest.mark.parametrize("address", NOT_OURS)
def test_s10_nothing_but_our_own_mailboxes_is_accepted(client, address):
    assert re.match(
        r"(501 5\.5\.4|550 5\.[17]\.1|553 5\.1\.3|553 5\.6\.7|555 5\.5\.4) ", client.ask(f"RCPT TO:{address}")
    )


@pytest.mark.parametrize("address", OURS)
def test_s10_our_own_mailboxes_are_accepted(client, address):
    assert client.ask(f"RCPT TO:{address}") == "250 2.1.5 OK"


def test_s10_the_desk_is_asked_only_about_plain_addresses(client):
    for address in NOT_OURS:
        client.ask(f"RCPT TO:{address}")
    assert client.desk.asked
    assert all(address.isascii() and PLAIN.fullmatch(address) for address in client.desk.asked)


def test_s10_parameters_of_rcpt_are_not_understood(client):
    assert client.ask("RCPT TO:<support@desk.example> NOTIFY=NEVER").startswith("555 5.5.4 ")


def test_s11_the_null_sender_is_empty_and_may_be_followed_by_recipients():
    with serving() as served, served.client() as client:
        client.begin(sender="")
        client.send(b"x\r\n.\r\n")
        assert client.reply() == "250 2.0.0 queued as 1"
    assert served.desk.mails[0][1].mail_from == ""


def test_the_envelope_says_who_came_from_where_under_what_name():
    with serving() as served, served.client() as client:
        client.begin(
            sender="A.B@Client.example",
            to=("Support@desk.example", "sales@desk.example", "Support@desk.example"),
        )
        client.send(b"x\r\n.\r\n")
        client.reply()
    envelope = served.desk.mails[0][1]
    assert envelope.mail_from == "A.B@Client.example"
    assert envelope.rcpt_to == ("Support@desk.example", "sales@desk.example")
    assert (envelope.remote, envelope.helo, envelope.tls) == ("127.0.0.1", "client.example", False)


odd = st.text(st.sampled_from('<>@".\\:;, []()=%!a1\té\u212a\r\n\x00-+ SIZE'), max_size=40)


def outcome(read, said):
    """What was read, or the refusal."""
    try:
        return read(said)
    except Rejected as refusal:
        return refusal


@given(odd, st.sampled_from(["FROM:", "FROM:<", "from: <", ""]))
def test_s11_any_sender_is_read_or_refused(argument, lead):
    sender = outcome(smtp_syntax.sender, lead + argument)
    if isinstance(sender, Rejected):
        assert re.match(r"(501|553|555) 5\.\d\.\d ", sender.reply)
    else:
        assert sender.address == "" or "@" in sender.address


@given(odd, st.sampled_from(["TO:", "TO:<", "to: <support@desk.example"]))
def test_s11_any_recipient_is_plain_or_refused(argument, lead):
    address = outcome(smtp_syntax.recipient, lead + argument)
    if isinstance(address, Rejected):
        assert re.match(r"(501|550|553|555) 5\.\d\.\d ", address.reply)
    else:
        assert PLAIN.fullmatch(address) or address.lower() == "postmaster"


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda line: line + b"\r\n"))
def test_s11_any_line_is_a_command_or_refused(line):
    command = outcome(smtp_syntax.command, line)
    if isinstance(command, Rejected):
        assert re.match(r"50[01] 5\.5\.2 ", command.reply)
    else:
        assert not re.search(r"[\x00-\x1f\x7f]", "".join(command))


LEGAL = re.compile(rb"(250|501|503|550|553|555) [25]\.\d\.\d ")
SHAPES = [
    b"<%s>",
    b"%s",
    b"<%s@%s>",
    b'<"%s"@%s>',
    b"<@%s:%s>",
    b"<%s@[%s]>",
    b"<%s> SIZE=%s",
    b"<%s@b.example> %s=%s",
]


def _damaged(chance):
    shape = chance.choice(SHAPES)
    pieces = [
        bytes(chance.choice(b'<>@".\\:;, ()[]=%!a1\xe9\xc3\xa9\x00\t\r-') for _ in range(chance.randrange(6)))
        for _ in range(shape.count(b"%s"))
    ]
    return chance.choice([b"MAIL FROM:", b"RCPT TO:", b"MAIL FROM: ", b"rcpt to:"]) + shape % tuple(pieces)


def _fuzz(rounds):
    chance = random.Random(11)
    limits = Limits(max_errors=10**9, max_idle_commands=10**9, command_total=3600)
    with serving(Desk(), limits=limits) as served, served.client() as client:
        client.ask("EHLO client.example")
        for _ in range(rounds):
            batch = [_damaged(chance) for _ in range(100)]
            client.send(b"\r\n".join([b"RSET", *batch, b""]))
            for command in (b"RSET", *batch):
                reply = client.lines.readline()
                assert LEGAL.match(reply), (command, reply)
    assert not served.desk.faults


def test_s11_damaged_arguments_get_a_reply_of_the_table_and_no_exception():
    _fuzz(30)


@pytest.mark.slow
@pytest.mark.soak
def test_s11_damaged_arguments_by_the_hundred_thousand():
    _fuzz(amount(1_000, 10_000))
