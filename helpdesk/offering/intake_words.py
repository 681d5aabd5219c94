"""The words of intake forms in every language we read: how each thing is asked for, and how sentences answer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from helpdesk.data_file import data_file


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that intake forms ask for: its folded labels in all languages, and whether its answer is a name.

    `narrow`: another thing has labels of it, too, which a field that is called so does not answer to.
    """

    labels: frozenset[str]
    name: bool
    narrow: bool = False


@lru_cache(512)
def folded(label: str) -> str:
    """A label as labels are compared: lower case, no accents, single spaces, `&` and `/` read as words apart."""
    plain = label.casefold().replace("\u2019", "'").replace("_", " ")
    if plain.isascii():
        return " ".join(plain.translate(_APART).split())
    plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return " ".join(_BETWEEN_WORDS.sub(" ", plain).split())


_BETWEEN_WORDS = re.compile(r"[^\w'.]+")
_APART = {code: " " for code in range(128) if _BETWEEN_WORDS.match(chr(code))}


@cache
def things() -> tuple[Thing, ...]:
    """Everything that is asked for by several names."""
    return tuple(
        Thing(frozenset(folded(label) for labels in thing.values() for label in labels), name, narrow)
        for thing in _file()["thing"]
        for name, narrow in [(bool(thing.pop("name", False)), bool(thing.pop("narrow", False)))]
    )


@cache
def words(kind: Literal["is", "our", "and", "we"]) -> tuple[str, ...]:
    """The words of one kind, the longest first."""
    return tuple(sorted(_file()["words"][kind], key=len, reverse=True))


def pattern(kind: Literal["is", "our", "and", "we"]) -> str:
    """The words of one kind as alternatives of a regular expression."""
    return "|".join(map(re.escape, words(kind)))


@cache
def not_in_names() -> frozenset[str]:
    """Words that make a sentence of what would be a name."""
    return frozenset(_file()["words"]["not_in_names"])


def _file() -> dict[str, Any]:
    return data_file(__package__, "intake_labels.toml")
