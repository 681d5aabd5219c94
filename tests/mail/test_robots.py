"""Mail that no person wrote, told by what it is and never by how it travelled (threats L01, L02, L06; law 13)."""

from __future__ import annotations

import pytest

from helpdesk.mail.read.parse import parse
from helpdesk.mail.read.robots import bounce

PERSON = "From: Kim Lee <kim@acme.example>\nTo: support@desk.example\nSubject: Printer\n"


def kind(head: str, text: str = "It burns.", base: str = PERSON) -> str | None:
    robot = parse(f"{base}{head}\n\n{text}\n".encode()).robot
    return robot.kind if robot else None


def test_a_person_is_no_robot():
    assert kind("X: y") is None


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-replied (vacation)",
        "AUTO-SUBMITTED: AUTO-REPLIED",
        "Auto-Submitted:\n auto-replied",
        "Auto-Submitted: no\nAuto-Submitted: auto-replied",
        "Content-Type: multipart/report; report-type=unheard-of; boundary=b",
    ],
)
def test_an_automatic_answer_and_a_report_are_believed_to_be_one(head):
    """L02: nobody may answer them automatically, and no person wrote them."""
    assert kind(head) == "auto-reply"
    assert parse(f"{PERSON}{head}\n\nIt burns.\n".encode()).transport.unanswered or "report" in head


TRANSPORT = [
    "Auto-Submitted: auto-generated",
    "Auto-Submitted: auto-forwarded",
    "Auto-Submitted: auto-notified; owner-email=x@y.example",
    "Auto-Submitted: no\nAuto-Submitted: auto-generated",
    "X-Auto-Response-Suppress: All",
    "X-Auto-Response-Suppress: DR, OOF, AutoReply",
    "X-FC-MachineGenerated: true",
    "X-Cron-Env: <SHELL=/bin/sh>",
    "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
    "X-MS-Exchange-Inbox-Rules-Loop: kim@acme.example",
    "Return-Path: <>",
    "Precedence: bulk",
    "Precedence: list",
    "PRECEDENCE: Junk",
    "Precedence: normal\nPrecedence: bulk",  # two of them: the second counts too
    "Precedence: bulk (comment)",
    "List-Id: <users.acme.example>",
    "List-Unsubscribe: <https://acme.example/u>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\nList-Unsubscribe: <https://acme.example/u>",
    "Mailing-List: contact x@y.example; run by ezmlm",
    "X-Loop: users@acme.example",
    "X-BeenThere: users@acme.example",
    "X-Mailing-List: users",
    # What programs that answer wrote before RFC 3834; relays and scripts put it on what people write.
    "X-Autoreply: yes",
    "X-Auto-Reply: 1",
    "X-AutoRespond: Printer",
    "X-Autoresponder: x",
    "X-Autoreply-From: kim@acme.example",
    "X-Auto-Reply-From: kim@acme.example",
    "X-Mail-Autoreply: true",
    "X-Apple-Action: VACATION",
    "Precedence: auto_reply",
    "Precedence: Auto-Reply (vacation)",
    "Precedence: autoreply\nX-Autoreply: yes\nX-Autorespond: y",
]


@pytest.mark.parametrize("head", TRANSPORT)
def test_how_a_mail_travelled_withholds_our_automatic_answer_and_makes_no_robot_of_its_author(head):
    """L02, law 13."""
    message = parse(f"{PERSON}{head}\n\nIt burns.\n".encode())
    assert message.robot is None
    assert message.transport.unanswered.partition(":")[0].lower() in head.lower()


@pytest.mark.parametrize(
    ("head", "bulk", "generated"),
    [
        ("Precedence: bulk", True, False),
        ("List-Unsubscribe: <https://acme.example/u>", True, False),
        ("X-Loop: users@acme.example", False, False),
        ("X-Auto-Response-Suppress: All", False, False),
        ("Auto-Submitted: auto-forwarded", False, False),
        ("Auto-Submitted: auto-generated", False, True),
        ("Auto-Submitted: auto-somehow", False, True),
        ("X-Cron-Env: <SHELL=/bin/sh>", False, True),
        ("X-Autoreply: yes", False, True),
        ("X-Autoreply: no", False, False),
        ("X-Autoreply-From: kim@acme.example", False, True),
        ("Precedence: auto_reply", False, True),
        ("Precedence: first-class", False, False),
        ("Auto-Submitted: no", False, False),
    ],
)
def test_bulk_and_what_programs_write_are_told_from_the_rest(head, bulk, generated):
    travelled = parse(f"{PERSON}{head}\n\nIt burns.\n".encode()).transport
    assert (travelled.bulk, travelled.generated) == (bulk, generated)


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("List-Id: Support <support.desk.example>", {"support.desk.example"}),
        ("List-ID: support.desk.example", {"support.desk.example"}),
        ("List-Post: <mailto:Support@desk.example>", {"support@desk.example"}),
        ("List-Post: <https://groups.example/post>, <mailto:support@desk.example>", {"support@desk.example"}),
        ("Mailing-list: list support@desk.example; contact support+owners@desk.example", {"support@desk.example"}),
        ("X-BeenThere: support@desk.example", {"support@desk.example"}),
        ("List-Unsubscribe: <mailto:support@desk.example>", set()),  # whom to tell, not whose list it is
    ],
)
def test_a_list_is_known_by_the_names_that_it_gives_itself(head, names):
    assert names <= set(parse(f"{PERSON}{head}\n\nIt burns.\n".encode()).transport.lists)


@pytest.mark.parametrize(
    ("subject", "head", "text", "expected"),
    [
        (
            "Automatic reply: Printer",
            "X-Auto-Response-Suppress: All",
            "I am out of the office until Monday.",
            "vacation",
        ),
        ("Out of Office: Printer", "Auto-Submitted: auto-replied", "Back on 3 June.", "vacation"),
        (
            "Automatische Antwort: Drucker",
            "Auto-Submitted: auto-replied",
            "Ich bin bis zum 3. Juni im Urlaub.",
            "vacation",
        ),
        ("Drucker", "X-Autoreply: yes", "Ich bin bis zum 3. Juni im Urlaub.", "vacation"),
        (
            "Abwesenheitsnotiz: Drucker",
            "X-Autoreply: yes\nIn-Reply-To: <1@x.example>",
            "Ich bin erst am Montag wieder da.",
            "vacation",
        ),
        ("Automatic reply: is broken", "X-Autoreply: yes", "Since Monday nobody gets one.", None),
        ("Re: Printer", "Precedence: auto_reply\nIn-Reply-To: <1@x.example>", "It still burns.", None),
        (
            "Réponse automatique : Imprimante",
            "Auto-Submitted: auto-replied",
            "Je suis absent jusqu'à lundi.",
            "vacation",
        ),
        (
            "Auto reply: Printer",
            "X-Apple-Action: VACATION\nIn-Reply-To: <1@x.example>",
            "I'm only sleeping.",
            "vacation",
        ),
        ("Automatic reply: Printer", "X: y", "I'm currently out of the office.", "vacation"),
        # A word of the subject alone says nothing: people write about automatic replies, too.
        ("Automatic reply: Printer", "X: y", "We received your message, number 4711.", None),
        ("Automatic reply: is sent twice", "Precedence: list", "Since Monday every customer gets two.", None),
        ("Automatic reply: Printer", "In-Reply-To: <1@x.example>", "The printer answers so. Why?", None),
        ("Autoresponder sends twice", "X-Auto-Response-Suppress: All", "Please help.", None),
        ("Out of office messages are lost", "Auto-Submitted: auto-generated", "None arrives.", None),
        ("Vacation days are counted wrongly", "X-Loop: x", "I am on vacation for 12 days, it says 13.", None),
        (
            "Automatic reply: Printer",
            "In-Reply-To: <1@x.example>\nX-Auto-Response-Suppress: All",
            "We have received your message.",
            "auto-reply",
        ),
        (
            "Sjálfvirkt svar: Prentari",
            "References: <1@x.example>\nAuto-Submitted: auto-generated",
            "Ég er í fríi.",
            "auto-reply",
        ),
        ("Re: Printer", "X: y", "I am out of the office until 3 June with limited access to my e-mail.", "vacation"),
        ("Re: Printer", "X: y", "I am out of the office until Monday, so call Kim about the fire.", None),
        ("[Ticket 1] received", "Auto-Submitted: auto-replied", "We received your message.", "auto-reply"),
        ("Re: Printer", "X: y", "I was out of the office yesterday, sorry.", None),
        ("Vacation requests fail", "X: y", "The form for vacation does not open.", None),
    ],
)
def test_a_vacation_is_told_by_its_words_and_not_by_auto_submitted_alone(subject, head, text, expected):
    assert kind(f"Subject: {subject}\n{head}", text, base="From: kim@acme.example\n") == expected


def report(*, action: str = "failed", status: str = "5.1.1", extra: str = "", head: str = "") -> bytes:
    """A delivery report as RFC 3464 has it, of a mail of ours."""
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>\nTo: support@desk.example\nSubject: Undelivered Mail\n{head}"
        'Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\n'
        "Your mail could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n"
        f"Final-Recipient: rfc822; Kim@Acme.example\nAction: {action}\nStatus: {status}\n{extra}\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: support@desk.example\nMessage-ID: <1.abc@desk.example>\nSubject: Re: Printer\n\nx\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("raw", "permanent"),
    [
        (report(), True),
        (report(status="4.2.2"), False),
        (report(action="delayed", status="4.4.1"), False),
        (report(action="delayed", status="5.0.0"), False),
        (report(action="Failed", status="5.0.0 (unknown)"), True),
        (report(status="", extra="Diagnostic-Code: smtp; 452 4.2.2 full\n"), False),
        (report(status="", extra="Diagnostic-Code: smtp; 550 no such user\n"), True),
    ],
)
def test_a_standard_report_says_whose_mail_came_back_and_whether_for_good(raw, permanent):
    """L01, RFC 3464; the returned Message-ID is what proves that the mail was ours (L06)."""
    found = bounce(raw)
    assert found is not None
    assert found.recipient == "kim@acme.example"
    assert found.permanent is permanent
    assert found.message_id == "<1.abc@desk.example>"
    robot = parse(raw).robot
    assert robot is not None
    assert robot.kind == ("bounce-permanent" if permanent else "bounce-temporary")


QMAIL = """From: MAILER-DAEMON@mx.acme.example
To: support@desk.example
Subject: failure notice

Hi. This is the qmail-send program at mx.acme.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<kim@acme.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <support@desk.example>
Message-ID: <1.abc@desk.example>
Subject: Re: Printer 4.1.1

x
"""
EXIM = """From: Mail Delivery System <Mailer-Daemon@mx.acme.example>
To: support@desk.example
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: kim@acme.example

This message was created automatically by mail delivery software.

  kim@acme.example
    all relevant MX records point to non-existent hosts

------ This is a copy of the message, including all the headers. ------

Message-ID: <1.abc@desk.example>
"""
DELAY = """From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: support@desk.example
Subject: Delivery Status Notification (Delay)

Delivery to the following recipient has been delayed:

     kim@acme.example

Message will be retried for 2 more day(s)

----- Original message -----

Message-ID: <1.abc@desk.example>
"""
EXCHANGE = """From: postmaster@acme.example
To: support@desk.example
Subject: Undeliverable: Re: Printer

Your message did not reach some or all of the intended recipients.

kim@acme.example
The e-mail account does not exist at the organization this message was sent to.
#550 5.1.1 RESOLVER.ADR.RecipNotFound

Message-ID: <1.abc@desk.example>
"""


@pytest.mark.parametrize(("raw", "permanent"), [(QMAIL, True), (EXIM, True), (DELAY, False), (EXCHANGE, True)])
def test_a_report_in_prose_is_read_too(raw, permanent):
    """L01: what qmail, Exim, Google and Exchange write instead of RFC 3464."""
    found = bounce(raw.encode())
    assert found is not None
    assert (found.recipient, found.permanent, found.message_id) == (
        "kim@acme.example",
        permanent,
        "<1.abc@desk.example>",
    )


@pytest.mark.parametrize(
    ("subject", "opening"),
    [
        ("Unzustellbar", "Fehler bei der Nachrichtenzustellung an folgende Empf\u00e4nger oder Gruppen"),
        ("Non remis", "\u00c9chec de la remise pour ces destinataires ou groupes"),
        ("No se puede entregar", "Error de entrega a estos destinatarios o grupos"),
        ("Non recapitabile", "Recapito non riuscito per i seguenti destinatari o gruppi"),
        ("N\u00e3o \u00e9 poss\u00edvel entregar", "Falha na entrega a estes destinat\u00e1rios ou grupos"),
        ("Onbestelbaar", "Bezorging is mislukt voor de volgende geadresseerden of groepen"),
        ("Nie mo\u017cna dostarczy\u0107", "Dostarczanie do tych adresat\u00f3w lub grup nie powiod\u0142o si\u0119"),
        ("Kan inte levereras", "Leveransen till f\u00f6ljande mottagare eller grupper misslyckades"),
        ("Kan ikke leveres", "Levering mislykkedes til disse modtagere eller grupper"),
        ("Ei voi toimittaa", "Toimitus ep\u00e4onnistui seuraaville vastaanottajille tai ryhmille"),
        (
            "Nedoru\u010diteln\u00e9",
            "Doru\u010den\u00ed t\u011bmto p\u0159\u00edjemc\u016fm nebo skupin\u00e1m se nezda\u0159ilo",
        ),
        ("Teslim Edilemedi", "Bu al\u0131c\u0131lara veya gruplara teslim ba\u015far\u0131s\u0131z oldu"),
        (
            "\u041d\u0435 \u0443\u0434\u0430\u0435\u0442\u0441\u044f \u0434\u043e\u0441\u0442\u0430\u0432\u0438\u0442\u044c",
            "\u041d\u0435 \u0443\u0434\u0430\u043b\u043e\u0441\u044c \u0432\u044b\u043f\u043e\u043b\u043d\u0438\u0442\u044c \u0434\u043e\u0441\u0442\u0430\u0432\u043a\u0443",
        ),
        (
            "\u914d\u4fe1\u4e0d\u80fd",
            "\u6b21\u306e\u53d7\u4fe1\u8005\u307e\u305f\u306f\u30b0\u30eb\u30fc\u30d7\u3078\u306e\u914d\u4fe1",
        ),
        ("\u65e0\u6cd5\u4f20\u9012", "\u65e0\u6cd5\u5c06\u90ae\u4ef6\u4f20\u9012\u7ed9\u4ee5\u4e0b\u6536\u4ef6\u4eba"),
    ],
)
def test_exchanges_report_in_prose_is_one_in_whatever_language(subject, opening):
    """L01: what a gateway has left of it, without its structure, opened a case and was acknowledged."""
    text = (
        f"{opening}:\n\nkim@acme.example\n\nkim@acme.example\nRemote server returned '550 5.1.10 RecipientNotFound'\n"
    )
    head = "From: Microsoft Outlook <postmaster@acme.example>\nContent-Type: text/plain; charset=utf-8"
    for null in ("", "Return-Path: <>\n"):
        found = bounce(
            f"{null}{head}\nSubject: {subject}: Printer\n\n{text if not null else text[len(opening) :]}".encode()
        )
        assert found
        assert found.permanent
        assert found.recipient == "kim@acme.example"
    assert bounce(f"{head}\nSubject: {subject}: Printer\n\nWhat does this mean? {text}".encode()) is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Message status - undeliverable",
            "The message that you sent was undeliverable to the following:\n\t{} (user unknown)",
        ),
        ("Returned Mail", "The attached file had the following undeliverable recipient(s):\n\t{}\n\n 550 No such user"),
        ("Delivery failure", "This is a permanent error. Your mail did not get to {}: mailbox does not exist"),
        (
            "Undeliverable: hi",
            "This is a system-generated message. Your mail could not be delivered to:\n\n<{}>: user unknown",
        ),
        ("Returned Mail", "This message was undeliverable due to the following reason:\n\nSMTP <{}> unknown"),
        ("Mail delivery failed", "Hi,\n\nThis is the mail system at mx.acme.example.\n\n{} does not exist"),
        ("Mail rejected", "Your e-mail was rejected by a filter and was not delivered to {}."),
        ("Mail failure", "Failed to deliver to '{}'\n account does not exist\n"),
        ("Unzustellbar: Anfrage", "Die Nachricht konnte nicht zugestellt werden:\n\n{}\nPostfach nicht gefunden"),
        ("Correo no entregado", "El mensaje que envi\u00f3 no pudo ser entregado a {}: usuario desconocido"),
        ("Mancata consegna", "Il messaggio non \u00e8 stato consegnato a {}: utente sconosciuto"),
        ("Onbestelbaar: vraag", "Uw bericht is niet aangekomen bij {}: onbekende gebruiker"),
        (
            "\u7cfb\u7edf\u9000\u4fe1",
            "\u62b1\u6b49\uff0c\u60a8\u7684\u90ae\u4ef6\u88ab\u9000\u56de\u6765\u4e86\n{} 550",
        ),
    ],
)
def test_a_report_under_a_postmasters_address_is_one_without_a_null_sender(subject, text):
    """GroupWise, Kerio and others: it opened a case, and the postmaster was sent an acknowledgment."""
    head = "From: postmaster@acme.example\nContent-Type: text/plain; charset=utf-8"
    found = bounce(f"{head}\nSubject: {subject}\n\n{text.format('kim@acme.example')}".encode())
    assert found
    assert found.recipient == "kim@acme.example"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Undeliverable mail from your system",
            "Hello,\nwe get many mails for kim@acme.example, who left. Please stop.",
        ),
        ("Rejected mails", "Dear support,\nyour e-mail was rejected by our filter since Monday. What changed?"),
        ("Delivery failure since Monday", "Your message could not get through to us. Which servers do you send from?"),
        ("Zustellung", "Die Nachricht von gestern an kim@acme.example fehlt. Wurde sie nicht zugestellt?"),
    ],
)
def test_a_person_who_looks_after_the_mail_writes_no_report(subject, text):
    head = "From: Petra <postmaster@acme.example>\nContent-Type: text/plain; charset=utf-8"
    assert bounce(f"{head}\nSubject: {subject}\n\n{text}".encode()) is None


@pytest.mark.parametrize(
    "raw",
    [
        PERSON + "\nMy mail to bob@acme.example was returned: 550 user unknown. Why?\n",
        PERSON.replace("Printer", "Re: Undelivered Mail Returned to Sender") + "\nWhat does this mean?\n",
        PERSON.replace("Printer", "Fwd: failure notice") + "\n> MAILER-DAEMON wrote:\n> <a@b.example>: user unknown\n",
    ],
)
def test_a_person_who_asks_about_a_bounce_is_no_bounce(raw):
    assert bounce(raw.encode()) is None
    assert parse(raw.encode()).robot is None


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
@pytest.mark.parametrize(
    "said", [b"was delivered successfully", b"wurde zugestellt", b"went on", b"is not delivered yet"]
)
def test_a_report_of_success_is_automatic_but_no_bounce(action, said):
    raw = report(action=action, status="2.0.0").replace(b"could not be delivered", said)
    assert bounce(raw) is None
    robot = parse(raw).robot
    assert robot is not None
    assert robot.kind == "auto-reply"


@pytest.mark.parametrize("kind_of_part", ["feedback-report", "disposition-notification"])
def test_complaints_and_reading_receipts_are_automatic_and_no_bounces(kind_of_part):
    """RFC 5965, RFC 8098."""
    raw = (
        f"From: fbl@acme.example\nSubject: FW: x\nContent-Type: multipart/report; report-type={kind_of_part}; boundary=b\n\n--b\n\nx\n"
        f"--b\nContent-Type: message/{kind_of_part}\n\nFeedback-Type: abuse\n\n--b--\n"
    ).encode()
    assert bounce(raw) is None
    robot = parse(raw).robot
    assert robot is not None
    assert robot.kind == "auto-reply"


def test_a_dmarc_report_is_automatic():
    """RFC 7489."""
    raw = (
        b"From: noreply@big.example\nSubject: Report domain: desk.example\nContent-Type: application/gzip; "
        b'name="big.example!desk.example!1779753600!1779839999.xml.gz"\nContent-Transfer-Encoding: base64\n\nAAAA\n'
    )
    robot = parse(raw).robot
    assert robot is not None
    assert "DMARC" in robot.why


def test_a_report_that_names_several_readers_names_them_all():
    second = (
        "Final-Recipient: rfc822; lou@acme.example\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822"
    )
    found = bounce(report().replace(b"--b\nContent-Type: message/rfc822", second.encode()))
    assert found is not None
    assert (found.recipient, found.recipients) == ("kim@acme.example", ("kim@acme.example", "lou@acme.example"))
    prose = bounce(QMAIL.replace("--- Below", "<lou@acme.example>:\nNo mailbox. (#5.1.1)\n\n--- Below").encode())
    assert prose is not None
    assert prose.recipients == ("kim@acme.example", "lou@acme.example")


@pytest.mark.parametrize("number", ["(480) 624-2500", "450-624-2500", "(550) 123 4567", "555-1234", "480"])
def test_a_telephone_number_is_no_reply_code(number):
    """Read as 4xx it would make a failure for good one for now, and the agent would not hear of it."""
    text = "Your message did not reach some or all of the intended recipients.\n\nkim@acme.example\nNo such user. Call {}.\n"
    head = "From: postmaster@acme.example\nSubject: Undeliverable: Printer\nReturn-Path: <>\n\n"
    found = bounce((head + text.format(number)).encode())
    assert found is not None
    assert found.permanent


ROLES = ["postmaster@acme.example", "administrator@acme.example", "bounces@acme.example", "MDaemon@acme.example"]
ASKED = [
    ("Delivery failed for our customers", "Orders to bob@acme.example: 550 user unknown. What shall we do?"),
    (
        "Undeliverable mail from your desk",
        "Hello,\n\nwe see 550 5.1.1 for kim@acme.example. Please correct the address.",
    ),
    ("Error sending invoices", "The report page shows a fatal error: the mailbox is full."),
    ("Fwd: Undeliverable: Re: Printer", "See below.\n\nYour message did not reach some or all of the recipients."),
    ("Mail delivery is slow", "It takes an hour. Is the queue over quota?"),
]


@pytest.mark.parametrize("sender", ROLES)
@pytest.mark.parametrize(("subject", "text"), ASKED)
def test_people_with_role_addresses_write_of_mail_too(sender, subject, text):
    raw = f"From: System Administrator <{sender}>\nTo: support@desk.example\nSubject: {subject}\n\n{text}\n".encode()
    assert bounce(raw) is None
    assert parse(raw).robot is None
