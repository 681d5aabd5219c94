"""Numbers of cases and of files, as they stand in paths and queries."""

from __future__ import annotations

from helpdesk.errors import NotFound

_LONGEST = 12  # digits: a database would be asked for what it cannot hold


def number_in(ref: str) -> int:
    """The number in `HD-12` or `12`. Raises NotFound."""
    digits = ref.upper().removeprefix("HD-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST):
        raise NotFound(f"there is no case {ref}")
    return int(digits)
