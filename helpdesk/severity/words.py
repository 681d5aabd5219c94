# ruff: noqa: E501 - tables of patterns and words are read by the line
"""Text to words: folded, contractions undone, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from helpdesk.data_file import data_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Letters; a number with its unit apart; every mark that may end a clause; line ends.
_TOKEN = re.compile(r"([^\W\d_]+(?:'[^\W\d_]+)*'?|\d+(?:[.,:]\d+)*|%|[.!?;:,…()\[\]\"«»“”|]+|\s[-\u2013\u2014]+\s|\n+)")
_AS_HEX = bytes.maketrans(b"0123456789abcdefABCDEF", bytes(22))
_ALL_HEX = bytes(12)
# What is nobody's words, each with what it cannot be without: that is found at once, and most mails have none of it.
_NOT_WORDS: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda text: "://" in text or "www." in text.lower(), r"(?:https?://|www\.)\S+"),
    # paths of files and of endpoints, with their query: neither `dev` in `/dev/null` nor its `?` is the writer's
    (
        re.compile(r"/[\w.-]").search,
        r"/(?<!\w/)(?<!//)[\w.-]{1,60}(?:(?:/[\w.-]{0,60})+(?:\?\S{0,200})?|\?\w\S{0,200})",
    ),
    (re.compile(r"@").search, r"(?<![\w.+%-])[\w.+%-]{1,60}@[\w-]{1,60}\.\S{1,60}"),
    (re.compile(r"\d\w{0,20}-\w{1,20}-").search, r"(?<!\w)[a-z]{0,20}\d\w{0,20}-\w{1,20}-[\w-]{1,60}"),
    (lambda text: _ALL_HEX in text.encode("ascii", "replace").translate(_AS_HEX), r"(?<!\w)[0-9a-f]{12,}"),
)
REMEMBERED = 10_000  # words that are kept with what is known of them: mails use the same few thousand
_SHORT = {"'re": "are", "'m": "am", "'ve": "have", "'ll": "will", "'d": "would"}
_RUN_TOGETHER = {"cannot": ("can", "not"), "cant": ("can", "not"), "dont": ("do", "not"), "doesnt": ("does", "not"), "didnt": ("did", "not"), "isnt": ("is", "not"), "arent": ("are", "not"), "wont": ("will", "not"), "wasnt": ("was", "not"), "couldnt": ("could", "not"), "havent": ("have", "not"), "hasnt": ("has", "not"), "nothings": ("nothing",), "im": ("i", "am"), "ive": ("i", "have")}  # fmt: skip
_IRREGULAR = {"can't": "can", "won't": "will", "shan't": "shall", "ain't": "is"}


class Token(NamedTuple):
    """A folded word (`""` for a mark), or a mark: punctuation or line ends."""

    word: str
    mark: str = ""


def word_set(words: str) -> frozenset[str]:
    """Words written one after the other, as a set."""
    return frozenset(words.split())


def word_lists(module: str) -> Mapping[str, frozenset[str]]:
    """The word lists of one module of this room, by their names in `words.toml`."""
    return {name: word_set(words) for name, words in _lists()[module].items()}


@cache
def _lists() -> Mapping[str, Mapping[str, str]]:
    return data_file(__package__, "words.toml")


def fold(text: str) -> str:
    """Lower case, straight apostrophes, no accents; `ß` is `ss`."""
    plain = text.lower().replace("`", "'")
    if plain.isascii():
        return plain
    plain = plain.replace("\u2019", "'").replace("\u2018", "'").replace("\u00b4", "'").replace("ß", "ss")
    return _NOT_ASCII.sub(_uncombined, unicodedata.normalize("NFKD", plain))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _uncombined(found: re.Match[str]) -> str:
    return "" if unicodedata.combining(found[0]) else found[0]


def blanked(text: str) -> str:
    """`text` with addresses, URLs and machine names overwritten by blanks: their parts are nobody's words."""
    text = text.replace("\u2019", "'")
    patterns = tuple(pattern for may_have, pattern in _NOT_WORDS if may_have(text))
    return _any_of(patterns).sub(lambda match: " " * len(match[0]), text) if patterns else text


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def split(text: str, most: int = 0) -> list[str]:
    """What stands before the first token of a text, the token, what stands before the next, and so on.

    With `most` the text after so many tokens is left in one.
    """
    return _TOKEN.split(text.replace("\u2019", "'"), most)


def tokens(text: str) -> Iterator[Token]:
    """The words and marks of a text, in order."""
    return chain.from_iterable(map(tokens_of, split(text)[1::2]))


@lru_cache(REMEMBERED)
def tokens_of(raw: str) -> tuple[Token, ...]:
    """The words that one token as it is written stands for, or its mark."""
    words = _words(raw)
    return tuple(map(Token, words)) if words else (Token("", raw),)


_IS_AFTER = word_lists("words")["is_after"]  # `it's` is `it is`, and `Ann's` is not `Ann is`


def _words(raw: str) -> tuple[str, ...]:
    """The words that a piece of text is; none of a mark."""
    if raw[0].isalnum():
        return _undone(fold(raw))
    return ("percent",) if raw == "%" else ()


def _undone(word: str) -> tuple[str, ...]:
    """A word without its contraction: `can't` is `can not`, `l'export` is `l export`, `it's` is `it is`."""
    if "'" not in word:
        return _RUN_TOGETHER.get(word, (word,))
    if word.endswith("n't"):
        return (_IRREGULAR.get(word, word[:-3]), "not")
    if word.endswith("'s"):
        stem = word[:-2]
        return (stem, "is") if stem in _IS_AFTER else (stem,)
    for ending, meant in _SHORT.items():
        if word.endswith(ending):
            return (word[: -len(ending)], meant)
    return tuple(piece for piece in word.split("'") if piece)
