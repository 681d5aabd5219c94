"""Whether a mail takes back the trouble that it tells of: the last state counts, wherever it stands.

A sign of relief need not be sure. It stands against a sentence of the desk's own, which is left to the customer's words
then, and moves no verdict.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import dropwhile, pairwise, takewhile
from typing import TYPE_CHECKING

from helpdesk.severity.course import addendum, opens_addendum, works_now
from helpdesk.severity.reading import MOST_WORDS, read
from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.severity.observe import Observation
    from helpdesk.severity.segment import Hit, Segment

_LISTS = word_lists("relief")
_ENDED, _CURES, _AFTER, _NO_CURE = (_LISTS[name] for name in ("ended", "cures", "after", "no_cure"))
_FORGET, _MESSAGES, _IT, _WAS, _FOUND = (_LISTS[name] for name in ("forget", "messages", "it", "was", "found"))
_MISTAKEN, _THEREBY, _BEHIND = (_LISTS[name] for name in ("mistaken", "thereby", "behind"))
_THEN, _WORKED = _LISTS["then"], _LISTS["worked"]
_SOLVED, _WAS_IT = _LISTS["solved"], _LISTS["was_it"]
_WELL = frozenset(tuple(pair.split("_")) for pair in _LISTS["well"])
_TROUBLE = ("down", "halt", "fail", "cannot", "wrong", "dataloss", "slow", "not", "none", "nobody", "in_vain")
_LAST = 12  # lines that are looked at below a closing, and at the end
_HEAD = 2  # segments: `EDIT:` may be one of its own
_SHORT = 9  # words of a sentence that explains: `it was our own proxy`


def is_taken_back(observed: Observation, segment: Segment) -> bool:
    """Whether something that is told behind a segment, or of the mail as a whole, takes its trouble back."""
    if "taken-back" in observed.seen or any(map(_withdraws, observed.segments)):
        return True
    body = [one for one in observed.segments if not one.subject]
    later = body[body.index(segment) + 1 :] if segment in body else body
    if any(map(relieves, later)) or any(map(_explains_itself, (*addendum(body), *addendum_at_head(body)))):
        return True
    return _is_taken_back_below(observed.text, observed.written, observed.language)


def addendum_at_head(body: Sequence[Segment]) -> Sequence[Segment]:
    """`UPDATE 10:40: back to normal`, above all that was told before."""
    return body[:_HEAD] if body and opens_addendum(body[0]) else ()


@lru_cache(1)  # asked for each effect of a mail
def _is_taken_back_below(text: str, written: str, language: str) -> bool:
    """Whether what is not read otherwise does so: below the closing, or at the end of a very long mail."""
    unread = _below_closing(text, written)
    if text.count(" ") > MOST_WORDS - _LAST:
        unread += text.splitlines()[-_LAST:]
    return bool(unread) and any(map(relieves, read("", "\n".join(unread), languages=(language,))))


def _below_closing(text: str, written: str) -> list[str]:
    """The lines below a closing that are not read as the writer's own, before any older mail."""
    if len(written) - len(text) < _SHORT:
        return []
    own = set(text.splitlines())
    lines = takewhile(lambda line: not _OLDER.match(line), written.splitlines())
    return [line for line in dropwhile(lambda line: line not in own, lines) if line not in own][:_LAST]


_WROTE = r".{0,120}(?:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef).{0,60}:$"
_OLDER = re.compile(rf"[>|]|[-_]{{3}}|[^:\n]{{1,20}}: ?\S.*[@\d]|{_WROTE}")


def _withdraws(segment: Segment) -> bool:
    """`meine Mail von vorhin bitte vergessen`; a subject that says that it is solved."""
    forgotten = not _FORGET.isdisjoint(segment.words) and not _MESSAGES.isdisjoint(segment.words)
    return (forgotten and not segment.has("not")) or (segment.subject and says_end(segment) and not segment.failing)


def relieves(segment: Segment) -> bool:
    """`after a restart it prints`, `restored at noon`, `it was our own switch`."""
    if segment.asks or segment.has("wish", "firm_if", "future"):
        return False
    if works_now(segment):
        return True
    words = segment.words
    if not _MISTAKEN.isdisjoint(words) and not segment.failing:
        return True  # `wait, no, I had filtered by quarter`
    if segment.says(*_TROUBLE):
        return False
    if _names_end(segment):
        return True
    cured = not _CURES.isdisjoint(words) and not _AFTER.isdisjoint(words) and _NO_CURE.isdisjoint(words)
    return cured or _explains(segment) or any(_goes_so(hit, segment) for hit in segment.hits)


def _goes_so(hit: Hit, segment: Segment) -> bool:
    """`then it just worked`, `damit geht es`; `it worked yesterday` says nothing of now."""
    if hit.concept not in {"ok", "work"} or hit.status != "asserted" or segment.says("else", "past"):
        return False
    words = segment.words
    if segment.says("since"):
        return not _CURES.isdisjoint(words)  # `seit dem Neustart läuft es`
    if words[hit.start] in _WORKED and _THEN.isdisjoint(words):
        return False
    thereby = not _THEREBY.isdisjoint(words[max(0, hit.start - 2) : hit.start])
    return thereby or not _BEHIND.isdisjoint(words[hit.end : hit.end + 1])


def _names_end(segment: Segment) -> bool:
    return not _ENDED.isdisjoint(segment.words) or not _WELL.isdisjoint(pairwise(segment.words))


def says_end(segment: Segment) -> bool:
    """Whether it says in so many words that trouble has ended: `this is now resolved`, `all is back since noon`."""
    ended = segment.has("solved") and not _SOLVED.isdisjoint(segment.words)
    return ended or _names_end(segment) or works_now(segment)


def _explains(segment: Segment) -> bool:
    """`It was the cable`; `it was fine until noon` explains nothing."""
    if len(segment.words) > _SHORT or segment.says("ok", "work") or not _NO_CURE.isdisjoint(segment.words):
        return False
    if segment.words[0] in _WAS_IT:
        return True
    return any(one in _IT and other in _WAS for one, other in pairwise(segment.words[:4]))


def _explains_itself(segment: Segment) -> bool:
    """What is added before sending, and is no more trouble: `edit: had no reception`."""
    if segment.asks or segment.failing:
        return False
    if _explains(segment) or segment.has("ok", "work", "solved", "closing", "taken_back"):
        return True
    return not (_FOUND | _ENDED).isdisjoint(segment.words)
