"""What a text is found by: its words without the difference of capitals and accents, and what somebody asks for.

One reading for both databases, and for what is kept and what is asked, so that nothing is found in the one and not in
the other. What is written without blanks between its words is found sign by sign, in the order in which it stands.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 64  # letters of a word: what is longer is no word, and PostgreSQL takes no more than 2 KB
_WORD = re.compile(r"[^\W_]+")
# Chinese, Japanese, Thai, Lao, Burmese, Khmer.
_WITHOUT_BLANKS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
_MAY_COMBINE = re.compile("[\u0300-\U0010ffff]+")  # no sign below does
_ASKED = re.compile(r'"([^"]*)"?|([^\s"]+)')
_SHORTEST_BEGINNING = 3  # letters: nearly everything begins with fewer; one less behind other words, as in jo@ac
_MOST = 12  # things that are asked for at once


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one behind the other; with `begins`, the last one may go on."""

    words: tuple[str, ...]
    begins: bool = False


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    if not text.isascii():
        text = _MAY_COMBINE.sub(_bare, unicodedata.normalize("NFKD", _WITHOUT_BLANKS.sub(r" \1 ", text)))
    return [word[:LONGEST] for word in _WORD.findall(text.casefold())]


def _bare(signs: re.Match[str]) -> str:
    return "".join(sign for sign in signs[0] if not unicodedata.combining(sign))


def asked(text: str, *, begins: bool = False) -> tuple[Phrase, ...]:
    """What has to be there: each word, what stands in quotes as it stands there, an address or a part of one.

    With `begins`, what is not in quotes may go on behind its last letter.
    """
    phrases = []
    for found in _ASKED.finditer(text):
        words = tuple(words_of(found[1] if found[1] is not None else found[2]))
        long = bool(words) and len(words[-1]) >= _SHORTEST_BEGINNING - (len(words) > 1)
        open_ended = begins and found[1] is None and long
        phrases += [Phrase(words, open_ended)] if words else []
    return tuple(dict.fromkeys(phrases))[:_MOST]
