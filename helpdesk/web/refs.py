"""Numbers of cases and of files, as they stand in paths and queries."""

from __future__ import annotations

from helpdesk.errors import NotFound

_LONGEST = 12  # digits: a database would be asked for what it cannot hold


def number_in(ref: str) -> int:
    """The number in `HD-12` or `12`. Raises NotFound."""
    number = whole_number(ref.upper().removeprefix("HD-"))
    if number is None:
        raise NotFound(f"there is no case {ref}")
    return number


def whole_number(text: str) -> int | None:
    """The number that digits are; None for anything else, and for more than anybody means seriously."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else None
