"""What people send without a word of their own: reactions, plain reading receipts, calendar answers, recalls.

Each is known by what its program makes of it: a part of its own type, or a text that is the program's from its first
line to its last. Whatever somebody has added, such as a comment to an acceptance, makes it a person's mail.
"""
# ruff: noqa: RUF001  signs of many scripts

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from helpdesk.core.words.message import Robot
from helpdesk.data_file import data_file, patterns
from helpdesk.mail.read import client_markers as marks
from helpdesk.mail.read.calendar import Happening, happening

if TYPE_CHECKING:
    from helpdesk.core.words.message import Message
    from helpdesk.mail.read.mime import Tree

_FILE = data_file(__package__, "notices.toml")
_WORDS = patterns(_FILE)

_MOST_LINES = 14  # of a receipt
_ONE_LINE = 300  # characters


def notice(message: Message, tree: Tree) -> Robot | None:
    """Why a mail calls for nothing; None where somebody may have said something in it."""
    return _reaction(message, tree) or _calendar_answer(message, tree) or _receipt(message) or _recall(message)


# --- reactions ------------------------------------------------------------------------------------------------------

# Gmail's part, and RFC 9078's disposition.
_GMAIL_REACTION = "text/vnd.google.email-reaction+json"
# What Gmail writes below the sign, in the language of who set it, with a link to itself on that line or the next.
_OF_GMAIL = re.compile(r"[^\n?!]{1,120}\bGmail\b[^\n?!]{0,40}(?:\s<https?://[^\s<>]{1,600}>)?")
_VIA_GMAIL = re.compile(r".{1,120} reacted via Gmail|.{1,200} <https?://[^\s/<>]{1,200}/gmail/about/[^\s<>]{0,300}>")
# Outlook: "Jo Miller reacted to your message: 👍", above the message.
_OUTLOOKS = re.compile(rf"[^\n]{{1,80}}?(?:{_WORDS['reacted']})[:：]?\s*(\S{{0,12}})", re.IGNORECASE)
# What a telephone sends for a tapback to one who has none: a verb and the words that it is about, nothing else.
_TAPBACK = re.compile(
    rf"(?:({_WORDS['tapped']})|{_WORDS['tapped_with']}) [“„«\"](?:.|\n){{1,2000}}[”“»\"]", re.IGNORECASE
)
_UNFRIENDLY = frozenset(("disliked", "questioned", "emphasized", "emphasised", "hebt hervor"))


def _reaction(message: Message, tree: Tree) -> Robot | None:
    emoji = _reacted_with(message, tree)
    return Robot("reaction", f"a reaction: {emoji}", sign=emoji) if emoji else None


def _reacted_with(message: Message, tree: Tree) -> str:
    """The sign that somebody has set under a mail; "" where they have written."""
    lines = [line.strip() for line in message.reply.split("\n") if line.strip()]
    first = lines[0] if lines else ""
    structured = any(part.disposition == "reaction" or part.type == _GMAIL_REACTION for part in tree.parts)
    below = " ".join(lines[1:])
    if is_emoji(first) and (not below or _is_gmails(below, message, structured=structured)):
        # A heart alone is a reaction however it was sent; another sign may be an answer, and is left to its reader.
        alone = not below and not structured
        return "" if alone and not _is_heart(first) else first
    sign, _, rest = " ".join(lines).partition(" ")
    if structured and is_emoji(sign) and _is_gmails(rest, message, structured=True):
        return sign
    if structured and not lines:
        return "an emoji"
    is_all = len(lines) == 1 or (len(lines) == 2 and is_emoji(lines[1]))
    if is_all and (found := _OUTLOOKS.fullmatch(first)):
        return found[1] or (lines[1] if len(lines) > 1 else "a sign")
    tapped = _TAPBACK.fullmatch("\n".join(lines))
    if tapped:
        verb = (tapped[1] or "").lower()
        return next((sign for sign in tapped.groups()[1:] if sign), "") or (
            "\U0001f44e" if verb in _UNFRIENDLY else "\U0001f44d"
        )
    return ""


def _is_gmails(text: str, message: Message, *, structured: bool) -> bool:
    """Whether Gmail wrote it below a sign: without its part, a line that names the author or is Gmail's to the word."""
    if not _OF_GMAIL.fullmatch(text):
        return False
    name = message.sender.name if message.sender else ""
    return structured or bool(name and text.startswith(name)) or _VIA_GMAIL.fullmatch(text) is not None


_JOINERS = frozenset("\u200d\ufe0f\ufe0e\u20e3 ")


def is_emoji(text: str) -> bool:
    """Whether a text is made of emoji and nothing else."""
    signs = [char for char in text if char not in _JOINERS]
    return 0 < len(signs) <= 8 and all(_is_sign(char) for char in signs)


def _is_sign(char: str) -> bool:
    return unicodedata.category(char) == "So" or "\U0001f3fb" <= char <= "\U0001f3ff" or char in "♥❤"


def _is_heart(text: str) -> bool:
    return all(
        char in _JOINERS or "HEART" in unicodedata.name(char, "") or "\U0001f3fb" <= char <= "\U0001f3ff"
        for char in text
    )


# --- calendar answers -----------------------------------------------------------------------------------------------

_ANSWERS = frozenset(("REPLY", "COUNTER", "CANCEL", "DECLINECOUNTER", "REFRESH"))  # RFC 5546 section 1.4


def _calendar_answer(message: Message, tree: Tree) -> Robot | None:
    found = happening(tree)
    if found is None or found.method not in _ANSWERS or found.comment:
        return None
    written = _written(message)
    for above, line in zip(["", *written], written, strict=False):
        if not (_is_the_programs(line, found, message) or _is_googles_zone(line, above, found)):
            return None
    return Robot("auto-reply", f"a calendar answer (RFC 5546): {found.method.lower()}")


def _is_googles_zone(line: str, above: str, found: Happening) -> bool:
    """Whether a line is the time zone that Google Calendar writes, in its user's language, below when it is."""
    return (
        "Google Calendar" in found.product
        and bool(marks.HAS_DATE.search(above))
        and len(line.split()) <= _ZONE_WORDS
        and _ZONE.search(line) is not None
        and not _SENTENCE.search(line)
    )


_ZONE_WORDS = 8
_ZONE = re.compile(r"\s[-–—]\s|\b(?:GMT|UTC)\b|[A-Z][a-z]+/[A-Z]")
_SENTENCE = re.compile(r"[.,;?!\"“”„«»。、！？]")

_FOOTER = re.compile(
    r"^(?:~~//~~|_{10,}|-{10,}$|-+ ?original appointment ?-+$)|\b(?:google calendar|calendar\.google|"
    r"microsoft teams|teams\.microsoft|zoom\.us)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 18


def _written(message: Message) -> list[str]:
    """The lines of a calendar mail above what its program adds below."""
    lines: list[str] = []
    for line in message.reply.split("\n"):
        if _FOOTER.search(line):
            break
        if line.strip():
            lines.append(line.strip())
    return lines


def _is_the_programs(line: str, found: Happening, message: Message) -> bool:
    """Whether a line only says what the calendar says itself: who, what, where, when."""
    said = line.casefold()
    author = message.sender
    names = [
        name.casefold()
        for name in (*found.people, author.name if author else "", author.address if author else "")
        if name
    ]
    subject = message.subject.casefold()
    if said in subject or any(
        whole and (said in whole or whole in said) for whole in (found.summary.casefold(), found.location.casefold())
    ):
        return len(said) <= len(found.summary) + len(found.location) + len(subject) + _ONE_LINE // 6
    if any(name in said for name in names) and len(line.split()) <= _FEW_WORDS and _says_answered(said):
        return True
    if said in found.description.casefold() or _UNCHANGED.fullmatch(said):
        return True
    return (
        bool(marks.HAS_DATE.search(line) or marks.HAS_ADDRESS.search(line) or _LABEL.fullmatch(line))
        and len(line.split()) <= _FEW_WORDS
        and not said.endswith(("?", "!"))
    )


_LABEL = re.compile(r"[^\W\d_][\w ]{1,20}[:：]?")
# What Zimbra puts into the field for a comment.
_UNCHANGED = re.compile(r"(?:yes|no|maybe)?,? ?i (?:will|won['’]t|might|may) (?:not )?attend\.?")
_ANSWERED = re.compile(_WORDS["answered"])


def _says_answered(text: str) -> bool:
    return _ANSWERED.search(text) is not None


# --- plain receipts -------------------------------------------------------------------------------------------------


# How the subject of a receipt begins, and what says in it that a mail was read.
_RECEIPT = re.compile(rf"\s*(?:{'|'.join(map(re.escape, _FILE['subjects']))})\s?[:：-]", re.IGNORECASE)
_READ = re.compile(_WORDS["read"], re.IGNORECASE)


def _receipt(message: Message) -> Robot | None:
    """A reading receipt as plain text: a title, the fields of the mail it is about, and when it was read."""
    if not _RECEIPT.match(message.subject):
        return None
    lines = [line.strip() for line in message.text.split("\n") if line.strip()]
    if not 0 < len(lines) <= _MOST_LINES:
        return None
    sentences = [line for line in lines if not (marks.header_kind(line) or _LABELLED.fullmatch(line))]
    if not any(_READ.search(line) for line in sentences) or not all(map(_is_receipts, sentences)):
        return None
    return Robot("auto-reply", "a reading receipt in plain text")


_LABELLED = re.compile(r"[^\W\d_][\w ]{1,24}(?<!\d)[:：].{0,200}")  # no time of day
_TITLE = re.compile(r"[\w ’']{3,40}[:：]?")
_SENTENCES = re.compile(r"(?<!\d)[.?!]\s+[^\W\d_]\S|\?")
_RECEIPTS_OWN = re.compile(
    r"(?:note: )?this (?:return )?receipt only acknowledges that .{1,200}|there is no guarantee that .{1,200}|"
    r".{0,80}(?:read|understood) the message contents\.?",
    re.IGNORECASE,
)


def _says_when(line: str) -> bool:
    """Whether it says that something was read, when, and no more: `... opened at 10:30 and was empty` says more."""
    line = _ZONES_PLACES.split(line, maxsplit=1)[0]
    read, dates = _READ.search(line), [*marks.HAS_DATE.finditer(line)]
    if read is None or not dates:
        return False
    ends = max(dates[-1].end(), _REST_OF_WORD.match(line, read.end()).end())  # type: ignore[union-attr]
    between = line[min(read.end(), dates[0].start()) : max(read.start(), dates[0].start())]
    return len(between.split()) <= _WORDS_OF_DAY and _TIME_AND_ZONE.fullmatch(line, ends) is not None


_WORDS_OF_DAY = 7  # `on quarta-feira, 20 de maio de`
_REST_OF_WORD = re.compile(r"\w{0,8}")
_TIME_AND_ZONE = re.compile(r"(?:[\W\d_]|(?:[AaPp]\.?[Mm]|[Uu]hr|h|[A-Z]{2,5})\b)*+")
_ZONES_PLACES = re.compile(r"\((?:UTC|GMT)")  # `(UTC+01:00) Amsterdam, Berlin`


def _is_receipts(line: str) -> bool:
    says_read = _READ.search(line) and not _SENTENCES.search(line) and len(line.split()) <= _FEW_WORDS
    if says_read and (_says_when(line) or "receipt" in line.lower() or "bestätigung" in line.lower()):
        return True
    return _RECEIPTS_OWN.fullmatch(line) is not None or (
        _TITLE.fullmatch(line) is not None and len(line.split()) <= 4 and not line.endswith(("?", "!", "."))
    )


# --- recalls --------------------------------------------------------------------------------------------------------

_RECALL = re.compile(
    rf".{{1,80}} (?:{_WORDS['recalled']})(?:,? ?[\"“„«'].{{0,300}}[\"”“»'])?\s?\.?", re.IGNORECASE | re.DOTALL
)


def _recall(message: Message) -> Robot | None:
    """Outlook's wish to have a mail back, which only Exchange itself can grant."""
    text = " ".join(message.text.split(maxsplit=_ONE_LINE * 2))  # more words are longer, whatever they are
    if len(text) <= _ONE_LINE * 2 and _RECALL.fullmatch(text):
        return Robot("auto-reply", "a recall of a mail")
    return None
