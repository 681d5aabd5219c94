"""The charset of bytes that say none and are not UTF-8: for scripts that show it plainly, and for no others.

Chinese, Japanese, Korean and Russian mail without a charset, or with a wrong one, is common enough to matter. In them
most bytes above ASCII stand beside another; in western text nearly none does, and nothing is guessed then.
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


def guess(data: bytes) -> str:
    """The codec in which `data` reads best; "" where none is plain."""
    looked_at = data[:_LOOKED_AT]
    high, alone = len(_HIGH.findall(looked_at)), len(_ALONE.findall(looked_at))
    if high < _FEWEST or alone * 2 > high:
        return ""
    rated = [(_rate(looked_at, codec, common), codec) for codec, common in _SCRIPTS.items()]
    rate, codec = max(rated)
    return codec if rate >= _SURE else ""


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


_SCRIPTS: dict[str, Callable[[str], float]] = {
    "gb18030": _lead("gb18030", 0xB0, 0xD7),
    "big5hkscs": _lead("big5hkscs", 0xA4, 0xC6),
    "cp932": _japanese,
    "euc_jp": _japanese,
    "cp949": _korean,
    "koi8_r": _russian,
    "cp1251": _russian,
}
