"""Which language a text is in that is not written in Latin letters: by its script alone, where one has it to itself.

Nobody is written to in these; promises may differ by them.
"""

from __future__ import annotations

import re

# Kana before Han: Japanese has both. Hours of support in other Cyrillic languages are written for Russian.
SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7a3]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
}
_SHARE = 5  # one letter of so many; names, products and addresses stay Latin
_LOOKED_AT = 4_000  # characters
_LETTER = re.compile(r"[^\W\d_]")


def script_language(text: str) -> str:
    """The language whose script a fair part of a text is written in; "" where that is none of these."""
    start = text[:_LOOKED_AT]
    letters = len(_LETTER.findall(start))
    return next(
        (code for code, script in SCRIPTS.items() if letters and len(script.findall(start)) * _SHARE >= letters), ""
    )
