"""Answers that a program gives for a person: absence notices, confirmations of receipt.

RFC 3834's own word (`auto-replied`) is believed, and a text that is an absence notice and nothing else. Whatever else
hints at a program, the fields of older ones (`X-Autoreply`, `Precedence: auto_reply`) as well, is also found on mail of
people: it counts only together with the form of such an answer, which is a mail in answer to another one whose subject
the program has put its words before. A word of a subject alone never counts.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from helpdesk.core.words.message import Robot
from helpdesk.data_file import data_file
from helpdesk.mail.read.absence import has_absence_sentence, is_absence_notice
from helpdesk.mail.read.transport import answering_field, first_word

if TYPE_CHECKING:
    from collections.abc import Collection

    from helpdesk.core.words.message import Message, Transport

_WORDS = data_file(__package__, "automatic.toml")
_AWAY = re.compile("|".join(_WORDS["away"]), re.IGNORECASE)

_TEXT = 3_000  # characters that are looked through


def automatic_answer(message: Message, transport: Transport) -> Robot | None:
    """Why a mail is the answer of a program; None where it may be a person's."""
    why = _says_so(message)
    if not why and transport.unanswered and _has_the_form(message):
        why = f"an automatic reply by its subject and {transport.unanswered}"
    if why:
        return Robot("vacation" if _is_away(message) else "auto-reply", why)
    if is_absence_notice(message.reply, names=[message.sender.name] if message.sender else ()):
        return Robot("vacation", _WHOLE, proven=False)
    return None


_WHOLE = "its whole text is an absence notice"


def answer_for_one_of_ours(message: Message, names: Collection[str]) -> Robot | None:
    """Why a mail of one of ours may be the answer of a program; who has `names` can say that they wrote it.

    What they write goes to a customer, and what is held comes back to them: so less is enough than for a customer's
    mail, whose words nobody would see. The subject of an answering program is one, for people answer with `Re:`, and so
    is the field of an older one together with a sentence of a notice, for relays put it on the mail of people, too.
    """
    if is_absence_notice(message.reply, names=names, ours=True):
        return Robot("vacation", _WHOLE, proven=False)
    if _subjects().match(message.subject) and (message.in_reply_to or message.references):
        return Robot("auto-reply", "its subject is that of a program that answers", proven=False)
    field = answering_field(message)
    if field and has_absence_sentence(message.reply):
        return Robot("vacation", f"a sentence of an absence notice, and {field}", proven=False)
    return None


def _says_so(message: Message) -> str:
    """The field by which a mail says that it is an answer nobody wrote (RFC 3834 s5), as `Name: value`."""
    for name, value in message.headers:
        if name.lower() == "auto-submitted" and first_word(value) == "auto-replied":
            return f"{name}: {value.strip()[:40]}"
    return ""


def _is_away(message: Message) -> bool:
    if message.header("X-Apple-Action").strip().upper() == "VACATION":
        return True
    return bool(_AWAY.search(message.subject) or _AWAY.search(message.text[:_TEXT]))


def _has_the_form(message: Message) -> bool:
    """Whether it answers a mail under that mail's subject, with a program's words before it.

    Older programs do not say what they answer: there it takes the null sender and a sentence of an absence notice.
    """
    if not _subjects().match(message.subject):
        return False
    answers = bool(message.in_reply_to or message.references)
    nobodys = message.header("Return-Path").replace(" ", "") == "<>"  # RFC 3834 s3.3
    return answers or (nobodys and has_absence_sentence(message.text))


@cache
def _subjects() -> re.Pattern[str]:
    words = "|".join(re.escape(subject).replace(r"\ ", r"[ \-]?") for subject in _WORDS["subjects"])
    return re.compile(rf"\W*(?:{words})\s?[:\uff1a]\s?\S", re.IGNORECASE)
