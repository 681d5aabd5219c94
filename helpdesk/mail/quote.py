"""What they wrote now: the text of a mail without quotes, signature and disclaimer.

Line by line, and linear (threat C05). When in doubt a line stays: an agent can skip a signature, but cannot answer
a sentence that was cut. Interleaved answers stay, and forwarded text stays when it is the message.
"""

from __future__ import annotations

from . import marks
from .signature import without_signature

_ATTRIBUTION_LINES = 5  # "On ... wrote:" is wrapped by some programs, to no more lines than this


def new_text(text: str) -> str:
    """What was written now; never empty when `text` is not."""
    lines = text.split("\n")
    kept = _unquoted(lines)
    if not _any_words(kept):
        return text.strip()
    shown = without_signature(kept)
    return "\n".join(shown if _any_words(shown) else kept).strip()


def before_quote(text: str) -> str:
    """The block above anything that could be somebody else's words: where an agent's commands may stand (threat A13).

    Stricter than `new_text`: whatever merely resembles the beginning of a quote ends it.
    """
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if _could_begin_quote(lines, at, line[: marks.MAX_LINE]):
            return "\n".join(lines[:at]).strip()
    return text.strip()


def _could_begin_quote(lines: list[str], at: int, line: str) -> bool:
    return bool(
        marks.QUOTE.match(line)
        or marks.ORIGINAL.match(line)
        or marks.FORWARDED.match(line)
        or marks.RULE.match(line)
        or marks.REPLY_MARKER.match(line)
        or marks.SIGNATURE.match(line)
        or marks.DATED_PERSON.match(line)
        or marks.header_kind(line) == "from"
        or _attribution(lines, at)
        or (marks.ATTRIBUTION_END.search(line.rstrip()) and line.rstrip().endswith((":", "：")))
    )


def _any_words(lines: list[str]) -> bool:
    return any(char.isalnum() for line in lines for char in line) or any(line.strip() for line in lines)


def _unquoted(lines: list[str]) -> list[str]:
    """The lines that are not quoted, up to where everything that follows is the mail answered to."""
    kept: list[str] = []
    at, count = 0, len(lines)
    while at < count:
        line = lines[at][: marks.MAX_LINE]
        if marks.QUOTE.match(line):
            at = _past_quote(lines, at)
            if kept and kept[-1].strip():
                kept.append("")
            continue
        if not line.strip():
            kept.append("")
            at += 1
            continue
        if width := _attribution(lines, at):
            following = _next_words(lines, at + width)
            quoted = following < count and marks.QUOTE.match(lines[following])
            if quoted or following == count:
                at = following
                continue
            if _any_words(kept):
                return kept
        elif _begins_original(lines, at) and _any_words(kept):
            return kept
        kept.append(lines[at])
        at += 1
    return kept


def _past_quote(lines: list[str], at: int) -> int:
    """Behind the quoted lines at `at`; the tail of a quoted line that was wrapped belongs to them."""
    count = len(lines)
    while at < count:
        if marks.QUOTE.match(lines[at]):
            at += 1
        elif (
            at + 1 < count
            and 0 < len(lines[at].strip()) <= 30
            and len(lines[at - 1]) >= 60
            and marks.QUOTE.match(lines[at + 1])
        ):
            at += 1
        else:
            return at
    return at


def _next_words(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _attribution(lines: list[str], at: int) -> int:
    """How many lines from `at` on are an "On ... wrote:"; 0 when none."""
    first = lines[at][: marks.MAX_LINE].strip()
    if not first or len(lines[at]) > marks.MAX_LINE:
        return 0
    if marks.DATED_PERSON.match(first):
        return 1
    joined = ""
    for width in range(1, _ATTRIBUTION_LINES + 1):
        if at + width > len(lines):
            return 0
        line = lines[at + width - 1].strip()
        if not line or len(line) > marks.MAX_LINE:
            return 0
        joined = f"{joined} {line}".strip()
        if marks.ATTRIBUTION_END.search(joined[-120:]):
            return width if _is_attribution(joined, width, lines, at) else 0
        if width == 1 and not (marks.ATTRIBUTION_START.match(first) or marks.HAS_ADDRESS.search(first)):
            return 0
    return 0


def _is_attribution(joined: str, width: int, lines: list[str], at: int) -> bool:
    text = joined[: marks.MAX_LINE * 2]
    dated, addressed = marks.HAS_DATE.search(text), marks.HAS_ADDRESS.search(text)
    if dated and (addressed or marks.ATTRIBUTION_START.match(text)):
        return True
    following = _next_words(lines, at + width)
    quoted = following < len(lines) and marks.QUOTE.match(lines[following]) is not None
    return quoted and text.rstrip("* _").endswith((":", "：")) and len(text) < 200


def _begins_original(lines: list[str], at: int) -> bool:
    """Whether the mail answered to, or one passed on, begins here: nothing below is new."""
    line = lines[at][: marks.MAX_LINE]
    if marks.ORIGINAL.match(line) or marks.FORWARDED.match(line) or marks.REPLY_MARKER.match(line):
        return True
    if marks.RULE.match(line):
        following = _next_words(lines, at + 1)
        return following < len(lines) and following <= at + 3 and _header_block(lines, following)
    return _header_block(lines, at)


def _header_block(lines: list[str], at: int) -> bool:
    """Whether the lines at `at` are the From, Sent, To and Subject that Outlook puts above what it quotes."""
    first = marks.header_kind(lines[at])
    if first not in {"from", "date", "to", "subject"}:
        return False
    kinds = {first}
    for line in lines[at + 1 : at + 8]:
        kind = marks.header_kind(line)
        if kind:
            kinds.add(kind)
        elif not line.strip() and len(kinds) > 1:
            break
    return len(kinds & {"from", "date", "to", "subject"}) >= 3 or (
        {"from", "date"} <= kinds and len(kinds) >= 2
    )
