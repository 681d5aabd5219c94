"""Ends of lines in mails of any size, looked at a piece at a time: a large mail is not copied as a whole.

A character that is replaced by itself is found far faster than a pair, so pairs are looked for only where there is
something else than whole lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 2**16  # octets; what fits into a processor's cache


def pieces(data: bytes, start: int = 0) -> Iterator[bytes]:
    """All from `start` on, cut behind line ends only; pieces are longer where lines are."""
    while start < len(data):
        end = data.find(b"\n", start + _PIECE) + 1 or len(data)
        yield data[start:end]
        start = end


def are_crlf(data: bytes) -> bool:
    """Whether every CR and every LF is half of a CR LF."""
    return all(_with_lf(piece) is not None for piece in pieces(data))


def with_lf(piece: bytes) -> bytes:
    """With LF where it has CR LF; a CR by itself stays."""
    bare = _with_lf(piece)
    return piece.replace(b"\r\n", b"\n") if bare is None else bare


def _with_lf(piece: bytes) -> bytes | None:
    """The same, if it has no other line ends than CR LF."""
    bare = piece.replace(b"\r", b"")
    return bare if bare.replace(b"\n", b"\r\n") == piece else None
