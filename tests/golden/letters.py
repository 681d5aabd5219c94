"""One mail of every kind, written by a real desk in memory: what the golden files hold."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from tempfile import TemporaryDirectory

from helpdesk.desk import load_rules
from helpdesk.store.engine import Database
from helpdesk.store.tables import metadata
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, OPS, STRANGER, TestDesk, alert, write_office

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
    return {**_on(rules, _written), **_on(_with_a_digest(), _bulletins)}


def _on(rules, story):
    database = Database("sqlite://")
    metadata.create_all(database.engine)
    try:
        return story(TestDesk(rules, database, start="2026-05-19 09:15"))
    finally:
        database.close()


DIGEST = 'digest = "08:00 America/Chicago"\n\n[database]'
ROTATION = """
[[rotation]]
name = "on-call"
timezone = "America/Chicago"
handover = "wed 09:00"
start = 2026-05-13
primary = ["ann@desk.example", "bob@desk.example"]
secondary = ["bob@desk.example", "ann@desk.example"]
"""


def _with_a_digest():
    with TemporaryDirectory() as folder:
        path = write_office(Path(folder), more=ROTATION)
        path.write_text(path.read_text(encoding="utf-8").replace("[database]", DIGEST, 1), encoding="utf-8")
        return load_rules(path, environment={}, signing_key=KEY)


def _bulletins(desk):
    """What operators and who comes on call read, and what operators are answered."""
    found = {}
    desk.mail(f"Jo Park <{JO}>", "Bundle rules do not fire since the update", FIRST)
    desk.mail(f"Kim Roe <{KIM}>", "How do I add a field?", "Priority: Low\n\nI cannot find it.")
    desk.at("2026-05-20 09:00")
    found["digest"] = desk.last(OPS, "digest")
    found["handover"] = desk.last(BOB, "digest")
    desk.reply(
        OPS,
        '#incident open bundles --title "Bundle rules do not fire" --words "bundle, rule"\n#status show\n'
        '#maintenance add logik "Index rebuild" --from "2026-05-23 20:00 America/Chicago"\n'
        '--to "2026-05-23 23:30 America/Chicago" --sector Production',
    )
    found["ordered"] = desk.last(OPS, "echo")
    desk.reply(OPS, "#status set website up\n#incident clos bundles\nThanks", to_kind="digest")
    found["ordered-mistake"] = desk.last(OPS, "echo")
    return found


def _written(desk):
    found = {}

    def keep(name, to, kind):
        found[name] = desk.last(to, kind)

    desk.mail(f"Jo Park <{JO}>", "Bundle rules do not fire since the update", FIRST, cc=f"Kim Roe <{KIM}>")
    keep("ack", JO, "ack")
    desk.at("2026-05-19 10:51")
    keep("warning", ANN, "warning")
    desk.at("2026-05-19 11:15:01")
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
    _of_several_cases(desk, keep)
    desk.laboratory.desk.alert(
        alert(
            headline="a mail was set aside",
            what="A mail to support@logik.example could not be worked and was set aside. Its bytes are kept.",
            details=(("Quarantine", "7"), ("Mailbox", "support@logik.example"), ("Error", "ValueError: no")),
            todo="Look at it with: helpdesk quarantine show 7",
        )
    )
    desk.laboratory.deliver()
    keep("alert", OPS, "alert")
    return found


def _of_several_cases(desk, keep):
    """What is split off, goes into another, is put off."""
    desk.mail(f"Kim Roe <{KIM}>", "Bundles, again", "Priority: Medium\n\nNo rule fires for bundles of four.")
    kept_by = desk.case(3).assignee
    keep("assigned", kept_by, "assigned")
    desk.reply(f"Kim Roe <{KIM}>", "Priority: Low\n\nBy the way, our logo is out of date.", to_kind="ack")
    desk.reply(kept_by, "#split Our logo", to_kind="customer-message")
    keep("assigned-split-off", kept_by, "assigned")
    desk.mail(f"Jo Park <{JO}>", "Bundles of four", "Priority: Medium\n\nIs it the same as with Kim?")
    other = desk.case(5).assignee
    desk.reply(other, "#merge HD-3", to_kind="assigned")
    keep("echo-merged", other, "echo")
    desk.reply(f"Jo Park <{JO}>", "We have found out more.", to_kind="ack")
    keep("customer-message-merged", kept_by, "customer-message")
    desk.reply(kept_by, "#snooze 1h", to_kind="customer-message")
    keep("echo-snooze", kept_by, "echo")
    desk.reply(kept_by, "#help", to_kind="customer-message")
    keep("echo-help", kept_by, "echo")


def text_of(mail):
    """Who, what about, and the words: the plain face of a mail."""
    message = message_from_bytes(mail.raw, policy=SMTP)
    names = ("From", "To", "Subject", "Auto-Submitted")
    head = "".join(f"{name}: {message[name]}\n" for name in names if message[name])
    return f"{head}\n{_part(message, 'plain')}"


def html_of(mail):
    return _part(message_from_bytes(mail.raw, policy=SMTP), "html")


def steady(said):
    """What a face says, without what the severity's weights say: those are taught anew, and have tests of their own."""
    said = re.sub(r"(?m)^(Severity: +)(\S.*(?:\n {9,}.*)*)", lambda found: found[1] + _firm(found[2]), said)
    said = re.sub(r"(<td>Severity</td><td>)(.*?)(?=</td>)", lambda found: found[1] + _firm(found[2]), said)
    said = re.sub(r"(?m)^(What speaks for it: +)\S.*(?:\n {9,}.*)*", r"\1...", said)
    said = re.sub(r"(<td>What speaks for it</td><td>).*?(?=</td>)", r"\1...", said)
    return re.sub(r"\(\d+ %\)(?=, please look)", "(.. %)", said)


def _firm(value):
    """A severity, and why where somebody has said it."""
    name, dash, why = " ".join(value.split()).replace(" (please review)", "").partition(" - ")
    first = why.partition(";")[0]
    return f"{name}{dash}{first if first.startswith(('set by', 'stated priority')) else '...' if dash else ''}"


def _part(message, subtype):
    part = next(part for part in message.walk() if part.get_content_type() == f"text/{subtype}")
    return part.get_content().replace("\r\n", "\n")
