"""The piece of a mail that is shown with a reason."""

from __future__ import annotations

EVIDENCE_LENGTH = 90  # characters


def shown(text: str, *, length: int = EVIDENCE_LENGTH) -> str:
    """`text` on one line, cut at a word where it is longer than `length` characters."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
