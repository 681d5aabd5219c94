"""A mail that answers between or within the lines that it quotes, with each line told to be ours or theirs.

A quote is proven by its words, as everywhere: what we sent is ours, with a mark or without. A line that begins with one
of ours and goes on with something new ("> Organisation: Acme") was filled in, and is theirs; so is a short one right
below one of ours. What is quoted of anybody else is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.mail.read import overlap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.mail.read.folded import PartlyShown
    from helpdesk.mail.read.overlap import Known

OURS = "> "  # begins a line that is ours
_SHORT = 8  # words of an answer that was typed below a question, where the program marked it as quoted


def with_questions(text: PartlyShown, repeated: Sequence[bool], known: Known, ours: Known) -> str:
    """What they wrote, with what it answers above it: of a text, of which a part is shown as theirs.

    `repeated` says of each line whether it stands in what is `known`. Somebody may say that they answer inside our
    mail, which is then shown whole: only what is `ours` is marked there, and not what they have said themselves before.
    """
    lines, quoted, sent = text.lines, set(text.hidden), overlap.shared(text.lines, ours)
    told: list[str] = []
    below_ours = False
    for at, line in enumerate(lines):
        if at in quoted:
            told.append(_told(line, known, ours=repeated[at], below_ours=below_ours))
        else:
            of_ours = sent[at] or tuple(overlap.words_of(line)) in ours.lines
            told.append(f"{OURS}{line.strip()}" if of_ours else line)
        below_ours = told[-1].startswith(OURS) if told[-1] or overlap.unmarked(line).strip() else below_ours
    return "\n".join(told)


def _told(line: str, known: Known, *, ours: bool, below_ours: bool) -> str:
    bare = overlap.unmarked(line).strip()
    words = overlap.words_of(bare)
    if words and (ours or tuple(words) in known.lines):
        return f"{OURS}{bare}"
    filled_in = any(tuple(words[:length]) in known.lines for length in range(1, len(words)))
    return bare if filled_in or (below_ours and 0 < len(words) <= _SHORT) else ""
