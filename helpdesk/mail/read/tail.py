"""An agent's signature, learnt: the tail that three mails of theirs share.

Only digests of lines are kept, so that no words of a case live on here. A tail is what the last lines of three mails
have in common, from a paragraph on that begins as signatures do (a closing, the agent's own name, "sent from", lawyers'
text): what somebody answers three times in the same words is no signature.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from helpdesk.mail.read import client_markers as marks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Tail = tuple[str, ...]  # digests of lines with words, the last line first

SAME = 3  # mails
_MOST = 20  # lines
_KEPT = 8  # signatures of one agent: from the office, from the telephone, of last year
_NAME_LINE = 60  # characters


def tail_of(lines: Sequence[str]) -> Tail:
    """The last lines of a text."""
    shown = [line for line in lines[-4 * _MOST :] if line.strip()]
    return tuple(_digest(line) for line in reversed(shown[-_MOST:]))


def begins(lines: Sequence[str], learnt: Collection[Tail]) -> int | None:
    """Where the longest learnt signature begins that ends the text; None where none does, or where nothing is above."""
    shown = [at for at, line in enumerate(lines) if line.strip()]
    ends = tail_of(lines)
    fitting = (len(tail) for tail in learnt if tail and ends[: len(tail)] == tail)
    longest = max((length for length in fitting if length < len(shown)), default=0)
    return shown[-longest] if longest else None


def learn(recent: Sequence[Tail], lines: Sequence[str], *, name: str) -> Tail:
    """The signature that the newest mail, `lines`, shares with the ones before it; empty where it shares none."""
    if len(recent) < SAME - 1:
        return ()
    tails = [tail_of(lines), *recent[-(SAME - 1) :]]
    common = 0
    while all(len(tail) > common for tail in tails) and len({tail[common] for tail in tails}) == 1:
        common += 1
    shown = [at for at, line in enumerate(lines) if line.strip()]
    for length in range(min(common, len(shown) - 1), 0, -1):
        at = shown[-length]
        if (not lines[at - 1].strip() or lines[at - 1] == "-- ") and _begins_signature(lines[at], name):
            return tails[0][:length]
    return ()


def remembered(learnt: Sequence[Tail], new: Tail) -> list[Tail]:
    """The signatures of an agent with one more, the newest last."""
    return [*(tail for tail in learnt if tail != new), new][-_KEPT:]


def _begins_signature(line: str, name: str) -> bool:
    line = line[: marks.MAX_LINE].strip()
    words = set(re.findall(r"\w+", line.casefold()))
    named = len(line) <= _NAME_LINE and bool(words) and words <= set(re.findall(r"\w+", name.casefold()))
    return named or any(
        pattern.match(line) for pattern in (marks.CLOSING, marks.THANKS, marks.SENT_FROM, marks.DISCLAIMER, marks.RULE)
    )


@lru_cache(maxsize=256)  # the end of a mail is looked at three times
def _digest(line: str) -> str:
    return hashlib.blake2b(" ".join(line.split()).encode("utf-8", "replace"), digest_size=8).hexdigest()
