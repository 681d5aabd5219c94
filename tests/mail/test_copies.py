"""Two different mails never fold, whatever list carried one of them; and what a list adds never tells copies apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail.read.copies import are_copies
from helpdesk.mail.read.parse import parse

WORDS = st.text("ab- _.[]\n", min_size=1, max_size=40)
HEAD = "From: jo@acme.example\nMessage-ID: <1@acme.example>\nSubject: {}\n{}\n{}"
LIST = "List-Id: <help.lists.example>\n"
FOOTERS = ("", "\n____\nhelp@lists.example", "\n-- \nhelp.lists.example", "\nLeave: help.lists.example")


def mail(words: str, *, by_list: bool = False, subject: str = "Total"):
    raw = HEAD.format(subject, LIST if by_list else "", words).encode()
    return parse(raw), raw


@given(WORDS, WORDS)
def test_of_mail_that_no_list_carried_every_other_word_counts(one, other):
    same = "".join(parse(HEAD.format("", "", one).encode()).text.split()) == "".join(
        parse(HEAD.format("", "", other).encode()).text.split()
    )
    assert are_copies(mail(one), mail(other)) is same


@given(WORDS, st.sampled_from(FOOTERS), st.sampled_from(FOOTERS))
def test_what_two_lists_add_tells_no_copies_apart(words, one, other):
    words = f"It is {words} so"
    assert are_copies(mail(words + one, by_list=True), mail(words + other, by_list=True, subject="[help] Total"))


@given(WORDS)
def test_a_footer_is_a_lists_only_where_a_list_carried_the_mail(words):
    words = f"It is {words} so"
    assert not are_copies(mail(words), mail(f"{words}\n____\nAnd more"))
    assert are_copies(mail(words), mail(f"{words}\n____\nAnd more", by_list=True))


@pytest.mark.parametrize(
    ("above", "below", "subject"),
    [
        ("[EXTERNAL EMAIL]\n\n", "", "Total"),
        ("[External]\n\n", "", "[EXTERNAL] Total"),
        ("", "", "[EXT] Total"),
        ("CAUTION: This email originated from outside of the organization.\nDo not click links.\n\n", "", "Total"),
        ("ACHTUNG: Diese E-Mail kommt von außerhalb.\n\n", "", "*EXTERN* Total"),
        ("", "\n\nThis e-mail is confidential and intended solely for the addressee.", "Total"),
        ("", "\n\n________\nDiese E-Mail ist vertraulich und nur für den Empfänger bestimmt.", "Total"),
        (
            "",
            "\n\nScanned for viruses by the mail gateway.\n\nIf you are not the intended recipient, delete it.",
            "Total",
        ),
    ],
)
def test_what_a_gateway_writes_around_a_mail_tells_no_copies_apart(above, below, subject):
    words = "It is wrong.\n\nSince nine."
    assert are_copies(mail(words), mail(f"{above}{words}{below}", subject=subject))


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("It is wrong.\n\nSince ten.", "Total"),
        ("It is wrong.\n\nSince nine.\n\nCall me.", "Total"),
        ("It is wrong.\n\nSince nine.\n\nThis mail is confidential. Who reads it?", "Total"),
        ("Caution, it is worse.\n\nIt is wrong.\n\nSince nine.", "Total"),
        ("It is wrong.\n\nSince nine.", "Exterior total"),
        ("It is wrong.\n\nSince nine.", "[7] Total"),
    ],
)
def test_a_word_of_their_own_tells_two_mails_apart(words, subject):
    assert not are_copies(mail("It is wrong.\n\nSince nine."), mail(words, subject=subject))
