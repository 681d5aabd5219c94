"""The tail of what somebody wrote that is not the message: signature, "sent from my phone", disclaimer, list footer."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from helpdesk.mail.read import client_markers as marks

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_SIGNATURE = 14  # lines with words; more below two dashes is text
_MAX_BLOCK = 12
_MAX_CUTS = 10
_MAX_LEGAL = 12  # paragraphs of a disclaimer
_LOOK_BACK = 60  # lines from the end that can belong to a signature
_WRAPPED = 55  # characters of a line that may go on in the next
_SHORT = 70  # characters: the lines of a signature are short


def without_signature(lines: list[str]) -> list[str]:
    """`lines` without what stands below the message. At least the first line with words stays."""
    kept = without_banner(_trimmed(lines))
    for _ in range(_MAX_CUTS):
        shorter = _trimmed(_cut_once(kept))
        if len(shorter) == len(kept):
            break
        kept = shorter
    return kept


def _cut_once(lines: list[str]) -> list[str]:
    for cut in _CUTS:
        at = cut(lines)
        if at is not None and any(line.strip() for line in lines[:at]):
            return lines[:at]
    return lines


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while end > start and not lines[end - 1].strip():
        end -= 1
    while start < end and not lines[start].strip():
        start += 1
    return lines[start:end]


def without_banner(lines: list[str]) -> list[str]:
    """Without the warning that some mail servers put above mail from outside."""
    end = next((at for at, line in enumerate(lines[:8]) if not line.strip()), 0)
    banner = " ".join(lines[:end])[: marks.MAX_LINE * 2]
    return _trimmed(lines[end:]) if end and marks.BANNER.search(banner) else lines


def _at_dashes(lines: list[str]) -> int | None:
    """RFC 3676 s4.3: two dashes and a space on a line of their own."""
    words = 0
    for at in range(len(lines) - 1, max(-1, len(lines) - 60), -1):
        if marks.SIGNATURE.match(lines[at]):
            return at
        words += bool(lines[at].strip())
        if words > _MAX_SIGNATURE:
            return None
    return None


_LINK = re.compile(r"<[^<>\s]*>|\(https?:[^()\s]*\)|https?://\S+")


def _at_sent_from(lines: list[str]) -> int | None:
    for at in range(len(lines) - 1, max(-1, len(lines) - 4), -1):
        if marks.SENT_FROM.match(_LINK.sub("", lines[at][: marks.MAX_LINE]).strip()):
            return at
    return None


def _at_closing(lines: list[str]) -> int | None:
    """Find "Kind regards" and a block of short lines below it; not when a postscript or a question follows."""
    words = 0
    for at in range(len(lines) - 1, max(-1, len(lines) - 30), -1):
        line = lines[at][: marks.MAX_LINE]
        if is_closing(line):
            return at
        words += bool(line.strip())
        if words > _MAX_BLOCK or not _in_signature(line) or line.rstrip().endswith(":"):
            return None
    return None


def is_closing(line: str) -> bool:
    """Whether a line is a "Kind regards", also in two languages side by side."""
    parts = re.split(r"\s*/\s*", line) if "/" in line else [line]
    return 0 < len(parts) <= 3 and all(marks.CLOSING.match(part) for part in parts)


def _in_signature(line: str) -> bool:
    if marks.POSTSCRIPT.match(line) or line.rstrip().endswith("?") or marks.STAMPED.search(line):
        return False
    return len(line) <= _SHORT or marks.CONTACT.search(line) is not None


def _at_block(lines: list[str]) -> int | None:
    """Name, title and telephone number below a "Thanks," that stays, or below a line drawn with dashes."""
    contacts = words = sentences = 0
    for at in range(len(lines) - 1, max(-1, len(lines) - 30), -1):
        line = lines[at][: marks.MAX_LINE]
        if contacts and marks.RULE.match(line):
            return at
        if contacts and words > 1 and marks.THANKS.match(line):
            return None if sentences else at + 1
        words += bool(line.strip())
        contacts += marks.CONTACT.search(line) is not None
        sentences += len(line.split()) > 7 or line.rstrip().endswith(":") or marks.GREETING.match(line) is not None
        if words > _MAX_BLOCK or not _in_signature(line):
            return None
    return None


def _at_card(lines: list[str]) -> int | None:
    """A visiting card as the last paragraph: a name, and two of telephone, address, web page; nobody announced it."""
    start = _paragraph_start(lines, len(lines))
    card = [line[: marks.MAX_LINE] for line in lines[start:]]
    if not 3 <= len(card) <= _MAX_BLOCK or start < 2 or not marks.PERSON_NAME.match(card[0]):
        return None
    announced = next((line for line in reversed(lines[:start]) if line.strip()), ":").rstrip().endswith(":")
    kinds = (marks.PHONE, marks.HAS_ADDRESS, marks.LINK)
    told = [any(kind.search(line) for line in card) for kind in kinds]
    return start if sum(told) >= 2 and not announced and all(map(_in_signature, card)) else None


def _at_rule(lines: list[str]) -> int | None:
    """A line drawn below everything."""
    return len(lines) - 1 if lines and marks.RULE.match(lines[-1]) else None


def _at_disclaimer(lines: list[str]) -> int | None:
    """Lawyers' text: paragraphs at the end, from the topmost that reads like it."""
    found: int | None = None
    end = len(lines)
    for count in range(_MAX_LEGAL):
        start = _paragraph_start(lines, end)
        legal = legal_from(lines[start:end])
        if legal is not None:
            found = start + legal
        elif found is None or sum(map(len, lines[start:end])) < 200 or count + 1 == _MAX_LEGAL:
            break
        if legal:
            break
        end = start
        while end > 0 and not lines[end - 1].strip():
            end -= 1
        if end == 0:
            break
    return found


# All that the long patterns can find holds one of these.
_LEGAL_PHRASES = (
    "confiden", "privileg", "intended", "virus", "disclaim", "legal", "if you ", "environment", "save ", "printing",
    "vertraulich", "bestimmt", "destin", "riservat", "dirigid", "vertrouwelijk", "fortrolig", "checked by avg",
    "scanned ", "avast", "flexibl", " hours", "registered ", "amtsgericht", "handelsregister", "geschäftsführer",
    "ust-id", "ustid", "important notice", "haftung",
)  # fmt: skip


def legal_from(lines: Sequence[str]) -> int | None:
    """Where in the lines of a paragraph lawyers' text begins, which some gateways put right below what was written."""
    text = " ".join(lines)[:2_000]
    begins = _legal_in(text)
    if begins is None:
        return None
    ends = accumulate(len(line) + 1 for line in lines)
    at = min(sum(end <= begins for end in ends), len(lines) - 1)
    while at > 0 and len(lines[at - 1]) >= _WRAPPED and not lines[at - 1].rstrip().endswith((".", "!", "?", ":")):
        at -= 1  # its sentence began there
    return at


def _legal_in(text: str) -> int | None:
    """Where lawyers' text begins in a paragraph: with it, if it has their heading or is a line that was drawn."""
    if marks.RULE.match(text[:200]):
        return 0
    lower = text.lower()  # the long patterns are tried only where they can find anything
    if not any(phrase in lower for phrase in _LEGAL_PHRASES):
        return None
    found = None if text.rstrip().endswith("?") else marks.DISCLAIMER.search(text)
    return 0 if marks.HEADING.match(text) else found.start() if found else None


def _at_initial(lines: list[str]) -> int | None:
    """A "/Mikko" below everything."""
    return len(lines) - 1 if lines and marks.INITIAL.match(lines[-1][: marks.MAX_LINE]) else None


def _paragraph_start(lines: list[str], end: int) -> int:
    start = end
    while start > 0 and end - start < _LOOK_BACK and lines[start - 1].strip():
        start -= 1
    return start


def _at_list_footer(lines: list[str]) -> int | None:
    for at in range(len(lines) - 1, max(-1, len(lines) - 12), -1):
        if marks.RULE.match(lines[at]) and any(marks.is_list_footer(line[:400]) for line in lines[at + 1 :]):
            return at
    return None


_CUTS = (
    _at_rule,
    _at_list_footer,
    _at_disclaimer,
    _at_dashes,
    _at_sent_from,
    _at_closing,
    _at_block,
    _at_card,
    _at_initial,
)
