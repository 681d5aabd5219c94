# ruff: noqa: E501 - tables of patterns and words are read by the line
"""The priority that the customer states, kept apart from what the text says.

Only a statement counts: a labelled line, a tag at the start of the subject, `P1`, `Sev 2`. Shouting is tone
and is left to the cues.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from helpdesk.offering.intake_words import folded
from helpdesk.severity.words import fold, word_lists

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from helpdesk.offering.severities import Degree, Rank, SeverityTerms

_LABEL = (
    r"(?P<label>(?:(?:case|ticket|issue|incident|business|requested|suggested|customer|fall|ticket|vorgangs)[ -]?)?"
    r"(?:priority(?: level)?|severity(?: level)?|urgency(?: level)?|prio|sev|criticality|"
    r"priorität|prioritaet|dringlichkeit|schweregrad|"
    r"priorité|niveau de (?:priorité|gravité)|gravité|sévérité|criticité|urgence|"
    r"prioridad|severidad|gravedad|urgencia|criticidad|nivel de (?:prioridad|severidad|gravedad)|"
    r"priorità|gravità|prioridade|severidade|prioriteit|ernst))"
)
_LINE = re.compile(
    rf"^[ \t>*_|#•-]*{_LABEL}[*_ \t]*(?:\([^)\n]*\))?[ \t]*(?:[:=|\u2013\u2014]|-(?=\s))[*_ \t|]*(?P<value>[^\n|]{{1,60}})",
    re.IGNORECASE | re.MULTILINE,
)
# The same in the middle of a line: there only a colon or `=` makes a statement of it.
_INLINE = re.compile(rf"(?:(?<=[.;,!?] )|(?<=\bas )){_LABEL} ?[:=] ?(?P<value>\w[\w -]{{0,24}})", re.IGNORECASE)
# What stands before each colon of such a statement: found at once, where the other pattern is tried at each word.
_SIGN = re.compile(r"[:=](?:(?<=[^\W\d_].)|(?<=[^\W\d_] .))")
_END_OF_LABEL = tuple(word_lists("stated")["end_of_label"])
_LONGEST_END = 16  # characters
_CODE = re.compile(r"\b(?:(?:P|S|SEV|PRIO|PRIORITY|SEVERITY)[ -]?(?P<digit>[1-4]))\b(?![.,]?\d)", re.IGNORECASE)
_TAG = re.compile(r"^\s*(?:(?:re|aw|fw|fwd|wg|tr|rv)\s*:\s*)*[\[(](?P<value>[^\])]{1,30})[\])]", re.IGNORECASE)
_DIGIT = re.compile(r"(?<!\d)[1-4](?!\d)")

# Choices of a form: `[x] Medium [ ] Low`, `☐ High ☑ Low`.
_BOX = re.compile(r"[\[(] ?(?P<mark>[x✓✔*]?) ?[\])]|[☐⬜]|(?P<drawn>[☑☒✅🗹])", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|nicht|niet|kein\w{0,2}) \w+")
_CHOICE = 3  # severities on one line: what may be chosen, and nothing was

# What common words mean where the policy has no severity of that name.
COMMON: tuple[tuple[Rank, frozenset[str]], ...] = tuple(
    (rank, word_lists("stated")[f"rank_{rank}"]) for rank in (1, 2, 3, 4)
)


def stated_words(subject: str, text: str, besides: Collection[str] = ()) -> str | None:
    """The raw words of a priority stated in a mail, or None. `besides` are folded labels that ask for something else."""
    if match := _first_labelled(_statements_in(text), text, besides) or _labelled(_LINE, subject, besides):
        return " ".join(match["value"].split()).strip(" *_|") or None
    if match := _TAG.match(subject):
        words = match["value"].strip()
        return words if _common_rank(folded(words)) or _CODE.fullmatch(words) else None
    match = _CODE.search(subject)
    return match[0] if match else None


def _first_labelled(patterns: Iterable[re.Pattern[str]], text: str, besides: Collection[str]) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := _labelled(pattern, text, besides))), None)


def _labelled(pattern: re.Pattern[str], text: str, besides: Collection[str]) -> re.Match[str] | None:
    if not besides:
        return pattern.search(text)
    return next((match for match in pattern.finditer(text) if folded(match["label"]) not in besides), None)


def stated_degree(words: str, terms: SeverityTerms) -> Degree | None:
    """How bad stated words are under a policy: its own names first, then common words, then a digit.

    None where they deny one, or only say what may be chosen.
    """
    plain = folded(_marked(words))
    for level in terms.levels:
        if plain in {folded(name) for name in (level.key, level.name, *level.aliases)}:
            return terms.degree(level.key)
    plain = _DENIED.sub(" ", plain)
    named = _named_inside(plain, terms)
    if named:
        return min(named) if len(named) < _CHOICE else None
    common = _common_rank(plain)
    if common is not None:
        return common, 0
    digit = _DIGIT.search(plain)
    return (int(digit[0]), 0) if digit else None


def _marked(words: str) -> str:
    """Of choices with boxes what stands at those that are marked; else the words as they are."""
    boxes = [*_BOX.finditer(words)]
    if not boxes:
        return words
    if words[: boxes[0].start()].strip():  # `Low [x]`
        begins, ends = [0, *(box.end() for box in boxes[:-1])], [box.start() for box in boxes]
    else:
        begins, ends = [box.end() for box in boxes], [*(box.start() for box in boxes[1:]), len(words)]
    places = zip(boxes, begins, ends, strict=True)
    return " ".join(words[begin:end] for box, begin, end in places if box["mark"] or box["drawn"])


def _named_inside(plain: str, terms: SeverityTerms) -> set[Degree]:
    """The levels whose names stand among other words (`3 - Medium`)."""
    padded = f" {plain} "
    return {
        terms.degree(level.key)
        for level in terms.levels
        for name in (level.key, level.name, *level.aliases)
        if folded(name) and f" {folded(name)} " in padded and not folded(name).isdigit()
    }


def _common_rank(plain: str) -> Rank | None:
    words = plain.split()
    candidates = {*words, *("_".join(pair) for pair in pairwise(words))}
    return next((rank for rank, known in COMMON if known & candidates), None)


def without_statement(text: str) -> str:
    """A text without the lines that state a priority: they are kept apart and are nobody's symptom."""
    for pattern in _statements_in(text):
        text = pattern.sub("", text)
    return text


@lru_cache(1)  # what states a priority is looked for, and then left out
def _statements_in(text: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of statements that may be in a text: none, in most."""
    inline = (_INLINE,) if _may_state_inline(text) else ()
    return (_LINE, *inline) if _LINE.search(text) else inline


def _may_state_inline(text: str) -> bool:
    before = (text[max(0, sign.start() - _LONGEST_END) : sign.start()] for sign in _SIGN.finditer(text))
    return any(fold(words).rstrip(" ").endswith(_END_OF_LABEL) for words in before)
