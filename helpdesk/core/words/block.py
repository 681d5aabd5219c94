"""The block of orders at the very top of a mail: lines that begin with `#`, before any text and any quote.

Only the first lines count, so that words quoted below can never order anything (threat A13). The reader of a block
either understands all of it or does nothing: the mistakes come back, marked, with the right form.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Order = TypeVar("Order")
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

_SIGNS = ("#", "\uff03", "\ufe5f")  # as keyboards for other scripts write it
_LETTERS = str.maketrans({"\u0130": "i", "\u0131": "i", "\u0307": None})  # a Turkish keyboard's i, great and small

_COLUMN = 70  # mail programs wrap at 72 to 80
_OPTION = re.compile(r"(?:--|[—–])[a-z]", re.IGNORECASE)  # noqa: RUF001 - what phones make of two hyphens


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that is no order, and the right form."""

    line: str
    expected: str


@dataclass(frozen=True, slots=True)
class CommandBlock(Generic[Order]):
    """What a mail orders: understood, not understood, and the text that is left."""

    orders: tuple[Order, ...]
    mistakes: tuple[Mistake, ...]
    text: str


def read_block(
    text: str, read: Callable[[str], Order | Mistake | None], *, folded: bool = False
) -> CommandBlock[Order]:
    """Read the block; `text` is what stands above any quote, `read` understands one line, None: the text begins there.

    `folded`: a line may go on in the one right below it, where a mail program wrapped it, or with an option.
    """
    lines = text.strip().splitlines()
    used = _height(lines, folded=folded)
    understood: list[Order | Mistake] = []
    for at, line in _unfolded(lines[:used]):
        one = read(line)
        if one is None:
            used = at
            break
        understood.append(one)
    return CommandBlock(
        tuple(one for one in understood if not isinstance(one, Mistake)),
        tuple(one for one in understood if isinstance(one, Mistake)),
        "\n".join(lines[used:]).strip(),
    )


def may_go_on(text: str) -> str:
    """The last line of the block where the line right below it may be what a mail program wrapped of it; else ""."""
    lines = text.strip().splitlines()
    height = _height(lines, folded=False)
    last, below = (lines[height - 1], lines[height]) if 0 < height < len(lines) else ("", "")
    return _bare(last) if last.strip() and _goes_on(last, below) else ""


def _height(lines: list[str], *, folded: bool) -> int:
    """How many lines the block has."""
    for at, line in enumerate(lines):
        begins = _bare(line).startswith("#") or not _bare(line)
        if not begins and not (folded and at > 0 and _goes_on(lines[at - 1], line)):
            return at
    return len(lines)


def _bare(line: str) -> str:
    """A line without blanks at its ends, nor letters that nobody sees and some mail programs put there.

    The word of an order is in plain letters, whatever keyboard wrote it.
    """
    bare = line.strip().strip(_UNSEEN).strip()
    if not bare.startswith(_SIGNS):
        return bare
    word = bare.split(maxsplit=1)[0]
    if word.isascii():
        return bare
    return f"{unicodedata.normalize('NFKC', word).translate(_LETTERS)}{bare[len(word) :]}"


def _goes_on(line: str, following: str) -> bool:
    word = following.split(maxsplit=1)[0]
    return bool(_bare(line)) and (len(line) + 1 + len(word) > _COLUMN or _OPTION.match(word) is not None)


def _unfolded(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Each line as it was meant, and where it begins."""
    whole, begins = "", 0
    for at, line in enumerate(map(_bare, lines)):
        if whole and (not line or line.startswith("#")):
            yield begins, whole
            whole = ""
        begins = begins if whole else at
        whole = f"{whole} {line}".strip()
    if whole:
        yield begins, whole
