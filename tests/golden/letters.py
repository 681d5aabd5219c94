"""One mail of every kind, written by a real desk in memory: what the golden files hold."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP

from helpdesk.store.engine import Database
from helpdesk.store.tables import metadata
from tests.desk import ANN, BOB, JO, KIM, LENA, OPS, STRANGER, TestDesk

LONG_WORD = "https://shop.example/admin/" + "rules/" * 20 + "?session=0123456789abcdef"
FIRST = f"""\
Case Priority: Urgent
Application Area: Rules

Hello,

since the update this morning no rule fires any more when a customer adds a bundle to the cart,
so every bundle is sold at its full price. {LONG_WORD}

    rule "bundle discount" {{ when bundle.size > 3 then price -10% }}

Regards,
Jo
"""


def letters(rules):
    """Name of the letter to its mail, in the order in which they were sent."""
    database = Database("sqlite://")
    metadata.create_all(database.engine)
    try:
        return _written(TestDesk(rules, database, start="2026-05-19 09:15"))
    finally:
        database.close()


def _written(desk):
    found = {}

    def keep(name, to, kind):
        found[name] = desk.last(to, kind)

    desk.mail(f"Jo Park <{JO}>", "Bundle rules do not fire since the update", FIRST, cc=f"Kim Roe <{KIM}>")
    keep("ack", JO, "ack")
    keep("assigned", ANN, "assigned")
    desk.at("2026-05-19 10:51")
    keep("warning", ANN, "warning")
    desk.at("2026-05-19 11:15")
    keep("breach", ANN, "breach")
    keep("escalation", LENA, "escalation")
    desk.is_down_until("2026-05-19 12:40")
    keep("escalation-late", LENA, "escalation")
    keep("escalation-operator", OPS, "escalation")
    desk.reply(
        f"Ann Berg <{ANN}>",
        "#severity critical every bundle is wrong\n#wait 1d\nWe see it, too.\n\nWhich version do you run?",
    )
    keep("relay", JO, "relay")
    keep("echo", ANN, "echo")
    desk.at("2026-05-20 12:40")
    keep("reminder", ANN, "reminder")
    desk.reply(
        f"Jo Park <{JO}>", "Version 7.2, see https://shop.example/version.\n\nIs there any news?", to_kind="relay"
    )
    keep("customer-message", ANN, "customer-message")
    desk.reply(STRANGER, "Please copy me in.", holder=JO, to_kind="relay")
    keep("customer-message-unverified", ANN, "customer-message")
    desk.reply(ANN, "#severty low\n#assign bob\nWe gave it to a colleague.", to_kind="assigned")
    keep("echo-mistake", ANN, "echo")
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    keep("assigned-handed-over", BOB, "assigned")
    desk.reply(BOB, "#resolve\nIt is fixed in version 7.3, which you have now.")
    keep("closed-resolved", JO, "closed")
    desk.reply(BOB, "#close")
    keep("closed", JO, "closed")
    desk.mail(STRANGER, "Something of mine", "It is broken.")
    keep("ack-unknown", STRANGER, "ack")
    desk.laboratory.desk.alert(
        key="test",
        mailbox="",
        facts={
            "headline": "a mail was set aside",
            "what": "A mail to support@logik.example could not be worked and was set aside. Its bytes are kept.",
            "details": [("Quarantine", "7"), ("Mailbox", "support@logik.example"), ("Error", "ValueError: no")],
            "todo": "Look at it with: helpdesk quarantine show 7",
        },
    )
    desk.laboratory.deliver()
    keep("alert", OPS, "alert")
    return found


def text_of(mail):
    """Who, what about, and the words: the plain face of a mail."""
    message = message_from_bytes(mail.raw, policy=SMTP)
    names = ("From", "To", "Subject", "Auto-Submitted")
    head = "".join(f"{name}: {message[name]}\n" for name in names if message[name])
    return f"{head}\n{_part(message, 'plain')}"


def html_of(mail):
    return _part(message_from_bytes(mail.raw, policy=SMTP), "html")


def _part(message, subtype):
    part = next(part for part in message.walk() if part.get_content_type() == f"text/{subtype}")
    return part.get_content().replace("\r\n", "\n")
