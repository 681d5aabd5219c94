"""Values of tables: what both have under one name is taken over as it is."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

V = TypeVar("V")


def from_table(shape: type[V], table: Any, **differs: Any) -> V:
    """A dataclass out of a table of a file, lists as tuples; `differs` is what the table has otherwise."""
    shared = (field.name for field in fields(shape) if field.name not in differs and hasattr(table, field.name))  # type: ignore[arg-type]
    return shape(**differs, **{name: _frozen(getattr(table, name)) for name in shared})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
