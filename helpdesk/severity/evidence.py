"""The piece of a mail that is shown with a reason."""

from __future__ import annotations

EVIDENCE_LENGTH = 140  # characters


def shown(text: str) -> str:
    """`text` on one line, cut at a word where it is longer than `EVIDENCE_LENGTH`."""
    line = " ".join(text.split())
    if len(line) <= EVIDENCE_LENGTH:
        return line
    return line[: EVIDENCE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
