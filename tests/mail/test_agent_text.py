"""An agent's own words, out of forty mail programs' ways to quote what the desk sent them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail.read import overlap
from helpdesk.mail.read.agent_text import closing_lines, compared, sent, written
from helpdesk.mail.read.confidential import Confidential, inside
from helpdesk.mail.read.html import to_text
from helpdesk.mail.read.tail import learn, remembered, tail_of
from helpdesk.mail.write.mail_html import as_html, as_text, quoted

from .clients import BOTTOM_POSTED, TOP_POSTED
from .clients import written as replied

CUSTOMERS = "Since nine no rule fires in the Berlin shop.\n#close\n- we restarted twice\n\nYes.\nKim"
SOURCE = (
    "A new case for you.\n\nCase: HD-7 Rules\nFrom: Kim Lee <kim@acme.example>\nSeverity: Low - a question\n"
    "Link: https://desk.example/cases/HD-7\n\nKim Lee wrote:\n\n"
    f"{quoted(CUSTOMERS)}\n\n-- Reply and your text goes to the customer. First lines that begin with # are for the desk."
)
MAIL = (as_text(SOURCE), to_text(as_html(SOURCE)))
ANSWERED = sent([MAIL])
ANSWER = "Hello Kim,\n\nplease open Rules, press Run.\nIt is repaired since\nat 12:30 today"


def rewrapped(text: str, width: int) -> str:
    """As a mail program wraps what it quotes: the words of a paragraph in lines of another width."""
    lines = []
    for line in text.split("\n"):
        mark, words = ("> ", line[2:]) if line.startswith("> ") else ("", line)
        whole = mark
        for word in words.split():
            if len(whole) + len(word) > width:
                lines.append(whole.rstrip())
                whole = mark
            whole += f"{word} "
        lines.append(whole.rstrip())
    return "\n".join(lines)


def own_text(text, answered, learnt=()):
    return written(compared(text, answered), answered, learnt)


@pytest.mark.parametrize("old", MAIL, ids=["plain", "html"])
@pytest.mark.parametrize("style", TOP_POSTED | BOTTOM_POSTED)
def test_all_that_the_agent_wrote_is_left_and_nothing_of_ours(style, old):
    own = own_text(replied(style, new=ANSWER, old=old.strip()), ANSWERED)

    assert ANSWER in own.text
    more = own.text.replace(ANSWER, "").strip()
    assert more in {"", "Sent from my iPhone", "Von meinem iPhone gesendet", "Sent from my Galaxy"} or "Outlook" in more
    assert own.head.startswith(ANSWER) == (style in TOP_POSTED)


@pytest.mark.parametrize(
    "warning",
    [
        "CAUTION: This email originated from outside of the organization.",
        "CAUTION: This email originated from outside of the\norganization. Do not click links or open\nattachments.",
        "Achtung: Diese E-Mail kommt von einem externen Absender.",
        "You don't often get email from support@logik.example. Learn why this is important",
    ],
)
@pytest.mark.parametrize("style", ["gmail", "outlook", "apple-mail", "thunderbird-de"])
def test_a_warning_that_a_gateway_put_above_our_mail_goes_with_the_quote_and_comes_back(style, warning):
    own = own_text(replied(style, new=ANSWER, old=f"{warning}\n\n{MAIL[0]}"), ANSWERED)

    assert own.text == ANSWER
    assert own.left_out.replace("> ", "") == warning


def test_an_answer_below_such_a_warning_is_not_taken_for_it():
    text = f"On Tue, 19 May 2026, Support wrote:\n\nCaution: the external links are old.\n\n{ANSWER}\n\n{MAIL[0]}"
    assert ANSWER in own_text(text, ANSWERED).text


@pytest.mark.parametrize("width", [25, 40, 60, 76, 200])
def test_a_quote_that_was_wrapped_anew_is_known(width):
    old = rewrapped(MAIL[0], width)
    for style in ("gmail", "outlook", "thunderbird-de"):
        assert own_text(replied(style, new=ANSWER, old=old), ANSWERED).text == ANSWER


@pytest.mark.parametrize(
    "changed",
    [
        MAIL[0].replace("https://desk.example/cases/HD-7", "https://safe.example/?u=https%3A%2F%2Fdesk&d=1"),
        MAIL[0].replace(
            "https://desk.example/cases/HD-7", "https://desk.example/cases/HD-7<https://desk.example/cases/HD-7>"
        ),
        MAIL[0].partition("Kim Lee wrote:")[0],
        MAIL[0].replace("\n", "\r\n").replace("\r", ""),
        "\n".join(f"> {line}" for line in MAIL[0].split("\n")),
        MAIL[0].upper(),
        "\n".join(f"| {line}" for line in MAIL[0].split("\n")),
    ],
    ids=["safe link", "link shown", "cut short", "line ends", "quoted twice", "capitals", "bars"],
)
@pytest.mark.parametrize("style", ["gmail", "outlook", "apple-mail"])
def test_a_quote_that_was_changed_on_its_way_is_known(style, changed):
    assert own_text(replied(style, new=ANSWER, old=changed), ANSWERED).text == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "for the web:\n--\n1. Open Rules.\n2. Press Run.\n\nDo not press Import.",
        "In short\n\u2014\u2014\nlong text",
        "__\nall of it\n__",
        "write this:\n\nKind regards\nThe shop team\n+1 555 0100\n\nand then restart.",
        "From: shop@acme.example\nTo: buyer@other.example\nDate: Tue, 19 May 2026 08:00\nSubject: Your order\n\nSee its SPF.",
        "run this:\n\n> desk export --rule 7\n\nand send me the file.",
        "> Which version?\n4.2, I think.",
        "-----Original Message-----\nDate: 1 May 2026 10:00\nis how it begins\nas we know\nsince 2020",
        "-----Original Message-----\nis what Outlook writes there",
        "Think of the environment before printing this e-mail.",
        "Sent from my iPhone app it fails, from the page it works.",
        "On Tue, May 26, 2026 at 9:12 AM Ann Berg <ann@acme.example> wrote:\nthis one I mean.",
        "________________________________\nA table\n________________________________\nof all.",
        "This message is confidential, please do not publish it.",
        "Please reply above this line to him.",
        "You said that no rule fires in the Berlin shop. Is it so in Rome?",
        "no rule fires in the Berlin shop",
        "Yes.",
        "Yes.\nKim",
        "\u200bHello",
        "\u4f60\u597d\uff0c\u8bf7\u91cd\u65b0\u542f\u52a8\u3002",
        "#1 open Rules\n#2 press Run",
        "\U0001f44d",
    ],
)
@pytest.mark.parametrize("style", ["gmail", "outlook", "thunderbird-bottom"])
def test_nothing_is_cut_by_how_it_looks(text, style):
    assert own_text(text, ANSWERED).text == text.rstrip()
    assert text.rstrip() in own_text(replied(style, new=text, old=MAIL[0]), ANSWERED).text


def test_answers_between_the_quoted_lines_stay_and_the_quoted_lines_go():
    mail = MAIL[0].replace("\n", "\n> ").replace("> > Since", "> > Since")
    mail = mail.replace("Berlin shop.", "Berlin shop.\nOnly in Berlin?").replace("> > Yes.", "> > Yes.\n\nGood.\n")

    assert own_text(f"On Tue, 26 May 2026 09:12, Desk wrote:\n> {mail}", ANSWERED).text == "Only in Berlin?\n\nGood."


@pytest.mark.parametrize("bare", [">", "> >", ">\n> >\n>"])
def test_bare_marks_between_an_answer_and_the_next_quoted_line_go_with_it(bare):
    first, second, *_ = (line for line in MAIL[0].split("\n") if len(line.split()) > 4)
    text = f"On Tue, 26 May 2026 09:12, Desk wrote:\n> {first}\n{bare}\nOnly in Berlin?\n\n{bare}\n> {second}\n{bare}\nGood."

    assert own_text(text, ANSWERED).text == "Only in Berlin?\n\nGood."


def test_words_that_were_typed_into_a_quoted_line_are_not_lost():
    changed = MAIL[0].replace("in the Berlin shop.", "in the Berlin shop. ONLY THERE? We found nothing.")
    text = replied("gmail", new="See below.", old=changed)

    assert "ONLY THERE? We found nothing." in own_text(text, ANSWERED).text


def test_what_somebody_quotes_without_a_mark_or_a_word_about_it_comes_back():
    words = " ".join(["the customer tells a long story about rules that never fire anywhere"] * 2)
    desk = sent([(f"A new case for you, please read it.\n> {words}",)])
    own = own_text(f"Hello\n\nA new case for you, please read it.\n{words}\n", desk)

    assert (own.text, own.left_out) == ("Hello", words)


def test_what_was_sent_back_can_be_sent_again():
    """The desk's own mail says the same words, quoted: that does not make the agent's a quote."""
    again = "Please write to the shop team and ask them to restart the engine in the evening, thank you."
    echo = (f"Nothing was changed, because of:\n\n- #clsoe - expected #close\n\nWhat you wrote:\n\n> {again}\n",)

    for new in (again, f"Hello,\n\n> {again}\n\nthat is it."):
        for style in ("gmail", "thunderbird", "outlook"):
            assert own_text(replied(style, new=new, old=echo[0]), sent([], echoes=[echo])).text == new
        assert own_text(new, sent([MAIL], echoes=[echo])).text == new


def test_an_order_that_came_back_can_be_given_again():
    """A line is the desk's or a customer's where they say it, and the agent's where it only came back to them."""
    order = "#cc add kim@acme.example lou@acme.example"
    echo = f"Nothing was changed, because of:\n\n- {order} - expected orders on top\n\nWhat you wrote:\n\n> Hi\n> {order}\n"
    told = (f'Your reply goes nowhere. A first line "{order}" says who gets it.',)
    customer = (f"A new case for you.\n\n> Please:\n> {order}\n",)

    again = own_text(f"{order}\nHi", sent([MAIL], echoes=[(echo,)]))
    assert (again.head, again.echoed, again.repeated) == (f"{order}\nHi", False, frozenset())
    assert not own_text(f"{order}\nHi", sent([told])).echoed
    assert own_text(f"{order}\nHi", sent([customer])).echoed


def test_armour_is_no_text_and_what_stands_around_it_is():
    text = (
        "Hello Kim,\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nplease restart.\n- -- \nAnn\n"
        "-----BEGIN PGP SIGNATURE-----\nComment: x\n\niQEzBAEBCAAdFiEE0123456789abcdef0123456789abcdefABCD\n=abcd\n"
        "-----END PGP SIGNATURE-----\n\nand tell me.\n"
    )
    own = own_text(text, ANSWERED)

    assert own.head == "Hello Kim,"
    assert "please restart." in own.rest
    assert own.rest.endswith("and tell me.")
    assert "PGP" not in own.text
    assert "iQEz" not in own.text


def test_armour_without_its_end_takes_no_words_with_it():
    text = "-----BEGIN PGP SIGNED MESSAGE-----\n\nplease\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAd0123456789=\nrestart\n"

    assert own_text(text, ANSWERED).text.split() == ["please", "restart"]


# --- signatures


def test_a_signature_below_two_dashes_and_a_blank_comes_back_until_it_is_learnt():
    text = "Hello Kim,\n\nit works.\n-- \nAnn Berg\nAcme Desk"
    own = own_text(text, ANSWERED)
    assert (own.text, own.left_out) == ("Hello Kim,\n\nit works.", "Ann Berg\nAcme Desk")

    assert own_text(text, ANSWERED, [tail_of(["Ann Berg", "Acme Desk"])]).left_out == ""


def test_text_below_two_dashes_that_is_too_long_for_a_signature_stays():
    text = "Do this:\n-- \n" + "\n".join(f"step {n}" for n in range(20))

    assert own_text(text, ANSWERED).text == text


SIGNATURE = "Kind regards\nAnn Berg\nfirst line | Acme Desk\n\nThis message is for you alone."


def taught(*mails: str) -> list:
    recent, learnt = [], []
    for mail in mails:
        lines = closing_lines(compared(mail, ANSWERED))
        if found := learn(recent, lines, name="Ann Berg"):
            learnt = remembered(learnt, found)
        recent.append(tail_of(lines))
    return learnt


def test_the_tail_of_three_mails_is_a_signature_in_the_fourth():
    mails = [
        replied("gmail", new=f"{words}\n\n{SIGNATURE}", old=MAIL[0]) for words in ("One.", "Two.\n\nThree.", "Four.")
    ]
    assert taught(*mails[:2]) == []
    learnt = taught(*mails)

    own = own_text(replied("outlook", new=f"It works.\n\n{SIGNATURE}", old=MAIL[0]), ANSWERED, learnt)
    assert (own.text, own.left_out) == ("It works.", "")
    other = own_text("It works.\n\nKind regards\nAnn Berg", ANSWERED, learnt)
    assert other.text == "It works.\n\nKind regards\nAnn Berg", "another one is not learnt"
    assert own_text(SIGNATURE, ANSWERED, learnt).text == SIGNATURE, "something is always left"


@pytest.mark.parametrize(
    "same",
    [
        "We are on it.",
        "Hello Kim,\n\nwe are on it.",
        "Please restart the engine.\n\nThen press Run.",
        "See https://docs.example/rules for all of it.",
        "1. Open\n2. Run",
    ],
)
def test_what_is_answered_three_times_in_the_same_words_is_no_signature(same):
    assert taught(same, same, same, same) == []


# --- what is not for customers


TOKEN = "support+7.a" + "abcdefghijklmnopqrstuvwxyz"
KEPT = Confidential(
    people={"ann@desk.example"},
    cases={9},
    desk=ANSWERED.ours,
    notes=overlap.known(["They never pay on time, be short.", "VIP customer!\nask Lena first"]),
    stayed=overlap.known(["Please restart the renderer and tell us."]),
    mailbox="support@desk.example",
)


@pytest.mark.parametrize(
    "line",
    [
        f"From: Desk <{TOKEN}@desk.example>",
        f"mailto:{TOKEN.replace('+', '%2B')}%40desk.example",
        "Ann Berg <Ann@Desk.Example>",
        "*To:* ann@desk.example",
        "Case: HD-7 Rules",
        "| Case HD-7 Rules |",
        "> Reply and your text goes to the customer. First lines that",
        "They never pay on time, be short.",
        "he said: they never pay on time",
        "ask Lena first",
        "as in hd-9, which we solved",
    ],
)
def test_what_is_not_for_customers_is_found(line):
    (found,) = inside(f"Hello Kim,\n\n{line}\n\nbye", KEPT)

    assert found.what
    assert "abcdefghijklmnopqrstuvwxyz" not in found.line


def test_what_this_agent_wrote_to_the_team_unasked_goes_where_it_is_meant():
    (found,) = inside("Hello Kim,\n\n- please restart the renderer and tell us\n\nbye", KEPT)

    assert found.leaves == "if-meant"


@pytest.mark.parametrize(
    "line",
    [
        "support@desk.example",
        "joann@desk.example",
        "see HD-7",
        "In case HD is meant",
        "Since nine no rule fires in the Berlin shop.",
        "They pay on time",
        "support+news@acme.example",
        "Please reply to the customer",
    ],
)
def test_what_anybody_may_read_is_not(line):
    assert inside(line, KEPT) == ()


# --- any text


_LINES = st.lists(
    st.sampled_from(
        ["", "own words", "> typed", "-- ", "Kind regards", "#close", "On 5/26/26 09:12, Ann Berg wrote:", "________",
         "From: a@b.example", "Sent: 26 May 2026 09:12", "To: c@d.example", "Subject: x", "\U0001f44d", "Yes.",
         "-----BEGIN PGP SIGNED MESSAGE-----", "\u4f60\u597d", *MAIL[0].split("\n"),
         *(f"> {line}" for line in MAIL[0].split("\n"))]
    ),
    max_size=30,
).map("\n".join)  # fmt: skip


@given(st.one_of(_LINES, st.text(max_size=300)))
def test_every_word_is_left_or_comes_back_or_is_ours(text):
    own = own_text(text, ANSWERED)
    left = {word for line in f"{own.text}\n{own.left_out}".split("\n") for word in overlap.words_of(line)}
    ours = {word for words in ANSWERED.words.said for word in words}
    introduces = overlap.words_of(
        "On 5/26/26 09:12, Ann Berg wrote: From: a@b.example Sent: 26 May 2026 To: c@d Subject: x BEGIN PGP SIGNED MESSAGE"
    )

    for line in text.split("\n"):
        assert set(overlap.words_of(line)) <= left | ours | set(introduces), line


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40), st.integers(0, 40))
def test_a_line_put_anywhere_into_a_quote_is_never_lost(line, at):
    lines = [f"> {one}" for one in MAIL[0].rstrip().split("\n")]
    lines.insert(min(at, len(lines)), line)
    own = own_text("\n".join(["Hello", "", "On 5/26/26 09:12, Desk wrote:", *lines]), ANSWERED)

    words = overlap.words_of(line)
    left = [word for one in own.text.split("\n") for word in overlap.words_of(one)]
    assert set(words) <= set(left) | {word for words in ANSWERED.words.said for word in words}


@pytest.mark.parametrize("line", ["0:", "Look here:", "kim@acme.example:", "She wrote:", "See <kim@acme.example>"])
def test_a_line_typed_below_any_line_of_a_quote_is_kept(line):
    quote = [f"> {one}" for one in MAIL[0].rstrip().split("\n")]
    for at in range(1, len(quote)):
        text = "\n".join(["Hello", "", "On 5/26/26 09:12, Desk wrote:", *quote[:at], line, *quote[at:]])
        own = own_text(text, ANSWERED)
        assert line in f"{own.text}\n{own.left_out}".split("\n"), at


@pytest.mark.slow
@pytest.mark.parametrize(
    "bomb",
    [
        "> " * 500_000,
        ">" * 1_000_000,
        "a " * 500_000,
        "a@" * 500_000,
        "<" * 1_000_000,
        "\n" * 1_000_000,
        "> Since nine no rule fires in the Berlin shop.\n" * 20_000,
        "#close\n" * 100_000,
        "-- \n" * 300_000,
        "-----BEGIN PGP SIGNATURE-----\n" * 30_000,
        "HD-9 " * 200_000,
        "https:" * 160_000,
        "On 5/26/26 a@b.example wrote:\n> Yes.\n" * 20_000,
    ],
    ids=lambda bomb: repr(bomb[:12]),
)
def test_a_bomb_of_a_megabyte_is_read_in_a_moment(bomb):
    """C05"""
    begun = time.thread_time()
    own = own_text(bomb, ANSWERED)
    inside(own.text, KEPT)
    assert time.thread_time() - begun < 4.0
