"""What an agent wrote: all of their mail but what is proven to be a mail of ours that they quote, and their signature.

Nothing is cut by how it looks. A quote is known by its words (`overlap`): marked ones go where they stand; of unmarked
ones only what an introduction ("On ... wrote:") or words of the desk itself prove to be our mail, because an agent may
well repeat what a customer wrote. The introduction right above a proven quote goes with it. A signature is what stands
below a line of two dashes and a blank (RFC 3676 section 4.3), or what `learnt` says. Everything else is theirs: dashes,
"Kind regards", header lines that they paste, lines that they mark with `>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, compress
from operator import not_
from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.core.words.agent_text import AgentText
from helpdesk.mail.read import client_markers as marks
from helpdesk.mail.read import overlap, tail
from helpdesk.mail.read.armour import without_armour
from helpdesk.mail.read.overlap import Known
from helpdesk.mail.read.quote import introduction_above

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from helpdesk.mail.read.tail import Tail

# Words: what is said as long as that in the same words, without a mark, is a quote if anything hints at it.
_ENOUGH = 12
_SIGNATURE_LINES = ("-- ", "--\u00a0")
_MOST_ASKED = 6  # lines
_MAX_WARNING = 8  # lines
_MAX_SIGNATURE = 14  # lines with words: more below two dashes is text


@dataclass(frozen=True, slots=True)
class SentWords:
    """What we sent to them: its words, with those that were their own before, and those of the desk itself.

    `of_others` are the words that somebody else has said, and they have not; `returned` says whether any were theirs.
    """

    words: Known = overlap.NOTHING
    ours: Known = overlap.NOTHING
    of_others: Known = overlap.NOTHING
    returned: bool = False


def sent(
    alternatives: Sequence[Sequence[str]],
    others: Sequence[str] = (),
    *,
    echoes: Sequence[Sequence[str]] = (),
    before: Sequence[str] = (),
) -> SentWords:
    """Mails of ours, each in all its alternatives, the plain text first; `echoes` told them of a mail of theirs.

    `others` are words of the case's people, `before` what agents answered them.
    """
    lines = [line for texts in (*alternatives, *echoes) if texts for line in texts[0].split("\n")]
    every = (text for texts in alternatives for text in texts)
    # What the desk says in words of theirs, such as the line that it sends back, it also quotes.
    marked = list(map(overlap.is_marked, lines))
    quoted = overlap.long_runs(compress(lines, marked))
    ours = overlap.long_runs(compress(lines, map(not_, marked)))
    back = overlap.known((*before, *(text for texts in echoes for text in texts)))
    words, desk = overlap.known((*every, *others)), Known(ours - quoted)
    if back == overlap.NOTHING:
        return SentWords(words, desk, words)
    if not back.said:
        return SentWords(words | back, desk, words)
    return SentWords(words | back, desk, words - back, returned=True)


@dataclass(frozen=True, slots=True)
class AnsweringText:
    """The text of an agent's mail, with what of it quotes the mails that it answers.

    `segments` are the lines between quotes and armour, `of_others` says of each line whether somebody else has said it.
    """

    lines: list[str]
    signed_from: int
    gone: frozenset[int]
    unsure: list[str]  # quoted, though nothing introduces it
    segments: list[list[int]]
    of_others: list[bool]


def compared(text: str, answered: SentWords) -> AnsweringText:
    """The text of an agent's mail, compared with what it answers."""
    bare = without_armour(text.split("\n"))
    lines, others = bare.lines, answered.of_others
    known = overlap.shared(lines, answered.words)
    of_others = known if others is answered.words else overlap.shared(lines, others)
    gone, unsure = _quotes(lines, known, answered, of_others if answered.returned else known)
    segments = _segments(lines, gone, bare.edges)
    return AnsweringText(lines, bare.signed_from, frozenset(gone), unsure, segments, of_others)


def written(
    mail: AnsweringText,
    answered: SentWords,
    learnt: Collection[Tail] = (),
    asked: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> AgentText:
    """An agent's own words in their mail, which answers these; `asked` are lines that stand above some of them."""
    lines, gone, of_others = mail.lines, mail.gone, mail.of_others
    signed, unlearnt = _signatures(lines, mail.segments, learnt)
    stop = min([mail.signed_from, *gone], default=len(lines))
    own = [at for at in range(len(lines)) if at not in gone and at not in signed]
    own = own[next((n for n, at in enumerate(own) if lines[at].strip()), len(own)) :]
    if all(_is_a_programs(lines[at]) for at in own):
        own = []
    # What an echo gave back of theirs is theirs when they say it again: so it asked them to.
    return AgentText(
        head=_text([lines[at] for at in own if at < stop]),
        rest=_text(_closed_up([line for at in own if at >= stop for line in (*asked.get(at, ()), lines[at])])),
        echoed=any(of_others[at] and overlap.key_of(lines[at]) in answered.of_others.lines for at in own[:1]),
        repeated=frozenset((*(lines[at].strip() for at in own if of_others[at]), *chain(*asked.values()))),
        left_out=_text([*mail.unsure, *unlearnt]),
        by_program=frozenset(lines[at].strip() for at in own if _is_a_programs(lines[at])),
    )


def asked_above(mail: AnsweringText, theirs: Known) -> dict[int, tuple[str, ...]]:
    """What a customer asked right above each piece of the agent's words, as quoted lines, by where the piece begins.

    Who answers between the lines has them read together: "No, not yet." says nothing by itself.
    """
    said = overlap.shared(mail.lines, theirs)
    asked: dict[int, tuple[str, ...]] = {}
    for piece in mail.segments:
        first = next(at for at in piece if mail.lines[at].strip())
        above = tuple(f"> {line}" for line in _said_above(mail, said, first))
        if above:
            asked[first] = above
    return asked


def _said_above(mail: AnsweringText, said: Sequence[bool], first: int) -> list[str]:
    """The quoted lines of a customer's that end right above a line, up to an empty one."""
    above: list[str] = []
    for at in range(first - 1, -1, -1):
        bare = overlap.unmarked(mail.lines[at]).strip()
        if (above and not bare) or len(above) == _MOST_ASKED:
            break
        if bare and not (said[at] and at in mail.gone):
            break
        above[:0] = [bare] if bare else []
    return above


def _is_a_programs(line: str) -> bool:
    """Whether a line says nothing, or what a telephone puts below each mail."""
    return not line.strip() or marks.SENT_FROM.match(line[: marks.MAX_LINE].strip()) is not None


def closing_lines(mail: AnsweringText) -> list[str]:
    """The agent's lines down to the first quote below them: at their end stands the signature, if there is one."""
    return [mail.lines[at] for at in mail.segments[0]] if mail.segments else []


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


def _closed_up(lines: Sequence[str]) -> list[str]:
    """Without the rows of empty lines that a quote leaves behind."""
    return [line for at, line in enumerate(lines) if line.strip() or (at and lines[at - 1].strip())]


def _quotes(
    lines: list[str], known: Sequence[bool], answered: SentWords, of_others: Sequence[bool]
) -> tuple[set[int], list[str]]:
    """The lines that quote us, with what introduces them; and those of people's words that nothing introduces."""
    gone: set[int] = set()
    unsure: list[str] = []
    of_desk = overlap.known_words(lines, answered.ours)
    for start, end in _runs(lines, known):
        warned = _warned_above(lines, start)
        first = introduction_above(lines, warned)
        marked = overlap.is_marked(lines[start])
        if not any(of_desk[first:end]):
            if not all(of_others[at] for at in range(start, end) if known[at]):
                continue  # they say again what they said before, or what came back to them
            if not marked and first == start:
                continue  # they repeat what a customer said
        words = sum(len(overlap.words_of(line)) for line in lines[start:end])
        if not marked and first == start and words < _ENOUGH:
            continue
        if not marked and first == start:
            unsure += [lines[at] for at in range(start, end) if overlap.words_of(lines[at]) and not of_desk[at]]
        if _typed_between(lines, first, warned):
            unsure += [line for line in lines[first:warned] if line.strip()]
        unsure += [lines[at] for at in range(warned, start) if overlap.words_of(lines[at])]
        gone.update(range(first, end))
    return gone, unsure


def _typed_between(lines: Sequence[str], first: int, end: int) -> bool:
    """Whether what seems to introduce a quote stands unmarked in the midst of one, and gives no date.

    Mail programs wrap lines like that; people write them, too ("She wrote:").
    """
    inside = first < end and first > 0 and overlap.is_marked(lines[first - 1]) and not overlap.is_marked(lines[first])
    return inside and not any(marks.HAS_DATE.search(line[: marks.MAX_LINE]) for line in lines[first:end])


def _warned_above(lines: Sequence[str], start: int) -> int:
    """Where a gateway's warning begins that stands between an introduction and the quote below; `start` if none does.

    It is one paragraph, marked as the quote is, and no word of ours: it comes back to the agent.
    """
    marked = overlap.is_marked(lines[start])
    top, spoken = start, False
    while top > 0 and start - top < _MAX_WARNING and overlap.is_marked(lines[top - 1]) == marked:
        bare = overlap.unmarked(lines[top - 1]).strip()
        if not bare and spoken:
            break
        top, spoken = top - 1, spoken or bool(bare)
        if marks.BANNER.search(bare[: marks.MAX_LINE]):
            return top if introduction_above(list(lines), top) < top else start
    return start


def _runs(lines: Sequence[str], known: Sequence[bool]) -> list[tuple[int, int]]:
    """Lines in a row that are known and marked alike, empty ones between them included; each as [start, end)."""
    runs: list[tuple[int, int]] = []
    start = end = -1
    for at, line in enumerate(lines):
        if not overlap.unmarked(line).strip():
            if start >= 0 and overlap.is_marked(line) and overlap.is_marked(lines[start]):
                end = at + 1
            continue
        if known[at] and start >= 0 and overlap.is_marked(line) == overlap.is_marked(lines[start]):
            end = at + 1
            continue
        if start >= 0:
            runs.append((start, end))
        start, end = (_marks_above(lines, at), at + 1) if known[at] else (-1, -1)
    return [*runs, (start, end)] if start >= 0 else runs


def _marks_above(lines: Sequence[str], at: int) -> int:
    """Where the marked lines without words begin that stand right above a marked one."""
    while at > 0 and overlap.is_marked(lines[at]) and _is_bare_mark(lines[at - 1]):
        at -= 1
    return at


def _is_bare_mark(line: str) -> bool:
    return overlap.is_marked(line) and not overlap.unmarked(line).strip()


def _segments(lines: Sequence[str], gone: Collection[int], edges: Collection[int]) -> list[list[int]]:
    """The agent's lines between quotes and armour, each piece that has any words."""
    segments: list[list[int]] = [[]]
    for at in range(len(lines)):
        if at in gone or at in edges:
            segments.append([])
        if at not in gone:
            segments[-1].append(at)
    return [one for one in segments if any(lines[at].strip() for at in one)]


def _signatures(lines: list[str], segments: list[list[int]], learnt: Collection[Tail]) -> tuple[set[int], list[str]]:
    """The lines of signatures, and those of them that come back because they were never learnt."""
    signed: set[int] = set()
    unlearnt: list[str] = []
    above = False  # whether anything was written yet
    for segment in segments:
        shown = [lines[at] for at in segment]
        begins = tail.begins(shown, learnt)
        dashes = _dashes(shown, above=above)
        if begins is not None and dashes == begins - 1:
            begins = dashes
        elif begins is None or (dashes is not None and dashes < begins):
            begins = dashes
            unlearnt += [line for line in shown[dashes + 1 :] if line.strip()] if dashes is not None else []
        signed.update(segment[begins:] if begins is not None else ())
        above = True
    return signed, unlearnt


def _dashes(shown: Sequence[str], *, above: bool) -> int | None:
    """Where a line of two dashes and a blank begins a signature."""
    at = next((at for at in range(len(shown) - 1, -1, -1) if shown[at] in _SIGNATURE_LINES), None)
    if at is None or sum(bool(line.strip()) for line in shown[at + 1 :]) > _MAX_SIGNATURE:
        return None
    return at if above or any(line.strip() for line in shown[:at]) else None
