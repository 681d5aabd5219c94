"""What to do about a cause of health, in a sentence: `remedies.toml`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from helpdesk.data_file import data_file

if TYPE_CHECKING:
    from collections.abc import Mapping


def remedy(cause: str) -> str:
    """What to do about the cause of that name, such as `disk.low`; "" where nothing is known."""
    kind, _, name = cause.partition(".")
    known = _remedies().get(kind, {})
    return known.get(name) or known.get("", "")


@cache
def _remedies() -> Mapping[str, Mapping[str, str]]:
    return data_file(__package__, "remedies.toml")
