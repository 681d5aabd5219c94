"""What is left out of the text that an agent sees, counted; and the sentences in it that nobody wrote before.

What a customer writes is told from quote and signature by its form, and form is a guess. So what was left out is
compared with what it would have to quote: the mails that we sent them and the words of the case. A sentence that stands
in none of them is new, and is shown. Names, telephone numbers, closings and lawyers' text are no sentences. Between
lines of a quote it takes no sentence: "4.2" or "since noon" is how people answer below, or behind, a question.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from helpdesk.mail.read import client_markers as marks
from helpdesk.mail.read import headerblock, overlap, quote, signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helpdesk.mail.read.overlap import Known

_SENTENCE = 4  # words; fewer are a name, a place, a title
_LONG = 6  # words of a line that is a sentence without a full stop
_UNSPACED = 8  # letters of a script without blanks
_ASKS = ("?", "\uff1f", "\u061f")
_ENDS = (".", "!", "\u3002", "\uff01", "\u2026", *_ASKS)
_NEAR = 24  # lines of what introduces a quote, at most
MAX_NEW = 100  # lines
MAX_LINES = 5_000  # that are looked at


@dataclass(frozen=True, slots=True)
class Folded:
    """The new sentences among what was left out, and how many of its lines stay so."""

    new: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class PartlyShown:
    """The lines of a text, and which of them are not shown: all, and those that say anything."""

    lines: list[str]
    hidden: list[int]
    worded: list[int]


def partly_shown(text: str, shown: str) -> PartlyShown:
    """A text, of which this is shown."""
    lines = text.split("\n")
    hidden = left_out(lines, shown.split("\n"))
    return PartlyShown(lines, hidden, [at for at in hidden if lines[at] and overlap.unmarked(lines[at]).strip()])


def folded(text: PartlyShown, what: Known) -> Folded:
    """What is not shown of a text, compared with `what` is known."""
    lines, left = text.lines, text.worded[:MAX_LINES]
    repeated = overlap.shared(lines, what)
    words = _sentences(lines, left, repeated)
    if len(words) < MAX_NEW:  # no more are shown
        words |= _put_between(lines, left, repeated, what)
    new = tuple(lines[at].strip() for at in left if at in words)[:MAX_NEW]
    return Folded(new, len(text.worded) - len(new))


def left_out(lines: Sequence[str], shown: Sequence[str]) -> list[int]:
    """Which lines are not among those that are shown, which stand in the same order."""
    wanted = [line.strip() for line in shown if line.strip()]
    missing, at = [], 0
    for number, line in enumerate(lines):
        if at < len(wanted) and line.strip() == wanted[at]:
            at += 1
        else:
            missing.append(number)
    return missing


def _sentences(lines: list[str], left: Sequence[int], repeated: Sequence[bool]) -> set[int]:
    """Those of these lines that say something new; lawyers' text says nothing, nor does what introduces.

    Where one of them is a sentence, what stands around it is no signature either, but for names and the like.
    """
    found: set[int] = set()
    past = 0
    for together in _rows(lines, [at for at in left if not repeated[at]], apart=2):
        said: list[int] = []
        for paragraph in _rows(lines, together, apart=1):
            for at in paragraph[: signature.legal_from([lines[at] for at in paragraph])]:
                past = max(past, at + quote.introduces(lines, at)) if at >= past else past
                said += [at] if at >= past else []
        if any(_is_sentence(lines[at]) for at in said):
            more = (at for at in said if not _is_nobodys(_bare(lines[at])) or _is_sentence(lines[at]))
            found.update(islice(more, MAX_NEW - len(found)))
        if len(found) == MAX_NEW:
            break
    return found


def _put_between(lines: list[str], left: Sequence[int], repeated: Sequence[bool], what: Known) -> set[int]:
    """Those of these lines that stand in a quote, behind what introduces it or marked, and say something else."""
    found: set[int] = set()
    if all(repeated[at] for at in left):
        return found
    for quoted in _quotes(lines, left, repeated, begun=any(repeated[: left[0]])):
        known, before = [at for at in quoted if repeated[at]], ""
        for at in quoted:
            behind = bisect_right(known, at)
            following = lines[known[behind]] if behind < len(known) else ""
            if repeated[at] or _goes_on(before, lines[at], following, what):
                before = lines[at]
            elif following or _may_be_new(lines[at], before):
                found.add(at)
    return set(sorted(found)[:MAX_NEW])


def _quotes(lines: list[str], left: Sequence[int], repeated: Sequence[bool], *, begun: bool) -> Iterator[list[int]]:
    """The lines of each quote that say something: from what introduces it, or its first mark, to the next such place.

    `begun`: some of it is shown above.
    """
    quoted, past = list[int](), 0
    for at in left:
        known = repeated[at] and begun
        end = at if at < past or known else _past_introduction(lines, at)
        if end > at:
            yield quoted
            quoted, past = [], end
        begun = begun or end > at or overlap.is_marked(lines[at])
        if begun and at >= past and overlap.words_of(lines[at]) and (known or not _is_programs(lines[at])):
            quoted.append(at)
    yield quoted


def _past_introduction(lines: list[str], at: int) -> int:
    """Behind what introduces a quote from `at` on, marked or not, with headers such as `Importance: High`."""
    if quote.is_prose(lines[at]) and quote.is_prose(overlap.unmarked(lines[at])):
        return at
    above = min(at, 1)
    near = lines[at - above : at + _NEAR]
    for shown in (near, list(map(overlap.unmarked, near))):  # a title between dashes begins as a list does
        width = quote.introduces(shown, above)
        if width:
            end = above + width
            while end < len(shown) and headerblock.is_header(shown[end]):
                end += 1
            return at - above + end
    return at


def _is_programs(line: str) -> bool:
    bare = overlap.unmarked(line)
    return bool(marks.header_kind(bare)) or marks.BANNER.search(bare[: marks.MAX_LINE]) is not None


def _may_be_new(line: str, before: str) -> bool:
    """Whether somebody may have written it at the end of a quote, whose last known line is `before`, or all is new."""
    marked = overlap.is_marked(line)
    return (marked or not _is_of_signature(line)) and (not before or marked == overlap.is_marked(before))


def _goes_on(before: str, line: str, following: str, what: Known) -> bool:
    """Whether a line is a known one, or what remains of one that was wrapped, or that somebody has written into."""
    words = overlap.words_of(line)
    return words in what.lines or (
        bool(before) and overlap.known_words([before, line, following], what)[1] == len(words)
    )


def _rows(lines: list[str], numbers: Sequence[int], *, apart: int) -> list[list[int]]:
    """These lines in rows: no line stands between two of one, or nothing but fewer empty ones than `apart`."""
    rows: list[list[int]] = []
    for at in numbers:
        if rows and at - rows[-1][-1] <= apart and not any(map(str.strip, lines[rows[-1][-1] + 1 : at])):
            rows[-1].append(at)
        else:
            rows.append([at])
    return rows


_NO_SENTENCE = (marks.SENT_FROM, marks.CLOSING, marks.THANKS, marks.PERSON_NAME, marks.BANNER)


def _bare(line: str) -> str:
    return overlap.unmarked(line)[: marks.MAX_LINE].strip(" \t*_")


def _is_sentence(line: str) -> bool:
    bare = _bare(line)
    words = overlap.words_of(bare)
    letters = [word for word in words if word.isalpha() or any(char.isalpha() for char in word)]
    unspaced = 0 if bare.isascii() else sum(len(word) == 1 and not word.isascii() for word in letters)
    if (letters and bare.endswith(_ASKS)) or marks.POSTSCRIPT.match(bare) or marks.STAMPED.search(bare):
        return True
    if not (len(letters) >= _LONG or unspaced >= _UNSPACED or (len(letters) >= _SENTENCE and bare.endswith(_ENDS))):
        return False
    return not _is_nobodys(bare)


def _is_nobodys(bare: str) -> bool:
    return not bare.strip("-=") or _is_of_signature(bare) or bool(marks.header_kind(bare)) or marks.is_list_footer(bare)


def _is_of_signature(bare: str) -> bool:
    return any(pattern.match(bare) for pattern in _NO_SENTENCE) or bool(
        not bare.endswith(_ENDS) and marks.CONTACT.search(bare)
    )
