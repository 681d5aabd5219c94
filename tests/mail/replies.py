"""The answers of `replies.txt`: mails as the programs of the world write them, with what is wanted of each."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

OLD = (
    "Hello,\n\nthank you for your mail. Please try the following:\n\n1. restart the service\n2. clear the cache\n\n"
    "Does it work then? If not, send us the log.\n\nKind regards\nAnn\nDesk Support"
)
OLD_HTML = (
    "<p>Hello,</p><p>thank you for your mail. Please try the following:</p>"
    "<ol><li>restart the service</li><li>clear the cache</li></ol>"
    "<p>Does it work then? If not, send us the log.</p><p>Kind regards<br>Ann<br>Desk Support</p>"
)


class Answered(NamedTuple):
    name: str
    raw: bytes
    wanted: str


def answers() -> list[Answered]:
    text = Path(__file__).with_name("replies.txt").read_text(encoding="utf-8")
    pieces = iter(text.split("\n%% ")[1:])
    return [_answer(mail, wanted) for mail, wanted in zip(pieces, pieces, strict=True)]


def _answer(piece: str, wanted: str) -> Answered:
    title, _, body = piece.partition("\n")
    name, kind, *subject = title.split(" ", 2)
    quoted = "\n".join(f"> {line}".rstrip() for line in OLD.splitlines())
    body = body.replace("{old/html}", OLD_HTML).replace("{>old}", quoted).replace("{old}", OLD)
    mail = EmailMessage()
    mail["From"], mail["To"] = "Jo <jo@acme.example>", "support@desk.example"
    mail["Subject"] = subject[0] if subject else "Re: Something [HD-7]"
    mail.set_content(body, subtype="html" if kind == "html" else "plain", charset="utf-8", cte="8bit")
    return Answered(name, mail.as_bytes(), wanted.partition("\n")[2].strip())
