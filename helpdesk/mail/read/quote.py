"""What they wrote now: the text of a mail without quotes, signature and disclaimer.

Line by line, and linear (threat C05). When in doubt a line stays: an agent can skip a signature, but cannot answer
a sentence that was cut. Interleaved answers stay, and forwarded text stays when it is the message.

This is for people whose words are shown to agents. What an agent wrote goes to a customer and is told by proof
(`written`), which asks here only for what introduces a quote that is proven.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from helpdesk.core.words.message import FirstText
from helpdesk.mail.read import client_markers as marks
from helpdesk.mail.read import headerblock
from helpdesk.mail.read.signature import without_signature

MAX_LINES = 5_000  # further down nothing is looked for but lines that begin with `>`
_REFERENCE = re.compile(r"\bHD-\d", re.IGNORECASE)
_SHOWN = 10  # lines that begin with `>` and are shown, not answered to
_ATTRIBUTION_LINES = 5  # "On ... wrote:" is wrapped by some programs, to no more lines than this


def new_text(text: str, *, subject: str = "") -> str:
    """What was written now; never empty when `text` is not.

    What somebody passes on is part of their message, as the subject or the mail program says, and so is what they have
    written their answers into.
    """
    lines = text.split("\n")
    return _said(lines, _new_lines(lines, subject, _Introductions(lines)))


_MARKED = re.compile(r"^(?:[ \t]{0,3}(?:>|&gt;))+ ?")


def first_text(text: str, *, subject: str = "") -> FirstText:
    """The words of a mail that answers nothing of ours: only what it attributes to others is not its author's.

    Lines that begin with `>` are then somebody's way to indent, and lose the mark.
    """
    return new_and_first_text(text, subject=subject)[1]


def new_and_first_text(text: str, *, subject: str) -> tuple[str, FirstText]:
    """Both `new_text` and `first_text`: in most mails they are the same."""
    lines = text.split("\n")
    introductions = _Introductions(lines)
    new = _new_lines(lines, subject, introductions)
    kept = _unquoted(lines, _Whole(_passed_on(subject), first=True), introductions)
    bare, reply = [_MARKED.sub("", line) for line in kept], _said(lines, new)
    return reply, FirstText(reply if bare == new else _said(lines, bare), _attributed(lines, kept))


class _Introductions(dict[int, int]):
    """How many lines from each on introduce somebody else's words: found when it is asked for, once."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def __missing__(self, at: int) -> int:
        width = self[at] = introduces(self._lines, at)
        return width


def _new_lines(lines: list[str], subject: str, introductions: _Introductions) -> list[str]:
    passed_on = _passed_on(subject) and not _REFERENCE.search(subject)
    return _unquoted(lines, _Whole(passed_on), introductions)


def _passed_on(subject: str) -> bool:
    return marks.PASSED_ON.match(subject) is not None


def _attributed(lines: list[str], kept: list[str]) -> str:
    """The lines that are not kept, without the mark of a quote."""
    if kept == lines:
        return ""  # most mails
    wanted = [line for line in kept if line.strip()]
    others, at = [], 0
    for line in lines:
        if at < len(wanted) and line == wanted[at]:
            at += 1
        elif line.strip():
            others.append(marks.QUOTE.sub("", line, count=1).strip())
    return "\n".join(others)


@dataclass(frozen=True, slots=True)
class _Whole:
    """Where others' words may be part of the message.

    `passed_on`: the subject says so; `first`: it answers nothing of ours, so that only what is attributed is quoted.
    """

    passed_on: bool
    first: bool = False


def _said(lines: list[str], kept: list[str]) -> str:
    if not _any_words(kept):
        return "\n".join(lines).strip()
    shown = without_signature(kept)
    return "\n".join(shown if _any_words(shown) else kept).strip()


def before_quote(text: str) -> str:
    """The block above anything that could be somebody else's words: where an agent's commands may stand (threat A13).

    Stricter than `new_text`: whatever merely resembles the beginning of a quote ends it.
    """
    lines = text.split("\n")
    for at, line in enumerate(lines[:MAX_LINES]):
        if line.strip() and _could_begin_quote(lines, at, line[: marks.MAX_LINE]):
            return "\n".join(lines[:at]).strip()
    return "\n".join(lines[:MAX_LINES]).strip()


_STOPS = (
    marks.QUOTE,
    marks.ORIGINAL,
    marks.FORWARDED,
    marks.RULE,
    marks.REPLY_MARKER,
    marks.SIGNATURE,
    marks.SENT_FROM,
    marks.DATED_PERSON,
)


def _could_begin_quote(lines: list[str], at: int, line: str) -> bool:
    return (
        any(stop.match(line) for stop in _STOPS)
        or marks.header_kind(line) == "from"
        or introduces(lines, at) > 0
        or (marks.HAS_DATE.search(line) is not None and marks.HAS_ADDRESS.search(line) is not None)
        or (line.rstrip().endswith(marks.COLONS) and _ends_in_wrote(line))
    )


def _any_words(lines: list[str]) -> bool:
    return any(char.isalnum() for line in lines for char in line) or any(line.strip() for line in lines)


def _unquoted(lines: list[str], whole: _Whole, introductions: _Introductions) -> list[str]:
    """The lines that are not quoted, up to where everything that follows is the mail answered to."""
    kept: list[str] = []
    at, count, announced = 0, len(lines), False
    while at < count:
        if not lines[at].strip():
            kept.append(lines[at])
            at += 1
            continue
        if marks.QUOTE.match(lines[at]):
            if marks.ARROWED_PERSON.match(lines[at][: marks.MAX_LINE]) and _any_words(kept):
                return kept
            past = _past_quote(lines, at)
            shown = (
                (whole.first and not (announced or _announces_itself(lines[at:past])))
                or _is_shown(lines, past, kept, past - at)
                or _is_passed_on(lines[at:past])
            )
            kept += lines[at:past] if shown else [""]
            at, announced = past, False
            continue
        width = introductions[at] if at < MAX_LINES else 0
        if not width:
            kept.append(lines[at])
            at += 1
            continue
        following = _next_words(lines, at + width)
        if following < count and marks.QUOTE.match(lines[following]):
            at, announced = following, True
        elif _is_message(lines[at], kept, whole):
            return kept + lines[at:]
        elif _any_words(kept):
            return kept[: len(kept) - headerblock.card_above(kept)]
        else:
            kept += lines[at:following]
            at = following
    return kept


def _is_message(line: str, above: list[str], whole: _Whole) -> bool:
    """Whether what stands below this line is part of the message."""
    if whole.passed_on or marks.FORWARDED.match(line[: marks.MAX_LINE]):
        return True
    if not any(one.strip() for one in above):
        return marks.ORIGINAL.match(line[: marks.MAX_LINE]) is not None
    return any(marks.ANSWERS_INSIDE.search(one[: marks.MAX_LINE]) for one in above[-30:])


def _is_shown(lines: list[str], past: int, above: list[str], count: int) -> bool:
    """Whether a few lines with `>` are what somebody shows, such as commands: announced, and talked of after."""
    announced = next((line[-marks.MAX_LINE :].rstrip() for line in reversed(above[-3:]) if line.strip()), "")
    told = announced.endswith(":") and not marks.HAS_DATE.search(announced) and not marks.HAS_ADDRESS.search(announced)
    return told and count <= _SHOWN and _next_words(lines, past) < len(lines)


def _is_passed_on(quoted: list[str]) -> bool:
    """Whether quoted lines are a mail that Apple Mail passes on: it puts `>` before the title and all that follows."""
    bare = [marks.QUOTE.sub("", line, count=1).strip() for line in quoted[:_PASSED_ON_LINES]]
    first = _next_words(bare, 0)
    if first == len(bare) or not (marks.FORWARDED.match(bare[first]) or bare[first].endswith(marks.COLONS)):
        return False
    block = _next_words(bare, first + 1)
    return bool(_header_block(bare, block) or headerblock.block_by_shape(bare, block))


_PASSED_ON_LINES = 20


def _announces_itself(quoted: list[str]) -> bool:
    """Whether who wrote it stands on the first of the marked lines, as Apple Mail has it."""
    bare = [marks.QUOTE.sub("", line, count=1).strip() for line in quoted[:_PASSED_ON_LINES]]
    first = _next_words(bare, 0)
    return first < len(bare) and introduces(bare, first) > 0


def introduces(lines: list[str], at: int) -> int:
    """How many lines from `at` on introduce somebody else's words; 0 when none do."""
    return 0 if is_prose(lines[at]) else _attribution(lines, at) or _original(lines, at)


_LETTERS = frozenset(string.ascii_letters)


def is_prose(line: str) -> bool:
    """Whether a line surely introduces nothing: nearly all do not, and this is cheaper than to look for each shape.

    All shapes begin with a mark or a figure, have a colon, say when or who, or end in a verb of writing; behind the
    marks of a quote only titles, rules and headers are looked for.
    """
    if ":" in line or "\uff1a" in line:
        return False
    if line[:1] == ">":
        return "|" not in line and line.lstrip("> \t*")[:1] in _LETTERS
    if line[:1] not in _LETTERS:
        return False
    first = line[: marks.MAX_LINE].rstrip()
    return not (_may_begin_attribution(first) or _ends_in_wrote(first) or marks.REPLY_MARKER.match(first))


_COLUMN = 70  # mail programs wrap at 72 to 80


def _past_quote(lines: list[str], at: int) -> int:
    """Behind the quoted lines at `at`; the tail of a quoted line that was wrapped belongs to them."""
    count = len(lines)
    while at < count and (marks.QUOTE.match(lines[at]) or _is_wrapped_tail(lines, at)):
        at += 1
    return at


def _is_wrapped_tail(lines: list[str], at: int) -> bool:
    tail = lines[at].split()
    return (
        0 < len(lines[at]) <= 45
        and bool(tail)
        and len(lines[at - 1]) + 1 + len(tail[0]) > _COLUMN
        and at + 1 < len(lines)
        and marks.QUOTE.match(lines[at + 1]) is not None
    )


def _next_words(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _attribution(lines: list[str], at: int) -> int:
    """How many lines from `at` on are an "On ... wrote:"; 0 when none."""
    first = lines[at][: marks.MAX_LINE].strip()
    if not first or len(lines[at]) > marks.MAX_LINE:
        return 0
    if marks.DATED_PERSON.match(first) or marks.DASHED_PERSON.match(first):
        return 1
    joined = ""
    for width, line in enumerate(lines[at : at + _ATTRIBUTION_LINES], 1):
        if not line.strip() or len(line) > marks.MAX_LINE or (marks.QUOTE.match(line) and line.strip() != ">:"):
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if joined.endswith(marks.COLONS) or _ends_in_wrote(joined):
            alone = at == 0 or not lines[at - 1].strip()
            found = _is_attribution(joined, quoted=_quote_follows(lines, at + width), alone=alone)
            return width if found and not _begins_below(lines[at : at + width]) else 0
        if width == 1 and not _may_begin_attribution(first):
            return 0
    return 0


_STAMP = re.compile(r"\b(?:19|20)\d\d\b|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|年")


def _begins_below(lines: list[str]) -> bool:
    """Whether the first of these lines is what somebody wrote above an attribution, which is whole without it."""
    return any(_is_whole(lines[later:]) for later in range(1, len(lines)))


def _is_whole(lines: list[str]) -> bool:
    """Whether these lines alone say when somebody wrote, and who."""
    text = " ".join(line.strip() for line in lines)
    named = marks.HAS_ADDRESS.search(text) or marks.WROTE.search(text) or _ends_in_wrote(text)
    return bool(named) and _STAMP.search(text) is not None and _may_begin_attribution(text)


def introduction_above(lines: list[str], at: int) -> int:
    """Where what introduces the quote at `at` begins, right above it; `at` where nothing does.

    It is asked only of what is proven to be a quote, so little proves an introduction; without marks it has to say when
    the quote was written. It takes no more than it needs: the line above may be the last one that somebody wrote.
    Its lines are marked alike: one that is typed into a quote does not go on where the quoted line above it ended.
    """
    end = at
    while end > 0 and at - end < _GAP_ABOVE and not _bare(lines[end - 1]):
        end -= 1
    first = end
    while first > max(0, end - _BLOCK_LINES) and _is_marked(lines[first - 1]) == _is_marked(lines[end - 1]):
        first -= 1
    bare = [_bare(line) for line in lines[first:end]]
    top = len(bare)
    while top > 0 and _of_block(bare[top - 1]):
        top -= 1
    for start in range(top, len(bare)):
        width = _original(bare, start) if bare[start] and not marks.REPLY_MARKER.match(bare[start]) else 0
        if width and start + width >= len(bare):
            return first + start
    width = _attribution_above(bare, marked=marks.QUOTE.match(lines[at]) is not None)
    return end - width if width else at


def _of_block(line: str) -> bool:
    """Whether a line can be of what mail programs put above a quote: a title, a rule, a header, a wrapped one."""
    return (
        not line
        or marks.header_kind(line) != ""
        or headerblock.is_header(line)
        or headerblock.is_title(line)
        or any(shape.match(line) for shape in (marks.ORIGINAL, marks.FORWARDED, marks.RULE))
        or marks.HAS_ADDRESS.search(line) is not None
    )


def _is_marked(line: str) -> bool:
    return marks.QUOTE.match(line) is not None


_GAP_ABOVE = 3  # empty lines
_BLOCK_LINES = 14


def _bare(line: str) -> str:
    """A line without the marks of a quote: some programs put what introduces it behind them, too."""
    return line[: marks.MAX_LINE].lstrip("> \t").rstrip()


def _attribution_above(lines: list[str], *, marked: bool) -> int:
    """How many lines at the end of these say who wrote what follows: as few as make a sentence."""
    joined = ""
    best = 0
    for width in range(1, min(_ATTRIBUTION_LINES, len(lines)) + 1):
        line = lines[-width]
        if not line or (width > 1 and line.endswith(marks.COLONS)):
            break
        joined = f"{line} {joined}".strip()
        if not _introduces(joined) or (width > 1 and not _begins(line, joined)):
            continue
        if _STAMP.search(joined) or marks.HAS_DATE.search(joined):
            return width
        best = best or (width if marked and _balanced(joined) else 0)
        if width < len(lines) and not _STAMP.search(lines[-width - 1]):
            break  # the line above has no date for it
    return best


def _begins(line: str, text: str) -> bool:
    """Whether a line is the first of an attribution that was wrapped: it says when or who, and the whole says who."""
    who = marks.HAS_ADDRESS.search(text) or marks.WROTE.search(text) or _ends_in_wrote(text)
    tells = _STAMP.search(line) or marks.HAS_ADDRESS.search(line) or marks.WROTE.search(line)
    return bool(who and tells)


# An address in brackets, or the dashes with which some close the line.
_ENDS_IN_PERSON = re.compile(r"(?:<[^<>\s]{1,100}@[^<>\s]{1,100}>|\s-{3,})$")


def _introduces(text: str) -> bool:
    if not (text.endswith(marks.COLONS) or _ENDS_IN_PERSON.search(text) or _ends_in_wrote(text)):
        return False
    wrote = marks.WROTE.search(text) is not None or _ends_in_wrote(text)
    addressed = marks.HAS_ADDRESS.search(text) is not None
    dated = marks.HAS_DATE.search(text) is not None
    if dated:
        return wrote or addressed or text.endswith(marks.COLONS) or marks.DASHED_PERSON.match(text) is not None
    return (wrote and (addressed or text.endswith(marks.COLONS))) or (addressed and text.endswith(marks.COLONS))


def _balanced(text: str) -> bool:
    """Whether it is no mere rest of a sentence, such as `wrote:`."""
    return text.count("<") == text.count(">") and len(text.split()) > 1


_FIGURE = re.compile(r"[\d年]")  # every date has one


def _may_begin_attribution(line: str) -> bool:
    if marks.ATTRIBUTION_START.match(line) or (_FIGURE.search(line, 0, 45) and marks.HAS_DATE.search(line[:45])):
        return True
    # What has neither sign has no address, and the pattern is tried at every letter of it.
    return ("@" in line or "<m" in line or "<M" in line) and marks.HAS_ADDRESS.search(line) is not None


def _ends_in_wrote(text: str) -> bool:
    tail = text[-120:].rstrip()
    # The long pattern is tried only on what could match it: most lines end in a word or a full stop.
    if tail[-1:] in ".,;!?" or (tail[-1:].isascii() and tail[-1:].isalpha() and not tail.endswith(marks.WROTE_ENDINGS)):
        return False
    return marks.ATTRIBUTION_END.search(tail) is not None


def _quote_follows(lines: list[str], at: int) -> bool:
    following = _next_words(lines, at)
    return following < len(lines) and marks.QUOTE.match(lines[following]) is not None


def _is_attribution(text: str, *, quoted: bool, alone: bool) -> bool:
    """Whether a sentence says who wrote what follows, and when."""
    wrote = marks.WROTE.search(text) is not None or _ends_in_wrote(text)
    dated, addressed = marks.HAS_DATE.search(text), marks.HAS_ADDRESS.search(text)
    if quoted and text.endswith(marks.COLONS) and len(text) < 300 and (dated or addressed or wrote):
        return True
    if not dated:
        return False
    if wrote and (addressed or (alone and marks.ATTRIBUTION_START.match(text))):
        return True
    return bool(addressed and marks.HAS_DATE.search(text[:45]) and text.endswith(marks.COLONS))


def _original(lines: list[str], at: int) -> int:
    """How many lines from `at` on say that below them stands the mail answered to, or one passed on; 0 when none."""
    line = lines[at][: marks.MAX_LINE]
    if marks.ORIGINAL.match(line) or marks.FORWARDED.match(line) or marks.REPLY_MARKER.match(line):
        block = _next_words(lines, at + 1)
        return block - at + (_header_block(lines, block) or headerblock.block_by_shape(lines, block))
    if marks.RULE.match(line) or headerblock.is_title(line):
        block = _next_words(lines, at + 1)
        if block > at + 3:
            return 0
        width = _header_block(lines, block) or headerblock.block_by_shape(lines, block)
        return block - at + width if width else 0
    if ":" not in line and "\uff1a" not in line and "|" not in line:
        return 0  # no header
    alone = at == 0 or not lines[at - 1].strip()
    if not alone and (
        marks.header_kind(line) != "from" or list(map(marks.header_kind, lines[at + 1 : at + 2])) != ["date"]
    ):
        return 0
    by_shape = headerblock.block_by_shape(lines, at, announced=False) if alone else 0
    return _header_block(lines, at, every=not alone) or by_shape


def _header_block(lines: list[str], at: int, *, every: bool = False) -> int:
    """How many lines at `at` are the From, Sent, To and Subject that Outlook puts above what it quotes; 0 when none.

    `every`: all four must stand there.
    """
    kinds: set[str] = set()
    width = 0
    for offset, line in enumerate(lines[at : at + 12]):
        kind = marks.header_kind(line)
        if kind:
            kinds.add(kind)
            width = offset + 1
        elif not kinds or (not line.strip() and len(kinds) > 1) or marks.QUOTE.match(line):
            break
    if not kinds:
        return 0
    core = kinds & {"from", "date", "to", "subject"}
    # "From: Berlin, To: Paris, Date: May 12" is what a traveller writes: there must be a subject or an address too.
    plausible = "subject" in core or marks.HAS_ADDRESS.search(" ".join(lines[at : at + width])[: marks.MAX_LINE * 4])
    enough = len(core) == 4 if every else len(core) >= 3 or {"from", "date"} <= core
    return width if plausible and enough else 0
