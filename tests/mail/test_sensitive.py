"""Secrets and other people's data: found by kind and place, masked, and nothing found where there is nothing (LAI-11)."""

from __future__ import annotations

import pytest

from helpdesk.mail.inside.sensitive import find, look_through, masked
from helpdesk.mail.read.parse import parse
from tests.effort import at_most

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc=\n-----END RSA PRIVATE KEY-----"
SECRETS = [
    (PEM, "private key"),
    ("-----BEGIN PGP PRIVATE KEY BLOCK-----\nx\n-----END PGP PRIVATE KEY BLOCK-----", "private key"),
    ("AKIA" + "IOSFODNN7EXAMPLE", "API key or token"),
    ("gh" + "p_" + "a1B2" * 9, "API key or token"),
    ("xo" + "xb-1234567890-abcdefghij", "API key or token"),
    ("sk" + "_live_" + "4eC39HqLyjWDarjtT1zdp7dc", "API key or token"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "API key or token"),
    ("api_key = 'q7w8e9r0t1y2u3i4'", "API key or token"),
    ("Client Secret: 8b1a9953c4611296", "API key or token"),
    ("Authorization: Bearer abcdef0123456789abcdef", "API key or token"),
    ("Password: hunter2", "password"),
    ("password=Winter2026!", "password"),
    ("Mein Passwort lautet Sommer#26.", "password"),
    ("pwd: correcthorse", "password"),
    ("postgres://app:s3cr3t@db.acme.example/shop", "password"),
    ("4111 1111 1111 1111", "card number"),
    ("card 5500-0000-0000-0004 please", "card number"),
    ("378282246310005", "card number"),
    ("DE89 3704 0044 0532 0130 00", "bank account"),
    ("IBAN GB82WEST12345698765432 IS OURS", "bank account"),
    ("FR14 2004 1010 0505 0001 3M02 606", "bank account"),
    ("\n".join(f"user{n}@shop.example" for n in range(6)), "e-mail addresses of others"),
    ("\n".join(f"+49 30 1234 {n}{n}{n}{n}" for n in range(6)), "telephone numbers of others"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), SECRETS)
def test_a_secret_is_found_and_not_repeated(text, kind):
    """LAI-11"""
    written = f"Hello,\n\n{text}\n\nRegards, Jo"
    found = find(written)

    assert {one.kind for one in found} == {kind}
    for one in found:
        assert written[one.start : one.end] not in masked(written)
    assert masked(written).startswith("Hello,\n\n")
    assert masked(written).endswith("\n\nRegards, Jo")


def test_a_key_that_is_cut_short_takes_the_rest_with_it():
    assert masked("See:\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n\naC1rZXk") == "See:\n[private key]"


@pytest.mark.parametrize(
    "text",
    [
        "The password is wrong, I cannot log in.",
        "Password: please reset it for me, I forgot it.",
        "My password does not work since yesterday.",
        "The API key page shows an error.",
        "token: invalid_request",
        "Which key do I press?",
        "Order 4111111111111112 was not delivered.",  # fails Luhn
        "DE00 3704 0044 0532 0130 00",  # fails mod 97
        "Order number 2026-0519-0000-1234-5678",
        "0000 0000 0000 0000",
        "The build 20260519091500123 is broken.",
        "My colleagues: a@acme.example b@acme.example c@acme.example d@acme.example e@acme.example f@acme.example",
        "To: a@x.example, b@x.example, c@x.example, d@x.example, e@x.example, f@x.example",
        "Call me: +49 30 123456-78, or jo@other.example",
        "AKIA is a prefix; ghp_ too.",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "https://shop.example/login?user=jo@acme.example",
    ],
)
def test_what_only_looks_like_a_secret_is_left_alone(text):
    """LAI-11: a warning that cries wolf is not read."""
    assert find(text, own_domain="acme.example") == []


def mail(*parts: str) -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return f'From: jo@acme.example\r\nSubject: Import\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{body}--b--\r\n'.encode()


def test_each_is_told_by_kind_and_place_in_text_and_readable_attachments():
    """LAI-11"""
    raw = mail(
        "Content-Type: text/plain\r\n\r\nHello,\r\nthe card is 4111 1111 1111 1111.\r\nJo",
        "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=buyers.csv\r\n\r\nname,iban\r\nKim,DE89370400440532013000",
        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=id_rsa.pem\r\nContent-Transfer-Encoding: base64\r\n\r\nLS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCmFiYw==",
        "Content-Type: image/png\r\nContent-Disposition: attachment; filename=x.png\r\n\r\n4111 1111 1111 1111",
    )

    assert look_through(raw, parse(raw)) == (
        "card number in the text, line 2",
        "bank account in buyers.csv, line 2",
        "private key in id_rsa.pem, line 1",
    )


def test_many_are_counted_and_not_told_one_by_one():
    raw = b"From: jo@acme.example\r\n\r\n" + b"".join(b"password: hunter%d\r\n" % n for n in range(40))
    told = look_through(raw, parse(raw))

    assert len(told) == 11
    assert told[-1] == "30 more"


@pytest.mark.parametrize(
    "bomb",
    [
        "4" * 500_000,
        "4 " * 250_000,
        "DE89" * 120_000,
        "DE89 " * 100_000,
        "password:" * 50_000,
        "key=" * 120_000,
        "eyJ" + "a" * 500_000,
        "eyJ" * 160_000,
        "-----BEGIN PRIVATE KEY-----" * 18_000,
        "a@" * 250_000,
        "a@b." * 120_000,
        "+49 " * 120_000,
        "+" + "1 " * 240_000,
        "token is " * 55_000,
        "a://b:" * 80_000,
        "xoxb-" + "-" * 500_000,
        "a" * 500_000,
        "sk-" * 160_000,
    ],
)
def test_a_bomb_is_looked_through_in_a_moment(bomb):
    """C05: linear, whatever it is."""
    with at_most(4):
        masked(bomb)
