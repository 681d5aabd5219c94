"""The tail of what somebody wrote that is not the message: signature, "sent from my phone", disclaimer, list footer."""

from __future__ import annotations

from . import marks

_MAX_SIGNATURE = 14  # lines with words; more below two dashes is text
_MAX_BLOCK = 12
_SHORT = 70  # characters: the lines of a signature are short


def without_signature(lines: list[str]) -> list[str]:
    """`lines` without what stands below the message. At least the first line with words stays."""
    kept = _without_banner(_trimmed(lines))
    while True:
        shorter = _trimmed(_cut_once(kept))
        if len(shorter) == len(kept) or not any(line.strip() for line in shorter):
            return kept
        kept = shorter


def _cut_once(lines: list[str]) -> list[str]:
    for cut in (_at_list_footer, _at_disclaimer, _at_dashes, _at_sent_from, _at_closing):
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


def _without_banner(lines: list[str]) -> list[str]:
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


def _at_sent_from(lines: list[str]) -> int | None:
    for at in range(len(lines) - 1, max(-1, len(lines) - 4), -1):
        if marks.SENT_FROM.match(lines[at][: marks.MAX_LINE]):
            return at
    return None


def _at_closing(lines: list[str]) -> int | None:
    """ "Kind regards" and a block of short lines below it."""
    words = 0
    for at in range(len(lines) - 1, max(-1, len(lines) - 30), -1):
        line = lines[at]
        if marks.CLOSING.match(line[: marks.MAX_LINE]):
            return at
        words += bool(line.strip())
        if words > _MAX_BLOCK or len(line) > _SHORT:
            return None
    return None


def _at_disclaimer(lines: list[str]) -> int | None:
    """The last paragraph, when it is lawyers' text."""
    start = len(lines)
    while start > 0 and lines[start - 1].strip():
        start -= 1
    if start == 0:
        return None
    paragraph = " ".join(lines[start:])[:2_000]
    return start if marks.DISCLAIMER.search(paragraph) else None


def _at_list_footer(lines: list[str]) -> int | None:
    for at in range(len(lines) - 1, max(-1, len(lines) - 12), -1):
        if marks.RULE.match(lines[at]) and any(
            marks.LIST_FOOTER.search(line[:400]) for line in lines[at + 1 :]
        ):
            return at
    return None
