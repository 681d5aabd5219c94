"""How a mail travelled: through which lists, as bulk or not, and whether anything automatic may answer it.

None of these fields says who wrote the mail: groups, forwarding servers, Exchange and customers' own mailing programs
put them on what people write. They are read for three questions only: may our automatic mail answer it, was it sent to
many, does a program say that it has written it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.words.message import Transport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.words.message import Message

_NAMES_LIST = frozenset(("list-id", "list-post", "mailing-list", "x-mailing-list", "x-beenthere"))
_OF_LISTS = _NAMES_LIST | {
    "list-unsubscribe",
    "list-help",
    "list-archive",
    "list-subscribe",
    "list-owner",
    "x-listname",
}
_BULK = frozenset(("bulk", "list", "junk"))
_ANSWERING = frozenset(("auto_reply", "auto-reply", "autoreply"))  # words of Precedence
# These four mean a machine; Exchange sets DR, NDR, RN, NRN on mail of people too (MS-OXCMAIL 2.2.3.2.14).
_SUPPRESSED = frozenset(("all", "oof", "autoreply"))
_BY_A_PROGRAM = frozenset(("x-cron-env", "x-fc-machinegenerated"))
# What older programs write where RFC 3834 has `auto-replied`; relays and scripts put it on mail of people.
_BY_AN_ANSWERING_PROGRAM = frozenset(
    (
        "x-autoreply",
        "x-auto-reply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-reply-from",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-apple-action",
    )
)
_OF_PROGRAMS = _BY_A_PROGRAM | _BY_AN_ANSWERING_PROGRAM
_SAYS_AUTOMATIC = _OF_PROGRAMS | {
    "x-ms-exchange-generated-message-source",
    "x-ms-exchange-inbox-rules-loop",
    "x-loop",
}
_EMPTY = frozenset(("", "no", "none", "false", "0"))  # what a field says that says nothing
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_IDENTIFIER = re.compile(r"<\s*([\w-]{1,63}(?:\.[\w-]{1,63}){1,9})\s*>|^\s*([\w-]{1,63}(?:\.[\w-]{1,63}){1,9})\s*$")
_SHOWN = 60  # characters of a value


def transport(message: Message) -> Transport:
    """What the header of a mail says of its way here."""
    fields = [(name, name.lower(), value) for name, value in message.headers]
    reasons = [f"{name}: {value.strip()[:_SHOWN]}" for name, key, value in fields if _is_unanswered(key, value)]
    return Transport(
        unanswered=next(iter(reasons), ""),
        bulk=any(_is_bulk(key, value) for _, key, value in fields),
        generated=any(_is_generated(key, value) for _, key, value in fields),
        lists=tuple(dict.fromkeys(name for _, key, value in fields if key in _NAMES_LIST for name in _names(value))),
    )


def answering_field(message: Message) -> str:
    """The field by which an older answering program says that it has written the mail, as `Name: value`, or ""."""
    for name, value in message.headers:
        key, said = name.lower(), value.strip()
        by_name = key in _BY_AN_ANSWERING_PROGRAM and said.lower() not in _EMPTY
        if by_name or (key == "precedence" and first_word(value) in _ANSWERING):
            return f"{name}: {said[:_SHOWN]}"
    return ""


def first_word(value: str) -> str:
    """What a field such as Auto-Submitted (RFC 3834 section 5) says before its comments and parameters, lower case."""
    return re.split(r"[;,( \t]", value.strip().lower(), maxsplit=1)[0]


def _is_unanswered(key: str, value: str) -> bool:
    match key:
        case "auto-submitted":
            return first_word(value) not in {"", "no"}
        case "x-auto-response-suppress":
            return bool(_SUPPRESSED & {word.strip().lower() for word in value.split(",")})
        case "precedence":
            return first_word(value) in _BULK | _ANSWERING
        case "return-path":
            return value.replace(" ", "") == "<>"  # RFC 5321 section 4.5.5: the null sender wants no answer
        case _:
            return (key in _OF_LISTS and bool(value.strip())) or (
                key in _SAYS_AUTOMATIC and value.strip().lower() not in _EMPTY
            )


def _is_bulk(key: str, value: str) -> bool:
    return (key in _OF_LISTS and bool(value.strip())) or (key == "precedence" and first_word(value) in _BULK)


def _is_generated(key: str, value: str) -> bool:
    if key == "auto-submitted":
        # `auto-forwarded` is how servers mark what people wrote, and `auto-replied` answers a mail.
        return first_word(value) not in {"", "no", "auto-forwarded", "auto-replied"}
    if key == "precedence":
        return first_word(value) in _ANSWERING
    return key in _OF_PROGRAMS and value.strip().lower() not in _EMPTY


def _names(value: str) -> Iterator[str]:
    """The addresses and identifiers in a field of a list (RFC 2369, RFC 2919)."""
    yield from (found.lower() for found in _ADDRESS.findall(value))
    yield from ((angle or bare).lower() for angle, bare in _IDENTIFIER.findall(value))
