"""What is left out of a customer's mail is counted, and no new sentence is among it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail.read import overlap
from helpdesk.mail.read.folded import folded, partly_shown
from helpdesk.mail.read.quote import first_text, new_text

from .clients import BOTTOM_POSTED, TOP_POSTED, written

OURS = "Hello Kim,\n\nplease switch the printer off and on again.\nThen tell us what it says.\n\n-- \nAnn Berg, Acme Support. Case HD-7: simply reply."
NEW = "It prints.\n\nCould you look at the scanner, too?"
KNOWN = overlap.known([OURS])


def read(text):
    shown = new_text(text)
    return shown, of_what_is_known(text, shown)


def of_what_is_known(text, shown):
    return folded(partly_shown(text, shown), KNOWN)


@pytest.mark.parametrize("style", TOP_POSTED | BOTTOM_POSTED)
def test_of_a_reply_the_new_words_are_shown_and_the_rest_is_counted(style):
    shown, left = read(written(style, new=NEW, old=OURS))

    assert (shown, left.new) == (NEW, ())
    assert 5 <= left.count <= 16


@pytest.mark.parametrize(
    "hidden",
    [
        "\n--\nBut since 10:00 nobody can order in shop 7.",
        "\nKind regards\nKim\n\nPlease note that since ten nobody can order anything in shop 7",
        "\n____________\nnobody at all can order since this morning, please call",
        "\nFrom: me\nTo: you\nDate: 1 May 2026 10:00\nSubject: x\n\nNobody can order here since ten.",
        "\n> Nobody can order here since ten, in no shop.",
        "\n-----Original Message-----\nNobody can order here since ten.",
        "\n--\n\u5e97\u8217\u4e03\u81ea\u5341\u70b9\u8d77\u65e0\u6cd5\u4e0b\u5355",
    ],
)
@pytest.mark.parametrize("style", ["gmail", "outlook", "thunderbird-bottom"])
def test_a_new_sentence_below_what_looks_like_no_text_is_shown(hidden, style):
    sentence = hidden.rstrip().rpartition("\n")[2]
    shown, left = read(written(style, new=f"Thanks, found it.{hidden}", old=OURS))

    assert sentence in f"{shown}\n" + "\n".join(left.new)


@pytest.mark.parametrize("style", sorted(TOP_POSTED | BOTTOM_POSTED))
def test_an_answer_of_a_word_that_stands_in_a_quote_is_shown(style):
    """People answer below, or behind, a question; what is no sentence was left out, and its line merely counted."""
    for answer in ("4.2", "since noon", "no, both", "\u5348\u524d\u304b\u3089"):
        for place in ("\nThen tell", " again.", "\n-- ", "Hello Kim,", "simply reply."):
            below = f"\n{answer}{place}" if place.startswith("\n") else f"{place} {answer}"
            for new in ("It prints.", ""):
                shown, left = read(written(style, new=new, old=OURS.replace(place, below)))
                assert answer in f"{shown}\n" + "\n".join(left.new)


@pytest.mark.parametrize("style", sorted(TOP_POSTED))
@pytest.mark.parametrize("signature", ["", "\n\n-- \nKim Lee\nHead of IT\nAcme Corp"])
def test_of_a_quote_that_was_wrapped_anew_and_a_signature_below_it_nothing_is_new(style, signature):
    wrapped = (
        OURS.replace("again.\nThen", "again. Then").replace("printer off", "printer\noff").replace("says", "\nsays")
    )
    text = written(style, new=f"{NEW}\n\nKind regards\nKim Lee", old=wrapped)
    marked = text.rstrip().rpartition("\n")[2].startswith(">")
    _, left = read(text + (signature if marked else ""))

    assert left.new == ()


@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize(
    "more",
    [
        "Importance: High",
        "Attachments: shot.png\nSensitivity: Confidential",
        "Priorit\u00e4t: Hoch",
        "\nCAUTION: This email came from outside the organization.",
        "\nYou don't often get email from support@desk.example. Learn why this is important",
    ],
)
def test_what_a_program_puts_above_a_quote_is_nobodys_answer(more, mark):
    """`Importance: High` would be a severity that the customer states."""
    head = f"From: Support <support@desk.example>\nSent: Tuesday, May 26, 2026 9:12 AM\nTo: Kim\nSubject: Re: x\n{more}\n\n"
    _, left = read(f"{NEW}\n\n{head}" + "\n".join(mark + line for line in OURS.split("\n")))

    assert left.new == ()


def test_a_quote_of_somebody_else_is_shown_as_far_as_it_is_no_signature():
    attribution = "On Tue, May 26, 2026 at 9:12 AM Pat Lee <pat@acme.example> wrote:"
    _, left = read(f"FYI\n\n{attribution}\n\n> 4.2, Edge\n> Pat Lee\n")

    assert left.new[:1] == ("> 4.2, Edge",)


@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize(
    "head",
    [
        (
            "---- Replied Message ----\n| From | Pat Lee<pat@acme.example> |\n| Date | 05/19/2026 22:40 |\n"
            "| To | Kim Lee<kim@acme.example> |\n| Subject | Re: total [HD-7] |"
        ),
        (
            "-----Original Message-----\nFrom: Pat Lee <pat@acme.example>\nSent: Tuesday, May 19, 2026 9:12 AM\n"
            "To: Kim Lee <kim@acme.example>\nSubject: RE: total"
        ),
        (
            "________________________________\nVon: Pat Lee <pat@acme.example>\nGesendet: Dienstag, 19. Mai 2026 09:12\n"
            "An: Kim Lee <kim@acme.example>\nBetreff: AW: total"
        ),
    ],
)
def test_of_a_quote_of_something_unknown_neither_its_head_nor_the_dashes_below_it_are_shown(head, mark):
    """All of them would be read for how bad it is, and thin out the one sentence that says so."""
    quoted = f"{head}\nWhich of the two shops is it?\n\n-- \nPat Lee"
    _, left = read("Yes, and nobody can order.\n\n" + "\n".join(mark + line for line in quoted.split("\n")))

    assert [line.lstrip("> ") for line in left.new][:1] == ["Which of the two shops is it?"]
    assert not any("|" in line or line.strip("> ") == "--" for line in left.new)


@pytest.mark.parametrize("line", ["PS: call 555 123", "2026-05-19 10:00 ERROR price 17"])
def test_a_postscript_or_a_log_below_a_signature_is_shown(line):
    _, left = read(f"{NEW}\n\n-- \nKim Lee\n\n{line}")

    assert line in left.new


def test_an_answer_that_was_put_into_the_quote_of_outlook_is_shown():
    text = written("outlook", new="See in red.", old=OURS.replace("again.", "again.\nWe did that twice today already."))
    shown, left = read(text.replace("See in red.", "Hello."))

    assert "We did that twice today already." in f"{shown}\n" + "\n".join(left.new)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nKim Lee\nHead of IT\nAcme Corp\n+49 30 1234567",
        "Kind regards,\n\nKim Lee\nHead of IT | Acme Corp | +49 30 1234567 | www.acme.example",
        "Sent from my iPhone",
        "This e-mail is confidential and intended only for the addressee. If you have received it in error, delete it.",
        "_______________________________________________\nusers mailing list\nhttps://lists.acme.example/mailman/listinfo/users",
    ],
)
def test_a_signature_is_counted_and_not_shown(signature):
    _, left = read(f"{NEW}\n\n{signature}\n")

    assert left.new == ()
    assert left.count == len([line for line in signature.split("\n") if line.strip()])


# --- a mail that answers nothing of ours


@pytest.mark.parametrize(
    "text",
    [
        "> Production is down since nine.\n>\n> Nobody can order.\n\nKind regards\nJo",
        "> Production is down since nine.\n\n> Nobody can order.",
        "&gt; Production is down since nine. Nobody can order.",
        ">Production is down since nine.\n>> Nobody can order.",
    ],
)
def test_indented_lines_of_a_first_mail_are_its_authors(text):
    first = first_text(text)

    assert "Production is down since nine." in first.own
    assert "Nobody can order." in first.own
    assert first.others == ""


@pytest.mark.parametrize("style", TOP_POSTED)
def test_what_a_first_mail_says_that_others_wrote_is_a_voice_of_its_own(style):
    first = first_text(written(style, new="Do you know this?", old="The whole shop is down for everybody."))

    assert first.own.startswith("Do you know this?")
    assert "The whole shop is down for everybody." not in first.own
    assert "The whole shop is down for everybody." in first.others


def test_a_forward_is_the_message():
    text = "FYI\n\n---------- Forwarded message ---------\nFrom: Kim <kim@acme.example>\nDate: 1 May 2026\nSubject: x\n\nAll down."

    assert "All down." in first_text(text).own


@given(st.text(max_size=300))
def test_any_first_mail_is_read(text):
    assert bool(first_text(text).own) == bool(text.strip())


@pytest.mark.parametrize(
    "bomb", ["> x\n" * 250_000, "-- \n" * 250_000, "On 1/1/26 a@b.c wrote:\n> a\n" * 30_000, "\n" * 10**6]
)
def test_a_bomb_of_a_megabyte_is_folded_in_a_moment(bomb):
    """C05"""
    begun = time.thread_time()
    of_what_is_known(bomb, new_text(bomb))
    first_text(bomb)
    assert time.thread_time() - begun < 6.0
