"""Whether what stands behind a label is a name, such as one's company or project, or a sentence about something else.

"Organisation: Acme, thanks" names Acme; "organisation: nobody can log in" names nothing.
"""

from __future__ import annotations

import re

from helpdesk.offering.intake_words import not_in_names

_WORDS = 7  # a name has no more
_ENDS = re.compile(r"[,;:.!?]+\s|\s[-\u2013\u2014(]")  # behind it something else may be said
_AROUND = " \t\"'\u201c\u201d\u201e\u00bb\u00ab*_`.,;:!?"
_SIGN = re.compile(r"^[A-Z\u00c0-\u00de0-9]|\w[-_./@\d]\w")  # begins as a name does, or is written as no word is
_BETWEEN = frozenset(
    {"&", "+", "of", "de", "da", "do", "di", "du", "der", "van", "von", "the", "and", "und", "et", "y"}
)


def name_in(answer: str) -> str:
    """The name that an answer gives, without what else is said on its line; "" where it gives none."""
    line = next(iter(answer.strip().splitlines()), "")
    cut = _ENDS.search(line)
    candidates = (line, line[: cut.start()] if cut else "")
    return next((name for one in candidates if (name := one.strip(_AROUND)) and _could_be(name)), "")


def is_written_as_name(text: str) -> bool:
    """Whether it can be told without a label that it is a name: by capitals, figures or signs."""
    words = text.split()
    said = [word for word in words if word.casefold() not in _BETWEEN]
    return bool(said) and _could_be(text) and all(_SIGN.search(word.strip(_AROUND)) for word in said)


def _could_be(text: str) -> bool:
    words = text.casefold().replace("\u2019", "'").split()
    return 0 < len(words) <= _WORDS and not any(word.strip(_AROUND) in not_in_names() for word in words)
