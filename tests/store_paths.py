"""Chooses the stories that are told on PostgreSQL too: as few as take every path of the store that any story takes.

    HELPDESK_SOAK=1 python -m pytest -p tests.store_paths -m "" -k postgresql -n 0 tests/stories

writes them to `on_postgresql.txt`. A path ends in a statement that the database is given; those that differ only in how
many values they carry are one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHOSEN = Path(__file__).with_name("on_postgresql.txt")
_SEVERAL = re.compile(r"(%\(\w+\)s(?:::\w+)?)(?:, %\(\w+\)s(?:::\w+)?)+")
_NUMBERED = re.compile(r"_\d+|\d+")
_given: dict[str, set[str]] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note what the database is given by a story."""
    statements = _given.setdefault(item.nodeid, set())

    def noted(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.add(_NUMBERED.sub("", _SEVERAL.sub(r"\1", statement)))

    sa.event.listen(sa.Engine, "before_cursor_execute", noted)
    try:
        return (yield)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", noted)


def pytest_sessionfinish() -> None:
    """Write down which of them are enough."""
    if _given:
        _CHOSEN.write_text("".join(f"{name}\n" for name in sorted(_enough(_given))), encoding="utf-8")


def _enough(given: Mapping[str, set[str]]) -> Iterator[str]:
    """The one with most statements, then the one with most of the rest, and so on."""
    missing = set().union(*given.values())
    while missing:
        best = max(sorted(given), key=lambda name: len(given[name] & missing))
        missing -= given[best]
        yield best
