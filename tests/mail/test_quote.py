"""What they wrote now, out of forty mail programs' ways to quote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail.read.parse import parse
from helpdesk.mail.read.quote import before_quote, new_text
from tests.effort import at_most

from .clients import BOTTOM_POSTED, TOP_POSTED, written
from .replies import answers

NEW = "The printer works again.\n\nCould you also look at the scanner on the second floor?"
OLD = "Hello Kim,\n\nplease switch the printer off and on.\n\n#close\n\nIs it better now?"


@pytest.mark.parametrize("style", TOP_POSTED | BOTTOM_POSTED)
def test_only_what_is_new_is_left_of_a_reply_from(style):
    assert new_text(written(style, new=NEW, old=OLD)) == NEW


@pytest.mark.parametrize("style", TOP_POSTED | BOTTOM_POSTED)
def test_a_command_in_what_was_answered_to_is_not_where_commands_may_stand_in(style):
    """A13: a customer's `#close` that an agent's mail program quotes, marked or not, is never the agent's."""
    above = before_quote(written(style, new=NEW, old=OLD))
    assert "#close" not in above
    assert above in {NEW, ""}


@pytest.mark.parametrize("style", TOP_POSTED)
def test_an_agents_command_above_the_quote_is_found_in(style):
    """A13, the other side: what the agent orders above the quote is not lost."""
    above = before_quote(written(style, new="#assign bob\n\nHe knows this one.", old=OLD))
    assert above.startswith("#assign bob\n\nHe knows this one.")


def test_a_bottom_posters_text_is_kept_but_his_commands_are_not_heard():
    text = written("thunderbird-bottom", new="#close", old="It is broken.")
    assert new_text(text) == "#close"
    assert before_quote(text) == ""


def test_answers_between_quoted_lines_stay_in_order():
    text = "On 5/26/26 09:12, Ann Berg wrote:\n> Which version?\n\n4.2\n\n> Since when?\n\nSince Monday.\n"
    assert new_text(text).split() == ["4.2", "Since", "Monday."]


def test_a_quoted_line_that_was_wrapped_takes_its_tail_with_it():
    text = (
        "> a quoted line that is so long that the mail program of the answerer\n"
        "wrapped it\n"
        "> and went on\n\nYes, that is it.\n"
    )
    assert new_text(text) == "Yes, that is it."


def test_a_mail_passed_on_without_a_word_is_the_message():
    text = (
        "---------- Forwarded message ---------\nFrom: Kim Lee <kim@acme.example>\n"
        "Date: Tue, May 26, 2026 at 9:12 AM\nSubject: Printer\nTo: <it@acme.example>\n\nThe printer burns.\n"
    )
    assert "The printer burns." in new_text(text)
    assert "The printer burns." in new_text(f"FYI\n\n{text}")
    assert "The printer burns." in new_text(f"Please take care of the mail below before noon.\n\n{text}")


def test_what_the_subject_calls_passed_on_is_part_of_the_message():
    """Outlook writes the same above what it forwards as above what it answers to: only the subject tells."""
    text = "Please advise.\n\nFrom: Kim <kim@acme.example>\nSent: Tuesday, May 26, 2026 9:12 AM\nTo: Jo\nSubject: Printer\n\nThe printer burns.\n"
    for subject in ("FW: Printer", "WG: Printer", "[EXT] TR: Printer", "转发\uff1aPrinter"):
        assert "The printer burns." in new_text(text, subject=subject)
    for subject in ("RE: FW: Printer", "Printer", "FW: Printer [HD-7]"):
        assert new_text(text, subject=subject) == "Please advise."


def test_the_last_line_above_an_attribution_stays_whatever_it_begins_with():
    """A sentence that ended in a time was taken for the beginning of "On ... wrote:", and lost."""
    attribution = "On Tue, May 26, 2026 at 9:12 AM Ann Berg <ann@desk.example> wrote:"
    for last in ("at 12:30 today", "on Monday, 25 May 2026", "Am 26.05. um 10:00 ist es fertig", "in 2026"):
        assert new_text(f"It comes\n{last}\n{attribution}\n> Is it done?\n") == f"It comes\n{last}"


ANSWERS = answers()


@pytest.mark.parametrize("answer", ANSWERS, ids=[answer.name for answer in ANSWERS])
def test_of_an_answer_as_people_send_it_what_they_wrote_is_left(answer):
    """By the mail programs of the world; a bare name below the text may stay, no word of theirs may go."""
    reply = " ".join(parse(answer.raw).reply.split())
    wanted = " ".join(answer.wanted.split())
    assert reply in {wanted, f"{wanted} Marco"}


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nKim Lee\nAcme Corp\n+49 30 1234567",
        "--\nKim",
        "Kind regards,\n\nKim Lee\nHead of IT | Acme Corp | +49 30 1234567 | www.acme.example",
        "Mit freundlichen Grüßen\n\nKim Lee",
        "Cordialement,\nKim Lee",
        "Saludos cordiales,\nKim",
        "Best regards, Kim",
        "Kim Lee\nHead of IT\nAcme Corp\n+49 30 1234567\nkim@acme.example | www.acme.example",
        "Thanks & regards,\nKim",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Get Outlook for Android<https://aka.example/android>",
        "________________________________\nKim Lee\nT: +49 30 1234567\nkim@acme.example",
        "This e-mail is confidential and intended only for the addressee. If you have received this message in error, delete it.",
        "Disclaimer\n\nThe information contained in this communication is confidential and intended solely for the recipient.",
        "Diese E-Mail enthält vertrauliche Informationen und ist nur für den Empfänger bestimmt.",
        "_______________________________________________\nusers mailing list\nhttps://lists.acme.example/mailman/listinfo/users",
        "Kind regards,\nKim Lee\n\nSent from my iPhone",
        "Regards\nKim\n\n-- \nAcme Corp, Main Street 1\n\nThis message is confidential and may be privileged.",
    ],
)
def test_what_stands_below_the_message_goes(signature):
    assert new_text(f"{NEW}\n\n{signature}\n") == NEW


@pytest.mark.parametrize(
    "line",
    """
    Von meinem/meiner Galaxy gesendet
    Odoslané z môjho iPhonu
    Poslano z mojega iPhona
    Trimis de pe iPhone-ul meu
    Изпратено от моя iPhone
    Στάλθηκε από το iPhone μου
    iPhone'umdan gönderildi
    נשלח מה-iPhone שלי
    أُرسلت من الـ iPhone
    ส่งจาก iPhone ของฉัน
    Đã gửi từ iPhone của tôi
    Dikirim dari iPhone saya
    Надіслано з iPhone
    Küldve iPhone-omról
    나의 iPhone에서 보냄
    携帯から送信
    获取 Outlook for iOS
    Ladda ner Outlook för Android
    Get BlueMail for Android
    Sent from my phone, please excuse typos.
    """.strip().splitlines(),
)
def test_what_telephones_put_below_a_mail_goes_in_whatever_language(line):
    assert new_text(f"{NEW}\n\n{line.strip()}\n") == NEW


@pytest.mark.parametrize(
    "line", ["Dikirim dari iPhone: it fails", "iPhone 15 gönderildi mi?", "Ladda ner Outlook, och sedan?"]
)
def test_nor_does_it_take_words_with_it(line):
    assert line in new_text(f"{NEW}\n\n{line}\n")


@pytest.mark.parametrize(
    "legal",
    [
        "This e-mail is confidential.",
        "This message is intended only for the addressee. If you have received it in error, delete it.",
        "The information contained in this\ncommunication is confidential and may be privileged.",
        "Diese E-Mail enth\u00e4lt vertrauliche Informationen und ist nur f\u00fcr den Empf\u00e4nger bestimmt.",
        "Ce message est confidentiel et destin\u00e9 \u00e0 son seul destinataire.",
        "Please consider the environment before printing this e-mail.",
        "Gesch\u00e4ftsf\u00fchrer: Kim Lee, Amtsgericht Berlin, HRB 12345",
        "I work flexibly; please do not feel that you have to answer at once.",
    ],
)
@pytest.mark.parametrize(
    "words", ["The total is wrong in shop 7 since noon.", "It fails", "No, only in shop 7\nand shop 9."]
)
def test_what_stands_right_above_lawyers_text_stays(words, legal):
    """Some gateways put theirs below the last line, without an empty one: the whole paragraph went, and its mail with it."""
    assert new_text(f"Hello,\n\n{words}\n{legal}\n") == f"Hello,\n\n{words}"


def test_a_question_about_confidentiality_is_no_lawyers_text():
    text = "Hello,\n\nthis e-mail is confidential and intended for somebody else: why did I get it?"
    assert new_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Thanks,\nKim",
        "I wrote to you on Monday:\nno answer so far.",
        "On 12 May 2026 at 10:30 your colleague wrote:\nplease send the log.\nI did, and nothing happened.",
        "From: Berlin\nTo: Paris\nDate: 12 May 2026\n\nThat is the trip that does not show up.",
        "We would like to book\n\nFrom: Berlin\nTo: Paris\nDate: 12 May 2026\n\nand it says no.",
        "SQL> select 1 from dual;\nORA-12154",
        "| host | state |\n| a    | down  |",
        "## Steps\n----\n1. open\n2. close\n----\nThen it is gone.",
        "The error was sent from my iPhone app to all users.",
        "Best regards,\nKim\n\nPS: the invoice is wrong too!",
        "With regards to the invoice: it is wrong.",
        "Please call me: +49 30 1234567\nKim Lee\nkim@acme.example",
        "Please call the one who knows:\n\nKim Lee\n+49 30 1234567\nkim@acme.example",
        "-- \nall of it looks like a signature",
        "> everything is quoted",
        "Sent from my iPhone",
        "__init__ is missing\n__main__ too",
    ],
)
def test_what_a_person_wrote_stays(text):
    """Losing a sentence is worse than showing a signature."""
    assert new_text(text) == text


def test_a_warning_of_the_mail_server_above_the_text_goes():
    text = (
        "CAUTION: This email originated from outside of the organization. Do not click links.\n\nHello,\n\nit is down."
    )
    assert new_text(text) == "Hello,\n\nit is down."


@pytest.mark.parametrize(
    "bomb",
    [
        "On " * 350_000,
        "On 1/1/26 a@b.example wrote\n" * 40_000,
        "\n" * 1_000_000,
        "> " * 500_000,
        ">" * 1_000_000,
        "--\n" * 330_000,
        "From: a@b.example\n" * 60_000,
        "Kind regards\n" * 80_000,
        "-" * 1_000_000,
        "_" * 1_000_000 + "\n",
        "sent from my " * 80_000,
        "a@" * 500_000,
        "wrote:\n" * 140_000,
        " \t" * 500_000 + "x",
        "confidential this message " * 40_000,
        ("x" * 99 + "\n") * 10_000,
    ],
    ids=lambda bomb: repr(bomb[:14]),
)
@pytest.mark.parametrize("function", [new_text, before_quote])
def test_a_bomb_of_a_megabyte_is_read_in_a_moment(function, bomb):
    """C05: on these, libraries take minutes."""
    with at_most(2.0):
        function(bomb)


_LINES = st.lists(
    st.sampled_from(
        ["", "text", "> quoted", "-- ", "On 5/26/26 09:12, Ann Berg wrote:", "From: a@b.example", "Kind regards", "________",
         "-----Original Message-----", "Sent: 26 May 2026 09:12", "Subject: x", "To: c@d.example", "Sent from my iPhone",
         "This message is confidential.", "wrote:", "---------- Forwarded message ---------", ">"]
    ),
    max_size=25,
).map("\n".join)  # fmt: skip


@given(st.one_of(_LINES, st.text(max_size=300)))
def test_nothing_is_made_up_and_something_is_always_left(text):
    result = new_text(text)
    assert bool(result) == bool(text.strip())
    position = 0
    for line in result.split("\n"):
        position = text.find(line.strip(), position)
        assert position >= 0, "a line of the result does not stand in the text, in this order"


@given(st.one_of(_LINES, st.text(max_size=300)))
def test_the_block_for_commands_is_the_beginning_of_the_text(text):
    assert text.strip().startswith(before_quote(text))
