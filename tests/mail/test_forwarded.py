"""Who had written a mail that somebody passes on, as the usual programs write it."""

from __future__ import annotations

import pytest

from helpdesk.mail.read.forwarded import forwarded
from helpdesk.mail.read.parse import parse

OURS = frozenset({"ann@desk.example", "bob@desk.example", "support@logik.example"})
WORDS = "The price of a door is wrong.\n\nJo"

PROGRAMS = {
    "Gmail": "---------- Forwarded message ---------\nFrom: Jo Miller <jo@acme.example>\nDate: Tue, May 19, 2026 at 9:15 AM\n"
    "Subject: Doors\nTo: Ann Berg <ann@desk.example>\n\n\n{}",
    "Gmail in German": "---------- Forwarded message ---------\nVon: Jo Miller <jo@acme.example>\nDate: Di., 19. Mai 2026 um "
    "09:15 Uhr\nSubject: Doors\nTo: <ann@desk.example>\n\n{}",
    "Outlook": "From: Jo Miller <jo@acme.example>\nSent: Tuesday, May 19, 2026 9:15 AM\nTo: Ann Berg <ann@desk.example>\n"
    "Subject: Doors\n\n{}",
    "Outlook with a rule": "________________________________\nFrom: Jo Miller <jo@acme.example>\nSent: Tuesday, May 19, 2026 9:15 AM"
    "\nTo: Ann Berg <ann@desk.example>\nSubject: Doors\n\n{}",
    "old Outlook": "-----Original Message-----\nFrom: Jo Miller [mailto:jo@acme.example]\nSent: Tuesday, May 19, 2026 9:15 AM\n"
    "To: Ann Berg\nSubject: Doors\n\n{}",
    "Outlook in German": "Von: Jo Miller <jo@acme.example>\nGesendet: Dienstag, 19. Mai 2026 09:15\nAn: Ann Berg "
    "<ann@desk.example>\nBetreff: Doors\n\n{}",
    "Outlook in French": "De : Jo Miller <jo@acme.example>\nEnvoyé : mardi 19 mai 2026 09:15\nÀ : Ann Berg "
    "<ann@desk.example>\nObjet : Doors\n\n{}",
    "Thunderbird": "-------- Forwarded Message --------\nSubject: \tDoors\nDate: \tTue, 19 May 2026 09:15:00 -0500\nFrom: \t"
    "Jo Miller <jo@acme.example>\nTo: \tAnn Berg <ann@desk.example>\n\n{}",
    "Yahoo": "----- Forwarded Message -----From: Jo\n----- Forwarded Message -----\nFrom: Jo Miller <jo@acme.example>\nTo: Ann "
    "Berg <ann@desk.example>\nSent: Tuesday, May 19, 2026 at 09:15:00 AM CDT\nSubject: Doors\n\n{}",
    "mutt": "----- Forwarded message from Jo Miller <jo@acme.example> -----\n\nDate: Tue, 19 May 2026 09:15:00 -0500\nFrom: "
    "Jo Miller <jo@acme.example>\nTo: ann@desk.example\nSubject: Doors\n\n{}\n",
    "in bold": "*From:* Jo Miller <jo@acme.example>\n*Sent:* Tuesday, May 19, 2026 9:15 AM\n*To:* Ann Berg <ann@desk.example>\n"
    "*Subject:* Doors\n\n{}",
    "with a wrapped line": "---------- Forwarded message ---------\nFrom: Jo Miller <jo@acme.example>\nDate: Tue, May 19, 2026 at "
    "9:15 AM\nSubject: Doors\nTo: Ann Berg <ann@desk.example>, Bob Cole\n <bob@desk.example>\n\n{}",
    "NetEase": "---- Forwarded Message ----\n| From | Jo Miller<jo@acme.example> |\n| Date | 05/19/2026 09:15 |\n| To | "
    "ann@desk.example<ann@desk.example> |\n| Subject | Doors |\n\n{}",
    "Zoho": '============ Forwarded message ============\nFrom: Jo Miller <jo@acme.example>\nTo: "ann"<ann@desk.example>\n'
    "Date: Tue, 19 May 2026 09:15:00 -0500\nSubject: Doors\n============ Forwarded message ============\n\n{}",
    "in a language that is not listed": "Nuo: Jo Miller <jo@acme.example>\nIšsiųsta: 2026 m. gegužės 19 d., 09:15\nKam: Ann "
    "<ann@desk.example>\nTema: Doors\n\n{}",
    "a link for an address": "From: Jo Miller <jo@acme.example<mailto:jo@acme.example>>\nDate: Tuesday, 19 May 2026 at 09:15\n"
    "To: Ann Berg <ann@desk.example<mailto:ann@desk.example>>\nSubject: Doors\n\n{}",
}


def mail(text: str, *headers: str):
    head = "\n".join(
        ("From: Ann Berg <ann@desk.example>", "To: support@logik.example", "Subject: Fwd: Doors", *headers)
    )
    raw = f"{head}\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()
    return parse(raw), raw


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("above", ["", "Please log this one.\n\n"])
def test_an_inline_forward_is_read(program, above):
    found = forwarded(*mail(above + PROGRAMS[program].format(WORDS)), ours=OURS)

    assert found is not None
    assert (found.author.address, found.author.name, found.subject) == ("jo@acme.example", "Jo Miller", "Doors")
    assert "2026" in found.dated
    assert found.text == WORDS
    assert found.above.startswith(above.strip())


def test_apple_mail_marks_what_it_passes_on():
    lines = f"From: Jo Miller <jo@acme.example>\nSubject: Doors\nDate: 19 May 2026 at 09:15:00 CDT\nTo: Ann\n\n{WORDS}"
    marked = "\n".join(f"> {line}".rstrip() for line in lines.split("\n"))
    found = forwarded(*mail(f"For you.\n\nBegin forwarded message:\n\n{marked}\n"), ours=OURS)

    assert found is not None
    assert (found.author.address, found.subject, found.text, found.above) == (
        "jo@acme.example",
        "Doors",
        WORDS,
        "For you.",
    )


def test_a_forward_of_a_forward_is_of_who_is_none_of_us():
    inner = PROGRAMS["Outlook"].format(WORDS)
    outer = f"From: Bob Cole <bob@desk.example>\nSent: Tuesday, May 19, 2026 10:15 AM\nTo: Ann\nSubject: Fwd: Doors\n\n{inner}"
    found = forwarded(*mail(outer), ours=OURS)

    assert found is not None
    assert (found.author.address, found.text) == ("jo@acme.example", WORDS)


def test_an_attached_mail_is_read_as_it_was():
    inner = "From: Jo Miller <jo@acme.example>\nSubject: Doors\nMessage-ID: <1@acme.example>\nDate: Tue, 19 May 2026 09:15:00 -0500"
    raw = (
        "From: ann@desk.example\nSubject: Fwd: Doors\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        f"Content-Type: text/plain\n\nPlease log this.\n--b\nContent-Type: message/rfc822\n\n{inner}\n\n{WORDS}\n--b--\n"
    ).encode()
    found = forwarded(parse(raw), raw, ours=OURS)

    assert found is not None
    assert (found.author.address, found.subject, found.message_id) == ("jo@acme.example", "Doors", "<1@acme.example>")
    assert (found.text.strip(), found.above) == (WORDS, "Please log this.")


def test_the_mail_that_is_passed_on_is_known_by_its_id_where_the_program_says_it():
    text = PROGRAMS["Gmail"].format(WORDS)
    found = forwarded(*mail(text, "References: <0@acme.example> <1@acme.example>"), ours=OURS)
    assert found is not None
    assert found.message_id == "<1@acme.example>"


@pytest.mark.parametrize(
    "text",
    [
        "Hello, nothing works any more.",
        "The form says:\nFrom: Berlin\nTo: Paris\nDate: May 12",
        "From: Jo Miller\nSent: Tuesday\nTo: Ann\nSubject: Doors\n\nNo address stands here.",
        "---------- Forwarded message ---------\nFrom: Bob Cole <bob@desk.example>\nDate: today\nSubject: Lunch\n\nPizza?",
        "---------- Forwarded message ---------\nFrom: Support <support+1.cabc@logik.example>\nDate: today\nSubject: x\n\nHi.",
    ],
)
def test_what_passes_nobodys_mail_on_is_none(text):
    assert forwarded(*mail(text), ours=OURS) is None
