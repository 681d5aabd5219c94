"""What is left out of the text that an agent sees, counted; and the sentences in it that nobody wrote before.

What a customer writes is told from quote and signature by its form, and form is a guess. So what was left out is
compared with what it would have to quote: the mails that we sent them and the words of the case. A sentence that stands
in none of them is new, and is shown. Names, telephone numbers, closings and lawyers' text are no sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.mail.read import client_markers as marks
from helpdesk.mail.read import overlap, quote, signature

if TYPE_CHECKING:
    from collections.abc import Sequence

_SENTENCE = 4  # words; fewer are a name, a place, a title
_LONG = 6  # words of a line that is a sentence without a full stop
_UNSPACED = 8  # letters of a script without blanks
_ENDS = (".", "!", "?", "\u3002", "\uff01", "\uff1f", "\u2026")
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


def folded(text: PartlyShown, repeated: Sequence[bool]) -> Folded:
    """What is not shown of a text; `repeated` says of each line whether it stands in what is known."""
    lines, left = text.lines, text.worded
    words = _sentences(lines, left[:MAX_LINES], repeated)
    new = tuple(lines[at].strip() for at in left if at in words)[:MAX_NEW]
    return Folded(new, len(left) - len(new))


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
    """Those of these lines that say something new; lawyers' text says nothing, nor does what introduces."""
    found: set[int] = set()
    past = 0
    for paragraph in _paragraphs(left):
        if len(found) >= MAX_NEW:
            break  # no more are shown
        if all(repeated[at] for at in paragraph) or signature.is_legal(" ".join(lines[at] for at in paragraph)[:2_000]):
            continue
        for at in paragraph:
            past = max(past, at + quote.introduces(lines, at)) if at >= past else past
            if at >= past and not repeated[at] and _is_sentence(lines[at]):
                found.add(at)
    return found


def _paragraphs(left: Sequence[int]) -> list[list[int]]:
    """The lines in rows that no other line stands between."""
    rows: list[list[int]] = []
    for at in left:
        if rows and rows[-1][-1] == at - 1:
            rows[-1].append(at)
        else:
            rows.append([at])
    return rows


_NO_SENTENCE = (marks.SENT_FROM, marks.CLOSING, marks.THANKS, marks.PERSON_NAME, marks.BANNER)


def _is_sentence(line: str) -> bool:
    bare = overlap.unmarked(line)[: marks.MAX_LINE].strip(" \t*_")
    words = overlap.words_of(bare)
    letters = [word for word in words if word.isalpha() or any(char.isalpha() for char in word)]
    unspaced = 0 if bare.isascii() else sum(len(word) == 1 and not word.isascii() for word in letters)
    long_enough = len(letters) >= _LONG or unspaced >= _UNSPACED
    if not long_enough and not (len(letters) >= _SENTENCE and bare.endswith(_ENDS)):
        return False
    return not (
        any(pattern.match(bare) for pattern in _NO_SENTENCE)
        or (not bare.endswith(_ENDS) and marks.CONTACT.search(bare))
        or marks.header_kind(bare)
        or marks.is_list_footer(bare)
    )
