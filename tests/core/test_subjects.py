"""What a further mail's subject says: nothing where it is ours or theirs, however programs mark it; else itself."""
# ruff: noqa: RUF001  the letters of other scripts

from __future__ import annotations

import pytest

from helpdesk.core.words.subjects import new_subject
from tests.effort import at_most


def said(subject: str, of_case: str = "Kiln is cold") -> str:
    return new_subject(subject, of_case=of_case, ref="HD-1")


@pytest.mark.parametrize(
    "prefix",
    ["", "Re: ", "AW: ", "RE: RE: ", "Re[2]: ", "Odp: ", "SV: ", "VS: ", "YNT: ", "İlt: ", "ΑΠ: ", "Ответ: ", "回复：", "答复: ", "返信: ",
     "رد: ", "Fwd: Re: ", "RES: ", "R: ", "Vá: ", "[EXTERNAL] Re: ", "Re: [EXT] ", "[EXTERN] AW: ", "***SPAM*** Re: ", "{Spam?} ", "[help] Re: ",
     "SPAM: ", "Re^2: ", "Re-3: ", "ATB: ", "Rép : ", "Σχετ: ", "תשובה: ", "ตอบกลับ: ", "답장: ", "Trả lời: ", "Továbbítás: "],
)  # fmt: skip
def test_what_programs_put_before_a_subject_is_no_news(prefix):
    assert said(f"{prefix}Kiln is cold [HD-1]") == ""
    assert said(f"{prefix}kiln is  COLD") == ""
    assert said(f"{prefix}Total", of_case="Total") == ""


@pytest.mark.parametrize(
    "subject", ["", "Re:", "[HD-1]", "[HD-1] Low · Kiln is cold", "Re: [HD-1] Your message to Clay Support"]
)
def test_nor_is_one_of_ours_or_none(subject):
    assert said(subject) == ""


def test_nor_is_what_our_mails_call_a_case_without_one():
    assert said("Re: (no subject) [HD-1]", of_case="") == ""


@pytest.mark.parametrize(
    ("subject", "new"),
    [
        ("Re: Kiln is cold [HD-1] - it is 7.2", "Kiln is cold - it is 7.2"),
        ("New problem: invoices", "New problem: invoices"),
        ("Re: Kiln is cold, urgent!! [HD-1]", "Kiln is cold, urgent!!"),
        ("Re: Kiln is cold [HD-2]", "Kiln is cold [HD-2]"),
        ("Nobody can fire", "Nobody can fire"),
        ("誰も使えません", "誰も使えません"),
        ("(no subject)", "(no subject)"),
        ("[Urgent] Kiln is cold", "[Urgent] Kiln is cold"),
        ("[HD-2] Re: Kiln is cold", "[HD-2] Re: Kiln is cold"),
        ("Urgent: Kiln is cold", "Urgent: Kiln is cold"),
    ],
)
def test_anything_else_is_said(subject, new):
    assert said(subject) == new


@pytest.mark.parametrize("piece", ["[", "(ext ", "* ", "re:", "[a] ", " ", "spam:"])
def test_an_endless_subject_costs_no_more_than_its_length(piece):
    with at_most(0.5):
        new_subject(piece * 20_000, of_case=piece, ref="HD-1")
