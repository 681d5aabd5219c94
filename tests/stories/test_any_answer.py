"""Every word an agent wrote reaches the customer or comes back, and nothing of ours that is not the customer's does.

Law 15 and P01, over answers as any mail program makes them of any lines, to any of the mails that an agent got.
"""

from __future__ import annotations

from email.message import EmailMessage
from html import escape
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpdesk.mail.read.overlap import words_of
from tests.desk import ANN, BOB, JO, LENA, OPS, UTE, TestDesk
from tests.mail.clients import BOTTOM_POSTED, TOP_POSTED, written
from tests.memory import in_memory, take_back
from tests.soak import amount

STAFF = (ANN, BOB, LENA, OPS, "ann.berg@home.example")
OWN = [f"own{n:03}" for n in range(400)]  # words that nobody else says

KNOWN = "Since nine no rule fires in the shop."  # stands in the mail that is answered
LINE = st.sampled_from(
    ["{}", "{} {}.", "- {}", "1. {}", "> {}", ">> {} {}", "| {} |", "{}:", "Kind regards {}", "Kind regards", "Thanks,", "--", "-- ",
     "\u2014\u2014", "________________________________", "-----Original Message-----", "From: {}", "Date: 1 May 2026 10:00", "To: {}",
     "Subject: {}", "On 1 May 2026 at 10:00, {} wrote:", "at 12:30 {}", "Sent from my phone {}", "{} is confidential.",
     "Since nine no rule fires in the shop.", "You wrote that no rule fires in the shop, {}", "", "", "#include <{}>",
     "#close the {}", "#1 {}", "HD-1 {}", "*{}*", "\u200b{}", "\u4f60\u597d {}"]
)  # fmt: skip
RISKY = st.sampled_from(
    ["#note", "*#close*", "\uff03note {}", "Hi,", f"To: Ann <{ANN}>", f"write to {BOB}", "as in HD-2 {}", "Case: HD-1 The rules",
     "NOTE-CANARY they never pay on time {}", "{token}", "Reply and your text goes to the customer. First lines that begin",
     "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", "#answer", "#severity low"]
)  # fmt: skip
TOP = st.sampled_from(
    ["", "", "", "", "#note\n", "#severity low\n", "#answer\n", "#resolve\n", "#wait 3d\n", "#nonsense\n"]
)
STYLE = st.sampled_from([*sorted(TOP_POSTED | BOTTOM_POSTED), "none", "html", "inline"])


@st.composite
def answers(draw):
    """The top line, the text, and the words in it that are the agent's alone."""
    lines = draw(st.lists(LINE, min_size=1, max_size=10))
    for risky in draw(st.lists(RISKY, max_size=2)) if draw(st.integers(0, 2)) == 0 else []:
        lines.insert(draw(st.integers(0, len(lines))), risky)
    words = iter(OWN)
    said = "\n".join(line.replace("{token}", "\0").replace("{}", "\1") for line in lines)
    while "\1" in said:
        said = said.replace("\1", next(words), 1)
    return draw(TOP), said.replace("\0", "{token}")


def page(text, old):
    """The same as a mail program for formatted text writes it, the quote in a table in a table."""
    said, quote = (escape(part).replace("\n", "<br>") for part in (text, old))
    return f"<div>{said}</div><table><tr><td><table><tr><td>{quote}</td></tr></table></td></tr></table>"


def mail_of(text, style, got):
    old = got.text.rstrip()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ANN, got.reply_to, f"Re: {got.subject}"
    mail["In-Reply-To"] = got.message.message_id
    if style == "html":
        mail.set_content(page(text, f"On Tue, 26 May 2026 09:12, Desk wrote:\n\n{old}"), subtype="html")
    elif style == "inline":
        quoted = [f"> {line}" for line in old.split("\n")]
        middle = len(quoted) // 2
        mail.set_content(
            "\n".join(["On Tue, 26 May 2026 09:12, Desk wrote:", *quoted[:middle], text, *quoted[middle:]])
        )
    else:
        mail.set_content(text if style == "none" else written(style, new=text, old=old))
    return mail


def own_words_in(text):
    return {word for line in text.split("\n") for word in words_of(line) if word in OWN_SET}


OWN_SET = frozenset(OWN)


def without_headings(lines):
    """A line that says who wrote, right above a sentence of our mail, is the heading of that quote."""
    return [line for line, below in pairwise([*lines, ""]) if not (line.endswith(" wrote:") and below == KNOWN)]


def try_answer(desk, top, said, style, kind):
    got = desk.last(ANN, kind)
    text = top + said.replace("{token}", got.reply_to)
    before = len(desk.laboratory.notebook.mails)
    mail = mail_of(text, style, got)
    mail["Message-ID"] = desk.laboratory.message_id()  # the same bytes again would be the same mail
    desk.receive(mail.as_bytes())

    sent = desk.laboratory.notebook.mails[before:]
    arrived = set()
    for _, row, message in sent:
        arrived |= own_words_in(f"{message.text}\n{message.subject}")
        if row.recipient not in STAFF:
            whole = f"{message.text}\n{message.subject}\n" + row.raw.decode("utf-8", "replace")
            low = whole.lower()
            assert "NOTE-CANARY" not in whole, text
            assert "UTE-CANARY" not in whole, text
            assert not any(address in low for address in STAFF), text
            assert got.reply_to not in low, text
            assert "severity:" not in low, text
            assert "reply and your text" not in " ".join(low.split()), text
            assert "HD-2" not in whole or top == "#answer\n" or "#answer" in said, text
    noted = any(row.recipient == ANN and "noted, in the team" in message.text for _, row, message in sent)
    if not noted:
        wrote = own_words_in(" ".join(without_headings(text.split("\n"))))
        assert wrote <= arrived, f"{style}: {wrote - arrived} of\n{text}"


def opened(rules, database):
    desk = TestDesk(rules, database)
    desk.mail(f"Jo Park <{JO}>", "The rules", "Priority: Medium\n\nSince nine no rule fires in the shop.\n#close\nYes.")
    desk.mail(f"Ute Orth <{UTE}>", "Dead", "Priority: Low\n\nUTE-CANARY")
    desk.reply(ANN, "#note\nNOTE-CANARY they never pay on time and so on.", to_kind="assigned")
    desk.reply(JO, "Is there any news of the rules in Berlin?")
    return desk


def run(rules, *, examples):
    how = settings(
        phases=[Phase.generate],
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    one = st.tuples(answers(), STYLE, st.sampled_from(["assigned", "customer-message", "echo"]))

    @how
    @given(st.lists(one, min_size=1, max_size=2), st.booleans())
    def holds(mails, again):
        take_back()
        desk = opened(rules, in_memory())
        for answer, style, kind in [*mails, *(mails[:1] if again else [])]:
            try_answer(desk, *answer, style, kind)

    holds()


def test_every_word_of_an_answer_arrives_or_comes_back_and_nothing_else_of_ours_leaves(rules):
    run(rules, examples=25)


@pytest.mark.slow
@pytest.mark.soak
def test_every_word_of_an_answer_arrives_or_comes_back_at_length(rules):
    run(rules, examples=amount(50, 20_000))
