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
_SHORT = r"(?<![\s.(][^\W\d])(?<!\b[DMSFHN]r)(?<!\bNo)(?<!\bca)(?<!\bMrs)"
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


_LABEL = re.compile(r"^\W{0,4}(?:[\w/-]+ ){0,3}[\w/-]+ ?(?::(?!\d)|=)\W*(?P<rest>.*)", re.DOTALL)
_AFTER_LABEL = 5  # words that make a sentence behind what looks like a label
_BEGINNING = 15  # characters by which a piece is found
_OPEN = frozenset(')]"»”,')  # behind these a sentence goes on


def is_sentence(evidence: str, text: str, *, least: int) -> bool:
    """Whether what is shown says something by itself: no label with its value, no fragment, no rest of a sentence."""
    labelled = _LABEL.match(evidence)
    said = labelled["rest"] if labelled else evidence
    if len(said.split()) < (_AFTER_LABEL if labelled else least) or evidence.count('"') % 2:
        return False
    before = text[: max(0, text.find(evidence[:_BEGINNING]))].rstrip(" ")
    return before[-1:] not in _OPEN
