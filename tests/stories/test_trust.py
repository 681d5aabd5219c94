"""Who may act: tokens, addresses and authentication, and all that is made up of them."""

from __future__ import annotations

import random
import string

import pytest

from helpdesk.core.words.message import Envelope
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from helpdesk.mail.proof.address import Signer, read_token
from helpdesk.store.spool import Accepted
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, LOGIK, STRANGER, TestDesk, typed_in, write_office
from tests.mail.clients import TOP_POSTED
from tests.soak import amount

GUARDED = '\n[smtp_in]\nauthserv_id = "mx.desk.example"\n'
PASS = "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example"


def office(tmp_path, story_databases, request, more: str) -> TestDesk:
    rules = load_rules(write_office(tmp_path, more=more), environment={}, signing_key=KEY)
    return TestDesk(rules, story_databases.of("memory", request))


@pytest.fixture
def guarded(tmp_path, story_databases, request) -> TestDesk:
    """A desk behind a border that writes Authentication-Results, with a case of Jo's that is Ann's."""
    desk = office(tmp_path, story_databases, request, GUARDED)
    desk.mail(JO)
    return desk


@pytest.fixture
def desk(story_databases, request, rules) -> TestDesk:
    """In memory only: what is decided here is decided before anything is stored."""
    return TestDesk(rules, story_databases.of("memory", request))


def with_head(raw: bytes, *lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode() + raw


def nothing_was_obeyed(desk, *, told: bool = True) -> None:
    """The case is as it was, no customer got a word, and who keeps the case was shown the mail."""
    assert (desk.case().severity, desk.case().status) == ("medium", "open")
    assert desk.kinds_to(JO) == ["ack"]
    assert desk.events("agent_answered", "agent_noted") == []
    if told:
        assert "not verified" in desk.last(ANN, "customer-message").text


# --- A01: the matrix

TOKENS = ["good", "absent", "other agent's", "other case's", "bit-flipped", "customer's", "bounce", "expired"]


def addressed(desk, token: str) -> str:
    """The address that an order of Ann's goes to."""
    good = desk.last(ANN, "assigned").reply_to
    made = desk.rules.signer.reply_address
    return {
        "good": good,
        "expired": good,
        "absent": LOGIK,
        "other agent's": made(LOGIK, case=1, person=BOB, purpose="agent"),
        "other case's": made(LOGIK, case=2, person=ANN, purpose="agent").replace("+2.", "+1."),
        "bit-flipped": flipped(good),
        "customer's": made(LOGIK, case=1, person=JO, purpose="customer"),
        "bounce": made(LOGIK, case=1, person=ANN, purpose="bounce"),
    }[token]


def flipped(address: str) -> str:
    at = address.index("@") - 1
    return address[:at] + ("a" if address[at] != "a" else "b") + address[at + 1 :]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("authenticated", [True, False])
def test_one_cell_of_the_matrix_acts(guarded, token, authenticated):
    """A01: an aligned result and the agent's own token for that case, both."""
    raw = guarded.written_reply(ANN, "#severity critical\nWe are on it.", to=addressed(guarded, token))
    if token == "expired":
        close = guarded.written_reply(ANN, "#close", to=addressed(guarded, "good"))
        guarded.receive(with_head(close, PASS))
        guarded.laboratory.advance(guarded.now.replace(year=guarded.now.year + 1), inclusive=True)
        raw = guarded.written_reply(
            ANN, "#severity critical\nWe are on it.", to=addressed(guarded, token), to_kind="assigned"
        )
    before = guarded.kinds_to(JO)
    became = guarded.receive(with_head(raw, PASS) if authenticated else raw)
    acts = authenticated and token == "good"

    assert (guarded.case().severity == "critical") is acts
    assert (guarded.kinds_to(JO) != before) is acts
    if not acts:
        assert (became.outcome, became.case) == ("appended", 1)
        assert "not verified" in guarded.last(ANN, "customer-message").text


# --- A02 to A05: From, and the results that are believed


@pytest.mark.parametrize(
    "sender",
    [
        'From: "ann@desk.example"@elsewhere.example',
        "From: ann@desk.example, mallory@elsewhere.example",
        "From: mallory@elsewhere.example, ann@desk.example",
        "From: mallory@elsewhere.example\r\nFrom: ann@desk.example",
        "From: ann@desk.example\r\nFrom: mallory@elsewhere.example",
        "From : ann@desk.example\r\nFrom: mallory@elsewhere.example",
        "From: <@elsewhere.example:ann@desk.example>",
        "From: staff: ann@desk.example;",
        "From: ann@desk.example <mallory@elsewhere.example>",
        "From: mallory@elsewhere.example\r\nSender: ann@desk.example",
        "From: mallory@elsewhere.example\r\nReply-To: ann@desk.example",
        "From: mallory@elsewhere.example\r\nX-Original-From: ann@desk.example",
        "From: =?utf-8?q?ann=40desk=2Eexample?= <mallory@elsewhere.example>",
        "From: <ann@desk.example>mallory@elsewhere.example",
        "From: ann@desk.example\x00@elsewhere.example",
        "From: ann(comment)@desk.example",
        "From: ann@desk\u3002example",
        "From: \u0430nn@desk.example",
        "From:\r\n ann@desk.example,\r\n mallory@elsewhere.example",
        "Resent-From: ann@desk.example\r\nFrom: mallory@elsewhere.example",
    ],
)
@pytest.mark.parametrize(
    "result",
    [
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=elsewhere.example; dkim=pass header.d=elsewhere.example",
        "Authentication-Results: mx.desk.example; dkim=pass header.d=elsewhere.example; spf=pass smtp.mailfrom=elsewhere.example",
    ],
)
def test_no_trick_with_from_makes_an_agent(guarded, sender, result):
    """A02, A03: the border proved somebody else's domain; the mail has Ann's reply address."""
    to = guarded.last(ANN, "assigned").reply_to
    raw = f"{result}\r\n{sender}\r\nTo: {to}\r\nSubject: x\r\nMessage-ID: <x@y>\r\n\r\n#severity critical\r\nBye.\r\n"
    guarded.laboratory.receive(raw.encode(), (to,), "mallory@elsewhere.example")

    nothing_was_obeyed(guarded, told=False)


@pytest.mark.parametrize("field", ["Reply-To", "Sender", "Return-Path", "X-Sender", "Resent-From"])
def test_only_from_says_who_wrote(desk, field):
    """A03: the sender of record is From; a Reply-To says where to answer, and nothing else."""
    became = desk.mail(STRANGER, headers={field: JO})
    case = desk.case(became.case)

    assert case.requester.address == STRANGER
    assert case.customer == ""
    assert desk.kinds_to(JO) == (["ack"] if field == "Reply-To" else [])


BORDER = "Received: from mail.else.example by mx.desk.example with ESMTPS id 1; Tue, 19 May 2026 14:15:00 +0000"
OUTSIDE = "Received: from a by relay.else.example with ESMTP id 9; Tue, 19 May 2026 14:14:00 +0000"


def test_six_forged_results_in_one_mail_prove_nothing(guarded):
    """A04: same id, its case, a comment, folded, ARC, below a foreign hop; the border itself said `none`."""
    forged = [
        "Authentication-Results: mx.desk.example; dmarc=none",
        BORDER,
        PASS,
        PASS.replace("mx.desk", "MX.Desk"),
        PASS.replace("mx.desk.example", "mx.desk.example (us)"),
        PASS.replace(" mx.desk", "\r\n mx.desk"),
        PASS.replace("Authentication", "ARC-Authentication").replace(" mx", " i=1; mx"),
        OUTSIDE,
        PASS,
    ]
    guarded.receive(with_head(guarded.written_reply(ANN, "#severity critical\nBye."), *forged))

    nothing_was_obeyed(guarded)


@pytest.mark.parametrize("remote", ["198.51.100.7", "2001:db8::7", "127.0.0.1", "192.0.2.25"])
def test_results_count_only_where_our_border_handed_the_mail_on(tmp_path, story_databases, request, remote):
    """A04: whoever speaks to the listener directly writes what they like."""
    desk = office(tmp_path, story_databases, request, GUARDED + 'trusted_relays = ["192.0.2.0/24"]\n')
    desk.mail(JO)
    raw = with_head(desk.written_reply(ANN, "#severity critical\nWe are on it."), PASS)
    to = desk.last(ANN, "assigned").reply_to
    desk.laboratory.desk.accept([Accepted(LOGIK, raw, Envelope(ANN, (to,), remote), "smtp", desk.now)])
    desk.work()

    assert (desk.case().severity == "critical") is (remote in {"127.0.0.1", "192.0.2.25"})


@pytest.mark.parametrize(
    "head",
    [
        ["DKIM-Signature: v=1; a=rsa-sha256; d=desk.example; s=x; l=20; h=from; bh=x; b=x"],
        ["Subject: Re: #close"],
        ["Reply-To: mallory@elsewhere.example", "Reply-To: ann@desk.example"],
        ["To: support@logik.example"],
        ["Message-ID: <another@desk.example>"],
    ],
)
def test_what_a_signature_does_not_cover_makes_the_mail_unauthenticated(guarded, head):
    """A05: a body signed in part, a field that stands twice."""
    proven = "Authentication-Results: mx.desk.example; dkim=pass header.d=desk.example"
    raw = guarded.written_reply(ANN, "#severity critical\nBye.")
    guarded.laboratory.receive(with_head(raw, proven, *head), (guarded.last(ANN, "assigned").reply_to,), ANN)

    nothing_was_obeyed(guarded)


@pytest.mark.parametrize(
    ("setting", "authserv_id", "result", "acts"),
    [
        ("auto", "", False, True),
        ("auto", "mx.desk.example", False, False),
        ("auto", "mx.desk.example", True, True),
        ("always", "", True, False),
        ("always", "mx.desk.example", True, True),
        ("never", "mx.desk.example", False, True),
        ("never", "", False, True),
    ],
)
def test_the_operator_decides_whether_a_result_is_asked_for(
    tmp_path, story_databases, request, setting, authserv_id, result, acts
):
    """A01: `require_authentication`, end to end."""
    path = write_office(tmp_path, more=f'\n[smtp_in]\nauthserv_id = "{authserv_id}"\n')
    path.write_text(path.read_text().replace("[desk]\n", f'[desk]\nrequire_authentication = "{setting}"\n'))
    desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))
    desk.mail(JO)
    raw = desk.written_reply(ANN, "#severity critical\nWe are on it.")
    desk.receive(with_head(raw, PASS) if result else raw)

    assert (desk.case().severity == "critical") is acts


# --- A06: what was sent once


def test_an_agents_mail_with_a_header_more_is_not_obeyed_again(desk):
    """A06: within a day it is a copy, and does nothing."""
    desk.mail(JO)
    raw = desk.written_reply(ANN, "Once only.")
    desk.receive(raw)
    again = desk.receive(b"X-Replayed: yes\r\n" + raw)

    assert again.outcome == "duplicate"
    assert desk.kinds_to(JO) == ["ack", "relay"]


def test_an_agents_mail_with_other_words_under_a_known_message_id_is_not_obeyed(desk):
    """A06: it is no copy; its Message-ID is known."""
    desk.mail(JO)
    raw = desk.written_reply(ANN, "Once only.")
    desk.receive(raw)
    again = desk.receive(raw.replace(b"Once", b"Twice"))

    assert again.outcome == "appended"
    assert desk.kinds_to(JO) == ["ack", "relay"]
    assert "it is a repetition" in " ".join(desk.last(ANN, "customer-message").text.split())


def test_an_agents_mail_kept_for_later_is_not_obeyed(desk):
    """A06: its Date is signed and says when it was written."""
    desk.mail(JO)
    raw = desk.written_reply(ANN, "#severity critical\nWe are on it.")
    desk.at("2026-05-27 09:16")
    desk.receive(raw)

    assert desk.case().severity == "medium"
    assert "relay" not in desk.kinds_to(JO)


def test_an_agents_mail_at_another_cases_address_is_not_obeyed(desk):
    """A06: the envelope can say anything; the token in To is for the first case."""
    desk.mail(JO)
    desk.mail(KIM, "Another thing")
    raw = desk.written_reply(ANN, "#close\nDone.")
    theirs = desk.last(BOB, "assigned").reply_to
    desk.laboratory.receive(raw, (theirs,), ANN)

    assert desk.case(2).status == "open"
    assert desk.kinds_to(KIM) == ["ack"]


# --- A07: tokens


def mutated(rng: random.Random, address: str) -> str:
    """The address with a letter of its tag changed, dropped, added, or two exchanged."""
    first, last = address.index("+") + 1, address.index("@")
    at, letter = rng.randrange(first, last), rng.choice(string.ascii_lowercase + string.digits + ".")
    match rng.randrange(4):
        case 0:
            return address[:at] + letter + address[at + 1 :]
        case 1:
            return address[:at] + address[at + 1 :]
        case 2:
            return address[:at] + letter + address[at:]
        case _:
            other = rng.randrange(first, last)
            letters = list(address)
            letters[at], letters[other] = letters[other], letters[at]
            return "".join(letters)


def accepted_mutants(count: int) -> int:
    rng, signer = random.Random(7), Signer(KEY, b"an older key, still believed for now")
    good = [
        signer.reply_address(LOGIK, case=case, person=ANN, purpose=purpose)
        for case in (1, 12, 907)
        for purpose in ("customer", "agent", "bounce")
    ]
    accepted = 0
    for _ in range(count):
        address = rng.choice(good)
        mutant = mutated(rng, address)
        token = read_token(mutant)
        accepted += bool(mutant != address and token and signer.verifies(token, person=ANN))
    return accepted


def test_no_changed_token_is_believed():
    """A07"""
    assert accepted_mutants(20_000) == 0


@pytest.mark.slow
@pytest.mark.soak
def test_of_a_million_changed_tokens_none_is_believed():
    """A07: a hundred thousand, and a million in `make soak`."""
    assert accepted_mutants(amount(100_000, 1_000_000)) == 0


def test_a_new_key_signs_and_the_old_one_is_believed_until_it_is_taken_out(tmp_path, story_databases, request):
    """A07: rotation, by a line more in the secret file."""
    old, new = b"o" * 40, b"n" * 40
    path, secret = write_office(tmp_path), tmp_path / "secret"
    secret.write_bytes(old + b"\n")
    desk = TestDesk(load_rules(path, environment={}), story_databases.of("memory", request))
    desk.mail(JO)
    before = desk.last(ANN, "assigned").reply_to
    secret.write_bytes(new + b"\n" + old + b"\n")
    desk.laboratory.desk.exchange(load_rules(path, environment={}))
    desk.reply(ANN, "With the old address.")
    desk.reply(JO, "Thanks.", to_kind="relay")
    after = desk.last(ANN, "customer-message").reply_to
    secret.write_bytes(new + b"\n")
    desk.laboratory.desk.exchange(load_rules(path, environment={}))
    desk.mail(ANN, "Re: x", "With the old one, too late.", to=before)
    desk.mail(ANN, "Re: x", "With the new one.", to=after)

    assert before != after
    assert [typed_in(mail) for mail in desk.sent_to(JO, "relay")] == [
        "With the old address.",
        "With the new one.",
    ]


def test_a_secret_that_is_too_short_is_refused_in_any_line(tmp_path):
    (tmp_path / "secret").write_text("x" * 40 + "\nshort\n", encoding="ascii")
    with pytest.raises(ConfigurationError, match="at least 32 characters, one a line"):
        load_rules(write_office(tmp_path), environment={})


# --- A09, A10: other people's mail to a case


@pytest.mark.parametrize("headers", [{}, {"Auto-Submitted": "auto-generated"}])
def test_a_verification_mail_sent_to_a_reply_address_is_never_passed_on(desk, headers):
    """A09: the ticket trick: the address is registered somewhere, and the code must not reach who registered it."""
    desk.mail(STRANGER, "Hello", "A first mail, to get an address.")
    mine, before = desk.last(STRANGER, "ack").reply_to, len(desk.sent_to(STRANGER))
    desk.mail("noreply@chat.example", "Your code", "Your code is CODE-CANARY-4711.", to=mine, headers=headers)
    desk.reply(desk.case().assignee, "What can we do for you?", to_kind="assigned", quote=True)
    desk.reply(STRANGER, "What came in?", to_kind="ack")

    assert len(desk.sent_to(STRANGER)) == before + 1
    assert b"CODE-CANARY" not in b"".join(mail.raw for mail in desk.sent_to(STRANGER))
    assert desk.case().participants == ()
    assert desk.case_numbers() == [1]


def test_a_mail_in_the_requesters_name_brings_nobody_in(desk):
    """A10: From is forged, the number guessed, the attacker on Cc."""
    desk.mail(JO, "Secret", "Our key is SECRET-CANARY.")
    desk.mail(JO, "Re: Secret [HD-1]", "Please keep my colleague in the loop.", cc=STRANGER)
    desk.reply(ANN, "Hello Jo.", to_kind="customer-message", quote=True)

    assert desk.case().participants == ()
    assert desk.sent_to(STRANGER) == []


# --- A13, A14: commands that are none, agents that are none


@pytest.mark.parametrize("client", sorted(TOP_POSTED))
def test_a_command_in_the_customers_words_is_never_obeyed_however_they_are_quoted(desk, client):
    """A13: forty mail programs quote the customer's `#close`."""
    desk.mail(JO, body="#close\n#severity critical\nIs this how I order things?")
    original = desk.last(ANN, "assigned")
    quoted = "".join(f"> {line}\n" for line in original.text.splitlines())
    body = TOP_POSTED[client].replace("%n", "We are on it.").replace("%q", quoted).replace("%o", original.text)
    desk.mail(ANN, f"Re: {original.subject}", body, to=original.reply_to)

    assert (desk.case().status, desk.case().severity_set_by != ANN) == ("open", True)
    assert not desk.events("closed", "severity_set")


@pytest.mark.parametrize(
    "header",
    [
        "X-Helpdesk-Command",
        "X-Helpdesk-Agent",
        "X-Helpdesk-Rule",
        "X-Case",
        "X-Priority",
        "X-Helpdesk-Trust",
        "Comments",
    ],
)
def test_no_header_from_outside_steers_the_desk(desk, header):
    """A14: the desk reads no control header at all."""
    desk.mail(JO, headers={header: "#close; agent=ann@desk.example; severity=critical; HD-1"})

    nothing_was_obeyed(desk, told=False)


@pytest.mark.parametrize(
    "sender",
    [
        "ann@desk.example.elsewhere.example",
        "ann@desk-example.example",
        "anm@desk.example",
        "ann+x@desk.example",
        "xn--nn-7ka@desk.example",
    ],
)
def test_who_only_looks_like_an_agent_is_none(desk, sender):
    """A14: the address must be the agent's, letter by letter; the name proves nothing."""
    desk.mail(JO)
    desk.mail(f"Ann Berg <{sender}>", "Re: x", "#close\nBye.", to=desk.last(ANN, "assigned").reply_to)

    nothing_was_obeyed(desk, told=False)


def test_who_is_no_agent_any_more_is_obeyed_no_more(tmp_path, story_databases, request):
    """A14: from the next mail on."""
    path = write_office(tmp_path)
    desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))
    desk.mail(JO)
    raw = desk.written_reply(ANN, "#severity critical\nBye.")
    text = path.read_text()
    start = text.index('[[agent]]\nname = "Ann Berg"')
    path.write_text(text[:start] + text[text.index("[[agent]]", start + 5) :])
    desk.laboratory.desk.exchange(load_rules(path, environment={}, signing_key=KEY))
    desk.receive(raw)

    assert (desk.case().severity, desk.case().status) == ("medium", "open")
    assert desk.kinds_to(JO) == ["ack"]


def test_the_lead_needs_a_token_too(guarded):
    """A01"""
    guarded.receive(with_head(guarded.written_reply(LENA, "#close", holder=ANN), PASS))

    assert guarded.case().status == "open"
