"""The piece of a mail that is shown with a reason."""

from __future__ import annotations

import re

EVIDENCE_LENGTH = 140  # characters


def shown(text: str) -> str:
    """`text` on one line, cut at a word where it is longer than `EVIDENCE_LENGTH`."""
    line = " ".join(text.split())
    if len(line) <= EVIDENCE_LENGTH:
        return line
    return line[: EVIDENCE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"


# A sentence ends at its mark, closing quotes with it, where no small letter or German month goes on (`i.e. for all`,
# `3. Mai`) and no short form or single letter stands before (`Mr. Lee`, `ca. 70`, `z. B.`); or with its line.
_GOES_ON = r"[a-z]|Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"
_SHORT = r"(?<!\b[^\W\d])(?<!\b[DMSFHN]r)(?<!\bNo)(?<!\bca)(?<!\bMrs)"
_SENTENCE = re.compile(rf"[^\n]+?(?:{_SHORT}[.!?]+[\"»”)]*(?=\s*$|\s+(?!{_GOES_ON}))|$)", re.MULTILINE)


def whole(piece: str, text: str) -> str:
    """The sentence of `text` that a piece stands in, where it is short enough to be shown; else from the piece on."""
    piece = piece.strip()
    at = text.find(piece)
    near = text[max(0, at - EVIDENCE_LENGTH) : at + len(piece) + EVIDENCE_LENGTH]
    for sentence in _SENTENCE.finditer(near if at >= 0 else ""):
        if piece in sentence[0]:
            short = len(sentence[0].strip()) <= EVIDENCE_LENGTH
            return shown(sentence[0] if short else sentence[0][sentence[0].index(piece) :])
    return shown(piece)
