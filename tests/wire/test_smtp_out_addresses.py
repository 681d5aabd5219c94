"""An address goes on the wire exactly as it stands, or the mail fails and says so (threat O04)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.wires.courier import Failed, Outgoing, Sent, unsendable
from helpdesk.wires.outgoing import open_courier
from tests.wire.smarthost import ScriptedSmarthost

MAIL = Outgoing("support@desk.example", "bob@client.example", b"Subject: x\r\n\r\nx\r\n", "<1@desk.example>")

SENDABLE = [
    "bob@client.example",
    "Bob.Builder@Client.Example",
    "support+12.cabcdefghijklmnopqrstuvwxyz2@desk.example",
    "o'neill@client.example",
    "a%b@client.example",  # the smarthost's business: it is an ordinary atom
    "user!host@client.example",
    "!#$%&'*+-/=?^_`{|}~@client.example",
    "1@2.example",
    "ops@localhost",
    "bob@xn--bcher-kva.example",
    "x" * 64 + "@client.example",
]
SENDABLE_WITH_SMTPUTF8 = [
    "jörg@client.example",
    "bob@bücher.example",
    "用户@例子.example",
    "χρήστης@παράδειγμα.example",
]
UNSENDABLE = [
    "",
    "bob",
    "@client.example",
    "bob@",
    "bob@@client.example",
    "a@b@client.example",
    "@relay.example:bob@client.example",  # source route
    "bob@client.example>\r\nRCPT TO:<evil@client.example",  # smtplib makes bob@client.example of it
    "bob@client.example\r\nDATA",
    "bob@client.example\n",
    "\rbob@client.example",
    "bob@client.example SIZE=1",  # smtplib makes bob@client.exampleSIZE=1 of it
    "bob @client.example",
    " bob@client.example",
    "bob@client.example ",
    "bob\t@client.example",
    "bob@client.example>",
    "<bob@client.example>",
    "Bob <bob@client.example>",
    "bob@client.example, eve@client.example",
    "bob(comment)@client.example",
    "bob;eve@client.example",
    "friends:bob@client.example;",
    '"bob builder"@client.example',  # quoted
    '"bob@evil.example"@client.example',
    "bob\\eve@client.example",
    ".bob@client.example",
    "bob.@client.example",
    "bob..eve@client.example",
    "bob@.client.example",
    "bob@client..example",
    "bob@client.example.",
    "bob@-client.example",
    "bob@client-.example",
    "bob@cli_ent.example",
    "bob@[127.0.0.1]",
    "bob@[IPv6:::1]",
    "bob\x00@client.example",
    "bob\x7f@client.example",
    "bob\x85@client.example",  # a C1 control, a line end to some
    "bob\u2028@client.example",  # a line separator
    "bob\u200b@client.example",  # zero width
    "bob\u202e@client.example",  # right to left override
    "bob\uff20client.example",  # a full-width @
    "bob@client\uff0eexample",  # a full-width dot
    "bob\ufe64eve@client.example",  # a small <
    "b\uff4fb@client.example",  # a full-width o, which some receivers fold and others do not
    "bob\u2460@client.example",  # a circled 1
    "bob\ud800@client.example",  # half a character
    "x" * 65 + "@client.example",
    "ö" * 33 + "@client.example",  # 66 octets
    "bob@" + ".".join(["x" * 63] * 4),
    "bob@" + "x" * 64 + ".example",
]


@pytest.fixture(scope="module")
def smarthost():
    with ScriptedSmarthost() as smarthost:
        yield smarthost


@pytest.fixture(scope="module")
def courier(smarthost):
    courier = open_courier(smarthost.url, hostname="desk.example")
    yield courier
    courier.close()


@pytest.mark.parametrize("address", [*SENDABLE, *SENDABLE_WITH_SMTPUTF8], ids=ascii)
def test_a_good_address_arrives_letter_for_letter(smarthost, courier, address):
    """O04: as recipient and as sender."""
    mail = replace(MAIL, mail_from=address, recipient=address)
    assert isinstance(courier.deliver(mail), Sent)
    assert (smarthost.accepted[-1].mail_from, smarthost.accepted[-1].rcpt_to) == (address, (address,))


@pytest.mark.parametrize("address", UNSENDABLE, ids=ascii)
def test_a_bad_address_never_reaches_the_wire(smarthost, courier, address):
    """O04: not repaired, not cut, not quoted; and the reason does not repeat it into the log."""
    heard = len(smarthost.heard)
    outcome = courier.deliver(replace(MAIL, recipient=address))
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("the recipient's address is not representable in SMTP: ")
    assert outcome.reason.isascii()
    assert "bob" not in outcome.reason
    if address:  # the empty sender is the null sender
        outcome = courier.deliver(replace(MAIL, mail_from=address))
        assert isinstance(outcome, Failed)
        assert outcome.reason.startswith("the sender's address is not representable in SMTP: ")
    assert len(smarthost.heard) == heard


def test_the_null_sender_is_said_as_such(smarthost, courier):
    assert isinstance(courier.deliver(replace(MAIL, mail_from="")), Sent)
    assert smarthost.heard[-3].startswith("MAIL FROM:<> ")


@pytest.mark.parametrize("address", SENDABLE_WITH_SMTPUTF8)
@pytest.mark.parametrize("role", ["mail_from", "recipient"])
def test_an_address_beyond_ascii_fails_where_the_smarthost_does_not_offer_smtputf8(role, address):
    """O04: turning it into another spelling might reach somebody else."""
    with ScriptedSmarthost(offers=["8BITMIME"]) as plain:
        courier = open_courier(plain.url, hostname="desk.example")
        outcome = courier.deliver(replace(MAIL, **{role: address}))
        courier.close()
    assert outcome == Failed("an address or header is not ASCII and the server does not offer SMTPUTF8")
    assert "MAIL" not in plain.verbs


def test_smtputf8_is_announced_only_for_mail_that_needs_it(smarthost, courier):
    def parameters(**changes):
        assert isinstance(courier.deliver(replace(MAIL, **changes)), Sent)
        return [line for line in smarthost.heard if line.startswith("MAIL")][-1].partition("> ")[2].strip()

    assert parameters() == "SIZE=17"
    assert parameters(recipient="jörg@client.example") == "SIZE=17 SMTPUTF8"
    assert parameters(raw="Subject: x\r\n\r\nGrüße\r\n".encode()) == "SIZE=23 BODY=8BITMIME"
    assert parameters(raw="Subject: Grüße\r\n\r\nx\r\n".encode()) == "SIZE=23 BODY=8BITMIME SMTPUTF8"


@settings(max_examples=1000, deadline=None)
@given(st.text(st.sampled_from('ab.@<>\r\n \t"\\\0:,;()[]-_ö\u200b\uff20'), max_size=12) | st.text(max_size=20))
def test_whatever_passes_cannot_end_a_line_or_a_path(address):
    """O04: the law behind the two lists."""
    if unsendable(replace(MAIL, recipient=address)) is None:
        assert address.count("@") == 1
        assert not set(address) & set('<>\r\n\t "\\\0:,;()[]\x85\u2028\u2029')
        assert address.encode().decode() == address
