"""Japanese, Korean and Chinese in seven bits: their bytes pass for ASCII, whatever charset the mail claims."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.mail.read.codec import decode
from helpdesk.mail.read.parse import parse

TEXTS = {
    "iso2022_jp": "窯が温まりません。\n三番のホールです。\n森",
    "iso2022_kr": "가마가 뜨거워지지 않습니다.\n세 번째 홀입니다.",
    "hz": "窑炉不热了。请帮忙看看。\n在三号厅。",
}
CLAIMS = ["", "us-ascii", "utf-8", "iso-8859-1", "windows-1252", "x-unknown"]


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("codec", TEXTS)
def test_it_is_read_whatever_it_claims(codec, claim):
    text = TEXTS[codec]
    assert decode(text.encode(codec), claim)[0] == text


@pytest.mark.parametrize("codec", TEXTS)
def test_a_mail_says_it_in_its_subject_and_its_text(codec):
    text = TEXTS[codec]
    subject = text.split("\n", maxsplit=1)[0]
    head = b"From: Mori <mori@pots.example>\nSubject: " + subject.encode(codec)
    message = parse(head + b"\nContent-Type: text/plain\n\n" + text.encode(codec) + b"\n")
    assert message.subject == subject
    assert message.reply == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'\x1b$B-!\x1b(B \x1b$B-"\x1b(B', "① ②"),  # NEC row 13: digits in circles
        (b"\x1b$B-j\x1b(B", "㈱"),  # the sign of a company
        (b"\x1b$B|b\x1b(B", "髙"),  # IBM's characters, as Windows writes them: a common family name
        (b"\x1b(I6E\x1b(B", "ｶﾅ"),  # half-width
        (b"\x1b$@$+$^\x1b(J x", "かま x"),  # the standard of 1978, and its way back
        (b"\x1b$B$+$^\n\x1b$B$+$^\x1b(B", "かま\nかま"),  # a line that forgets to go back
    ],
)
@pytest.mark.parametrize("claim", ["", "iso-2022-jp", "utf-8"])
def test_vendors_characters_are_read(data, text, claim):
    assert decode(data, claim)[0] == text


def test_a_name_in_seven_bits_is_a_name_and_no_address():
    raw = "From: 森".encode("iso2022_jp") + b" <mori@pots.example>\nSubject: x\n\nx\n"
    assert [(one.name, one.address) for one in parse(raw).senders] == [("森", "mori@pots.example")]


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mred\x1b[0m and \x1b[1mbold\x1b[m",  # what a terminal showed
        "x~{i}~y and ~{\\bf z}~ of a formula",
        "~{} ~{ab ~}",
        "cd ~/kiln && ls ~{a,b}~",
    ],
)
def test_plain_text_with_such_signs_stays(text):
    assert decode(text.encode())[0] == text


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "utf-8"]))
def test_any_bytes_behind_an_escape_are_read(data, claim):
    decode(b"\x1b$B" + data, claim)
    decode(b"~{" + data + b"~}", claim)
    decode(b"\x1b$)C\x0e" + data, claim)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="あいうえおカキクケコ窯森火水木金土、。 abc123\n", max_size=80))
def test_whatever_is_written_in_japanese_comes_back(text):
    assert decode(text.encode("iso2022_jp"))[0] == text
