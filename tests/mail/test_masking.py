"""A reply address is a key: what is shown or handed out does not have it, however it was written."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail.proof.address import Signer
from helpdesk.mail.read.masking import masked, masked_mail
from helpdesk.mail.read.parse import parse

SIGNER = Signer(b"a key that is sixteen bytes long and more")
ADDRESS = SIGNER.reply_address("support@desk.example", case=12, person="ann@desk.example", purpose="agent")
DIGEST = ADDRESS.partition("@")[0][-26:]


@pytest.mark.parametrize(
    "text",
    [ADDRESS, ADDRESS.upper(), f"<{ADDRESS}>", f"mailto:{ADDRESS.replace('@', '%40')}", f"a {ADDRESS} b {ADDRESS} c"],
)
def test_the_key_is_taken_out_of_a_text_and_the_address_still_says_whose_it_was(text):
    assert DIGEST not in masked(text).lower()
    assert "+12.a" in masked(text).lower()


@pytest.mark.parametrize(
    "before", ["https://desk.example/", "/", "", "https%3A%2F%2Fdesk.example%2F", "HTTPS://DESK.EXAMPLE/"]
)
def test_the_key_is_taken_out_of_the_link_of_a_call(before):
    link = f"{before}calls{'%2F' if '%' in before else '/'}12.{DIGEST}"
    for shown in (masked(f"see <{link}>."), masked(link.upper()).lower(), masked_mail(link.encode()).decode()):
        assert DIGEST not in shown
        assert "12.***" in shown


def test_the_key_is_taken_out_of_a_link_that_writes_its_signs_in_hex():
    assert DIGEST not in masked(f"mailto:{ADDRESS.replace('+', '%2B').replace('@', '%40')}?subject=Re")


@pytest.mark.parametrize(
    "text", ["", "support@desk.example", "3+12.4@x", "jo+news@acme.example", "a.b+c@d.example", "calls/12.abc"]
)
def test_other_addresses_stay_as_they_are(text):
    assert masked(text) == text


def mail(body: bytes, encoding: str) -> bytes:
    head = (
        f"Reply-To: {ADDRESS}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"
    )
    return head.encode() + b"\r\n" + body


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@given(before=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=90))
def test_no_transfer_encoding_hides_it_and_the_rest_stays(encoding, before):
    said = f"{before} {ADDRESS} and more".encode()
    body = {"8bit": said, "quoted-printable": quopri.encodestring(said), "base64": base64.encodebytes(said)}[encoding]

    out = masked_mail(mail(body, encoding))
    text = parse(out).text
    assert DIGEST not in out.decode("utf-8", "replace")
    assert DIGEST not in text
    assert text == parse(mail(body, encoding)).text.replace(DIGEST, "***")


def test_a_mail_without_one_stays_byte_for_byte():
    raw = b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"x" * 300)

    assert masked_mail(raw) == raw
