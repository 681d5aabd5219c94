"""A text's words and pairs of words as numbered buckets: what a desk can learn beyond the cues."""

from __future__ import annotations

import math
import zlib
from itertools import pairwise

from helpdesk.severity.words import blanked, tokens

BUCKETS = 1 << 15
MOST_WORDS = 400  # of a mail; a symptom stands at the top


def hashed(text: str) -> dict[str, float]:
    """Word and pair buckets, scaled so that a long mail does not shout: the squares sum to 1."""
    words = [token.word for token in tokens(blanked(text)) if token.word and not token.word[0].isdigit()][:MOST_WORDS]
    grams = {*words, *(f"{first} {second}" for first, second in pairwise(words))}
    if not grams:
        return {}
    value = 1.0 / math.sqrt(len(grams))
    # CRC-32 and not hash(): the same bucket in every process and for ever.
    return {f"#{zlib.crc32(gram.encode()) % BUCKETS}": value for gram in grams}
