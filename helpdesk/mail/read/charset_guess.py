"""The charset of bytes that say none and are not UTF-8: for scripts that show it plainly, and for no others.

Chinese, Japanese, Korean, Thai, Russian, Greek, Arabic and Hebrew mail without a charset, or with a wrong one, is
common enough to matter. In them most bytes above ASCII stand beside another; in western text nearly none does, and
nothing is guessed then, but the code pages of DOS: there letters stand where Windows has marks that no word holds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOKED_AT = 20_000  # bytes
_FEWEST = 6  # bytes above ASCII
_SURE = 0.85
_HIGH = re.compile(rb"[\x80-\xff]")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")


# `p\xe4\xe4se`, `aplica\xe7\xe3o`: a western word has them among its letters, one of another alphabet none of ours.
_WITHIN_LATIN = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]++|(?<![\x80-\xff])[\x80-\xff]++(?=[A-Za-z])")
_RUNS = re.compile(rb"[\x80-\xff]+")
_ALPHABETS = frozenset(("koi8_r", "cp1251", "cp1253", "cp1255", "cp1256", "cp874"))


def guess(data: bytes) -> str:
    """The codec in which `data` reads best; "" where none is plain."""
    looked_at = data[:_LOOKED_AT]
    high, alone = len(_HIGH.findall(looked_at)), len(_ALONE.findall(looked_at))
    if high < _FEWEST or alone * 2 > high:
        return ""
    mixed = len(_WITHIN_LATIN.findall(looked_at)) * 10 > len(_RUNS.findall(looked_at))
    scripts = {codec: common for codec, common in _SCRIPTS.items() if not (mixed and codec in _ALPHABETS)}
    rated = [(_rate(looked_at, codec, common), codec) for codec, common in scripts.items()]
    rate, codec = max(rated)
    return codec if rate >= _SURE else ""


# Between small letters: what Windows has no letter for, and where no apostrophe, dash, dots or blank of its may stand.
_NO_LETTER = re.compile(rb"(?<=[a-z])[\x81\x82\x84\x87-\x89\x8b\x8d\x90\x93\x94\x98\x9b\xa1-\xa9]++(?=[a-z])")
_IN_WORDS = re.compile(rb"(?<=[a-z])[\x80-\xff]{1,2}+(?=[a-z])")
_BESIDE_LATIN = re.compile(
    rb"(?<=[A-Za-z])[\x80-\xff]{1,2}+(?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff]{1,2}+(?=[A-Za-z])"
)
# What is written in each: where one has its letters, the other has strange ones, or others. Where
# the western one has ï the other has the ő of Hungarian, which is far more often written.
_PAGES_OF_DOS = {
    "cp850": frozenset("äöüßéèêëàáâãçìíîòóôõùúûñåæø"),
    "cp852": frozenset("áäąâăćčçďđéęëěíîľĺłńňóöôőřŕśšşťţúüůűýźžżß"),
}


def page_of_dos(data: bytes) -> str:
    """The code page of DOS in which alone the words of western or central European text are words; "" where none is."""
    looked_at = data[:_LOOKED_AT]
    if not _NO_LETTER.search(looked_at):
        return ""
    inside, beside = (b"".join(found.findall(looked_at)) for found in (_IN_WORDS, _BESIDE_LATIN))
    if len(beside) * 2 < len(_HIGH.findall(looked_at)):
        return ""  # another script, whose second bytes may be letters of ours
    page = max(_PAGES_OF_DOS, key=lambda page: sum(char in _PAGES_OF_DOS[page] for char in beside.decode(page)))
    small = _small(inside, page)
    return page if small > _small(inside, "cp1252") and small >= len(inside) * _SURE else ""


def _small(data: bytes, codec: str) -> int:
    return sum(char.islower() for char in data.decode(codec, "ignore"))


def _rate(data: bytes, codec: str, common: Callable[[str], float]) -> float:
    text = data.decode(codec, "ignore")
    letters = [char for char in text if char > "\x7f"]
    broken = len(data.decode(codec, "replace")) - len(text)
    if not letters or broken * 10 > len(letters):
        return 0.0
    return sum(map(common, letters)) / (len(letters) + broken)


def _lead(codec: str, first: int, last: int) -> Callable[[str], float]:
    """How common a letter is, by the first byte of its code: both Chinese standards have the frequent ones in front."""

    def common(char: str) -> float:
        try:
            code = char.encode(codec)
        except UnicodeError:
            return 0.0
        return float(len(code) == 2 and (first <= code[0] <= last or 0xA1 <= code[0] <= 0xA3))

    return common


def _japanese(char: str) -> float:
    # Kana are what tells Japanese from Chinese; they are half of any text.
    if "\u3041" <= char <= "\u30fe":
        return 1.5
    return 0.6 if "\u4e00" <= char <= "\u9fff" or char in _PUNCTUATION else 0.0


_PUNCTUATION = "\u3001\u3002\u300c\u300d\u30fb\uff01\uff1f"


def _korean(char: str) -> float:
    return 1.1 if "\uac00" <= char <= "\ud7a3" else 0.0  # where all of it is Hangul, it is not Chinese


_FREQUENT = "\u043e\u0435\u0430\u0438\u043d\u0442\u0441\u0440\u0432\u043b\u043a"  # two letters of three, in Russian


def _russian(char: str) -> float:
    # The two charsets of Russian exchange small and capital letters; Greek would read as rare ones.
    if char in _FREQUENT:
        return 1.25
    return 0.6 if "\u0430" <= char <= "\u0451" else 0.35 if "\u0410" <= char <= "\u042f" else 0.0


def _alphabet(first: str, last: str, frequent: str) -> Callable[[str], float]:
    """How common a letter of an alphabet is: `frequent` are half to two thirds of its texts, marks of vowels aside."""
    often = frozenset(frequent)

    def common(char: str) -> float:
        return 1.25 if char in often else 0.6 if first <= char <= last else 0.0

    return common


_SCRIPTS: dict[str, Callable[[str], float]] = {
    "gb18030": _lead("gb18030", 0xB0, 0xD7),
    "big5hkscs": _lead("big5hkscs", 0xA4, 0xC6),
    "cp932": _japanese,
    "euc_jp": _japanese,
    "cp949": _korean,
    "koi8_r": _russian,
    "cp1251": _russian,
    "cp1253": _alphabet("\u0384", "\u03ce", "\u03b1\u03b5\u03b9\u03bf\u03bd\u03b7\u03c4\u03c3\u03c2\u03c1"),
    "cp1255": _alphabet("\u05b0", "\u05ea", "\u05d9\u05d5\u05d4\u05dc\u05d0\u05e8\u05ea\u05d1\u05de\u05e9"),
    "cp1256": _alphabet("\u0621", "\u0652", "\u0627\u0644\u064a\u0645\u0648\u0646\u0631\u062a\u0628\u0647\u0629"),
    "cp874": _alphabet(
        "\u0e01",
        "\u0e5b",
        "\u0e32\u0e19\u0e23\u0e2d\u0e01\u0e40\u0e07\u0e21\u0e22\u0e25\u0e49\u0e48\u0e31\u0e27\u0e15\u0e2a\u0e14",
    ),
}
