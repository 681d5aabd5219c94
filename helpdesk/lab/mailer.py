"""Mail as people's mail programs write it: fresh, or as a reply with the original quoted below."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from helpdesk.core.words.message import Message

# Long Message-IDs must come through whole (threat C10).
_POLICY = SMTP.clone(max_line_length=998)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody writes. `cc` and `to` are as in a header."""

    from_: str
    to: str
    subject: str
    body: str
    cc: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def write(sheet: Sheet, *, at: datetime, message_id: str) -> bytes:
    """A fresh mail."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sheet.from_
    mail["To"] = sheet.to
    if sheet.cc:
        mail["Cc"] = sheet.cc
    mail["Subject"] = sheet.subject
    mail["Date"] = format_datetime(at)
    if "message-id" not in {name.lower() for name in sheet.headers}:
        mail["Message-ID"] = message_id
    for name, value in sheet.headers.items():
        mail[name] = value
    mail.set_content(sheet.body)
    return mail.as_bytes()


def reply(
    original: Message,
    sheet: Sheet,
    *,
    at: datetime,
    message_id: str,
    quote: bool,
) -> bytes:
    """A reply to `original`; `sheet.to`, `sheet.subject` empty: to its Reply-To, under its subject."""
    answer_to = (original.reply_to or original.senders)[0].address
    subject = original.subject if original.subject.lower().startswith("re:") else f"Re: {original.subject}"
    body = f"{sheet.body.rstrip()}\n"
    if quote:
        lines = "".join(f"> {line}".rstrip() + "\n" for line in original.text.rstrip().splitlines())
        who = original.senders[0].name or original.senders[0].address
        body += f"\nOn {at:%a, %d %b %Y at %H:%M}, {who} wrote:\n{lines}"
    threading = {
        "In-Reply-To": original.message_id,
        "References": " ".join((*original.references, original.message_id)),
    }
    whole = Sheet(
        from_=sheet.from_,
        to=sheet.to or answer_to,
        subject=sheet.subject or subject,
        body=body,
        cc=sheet.cc,
        headers={**threading, **sheet.headers},
    )
    return write(whole, at=at, message_id=message_id)
