"""What to do about a cause of health, in a sentence: `remedies.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def remedy(cause: str) -> str:
    """What to do about the cause of that name, such as `disk.low`; "" where nothing is known."""
    kind, _, name = cause.partition(".")
    known = _remedies().get(kind, {})
    return known.get(name) or known.get("", "")


@cache
def _remedies() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("helpdesk.web") / "remedies.toml").read_text(encoding="utf-8"))
