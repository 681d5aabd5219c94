"""An agent's words reach the customer whole or come back, and nothing else of ours reaches a customer (laws 15, P01)."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from helpdesk.mail.write.mail_html import as_html
from tests.desk import ANN, BOB, JO, KIM, UTE, typed_in
from tests.mail.clients import BOTTOM_POSTED, TOP_POSTED, written


@pytest.fixture
def desk(desk):
    """A case of Jo's that Ann has, and one of Ute's that is none of Jo's business."""
    desk.mail(
        f"Jo Park <{JO}>", "The rules do not fire", "Priority: Medium\n\nNo rule fires since nine.\n#close\nAt all."
    )
    desk.mail(f"Ute Orth <{UTE}>", "Rules are dead", "Priority: Low\n\nWhat is a rule?")
    return desk


def back(desk, who=ANN):
    return " ".join(desk.last(who, "echo").text.split())


def relayed(desk):
    """What Jo got, without the desk's foot."""
    return [typed_in(mail) for mail in desk.sent_to(JO, "relay")]


def answered_in(desk, style, new, *, html=False):
    """Ann's answer, as that mail program writes it below or above the whole of what she got."""
    got = desk.last(ANN, "assigned")
    text = written(style, new=new, old=got.text.rstrip())
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ANN, got.reply_to, f"Re: {got.subject}"
    mail["In-Reply-To"] = got.message.message_id
    mail.set_content(text)
    if html:
        mail.add_alternative(as_html("x"), subtype="html")
    return desk.receive(mail.as_bytes())


@pytest.mark.parametrize("style", sorted(TOP_POSTED | BOTTOM_POSTED))
def test_an_answer_goes_out_whole_and_the_quote_stays(desk, style):
    new = "Hello Jo,\n\nfrom nine on:\n--\nFrom: x\nTo: y\nDate: 1 May 2026 10:00\n\n> run this\n\nKind regards"
    answered_in(desk, style, new)

    (text,) = relayed(desk)
    assert text.startswith(new)
    assert "No rule fires" not in text
    assert "HD-1" not in text


@pytest.mark.parametrize(
    ("left", "why"),
    [
        (f"Von: Desk <{{token}}>\nGesendet: gestern\nAn: {ANN}", "a reply address of ours"),
        (
            "Acknowledge: https://desk.example/calls/1.abcdefghijklmnopqrstuvwxyz",
            "a link of ours that acknowledges a call",
        ),
        (f"To: Ann Berg <{ANN}>", "an address of one of us"),
        ("Severity: Medium\nCase: HD-1 The rules", "what the desk tells its agents"),
        ("This is the same as HD-2, which we closed.", "HD-2, a case of somebody else,"),
    ],
)
def test_what_is_left_of_a_quote_that_nothing_proves_sends_nothing(desk, left, why):
    token = desk.last(ANN, "assigned").reply_to
    desk.reply(ANN, f"Please restart.\n\n{left.format(token=token)}", to_kind="assigned")

    assert relayed(desk) == []
    assert desk.state() == "running"
    assert f"{why} is not for customers" in back(desk)
    assert "> Please restart." in desk.last(ANN, "echo").text
    assert not any(token.encode() in mail.raw for mail in desk.sent_to(JO))


def test_a_note_does_not_go_along_however_it_got_into_the_mail(desk):
    desk.reply(ANN, "#note\nThey never pay on time, so be short.", to_kind="assigned")
    desk.reply(ANN, "Hello Jo.\n\nAnn Berg, 2026-05-19 note: They never pay on time, so be short.", to_kind="assigned")

    assert relayed(desk) == []
    assert "a note of this case is not for customers" in back(desk)


@pytest.mark.parametrize("again", ["#answer\n{}", "#answer\nHello Jo,\n\n{}\n\nBye"])
def test_what_stayed_in_the_team_unasked_can_be_sent_after_all(desk, again):
    """A reply to an echo stays in the team; that echo asks for `#answer` on the first line, and for no other words."""
    words = "Please restart the renderer and tell us whether the rules fire."
    desk.reply(ANN, "#severity low", to_kind="assigned")
    desk.reply(ANN, words, to_kind="echo")
    assert "unless they begin with #answer" in " ".join(desk.last(ANN, "echo").text.split())
    assert relayed(desk) == []

    desk.reply(ANN, words, to_kind="assigned")
    assert "below a first line #answer it goes all the same" in back(desk)
    assert relayed(desk) == []

    sent = again.format(words)
    desk.reply(ANN, sent, to_kind="echo")
    assert relayed(desk) == [sent.removeprefix("#answer\n")]


def test_what_a_colleague_told_the_team_unasked_is_a_note_all_the_same(desk):
    desk.reply(ANN, "#severity low", to_kind="assigned")
    desk.reply(ANN, "They never pay on time, so be short.", to_kind="echo")
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    desk.reply(BOB, "#answer\nThey never pay on time, so be short.", holder=BOB, to_kind="assigned")

    assert relayed(desk) == []
    assert "a note of this case is not for customers" in " ".join(desk.last(BOB, "echo").text.split())


def test_the_number_of_another_case_of_theirs_and_what_is_meant_go(desk):
    desk.mail(JO, "Another one", "Priority: Low\n\nHow do I log in?")
    desk.reply(ANN, "See HD-3 and HD-1.", holder=ANN, to_kind="assigned")
    desk.reply(ANN, "#answer\nAs in HD-2.", to_kind="assigned")

    assert relayed(desk) == ["See HD-3 and HD-1.", "As in HD-2."]


@pytest.mark.parametrize(
    "body",
    ["Hi,\n#note\nHe never pays.", "*#note*\nHe never pays.", "- #note\nHe never pays.",
     "Sent from my phone\n\n#note\nHe never pays.", "\\#note\nHe never pays.", "1. #note\nHe never pays.",
     "> #note\n> He never pays.", "Hello,\n\n#note He never pays.", "We look.\n\n#severity low", "Done.\n#close"],
)  # fmt: skip
@pytest.mark.parametrize("quote", [True, False])
def test_an_order_that_is_not_obeyed_is_not_text_either(desk, body, quote):
    desk.reply(ANN, body, to_kind="assigned", quote=quote)

    assert relayed(desk) == []
    assert desk.kinds_to(JO) == ["ack"]
    assert desk.case().status == "open"
    assert "orders on the very first lines" in back(desk)

    desk.reply(ANN, f"#answer\n{body}", to_kind="assigned", quote=quote)
    assert relayed(desk) == [body.strip().replace("\u200b", "\u200b")]


@pytest.mark.parametrize(
    ("subject", "body", "said"),
    [
        ("#resolve", "Hello Jo, it works again.", "a subject orders nothing"),
        ("#assign bob", "", "a subject orders nothing"),
        ("", "#priority urgent\nWe look.", "it is below a first line #answer"),
        ("", "assign bob", "#assign bob, if it is an order"),
    ],
)
def test_what_was_meant_as_an_order_and_is_none_comes_back(desk, subject, body, said):
    desk.reply(ANN, body, to_kind="assigned", subject=subject, quote=True)

    assert (relayed(desk), desk.case().status, desk.case().assignee) == ([], "open", ANN)
    assert said in back(desk)


@pytest.mark.parametrize(
    "body",
    ["\uff03note\nHe never pays.", "#\u200bnote\nHe never pays.", "#NOTE.\nHe never pays.", "#note:\nHe never pays."],
)
def test_an_order_of_any_keyboard_is_obeyed(desk, body):
    desk.reply(ANN, body, to_kind="assigned", quote=True)

    assert relayed(desk) == []
    assert "noted, in the team only" in back(desk)


@pytest.mark.parametrize("above", ["", "Hello Jo,\n\nput this first:\n\n"])
def test_what_is_no_order_is_text(desk, above):
    code = "#include <stdio.h>\nint main() { }"
    desk.reply(ANN, f"{above}{code}", to_kind="assigned", quote=True)

    assert relayed(desk) == [f"{above}{code}"]


def test_a_line_of_the_customers_is_not_an_order_that_the_agent_gives(desk):
    """A13: `#close` stands in Jo's mail; Ann leaves it in her answer without a mark."""
    words = "You wrote:\nNo rule fires since nine.\n#close\nAt all.\nWhy close?"
    desk.reply(ANN, words, to_kind="assigned")

    assert desk.case().status == "open"
    assert relayed(desk) == [words]


def test_an_order_that_is_a_line_of_the_mail_that_is_answered_is_not_obeyed(desk):
    """A13: a mail program that leaves out its marks puts the customer's words at the top."""
    order = "#tag berlin rules shop"
    desk.mail(JO, "Rules", f"No rule fires in the Berlin shop.\n{order}\nSince nine.")
    desk.reply(ANN, f"{order}\n\nWe are on it.", to_kind="assigned")

    assert "expected orders of your own: these lines stand in the mail that you answer" in back(desk)
    assert "berlin" not in desk.case(3).tags


INTERNAL = ["Internal: he never pays.", "INTERNAL\nhe never pays", "[internal note]\nhe never pays", "(not for the customer) he never pays",
            "Hello Jo,\n\nwe look.\n\nInternal note: he never pays.", "INTERNAL ONLY - he never pays", "Interne Notiz: er zahlt nie.",
            "Nicht an den Kunden! - er zahlt nie", "Note interne : il ne paie jamais", "Nota interna: no paga", "*Internal*: he never pays",
            "\u793e\u5185\u30e1\u30e2\uff1a\u3042\u306e\u4eba\u306f\u6255\u308f\u306a\u3044"]  # fmt: skip
COLLEAGUE = ["Hi Bob,\ncan you take it? He never pays.", "@bob can you?", "Bob, can you?", "Hallo Lena,\ner zahlt nie", "Dear Bob Cole,\nhe never pays",
             "Bob:\nhe never pays"]  # fmt: skip
PASSED_ON = ["See below.\n\nBegin forwarded message:\n\nFrom: Vera <v@vendor.example>\nDate: 19 May 2026\nSubject: Ticket\n\nThey broke it.",
             "---------- Forwarded message ---------\nVon: Vera <v@vendor.example>\nBetreff: Ticket\n\nThey broke it."]  # fmt: skip


@pytest.mark.parametrize(
    "text", [*INTERNAL, *COLLEAGUE, *PASSED_ON, "#close\n@bob well done", "#resolve\n\nINTERNAL\nhe never pays"]
)
def test_what_says_of_itself_that_it_is_for_the_team_comes_back_once(desk, text):
    desk.reply(ANN, text, to_kind="assigned", quote=True)
    assert desk.kinds_to(JO) == ["ack"]
    assert "it goes all the same, and below #note it stays in the team" in back(desk)

    desk.reply(ANN, f"#answer\n{text}", to_kind="echo")
    assert len(desk.kinds_to(JO)) == 2


@pytest.mark.parametrize(
    "text",
    ["Internal errors are shown as 500.", "Hello Jo,\n\nthe internal: value is 5.", "Note: restart it first.", "Hello Jo,\nBob will call you.",
     "Jo, can you restart it?", "Hi Jo and Bob,\nrestart it.", "Hello,\nrestart it.", "Hello team,\nrestart it.", "Bobsled is its name.",
     "Hello Park,\nrestart it.", "Hi Ann here,\nrestart it.", "See:\nFrom: x\nDate: 1 May 2026\n\nIt is that line."],
)  # fmt: skip
def test_what_only_looks_like_it_is_an_answer(desk, text):
    desk.reply(ANN, text, to_kind="assigned", quote=True)

    assert relayed(desk) == [text]


def test_who_was_called_so_before_is_meant(desk):
    """Jo goes by Bob: what was sent once on purpose is not asked about again."""
    desk.reply(ANN, "#answer\nHi Bob,\nrestart it.", to_kind="assigned")
    desk.reply(ANN, "Hi Bob,\ndid it help?", to_kind="assigned")

    assert len(relayed(desk)) == 2


def test_a_colleague_of_whom_somebody_spoke_is_one_of_us_all_the_same(desk):
    """Jo was told that Bob calls, and asked when: that makes Bob no customer."""
    desk.reply(ANN, "Hi Jo,\nBob Cole will call you.", to_kind="assigned")
    desk.reply(
        JO,
        "When does Bob call? Bob helped me before.\n\nKind regards,\nBob Cole\nLogik Support",
        to_kind="relay",
        quote=True,
    )
    desk.reply(ANN, "Bob, when do you call?", to_kind="customer-message")

    assert len(relayed(desk)) == 1
    assert "a word to a colleague is not for customers" in back(desk)


def test_a_customer_may_have_a_colleagues_name(desk):
    desk.mail("bob@acme.example", "No rules", "Priority: Low\n\nNo rule fires.")
    desk.mail("shop@acme.example", "No prices", "Priority: Low\n\nNo price is shown.\n\nThanks, Bob")
    for mail in [
        one
        for who in (ANN, BOB)
        for one in desk.sent_to(who, "assigned")
        if "HD-3" in one.subject or "HD-4" in one.subject
    ]:
        desk.receive(desk.reply_to(mail, mail.to, "Hi Bob,\nrestart it."))

    assert [len(desk.sent_to(f"{who}@acme.example", "relay")) for who in ("bob", "shop")] == [1, 1]


@pytest.mark.parametrize("text", ["Sent from my iPhone", "Von meinem iPad gesendet", "Get Outlook for iOS\n"])
def test_what_a_telephone_adds_is_no_answer(desk, text):
    desk.reply(ANN, text, to_kind="assigned", quote=True)

    assert (relayed(desk), desk.state()) == ([], "running")
    assert "no text of yours was found in your mail" in back(desk)


def test_a_mail_attached_to_one_without_words_is_not_its_agents_words(desk):
    got, mail, inner = desk.last(ANN, "assigned"), EmailMessage(), EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "v@vendor.example", ANN, "Ticket"
    inner.set_content("They broke it themselves.")
    mail["From"], mail["To"], mail["Subject"] = ANN, got.reply_to, "Ticket"
    mail.set_content("")
    mail.add_attachment(inner)
    desk.receive(mail.as_bytes())

    assert relayed(desk) == []
    assert "a mail that you pass on is not for customers" in back(desk)


@pytest.mark.parametrize(
    ("to", "cc", "goes"),
    [
        ("{token}, help@vendor.example", "", False),
        ("help@vendor.example", "{token}", False),
        (f"{{token}}, {BOB}", "", False),
        ("{token}", f"{BOB}, help@vendor.example", True),
        (f"{{token}}, {JO}, {KIM}", "", True),
        (f"{{token}}, {ANN}, support@logik.example", "", True),
        ("undisclosed-recipients:;", "{token}", True),
    ],
)
def test_a_text_addressed_to_somebody_else_is_not_the_customers(desk, to, cc, goes):
    token = desk.last(ANN, "assigned").reply_to
    desk.reply(
        ANN, "He never pays.", to_kind="assigned", to=to.format(token=token), cc=cc.format(token=token), quote=True
    )

    assert relayed(desk) == (["He never pays."] if goes else [])
    if not goes:
        assert "addressed to somebody who is not on the case" in back(desk)
        desk.reply(ANN, "#answer\nHe never pays.", to_kind="echo")
        assert relayed(desk) == ["He never pays."]


def test_who_joins_by_the_same_mail_may_be_addressed_in_it(desk):
    token = desk.last(ANN, "assigned").reply_to
    text = "#cc add help@vendor.example\nWe look into it."
    desk.reply(ANN, text, to_kind="assigned", to=f"{token}, help@vendor.example", quote=True)

    assert relayed(desk) == ["We look into it."]


def test_who_is_reached_through_a_merged_case_may_be_addressed_in_it(desk):
    desk.reply(BOB, "#merge HD-1", holder=BOB, to_kind="assigned")
    token = desk.last(ANN, "assigned").reply_to
    desk.reply(ANN, "They fire again.", to_kind="assigned", to=f"{token}, {UTE}", quote=True)

    assert [len(desk.sent_to(who, "relay")) for who in (JO, UTE)] == [1, 1]


QUESTIONS = (
    "Priority: Medium\n\n1. Can I export the list\nas one file?\n\n2. Is the price updated at night?\n\nRegards, Jo"
)
ASKED = ("> 1. Can I export the list\n> as one file?", "> 2. Is the price updated at night?")


def between(desk, head="", mark="> ", whole=True):
    """Ann answers between the lines of what she got."""
    got = desk.last(ANN, "assigned")
    lines = got.text.rstrip().split("\n")
    if not whole:
        lines = [line for line in lines if "export" in line or "one file" in line or "price" in line]
    written_lines = [head, "On Tue, 19 May 2026 at 09:15, Logik Support wrote:"]
    for line in lines:
        written_lines.append(f"{mark}{line}")
        written_lines += ["", "Yes.", ""] if "one file" in line else ["", "No, not yet.", ""] if "price" in line else []
    desk.reply(ANN, "\n".join(written_lines), to_kind="assigned")


@pytest.mark.parametrize("mark", ["> ", ">> ", "| "])
@pytest.mark.parametrize("head", ["", "Hello Jo, see below.\n", "#tag vip\nHello Jo, see below.\n"])
@pytest.mark.parametrize("whole", [True, False])
def test_who_answers_between_the_lines_is_read_with_what_was_asked(desk, mark, head, whole):
    """ "No, not yet." says nothing by itself."""
    desk.mail(f"Jo Park <{JO}>", "Two questions", QUESTIONS)
    between(desk, head, mark, whole)

    text = relayed(desk)[-1]
    first = "Hello Jo, see below.\n\n" if head else ""
    assert text == f"{first}{ASKED[0]}\nYes.\n\n{ASKED[1]}\nNo, not yet."


def test_what_was_asked_before_somebody_came_goes_to_nobody(desk):
    desk.mail(f"Jo Park <{JO}>", "Two questions", QUESTIONS)
    between(desk, f"#cc add {KIM}\nHello both.\n")

    assert [typed_in(mail) for mail in desk.sent_to(KIM, "relay")] == ["Hello both.\n\nYes.\n\nNo, not yet."]


def test_an_answer_below_the_whole_quote_repeats_nothing(desk):
    got = desk.last(ANN, "assigned")
    quoted = "\n".join(f"> {line}" for line in got.text.rstrip().split("\n"))
    desk.reply(
        ANN, f"On Tue, 19 May 2026 at 09:15, Logik Support wrote:\n{quoted}\n\nPlease restart it.", to_kind="assigned"
    )

    assert relayed(desk) == ["Please restart it."]


def test_an_agent_who_answered_a_colleagues_mail_hears_that_it_went_nowhere(desk):
    """Ann passed her mail on to Bob, who answers it: her reply address is not his."""
    desk.reply(BOB, "Hello Jo, restart it.", holder=ANN, to_kind="assigned", quote=True)
    assert relayed(desk) == []
    assert 'If you wrote it, send it again as an answer to this mail, below a first line "#answer"' in " ".join(
        desk.last(BOB, "customer-message").text.split()
    )

    desk.reply(BOB, "#answer\nHello Jo, restart it.", to_kind="customer-message")
    assert relayed(desk) == ["Hello Jo, restart it."]


def test_who_writes_in_an_agents_name_again_and_again_floods_nobody(desk):
    for number in range(6):
        desk.reply(BOB, f"Hello Jo, restart it. {number}", holder=ANN, to_kind="assigned")

    assert len([mail for mail in desk.sent_to(BOB, "customer-message") if "HD-1" in mail.subject]) == 3


def test_what_is_cut_as_a_signature_comes_back_until_it_is_learnt(desk):
    for number in range(4):
        desk.reply(ANN, f"Answer {number}.\n-- \nAnn Berg\nfirst line", to_kind="assigned", quote=True)

    assert relayed(desk) == [f"Answer {number}." for number in range(4)]
    echoes = [mail.text for mail in desk.sent_to(ANN, "echo")]
    assert len(echoes) == 3
    assert all("> Ann Berg\n> first line" in text for text in echoes)


def test_a_signature_with_the_agents_address_is_learnt_from_mails_that_came_back(desk):
    """P02"""
    for number in range(4):
        desk.reply(ANN, f"Answer {number}.\n\nRegards\nAnn Berg\n{ANN}", to_kind="assigned", quote=True)

    assert relayed(desk) == ["Answer 3."]


def test_of_two_agents_each_has_their_own_signature(desk):
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    for number in range(3):
        desk.reply(ANN, f"Answer {number}.\n\nRegards\nAnn", to_kind="assigned")
    desk.at("2026-05-19 11:00")
    desk.reply(BOB, "Mine.\n\nRegards\nAnn", to_kind="assigned")

    assert relayed(desk)[-1] == "Mine.\n\nRegards\nAnn"


def test_an_answer_to_a_merged_case_may_name_both(desk):
    desk.reply(BOB, "#merge HD-1", holder=BOB, to_kind="assigned")
    desk.reply(ANN, "HD-1 and HD-2 are one.", to_kind="assigned", quote=True)

    assert "HD-1 and HD-2 are one." in relayed(desk)[-1]


def test_a_note_may_hold_anything(desk):
    desk.reply(ANN, f"#note\nHD-2 is alike, ask {BOB}.\nCase: HD-1 it is.", to_kind="assigned", quote=True)

    assert "noted, in the team only" in back(desk)


def test_the_quote_of_an_older_mail_on_the_case_is_known(desk):
    first = desk.last(ANN, "assigned").text
    desk.reply(JO, "It is in Rome, too, and in Berlin since ten.")
    quoted = "".join(f"> {line}\n" for line in first.splitlines())
    desk.reply(ANN, f"Both, then.\n\nOn Tue, 19 May 2026 at 09:15, Desk wrote:\n{quoted}", to_kind="customer-message")

    assert relayed(desk) == ["Both, then."]
    assert KIM not in desk.last(JO, "relay").text


SENT_FROM = [
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Get Outlook for iOS<https://aka.example/o>",
]


@pytest.mark.parametrize("below", SENT_FROM)
@pytest.mark.parametrize("quote", [True, False])
@pytest.mark.parametrize(
    "order",
    ["#snooze tomorrow", "#tag vip", "#severity low", "#note", "#answer", "#wait 2d", "#ack", "ack", "ACK!", "Wait 2d"],
)
def test_what_a_telephone_puts_below_an_order_is_no_answer(desk, order, below, quote):
    """Law 14: the customer gets none, and the clock runs."""
    desk.reply(ANN, f"{order}\n\n{below}", to_kind="assigned", quote=quote)

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"
    assert desk.last(ANN, "echo")


@pytest.mark.parametrize(
    "below", ["Best,\nAnn", "Ann", "Kind regards\n\nAnn Berg\nBirch Support", "Thanks,\nAnn", "Thanks!"]
)
@pytest.mark.parametrize("order", ["#assign bob", "#severity low", "#tag vip", "#snooze tomorrow", "#note"])
def test_what_a_mail_ends_in_below_an_order_is_no_answer(desk, order, below):
    """Law 14: "Best, Ann" tells a customer nothing, and the clock runs; who wrote it reads that it did not go."""
    desk.reply(ANN, f"{order}\n\n{below}", to_kind="assigned", quote=True)

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"
    assert f"> {below.splitlines()[0]}" in desk.last(ANN, "echo").text or order == "#note"


def test_what_a_mail_ends_in_alone_is_no_answer(desk):
    desk.reply(ANN, "Kind regards\n\nAnn Berg", to_kind="assigned", quote=True)

    assert (desk.kinds_to(JO), desk.state()) == (["ack"], "running")
    assert "no text of yours was found" in back(desk)
    desk.reply(ANN, "#answer\nKind regards\n\nAnn Berg", to_kind="echo", quote=True)
    assert relayed(desk) == ["Kind regards\n\nAnn Berg"]


@pytest.mark.parametrize(
    ("words", "goes"),
    [("#wait 3d\nThanks,\nAnn", "Thanks,\nAnn"), ("Thanks,\nAnn", "Thanks,\nAnn"), ("#tag vip\nYes.\n\nBest,\nAnn", "Yes.\n\nBest,\nAnn")],
)  # fmt: skip
def test_thanks_for_the_customer_and_an_end_below_words_go(desk, words, goes):
    desk.reply(ANN, words, to_kind="assigned", quote=True)
    assert relayed(desk) == [goes]


@pytest.mark.parametrize("below", SENT_FROM)
def test_what_a_telephone_puts_below_words_goes_with_them(desk, below):
    desk.reply(ANN, f"#tag vip\nPlease restart.\n\n{below}", to_kind="assigned")
    assert relayed(desk) == [f"Please restart.\n\n{below}"]


@pytest.mark.parametrize("below", SENT_FROM)
def test_an_end_from_a_telephone_has_no_words_of_the_agents(desk, below):
    desk.reply(ANN, f"#resolve\n\n{below}", to_kind="assigned")
    assert (desk.case().status, desk.kinds_to(JO)) == ("resolved", ["ack", "closed"])
    assert below[:12] not in desk.last(JO, "closed").text


@pytest.mark.parametrize(
    "words",
    ["/note They never pay.", "/note\nThey never pay.", "!note They never pay.", "@note They never pay.", "/private They never pay.",
     "/internal: They never pay.", "note\nThey never pay.", "Note\n\nThey never pay.", "NOTE:\nThey never pay.", "*note*\nThey never pay.",
     "NB internal: they never pay.", "Restart.\nPS, internal: they never pay.", "Restart.\n\nP.S. intern: zahlt nie.",
     "FYI Bob: they never pay.", "cc Bob", "+bob please look", "Bob - they never pay.", "attn: Bob, they never pay.",
     "@team they never pay.", "@all: they never pay.", "Hi @here, they never pay.", "@second-line please look.", "@Bob they never pay.",
     "Forwarding to Bob.", "Bob can you take this?", "Bob?", "Kannst du mal schauen, Bob?", "Note for Bob: they never pay.", "Closing this ticket.",
     "Dear colleagues,\nthey never pay.", "Hallo Kollegen,\nzahlen nie.", "Liebe Kolleginnen und Kollegen,\nzahlen nie.", "Chers collègues,\nils ne paient pas.",
     "Cari colleghi,\nnon pagano mai.", "Beste collega's,\nze betalen nooit.", "Don't tell Jo, but they never pay.", "Bitte dem Kunden nichts sagen.", "Don't forward this to the customer yet.",
     "spam", "Assign to Bob, please.\n\nBest,\nAnn", "Something for Bob\n\nKind regards\nAnn Berg"],
)  # fmt: skip
def test_what_is_meant_for_the_team_as_people_write_it_comes_back(desk, words):
    desk.reply(ANN, words, to_kind="assigned", quote=True)

    assert (relayed(desk), desk.state()) == ([], "running")
    assert "#note" in back(desk)


@pytest.mark.parametrize(
    "words",
    ["Note: the export runs at night.", "Please note the time.", "/private/var/log is the place.", ".note files are kept.",
     "Notes\nThe export runs.", "PS: it is mended.", "NB: restart first.", "FYI, it is mended.", "FYI the rules fire.",
     "Internal server errors are mended.", "cc me on that, please.", "+1 to that.", "@jo: it is mended.", "@Jo Miller it is mended.", "Mail us @ any time.",
     "Team, it is mended.", "Rules - we mended them.", "Thanks, Jo", "Ask for Miller.", "Bob is out today, can I help?",
     "I have asked Bob Cole, who will call you.", "Please wait."],
)  # fmt: skip
def test_what_only_looks_like_it_goes(desk, words):
    desk.reply(ANN, words, to_kind="assigned", quote=True)
    assert relayed(desk) == [words]


def test_who_speaks_of_their_own_customers_reads_of_them(desk):
    desk.reply(JO, "Our customers see the prices of others.", to_kind="ack")
    desk.reply(ANN, "Until it is mended, do not show the customer any price.", to_kind="customer-message")
    assert relayed(desk) == ["Until it is mended, do not show the customer any price."]


def test_a_third_party_may_be_told_not_to_write_to_the_customer(desk):
    desk.reply(ANN, "#ask help@vendor.example\nIs it down? Please do not write to Jo.", to_kind="assigned")
    assert "do not write to Jo" in desk.last("help@vendor.example").text


@pytest.mark.parametrize("words", ["It is mended for all of you.", "#close", "#note\nIt is mended."])
def test_who_writes_to_two_cases_at_once_reads_on_which_it_did_not_go(desk, words):
    """Ann put the reply addresses of both on one mail: Ute gets nothing of it, and Ann must hear that."""
    desk.reply(BOB, "#assign ann", to_kind="assigned")
    both = ", ".join(mail.reply_to for mail in desk.sent_to(ANN, "assigned"))
    desk.reply(ANN, words, to=both, to_kind="assigned")

    assert "not on HD-2, where your mail went as well" in back(desk)
    assert desk.kinds_to(UTE) == ["ack"]
    assert (desk.case(2).status, desk.state(2)) == ("open", "running")


@pytest.mark.parametrize(
    "words",
    ["#answer\nPlease restart.\n\n#note\nThey never pay.", "#assign bob\n#answer\nPlease restart.\n#note They never pay.",
     "#answer\n#tag vip\nPlease restart.\n#close"],
)  # fmt: skip
def test_who_writes_a_note_or_an_order_below_an_answer_does_not_send_it(desk, words):
    """Two pieces, one for each: the second went to the customer. Only an empty line below #answer says that all is text."""
    desk.reply(ANN, words, to_kind="assigned", quote=True)
    assert (relayed(desk), desk.state(), desk.case().status) == ([], "running", "open")

    desk.reply(ANN, "#answer\n\nPlease restart.\n#reopen", to_kind="assigned", quote=True)
    assert relayed(desk) == ["Please restart.\n#reopen"]


def test_colleagues_are_theirs_where_the_customer_speaks_of_colleagues(desk):
    desk.reply(JO, "Dear colleagues, no rule fires.", to_kind="ack")
    desk.reply(ANN, "Dear colleagues,\nplease restart.", to_kind="customer-message")
    assert relayed(desk) == ["Dear colleagues,\nplease restart."]
