"""What calls for nothing: reactions, plain receipts, calendar answers, recalls; and what people write that looks alike."""
# ruff: noqa: RUF001  the letters of other scripts

from __future__ import annotations

import pytest

from helpdesk.mail.read.parse import parse

HEAD = "From: Pat Moss <pat@pots.example>\nTo: help@clay.example\nSubject: {}\nMIME-Version: 1.0\n"


def robot(subject: str, text: str, head: str = "") -> str | None:
    found = parse(f"{HEAD.format(subject)}{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()).robot
    return found.kind if found else None


QUOTE = "\n\nOn Tue, 19 May 2026 at 16:40, Clay Support <help@clay.example> wrote:\n\n> Is it cold?\n"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("👍\n\nPat Moss reacted via Gmail <https://www.google.example/gmail/about/?utm_campaign=emoji>", "👍"),
        ("🎉\n\nPat Moss hat über Gmail reagiert" + QUOTE, "🎉"),
        (
            "👍\n\nPat Moss reacted via Gmail\n<https://www.google.example/gmail/about/?utm_campaign=emoji#app>"
            + QUOTE,
            "👍",
        ),
        ("👍\n\nPat Moss さんが Gmail でリアクションしました\n<https://www.google.example/gmail/about/?a=b>", "👍"),
        ("❤️", "❤️"),
        ("❤", "❤"),
        ("💚" + QUOTE, "💚"),
        ("Pat Moss reacted to your message: 👍" + QUOTE, "👍"),
        ("Pat Moss hat auf Ihre Nachricht reagiert: 😄", "😄"),
        ("Pat Moss zareagował(a) na Twoją wiadomość: 👍", "👍"),
        ("Pat Moss iletinize tepki verdi:\n❤️", "❤️"),
        ("Pat Moss さんがあなたのメッセージにリアクションしました: 👍", "👍"),
        ("Ο Pat Moss αντέδρασε στο μήνυμά σας: 🎉", "🎉"),
        ("Pat Moss reagerade på ditt meddelande: 👍", "👍"),
        ("Liked “Press Export, below Rules.”", "👍"),
        ("Loved “Press Export,\nbelow Rules.”", "👍"),
        ("Disliked “Press Export, below Rules.”", "👎"),
        ("Reacted 🙏 to “Press Export”", "🙏"),
    ],
)
def test_a_reaction_is_known_by_its_whole_text(text, sign):
    found = parse(f"{HEAD.format('Re: Kiln')}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()).robot
    assert found is not None
    assert (found.kind, found.sign) == ("reaction", sign)


@pytest.mark.parametrize(
    "part",
    [
        "Content-Type: text/plain; charset=utf-8\nContent-Disposition: reaction\n\n👍",  # RFC 9078
        'Content-Type: text/vnd.google.email-reaction+json\n\n{"emoji":"👍","version":1}',
    ],
)
def test_a_reaction_is_known_by_its_part(part):
    _is_a_reaction(part, "👍")


@pytest.mark.parametrize(
    "text",
    [
        "👍 P. M. reacted via Gmail",
        "👍\n\nP. M. a réagi via Gmail\n<https://www.google.example/gmail/about/?utm_source=x#app>",
    ],
)
def test_what_gmail_writes_beside_its_part_is_not_theirs(text):
    _is_a_reaction('Content-Type: text/vnd.google.email-reaction+json\n\n{"emoji":"👍","version":1}', text)


def _is_a_reaction(part: str, text: str) -> None:
    raw = f"{HEAD.format('Re: Kiln')}Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\n{part}\n--b--\n"
    found = parse(raw.encode()).robot
    assert found is not None
    assert found.kind == "reaction"


@pytest.mark.parametrize(
    "text",
    [
        "👍 Please go on.",
        "👍\n\nWhen will it be done?",
        "❤️ but it is still cold",
        "I liked “Press Export”.",
        'Loved "the new kiln", but it is cold',
        "He reacted to your message: he is angry",
        "😡",  # alone it may be all that somebody has to say
        "👍",  # may answer a question
        "Gmail does not show it",
        "👍\nBut Gmail shows an error and nobody can fire a pot",
        "❤️\nOur Gmail add-on fails since nine",
        "👍\nGmail says <https://status.example/gmail/down>",
        "Pat Moss reacted via Gmail, and nothing happened",
    ],
)
def test_words_beside_a_sign_are_a_persons(text):
    assert robot("Re: Kiln", text) is None


RECEIPT = "Your message\n\nTo: Pat Moss\nSubject: Re: Kiln [HD-1]\nSent: Tuesday, May 19, 2026 9:40 AM\n\nwas read on Tuesday, May 19, 2026 9:58 AM."


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Read: Kiln [HD-1]", RECEIPT),
        ("Gelesen: Brennofen", "Ihre Nachricht\n\nAn: Pat Moss\nBetreff: Brennofen\nGesendet: Dienstag, 19. Mai 2026 09:40\n\nwurde am Dienstag, 19. Mai 2026 09:58 gelesen."),
        ("Lu : Four", "Votre message\n\nÀ : Pat Moss\nObjet : Four\nEnvoyé : mardi 19 mai 2026 09:40\n\na été lu le mardi 19 mai 2026 09:58."),
        ("Leído: Horno", "El mensaje\n\nPara: Pat Moss\nAsunto: Horno\nEnviados: martes, 19 de mayo de 2026 9:40\n\nse ha leído el martes, 19 de mayo de 2026 9:58."),
        ("Letto: Forno", "Messaggio\n\nA: Pat Moss\nOggetto: Forno\nInviato: martedì 19 maggio 2026 09:40\n\nletto il martedì 19 maggio 2026 09:58."),
        ("Przeczytano: Piec", "Wiadomość użytkownika\n\nDo: Pat Moss\nTemat: Piec\nWysłano: wtorek, 19 maja 2026 09:40\n\nzostała przeczytana w dniu wtorek, 19 maja 2026 09:58."),
        ("Přečteno: Pec", "Vaše zpráva\n\nKomu: Pat Moss\nPředmět: Pec\nOdesláno: úterý 19. května 2026 9:40\n\nbyla přečtena dne úterý 19. května 2026 9:58."),
        ("Okundu: Fırın", "İletiniz\n\nKime: Pat Moss\nKonu: Fırın\nGönderme: 19 Mayıs 2026 Salı 09:40\n\n19 Mayıs 2026 Salı 09:58 tarihinde okundu."),
        ("Διαβάστηκε: Φούρνος", "Το μήνυμά σας\n\nΠρος: Pat Moss\nΘέμα: Φούρνος\nΣτάλθηκε: Τρίτη, 19 Μαΐου 2026 9:40\n\nδιαβάστηκε την Τρίτη, 19 Μαΐου 2026 9:58."),
        ("Прочтено: Печь", "Ваше сообщение\n\nКому: Pat Moss\nТема: Печь\nОтправлено: 19 мая 2026 г. 9:40\n\nпрочитано 19 мая 2026 г. 9:58."),
        ("開封済み: 窯", "次のメッセージ\n\n宛先: Pat Moss\n件名: 窯\n送信日時: 2026年5月19日 9:40\n\nは 2026年5月19日 9:58 に開封されました。"),
        ("已读: 窑", "您的邮件\n\n收件人: Pat Moss\n主题: 窑\n发送时间: 2026年5月19日 9:40\n\n已读 2026年5月19日 9:58。"),
        ("Read: Kiln", RECEIPT.replace("9:58 AM.", "9:58:10 AM (UTC+01:00) Amsterdam, Berlin, Bern, Rome.")),
        ("Not read: Kiln", RECEIPT.replace("was read on", "was deleted without being read on")),
        ("Return Receipt (displayed) - Kiln", "This is a Return Receipt for the mail that you sent to pat@pots.example.\n\nNote: This Return Receipt only acknowledges that the message was displayed on the recipient's computer."),
    ],
)  # fmt: skip
def test_a_plain_receipt_is_one(subject, text):
    assert robot(subject, text) == "auto-reply"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Read: Kiln", f"{RECEIPT}\n\nAnd it is still cold."),
        ("Read: the manual", "I have read it, and it was read on Monday by my chief. The kiln is cold."),
        ("Re: Kiln", RECEIPT),
        ("Read receipts are not sent", "The message was read on Monday, says the log."),
        ("Okundu: Fırın", "Yazınızı okudum, fırın 19 Mayıs 2026 09:58 tarihinde okundu ama hâlâ soğuk. Ne yapalım?"),
        ("Przeczytano: Piec", "Wiadomość została przeczytana, ale piec jest zimny. Proszę o pomoc."),
        ("開封済み: 窯", "開封しましたが、窯は冷たいままです。至急ご連絡ください。"),
        ("Lu: votre message", "Votre message a été lu, mais le four est froid. Que faire ?"),
        ("Receipt: wrong total", "Invoice 4711 has been opened on 2024-03-01 and shows a wrong total"),
        ("Read: all our orders", "The order list has been opened at 10:30 and then all was empty"),
        ("Read: tickets", "Our shared mailbox was opened on 2024-05-01 10:00 by someone and all tickets are gone"),
        ("Potwierdzenie: faktura", "Plik odczytany 12.03.2024 o 10:15 jest pusty"),
        ("Citit: factura", "Fisierul a fost citit 12.03.2024 dar lipsesc date"),
        ("已读: 数据", "系统 2024-03-01 10:20 读取 订单 失败"),
        ("未读: 邮件", "2024-03-01 10:20 之后 所有 邮件 都 显示 已读"),
    ],
)
def test_words_beside_a_receipt_are_a_persons(subject, text):
    assert robot(subject, text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Pat Moss would like to recall the message, "Kiln".', "auto-reply"),
        ("Pat Moss möchte die Nachricht „Brennofen“ zurückrufen.", "auto-reply"),
        ("Pat Moss souhaite rappeler le message « Four ».", "auto-reply"),
        ('I would like to recall the message, "Kiln". How do I do that with your software?', None),
        ("Please recall the message that you sent to all our customers.", None),
    ],
)
def test_a_recall_is_one_and_a_question_about_recalls_is_none(text, expected):
    assert robot("Recall: Kiln", text) == expected


def invited(
    method: str, text: str, *, more: str = "", prodid: str = "-//Google Inc//Google Calendar//EN", subject: str = "Kiln"
) -> bytes:
    event = (
        f"BEGIN:VCALENDAR\nPRODID:{prodid}\nMETHOD:{method}\nVERSION:2.0\nBEGIN:VEVENT\nUID:1@clay.example\nSUMMARY:Look at the kiln\n"
        'ATTENDEE;PARTSTAT=ACCEPTED;CN="Pat Moss";X-NUM-GUESTS=0:mailto:pat@pots.example\nORGANIZER;CN=Clay Support:mailto:help@clay.example\n'
        f"DTSTART;TZID=Europe/Berlin:20260520T140000\nDTEND;TZID=Europe/Berlin:20260520T143000\nLOCATION:Hall 3\n{more}END:VEVENT\nEND:VCALENDAR"
    )
    return (
        f"{HEAD.format(subject)}Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        f"--b\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n{event}\n--b--\n"
    ).encode()


GOOGLES = "\n\nLook at the kiln\n{}\n{}\n\n{}\nhelp@clay.example - organizer\npat@pots.example\n\n~~//~~\nInvitation from Google Calendar: https://calendar.google.com/calendar/\n"


@pytest.mark.parametrize("method", ["REPLY", "COUNTER", "CANCEL", "DECLINECOUNTER"])
@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Accepted: Look at the kiln", ""),
        ("Accepted: Look at the kiln @ Wed 20 May 2026", "Pat Moss has accepted this invitation.\n\nLook at the kiln\nWednesday 20 May 2026 14:00 to 14:30\nHall 3"),
        ("Zugesagt: Look at the kiln", "Pat Moss hat diese Einladung angenommen.\n\nLook at the kiln\n"),
        ("Declined: Look at the kiln", f"Pat Moss has declined this invitation.{GOOGLES.format('Wednesday May 20, 2026 ⋅ 2pm – 2:30pm', 'Central European Time - Berlin', 'Guests')}"),
        ("Aceptada: Look at the kiln", f"Pat Moss ha aceptado esta invitación.{GOOGLES.format('miércoles 20 may 2026 ⋅ 2pm – 2:30pm', 'Hora de Europa central - Berlín', 'Invitados')}"),
        ("承諾: Look at the kiln", f"Pat Moss さんがこの招待を承諾しました。{GOOGLES.format('2026年 5月 20日 (水) ⋅ 午後2時 – 午後2:30', '中央ヨーロッパ時間 - ベルリン', 'ゲスト')}"),
        ("Kabul edildi: Look at the kiln", f"Pat Moss bu daveti kabul etti.{GOOGLES.format('20 May 2026 Çarşamba ⋅ 14:00 – 14:30', 'Orta Avrupa Saati - Berlin', 'Davetliler')}"),
        ("Accept: Look at the kiln", "Yes, I will attend.\n\n-----Original Appointment-----\nSubject: Look at the kiln\nOrganizer: help@clay.example\n"),
        ("Tentative: Look at the kiln", "\n________________\nMicrosoft Teams meeting\nJoin: https://teams.microsoft.example/1"),
    ],
)  # fmt: skip
def test_a_calendar_answer_without_words_is_one(method, subject, text):
    found = parse(invited(method, text, subject=subject)).robot
    assert found is not None
    assert method.lower() in found.why


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("I come, but please bring the cones.", ""),
        ("Pat Moss has accepted this invitation.\n\nCan we look at the other kiln too?", ""),
        ("The kiln is cold, so I cannot wait until Wednesday.", ""),
        ("Pat Moss has declined this invitation with this note:\n\n“The kiln is cold. Call now.”", ""),
        ("Pat Moss has accepted this invitation.\n\nWednesday 20 May 2026 14:00\nThe kiln is cold, call me.", ""),
        ("", "COMMENT:Please bring the cones\n"),
        (
            "Pat Moss has accepted this invitation.",
            'ATTENDEE;X-RESPONSE-COMMENT="Bring the cones":mailto:lou@pots.example\n',
        ),
    ],
)
def test_an_answer_with_a_comment_is_a_persons(text, more):
    assert parse(invited("REPLY", text, more=more)).robot is None


def test_a_comment_on_an_answer_is_shown_with_it():
    """Their own words, and not those of an invitation."""
    calendar = (
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nSUMMARY:Look at the kiln\nCOMMENT:It is cold\\, call me now\n"
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:pat@pots.example\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    message = parse(f"{HEAD.format('Accepted')}Content-Type: text/calendar; method=REPLY\n\n{calendar}".encode())

    assert message.robot is None
    assert message.text.startswith("Answer to an invitation: Look at the kiln")
    assert message.text.endswith("It is cold, call me now")

    both = f"--b\nContent-Type: text/plain\n\nPat Moss has accepted.\n--b\nContent-Type: text/calendar\n\n{calendar}--b--\n"
    message = parse(f"{HEAD.format('Accepted')}Content-Type: multipart/alternative; boundary=b\n\n{both}".encode())
    assert message.robot is None
    assert message.text == "Pat Moss has accepted.\n\nIt is cold, call me now"


def test_an_invitation_is_shown_as_what_it_is():
    message = parse(invited("REQUEST", "Let us talk about it."))
    assert message.robot is None
    assert message.reply.split("\n") == [
        "Invitation: Look at the kiln",
        "When: Wed 20 May 2026 14:00 Europe/Berlin to Wed 20 May 2026 14:30 Europe/Berlin",
        "Where: Hall 3",
        "From: Clay Support <help@clay.example>",
        "To: Pat Moss <pat@pots.example>",
        "",
        "Let us talk about it.",
    ]
