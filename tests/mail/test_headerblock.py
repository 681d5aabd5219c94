"""Header lines above a quoted mail, by their shape: no list of languages is long enough."""

from __future__ import annotations

import pytest

from helpdesk.mail.read.headerblock import block_by_shape
from helpdesk.mail.read.quote import new_text

SAID = "It is the kiln in hall 3."
# From, Sent, To, Subject as programs of these languages have them; none of them is in a list of ours as a whole.
LANGUAGES = {
    "Hindi": ("प्रेषक", "भेजा गया", "प्रति", "विषय"),
    "Thai": ("จาก", "ส่งแล้ว", "ถึง", "เรื่อง"),
    "Tamil": ("அனுப்புநர்", "அனுப்பியது", "பெறுநர்", "பொருள்"),
    "Hebrew": ("מאת", "נשלח", "אל", "נושא"),
    "Arabic": ("من", "تم الإرسال", "إلى", "الموضوع"),
    "Georgian": ("გამომგზავნი", "გაგზავნილია", "ადრესატი", "თემა"),
    "Armenian": ("Ուղարկող", "Ուղարկված է", "Ում", "Թեմա"),
    "Vietnamese": ("Từ", "Đã gửi", "Đến", "Chủ đề"),
    "Basque": ("Nork", "Bidalia", "Nori", "Gaia"),
    "Welsh": ("Oddi wrth", "Anfonwyd", "At", "Pwnc"),
    "Irish": ("Ó", "Seolta", "Chuig", "Ábhar"),
    "Swahili": ("Kutoka", "Imetumwa", "Kwa", "Mada"),
    "a language yet to come": ("Fra'um", "Zend op", "Naa", "Ower"),
}
TITLES = ("________________________________", "-----Mensaxe orixinal-----", "---- Ⲡⲓⲥϧⲁⲓ ----", "--------------------")
BELOW = "Which kiln is it, please?"


def quoted(labels: tuple[str, ...], *, colon: str = ":") -> str:
    sender, sent, to, subject = labels
    lines = [
        f"{sender}{colon} Clay Support <support@clay.example>",
        f"{sent}{colon} 19.05.2026 16:40",
        f"{to}{colon} Pat Moss <pat@pots.example>",
        f"{subject}{colon} Re: Kiln [HD-7]",
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("title", [*TITLES, ""])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_outlook_quotes_is_cut_in_any_language(language, title):
    block = quoted(LANGUAGES[language])
    assert new_text(f"{SAID}\n\n{title}\n{block}\n\n{BELOW}\n") == SAID


@pytest.mark.parametrize("colon", ["\uff1a", " :", "\u00a0:"])
def test_the_colon_may_be_wide_or_stand_apart(colon):
    assert new_text(f"{SAID}\n\n{TITLES[0]}\n{quoted(LANGUAGES['Welsh'], colon=colon)}\n\n{BELOW}\n") == SAID


@pytest.mark.parametrize(
    "title", ["---- Replied Message ----", "---- 回复的原邮件 ----", "----- 返信元のメッセージ -----"]
)
@pytest.mark.parametrize("labels", [("From", "Date", "To", "Subject"), ("发件人", "日期", "收件人", "主题")])
@pytest.mark.parametrize("card", ["", "| |\nPat Moss\n|\n|\npat@pots.example\n|\n"])
def test_what_netease_quotes_is_cut_with_the_card_above_it(title, labels, card):
    values = ("Clay Support<support@clay.example>", "05/19/2026 22:40", "Pat Moss<pat@pots.example>", "Re: Kiln [HD-7]")
    rows = "\n".join(f"| {label} | {value} |" for label, value in zip(labels, values, strict=True))
    assert new_text(f"{SAID}\n\n\n{card}{title}\n{rows}\n{BELOW}\n") == SAID


@pytest.mark.parametrize(
    "text",
    [
        "We meet:\n\nWhere: hall 3\nWhen: 19.05.2026 16:40\nWho: Pat Moss <pat@pots.example>\nWhat: the kiln",
        "Here is the form.\n\nEmail: pat@pots.example\nDate: 19.05.2026\nCity: Berlin\nTopic: kilns",
        "| Kiln | 900 C |\n| Date | 19.05.2026 |\n| Who | pat@pots.example |\n| What | cones |",
        "Readings:\n---- hall 3 ----\nTop: 900\nMiddle: 880\nBottom: 870",
    ],
)
def test_forms_and_tables_that_people_send_stay(text):
    assert new_text(text) == text


@pytest.mark.parametrize(
    "form",
    [
        "Name: Pat Moss\nEmail: pat@pots.example\nDate: 19.05.2026\nItem: Kiln",
        "Email: pat@pots.example\nDate: 19.05.2026\nItem: Kiln",
        "Server: mail.pots.example\nPort: 993\nUser: pat@pots.example\nSince: 19.05.2026 10:00",
    ],
)
def test_a_form_below_a_rule_is_no_header_block(form):
    assert block_by_shape(form.split("\n"), 0) == 0


APPLE = """Please see to this.

> {title}
>
> {sender}: Pat Moss <pat@pots.example>
> {subject}: The kiln is cold
> {date}: 19 May 2026 at 16:40:11 CEST
> {to}: Clay Sales <sales@clay.example>
>
> The kiln in hall 3 does not get warm.
"""


@pytest.mark.parametrize(
    ("title", "labels"),
    [
        ("Begin forwarded message:", ("From", "Subject", "Date", "To")),
        ("Anfang der weitergeleiteten Nachricht:", ("Von", "Betreff", "Datum", "An")),
        ("Dechrau neges a anfonwyd ymlaen:", ("Oddi wrth", "Pwnc", "Dyddiad", "At")),
    ],
)
def test_what_apple_mail_passes_on_is_shown_though_it_stands_behind_marks(title, labels):
    sender, subject, date, to = labels
    text = APPLE.format(title=title, sender=sender, subject=subject, date=date, to=to)
    assert "does not get warm" in new_text(text, subject="Fwd: The kiln is cold")
    assert "does not get warm" in new_text(text)


def test_a_wrapped_line_goes_on_with_the_one_above():
    lines = quoted(LANGUAGES["Basque"]).split("\n")
    lines.insert(3, "  Sam Reed <sam@pots.example>")
    assert block_by_shape(lines, 0) == len(lines)
