"""The armour of inline PGP (RFC 9580 section 7): lines around a text, no part of it, that prove nothing here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_HEADER = re.compile(r"[A-Za-z]{2,20}: \S")
_ENCODED = re.compile(r"\s*[A-Za-z0-9+/=]{1,100}\s*")


@dataclass(frozen=True, slots=True)
class Bare:
    """Lines without armour. `edges`: before which of them some stood; `signed_from`: the first that is signed."""

    lines: list[str]
    edges: frozenset[int]
    signed_from: int


def without_armour(lines: Sequence[str]) -> Bare:
    """Take armour off; what is signed, and what stands around it, stays as it was written."""
    kept: list[str] = []
    edges: set[int] = set()
    signed_from, at, inside = -1, 0, False
    while at < len(lines):
        line = lines[at].rstrip()
        if line == _SIGNED:
            signed_from = len(kept) if signed_from < 0 else signed_from
            edges.add(len(kept))
            inside, at = True, _behind_headers(lines, at + 1)
        elif line == _SIGNATURE:
            edges.add(len(kept))
            inside, at = False, _behind_signature(lines, at + 1)
        else:
            # Section 7.1: a line of the text that begins with a dash has one more, and a space, before it.
            kept.append(lines[at].removeprefix("- ") if inside and line.startswith("- -") else lines[at])
            at += 1
    return Bare(kept, frozenset(edges), signed_from if signed_from >= 0 else len(kept))


def _behind_headers(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and _HEADER.match(lines[at]):
        at += 1
    return at + 1 if at < len(lines) and not lines[at].strip() else at


def _behind_signature(lines: Sequence[str], at: int) -> int:
    """Behind what is encoded; a signature without its end takes no words with it."""
    at = _behind_headers(lines, at)
    while at < len(lines) and _ENCODED.fullmatch(lines[at]) and not _is_word(lines[at]):
        at += 1
    return at + 1 if at < len(lines) and lines[at].rstrip() == _END else at


def _is_word(line: str) -> bool:
    """Whether one unbroken line is a word and no code: code has capitals or digits in it, or fills its line."""
    bare = line.strip()
    return len(bare) < _SHORTEST_CODE and bare.lstrip("=").isalpha() and not bare.startswith("=")


_SHORTEST_CODE = 20
